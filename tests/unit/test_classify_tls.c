/* SPDX-License-Identifier: Apache-2.0 */
#include "classify/label.h"
#include "classify/tls.h"
#include "classify_certificates.h"
#include "classify_wire.h"
#include "run.h"

static const uint16_t ciphers[] = {0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f};

static void put_server_name(struct wire *wire, const char *name, size_t size)
{
    wire_number(wire, 0, 2);
    wire_number(wire, size + 5, 2);
    wire_number(wire, size + 3, 2);
    wire_number(wire, 0, 1);
    wire_number(wire, size, 2);
    wire_bytes(wire, name, size);
}

/* The fixed part of a ClientHello; returns the open length of the extensions. */
static size_t put_hello(struct wire *wire, unsigned version)
{
    static const uint8_t random[32] = {1, 2, 3};
    wire_number(wire, version, 2);
    wire_bytes(wire, random, sizeof random);
    wire_number(wire, 0x04aabbccdd, 5); /* session id */
    wire_number(wire, sizeof ciphers + 2, 2);
    wire_number(wire, 0x8a8a, 2); /* GREASE */
    for (size_t i = 0; i < sizeof ciphers / sizeof ciphers[0]; i++)
        wire_number(wire, ciphers[i], 2);
    wire_number(wire, 0x0100, 2); /* no compression */
    return wire_open(wire, 2);
}

static void put_usual_hello(struct wire *wire)
{
    size_t extensions = put_hello(wire, 0x0303);
    wire_number(wire, 0x3a3a0000, 4); /* GREASE */
    put_server_name(wire, "Update.Example.Com", 18);
    wire_number(wire, 0x00100017, 4); /* ALPN of 23 bytes */
    wire_number(wire, 21, 2);
    wire_text(wire, "\x02h2\x08http/1.1\x08http/1.0");
    wire_number(wire, 0xfe0d0001, 4);
    wire_number(wire, 0, 1);
    wire_number(wire, 0x002b0007, 4);
    wire_number(wire, 0x060a0a03040303, 7);
    wire_close(wire, extensions, 2);
}

static bool read_copy(const struct wire *wire, size_t size, struct tls_client_hello *hello,
                      struct label_tls *tls)
{
    uint8_t *copy = exact_copy(wire->data, size);
    bool ok = tls_read_client_hello(bytes_of(copy, size), false, true, hello, tls);
    free(copy);
    return ok;
}

START_TEST(client_hello_is_read)
{
    struct wire wire = {.size = 0};
    struct tls_client_hello hello;
    struct label_tls tls = {0};
    put_usual_hello(&wire);
    ck_assert(read_copy(&wire, wire.size, &hello, &tls));
    ck_assert_str_eq(hello.server_name, "update.example.com");
    ck_assert(!hello.quic_transport);
    ck_assert_uint_eq(tls.version, 0x0304);
    ck_assert(tls.ech);
    ck_assert_uint_eq(tls.alpn_count, 3);
    ck_assert_str_eq(tls.alpn[0], "h2");
    ck_assert_str_eq(tls.alpn[2], "http/1.0");
    /* A second hello (after a retry request) replaces the first. */
    ck_assert(read_copy(&wire, wire.size, &hello, &tls));
    ck_assert_uint_eq(tls.alpn_count, 3);
    label_tls_done(&tls);
}
END_TEST

START_TEST(hello_cut_at_each_byte)
{
    struct wire wire = {.size = 0};
    put_usual_hello(&wire);
    for (size_t cut = 0; cut <= wire.size; cut++) {
        struct tls_client_hello hello;
        struct label_tls tls = {0};
        /* A hello that ends before its extensions is whole, as TLS 1.0 had it. */
        bool whole = cut == wire.size || cut == 2 + 32 + 5 + 2 + 12 + 2;
        ck_assert_int_eq(read_copy(&wire, cut, &hello, &tls), whole);
        bool named = cut >= 2 + 32 + 5 + 2 + 12 + 2 + 2 + 4 + 9 + 18;
        ck_assert_str_eq(hello.server_name, named ? "update.example.com" : "");
        ck_assert_int_eq(tls.ja4[0] != '\0', whole);
        label_tls_done(&tls);
    }
}
END_TEST

START_TEST(hello_without_extensions)
{
    struct wire wire = {.size = 0};
    struct tls_client_hello hello;
    struct label_tls tls = {0};
    (void)put_hello(&wire, 0x0301);
    wire.size -= 2;
    ck_assert(read_copy(&wire, wire.size, &hello, &tls));
    ck_assert_uint_eq(tls.version, 0x0301);
    ck_assert_str_eq(hello.server_name, "");
    ck_assert_int_eq(strncmp(tls.ja4, "t10i050000_", 11), 0);
    ck_assert_str_eq(tls.ja4 + 23, "_000000000000");
    label_tls_done(&tls);
}
END_TEST

