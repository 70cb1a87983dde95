/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "classify/stream.h"
#include "run.h"

enum {
    LIMIT = 4096,
    CELLS = 16, /* of the random test: at most half of them can stand apart */
    CELL_SIZE = 37,
    ROUNDS = 2000
};

static void add(struct stream *stream, uint32_t seq, const char *text)
{
    stream_add(stream, seq, (const uint8_t *)text, strlen(text), 0);
}

static void check_text(const struct stream *stream, const char *text)
{
    struct bytes bytes = stream_bytes(stream);
    ck_assert_uint_eq(bytes_left(&bytes), strlen(text));
    if (text[0] != '\0')
        ck_assert_mem_eq(bytes.at, text, strlen(text));
}

START_TEST(segments_in_any_order_make_one_text)
{
    struct stream stream;
    stream_init(&stream, LIMIT);
    stream_syn(&stream, 99);
    add(&stream, 106, "ghi");
    check_text(&stream, "");
    add(&stream, 103, "def");
    check_text(&stream, "");
    add(&stream, 100, "abc");
    check_text(&stream, "abcdefghi");
    stream_done(&stream);
}
END_TEST

START_TEST(what_came_first_wins_where_segments_overlap)
{
    struct stream stream;
    stream_init(&stream, LIMIT);
    add(&stream, 100, "abcd");
    add(&stream, 106, "gh");
    add(&stream, 102, "CDEFGHIJ"); /* over the end of one, all of the other, and on */
    check_text(&stream, "abcdEFghIJ");
    add(&stream, 100, "xxxxxxxxxx");
    check_text(&stream, "abcdEFghIJ");
    stream_done(&stream);
}
END_TEST

START_TEST(retransmission_changes_nothing)
{
    struct stream stream;
    stream_init(&stream, LIMIT);
    add(&stream, 100, "abc");
    add(&stream, 103, "def");
    add(&stream, 100, "abc");
    add(&stream, 103, "def");
    add(&stream, 101, "bcde");
    check_text(&stream, "abcdef");
    ck_assert_uint_eq(stream.range_count, 1);
    stream_done(&stream);
}
END_TEST

START_TEST(earlier_segment_moves_the_start_where_no_syn_was_seen)
{
    struct stream stream;
    stream_init(&stream, LIMIT);
    add(&stream, 110, "klm");
    check_text(&stream, "klm");
    add(&stream, 100, "abcde");
    check_text(&stream, "abcde");
    add(&stream, 105, "fghij");
    check_text(&stream, "abcdefghijklm");
    stream_done(&stream);
}
END_TEST

START_TEST(start_moves_no_further_than_the_limit)
{
    struct stream stream;
    stream_init(&stream, 16);
    add(&stream, 120, "0123456789");
    add(&stream, 113, "abcdefg"); /* 17 bytes in all */
    check_text(&stream, "0123456789");
    add(&stream, 117, "XYZ");
    check_text(&stream, "XYZ0123456789");
    add(&stream, 100, "far"); /* further away than anything that could be kept */
    check_text(&stream, "XYZ0123456789");
    stream_done(&stream);
}
END_TEST

START_TEST(nothing_stands_before_a_syn)
{
    struct stream stream;
    stream_init(&stream, LIMIT);
    stream_syn(&stream, 99);
    add(&stream, 100, "abc");
    add(&stream, 90, "keepalive?!DEF"); /* bytes 90 to 103 */
    check_text(&stream, "abcF");
    add(&stream, 99, "k");
    check_text(&stream, "abcF");
    stream_done(&stream);
}
END_TEST

START_TEST(repeated_syn_does_not_move_the_start)
{
    struct stream stream;
    stream_init(&stream, LIMIT);
    stream_syn(&stream, 99);
    add(&stream, 100, "abc");
    stream_consume(&stream, 3);
    stream_syn(&stream, 99); /* comes once more, late */
    add(&stream, 103, "def");
    check_text(&stream, "def");
    stream_done(&stream);
}
END_TEST

