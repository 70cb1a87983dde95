/* SPDX-License-Identifier: Apache-2.0 */
/* JA3 and JA4 fingerprints of a ClientHello.
 *
 *   JA3: MD5 of `version,ciphers,extensions,groups,point formats`, decimal, joined by `-`, as sent.
 *   JA4: t13d1516h2_8daaf6152771_e5627efa2ab1
 *        |||| | |  |             SHA-256 of sorted extensions, `_`, signature algorithms as sent
 *        |||| | |  SHA-256 of sorted ciphers (each hash: its first 12 digits)
 *        |||| | first and last character of the first ALPN
 *        |||| number of ciphers and of extensions
 *        |||d: a server name is there, i: none
 *        |version
 *        t: TCP, q: QUIC
 *
 * Idea: the hello reader hands over cursors, so that a hello which nobody fingerprints costs
 * nothing.  Sorting makes JA4 hold where browsers shuffle their extensions; JA3 is kept because
 * lists use it.
 * Cost: about 1 us for both.  Source: see ja.h; GREASE is RFC 8701. */
#include "classify/ja.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/memory.h"
#include "base/text.h"
#include "classify/label.h"

enum {
    VALUES_MAX = 512,
    HASH_DIGITS = 12,
    EXTENSION_SERVER_NAME = 0,
    EXTENSION_ALPN = 16
};

/* Values of a list without GREASE. */
struct values {
    uint16_t at[VALUES_MAX];
    size_t count;
};

bool ja_is_grease(uint16_t value)
{
    return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

static void values_add(struct values *values, uint16_t value)
{
    if (values->count < VALUES_MAX && !ja_is_grease(value))
        values->at[values->count++] = value;
}

static void values_read(struct values *ret, struct bytes list)
{
    ret->count = 0;
    while (bytes_left(&list) >= 2)
        values_add(ret, bytes_be16(&list));
}

static void values_read_extensions(struct values *ret, struct bytes extensions)
{
    ret->count = 0;
    while (bytes_left(&extensions) >= 4) {
        uint16_t type = bytes_be16(&extensions);
        bytes_skip(&extensions, bytes_be16(&extensions));
        if (!extensions.bad)
            values_add(ret, type);
    }
}

static int compare_values(const void *a, const void *b)
{
    const uint16_t *left = (const uint16_t *)a;
    const uint16_t *right = (const uint16_t *)b;
    return (*left > *right) - (*left < *right);
}

static void add_decimal(struct text *text, const struct values *values)
{
    for (size_t i = 0; i < values->count; i++) {
        if (i > 0)
            text_add_char(text, '-');
        text_add_u64(text, values->at[i]);
    }
}

static void add_hex(struct text *text, const struct values *values)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < values->count; i++) {
        uint16_t value = values->at[i];
        const char four[4] = {digits[value >> 12], digits[value >> 8 & 15], digits[value >> 4 & 15],
                              digits[value & 15]};
        if (i > 0)
            text_add_char(text, ',');
        text_add_bytes(text, four, sizeof four);
    }
}

static void write_ja3(const struct ja_hello *hello, struct label_tls *label)
{
    struct values values;
    struct text text = {0};
    text_add_u64(&text, hello->legacy_version);
    text_add_char(&text, ',');
    values_read(&values, hello->ciphers);
    add_decimal(&text, &values);
    text_add_char(&text, ',');
    values_read_extensions(&values, hello->extensions);
    add_decimal(&text, &values);
    text_add_char(&text, ',');
    values_read(&values, hello->groups);
    add_decimal(&text, &values);
    text_add_char(&text, ',');
    struct bytes formats = hello->point_formats;
    for (size_t i = 0; bytes_left(&formats) > 0; i++) {
        if (i > 0)
            text_add_char(&text, '-');
        text_add_u64(&text, bytes_u8(&formats));
    }
    uint8_t digest[DIGEST_MD5_SIZE];
    digest_md5(text.data, text.length, digest);
    digest_hex(digest, sizeof digest, label->ja3);
    text_done(&text);
}

static const char *version_text(uint16_t version)
{
    switch (version) {
    case 0x0304:
        return "13";
    case 0x0303:
        return "12";
    case 0x0302:
        return "11";
    case 0x0301:
        return "10";
    case 0x0300:
        return "s3";
    case 0x0002:
        return "s2";
    default:
        return "00";
    }
}

static bool is_alphanumeric(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z');
}

/* The two characters for the protocol: its first and last, or those of its hexadecimal form. */
static void alpn_text(const struct bytes *alpn, char ret_text[static 3])
{
    size_t size = bytes_left(alpn);
    (void)snprintf(ret_text, 3, "00");
    if (size == 0)
        return;
    uint8_t first = bytes_peek(alpn, 0);
    uint8_t last = bytes_peek(alpn, size - 1);
    ret_text[0] = (char)first;
    ret_text[1] = (char)last;
    if (!is_alphanumeric(first) || !is_alphanumeric(last))
        (void)snprintf(ret_text, 3, "%x%x", first >> 4, last & 15U);
}

/* Writes the first digits of the text's SHA-256; zeros where there is nothing to hash. */
static void hash_text(const struct text *text, bool empty, char ret_hash[static HASH_DIGITS + 1])
{
    (void)snprintf(ret_hash, HASH_DIGITS + 1, "000000000000");
    if (empty)
        return;
    uint8_t digest[DIGEST_SHA256_SIZE];
    digest_sha256(text->data, text->length, digest);
    digest_hex(digest, HASH_DIGITS / 2, ret_hash);
}

/* Sorts and takes out what JA4's last hash leaves aside. */
static void sort_extensions(struct values *values)
{
    size_t kept = 0;
    for (size_t i = 0; i < values->count; i++)
        if (values->at[i] != EXTENSION_SERVER_NAME && values->at[i] != EXTENSION_ALPN)
            values->at[kept++] = values->at[i];
    values->count = kept;
    qsort(values->at, values->count, sizeof values->at[0], compare_values);
}

static unsigned at_most_99(size_t count)
{
    return count > 99 ? 99 : (unsigned)count;
}

static void write_ja4(const struct ja_hello *hello, struct label_tls *label)
{
    struct text text = {0};
    struct values values;
    char cipher_hash[HASH_DIGITS + 1];
    char extension_hash[HASH_DIGITS + 1];
    char alpn[3];
    values_read(&values, hello->ciphers);
    unsigned ciphers = at_most_99(values.count);
    qsort(values.at, values.count, sizeof values.at[0], compare_values);
    add_hex(&text, &values);
    hash_text(&text, values.count == 0, cipher_hash);

    text_clear(&text);
    values_read_extensions(&values, hello->extensions);
    unsigned extensions = at_most_99(values.count);
    sort_extensions(&values);
    bool empty = values.count == 0;
    add_hex(&text, &values);
    values_read(&values, hello->signatures);
    if (values.count > 0)
        text_add_char(&text, '_');
    add_hex(&text, &values);
    hash_text(&text, empty, extension_hash);
    text_done(&text);

    alpn_text(&hello->alpn, alpn);
    (void)snprintf(label->ja4, sizeof label->ja4, "%c%s%c%02u%02u%s_%s_%s", hello->quic ? 'q' : 't',
                   version_text(hello->version), hello->server_name ? 'd' : 'i', ciphers,
                   extensions, alpn, cipher_hash, extension_hash);
}

void ja_write(const struct ja_hello *hello, struct label_tls *label)
{
    write_ja3(hello, label);
    write_ja4(hello, label);
}
