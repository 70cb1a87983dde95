/* SPDX-License-Identifier: Apache-2.0 */
#include <nettle/gcm.h>

#include "classify/label.h"
#include "classify/quic.h"
#include "classify/quic_keys.h"
#include "classify/tls.h"
#include "classify_wire.h"
#include "run.h"

enum {
    VERSION_1 = 1,
    INITIAL = 0,
    ZERO_RTT = 1,
    HANDSHAKE = 2,
    RETRY = 3
};

/* The ClientHello for example.com of RFC 9001 appendix A.2 and RFC 9369 appendix A.2. */
static const uint8_t hello[] = {
    0x01, 0x00, 0x00, 0xed, 0x03, 0x03, 0xeb, 0xf8, 0xfa, 0x56, 0xf1, 0x29, 0x39, 0xb9, 0x58, 0x4a,
    0x38, 0x96, 0x47, 0x2e, 0xc4, 0x0b, 0xb8, 0x63, 0xcf, 0xd3, 0xe8, 0x68, 0x04, 0xfe, 0x3a, 0x47,
    0xf0, 0x6a, 0x2b, 0x69, 0x48, 0x4c, 0x00, 0x00, 0x04, 0x13, 0x01, 0x13, 0x02, 0x01, 0x00, 0x00,
    0xc0, 0x00, 0x00, 0x00, 0x10, 0x00, 0x0e, 0x00, 0x00, 0x0b, 0x65, 0x78, 0x61, 0x6d, 0x70, 0x6c,
    0x65, 0x2e, 0x63, 0x6f, 0x6d, 0xff, 0x01, 0x00, 0x01, 0x00, 0x00, 0x0a, 0x00, 0x08, 0x00, 0x06,
    0x00, 0x1d, 0x00, 0x17, 0x00, 0x18, 0x00, 0x10, 0x00, 0x07, 0x00, 0x05, 0x04, 0x61, 0x6c, 0x70,
    0x6e, 0x00, 0x05, 0x00, 0x05, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x33, 0x00, 0x26, 0x00, 0x24,
    0x00, 0x1d, 0x00, 0x20, 0x93, 0x70, 0xb2, 0xc9, 0xca, 0xa4, 0x7f, 0xba, 0xba, 0xf4, 0x55, 0x9f,
    0xed, 0xba, 0x75, 0x3d, 0xe1, 0x71, 0xfa, 0x71, 0xf5, 0x0f, 0x1c, 0xe1, 0x5d, 0x43, 0xe9, 0x94,
    0xec, 0x74, 0xd7, 0x48, 0x00, 0x2b, 0x00, 0x03, 0x02, 0x03, 0x04, 0x00, 0x0d, 0x00, 0x10, 0x00,
    0x0e, 0x04, 0x03, 0x05, 0x03, 0x06, 0x03, 0x02, 0x03, 0x08, 0x04, 0x08, 0x05, 0x08, 0x06, 0x00,
    0x2d, 0x00, 0x02, 0x01, 0x01, 0x00, 0x1c, 0x00, 0x02, 0x40, 0x01, 0x00, 0x39, 0x00, 0x32, 0x04,
    0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x05, 0x04, 0x80, 0x00, 0xff, 0xff, 0x07,
    0x04, 0x80, 0x00, 0xff, 0xff, 0x08, 0x01, 0x10, 0x01, 0x04, 0x80, 0x00, 0x75, 0x30, 0x09, 0x01,
    0x10, 0x0f, 0x08, 0x83, 0x94, 0xc8, 0xf0, 0x3e, 0x51, 0x57, 0x08, 0x06, 0x04, 0x80, 0x00, 0xff,
    0xff};

static const uint8_t dcid[] = {0x83, 0x94, 0xc8, 0xf0, 0x3e, 0x51, 0x57, 0x08};

