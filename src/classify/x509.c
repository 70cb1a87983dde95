/* SPDX-License-Identifier: Apache-2.0 */
/* Reader of X.509 certificates in DER: who, by whom, for which names, how long.
 *
 *   Certificate { TBSCertificate { [0] version, serial, algorithm, issuer, validity, subject, key,
 *                                  ..., [3] extensions }, algorithm, signature }
 *
 * Idea: a fixed path through the structure, each level a cursor inside the one above; nothing is
 * verified, since a passive reader trusts no certificate anyway.  What the path does not touch is
 * stepped over by its length.
 * Invariants: no recursion; a length never leaves its container (outer containers may be cut by the
 * capture, values may not); indefinite lengths and long tags are refused, DER has neither here.
 * Rejected: a TLS library's parser (strict where a name from a broken certificate is better than
 * none, and a large surface for hostile bytes).
 * Cost: about 2 us.
 * Source: RFC 5280 section 4, ITU-T X.690 section 8, RFC 4514 section 2 (attribute names). */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/time.h"
#include "classify/label.h"
#include "classify/tls.h"
#include "net/addr.h"

enum der_tag {
    DER_BOOLEAN = 0x01,
    DER_INTEGER = 0x02,
    DER_OCTETS = 0x04,
    DER_OID = 0x06,
    DER_T61 = 0x14,
    DER_UTC_TIME = 0x17,
    DER_GENERAL_TIME = 0x18,
    DER_UNIVERSAL = 0x1c,
    DER_BMP = 0x1e,
    DER_SEQUENCE = 0x30,
    DER_SET = 0x31,
    DER_VERSION = 0xa0,
    DER_EXTENSIONS = 0xa3,
    DER_DNS_NAME = 0x82,
    DER_IP_ADDRESS = 0x87
};

enum {
    NAME_TEXT_MAX = 2048,
    SERIAL_MAX = 64 /* bytes; RFC 5280 allows 20 */
};

struct der {
    uint8_t tag;
    struct bytes body; /* as much of it as there is */
    bool whole;
};

/* Reads the element at `in` and steps over it.  False at the end and where no header can be read. */
static bool der_next(struct bytes *in, struct der *ret)
{
    ret->tag = bytes_u8(in);
    size_t size = bytes_u8(in);
    if (size >= 0x80) {
        unsigned count = size & 0x7f;
        if (count == 0 || count > 4)
            return false;
        for (size = 0; count > 0; count--)
            size = size << 8 | bytes_u8(in);
    }
    if (in->bad || (ret->tag & 0x1f) == 0x1f)
        return false;
    ret->whole = bytes_left(in) >= size;
    ret->body = bytes_slice_upto(in, size);
    return true;
}

/* Takes the next element, which must have this tag; it may be cut. */
static bool der_expect(struct bytes *in, uint8_t tag, struct der *ret)
{
    return der_next(in, ret) && ret->tag == tag;
}

static bool der_expect_whole(struct bytes *in, uint8_t tag, struct der *ret)
{
    return der_expect(in, tag, ret) && ret->whole;
}

static bool der_is_oid(const struct der *oid, const uint8_t *bytes, size_t size)
{
    return bytes_left(&oid->body) == size && memcmp(oid->body.at, bytes, size) == 0;
}

static void replace(char **text, char *with)
{
    free(*text);
    *text = with;
}

static void add_utf8(struct text *text, uint32_t point)
{
    char out[4];
    size_t size = 0;
    if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
        point = 0xfffd;
    if (point < 0x80) {
        out[size++] = (char)point;
    } else if (point < 0x800) {
        out[size++] = (char)(0xc0 | point >> 6);
    } else if (point < 0x10000) {
        out[size++] = (char)(0xe0 | point >> 12);
        out[size++] = (char)(0x80 | (point >> 6 & 0x3f));
    } else {
        out[size++] = (char)(0xf0 | point >> 18);
        out[size++] = (char)(0x80 | (point >> 12 & 0x3f));
        out[size++] = (char)(0x80 | (point >> 6 & 0x3f));
    }
    if (point >= 0x80)
        out[size++] = (char)(0x80 | (point & 0x3f));
    text_add_visible(text, out, size);
}

