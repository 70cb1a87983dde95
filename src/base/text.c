/* SPDX-License-Identifier: Apache-2.0 */
/* Growing output, and the escaping of wire bytes for a terminal. */
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void text_done(struct text *text)
{
    free(text->data);
    *text = (struct text){0};
}

void text_clear(struct text *text)
{
    text->length = 0;
    if (text->data != NULL)
        text->data[0] = '\0';
}

/* Makes room for `wanted` bytes. */
static void text_grow(struct text *text, size_t wanted)
{
    size_t capacity = text->capacity > 0 ? text->capacity : 256;
    while (capacity < wanted)
        capacity *= 2;
    text->data = mem_resize(text->data, capacity, 1);
    text->capacity = capacity;
}

/* Makes room for `more` bytes and a NUL. */
static void text_reserve(struct text *text, size_t more)
{
    size_t wanted = text->length + more + 1;
    if (wanted > text->capacity)
        text_grow(text, wanted);
}

char *text_extend(struct text *text, size_t length)
{
    text_reserve(text, length);
    char *place = text->data + text->length;
    text->length += length;
    place[length] = '\0';
    return place;
}

void text_add_bytes(struct text *text, const void *bytes, size_t length)
{
    char *place = text_extend(text, length);
    if (length > 0)
        memcpy(place, bytes, length);
}

void text_add(struct text *text, const char *string)
{
    text_add_bytes(text, string, strlen(string));
}

void text_add_char(struct text *text, char character)
{
    *text_extend(text, 1) = character;
}

void text_add_u64(struct text *text, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    text_add_bytes(text, digits + at, sizeof digits - at);
}

void text_add_i64(struct text *text, int64_t value)
{
    if (value < 0)
        text_add_char(text, '-');
    text_add_u64(text, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void text_addf(struct text *text, const char *format, ...)
{
    char small[512];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(small, sizeof small, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    if ((size_t)length < sizeof small) {
        text_add_bytes(text, small, (size_t)length);
        return;
    }
    text_reserve(text, (size_t)length);
    va_start(arguments, format);
    (void)vsnprintf(text->data + text->length, (size_t)length + 1, format, arguments);
    va_end(arguments);
    text->length += (size_t)length;
}

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

size_t text_utf8_length(const char *bytes, size_t left)
{
    if (left == 0)
        return 0;
    unsigned char first = (unsigned char)bytes[0];
    if (first < 0x80)
        return 1;
    if (first < 0xc2 || first > 0xf4)
        return 0;
    size_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (left < length)
        return 0;
    for (size_t i = 1; i < length; i++)
        if (!is_continuation(bytes[i]))
            return 0;
    unsigned char second = (unsigned char)bytes[1];
    bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
    bool surrogate = first == 0xed && second > 0x9f;
    bool too_high = first == 0xf4 && second > 0x8f;
    return overlong || surrogate || too_high ? 0 : length;
}

void text_add_visible(struct text *text, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length;) {
        size_t size = text_utf8_length(bytes + i, length - i);
        unsigned char byte = (unsigned char)bytes[i];
        /* U+0080 to U+009F are control characters too: C2 80 to C2 9F. */
        bool c1_control = size == 2 && byte == 0xc2 && (unsigned char)bytes[i + 1] < 0xa0;
        if (size == 0 || byte < 0x20 || byte == 0x7f || c1_control) {
            text_addf(text, "\\x%02x", byte);
            i++;
        } else {
            text_add_bytes(text, bytes + i, size);
            i += size;
        }
    }
}

const char *text_string(const struct text *text)
{
    return text->data != NULL ? text->data : "";
}
