/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text;

/* Writes one JSON value into a text (RFC 8259), commas included.  Keys are ours and plain; values
 * may be hostile bytes: controls, quotes and DEL are escaped, and bytes that are no UTF-8 become
 * U+FFFD, so that the output is valid JSON whatever came from the wire. */
struct json {
    struct text *out; /* borrowed */
    bool comma;       /* a value stands before this place in the same container */
};

/* Opens an object; `key` is NULL for an array element or the top level. */
void json_open_object(struct json *json, const char *key);
/* Closes the object opened last. */
void json_close_object(struct json *json);
/* Opens an array; key as for objects. */
void json_open_array(struct json *json, const char *key);
/* Closes the array opened last. */
void json_close_array(struct json *json);
/* A NULL `value` writes nothing at all, so that absent facts are absent keys. */
void json_text(struct json *json, const char *key, const char *value);
void json_bytes(struct json *json, const char *key, const char *value, size_t length);
void json_u64(struct json *json, const char *key, uint64_t value);
void json_i64(struct json *json, const char *key, int64_t value);
/* `digits` places after the point (0-9), trailing zeros dropped; not-a-number and infinity write
 * null. */
void json_double(struct json *json, const char *key, double value, int digits);
/* `digits` significant digits (1-17), with an exponent where that is shorter; for what may be very small. */
void json_significant(struct json *json, const char *key, double value, int digits);
/* Writes members that were rendered as an object of their own: `object` with its braces; NULL writes nothing. */
void json_members(struct json *json, const char *object);
void json_bool(struct json *json, const char *key, bool value);