START_TEST(sequence_numbers_wrap)
{
    struct stream stream;
    stream_init(&stream, LIMIT);
    stream_syn(&stream, UINT32_MAX - 3);
    add(&stream, 2, "fgh");
    add(&stream, UINT32_MAX - 2, "abcde");
    check_text(&stream, "abcdefgh");
    stream_done(&stream);
    stream_init(&stream, LIMIT);
    add(&stream, 1, "efg");
    add(&stream, UINT32_MAX - 2, "abcd");
    check_text(&stream, "abcdefg");
    ck_assert(stream_continues(&stream, 4));
    stream_done(&stream);
}
END_TEST

START_TEST(bytes_past_the_limit_are_dropped)
{
    struct stream stream;
    stream_init(&stream, 8);
    stream_syn(&stream, 99);
    add(&stream, 106, "ghijk");
    add(&stream, 108, "never");
    add(&stream, 100, "abcdef");
    check_text(&stream, "abcdefgh");
    stream_done(&stream);
    stream_init(&stream, 0);
    add(&stream, 100, "abc");
    check_text(&stream, "");
    stream_done(&stream);
}
END_TEST

START_TEST(pieces_past_the_bound_are_dropped_until_there_is_room)
{
    struct stream stream;
    stream_init(&stream, LIMIT);
    stream_syn(&stream, 99);
    for (unsigned i = 1; i <= STREAM_RANGES_MAX; i++)
        add(&stream, 100 + 10 * i, "x");
    ck_assert_uint_eq(stream.range_count, STREAM_RANGES_MAX);
    add(&stream, 300, "after them");
    add(&stream, 111, "BETWEENxy");
    ck_assert_uint_eq(stream.range_count, STREAM_RANGES_MAX - 1); /* it joined two */
    add(&stream, 300, "after them");
    ck_assert_uint_eq(stream.range_count, STREAM_RANGES_MAX);
    add(&stream, 105, "q"); /* apart from all: no room again */
    ck_assert_uint_eq(stream.range_count, STREAM_RANGES_MAX);
    add(&stream, 100, "0123456789");
    check_text(&stream, "0123456789xBETWEENxyx");
    stream_done(&stream);
}
END_TEST

START_TEST(bytes_that_the_capture_cut_stand_as_zeros)
{
    struct stream stream;
    stream_init(&stream, 12);
    stream_syn(&stream, 99);
    add(&stream, 105, "F");
    stream_add(&stream, 100, (const uint8_t *)"abc", 3, 4);
    struct bytes bytes = stream_bytes(&stream);
    ck_assert_uint_eq(bytes_left(&bytes), 7);
    ck_assert_mem_eq(bytes.at, "abc\0\0F\0", 7); /* what was there stays */
    stream_add(&stream, 107, (const uint8_t *)"h", 1, 100000);
    bytes = stream_bytes(&stream);
    ck_assert_uint_eq(bytes_left(&bytes), 12);
    ck_assert_mem_eq(bytes.at + 7, "h\0\0\0\0", 5);
    stream_add(&stream, 100, NULL, 0, 0);
    ck_assert_uint_eq(stream.range_count, 1);
    stream_done(&stream);
}
END_TEST

START_TEST(consumed_bytes_are_gone_and_the_rest_moves_up)
{
    struct stream stream;
    stream_init(&stream, 16);
    stream_consume(&stream, 1); /* nothing there yet */
    add(&stream, 100, "abcdef");
    add(&stream, 110, "klm");
    stream_consume(&stream, 4);
    check_text(&stream, "ef");
    add(&stream, 106, "ghij");
    check_text(&stream, "efghijklm");
    add(&stream, 100, "abcdef"); /* seen and gone */
    check_text(&stream, "efghijklm");
    stream_consume(&stream, 9);
    check_text(&stream, "");
    ck_assert(stream_continues(&stream, 113));
    add(&stream, 113, "nopqrstuvwxyz012345"); /* the limit counts from here */
    check_text(&stream, "nopqrstuvwxyz012");
    stream_done(&stream);
}
END_TEST

