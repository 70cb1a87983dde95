/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "net/prefix.h"
#include "run.h"

static struct prefix parse(const char *text)
{
    struct prefix prefix;
    ck_assert_msg(prefix_parse(text, &prefix), "%s", text);
    return prefix;
}

START_TEST(prefixes_are_read_and_written_back)
{
    static const struct {
        const char *text, *wanted;
        unsigned bits;
    } cases[] = {{"192.0.2.0/24", "192.0.2.0/24", 120},
                 {"192.0.2.1", "192.0.2.1/32", 128},
                 {"0.0.0.0/0", "0.0.0.0/0", 96},
                 {"2001:db8::/32", "2001:db8::/32", 32},
                 {"::/0", "::/0", 0},
                 {"2001:db8::1", "2001:db8::1/128", 128},
                 {"10.128.0.0/9", "10.128.0.0/9", 105},
                 {"::ffff:10.0.0.0/104", "10.0.0.0/8", 104}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct prefix prefix = parse(cases[i].text);
        ck_assert_uint_eq(prefix.bits, cases[i].bits);
        char text[PREFIX_TEXT_MAX];
        prefix_text(&prefix, text);
        ck_assert_str_eq(text, cases[i].wanted);
    }
}
END_TEST

START_TEST(wrong_prefixes_are_refused)
{
    static const char *const wrong[] = {"",
                                        "/8",
                                        "10.0.0.0/33",
                                        "10.0.0.1/8",
                                        "10.0.0.0/",
                                        "10.0.0.0/-1",
                                        "10.0.0.0/8 ",
                                        "10.0.0/8",
                                        "2001:db8::/129",
                                        "2001:db8::1/32",
                                        "10.64.0.0/9",
                                        "10.0.0.0/8/8",
                                        "1111:2222:3333:4444:5555:6666:7777:8888:9999:0000:1111/3"};
    struct prefix prefix = {.bits = 99};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        ck_assert_msg(!prefix_parse(wrong[i], &prefix), "%s", wrong[i]);
    ck_assert_uint_eq(prefix.bits, 99);
}
END_TEST

START_TEST(containing_ends_at_the_last_bit)
{
    struct prefix prefix = parse("10.128.0.0/9");
    struct addr in, out;
    ck_assert(addr_parse("10.255.255.255", &in) && addr_parse("10.127.255.255", &out));
    ck_assert(prefix_contains(&prefix, &in));
    ck_assert(!prefix_contains(&prefix, &out));
    struct prefix all = parse("::/0");
    ck_assert(prefix_contains(&all, &in));
}
END_TEST

START_TEST(the_longest_prefix_wins)
{
    struct prefix_map *map = prefix_map_new();
    static const char *const texts[] = {"10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "2001:db8::/32"};
    for (uint32_t i = 0; i < COUNT_OF(texts); i++) {
        struct prefix prefix = parse(texts[i]);
        prefix_map_set(map, &prefix, i);
    }
    static const struct {
        const char *addr;
        int value;
    } cases[] = {{"10.2.0.1", 0},  {"10.1.9.9", 1},      {"10.1.2.3", 2},    {"10.1.2.4", 1},
                 {"11.0.0.1", -1}, {"2001:db8:5::1", 3}, {"2001:db9::1", -1}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct addr addr;
        uint32_t value = 77;
        uint8_t bits = 0;
        ck_assert(addr_parse(cases[i].addr, &addr));
        bool found = prefix_map_find(map, &addr, &value, &bits);
        ck_assert_msg(found == (cases[i].value >= 0), "%s", cases[i].addr);
        if (found)
            ck_assert_int_eq((int)value, cases[i].value);
        else
            ck_assert_uint_eq(value, 77);
    }
    prefix_map_free(map);
    prefix_map_free(NULL);
}
END_TEST

START_TEST(setting_again_replaces)
{
    struct prefix_map *map = prefix_map_new();
    struct prefix prefix = parse("10.0.0.0/8"), longer = parse("10.0.0.0/9");
    uint32_t value = 0;
    ck_assert(!prefix_map_get(map, &prefix, &value));
    prefix_map_set(map, &prefix, 1);
    prefix_map_set(map, &prefix, 2);
    ck_assert_uint_eq(prefix_map_count(map), 1);
    ck_assert(prefix_map_get(map, &prefix, &value));
    ck_assert_uint_eq(value, 2);
    ck_assert(!prefix_map_get(map, &longer, &value));
    prefix_map_free(map);
}
END_TEST

static uint32_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33);
}

/* Few different bytes, so that prefixes nest and addresses hit. */
static struct prefix random_prefix(uint64_t *state)
{
    struct prefix prefix = {.bits = (uint8_t)(next_random(state) % 129)};
    for (unsigned bit = 0; bit < prefix.bits; bit++)
        if (next_random(state) % 8 == 0)
            prefix.addr.bytes[bit / 8] |= (uint8_t)(0x80U >> bit % 8);
    return prefix;
}

START_TEST(random_look_ups_agree_with_a_linear_search)
{
    enum {
        COUNT = 700
    };
    static struct prefix prefixes[COUNT];
    struct prefix_map *map = prefix_map_new();
    uint64_t state = 3;
    for (uint32_t i = 0; i < COUNT; i++) {
        prefixes[i] = random_prefix(&state);
        prefix_map_set(map, &prefixes[i], i);
    }
    unsigned hits = 0;
    for (unsigned round = 0; round < 3000; round++) {
        struct addr addr = prefixes[next_random(&state) % COUNT].addr;
        addr.bytes[next_random(&state) % 16] ^= (uint8_t)(1U << next_random(&state) % 8);
        int best = -1;
        for (int i = 0; i < COUNT; i++)
            if (prefix_contains(&prefixes[i], &addr) &&
                (best < 0 || prefixes[i].bits >= prefixes[best].bits))
                best = i;
        uint32_t value = 0;
        uint8_t bits = 0;
        ck_assert(prefix_map_find(map, &addr, &value, &bits) == (best >= 0));
        if (best < 0)
            continue;
        hits++;
        ck_assert_uint_eq(bits, prefixes[best].bits);
        ck_assert_uint_eq(value, (uint32_t)best);
    }
    ck_assert_uint_gt(hits, 1000);
    prefix_map_free(map);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {prefixes_are_read_and_written_back,
                            wrong_prefixes_are_refused,
                            containing_ends_at_the_last_bit,
                            the_longest_prefix_wins,
                            setting_again_replaces,
                            random_look_ups_agree_with_a_linear_search,
                            NULL};
    return run_suite(suite_of("net_prefix", tests));
}