START_TEST(hostile_server_names_are_dropped)
{
    static const struct {
        const char *name;
        size_t size;
        const char *result;
    } cases[] = {{"good.example\0.evil.example", 26, ""},
                 {"192.0.2.1", 9, ""},
                 {"good.example:x.evil.example", 27, ""},
                 {"a b", 3, ""},
                 {"2001:db8::1", 11, ""},
                 {"", 0, ""},
                 {"port.example:443", 16, "port.example"},
                 {"host.example.", 13, "host.example"},
                 {"under_score.example", 19, "under_score.example"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct wire wire = {.size = 0};
        struct tls_client_hello hello;
        struct label_tls tls = {0};
        size_t extensions = put_hello(&wire, 0x0303);
        put_server_name(&wire, cases[i].name, cases[i].size);
        wire_close(&wire, extensions, 2);
        ck_assert(read_copy(&wire, wire.size, &hello, &tls));
        ck_assert_str_eq(hello.server_name, cases[i].result);
        label_tls_done(&tls);
    }
}
END_TEST

START_TEST(quic_parameters_and_draft_versions)
{
    static const unsigned types[] = {0x0039, 0xffa5};
    for (size_t i = 0; i < 2; i++) {
        struct wire wire = {.size = 0};
        struct tls_client_hello hello;
        struct label_tls tls = {0};
        size_t extensions = put_hello(&wire, 0x0303);
        wire_number(&wire, types[i], 2);
        wire_number(&wire, 0, 2);
        wire_number(&wire, 0x002b0005, 4);
        wire_number(&wire, 0x047f1c0303, 5);
        wire_close(&wire, extensions, 2);
        ck_assert(tls_read_client_hello(bytes_of(wire.data, wire.size), true, true, &hello, &tls));
        ck_assert(hello.quic_transport);
        ck_assert_uint_eq(tls.version, 0x0304);
        ck_assert_int_eq(tls.ja4[0], 'q');
        label_tls_done(&tls);
    }
}
END_TEST

START_TEST(no_hello_is_refused)
{
    struct wire wire = {.size = 0};
    struct tls_client_hello hello;
    struct label_tls tls = {0};
    (void)put_hello(&wire, 0x0503);
    ck_assert(!read_copy(&wire, wire.size, &hello, &tls));
    wire.size = 0;
    size_t extensions = put_hello(&wire, 0x0303);
    put_server_name(&wire, "a.example", 9);
    wire_number(&wire, 0x00100040, 4); /* an extension longer than the hello */
    wire_close(&wire, extensions, 2);
    ck_assert(!read_copy(&wire, wire.size, &hello, &tls));
    ck_assert_str_eq(hello.server_name, "a.example");
    label_tls_done(&tls);
}
END_TEST

static void put_server_hello(struct wire *wire, unsigned version, unsigned session)
{
    static const uint8_t random[32] = {9};
    wire_number(wire, version, 2);
    wire_bytes(wire, random, sizeof random);
    wire_number(wire, 4, 1);
    wire_number(wire, session, 4);
    wire_number(wire, 0xc02f, 2);
    wire_number(wire, 0, 1);
}

START_TEST(server_hello_is_read)
{
    struct wire wire = {.size = 0};
    put_server_hello(&wire, 0x0303, 0xaabbccdd);
    size_t extensions = wire_open(&wire, 2);
    wire_number(&wire, 0x00100005, 4);
    wire_number(&wire, 0x0003026832, 5);
    wire_close(&wire, extensions, 2);
    for (size_t cut = 0; cut <= wire.size; cut++) {
        uint8_t *copy = exact_copy(wire.data, cut);
        struct label_tls tls = {0};
        bool ok = tls_read_server_hello(bytes_of(copy, cut), &tls);
        ck_assert_int_eq(ok, cut == wire.size || cut == extensions - 2);
        ck_assert_int_eq(tls.handshake_done, cut >= extensions - 2);
        if (cut == wire.size) {
            ck_assert_uint_eq(tls.version, 0x0303);
            ck_assert_uint_eq(tls.cipher, 0xc02f);
            ck_assert_str_eq(tls.server_alpn, "h2");
            ck_assert(!tls.resumed);
        }
        label_tls_done(&tls);
        free(copy);
    }
}
END_TEST

START_TEST(session_that_comes_back_is_resumed)
{
    struct wire client = {.size = 0};
    struct tls_client_hello hello;
    struct label_tls tls = {0};
    put_usual_hello(&client);
    ck_assert(read_copy(&client, client.size, &hello, &tls));
    struct wire server = {.size = 0};
    put_server_hello(&server, 0x0303, 0xaabbccdd);
    ck_assert(tls_read_server_hello(bytes_of(server.data, server.size), &tls));
    ck_assert(tls.resumed);
    server.size = 0;
    put_server_hello(&server, 0x0303, 0xaabbccde);
    ck_assert(tls_read_server_hello(bytes_of(server.data, server.size), &tls));
    ck_assert(!tls.resumed);
    /* In TLS 1.3 the id always comes back; the pre-shared key tells. */
    for (unsigned shared = 0; shared < 2; shared++) {
        server.size = 0;
        put_server_hello(&server, 0x0303, 0xaabbccdd);
        size_t extensions = wire_open(&server, 2);
        wire_number(&server, 0x002b00020304, 6);
        if (shared == 1)
            wire_number(&server, 0x002900020000, 6);
        wire_close(&server, extensions, 2);
        ck_assert(tls_read_server_hello(bytes_of(server.data, server.size), &tls));
        ck_assert_uint_eq(tls.version, 0x0304);
        ck_assert_int_eq(tls.resumed, shared == 1);
    }
    label_tls_done(&tls);
}
END_TEST

START_TEST(draft_server_hello_has_no_session)
{
    static const uint8_t random[32] = {9};
    struct wire wire = {.size = 0};
    struct label_tls tls = {0};
    wire_number(&wire, 0x7f12, 2);
    wire_bytes(&wire, random, sizeof random);
    wire_number(&wire, 0x13010000, 4);
    ck_assert(tls_read_server_hello(bytes_of(wire.data, wire.size), &tls));
    ck_assert_uint_eq(tls.version, 0x0304);
    ck_assert_uint_eq(tls.cipher, 0x1301);
    label_tls_done(&tls);
}
END_TEST

START_TEST(certificate_message_gives_the_leaf)
{
    struct wire wire = {.size = 0};
    size_t list = wire_open(&wire, 3);
    wire_number(&wire, sizeof certificate_plain, 3);
    wire_bytes(&wire, certificate_plain, sizeof certificate_plain);
    wire_number(&wire, sizeof certificate_hostile, 3);
    wire_bytes(&wire, certificate_hostile, sizeof certificate_hostile);
    wire_close(&wire, list, 3);
    struct label_tls tls = {0};
    ck_assert(tls_read_certificate(bytes_of(wire.data, wire.size), &tls));
    ck_assert_str_eq(tls.subject, "C=US, O=Example Security, Inc., CN=Web Filter CA");
    ck_assert(tls_read_certificate(bytes_of(wire.data, 300), &tls));
    ck_assert_str_eq(tls.fingerprint, "");
    ck_assert(!tls_read_certificate(bytes_of(wire.data, 40), &tls));
    ck_assert(!tls_read_certificate(bytes_of("\0\0\0", 3), &tls));
    label_tls_done(&tls);
}
END_TEST

static void put_record(struct wire *wire, unsigned type, const uint8_t *data, size_t size)
{
    wire_number(wire, type, 1);
    wire_number(wire, 0x0303, 2);
    wire_number(wire, size, 2);
    wire_bytes(wire, data, size);
}

/* Two messages, the second of 300 bytes whose values count up. */
static void put_messages(struct wire *wire)
{
    wire_number(wire, 0x02000003, 4);
    wire_number(wire, 0xabcdef, 3);
    wire_number(wire, 0x0b00012c, 4);
    for (unsigned i = 0; i < 300; i++)
        wire_number(wire, i & 0xff, 1);
}

static void check_counting(struct bytes body, size_t size)
{
    ck_assert_uint_eq(bytes_left(&body), size);
    for (size_t i = 0; i < size; i++)
        ck_assert_uint_eq(bytes_u8(&body), i & 0xff);
}

START_TEST(message_is_found_however_records_split_it)
{
    struct wire messages = {.size = 0};
    put_messages(&messages);
    for (size_t split = 1; split < messages.size; split++) {
        struct wire stream = {.size = 0};
        uint8_t buffer[512];
        struct bytes body;
        bool cut = true;
        for (size_t at = 0; at < messages.size; at += split) {
            size_t left = messages.size - at;
            put_record(&stream, 22, messages.data + at, left < split ? left : split);
        }
        ck_assert_int_eq(tls_find_message(bytes_of(stream.data, stream.size), 2, buffer,
                                          sizeof buffer, &body, &cut),
                         TLS_OK);
        ck_assert_uint_eq(bytes_be24(&body), 0xabcdef);
        ck_assert_int_eq(tls_find_message(bytes_of(stream.data, stream.size), 11, buffer,
                                          sizeof buffer, &body, &cut),
                         TLS_OK);
        ck_assert(!cut);
        check_counting(body, 300);
    }
}
END_TEST

START_TEST(stream_cut_at_each_byte_wants_more)
{
    struct wire messages = {.size = 0};
    struct wire stream = {.size = 0};
    put_messages(&messages);
    put_record(&stream, 22, messages.data, 100);
    put_record(&stream, 22, messages.data + 100, messages.size - 100);
    for (size_t size = 0; size <= stream.size; size++) {
        uint8_t *copy = exact_copy(stream.data, size);
        uint8_t buffer[512];
        struct bytes body;
        bool cut = false;
        enum tls_result result =
            tls_find_message(bytes_of(copy, size), 11, buffer, sizeof buffer, &body, &cut);
        ck_assert_int_eq(result, size == stream.size ? TLS_OK : TLS_MORE);
        ck_assert_int_eq(cut, size < stream.size);
        size_t headers = size > 110 ? 10 : size > 105 ? size - 100 : 5;
        check_counting(body, size > 16 ? size - headers - 11 : 0);
        free(copy);
    }
}
END_TEST

START_TEST(message_over_the_capacity_is_given_cut)
{
    struct wire messages = {.size = 0};
    struct wire stream = {.size = 0};
    uint8_t buffer[64];
    struct bytes body;
    bool cut = false;
    put_messages(&messages);
    put_record(&stream, 22, messages.data, 50);
    put_record(&stream, 22, messages.data + 50, messages.size - 50);
    ck_assert_int_eq(tls_find_message(bytes_of(stream.data, stream.size), 11, buffer, sizeof buffer,
                                      &body, &cut),
                     TLS_OK);
    ck_assert(cut);
    check_counting(body, sizeof buffer);
}
END_TEST

START_TEST(other_content_ends_the_search)
{
    static const struct {
        unsigned type;
        const char *data;
        size_t size;
        enum tls_result result;
    } cases[] = {{20, "\x01", 1, TLS_INVALID},     {23, "data", 4, TLS_INVALID},
                 {21, "\x02\x28", 2, TLS_INVALID}, {21, "\x01\x70", 2, TLS_OK},
                 {24, "x", 1, TLS_INVALID},        {22, "", 0, TLS_INVALID}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct wire messages = {.size = 0};
        struct wire stream = {.size = 0};
        uint8_t buffer[512];
        struct bytes body;
        bool cut = false;
        put_messages(&messages);
        put_record(&stream, cases[i].type, (const uint8_t *)cases[i].data, cases[i].size);
        put_record(&stream, 22, messages.data, messages.size);
        ck_assert_int_eq(tls_find_message(bytes_of(stream.data, stream.size), 11, buffer,
                                          sizeof buffer, &body, &cut),
                         cases[i].result);
    }
    struct wire stream = {.size = 0};
    uint8_t buffer[64];
    struct bytes body;
    bool cut = false;
    put_record(&stream, 22, (const uint8_t *)"\x02\0\0\0", 4);
    put_record(&stream, 21, (const uint8_t *)"\x01\x70", 2); /* a warning, but too late */
    ck_assert_int_eq(tls_find_message(bytes_of(stream.data, stream.size), 11, buffer, sizeof buffer,
                                      &body, &cut),
                     TLS_INVALID);
}
END_TEST

START_TEST(start_of_a_connection_is_recognised)
{
    static const struct {
        const char *data;
        size_t size;
        bool plausible;
    } cases[] = {{"\x16\x03\x01\x02\x00\x01", 6, true},
                 {"\x16\x03", 2, true},
                 {"\x16", 1, true},
                 {"", 0, false},
                 {"\x15\x03\x03\x00\x02\x02", 6, true},
                 {"\x15\x03\x03\x00\x03\x02", 6, false},
                 {"\x17\x03\x03\x00\x10\x02", 6, false},
                 {"\x16\x05\x01\x02\x00\x01", 6, false},
                 {"\x16\x03\x01\xff\x00\x01", 6, false},
                 {"\x16\x03\x01\x02\x00\x0b", 6, false},
                 {"\x16\x7f\x12\x02\x00\x02", 6, true},
                 {"\x80\x2e\x01\x03\x01\x00", 6, false},
                 {"GET / ", 6, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_msg(tls_plausible(bytes_of(cases[i].data, cases[i].size)) == cases[i].plausible,
                      "case %zu", i);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {client_hello_is_read,
                                  hello_cut_at_each_byte,
                                  hello_without_extensions,
                                  hostile_server_names_are_dropped,
                                  quic_parameters_and_draft_versions,
                                  no_hello_is_refused,
                                  server_hello_is_read,
                                  session_that_comes_back_is_resumed,
                                  draft_server_hello_has_no_session,
                                  certificate_message_gives_the_leaf,
                                  message_is_found_however_records_split_it,
                                  stream_cut_at_each_byte_wants_more,
                                  message_over_the_capacity_is_given_cut,
                                  other_content_ends_the_search,
                                  start_of_a_connection_is_recognised,
                                  NULL};
    return run_suite(suite_of("classify_tls", tests));
}