START_TEST(continuation_is_told_from_a_gap)
{
    struct stream stream;
    stream_init(&stream, LIMIT);
    ck_assert(stream_continues(&stream, 12345)); /* would be the first */
    add(&stream, 100, "abc");
    ck_assert(stream_continues(&stream, 103));
    ck_assert(!stream_continues(&stream, 104));
    ck_assert(!stream_continues(&stream, 100));
    stream_done(&stream);
}
END_TEST

/* --- Against a naive model ----------------------------------------------------------------------- */

struct model {
    uint8_t bytes[CELLS * CELL_SIZE];
    bool have[CELLS * CELL_SIZE];
};

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* Sends cells `first` up to `past`, with bytes of their own, to both. */
static void send_cells(struct stream *stream, struct model *model, uint32_t base, unsigned first,
                       unsigned past, uint8_t salt)
{
    uint8_t segment[CELLS * CELL_SIZE];
    size_t size = (past - first) * CELL_SIZE, start = first * CELL_SIZE;
    for (size_t i = 0; i < size; i++) {
        segment[i] = (uint8_t)(salt + i);
        if (!model->have[start + i]) {
            model->have[start + i] = true;
            model->bytes[start + i] = segment[i];
        }
    }
    stream_add(stream, base + (uint32_t)start, segment, size, 0);
}

/* Compares what stands without a gap from the first byte that is known to be the first. */
static void check_model(const struct stream *stream, const struct model *model, uint32_t base)
{
    size_t start = stream->base_seq - base, end = start;
    while (end < sizeof model->bytes && model->have[end])
        end++;
    struct bytes bytes = stream_bytes(stream);
    ck_assert_uint_eq(bytes_left(&bytes), end - start);
    if (end > start)
        ck_assert_mem_eq(bytes.at, model->bytes + start, end - start);
}

static void run_round(uint32_t *state, bool syn)
{
    struct model model = {{0}, {false}};
    struct stream stream;
    uint32_t base = next_random(state) | 0xffffff00; /* most rounds wrap */
    stream_init(&stream, CELLS * CELL_SIZE);
    if (syn)
        stream_syn(&stream, base - 1);
    for (unsigned sent = 0; sent < 3 * CELLS; sent++) {
        unsigned first = next_random(state) % CELLS;
        unsigned past = first + 1 + next_random(state) % 3;
        if (past > CELLS)
            past = CELLS;
        send_cells(&stream, &model, base, first, past, (uint8_t)next_random(state));
        check_model(&stream, &model, base);
    }
    for (unsigned cell = 0; cell < CELLS; cell++)
        send_cells(&stream, &model, base, cell, cell + 1, 0);
    check_model(&stream, &model, base);
    ck_assert_uint_eq(stream.base_seq, base);
    struct bytes bytes = stream_bytes(&stream);
    ck_assert_uint_eq(bytes_left(&bytes), sizeof model.bytes);
    stream_done(&stream);
}

START_TEST(random_orders_agree_with_a_naive_model)
{
    uint32_t state = 2463534242;
    for (unsigned i = 0; i < ROUNDS; i++)
        run_round(&state, i % 2 == 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {segments_in_any_order_make_one_text,
                                  what_came_first_wins_where_segments_overlap,
                                  retransmission_changes_nothing,
                                  earlier_segment_moves_the_start_where_no_syn_was_seen,
                                  start_moves_no_further_than_the_limit,
                                  nothing_stands_before_a_syn,
                                  repeated_syn_does_not_move_the_start,
                                  sequence_numbers_wrap,
                                  bytes_past_the_limit_are_dropped,
                                  pieces_past_the_bound_are_dropped_until_there_is_room,
                                  bytes_that_the_capture_cut_stand_as_zeros,
                                  consumed_bytes_are_gone_and_the_rest_moves_up,
                                  continuation_is_told_from_a_gap,
                                  random_orders_agree_with_a_naive_model,
                                  NULL};
    return run_suite(suite_of("classify_stream", tests));
}
