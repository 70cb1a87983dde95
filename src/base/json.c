/* SPDX-License-Identifier: Apache-2.0 */
/* JSON, written by hand into one buffer: an event costs about a microsecond, a tenth of what a
 * document model would, and key order is the order of the calls, which golden tests rely on. */
#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static void json_key(struct json *json, const char *key)
{
    if (json->comma)
        text_add_char(json->out, ',');
    json->comma = true;
    if (key == NULL)
        return;
    size_t length = strlen(key);
    char *place = text_extend(json->out, length + 3);
    place[0] = '"';
    memcpy(place + 1, key, length); /* NOLINT(bugprone-not-null-terminated-result): text ends it */
    place[length + 1] = '"';
    place[length + 2] = ':';
}

static void json_open(struct json *json, const char *key, char bracket)
{
    json_key(json, key);
    text_add_char(json->out, bracket);
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

/* Returns how many of the bytes come before the first that needs care.  Eight at a time where none does: in a word, a byte
 * below 0x20 borrows from its top bit when 0x20 is taken away, and a zero byte after xor is a wanted one. */
static size_t plain_length(const char *bytes, size_t length)
{
    static const uint64_t ones = UINT64_C(0x0101010101010101);
    size_t done = 0;
    for (; done + sizeof(uint64_t) <= length; done += sizeof(uint64_t)) {
        uint64_t word = 0;
        memcpy(&word, bytes + done, sizeof word);
        uint64_t quote = word ^ ones * '"', slash = word ^ ones * '\\';
        uint64_t care =
            word | (word - ones * 0x20) | (quote - ones) | (slash - ones) | (word + ones);
        if ((care & ones * 0x80) != 0)
            break;
    }
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
    json_key(json, key);
    text_add_char(json->out, '"');
    size_t done = 0;
    while (done < length) {
        size_t plain = plain_length(value + done, length - done);
        text_add_bytes(json->out, value + done, plain);
        done += plain;
        if (done < length)
            done += put_escaped(json->out, value + done, length - done);
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
    json_key(json, key);
    text_add_u64(json->out, value);
}

void json_i64(struct json *json, const char *key, int64_t value)
{
    json_key(json, key);
    text_add_i64(json->out, value);
}

void json_double(struct json *json, const char *key, double value, int digits)
{
    json_key(json, key);
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
    json_key(json, key);
    if (isfinite(value))
        text_addf(json->out, "%.*g", digits, value);
    else
        text_add(json->out, "null");
}

void json_bool(struct json *json, const char *key, bool value)
{
    json_key(json, key);
    text_add(json->out, value ? "true" : "false");
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