/* BMPString holds UTF-16 in practice, so that pairs of surrogates are one character. */
static void add_bmp(struct text *text, struct bytes value)
{
    while (bytes_left(&value) >= 2) {
        uint32_t point = bytes_be16(&value);
        if (point >= 0xd800 && point < 0xdc00 && bytes_left(&value) >= 2) {
            struct bytes after = value;
            uint32_t low = bytes_be16(&after);
            if (low >= 0xdc00 && low < 0xe000) {
                point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
                value = after;
            }
        }
        add_utf8(text, point);
    }
}

/* Adds a string of any type.  All but three types are read as UTF-8, of which ASCII is a part. */
static void add_string(struct text *text, const struct der *string)
{
    struct bytes value = string->body;
    switch (string->tag) {
    case DER_BMP:
        add_bmp(text, value);
        break;
    case DER_UNIVERSAL:
        while (bytes_left(&value) >= 4)
            add_utf8(text, bytes_be32(&value));
        break;
    case DER_T61: /* Latin-1 in practice */
        while (bytes_left(&value) > 0)
            add_utf8(text, bytes_u8(&value));
        break;
    default:
        text_add_visible(text, (const char *)value.at, bytes_left(&value));
        break;
    }
}

static const char *attribute_name(const struct der *oid)
{
    static const struct {
        uint8_t last; /* of 2.5.4.x */
        const char *name;
    } names[] = {{3, "CN"},
                 {4, "SN"},
                 {5, "serialNumber"},
                 {6, "C"},
                 {7, "L"},
                 {8, "ST"},
                 {9, "street"},
                 {10, "O"},
                 {11, "OU"},
                 {12, "title"},
                 {13, "description"},
                 {15, "businessCategory"},
                 {17, "postalCode"},
                 {41, "name"},
                 {42, "GN"},
                 {43, "initials"},
                 {46, "dnQualifier"},
                 {97, "organizationIdentifier"}};
    static const uint8_t email[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x01};
    static const uint8_t component[] = {0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, 0x19};
    static const uint8_t user[] = {0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, 0x01};
    if (der_is_oid(oid, email, sizeof email))
        return "emailAddress";
    if (der_is_oid(oid, component, sizeof component))
        return "DC";
    if (der_is_oid(oid, user, sizeof user))
        return "UID";
    if (bytes_left(&oid->body) != 3 || bytes_peek(&oid->body, 0) != 0x55 ||
        bytes_peek(&oid->body, 1) != 4)
        return NULL;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (names[i].last == bytes_peek(&oid->body, 2))
            return names[i].name;
    return NULL;
}

/* Adds an object identifier in dots; an arc that does not fit 64 bits loses its top. */
static void add_dotted(struct text *text, struct bytes oid)
{
    uint64_t arc = 0;
    bool first = true;
    while (bytes_left(&oid) > 0) {
        uint8_t byte = bytes_u8(&oid);
        arc = arc << 7 | (byte & 0x7f);
        if (byte >= 0x80)
            continue;
        if (first) {
            uint64_t root = arc < 80 ? arc / 40 : 2;
            text_add_u64(text, root);
            arc -= root * 40;
            first = false;
        }
        text_add_char(text, '.');
        text_add_u64(text, arc);
        arc = 0;
    }
}

static bool add_attribute(struct text *text, struct bytes attribute)
{
    struct der type;
    struct der value;
    if (!der_expect_whole(&attribute, DER_OID, &type) || !der_next(&attribute, &value) ||
        !value.whole)
        return false;
    const char *name = attribute_name(&type);
    if (name != NULL)
        text_add(text, name);
    else
        add_dotted(text, type.body);
    text_add_char(text, '=');
    add_string(text, &value);
    return true;
}

