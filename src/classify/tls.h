/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct label_tls;

/* Pure readers of TLS handshake messages (RFC 5246, RFC 8446).  They see whole messages: putting records and segments
 * together is stream.h's work. */

enum tls_result {
    TLS_MORE, /* well-formed so far, more bytes are needed */
    TLS_OK,
    TLS_INVALID /* not TLS, or broken */
};

/* What a ClientHello says beyond label_tls; cursors are borrowed from the input. */
struct tls_client_hello {
    char server_name[254]; /* normalised, "" none */
    bool quic_transport;   /* QUIC transport parameters extension seen */
};

/* Reads the body of a ClientHello (the bytes after the 4-byte handshake header).  Fills version, alpn, ech and, where
 * `fingerprints`, ja3 and ja4 of `label` ('q' form of JA4 where `quic`).  Returns false where the fixed part or an extension is
 * broken; what came before is filled. A body cut inside the extensions gives what came before, and false. */
bool tls_read_client_hello(struct bytes body, bool quic, bool fingerprints,
                           struct tls_client_hello *ret_hello, struct label_tls *label);
/* Reads the body of a ServerHello: version (supported_versions too), cipher, server_alpn, resumed. */
bool tls_read_server_hello(struct bytes body, struct label_tls *label);
/* Reads the body of a TLS 1.2 Certificate message: the leaf fills subject, issuer, san, serial, validity, fingerprint.  Works
 * with a body cut by the capture as far as the leaf goes. */
bool tls_read_certificate(struct bytes body, struct label_tls *label);
/* Reads one DER certificate (X.509, RFC 5280) into `label`. Bounded depth, no allocation but the label's texts. */
bool x509_read(struct bytes der, struct label_tls *label);

/* Walks TLS records in a client's or server's in-order byte stream and hands out handshake messages.  Stateless: called
 * again with the whole stream so far until it returns something else than TLS_MORE.
 * `want` is the handshake message type to find (1 ClientHello, 2 ServerHello, 11 Certificate).  The message is put
 * together in `buffer` where it spans records (messages above `capacity` are given cut, `*ret_cut` true). Stops with TLS_INVALID at ChangeCipherSpec,
 * application data or an alert. */
enum tls_result tls_find_message(struct bytes stream, uint8_t want, uint8_t *buffer,
                                 size_t capacity, struct bytes *ret_body, bool *ret_cut);
/* True where `stream` can be the start of a TLS connection (record header plausible; SSLv2-compatible hello is not). */
bool tls_plausible(struct bytes stream);
