/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"
#include "classify/label.h"
#include "classify/tls.h"
#include "classify_certificates.h"
#include "classify_wire.h"
#include "run.h"

START_TEST(plain_certificate_is_read)
{
    struct label_tls tls = {0};
    ck_assert(x509_read(bytes_of(certificate_plain, sizeof certificate_plain), &tls));
    ck_assert_str_eq(tls.subject, "C=US, O=Example Security, Inc., CN=Web Filter CA");
    ck_assert_str_eq(tls.issuer, tls.subject);
    ck_assert_str_eq(tls.serial, "00:8A:01:02:03");
    ck_assert_str_eq(tls.fingerprint,
                     "95:19:82:3f:ed:63:59:ac:c8:67:ef:86:c1:88:d6:8f:31:17:fa:69");
    ck_assert_int_eq(tls.not_before_ns, 1795406956 * NS_PER_S);
    ck_assert_int_eq(tls.not_after_ns, (1795406956 + INT64_C(30) * 86400) * NS_PER_S);
    ck_assert_uint_eq(tls.san_count, 4);
    ck_assert_str_eq(tls.san[0], "update.example.com");
    ck_assert_str_eq(tls.san[1], "*.example.net");
    ck_assert_str_eq(tls.san[2], "192.0.2.1");
    ck_assert_str_eq(tls.san[3], "2001:db8::1");
    label_tls_done(&tls);
}
END_TEST

START_TEST(hostile_bytes_are_made_visible)
{
    struct label_tls tls = {0};
    ck_assert(x509_read(bytes_of(certificate_hostile, sizeof certificate_hostile), &tls));
    ck_assert_str_eq(tls.subject,
                     "C=TR, O=\xc5\xa0koda G\xc3\xbcvenlik, OU=red\\x1btext, "
                     "CN=www.good.example\\x00.evil.example, "
                     "emailAddress=a@example.com");
    ck_assert_uint_eq(tls.san_count, 2);
    ck_assert_str_eq(tls.san[0], "good.example\\x00.evil.example");
    ck_assert_str_eq(tls.san[1], "last.example");
    ck_assert_int_eq(tls.not_after_ns, INT64_C(3523406986) * NS_PER_S);
    label_tls_done(&tls);
}
END_TEST

START_TEST(second_certificate_replaces_the_first)
{
    struct label_tls tls = {0};
    ck_assert(x509_read(bytes_of(certificate_plain, sizeof certificate_plain), &tls));
    ck_assert(x509_read(bytes_of(certificate_hostile, sizeof certificate_hostile), &tls));
    ck_assert_uint_eq(tls.san_count, 2);
    ck_assert_str_eq(tls.serial, "01");
    label_tls_done(&tls);
}
END_TEST

static void cut_everywhere(const uint8_t *data, size_t size)
{
    bool before = false;
    for (size_t cut = 0; cut <= size; cut++) {
        uint8_t *copy = exact_copy(data, cut);
        struct label_tls tls = {0};
        bool ok = x509_read(bytes_of(copy, cut), &tls);
        ck_assert(ok || !before); /* more bytes never tell less */
        ck_assert_int_eq(tls.fingerprint[0] != '\0', cut == size);
        before = ok;
        label_tls_done(&tls);
        free(copy);
    }
    ck_assert(before);
}

START_TEST(cut_certificate_gives_what_is_there)
{
    cut_everywhere(certificate_plain, sizeof certificate_plain);
    cut_everywhere(certificate_hostile, sizeof certificate_hostile);
    struct label_tls tls = {0};
    ck_assert(x509_read(bytes_of(certificate_plain, 400), &tls));
    ck_assert_str_eq(tls.subject, "C=US, O=Example Security, Inc., CN=Web Filter CA");
    ck_assert_str_eq(tls.fingerprint, "");
    label_tls_done(&tls);
}
END_TEST

START_TEST(every_damaged_byte_is_survived)
{
    for (size_t i = 0; i < sizeof certificate_hostile; i++) {
        static const uint8_t values[] = {0, 0x30, 0x7f, 0x80, 0x84, 0xff};
        for (size_t k = 0; k < sizeof values; k++) {
            uint8_t *copy = exact_copy(certificate_hostile, sizeof certificate_hostile);
            copy[i] = values[k];
            struct label_tls tls = {0};
            (void)x509_read(bytes_of(copy, sizeof certificate_hostile), &tls);
            ck_assert_uint_le(tls.san_count, LABEL_SAN_MAX);
            label_tls_done(&tls);
            free(copy);
        }
    }
}
END_TEST