/* Gives a text no longer than the bound, cut between characters. */
static char *text_give(const struct text *text)
{
    const char *string = text_string(text);
    size_t length = text->length;
    if (length > NAME_TEXT_MAX) {
        length = NAME_TEXT_MAX;
        while (length > 0 && ((unsigned char)string[length] & 0xc0) == 0x80)
            length--;
    }
    return mem_text_n(string, length);
}

/* Returns a distinguished name as text, or NULL where it is broken before its first attribute. */
static char *read_name(struct bytes name)
{
    struct text text = {0};
    struct der set;
    while (text.length < NAME_TEXT_MAX && der_expect_whole(&name, DER_SET, &set)) {
        struct der attribute;
        const char *joint = text.length > 0 ? ", " : "";
        while (text.length < NAME_TEXT_MAX &&
               der_expect_whole(&set.body, DER_SEQUENCE, &attribute)) {
            text_add(&text, joint);
            if (!add_attribute(&text, attribute.body))
                break;
            joint = " + ";
        }
    }
    char *given = text.length > 0 ? text_give(&text) : NULL;
    text_done(&text);
    return given;
}

/* Writes bytes as two hexadecimal digits each, with colons between: 3 * `size` bytes with the NUL. */
static void hex_with_colons(struct bytes bytes, const char *digits, char *ret_text)
{
    while (bytes_left(&bytes) > 0) {
        uint8_t byte = bytes_u8(&bytes);
        *ret_text++ = digits[byte >> 4];
        *ret_text++ = digits[byte & 15];
        *ret_text++ = bytes_left(&bytes) > 0 ? ':' : '\0';
    }
}

static void read_serial(struct bytes serial, struct label_tls *label)
{
    char text[3 * SERIAL_MAX];
    struct bytes kept = bytes_slice_upto(&serial, SERIAL_MAX);
    if (bytes_left(&kept) == 0)
        return;
    hex_with_colons(kept, "0123456789ABCDEF", text);
    replace(&label->serial, mem_text(text));
}

/* Reads two decimal digits; false where there are none. */
static bool two_digits(struct bytes *in, unsigned *ret)
{
    unsigned tens = bytes_u8(in) - (unsigned)'0';
    unsigned ones = bytes_u8(in) - (unsigned)'0';
    *ret = tens * 10 + ones;
    return tens <= 9 && ones <= 9;
}

/* UTCTime YYMMDDhhmm[ss]Z or GeneralizedTime YYYYMMDDhhmm[ss]Z; 0 for anything else. */
static int64_t read_time(const struct der *time)
{
    struct bytes in = time->body;
    unsigned century = 0;
    unsigned part[6] = {0}; /* year, month, day, hour, minute, second */
    if (time->tag == DER_GENERAL_TIME && !two_digits(&in, &century))
        return 0;
    for (size_t i = 0; i < COUNT_OF(part); i++)
        if (!(i == 5 && bytes_peek(&in, 0) == 'Z') && !two_digits(&in, &part[i]))
            return 0;
    if (bytes_u8(&in) != 'Z' || part[3] > 23 || part[4] > 59 || part[5] > 60)
        return 0;
    if (time->tag == DER_UTC_TIME) /* RFC 5280 section 4.1.2.5.1 */
        century = part[0] < 50 ? 20 : 19;
    unsigned year = century * 100 + part[0];
    if (year > 2261)
        return INT64_MAX;
    char date[16];
    int64_t day_ns = 0;
    (void)snprintf(date, sizeof date, "%04u-%02u-%02u", year, part[1], part[2]);
    if (!time_parse_date(date, &day_ns))
        return 0;
    return day_ns + ((int64_t)part[3] * 3600 + (int64_t)part[4] * 60 + (int64_t)part[5]) * NS_PER_S;
}

static void read_validity(struct bytes validity, struct label_tls *label)
{
    struct der time;
    label->not_before_ns = der_next(&validity, &time) && time.whole ? read_time(&time) : 0;
    label->not_after_ns = der_next(&validity, &time) && time.whole ? read_time(&time) : 0;
}

