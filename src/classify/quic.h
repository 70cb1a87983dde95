/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "classify/quic_keys.h"

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
    uint8_t original_dcid
        [QUIC_CID_MAX]; /* keys come from the first Initial's destination connection id */
    uint8_t dcid_length;
    bool keyed; /* a packet was opened: the fields above and below are set */
    uint32_t version;
    struct quic_keys keys; /* for `version` */
};

enum quic_result {
    QUIC_NOT,  /* no QUIC long header of a known version */
    QUIC_SEEN, /* QUIC, but not a client Initial that can be read (0-RTT, Handshake, server side, a version that is only known by name) */
    QUIC_MORE, /* a client Initial was read, the ClientHello is not complete */
    QUIC_HELLO /* the ClientHello is complete: quic_client_hello() */
};

/* True where the datagram starts with a QUIC long header of a known version: those that we read, and by name the other
 * drafts, Google's and Facebook's versions and the reserved ones (RFC 9000 section 15). */
bool quic_plausible(const uint8_t *data, size_t size);
/* Reads one UDP payload (coalesced packets too) into `crypto` (zeroed before the first). Authenticates: a packet whose tag
 * does not match changes nothing.  `cut` says that the capture holds only part of the datagram (then the
 * tag cannot be checked, and the plain bytes that are there are used where they parse as frames).
 * After a Retry or a change of version the keys follow the packet.  About 2.5 us for the first Initial, 1.3 us for others. */
enum quic_result quic_read(struct quic_crypto *crypto, const uint8_t *data, size_t size, bool cut);
/* Returns the body of the ClientHello (after its 4-byte header): whole once QUIC_HELLO was returned (but for a hello longer than
 * QUIC_CRYPTO_MAX, which is cut there), before that what has come of it without a gap, which may be nothing. Borrowed. */
struct bytes quic_client_hello(const struct quic_crypto *crypto);
/* Returns the version number of a long header packet, 0 where it is none. */
uint32_t quic_version(const uint8_t *data, size_t size);
