/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/* Reader of QUIC Initial packets of the client: RFC 9000, RFC 9001 section 5, RFC 9369 (version 2), and drafts 29-34 of version 1.
 * Decrypts with the keys that the wire gives away and puts CRYPTO frames together, in any order and over several
 * packets (a ClientHello with post-quantum key shares takes two or more). */

enum {
    QUIC_CRYPTO_MAX = 8192 /* bytes of CRYPTO stream that are kept for one connection */
};

/* The client's CRYPTO stream of one connection. About 9.3 KiB: allocate it only while a hello is incomplete. */
struct quic_crypto {
    uint8_t data[QUIC_CRYPTO_MAX];
    uint8_t have[QUIC_CRYPTO_MAX / 8]; /* a bit for each byte that has come */
    uint8_t original_dcid[20]; /* keys come from the first Initial's destination connection id */
    uint8_t dcid_length;
    bool keyed;
    uint32_t version;
};

enum quic_result {
    QUIC_NOT,  /* no QUIC long header of a version that we read, or it does not decrypt */
    QUIC_SEEN, /* QUIC, but not a client Initial that can be read (0-RTT, Handshake, server side, unknown version) */
    QUIC_MORE, /* a client Initial was read, the ClientHello is not complete */
    QUIC_HELLO /* the ClientHello is complete: quic_client_hello() */
};

/* True where the datagram starts with a QUIC long header of a known version. */
bool quic_plausible(const uint8_t *data, size_t size);
/* Reads one UDP payload (coalesced packets too) into `crypto` (zeroed before the first). Authenticates: a packet whose tag
 * does not match changes nothing.  `cut` says that the capture holds only part of the datagram (then the
 * tag cannot be checked, and the plain bytes that are there are used where they parse as frames). */
enum quic_result quic_read(struct quic_crypto *crypto, const uint8_t *data, size_t size, bool cut);
/* Returns the body of the ClientHello (after its 4-byte header) once QUIC_HELLO was returned. */
struct bytes quic_client_hello(const struct quic_crypto *crypto);
/* Returns the version number of a long header packet, 0 where it is none. */
uint32_t quic_version(const uint8_t *data, size_t size);
