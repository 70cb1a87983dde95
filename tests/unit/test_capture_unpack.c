/* SPDX-License-Identifier: Apache-2.0 */
/* Packed captures: gzip and zstd, several parts, cuts at every byte, damage, bombs. */
#include <stdlib.h>
#include <string.h>

#include "capture/source.h"
#include "capture/unpack.h"
#include "capture_build.h"
#include "capture_read.h"
#include "run.h"

#define MICRO UINT32_C(0xa1b2c3d4)

static struct build (*const packers[])(const struct build *) = {build_gzip, build_zstd};

static struct build some_records(uint32_t count)
{
    struct build build = {0};
    build_pcap_header(&build, MICRO, 4, LINK_ETHERNET);
    for (uint32_t i = 0; i < count; i++)
        build_pcap_record(&build, i, 0, 100 + i % 50, 1500);
    return build;
}

/* Packs the two halves of `plain` each for itself. */
static struct build pack_halves(const struct build *plain,
                                struct build (*pack)(const struct build *))
{
    struct build first = {.data = plain->data, .size = plain->size / 2};
    struct build second = {.data = plain->data + first.size, .size = plain->size - first.size};
    struct build packed = pack(&first);
    struct build more = pack(&second);
    build_bytes(&packed, more.data, more.size);
    build_done(&more);
    return packed;
}

START_TEST(packed_files_are_read_in_steps_of_any_size)
{
    struct build plain = some_records(40);
    for (size_t i = 0; i < 2; i++) {
        struct build packed = packers[i](&plain);
        for (size_t step = 1; step < 400; step = step * 2 + 1) {
            struct reading reading = read_build(&packed, step);
            ck_assert_int_eq(reading.status, READ_END);
            ck_assert_uint_eq(reading.count, 40);
            ck_assert(reading.content_good);
        }
        build_done(&packed);
    }
    build_done(&plain);
}
END_TEST

START_TEST(parts_that_follow_each_other_are_one_file)
{
    struct build plain = some_records(5000); /* more than the buffer */
    for (size_t i = 0; i < 2; i++) {
        struct build packed = pack_halves(&plain, packers[i]);
        struct reading reading = read_build(&packed, SOURCE_BLOCK);
        ck_assert_int_eq(reading.status, READ_END);
        ck_assert_uint_eq(reading.count, 5000);
        ck_assert(reading.content_good);
        build_done(&packed);
    }
    build_done(&plain);
}
END_TEST

START_TEST(cut_at_every_byte_is_truncated)
{
    struct build plain = some_records(6);
    for (size_t i = 0; i < 2; i++) {
        struct build packed = pack_halves(&plain, packers[i]);
        size_t most = 0;
        for (size_t size = i == 0 ? 2 : 4; size < packed.size; size++) {
            struct reading reading = read_build_cut(&packed, size, SOURCE_BLOCK);
            ck_assert_int_eq(reading.status, READ_TRUNCATED);
            ck_assert_uint_ge(reading.count, most);
            ck_assert(reading.content_good);
            most = reading.count;
        }
        ck_assert_uint_ge(most, 2); /* what was before the cut stays */
        build_done(&packed);
    }
    build_done(&plain);
}
END_TEST

START_TEST(wrong_check_sums_are_damage)
{
    struct build plain = some_records(6);
    struct build packed = build_gzip(&plain);
    packed.data[packed.size - 8] ^= 1;
    struct reading reading = read_build(&packed, SOURCE_BLOCK);
    ck_assert_int_eq(reading.status, READ_DAMAGED);
    ck_assert_uint_eq(reading.count, 6);
    ck_assert_str_eq(reading.err.text, "the gzip data is damaged: incorrect data check");
    build_done(&packed);
    packed = build_zstd(&plain);
    packed.data[packed.size / 2] ^= 0x55;
    packed.data[packed.size - 1] ^= 0x55;
    reading = read_build(&packed, 16);
    ck_assert_int_ne(reading.status, READ_END);
    build_done(&packed);
    build_done(&plain);
}
END_TEST