static void add_san(struct label_tls *label, char *name)
{
    if (label->san_count < LABEL_SAN_MAX)
        label->san[label->san_count++] = name;
    else
        free(name);
}

static void read_san(struct bytes value, struct label_tls *label)
{
    struct der names;
    struct der name;
    if (!der_expect(&value, DER_SEQUENCE, &names))
        return;
    while (label->san_count < LABEL_SAN_MAX && der_next(&names.body, &name) && name.whole) {
        size_t size = bytes_left(&name.body);
        if (name.tag == DER_DNS_NAME && size > 0) {
            struct text text = {0};
            text_add_visible(&text, (const char *)name.body.at, size);
            add_san(label, text_give(&text));
            text_done(&text);
        } else if (name.tag == DER_IP_ADDRESS && (size == 4 || size == 16)) {
            char text[ADDR_TEXT_MAX];
            struct addr addr = size == 4 ? addr_from4(name.body.at) : addr_from6(name.body.at);
            addr_text(&addr, text);
            add_san(label, mem_text(text));
        }
    }
}

static void read_extensions(struct bytes in, struct label_tls *label)
{
    static const uint8_t alternative_names[] = {0x55, 0x1d, 0x11};
    struct der list;
    struct der extension;
    if (!der_expect(&in, DER_SEQUENCE, &list))
        return;
    while (der_expect(&list.body, DER_SEQUENCE, &extension)) {
        struct der oid;
        struct der value;
        if (!der_expect_whole(&extension.body, DER_OID, &oid))
            return;
        if (!der_is_oid(&oid, alternative_names, sizeof alternative_names))
            continue;
        if (bytes_peek(&extension.body, 0) == DER_BOOLEAN)
            (void)der_next(&extension.body, &value);
        if (der_expect(&extension.body, DER_OCTETS, &value))
            read_san(value.body, label);
    }
}

static void forget(struct label_tls *label)
{
    replace(&label->subject, NULL);
    replace(&label->issuer, NULL);
    replace(&label->serial, NULL);
    for (unsigned i = 0; i < label->san_count; i++)
        replace(&label->san[i], NULL);
    label->san_count = 0;
    label->fingerprint[0] = '\0';
    label->not_before_ns = label->not_after_ns = 0;
}

static bool read_body(struct bytes in, struct label_tls *label)
{
    struct der element;
    if (bytes_peek(&in, 0) == DER_VERSION && !der_next(&in, &element))
        return false;
    if (!der_expect_whole(&in, DER_INTEGER, &element))
        return false;
    read_serial(element.body, label);
    if (!der_expect_whole(&in, DER_SEQUENCE, &element) || !der_expect(&in, DER_SEQUENCE, &element))
        return false;
    replace(&label->issuer, read_name(element.body));
    if (!der_expect_whole(&in, DER_SEQUENCE, &element))
        return false;
    read_validity(element.body, label);
    if (!der_expect(&in, DER_SEQUENCE, &element))
        return false;
    bool whole = element.whole;
    replace(&label->subject, read_name(element.body));
    while (der_next(&in, &element))
        if (element.tag == DER_EXTENSIONS)
            read_extensions(element.body, label);
    return whole;
}

bool x509_read(struct bytes der, struct label_tls *label)
{
    struct bytes in = der;
    struct der certificate;
    struct der body;
    forget(label);
    if (!der_expect(&in, DER_SEQUENCE, &certificate) ||
        !der_expect(&certificate.body, DER_SEQUENCE, &body))
        return false;
    bool ok = read_body(body.body, label);
    if (ok && certificate.whole) {
        uint8_t digest[DIGEST_SHA1_SIZE];
        digest_sha1(der.at, (size_t)(in.at - der.at), digest);
        hex_with_colons(bytes_of(digest, sizeof digest), "0123456789abcdef", label->fingerprint);
    }
    return ok;
}