/* How a packet is to be sealed. */
struct plan {
    uint32_t version;
    unsigned type;        /* of version 1 */
    const uint8_t *keyed; /* connection id of 8 bytes that the keys come from */
    const uint8_t *dcid;  /* connection id of 8 bytes in the header */
    uint32_t number;
    size_t padded; /* payload is padded to this many bytes */
};

static const struct plan usual = {
    .version = VERSION_1, .keyed = dcid, .dcid = dcid, .number = 2, .padded = 1162};

static void put_first(struct wire *wire, const struct plan *plan)
{
    unsigned type = plan->version == QUIC_VERSION_2 ? (plan->type + 1) & 3 : plan->type;
    wire_number(wire, 0xc3 | type << 4, 1);
    wire_number(wire, plan->version, 4);
    wire_number(wire, 8, 1);
    wire_bytes(wire, plan->dcid, 8);
    wire_number(wire, 0, 1);
}

/* Adds a protected packet with the payload `frames` to `wire`. */
static void seal(struct wire *wire, const struct plan *plan, struct wire frames)
{
    struct quic_keys keys;
    struct gcm_aes128_ctx gcm;
    ck_assert(quic_keys_derive(plan->version, plan->keyed, 8, &keys));
    while (frames.size < plan->padded)
        wire_number(&frames, 0, 1);
    size_t start = wire->size;
    put_first(wire, plan);
    if (plan->type == INITIAL)
        wire_number(wire, 0, 1);
    wire_number(wire, 0x4000 | (frames.size + 20), 2);
    size_t number_at = wire->size;
    wire_number(wire, plan->number, 4);
    uint8_t nonce[12];
    memcpy(nonce, keys.iv, sizeof nonce);
    for (unsigned i = 0; i < 4; i++)
        nonce[11 - i] ^= (uint8_t)(plan->number >> (8 * i));
    gcm_aes128_set_key(&gcm, keys.key);
    gcm_aes128_set_iv(&gcm, sizeof nonce, nonce);
    gcm_aes128_update(&gcm, wire->size - start, wire->data + start);
    gcm_aes128_encrypt(&gcm, frames.size, wire->data + wire->size, frames.data);
    wire->size += frames.size;
    gcm_aes128_digest(&gcm, 16, wire->data + wire->size);
    wire->size += 16;
    uint8_t mask[5];
    quic_keys_mask(&keys, wire->data + number_at + 4, mask);
    wire->data[start] ^= mask[0] & 0x0f;
    for (unsigned i = 0; i < 4; i++)
        wire->data[number_at + i] ^= mask[1 + i];
}

static void put_crypto(struct wire *wire, size_t offset, const uint8_t *data, size_t size)
{
    wire_number(wire, 6, 1);
    wire_number(wire, 0x4000 | offset, 2);
    wire_number(wire, 0x4000 | size, 2);
    wire_bytes(wire, data, size);
}

/* A part of the hello. */
static void put_part(struct wire *wire, size_t from, size_t to)
{
    put_crypto(wire, from, hello + from, to - from);
}

/* The datagram of the RFCs' examples. */
static void put_example(struct wire *wire, uint32_t version)
{
    struct wire frames = {.size = 0};
    struct plan plan = usual;
    plan.version = version;
    wire_number(&frames, 0x060040f1, 4);
    wire_bytes(&frames, hello, sizeof hello);
    seal(wire, &plan, frames);
}

static enum quic_result read_exact(struct quic_crypto *crypto, const struct wire *wire, bool cut)
{
    uint8_t *copy = exact_copy(wire->data, wire->size);
    enum quic_result result = quic_read(crypto, copy, wire->size, cut);
    free(copy);
    return result;
}

static void check_hello(const struct quic_crypto *crypto)
{
    struct tls_client_hello parts;
    struct label_tls tls = {0};
    struct bytes body = quic_client_hello(crypto);
    ck_assert_uint_eq(bytes_left(&body), sizeof hello - 4);
    ck_assert(tls_read_client_hello(body, true, true, &parts, &tls));
    ck_assert_str_eq(parts.server_name, "example.com");
    ck_assert(parts.quic_transport);
    ck_assert_int_eq(tls.ja4[0], 'q');
    label_tls_done(&tls);
}

