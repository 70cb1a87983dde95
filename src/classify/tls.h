/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct label_tls;

/* Pure readers of TLS handshake messages (RFC 5246, RFC 8446) and of the records around them.  Putting TCP segments
 * together is stream.h's work.  The readers fill a label that was zeroed once; texts that it holds already are replaced. */

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
/* Reads the body of a ServerHello: version (supported_versions too), cipher, server_alpn, resumed, handshake_done.  A
 * HelloRetryRequest is a ServerHello by its form, and its version and cipher are final (RFC 8446 section 4.1.4).  For `resumed`
 * of TLS 1.2 the same label must have seen the ClientHello (the session id has to come back).  False where it is broken. */
bool tls_read_server_hello(struct bytes body, struct label_tls *label);
/* Reads the body of a TLS 1.2 Certificate message: the leaf fills subject, issuer, san, serial, validity, fingerprint.  Works
 * with a body cut by the capture as far as the leaf goes.  Returns what x509_read() does. */
bool tls_read_certificate(struct bytes body, struct label_tls *label);
/* Reads one DER certificate (X.509, RFC 5280) into `label`.  Names stand in the order of the certificate, as EVE has them:
 * `C=US, O=Let's Encrypt, CN=R3`; several attributes of one level are joined by ` + `, unknown ones have their dotted number.
 * Commas inside values are not escaped.  All texts are UTF-8 whatever the string type; control bytes (NUL too) become \xNN.
 * Serial in upper-case and fingerprint in lower-case hex with colons.  Dates past 2262 become INT64_MAX.  No allocation but the
 * label's texts, none longer than 2,048 bytes.  A cut certificate fills what is there (no fingerprint then).
 * Returns true where at least the subject was read. */
bool x509_read(struct bytes der, struct label_tls *label);

/* Walks TLS records in a client's or server's in-order byte stream and hands out handshake messages.  Stateless: called
 * again with the whole stream so far until it returns something else than TLS_MORE.
 * `want` is the handshake message type to find (1 ClientHello, 2 ServerHello, 11 Certificate).  The message is put
 * together in `buffer` where it spans records (messages above `capacity` are given cut, `*ret_cut` true). Stops with TLS_INVALID at ChangeCipherSpec,
 * application data or an alert; warnings before the first message (unrecognized_name) are passed over.
 * With TLS_MORE, `*ret_body` and `*ret_cut` (true) give what has come of the message's body, empty where nothing has: a
 * stream that will not grow any more may still hold the name. */
enum tls_result tls_find_message(struct bytes stream, uint8_t want, uint8_t *buffer,
                                 size_t capacity, struct bytes *ret_body, bool *ret_cut);
/* True where `stream` can be the start of a TLS connection (record header plausible; SSLv2-compatible hello is not). */
bool tls_plausible(struct bytes stream);