START_TEST(zeros_behind_gzip_are_padding_and_the_rest_is_damage)
{
    struct build plain = some_records(3);
    struct build packed = build_gzip(&plain);
    build_bytes(&packed, "\0\0\0\0", 4);
    ck_assert_int_eq(read_build(&packed, SOURCE_BLOCK).status, READ_END);
    build_bytes(&packed, "junk", 4);
    struct reading reading = read_build(&packed, SOURCE_BLOCK);
    ck_assert_int_eq(reading.status, READ_DAMAGED);
    ck_assert_uint_eq(reading.count, 3);
    build_done(&packed);
    build_done(&plain);
}
END_TEST

START_TEST(a_skippable_zstd_frame_may_come_first)
{
    struct build plain = some_records(3);
    struct build packed = build_zstd(&plain);
    struct build whole = {0};
    build_u32(&whole, 0x184d2a53);
    build_u32(&whole, 5);
    build_fill(&whole, 5);
    build_bytes(&whole, packed.data, packed.size);
    struct reading reading = read_build(&whole, SOURCE_BLOCK);
    ck_assert_int_eq(reading.status, READ_END);
    ck_assert_uint_eq(reading.count, 3);
    build_done(&whole);
    build_done(&packed);
    build_done(&plain);
}
END_TEST

START_TEST(packed_files_that_are_no_captures_are_foreign)
{
    struct build plain = {0};
    build_bytes(&plain, "just some words", 15);
    struct build packed = build_gzip(&plain);
    struct reading reading = read_build(&packed, SOURCE_BLOCK);
    ck_assert_int_eq(reading.status, READ_FOREIGN);
    ck_assert_str_eq(reading.err.text,
                     "not a capture file (starts with \"just som\", unpacked from gzip)");
    build_done(&packed);
    build_done(&plain);
}
END_TEST

START_TEST(a_bomb_is_unpacked_piece_by_piece)
{
    struct build plain = {0};
    build_section(&plain);
    build_block_begin(&plain, 0x7777);
    size_t zeros = (size_t)32 * 1024 * 1024;
    plain.data = realloc(plain.data, plain.size + zeros + 16);
    ck_assert_ptr_nonnull(plain.data);
    plain.capacity = plain.size + zeros + 16;
    memset(plain.data + plain.size, 0, zeros);
    plain.size += zeros;
    build_block_end(&plain);
    for (size_t i = 0; i < 2; i++) {
        struct build packed = packers[i](&plain);
        ck_assert_uint_lt(packed.size, zeros / 100);
        struct source source;
        source_open_memory(&source, packed.data, packed.size, SOURCE_BLOCK);
        ck_assert_uint_lt(source.raw_bytes, packed.size + 1);
        ck_assert(source_skip(&source, plain.size - 4));
        ck_assert_uint_le(bytes_left(&source.window), SOURCE_NEED_MAX + SOURCE_BLOCK);
        ck_assert(source_need(&source, 4));
        ck_assert(!source_need(&source, 5));
        ck_assert_int_eq(source.state, SOURCE_END);
        source_close(&source);
        build_done(&packed);
    }
    build_done(&plain);
}
END_TEST

START_TEST(other_first_bytes_are_not_packed)
{
    ck_assert_ptr_null(unpack_new((const uint8_t *)"\x1f\x8a\x08\x00", 4));
    ck_assert_ptr_null(unpack_new((const uint8_t *)"\x28\xb5\x2f", 3));
    ck_assert_ptr_null(unpack_new(NULL, 0));
    struct unpack *gzip = unpack_new((const uint8_t *)"\x1f\x8b", 2);
    ck_assert_ptr_nonnull(gzip);
    ck_assert_str_eq(unpack_name(gzip), "gzip");
    ck_assert(!unpack_is_whole(gzip));
    unpack_free(gzip);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {packed_files_are_read_in_steps_of_any_size,
                                  parts_that_follow_each_other_are_one_file,
                                  cut_at_every_byte_is_truncated,
                                  wrong_check_sums_are_damage,
                                  zeros_behind_gzip_are_padding_and_the_rest_is_damage,
                                  a_skippable_zstd_frame_may_come_first,
                                  packed_files_that_are_no_captures_are_foreign,
                                  a_bomb_is_unpacked_piece_by_piece,
                                  other_first_bytes_are_not_packed,
                                  NULL};
    return run_suite(suite_of("capture_unpack", tests));
}
