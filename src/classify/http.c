/* SPDX-License-Identifier: Apache-2.0 */
/* Reader of HTTP/1.x heads: the first line and the header fields that name things.
 *
 * Idea: nothing is written before the whole head is there (or will come no more), so that a caller
 * may ask again with each segment; a refusal comes with the first byte that no request has.
 * Invariants: (1) a line ends with LF, a CR before it is dropped; (2) a folded line belongs to the
 * field before it; (3) a NUL inside a text becomes `?`, so that nothing hides behind it.
 * Rejected: a general header table (two dozen allocations for each request, of which five are
 * used).
 * Cost: 0.3 us for a small head, most of it the texts.
 * Source: RFC 9110 sections 5, 7 and 9, RFC 9112 sections 2 to 5; method names by the IANA
 * registry. */
#include "classify/http.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "classify/label.h"

enum {
    HEAD_MAX = 16384,
    TEXT_MAX = 2048,
    EMPTY_LINES_MAX = 4, /* that a request may begin with (RFC 9112 section 2.2) */
    FIELDS_MAX = 256
};

/* A run of characters inside the head. */
struct span {
    const char *at;
    size_t length;
};

static struct span span_of(const char *at, const char *end)
{
    return (struct span){.at = at, .length = (size_t)(end - at)};
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct span trimmed(struct span span)
{
    while (span.length > 0 && is_space(span.at[0])) {
        span.at++;
        span.length--;
    }
    while (span.length > 0 && is_space(span.at[span.length - 1]))
        span.length--;
    return span;
}

static bool span_is(struct span span, const char *text)
{
    return span.length == strlen(text) && strncasecmp(span.at, text, span.length) == 0;
}

/* Replaces `*text` by a copy of the span; line ends of folded fields become spaces. */
static void set(char **text, struct span span)
{
    size_t length = span.length < TEXT_MAX ? span.length : TEXT_MAX;
    char *copy = mem_alloc(length + 1);
    for (size_t i = 0; i < length; i++) {
        copy[i] = span.at[i];
        if (copy[i] == '\0')
            copy[i] = '?';
        else if (copy[i] == '\r' || copy[i] == '\n')
            copy[i] = ' ';
    }
    copy[length] = '\0';
    free(*text);
    *text = copy;
}

/* Takes the next line, without its end.  False where no line end has come. */
static bool next_line(struct span *rest, struct span *ret)
{
    const char *end = rest->length > 0 ? memchr(rest->at, '\n', rest->length) : NULL;
    if (end == NULL)
        return false;
    *ret = span_of(rest->at, end);
    *rest = span_of(end + 1, rest->at + rest->length);
    if (ret->length > 0 && ret->at[ret->length - 1] == '\r')
        ret->length--;
    return true;
}

/* As next_line(), but takes an unfinished last line, too. */
static bool next_line_upto(struct span *rest, struct span *ret)
{
    if (next_line(rest, ret))
        return true;
    *ret = *rest;
    *rest = span_of(rest->at + rest->length, rest->at + rest->length);
    return ret->length > 0;
}

/* Whether the empty line has come. */
static bool head_is_complete(struct span head)
{
    struct span line;
    if (!next_line(&head, &line))
        return false;
    while (next_line(&head, &line))
        if (line.length == 0)
            return true;
    return false;
}

/* Takes the next field with the folded lines behind it.  False at the end of the head. */
static bool next_field(struct span *rest, struct span *ret_name, struct span *ret_value)
{
    struct span line;
    if (!next_line_upto(rest, &line) || line.length == 0)
        return false;
    const char *end = line.at + line.length;
    while (rest->length > 0 && (rest->at[0] == ' ' || rest->at[0] == '\t')) {
        struct span folded;
        if (!next_line_upto(rest, &folded))
            break;
        end = folded.at + folded.length;
    }
    const char *colon = memchr(line.at, ':', line.length);
    if (colon == NULL) {
        *ret_name = span_of(line.at, line.at);
        *ret_value = *ret_name;
        return true;
    }
    *ret_name = trimmed(span_of(line.at, colon));
    *ret_value = trimmed(span_of(colon + 1, end));
    return true;
}

/* Methods that begin an HTTP request on the wire.  A fixed list, so that other text protocols (SIP,
 * RTSP, SMTP) are not taken for HTTP before their version is seen. */
static const char *const methods[] = {"GET",
                                      "POST",
                                      "HEAD",
                                      "CONNECT",
                                      "OPTIONS",
                                      "PUT",
                                      "DELETE",
                                      "PATCH",
                                      "TRACE",
                                      "PROPFIND",
                                      "PROPPATCH",
                                      "MKCOL",
                                      "COPY",
                                      "MOVE",
                                      "LOCK",
                                      "UNLOCK",
                                      "REPORT",
                                      "SEARCH",
                                      "BIND",
                                      "UNBIND",
                                      "REBIND",
                                      "ACL",
                                      "CHECKOUT",
                                      "CHECKIN",
                                      "UNCHECKOUT",
                                      "MERGE",
                                      "MKACTIVITY",
                                      "MKCALENDAR",
                                      "MKWORKSPACE",
                                      "UPDATE",
                                      "LABEL",
                                      "LINK",
                                      "UNLINK",
                                      "VERSION-CONTROL",
                                      "ORDERPATCH",
                                      "BASELINE-CONTROL",
                                      "SUBSCRIBE",
                                      "UNSUBSCRIBE",
                                      "NOTIFY",
                                      "M-SEARCH",
                                      "POLL",
                                      "BPROPFIND",
                                      "BPROPPATCH",
                                      "BCOPY",
                                      "BMOVE",
                                      "BDELETE",
                                      "PURGE",
                                      "RPC_IN_DATA",
                                      "RPC_OUT_DATA",
                                      "CCM_POST",
                                      "SOURCE",
                                      "MKREDIRECTREF",
                                      "UPDATEREDIRECTREF",
                                      "QUERY"};

/* Whether the text can begin with a method: OK with a whole one and its space, MORE with a part. */
static enum http_result method_result(struct span text)
{
    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        /* Most payloads are no HTTP at all: their first letter settles most of the list. */
        if (text.length > 0 && text.at[0] != methods[i][0])
            continue;
        size_t length = strlen(methods[i]);
        size_t shared = text.length < length ? text.length : length;
        if (memcmp(text.at, methods[i], shared) != 0)
            continue;
        if (text.length <= length)
            return HTTP_MORE;
        if (text.at[length] == ' ')
            return HTTP_OK;
    }
    return HTTP_NOT;
}

