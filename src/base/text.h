/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A growing run of output bytes, always NUL-terminated after the first addition. */
struct text {
    char *data; /* owned; NULL while empty */
    size_t length;
    size_t capacity;
};

/* Releases the content and leaves an empty text. */
void text_done(struct text *text);
/* Empties the text and keeps its memory. */
void text_clear(struct text *text);
/* Adds `length` bytes that the caller writes at once; returns where they stand. */
char *text_extend(struct text *text, size_t length);
void text_add_bytes(struct text *text, const void *bytes, size_t length);
void text_add(struct text *text, const char *string);
void text_add_char(struct text *text, char character);
void text_add_u64(struct text *text, uint64_t value);
void text_add_i64(struct text *text, int64_t value);
void text_addf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Adds `length` bytes from the wire for a terminal: control bytes and what is no UTF-8 become \xNN,
 * so that no escape sequence reaches the reader's screen. */
void text_add_visible(struct text *text, const char *bytes, size_t length);
/* Returns the content, never NULL. */
const char *text_string(const struct text *text);

/* Returns the length in bytes (1-4) of the valid UTF-8 character at `bytes`, or 0 where there is
 * none (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF). */
size_t text_utf8_length(const char *bytes, size_t left);