static void check_bytes(const uint8_t *bytes, const char *hex)
{
    for (size_t i = 0; hex[2 * i] != '\0'; i++) {
        const char digits[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        ck_assert_uint_eq(bytes[i], strtoul(digits, NULL, 16));
    }
}

START_TEST(keys_are_those_of_the_rfcs)
{
    struct quic_keys keys;
    ck_assert(quic_keys_derive(VERSION_1, dcid, 8, &keys));
    check_bytes(keys.key, "1f369613dd76d5467730efcbe3b1a22d");
    check_bytes(keys.iv, "fa044b2f42a3fd3b46fb255c");
    check_bytes(keys.header, "9f50449e04a0e810283a1e9933adedd2");
    ck_assert(quic_keys_derive(QUIC_VERSION_2, dcid, 8, &keys));
    check_bytes(keys.key, "8b1a0bc121284290a29e0971b5cd045d");
    check_bytes(keys.iv, "91f73e2351d8fa91660e909f");
    check_bytes(keys.header, "45b95e15235d6f45a6b19cbcb0294ba9");
    ck_assert(quic_keys_known(0xff00001d) && quic_keys_known(0xff000022));
    ck_assert(!quic_keys_known(0xff00001c) && !quic_keys_known(0xff000023));
    ck_assert(!quic_keys_derive(0x0a0a0a0a, dcid, 8, &keys));
}
END_TEST

/* The tag covers every byte before it, so beginning and tag stand for the whole packet. */
START_TEST(examples_of_the_rfcs_are_read)
{
    static const struct {
        uint32_t version;
        const char *start, *tag;
    } cases[] = {{VERSION_1, "c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11",
                  "e221af44860018ab0856972e194cd934"},
                 {QUIC_VERSION_2,
                  "d76b3343cf088394c8f03e5157080000449ea0c95e82ffe67b6abcdb4298b485",
                  "a18b2faa745b6fe189cf772a9f84cbfc"}};
    for (size_t i = 0; i < 2; i++) {
        struct wire wire = {.size = 0};
        struct quic_crypto crypto = {.keyed = false};
        put_example(&wire, cases[i].version);
        ck_assert_uint_eq(wire.size, 1200);
        check_bytes(wire.data, cases[i].start);
        check_bytes(wire.data + 1184, cases[i].tag);
        ck_assert(quic_plausible(wire.data, wire.size));
        ck_assert_uint_eq(quic_version(wire.data, wire.size), cases[i].version);
        ck_assert_int_eq(read_exact(&crypto, &wire, false), QUIC_HELLO);
        check_hello(&crypto);
    }
}
END_TEST

START_TEST(all_drafts_are_read)
{
    for (uint32_t version = 0xff00001d; version <= 0xff000022; version++) {
        struct wire wire = {.size = 0};
        struct quic_crypto crypto = {.keyed = false};
        put_example(&wire, version);
        ck_assert_int_eq(read_exact(&crypto, &wire, false), QUIC_HELLO);
        check_hello(&crypto);
    }
}
END_TEST

START_TEST(shuffled_fragments_become_one_hello)
{
    struct wire frames = {.size = 0};
    struct wire wire = {.size = 0};
    struct quic_crypto crypto = {.keyed = false};
    put_part(&frames, 150, sizeof hello);
    wire_number(&frames, 0x000100, 3); /* padding, ping, padding */
    wire_number(&frames, 0x0205000100, 5);
    wire_number(&frames, 0x0102, 2); /* ack: one more range */
    put_part(&frames, 1, 9);
    wire_number(&frames, 0x0305000000, 5);
    wire_number(&frames, 0x010203, 3); /* ack with ECN */
    put_part(&frames, 7, 160);
    put_part(&frames, 0, 1);
    seal(&wire, &usual, frames);
    ck_assert_int_eq(read_exact(&crypto, &wire, false), QUIC_HELLO);
    check_hello(&crypto);
}
END_TEST

START_TEST(hello_of_two_packets_in_any_order)
{
    static const uint8_t server[] = {1, 2, 3, 4, 5, 6, 7, 8};
    for (unsigned order = 0; order < 2; order++) {
        struct quic_crypto crypto = {.keyed = false};
        struct wire wire[2] = {{.size = 0}, {.size = 0}};
        for (unsigned i = 0; i < 2; i++) {
            unsigned part = i ^ order;
            struct plan plan = usual;
            struct wire frames = {.size = 0};
            plan.number = part;
            plan.dcid = i == 1 ? server : dcid; /* the client has learnt the server's id */
            put_part(&frames, part == 0 ? 0 : 100, part == 0 ? 100 : sizeof hello);
            seal(&wire[i], &plan, frames);
        }
        ck_assert_int_eq(read_exact(&crypto, &wire[0], false), QUIC_MORE);
        struct bytes body = quic_client_hello(&crypto);
        ck_assert_uint_eq(bytes_left(&body), order == 0 ? 96 : 0);
        ck_assert_int_eq(read_exact(&crypto, &wire[1], false), QUIC_HELLO);
        check_hello(&crypto);
    }
}
END_TEST

START_TEST(coalesced_packets_are_walked)
{
    struct wire wire = {.size = 0};
    struct quic_crypto crypto = {.keyed = false};
    struct wire first = {.size = 0};
    struct wire second = {.size = 0};
    struct plan plan = usual;
    plan.padded = 0;
    put_part(&first, 0, 100);
    put_part(&second, 100, sizeof hello);
    seal(&wire, &plan, first);
    plan.type = ZERO_RTT;
    seal(&wire, &plan, first);
    plan.type = INITIAL;
    plan.number = 3;
    seal(&wire, &plan, second);
    wire_number(&wire, 0, 8); /* padding of the datagram itself */
    ck_assert_int_eq(read_exact(&crypto, &wire, false), QUIC_HELLO);
    check_hello(&crypto);
}
END_TEST

START_TEST(forged_packet_changes_nothing)
{
    struct wire wire = {.size = 0};
    struct quic_crypto crypto = {.keyed = false};
    struct quic_crypto untouched = {.keyed = false};
    put_example(&wire, VERSION_1);
    wire.data[600] ^= 1;
    ck_assert_int_eq(read_exact(&crypto, &wire, false), QUIC_SEEN);
    ck_assert_int_eq(memcmp(&crypto, &untouched, sizeof crypto), 0);
    wire.data[600] ^= 1;
    ck_assert_int_eq(read_exact(&crypto, &wire, false), QUIC_HELLO);
    wire.data[700] ^= 1;
    ck_assert_int_eq(read_exact(&crypto, &wire, false), QUIC_SEEN);
    check_hello(&crypto);
}
END_TEST

START_TEST(keys_follow_a_retry_and_a_version)
{
    static const uint8_t retry[] = {9, 9, 9, 9, 8, 8, 8, 8};
    struct quic_crypto crypto = {.keyed = false};
    struct wire frames = {.size = 0};
    struct wire wire = {.size = 0};
    struct plan plan = usual;
    put_part(&frames, 0, 100);
    seal(&wire, &plan, frames);
    ck_assert_int_eq(read_exact(&crypto, &wire, false), QUIC_MORE);

    wire.size = frames.size = 0;
    plan.keyed = plan.dcid = retry;
    put_part(&frames, 100, 200);
    seal(&wire, &plan, frames);
    ck_assert_int_eq(read_exact(&crypto, &wire, false), QUIC_MORE);

    wire.size = frames.size = 0;
    plan.version = QUIC_VERSION_2; /* compatible negotiation: same connection id, other version */
    plan.dcid = dcid;
    put_part(&frames, 200, sizeof hello);
    seal(&wire, &plan, frames);
    ck_assert_int_eq(read_exact(&crypto, &wire, false), QUIC_HELLO);
    ck_assert_uint_eq(crypto.version, QUIC_VERSION_2);
    check_hello(&crypto);
}
END_TEST

START_TEST(other_packets_are_only_seen)
{
    static const unsigned types[] = {ZERO_RTT, HANDSHAKE, RETRY};
    static const uint8_t other[] = {7, 7, 7, 7, 7, 7, 7, 7};
    struct quic_crypto crypto = {.keyed = false};
    struct wire frames = {.size = 0};
    put_part(&frames, 0, sizeof hello);
    for (size_t i = 0; i < 3; i++) {
        struct wire wire = {.size = 0};
        struct plan plan = usual;
        plan.type = types[i];
        seal(&wire, &plan, frames);
        ck_assert_int_eq(read_exact(&crypto, &wire, false), QUIC_SEEN);
    }
    struct wire wire = {.size = 0};
    struct plan plan = usual;
    plan.dcid = other; /* as a server's Initial: keys from an id that is not in the header */
    seal(&wire, &plan, frames);
    ck_assert_int_eq(read_exact(&crypto, &wire, false), QUIC_SEEN);
    ck_assert(!crypto.keyed);
    wire.data[0] &= 0xbf; /* greased */
    ck_assert_int_eq(read_exact(&crypto, &wire, false), QUIC_SEEN);
}
END_TEST

START_TEST(versions_known_by_name_are_plausible)
{
    static const struct {
        uint32_t version;
        bool known;
    } cases[] = {{0x51303530, true},  {0x54303531, true},  {0xff00001b, true}, {0xfaceb002, true},
                 {0x1a2a3a4a, true},  {0x00000001, true},  {0x6b3343cf, true}, {0, false},
                 {0x00000002, false}, {0xdeadbeef, false}, {0xff000000, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct wire wire = {.size = 0};
        struct quic_crypto crypto = {.keyed = false};
        struct plan plan = usual;
        plan.version = cases[i].version;
        put_first(&wire, &plan);
        ck_assert_int_eq(quic_plausible(wire.data, wire.size), cases[i].known);
        wire.data[0] &= 0x7f; /* short header */
        ck_assert(!quic_plausible(wire.data, wire.size));
        ck_assert_uint_eq(quic_version(wire.data, wire.size), 0);
        ck_assert_int_eq(read_exact(&crypto, &wire, false), QUIC_NOT);
    }
    struct wire wire = {.size = 0};
    put_first(&wire, &usual);
    wire.data[5] = 21; /* a connection id longer than there can be */
    wire_bytes(&wire, hello, 40);
    ck_assert(!quic_plausible(wire.data, wire.size));
}
END_TEST

START_TEST(datagram_cut_at_each_byte)
{
    struct wire whole = {.size = 0};
    put_example(&whole, VERSION_1);
    for (size_t size = 0; size < whole.size; size++) {
        struct quic_crypto crypto = {.keyed = false};
        struct wire wire = whole;
        wire.size = size;
        ck_assert_int_le(read_exact(&crypto, &wire, false), QUIC_SEEN);
        ck_assert(!crypto.keyed);
        enum quic_result result = read_exact(&crypto, &wire, true);
        struct bytes body = quic_client_hello(&crypto);
        /* Header of 22 bytes, of which the sample takes 16 more; then 4 bytes of frame header. */
        size_t come = size > 26 ? size - 26 : 0;
        come = come < sizeof hello ? come : sizeof hello;
        if (size >= 38) {
            ck_assert_int_eq(result, come == sizeof hello ? QUIC_HELLO : QUIC_MORE);
            ck_assert_uint_eq(bytes_left(&body), come > 4 ? come - 4 : 0);
        } else {
            ck_assert_int_le(result, QUIC_SEEN);
        }
    }
}
END_TEST

START_TEST(cut_packet_must_parse_as_a_hello)
{
    struct quic_crypto crypto = {.keyed = false};
    struct wire wire = {.size = 0};
    struct wire frames = {.size = 0};
    wire_number(&frames, 0x06000102, 4); /* another message than a ClientHello */
    wire_number(&frames, 0x02, 1);
    seal(&wire, &usual, frames);
    wire.size = 300;
    ck_assert_int_eq(read_exact(&crypto, &wire, true), QUIC_SEEN);
    wire.size = 0;
    put_example(&wire, VERSION_1);
    wire.size = 300;
    wire.data[9] ^= 1; /* other keys: noise instead of frames */
    ck_assert_int_eq(read_exact(&crypto, &wire, true), QUIC_SEEN);
    ck_assert(!crypto.keyed);
}
END_TEST

START_TEST(odd_frames_end_a_packet)
{
    static const struct {
        const char *bytes;
        size_t size;
        enum quic_result result;
    } cases[] = {{"\x1c\x01\x06\x02no", 6, QUIC_HELLO}, /* close, then the hello */
                 {"\x08", 1, QUIC_MORE},                /* a stream has no place here */
                 {"\x02\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff", 11, QUIC_MORE},
                 {"\x06\x00\xff\xff\xff\xff\xff\xff\xff\xff", 10, QUIC_MORE},
                 {"\x06\xff\xff\xff\xff\xff\xff\xff\xff\x01x", 11, QUIC_HELLO}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct quic_crypto crypto = {.keyed = false};
        struct wire wire = {.size = 0};
        struct wire frames = {.size = 0};
        wire_bytes(&frames, cases[i].bytes, cases[i].size);
        put_part(&frames, 0, sizeof hello);
        seal(&wire, &usual, frames);
        ck_assert_msg(read_exact(&crypto, &wire, false) == cases[i].result, "case %zu", i);
    }
}
END_TEST

START_TEST(hello_over_the_bound_is_cut)
{
    struct quic_crypto crypto = {.keyed = false};
    uint8_t part[1024] = {1, 0, 0x40, 0}; /* a hello of 16 KiB */
    for (unsigned i = 0; i < 9; i++) {
        struct wire wire = {.size = 0};
        struct wire frames = {.size = 0};
        put_crypto(&frames, i * sizeof part, part, sizeof part);
        seal(&wire, &usual, frames);
        ck_assert_int_eq(read_exact(&crypto, &wire, false), i < 7 ? QUIC_MORE : QUIC_HELLO);
    }
    struct bytes body = quic_client_hello(&crypto);
    ck_assert_uint_eq(bytes_left(&body), QUIC_CRYPTO_MAX - 4);
}
END_TEST

START_TEST(other_handshake_messages_are_no_hello)
{
    struct quic_crypto crypto = {.keyed = false};
    struct wire wire = {.size = 0};
    struct wire frames = {.size = 0};
    put_crypto(&frames, 0, (const uint8_t *)"\x02\0\0\x01x", 5);
    seal(&wire, &usual, frames);
    ck_assert_int_eq(read_exact(&crypto, &wire, false), QUIC_SEEN);
    struct bytes body = quic_client_hello(&crypto);
    ck_assert_uint_eq(bytes_left(&body), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {keys_are_those_of_the_rfcs,
                                  examples_of_the_rfcs_are_read,
                                  all_drafts_are_read,
                                  shuffled_fragments_become_one_hello,
                                  hello_of_two_packets_in_any_order,
                                  coalesced_packets_are_walked,
                                  forged_packet_changes_nothing,
                                  keys_follow_a_retry_and_a_version,
                                  other_packets_are_only_seen,
                                  versions_known_by_name_are_plausible,
                                  datagram_cut_at_each_byte,
                                  cut_packet_must_parse_as_a_hello,
                                  odd_frames_end_a_packet,
                                  hello_over_the_bound_is_cut,
                                  other_handshake_messages_are_no_hello,
                                  NULL};
    return run_suite(suite_of("classify_quic", tests));
}