/* Puts the head of a certificate up to the subject, with one attribute as issuer and subject. */
static void put_certificate(struct wire *wire, const void *oid, size_t oid_size, uint8_t tag,
                            const struct wire *value, const char *not_after)
{
    struct wire name = {.size = 0};
    wire_number(&name, 0x30, 1);
    size_t attribute = wire_open(&name, 1);
    wire_number(&name, 0x06, 1);
    wire_number(&name, oid_size, 1);
    wire_bytes(&name, oid, oid_size);
    wire_number(&name, tag, 1);
    wire_number(&name, 0x82, 1);
    wire_number(&name, value->size, 2);
    wire_bytes(&name, value->data, value->size);
    bool large = name.size - attribute > 127;
    if (large) { /* once more with a long length */
        struct wire inner = {.size = 0};
        wire_bytes(&inner, name.data + attribute, name.size - attribute);
        name.size = 1;
        wire_number(&name, 0x82, 1);
        wire_number(&name, inner.size, 2);
        wire_bytes(&name, inner.data, inner.size);
    } else {
        wire_close(&name, attribute, 1);
    }
    wire_number(wire, 0x3082, 2);
    size_t certificate = wire_open(wire, 2);
    wire_number(wire, 0x3082, 2);
    size_t body = wire_open(wire, 2);
    wire_number(wire, 0x020105, 3);
    wire_number(wire, 0x3000, 2);
    for (unsigned i = 0; i < 2; i++) {
        wire_number(wire, 0x3082, 2);
        wire_number(wire, name.size + 4, 2);
        wire_number(wire, 0x3182, 2);
        wire_number(wire, name.size, 2);
        wire_bytes(wire, name.data, name.size);
        if (i == 1)
            break;
        wire_number(wire, 0x30, 1);
        size_t validity = wire_open(wire, 1);
        wire_number(wire, 0x170d, 2);
        wire_text(wire, "700101000001Z");
        wire_number(wire, 0x18, 1);
        wire_number(wire, strlen(not_after), 1);
        wire_text(wire, not_after);
        wire_close(wire, validity, 1);
    }
    wire_close(wire, body, 2);
    wire_close(wire, certificate, 2);
}

START_TEST(each_string_type_becomes_utf8)
{
    static const struct {
        uint8_t tag;
        const char *bytes;
        size_t size;
        const char *text;
    } cases[] = {
        {0x0c, "G\xc3\xbcn", 4, "CN=G\xc3\xbcn"},
        {0x0c, "bad\xff", 4, "CN=bad\\xff"},
        {0x14, "G\xfcn", 3, "CN=G\xc3\xbcn"},
        {0x16, "a,b=c", 5, "CN=a,b=c"},
        {0x1e, "\x00G\x20\xac\xd8\x3d\xde\x00", 8, "CN=G\xe2\x82\xac\xf0\x9f\x98\x80"},
        {0x1e, "\xd8\x3d\x00G\x00", 5, "CN=\xef\xbf\xbdG"},
        {0x1c, "\x00\x00\x00G\x00\x11\x00\x00", 8, "CN=G\xef\xbf\xbd"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct wire value = {.size = 0};
        struct wire wire = {.size = 0};
        wire_bytes(&value, cases[i].bytes, cases[i].size);
        put_certificate(&wire, "\x55\x04\x03", 3, cases[i].tag, &value, "20300101000000Z");
        struct label_tls tls = {0};
        ck_assert(x509_read(bytes_of(wire.data, wire.size), &tls));
        ck_assert_str_eq(tls.subject, cases[i].text);
        label_tls_done(&tls);
    }
}
END_TEST

START_TEST(unknown_attributes_have_their_number)
{
    struct wire value = {.size = 0};
    struct wire wire = {.size = 0};
    wire_text(&value, "DE");
    put_certificate(&wire, "\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x03", 11, 0x13, &value,
                    "20300101000000Z");
    struct label_tls tls = {0};
    ck_assert(x509_read(bytes_of(wire.data, wire.size), &tls));
    ck_assert_str_eq(tls.subject, "1.3.6.1.4.1.311.60.2.1.3=DE");
    label_tls_done(&tls);
}
END_TEST

START_TEST(long_names_are_cut)
{
    struct wire value = {.size = 0};
    struct wire wire = {.size = 0};
    for (unsigned i = 0; i < 3000; i++)
        wire_number(&value, 0xc3bc, 2);
    put_certificate(&wire, "\x55\x04\x03", 3, 0x0c, &value, "20300101000000Z");
    struct label_tls tls = {0};
    ck_assert(x509_read(bytes_of(wire.data, wire.size), &tls));
    ck_assert_uint_eq(strlen(tls.subject), 2047); /* the character at the bound is left out */
    label_tls_done(&tls);
}
END_TEST

START_TEST(dates_are_checked)
{
    static const struct {
        const char *text;
        int64_t ns;
    } cases[] = {{"20300102000000Z", INT64_C(1893542400) * NS_PER_S},
                 {"203001020000Z", INT64_C(1893542400) * NS_PER_S},
                 {"99991231235959Z", INT64_MAX},
                 {"20301302000000Z", 0},
                 {"20300102250000Z", 0},
                 {"20300102000000+0100", 0},
                 {"2030", 0},
                 {"", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct wire value = {.size = 0};
        struct wire wire = {.size = 0};
        wire_text(&value, "x");
        put_certificate(&wire, "\x55\x04\x03", 3, 0x0c, &value, cases[i].text);
        struct label_tls tls = {0};
        ck_assert(x509_read(bytes_of(wire.data, wire.size), &tls));
        ck_assert_int_eq(tls.not_before_ns, NS_PER_S);
        ck_assert_int_eq(tls.not_after_ns, cases[i].ns);
        label_tls_done(&tls);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {plain_certificate_is_read,
                                  hostile_bytes_are_made_visible,
                                  second_certificate_replaces_the_first,
                                  cut_certificate_gives_what_is_there,
                                  every_damaged_byte_is_survived,
                                  each_string_type_becomes_utf8,
                                  unknown_attributes_have_their_number,
                                  long_names_are_cut,
                                  dates_are_checked,
                                  NULL};
    return run_suite(suite_of("classify_x509", tests));
}
