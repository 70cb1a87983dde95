/* SPDX-License-Identifier: Apache-2.0 */
/* JSON, written by hand into one buffer: an event costs about a microsecond, a tenth of what a
 * document model would, and key order is the order of the calls, which golden tests rely on. */
#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Writes comma and key, and returns the place of the `more` bytes that come next. */
static char *json_key(struct json *json, const char *key, size_t more)
{
    size_t length = key != NULL ? strlen(key) : 0;
    size_t comma = json->comma ? 1 : 0, marks = key != NULL ? 3 : 0;
    char *place = text_extend(json->out, comma + length + marks + more);
    if (json->comma)
        *place++ = ',';
    json->comma = true;
    if (key == NULL)
        return place;
    *place++ = '"';
    memcpy(place, key, length); /* NOLINT(bugprone-not-null-terminated-result): text ends it */
    place += length;
    *place++ = '"';
    *place++ = ':';
    return place;
}

static void json_open(struct json *json, const char *key, char bracket)
{
    *json_key(json, key, 1) = bracket;
    json->comma = false;
}

static void json_close(struct json *json, char bracket)
{
    text_add_char(json->out, bracket);
    json->comma = true;
}

void json_open_object(struct json *json, const char *key)
{
    json_open(json, key, '{');
}

void json_close_object(struct json *json)
{
    json_close(json, '}');
}

void json_open_array(struct json *json, const char *key)
{
    json_open(json, key, '[');
}

void json_close_array(struct json *json)
{
    json_close(json, ']');
}

static bool needs_escape(unsigned char byte)
{
    return byte < 0x20 || byte == '"' || byte == '\\' || byte >= 0x7f;
}

/* True where one of the eight bytes needs care: in a word, a byte below 0x20 borrows from its top bit when 0x20 is taken
 * away, and a zero byte after xor is a wanted one. */
static bool word_needs_escape(const char *bytes)
{
    static const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t word = 0;
    memcpy(&word, bytes, sizeof word);
    uint64_t quote = word ^ ones * '"', slash = word ^ ones * '\\';
    uint64_t care = word | (word - ones * 0x20) | (quote - ones) | (slash - ones) | (word + ones);
    return (care & ones * 0x80) != 0;
}

/* Returns how many of the bytes come before the first that needs care.  Eight at a time where none does; the last eight
 * overlap those before. */
static size_t plain_length(const char *bytes, size_t length)
{
    enum {
        WORD = sizeof(uint64_t)
    };
    size_t done = 0;
    while (done + WORD <= length && !word_needs_escape(bytes + done))
        done += WORD;
    if (done + WORD > length && length >= WORD && !word_needs_escape(bytes + length - WORD))
        return length;
    while (done < length && !needs_escape((unsigned char)bytes[done]))
        done++;
    return done;
}

/* Writes what stands at `bytes` (a byte that needs care) and returns how many bytes that was. */
static size_t put_escaped(struct text *out, const char *bytes, size_t left)
{
    static const char hex[] = "0123456789abcdef";
    unsigned char byte = (unsigned char)bytes[0];
    if (byte == '"' || byte == '\\') {
        text_add_char(out, '\\');
        text_add_char(out, (char)byte);
        return 1;
    }
    if (byte < 0x20 || byte == 0x7f) {
        const char escape[6] = {'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]};
        text_add_bytes(out, escape, sizeof escape);
        return 1;
    }
    size_t length = text_utf8_length(bytes, left);
    if (length == 0) {
        text_add_bytes(out, "\xef\xbf\xbd", 3);
        return 1;
    }
    text_add_bytes(out, bytes, length);
    return length;
}

void json_bytes(struct json *json, const char *key, const char *value, size_t length)
{
    size_t done = plain_length(value, length);
    char *place = json_key(json, key, done + 1);
    *place++ = '"';
    if (done > 0)
        memcpy(place, value, done);
    while (done < length) {
        done += put_escaped(json->out, value + done, length - done);
        size_t plain = plain_length(value + done, length - done);
        text_add_bytes(json->out, value + done, plain);
        done += plain;
    }
    text_add_char(json->out, '"');
}

void json_text(struct json *json, const char *key, const char *value)
{
    if (value != NULL)
        json_bytes(json, key, value, strlen(value));
}

void json_u64(struct json *json, const char *key, uint64_t value)
{
    (void)json_key(json, key, 0);
    text_add_u64(json->out, value);
}

void json_i64(struct json *json, const char *key, int64_t value)
{
    (void)json_key(json, key, 0);
    text_add_i64(json->out, value);
}

void json_double(struct json *json, const char *key, double value, int digits)
{
    (void)json_key(json, key, 0);
    if (!isfinite(value)) {
        text_add(json->out, "null");
        return;
    }
    char number[352];
    int length = snprintf(number, sizeof number, "%.*f", digits, value);
    while (digits > 0 && length > 1 && number[length - 1] == '0')
        length--;
    if (length > 1 && number[length - 1] == '.')
        length--;
    bool minus_zero = length == 2 && number[0] == '-' && number[1] == '0';
    text_add_bytes(json->out, number + minus_zero, (size_t)length - minus_zero);
}

void json_significant(struct json *json, const char *key, double value, int digits)
{
    (void)json_key(json, key, 0);
    if (isfinite(value))
        text_addf(json->out, "%.*g", digits, value);
    else
        text_add(json->out, "null");
}

void json_bool(struct json *json, const char *key, bool value)
{
    size_t length = value ? 4 : 5;
    memcpy(json_key(json, key, length), value ? "true" : "false", length);
}

void json_members(struct json *json, const char *object)
{
    size_t length = object != NULL ? strlen(object) : 0;
    if (length <= 2) /* nothing, or no members */
        return;
    if (json->comma)
        text_add_char(json->out, ',');
    text_add_bytes(json->out, object + 1, length - 2);
    json->comma = true;
}
