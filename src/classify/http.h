/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"

struct label_http;

/* Reader of HTTP/1.x request and response heads (RFC 9110, RFC 9112), and of nothing after them. */

enum http_result {
    HTTP_MORE, /* plausible so far, the head is not complete */
    HTTP_OK,
    HTTP_NOT
};

/* Reads the request head at the start of `stream` into `label` (method, host, url, user_agent, header names, connect).
 * `cut`: no more bytes will come, so that what is there is taken.  Host is as sent, not normalised; an absolute-form target's
 * authority is used where there is no Host header.  Texts longer than 2,048 bytes are cut there; heads longer than 16 KiB end there. */
enum http_result http_read_request(struct bytes stream, bool cut, struct label_http *label);
/* Reads the status line and headers of a response: status, content_type, server. */
enum http_result http_read_response(struct bytes stream, bool cut, struct label_http *label);
