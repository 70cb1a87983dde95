/* SPDX-License-Identifier: Apache-2.0 */
/* X.509 certificates in DER.
 *
 * A DER length precedes its value in as few bytes as it needs, so der_close() moves the value up
 * when more than one is needed: simple, and certificates are small.  Source: RFC 5280, X.690. */
#include "certificate.h"

#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "base/time.h"
#include "random.h"
#include "wire.h"

enum {
    DER_INTEGER = 0x02,
    DER_BITS = 0x03,
    DER_OCTETS = 0x04,
    DER_NULL = 0x05,
    DER_OID = 0x06,
    DER_UTF8 = 0x0c,
    DER_PRINTABLE = 0x13,
    DER_TIME = 0x17,
    DER_SEQUENCE = 0x30,
    DER_SET = 0x31,
    DER_ALT_DNS = 0x82,
    DER_CONTEXT_0 = 0xa0,
    DER_CONTEXT_3 = 0xa3,
    MODULUS_SIZE = 256
};

static size_t der_open(struct text *out, unsigned tag)
{
    wire_u8(out, tag);
    return wire_open(out, 1);
}

static void der_close(struct text *out, size_t mark)
{
    size_t length = out->length - mark - 1;
    unsigned more = length < 0x80 ? 0 : (length < 0x100 ? 1 : 2);
    if (more > 0) {
        wire_fill(out, 0, more);
        memmove(out->data + mark + 1 + more, out->data + mark + 1, length);
        wire_patch(out, mark, 1, 0x80 | more);
        wire_patch(out, mark + 1, more, length);
    } else {
        wire_patch(out, mark, 1, length);
    }
}

static void der_add(struct text *out, unsigned tag, const void *bytes, size_t size)
{
    size_t mark = der_open(out, tag);
    text_add_bytes(out, bytes, size);
    der_close(out, mark);
}

static void add_algorithm(struct text *out, uint8_t which)
{
    const uint8_t oid[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, which};
    size_t mark = der_open(out, DER_SEQUENCE);
    der_add(out, DER_OID, oid, sizeof oid);
    der_add(out, DER_NULL, oid, 0);
    der_close(out, mark);
}

/* Returns the last byte of the attribute type 2.5.4.x for its short name, 0 where unknown. */
static uint8_t attribute(const char *name, size_t length)
{
    static const struct {
        const char *name;
        uint8_t number;
    } attributes[] = {{"CN", 3}, {"C", 6}, {"L", 7}, {"ST", 8}, {"O", 10}, {"OU", 11}};
    for (size_t i = 0; i < COUNT_OF(attributes); i++)
        if (strlen(attributes[i].name) == length && memcmp(attributes[i].name, name, length) == 0)
            return attributes[i].number;
    return 0;
}

/* Returns where the last `, XX=` part before `length` starts. */
static size_t last_part(const struct text *name, size_t length)
{
    for (size_t i = length; i >= 2; i--) {
        if (memcmp(name->data + i - 2, ", ", 2) != 0)
            continue;
        const char *equals = memchr(name->data + i, '=', length - i);
        if (equals != NULL && attribute(name->data + i, (size_t)(equals - name->data) - i) != 0)
            return i;
    }
    return 0;
}

static void add_part(struct text *out, const char *part, size_t length)
{
    const char *equals = memchr(part, '=', length);
    uint8_t number = equals != NULL ? attribute(part, (size_t)(equals - part)) : 0;
    const char *value = number != 0 ? equals + 1 : part;
    const uint8_t oid[] = {0x55, 0x04, number != 0 ? number : 3};
    size_t set = der_open(out, DER_SET);
    size_t sequence = der_open(out, DER_SEQUENCE);
    der_add(out, DER_OID, oid, sizeof oid);
    der_add(out, number == 6 ? DER_PRINTABLE : DER_UTF8, value, length - (size_t)(value - part));
    der_close(out, sequence);
    der_close(out, set);
}

