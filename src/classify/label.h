/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* What a flow is, as far as its bytes have told.  Texts are NUL-terminated, may hold hostile bytes, and
 * belong to the label; NULL where nothing was seen.  Host names (server_name) are normalised (net/domain.h). */
enum app {
    APP_UNKNOWN,
    APP_DNS,
    APP_TLS,
    APP_QUIC,
    APP_HTTP,
    APP_OTHER /* only nDPI knows: see `stack` */
};

enum {
    LABEL_ALPN_MAX = 4,    /* protocols offered by the client that are kept */
    LABEL_SAN_MAX = 32,    /* subject alternative names that are kept */
    LABEL_HEADERS_MAX = 24 /* HTTP request header names that are kept */
};

/* Set together in label.seen: which parts are filled. */
enum label_seen {
    LABEL_PROTOCOL = 1 << 0,     /* app and stack */
    LABEL_NAME = 1 << 1,         /* server_name */
    LABEL_CLIENT_HELLO = 1 << 2, /* TLS or QUIC */
    LABEL_SERVER_HELLO = 1 << 3,
    LABEL_CERTIFICATE = 1 << 4,
    LABEL_REQUEST = 1 << 5, /* HTTP */
    LABEL_RESPONSE = 1 << 6,
    LABEL_DNS = 1 << 7,      /* a DNS message is ready: classify_dns() */
    LABEL_REVERSED = 1 << 8, /* what was thought the client is the server: see flow_reverse() */
    LABEL_SPOKEN = 1 << 9,   /* both sides have spoken, and no reader knows what */
    LABEL_DONE = 1 << 10,    /* nothing more will come */
    LABEL_GUESSED = 1 << 11  /* nDPI's answer is a guess by port or address; never news */
};

struct label_tls {
    uint16_t version;    /* negotiated where known, else the highest offered; 0x0303 = TLS 1.2 */
    uint16_t cipher;     /* chosen by the server, 0 unknown */
    bool ech;            /* encrypted_client_hello offered: server_name is only the public name */
    bool resumed;        /* a session ticket or id was accepted (TLS 1.2) */
    bool handshake_done; /* the server answered with a ServerHello */
    uint32_t
        client_session; /* mark of the session id that the client sent, to see it come back; 0 none */
    char *alpn[LABEL_ALPN_MAX];
    unsigned alpn_count;
    char *server_alpn;
    char ja3[33]; /* MD5 in hex, "" until asked for by the options */
    char ja4[40]; /* https://github.com/FoxIO-LLC/ja4 (TLS client part, BSD) */
    char *
        subject; /* of the leaf certificate, in its order: "C=US, O=..., CN=..." (tls.h, x509_read()) */
    char *issuer;
    char *san[LABEL_SAN_MAX];
    unsigned san_count;
    char *serial;                        /* hex with colons */
    char fingerprint[60];                /* SHA-1 of the leaf, hex with colons as EVE has it */
    int64_t not_before_ns, not_after_ns; /* 0 unknown */
};

struct label_http {
    char *method, *host, *url, *user_agent, *content_type;
    uint16_t status;                  /* 0 until the response */
    char *headers[LABEL_HEADERS_MAX]; /* names of request headers, as sent */
    unsigned header_count;
    bool connect; /* CONNECT: `host` is the tunnel's target */
    char *server; /* response header Server */
};

struct label {
    enum app app;
    unsigned seen; /* enum label_seen bits */
    const char *
        server_name; /* SNI, HTTP Host, or what nDPI found; NULL none; interned by the classifier */
    struct label_tls *tls;          /* NULL unless TLS or QUIC */
    struct label_http *http;        /* NULL unless HTTP */
    uint32_t quic_version;          /* 0 unless QUIC */
    uint16_t ndpi_master, ndpi_app; /* library protocol numbers, 0 unknown */
    const char *stack;              /* "TLS.Avast": static or interned text, NULL unknown */
    const char *ndpi_category;      /* static text, NULL unknown */
    uint64_t ndpi_risks;            /* the library's risk bits (see classify_risk_text()) */
    /* APP_OTHER: the protocol's name in lower case, static or interned; NULL unknown. */
    const char *app_text;
};

/* True where the client sent its request to a proxy: CONNECT, or a target with scheme and host (RFC 9112 section 3.2). */
bool label_is_proxied(const struct label *label);
/* Returns the lower-case protocol name for events ("tls", "dns", "quic", "http"; for others app_text, or `stack` where that
 * is not set; "failed" where unknown).  Static or as long-lived as the label's texts. */
const char *label_app_text(const struct label *label);

/* Releases the texts and zeroes the record. */
void label_tls_done(struct label_tls *tls);
void label_http_done(struct label_http *http);
/* Releases the details (tls, http) and keeps the rest. */
void label_compact(struct label *label);
/* Releases the label with its details.  Interned texts (server_name, stack, app_text) are their pool's: drop them before. NULL is allowed. */
void label_free(struct label *label);
