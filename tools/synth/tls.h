/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "hello.h"
#include "route.h"

struct exchange;
struct tcp;
struct text;

enum {
    TLS_ALT_NAMES_MAX = 8
};

/* How a server name is presented.  Texts are patterns, borrowed from the scenario. */
struct tls_plan {
    bool tls13;
    enum hello_style style;
    const char *outer; /* ECH: the public name */
    const char *alpn;
    const char *issuer, *subject; /* TLS 1.2; without a subject no certificate is sent */
    const char *alt_names[TLS_ALT_NAMES_MAX];
    unsigned alt_name_count;
    bool alone;      /* the issuer's own certificate is not sent along */
    unsigned flight; /* TLS 1.3, QUIC: bytes of the server's encrypted handshake */
};

/* Makes the handshake and the exchanges on an open connection.  `name` is the server's name as
 * bytes, empty where it has none; certificates start on the day `start_ns`. */
void tls_run(struct tcp *tcp, const struct tls_plan *plan, const struct text *name,
             const struct exchange *exchange, int64_t start_ns);
/* Sends `size` bytes as encrypted records. */
void tls_send_data(struct tcp *tcp, const struct tls_plan *plan, enum side from, uint64_t size);
