/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    QUIC_CID_MAX = 20,     /* bytes of a connection id in versions 1 and 2 */
    QUIC_SAMPLE_SIZE = 16, /* bytes that the header protection mask is made of */
    QUIC_TAG_SIZE = 16,
    QUIC_VERSION_2 = 0x6b3343cf
};

/* What protects a client's Initial packets.  The wire gives it away: anybody can derive it. */
struct quic_keys {
    uint8_t key[16]; /* AES-128-GCM */
    uint8_t iv[12];
    uint8_t header[16]; /* AES-128-ECB */
};

/* True for versions whose Initial keys we can derive: 1, 2, and drafts 29 to 34. */
bool quic_keys_known(uint32_t version);
/* Derives the client's Initial keys from the connection id (at most QUIC_CID_MAX bytes) that it
 * chose for the server. False where the version is not known.  About 1 us.  Source: RFC 9001
 * section 5.2, RFC 9369 section 3.3. */
bool quic_keys_derive(uint32_t version, const uint8_t *dcid, size_t dcid_length,
                      struct quic_keys *ret_keys);
/* Writes the five bytes that are laid over the first byte and the packet number (RFC 9001
 * section 5.4). */
void quic_keys_mask(const struct quic_keys *keys, const uint8_t sample[static QUIC_SAMPLE_SIZE],
                    uint8_t ret_mask[static 5]);

/* A packet whose header protection is off. */
struct quic_sealed {
    const uint8_t *header; /* with first byte and packet number in the clear */
    size_t header_size;
    uint32_t number;
    const uint8_t *data; /* sealed bytes, without the tag */
    size_t size;
    const uint8_t *tag; /* NULL: cut by the capture, nothing to check */
};

/* Decrypts into `ret_plain` (sealed->size bytes).  False where the tag does not match. */
bool quic_keys_open(const struct quic_keys *keys, const struct quic_sealed *sealed,
                    uint8_t *ret_plain);
