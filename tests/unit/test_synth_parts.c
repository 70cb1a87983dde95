/* SPDX-License-Identifier: Apache-2.0 */
/* The generator's building blocks: bytes, random streams, the event queue, patterns. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "pattern.h"
#include "queue.h"
#include "random.h"
#include "run.h"
#include "wire.h"

START_TEST(numbers_are_written_in_network_order)
{
    struct text out = {0};
    wire_u8(&out, 0x101);
    wire_u16(&out, 0x0203);
    wire_u24(&out, 0x040506);
    wire_u32(&out, 0x0708090a);
    wire_u64(&out, UINT64_C(0x0b0c0d0e0f101112));
    for (size_t i = 0; i < 18; i++)
        ck_assert_uint_eq((uint8_t)out.data[i], i + 1);
    text_done(&out);
}
END_TEST

START_TEST(an_open_length_counts_what_follows)
{
    struct text out = {0};
    wire_u8(&out, 9);
    size_t mark = wire_open(&out, 3);
    wire_fill(&out, 0xaa, 300);
    wire_close(&out, mark, 3);
    ck_assert_uint_eq(out.length, 304);
    ck_assert_int_eq(memcmp(out.data, "\x09\x00\x01\x2c\xaa", 5), 0);
    text_done(&out);
}
END_TEST

/* The example of RFC 1071 section 3. */
START_TEST(checksum_of_the_rfc_example)
{
    static const uint8_t bytes[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
    ck_assert_uint_eq(wire_checksum(wire_sum(bytes, sizeof bytes, 0)), 0xffff - 0xddf2);
    ck_assert_uint_eq(wire_checksum(wire_sum(bytes, 7, 0)), 0xffff - 0xdcfb);
}
END_TEST

START_TEST(streams_repeat_and_differ)
{
    struct random a = random_of(1, 1), again = random_of(1, 1), other = random_of(1, 2);
    uint64_t first = random_next(&a);
    ck_assert_uint_eq(first, random_next(&again));
    ck_assert_uint_ne(first, random_next(&other));
    for (unsigned i = 0; i < 1000; i++) {
        uint64_t value = random_between(&a, 10, 12);
        ck_assert(value >= 10 && value <= 12);
        double unit = random_unit(&a);
        ck_assert(unit >= 0.0 && unit < 1.0);
    }
    uint64_t before = a.state;
    ck_assert(!random_chance(&a, 0.0));
    ck_assert_uint_eq(a.state, before);
}
END_TEST

START_TEST(events_leave_by_time_then_insertion)
{
    struct queue *queue = queue_new();
    struct random random = random_of(7, 0);
    for (size_t i = 0; i < 2000; i++)
        queue_add_wake(queue, (int64_t)random_between(&random, 0, 50), i);
    queue_add_frame(queue, 60, 3, "abc", 3);
    struct event event, last = {.ts_ns = -1};
    size_t count = 0;
    while (queue_take(queue, &event) && event.frame == NULL) {
        ck_assert(event.ts_ns > last.ts_ns ||
                  (event.ts_ns == last.ts_ns && event.generator > last.generator));
        last = event;
        count++;
    }
    ck_assert_uint_eq(count, 2000);
    ck_assert_ptr_nonnull(event.frame);
    ck_assert_uint_eq(event.frame->interface, 3);
    ck_assert_int_eq(memcmp(event.frame->bytes, "abc", 3), 0);
    free(event.frame);
    ck_assert(!queue_take(queue, &event));
    ck_assert_uint_eq(queue_peak(queue), 2001);
    queue_add_frame(queue, 1, 0, "left behind", 11);
    queue_free(queue);
}
END_TEST

static void expect(const char *pattern, const char *bytes, size_t size)
{
    struct random random = random_of(3, 0);
    struct text out = {0};
    ck_assert(pattern_check(pattern, NULL));
    pattern_expand(pattern, &random, &out);
    ck_assert_uint_eq(out.length, size);
    ck_assert_int_eq(memcmp(out.data, bytes, size), 0);
    text_done(&out);
}

START_TEST(escapes_are_bytes)
{
    expect("plain.example", "plain.example", 13);
    expect("a\\x00\\xfFb\\\\c",
           "a\x00\xff"
           "b\\c",
           6);
    expect("s{07-07}.upd", "s07.upd", 7);
}
END_TEST

START_TEST(ranges_keep_their_digits)
{
    struct random random = random_of(3, 0);
    ck_assert(pattern_varies("{00-19}"));
    ck_assert(!pattern_varies("plain"));
    for (unsigned i = 0; i < 200; i++) {
        struct text out = {0};
        pattern_expand("{00-19}{hex 4}{alnum 3}", &random, &out);
        ck_assert_uint_eq(out.length, 9);
        ck_assert(strncmp(out.data, "00", 2) >= 0 && strncmp(out.data, "19", 2) <= 0);
        ck_assert_uint_eq(strspn(out.data, "0123456789abcdef"),
                          6 + strspn(out.data + 6, "0123456789abcdef"));
        text_done(&out);
    }
}
END_TEST

START_TEST(malformed_patterns_are_refused)
{
    static const char *const wrong[] = {"\\",   "\\x1",     "\\xg0",  "\\n",       "{",
                                        "{}",   "{5-1}",    "{hex}",  "{hex 0}",   "{hex 9999}",
                                        "{1-2", "{word 3}", "{1-2x}", "{alnum -1}"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct error err = {0};
        ck_assert_msg(!pattern_check(wrong[i], &err), "%s", wrong[i]);
        ck_assert_str_ne(err.text, "");
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {numbers_are_written_in_network_order,
                                  an_open_length_counts_what_follows,
                                  checksum_of_the_rfc_example,
                                  streams_repeat_and_differ,
                                  events_leave_by_time_then_insertion,
                                  escapes_are_bytes,
                                  ranges_keep_their_digits,
                                  malformed_patterns_are_refused,
                                  NULL};
    return run_suite(suite_of("synth_parts", tests));
}
