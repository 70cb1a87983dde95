/* SPDX-License-Identifier: Apache-2.0 */
/* The classic pcap format: magics, byte orders, times, damage, and cuts at every byte. */
#include <string.h>

#include "capture/source.h"
#include "capture_build.h"
#include "capture_read.h"
#include "run.h"

#define MICRO    UINT32_C(0xa1b2c3d4)
#define NANO     UINT32_C(0xa1b23c4d)
#define MODIFIED UINT32_C(0xa1b2cd34)

/* A modified record has 8 bytes between its header and its data. */
static void add_record(struct build *build, uint32_t magic, uint32_t fraction, uint32_t captured)
{
    if (magic != MODIFIED) {
        build_pcap_record(build, 1000, fraction, captured, 1500);
        return;
    }
    build_u32(build, 1000);
    build_u32(build, fraction);
    build_u32(build, captured);
    build_u32(build, 1500);
    build_u64(build, UINT64_C(0x0101010101010101));
    build_fill(build, captured);
}

static struct build three_records(uint32_t magic, bool big_endian)
{
    struct build build = {.big_endian = big_endian};
    build_pcap_header(&build, magic, 4, LINK_RAW);
    add_record(&build, magic, 1, 60);
    add_record(&build, magic, 2, 0);
    add_record(&build, magic, 3, 13);
    return build;
}

START_TEST(every_magic_and_byte_order_is_read)
{
    static const uint32_t magics[] = {MICRO, NANO, MODIFIED};
    for (size_t i = 0; i < 6; i++) {
        struct build build = three_records(magics[i / 2], i % 2 == 1);
        struct reading reading = read_build(&build, SOURCE_BLOCK);
        ck_assert_int_eq(reading.status, READ_END);
        ck_assert_uint_eq(reading.count, 3);
        ck_assert(reading.content_good);
        int64_t unit = magics[i / 2] == NANO ? 1 : 1000;
        ck_assert_int_eq(reading.frames[0].ts_ns, INT64_C(1000000000000) + unit);
        ck_assert_int_eq(reading.frames[2].ts_ns, INT64_C(1000000000000) + 3 * unit);
        ck_assert_uint_eq(reading.frames[0].captured, 60);
        ck_assert_uint_eq(reading.frames[0].length, 1500);
        ck_assert_uint_eq(reading.frames[1].captured, 0);
        ck_assert_uint_eq(reading.frames[2].link_type, LINK_RAW);
        build_done(&build);
    }
}
END_TEST

START_TEST(small_reads_give_the_same_frames)
{
    struct build build = three_records(MICRO, false);
    for (size_t step = 1; step < 64; step++) {
        struct reading reading = read_build(&build, step);
        ck_assert_int_eq(reading.status, READ_END);
        ck_assert_uint_eq(reading.count, 3);
        ck_assert(reading.content_good);
    }
    build_done(&build);
}
END_TEST

START_TEST(cut_at_every_byte_keeps_the_whole_records)
{
    static const size_t ends[] = {24, 24 + 76, 24 + 76 + 16, 24 + 76 + 16 + 29};
    struct build build = three_records(MICRO, true);
    ck_assert_uint_eq(build.size, ends[3]);
    for (size_t size = 0; size < build.size; size++) {
        struct reading reading = read_build_cut(&build, size, SOURCE_BLOCK);
        size_t whole = (size >= ends[1]) + (size >= ends[2]);
        bool at_end = size == ends[0] || size == ends[1] || size == ends[2];
        ck_assert_uint_eq(reading.count, whole);
        ck_assert_int_eq(reading.status, size < 4 ? READ_FOREIGN
                                         : at_end ? READ_END
                                                  : READ_TRUNCATED);
        ck_assert(at_end || reading.err.text[0] != '\0');
    }
    build_done(&build);
}
END_TEST

START_TEST(records_across_block_ends_are_whole)
{
    struct build build = {0};
    build_pcap_header(&build, MICRO, 4, LINK_ETHERNET);
    for (uint32_t i = 0; i < 2000; i++)
        build_pcap_record(&build, i, 0, i % 1500, i % 1500);
    struct reading reading = read_build(&build, SOURCE_BLOCK);
    ck_assert_int_eq(reading.status, READ_END);
    ck_assert_uint_eq(reading.count, 2000);
    ck_assert(reading.content_good);
    build_done(&build);
}
END_TEST

