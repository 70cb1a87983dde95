/* SPDX-License-Identifier: Apache-2.0 */
#include "classify/ja.h"
#include "classify/label.h"
#include "classify/tls.h"
#include "classify_wire.h"
#include "run.h"

static void put_values(struct wire *wire, const uint16_t *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        wire_number(wire, values[i], 2);
}

/* The hello of the example in JA4's specification, its lists in an order of our own. */
static void put_example(struct wire *wire, const char *alpn, size_t alpn_size)
{
    static const uint8_t random[32] = {1};
    static const uint16_t ciphers[] = {0x2a2a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f,
                                       0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014,
                                       0x009c, 0x009d, 0x002f, 0x0035};
    static const uint16_t signatures[] = {0x0403, 0x0804, 0x0401, 0x0503,
                                          0x0805, 0x0501, 0x0806, 0x0601};
    static const uint16_t empty[] = {0x5a5a, 0x0017, 0xff01, 0x0023, 0x0005, 0x0012,
                                     0x0033, 0x002d, 0x001b, 0x4469, 0x0015};
    wire_number(wire, 0x0303, 2);
    wire_bytes(wire, random, sizeof random);
    wire_number(wire, 0, 1);
    wire_number(wire, sizeof ciphers, 2);
    put_values(wire, ciphers, sizeof ciphers / 2);
    wire_number(wire, 0x0100, 2);
    size_t extensions = wire_open(wire, 2);
    for (size_t i = 0; i < sizeof empty / 2; i++) {
        wire_number(wire, empty[i], 2);
        wire_number(wire, 0, 2);
    }
    wire_number(wire, 0x0000000600040000, 8);
    wire_number(wire, 0x0161, 2); /* server name: a */
    wire_number(wire, 0x000a0008, 4);
    wire_number(wire, 0x00064a4a001d0017, 8);
    wire_number(wire, 0x000b0002, 4);
    wire_number(wire, 0x0100, 2);
    wire_number(wire, 0x000d, 2);
    wire_number(wire, sizeof signatures + 2, 2);
    wire_number(wire, sizeof signatures, 2);
    put_values(wire, signatures, sizeof signatures / 2);
    wire_number(wire, 0x002b0007, 4);
    wire_number(wire, 0x069a9a03040303, 7);
    if (alpn != NULL) {
        wire_number(wire, 0x0010, 2);
        wire_number(wire, alpn_size + 3, 2);
        wire_number(wire, alpn_size + 1, 2);
        wire_number(wire, alpn_size, 1);
        wire_bytes(wire, alpn, alpn_size);
    }
    wire_close(wire, extensions, 2);
}

static void read_example(const char *alpn, size_t alpn_size, bool quic, struct label_tls *tls)
{
    struct wire wire = {.size = 0};
    struct tls_client_hello hello;
    put_example(&wire, alpn, alpn_size);
    ck_assert(tls_read_client_hello(bytes_of(wire.data, wire.size), quic, true, &hello, tls));
}

START_TEST(ja4_of_the_specification)
{
    struct label_tls tls = {0};
    read_example("h2", 2, false, &tls);
    ck_assert_str_eq(tls.ja4, "t13d1516h2_8daaf6152771_e5627efa2ab1");
    read_example("h2", 2, true, &tls);
    ck_assert_str_eq(tls.ja4, "q13d1516h2_8daaf6152771_e5627efa2ab1");
    read_example(NULL, 0, false, &tls);
    ck_assert_str_eq(tls.ja4, "t13d151500_8daaf6152771_e5627efa2ab1");
    label_tls_done(&tls);
}
END_TEST

START_TEST(ja4_protocol_of_odd_bytes_is_hexadecimal)
{
    static const struct {
        const char *alpn;
        size_t size;
        const char *text;
    } cases[] = {{"h", 1, "hh"},        {"http/1.1", 8, "h1"}, {"\xab", 1, "ab"},
                 {"\xab\xcd", 2, "ad"}, {"01\xab", 3, "3b"},   {"\x0a\x0a", 2, "0a"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct label_tls tls = {0};
        read_example(cases[i].alpn, cases[i].size, false, &tls);
        ck_assert_int_eq(strncmp(tls.ja4 + 8, cases[i].text, 2), 0);
        label_tls_done(&tls);
    }
}
END_TEST

/* MD5 of 771,4865-...-53,23-65281-...-16,29-23,0 without the GREASE values. */
START_TEST(ja3_leaves_grease_out)
{
    struct label_tls tls = {0};
    read_example("h2", 2, false, &tls);
    ck_assert_str_eq(tls.ja3, "b1b92ed24b0d7a961b460804fb051f3e");
    label_tls_done(&tls);
}
END_TEST

START_TEST(no_fingerprint_unless_asked_for)
{
    struct wire wire = {.size = 0};
    struct tls_client_hello hello;
    struct label_tls tls = {0};
    put_example(&wire, NULL, 0);
    ck_assert(tls_read_client_hello(bytes_of(wire.data, wire.size), false, false, &hello, &tls));
    ck_assert_str_eq(tls.ja3, "");
    ck_assert_str_eq(tls.ja4, "");
    label_tls_done(&tls);
}
END_TEST

START_TEST(counts_stop_at_99_and_lists_at_their_bound)
{
    struct wire list = {.size = 0};
    struct wire extensions = {.size = 0};
    for (unsigned i = 0; i < 2000; i++) {
        wire_number(&list, i, 2);
        wire_number(&extensions, i, 2);
        wire_number(&extensions, 0, 2);
    }
    struct ja_hello hello = {.legacy_version = 0x0303,
                             .version = 0x7f1c,
                             .ciphers = bytes_of(list.data, list.size),
                             .extensions = bytes_of(extensions.data, extensions.size),
                             .signatures = bytes_of(list.data, list.size)};
    struct label_tls tls = {0};
    ja_write(&hello, &tls);
    ck_assert_int_eq(strncmp(tls.ja4, "t00i999900_", 11), 0);
    ck_assert_uint_eq(strlen(tls.ja4), 36);
    ck_assert_uint_eq(strlen(tls.ja3), 32);
}
END_TEST

START_TEST(grease_is_the_sixteen_values)
{
    unsigned count = 0;
    for (unsigned value = 0; value <= 0xffff; value++)
        count += ja_is_grease((uint16_t)value);
    ck_assert_uint_eq(count, 16);
    ck_assert(ja_is_grease(0x0a0a) && ja_is_grease(0xfafa) && !ja_is_grease(0x0a1a));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {ja4_of_the_specification,
                                  ja4_protocol_of_odd_bytes_is_hexadecimal,
                                  ja3_leaves_grease_out,
                                  no_fingerprint_unless_asked_for,
                                  counts_stop_at_99_and_lists_at_their_bound,
                                  grease_is_the_sixteen_values,
                                  NULL};
    return run_suite(suite_of("classify_ja", tests));
}