/* RFC 4514 writes the parts in the reverse of their order in the certificate. */
static void add_name(struct text *out, const struct text *name)
{
    size_t mark = der_open(out, DER_SEQUENCE);
    size_t end = name->length;
    while (end > 0) {
        size_t start = last_part(name, end);
        add_part(out, name->data + start, end - start);
        end = start >= 2 ? start - 2 : 0;
    }
    der_close(out, mark);
}

static void add_time(struct text *out, int64_t ts_ns)
{
    char full[TIME_TEXT_MAX];
    (void)time_text(ts_ns, full); /* 2026-11-22T10:45:15... */
    char utc[] = "YYMMDDhhmmssZ";
    static const unsigned places[] = {2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18};
    for (size_t i = 0; i < COUNT_OF(places); i++)
        utc[i] = full[places[i]];
    der_add(out, DER_TIME, utc, sizeof utc - 1);
}

static void add_key(struct text *out, struct random *random)
{
    static const uint8_t exponent[] = {1, 0, 1};
    size_t mark = der_open(out, DER_SEQUENCE);
    add_algorithm(out, 1); /* rsaEncryption */
    size_t bits = der_open(out, DER_BITS);
    wire_u8(out, 0);
    size_t key = der_open(out, DER_SEQUENCE);
    size_t modulus = der_open(out, DER_INTEGER);
    wire_u8(out, 0);
    size_t at = out->length;
    random_bytes(random, out, MODULUS_SIZE);
    out->data[at] = (char)((uint8_t)out->data[at] | 0x80);
    out->data[out->length - 1] = (char)((uint8_t)out->data[out->length - 1] | 1);
    der_close(out, modulus);
    der_add(out, DER_INTEGER, exponent, sizeof exponent);
    der_close(out, key);
    der_close(out, bits);
    der_close(out, mark);
}

static void add_alt_names(struct text *out, const struct certificate *certificate)
{
    static const uint8_t oid[] = {0x55, 0x1d, 0x11};
    if (certificate->alt_name_count == 0)
        return;
    size_t wrapper = der_open(out, DER_CONTEXT_3);
    size_t extensions = der_open(out, DER_SEQUENCE);
    size_t extension = der_open(out, DER_SEQUENCE);
    der_add(out, DER_OID, oid, sizeof oid);
    size_t value = der_open(out, DER_OCTETS);
    size_t names = der_open(out, DER_SEQUENCE);
    for (size_t i = 0; i < certificate->alt_name_count; i++)
        der_add(out, DER_ALT_DNS, certificate->alt_names[i].data, certificate->alt_names[i].length);
    der_close(out, names);
    der_close(out, value);
    der_close(out, extension);
    der_close(out, extensions);
    der_close(out, wrapper);
}

static void add_body(struct text *out, const struct certificate *certificate, struct random *random)
{
    size_t mark = der_open(out, DER_SEQUENCE);
    size_t version = der_open(out, DER_CONTEXT_0);
    der_add(out, DER_INTEGER, "\x02", 1);
    der_close(out, version);
    size_t serial = der_open(out, DER_INTEGER);
    wire_u8(out, 0x4d); /* keeps it positive */
    random_bytes(random, out, 9);
    der_close(out, serial);
    add_algorithm(out, 11); /* sha256WithRSAEncryption */
    add_name(out, certificate->issuer);
    size_t validity = der_open(out, DER_SEQUENCE);
    add_time(out, certificate->start_ns);
    add_time(out, certificate->start_ns + 365 * NS_PER_DAY);
    der_close(out, validity);
    add_name(out, certificate->subject);
    add_key(out, random);
    add_alt_names(out, certificate);
    der_close(out, mark);
}

void certificate_add(struct text *out, const struct certificate *certificate, struct random *random)
{
    size_t mark = der_open(out, DER_SEQUENCE);
    add_body(out, certificate, random);
    add_algorithm(out, 11);
    size_t signature = der_open(out, DER_BITS);
    wire_u8(out, 0);
    random_bytes(random, out, MODULUS_SIZE);
    der_close(out, signature);
    der_close(out, mark);
}
