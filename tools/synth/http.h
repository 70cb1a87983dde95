/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct exchange;
struct tcp;
struct text;

enum {
    HTTP_HEADERS_MAX = 8
};

/* One kind of HTTP/1.1 request and its response.  Texts are patterns, borrowed from the scenario.
 * */
struct http_plan {
    const char *method, *uri;
    const char *host;                      /* NULL: the server's name */
    const char *user_agent, *content_type; /* NULL: no such header, application/octet-stream */
    const char *headers[HTTP_HEADERS_MAX]; /* `Name: value` */
    unsigned header_count;
    const char *body; /* how the response's body starts; the rest is random */
    unsigned status;
    bool absolute; /* the request names the whole address, as a proxy wants it */
};

/* Makes the exchanges on an open connection: `up` bytes of request body where not 0, `down` bytes
 * of response body.  `host` is the server's name or address as bytes. */
void http_run(struct tcp *tcp, const struct http_plan *plan, const struct text *host,
              const struct exchange *exchange);
/* Asks a proxy for a tunnel to `host` and `port`, which it grants (RFC 9110 section 9.3.6). */
void http_connect(struct tcp *tcp, const struct http_plan *plan, const struct text *host,
                  uint16_t port);