/* Finds " HTTP/1." at the end of a request line; NULL where it is not there. */
static const char *version_place(struct span line)
{
    static const char version[] = " HTTP/1.";
    size_t size = sizeof version; /* with one digit */
    if (line.length < size)
        return NULL;
    const char *at = line.at + line.length - size;
    char digit = at[size - 1];
    bool right = memcmp(at, version, sizeof version - 1) == 0 && digit >= '0' && digit <= '9';
    return right ? at : NULL;
}

/* The authority of an absolute-form target (`http://user@host:port/path`), empty for other forms. */
static struct span authority_of(struct span target)
{
    static const char *const schemes[] = {"http://", "https://", "ws://", "wss://", "ftp://"};
    struct span none = span_of(target.at, target.at);
    for (size_t i = 0; i < COUNT_OF(schemes); i++) {
        size_t length = strlen(schemes[i]);
        if (target.length <= length || strncasecmp(target.at, schemes[i], length) != 0)
            continue;
        const char *start = target.at + length;
        const char *end = start;
        const char *stop = target.at + target.length;
        for (; end < stop && *end != '/' && *end != '?' && *end != '#'; end++)
            if (*end == '@')
                start = end + 1;
        return span_of(start, end);
    }
    return none;
}

static void forget_request(struct label_http *label)
{
    char **texts[] = {&label->method, &label->host, &label->url, &label->user_agent};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        free(*texts[i]);
        *texts[i] = NULL;
    }
    for (unsigned i = 0; i < label->header_count; i++) {
        free(label->headers[i]);
        label->headers[i] = NULL;
    }
    label->header_count = 0;
    label->connect = false;
}

static void read_request_fields(struct span rest, struct label_http *label)
{
    struct span name;
    struct span value;
    for (unsigned i = 0; i < FIELDS_MAX && next_field(&rest, &name, &value); i++) {
        if (name.length == 0)
            continue;
        if (label->header_count < LABEL_HEADERS_MAX)
            set(&label->headers[label->header_count++], name);
        if (label->host == NULL && value.length > 0 && span_is(name, "host"))
            set(&label->host, value);
        else if (label->user_agent == NULL && span_is(name, "user-agent"))
            set(&label->user_agent, value);
    }
}