START_TEST(largest_frame_is_read_and_a_larger_one_is_damage)
{
    struct build build = {0};
    build_pcap_header(&build, MICRO, 4, LINK_ETHERNET);
    build_pcap_record(&build, 1, 0, READER_FRAME_MAX, READER_FRAME_MAX);
    build_pcap_record(&build, 2, 0, READER_FRAME_MAX + 1, READER_FRAME_MAX + 1);
    struct reading reading = read_build(&build, SOURCE_BLOCK);
    ck_assert_int_eq(reading.status, READ_DAMAGED);
    ck_assert_uint_eq(reading.count, 1);
    ck_assert(reading.content_good);
    ck_assert_ptr_nonnull(strstr(reading.err.text, "262145"));
    build_done(&build);
}
END_TEST

START_TEST(silly_times_are_held)
{
    struct build build = {0};
    build_pcap_header(&build, MICRO, 4, LINK_ETHERNET);
    build_pcap_record(&build, 7, 1000000, 1, 1);
    build_pcap_record(&build, UINT32_MAX, UINT32_MAX, 1, 1);
    struct reading reading = read_build(&build, SOURCE_BLOCK);
    ck_assert_int_eq(reading.frames[0].ts_ns, INT64_C(7999999000));
    ck_assert_int_eq(reading.frames[1].ts_ns, INT64_C(4294967295999999000));
    build_done(&build);
}
END_TEST

START_TEST(length_is_never_less_than_captured)
{
    struct build build = {0};
    build_pcap_header(&build, MICRO, 4, LINK_ETHERNET);
    build_pcap_record(&build, 7, 0, 40, 20);
    struct reading reading = read_build(&build, SOURCE_BLOCK);
    ck_assert_uint_eq(reading.frames[0].captured, 40);
    ck_assert_uint_eq(reading.frames[0].length, 40);
    build_done(&build);
}
END_TEST

START_TEST(old_versions_have_the_lengths_swapped)
{
    for (uint16_t minor = 2; minor <= 3; minor++) {
        struct build build = {0};
        build_pcap_header(&build, MICRO, minor, LINK_ETHERNET);
        build_u64(&build, 0);
        build_u32(&build, 100); /* the length comes first */
        build_u32(&build, 10);
        build_fill(&build, 10);
        struct reading reading = read_build(&build, SOURCE_BLOCK);
        ck_assert_int_eq(reading.status, READ_END);
        ck_assert_uint_eq(reading.frames[0].captured, 10);
        ck_assert_uint_eq(reading.frames[0].length, 100);
        build_done(&build);
    }
}
END_TEST

START_TEST(check_sequence_bits_are_no_link_type)
{
    struct build build = {0};
    build_pcap_header(&build, MICRO, 4, UINT32_C(0x14000001));
    build_pcap_record(&build, 1, 0, 1, 1);
    struct reading reading = read_build(&build, SOURCE_BLOCK);
    ck_assert_uint_eq(reading.frames[0].link_type, LINK_ETHERNET);
    build_done(&build);
}
END_TEST

START_TEST(unknown_version_and_other_files_are_foreign)
{
    struct build build = {0};
    build_u32(&build, MICRO);
    build_u16(&build, 3);
    build_fill(&build, 30);
    struct reading reading = read_build(&build, SOURCE_BLOCK);
    ck_assert_int_eq(reading.status, READ_FOREIGN);
    build.size = 0;
    build_bytes(&build, "MZ\x90\0", 4);
    reading = read_build(&build, SOURCE_BLOCK);
    ck_assert_int_eq(reading.status, READ_FOREIGN);
    ck_assert_str_eq(reading.err.text, "not a capture file (starts with 4d 5a 90 00)");
    build_bytes(&build, "x", 1);
    memcpy(build.data, "hello", 5);
    reading = read_build(&build, SOURCE_BLOCK);
    ck_assert_str_eq(reading.err.text, "not a capture file (starts with \"hello\")");
    reading = read_build_cut(&build, 0, SOURCE_BLOCK);
    ck_assert_str_eq(reading.err.text, "not a capture file (empty)");
    build_done(&build);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {every_magic_and_byte_order_is_read,
                                  small_reads_give_the_same_frames,
                                  cut_at_every_byte_keeps_the_whole_records,
                                  records_across_block_ends_are_whole,
                                  largest_frame_is_read_and_a_larger_one_is_damage,
                                  silly_times_are_held,
                                  length_is_never_less_than_captured,
                                  old_versions_have_the_lengths_swapped,
                                  check_sequence_bits_are_no_link_type,
                                  unknown_version_and_other_files_are_foreign,
                                  NULL};
    return run_suite(suite_of("capture_pcap", tests));
}
