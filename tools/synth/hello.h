/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct random;
struct text;

enum hello_style {
    HELLO_AGENT,   /* small, as an updater's library makes it */
    HELLO_BROWSER, /* GREASE and a post-quantum key share: about 1800 bytes */
    HELLO_ECH,     /* as a browser, with Encrypted ClientHello; only the outer name is visible */
    HELLO_NAMELESS /* as an agent, without a server name */
};

enum {
    HELLO_SESSION_SIZE = 32
};

/* What the two hello messages of one handshake say. */
struct hello {
    enum hello_style style;
    bool tls13;
    bool quic;               /* with QUIC transport parameters, without a session id */
    const struct text *name; /* visible server name (ECH: the outer one); NULL or empty: none */
    const char *alpn;        /* one protocol, or NULL; browsers offer their own */
    const uint8_t *cid;      /* QUIC: the client's source connection id */
    uint8_t cid_size;
    uint8_t session[HELLO_SESSION_SIZE]; /* filled by hello_client() */
};

/* Appends a ClientHello handshake message (RFC 8446 section 4.1.2, RFC 8701, RFC 9001 section 8.2,
 * draft-ietf-tls-esni). */
void hello_client(struct hello *hello, struct random *random, struct text *out);
/* Appends the ServerHello that answers it. */
void hello_server(const struct hello *hello, struct random *random, struct text *out);