/* Reads the request line.  False where it is none. */
static bool read_request_line(struct span line, bool whole, struct label_http *label)
{
    const char *space = memchr(line.at, ' ', line.length);
    if (space == NULL)
        return false;
    const char *version = version_place(line);
    if (version == NULL && whole)
        return false;
    const char *end = version != NULL ? version : line.at + line.length;
    struct span target = trimmed(span_of(space, end > space ? end : space));
    if (target.length == 0)
        return false;
    forget_request(label);
    set(&label->method, span_of(line.at, space));
    set(&label->url, target);
    label->connect = strcmp(label->method, "CONNECT") == 0;
    if (label->connect)
        set(&label->host, target);
    return true;
}

/* Whether the first line of what has come can still become a request line. */
static enum http_result first_line_result(struct span head)
{
    enum http_result result = method_result(head);
    struct span line;
    if (result != HTTP_OK || !next_line(&head, &line))
        return result == HTTP_OK ? HTTP_MORE : result;
    return version_place(line) != NULL ? HTTP_OK : HTTP_NOT;
}

static struct span head_of(struct bytes stream)
{
    size_t left = bytes_left(&stream);
    return (struct span){.at = (const char *)stream.at,
                         .length = left < HEAD_MAX ? left : HEAD_MAX};
}

enum http_result http_read_request(struct bytes stream, bool cut, struct label_http *label)
{
    struct span head = head_of(stream);
    if (head.length == 0)
        return cut ? HTTP_NOT : HTTP_MORE;
    for (unsigned i = 0; i < EMPTY_LINES_MAX && head.length > 0; i++) {
        struct span before = head;
        struct span line;
        if (!next_line(&head, &line) || line.length > 0) {
            head = before;
            break;
        }
    }
    if (head.length == 0 || (head.length == 1 && head.at[0] == '\r'))
        return cut ? HTTP_NOT : HTTP_MORE;
    enum http_result first = first_line_result(head);
    if (first == HTTP_NOT)
        return HTTP_NOT;
    bool ended = cut || bytes_left(&stream) >= HEAD_MAX;
    if (!ended && !head_is_complete(head))
        return HTTP_MORE;
    struct span line;
    if (!next_line_upto(&head, &line) || method_result(line) != HTTP_OK ||
        !read_request_line(line, first == HTTP_OK, label))
        return HTTP_NOT;
    struct span target = {.at = label->url, .length = strlen(label->url)};
    read_request_fields(head, label);
    struct span authority = authority_of(target);
    if (label->host == NULL && authority.length > 0)
        set(&label->host, authority);
    return HTTP_OK;
}

/* Whether the text can begin with a status line: OK with the three digits, MORE with a part. */
static enum http_result status_result(struct span text, uint16_t *ret_status)
{
    static const char *const forms[] = {"HTTP/1.# ###", "ICY ###"};
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        size_t length = strlen(forms[i]);
        size_t at = 0;
        while (at < length && at < text.length &&
               (forms[i][at] == '#' ? text.at[at] >= '0' && text.at[at] <= '9'
                                    : text.at[at] == forms[i][at]))
            at++;
        if (at == length) {
            const char *digits = text.at + length - 3;
            *ret_status =
                (uint16_t)((digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0'));
            bool ends = text.length == length || is_space(text.at[length]);
            return *ret_status >= 100 && ends ? HTTP_OK : HTTP_NOT;
        }
        if (at == text.length)
            return HTTP_MORE;
    }
    return HTTP_NOT;
}

enum http_result http_read_response(struct bytes stream, bool cut, struct label_http *label)
{
    struct span head = head_of(stream);
    uint16_t status = 0;
    enum http_result result = head.length > 0 ? status_result(head, &status) : HTTP_MORE;
    bool ended = cut || bytes_left(&stream) >= HEAD_MAX;
    if (result == HTTP_MORE)
        return ended ? HTTP_NOT : HTTP_MORE;
    if (result == HTTP_NOT)
        return HTTP_NOT;
    if (!ended && !head_is_complete(head))
        return HTTP_MORE;
    struct span name;
    struct span value;
    free(label->content_type);
    free(label->server);
    label->content_type = label->server = NULL;
    label->status = status;
    (void)next_line_upto(&head, &name);
    for (unsigned i = 0; i < FIELDS_MAX && next_field(&head, &name, &value); i++) {
        if (label->content_type == NULL && span_is(name, "content-type"))
            set(&label->content_type, value);
        else if (label->server == NULL && span_is(name, "server"))
            set(&label->server, value);
    }
    return HTTP_OK;
}
