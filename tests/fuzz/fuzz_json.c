/* SPDX-License-Identifier: Apache-2.0 */
/* Hostile bytes in JSON: whatever comes from the wire, what is written reads back as one JSON
 * value (RFC 8259) of valid UTF-8 without raw controls, and bytes that were good text are the
 * same text. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A strict little reader, written against the grammar and not against the writer. */
struct reader {
    const char *at, *end;
    struct text last; /* the last string, unescaped */
    unsigned depth;
};

static void check(bool ok)
{
    if (!ok)
        abort();
}

static char peek(const struct reader *reader)
{
    return (char)(reader->at < reader->end ? *reader->at : '\0');
}

static void take(struct reader *reader, char wanted)
{
    check(reader->at < reader->end && *reader->at == wanted);
    reader->at++;
}

static unsigned hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = c != '\0' ? strchr(digits, c) : NULL;
    check(found != NULL);
    return found != NULL ? (unsigned)(found - digits) : 0;
}

static void read_escape(struct reader *reader)
{
    take(reader, '\\');
    char kind = peek(reader);
    reader->at++;
    if (kind == '"' || kind == '\\') {
        text_add_char(&reader->last, kind);
        return;
    }
    check(kind == 'u' && reader->end - reader->at >= 4);
    unsigned value = 0;
    for (int i = 0; i < 4; i++)
        value = value * 16 + hex_digit(*reader->at++);
    check(value < 0x80); /* the writer escapes nothing else */
    text_add_char(&reader->last, (char)value);
}

static void read_string(struct reader *reader)
{
    text_clear(&reader->last);
    take(reader, '"');
    while (peek(reader) != '"') {
        unsigned char byte = (unsigned char)peek(reader);
        check(reader->at < reader->end && byte >= 0x20 && byte != 0x7f);
        if (byte == '\\') {
            read_escape(reader);
            continue;
        }
        size_t length = text_utf8_length(reader->at, (size_t)(reader->end - reader->at));
        check(length > 0);
        text_add_bytes(&reader->last, reader->at, length);
        reader->at += length;
    }
    take(reader, '"');
}

static void read_digits(struct reader *reader)
{
    check(peek(reader) >= '0' && peek(reader) <= '9');
    while (peek(reader) >= '0' && peek(reader) <= '9')
        reader->at++;
}

static void read_number(struct reader *reader)
{
    if (peek(reader) == '-')
        reader->at++;
    if (peek(reader) == '0')
        reader->at++;
    else
        read_digits(reader);
    if (peek(reader) == '.') {
        reader->at++;
        read_digits(reader);
    }
}

static void read_word(struct reader *reader, const char *word)
{
    for (; *word != '\0'; word++)
        take(reader, *word);
}

static void read_value(struct reader *reader);

/* NOLINTNEXTLINE(misc-no-recursion): the depth is checked */
static void read_members(struct reader *reader, char open, char close)
{
    check(reader->depth++ < 8);
    take(reader, open);
    for (bool first = true; peek(reader) != close; first = false) {
        if (!first)
            take(reader, ',');
        if (open == '{') {
            read_string(reader);
            take(reader, ':');
        }
        read_value(reader);
    }
    take(reader, close);
    reader->depth--;
}

/* NOLINTNEXTLINE(misc-no-recursion): the depth is checked */
static void read_value(struct reader *reader)
{
    switch (peek(reader)) {
    case '{':
        read_members(reader, '{', '}');
        break;
    case '[':
        read_members(reader, '[', ']');
        break;
    case '"':
        read_string(reader);
        break;
    case 't':
        read_word(reader, "true");
        break;
    case 'f':
        read_word(reader, "false");
        break;
    case 'n':
        read_word(reader, "null");
        break;
    default:
        read_number(reader);
        break;
    }
}

static bool is_good_text(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size;) {
        size_t length = text_utf8_length(bytes + i, size - i);
        if (length == 0)
            return false;
        i += length;
    }
    return true;
}

static void write_all(struct text *out, const uint8_t *data, size_t size)
{
    struct json json = {.out = out};
    double number = 0;
    int64_t integer = 0;
    memcpy(&number, data, size < sizeof number ? size : sizeof number);
    memcpy(&integer, data, size < sizeof integer ? size : sizeof integer);
    json_open_object(&json, NULL);
    json_double(&json, "double", number, (int)(size % 10));
    json_open_array(&json, "list");
    json_i64(&json, NULL, integer);
    json_u64(&json, NULL, (uint64_t)integer);
    json_bool(&json, NULL, integer > 0);
    json_close_array(&json);
    json_bytes(&json, "bytes", (const char *)data, size);
    json_close_object(&json);
}

/* What goes to a terminal has no controls left at all. */
static void check_visible(const uint8_t *data, size_t size)
{
    struct text out = {0};
    text_add_visible(&out, (const char *)data, size);
    for (size_t i = 0; i < out.length; i++)
        check((unsigned char)out.data[i] >= 0x20 && out.data[i] != 0x7f);
    check(is_good_text(text_string(&out), out.length));
    text_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text out = {0};
    write_all(&out, size > 0 ? data : (const uint8_t *)"", size);
    struct reader reader = {.at = out.data, .end = out.data + out.length};
    read_value(&reader);
    check(reader.at == reader.end);
    if (is_good_text((const char *)data, size))
        check(reader.last.length == size &&
              (size == 0 || memcmp(reader.last.data, data, size) == 0));
    check_visible(data, size);
    text_done(&reader.last);
    text_done(&out);
    return 0;
}
