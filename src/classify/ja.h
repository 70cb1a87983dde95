/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct label_tls;

/* What the fingerprints of a ClientHello are made of; cursors are borrowed from the message and
 * empty where the hello lacks the part. */
struct ja_hello {
    uint16_t legacy_version;
    uint16_t version;           /* highest that is offered, GREASE aside */
    struct bytes ciphers;       /* two bytes each */
    struct bytes extensions;    /* type, length, body each */
    struct bytes groups;        /* two bytes each */
    struct bytes point_formats; /* one byte each */
    struct bytes signatures;    /* two bytes each */
    struct bytes alpn;          /* the first protocol offered */
    bool server_name;           /* the extension is there */
    bool quic;
};

/* True for the values that clients send only to keep servers tolerant (RFC 8701). */
bool ja_is_grease(uint16_t value);

/* Writes ja3 and ja4 of `label`.  At most 512 ciphers, extensions and signature algorithms each are
 * taken in; no client has that many.
 * Source: https://github.com/salesforce/ja3, https://github.com/FoxIO-LLC/ja4 (TLS client part). */
void ja_write(const struct ja_hello *hello, struct label_tls *label);
