/* SPDX-License-Identifier: Apache-2.0 */
/* The pcapng format: blocks, interfaces, clocks, names, statistics, damage, and cuts at every byte. */
#include <string.h>

#include "capture/source.h"
#include "capture/ticks.h"
#include "capture_build.h"
#include "capture_read.h"
#include "run.h"

#define SECONDS UINT64_C(1000000) /* ticks */

/* One of each block, two sections, the second one in the other byte order. */
static struct build two_sections(bool big_endian)
{
    struct build build = {.big_endian = big_endian};
    build_section(&build);
    build_interface(&build, LINK_ETHERNET, 0);
    build_interface(&build, LINK_LINUX_SLL, 8);
    build_enhanced(&build, 0, 5 * SECONDS, 14, 1000);
    build_enhanced(&build, 1, 6 * SECONDS, 3, 3);
    build_block_begin(&build, 0xbad); /* a custom block */
    build_fill(&build, 21);
    build_block_end(&build);
    build.big_endian = !big_endian;
    build_section(&build);
    build_interface(&build, LINK_RAW, 0);
    build_enhanced(&build, 0, 7 * SECONDS, 20, 20);
    return build;
}

START_TEST(sections_in_both_byte_orders_are_read)
{
    for (int order = 0; order < 2; order++) {
        struct build build = two_sections(order == 1);
        for (size_t step = 1; step < 200; step += 7) {
            struct reading reading = read_build(&build, step);
            ck_assert_int_eq(reading.status, READ_END);
            ck_assert_uint_eq(reading.count, 3);
            ck_assert(reading.content_good);
            ck_assert_uint_eq(reading.frames[0].link_type, LINK_ETHERNET);
            ck_assert_uint_eq(reading.frames[0].length, 1000);
            ck_assert_uint_eq(reading.frames[1].link_type, LINK_LINUX_SLL);
            ck_assert_uint_eq(reading.frames[1].interface, 1);
            ck_assert_uint_eq(reading.frames[2].link_type, LINK_RAW);
            ck_assert_int_eq(reading.frames[2].ts_ns, INT64_C(7000000000));
        }
        build_done(&build);
    }
}
END_TEST

START_TEST(cut_at_every_byte_keeps_what_is_whole)
{
    struct build build = two_sections(false);
    size_t before = 0;
    unsigned clean = 0;
    for (size_t size = 0; size < build.size; size++) {
        struct reading reading = read_build_cut(&build, size, SOURCE_BLOCK);
        ck_assert(reading.count == before || reading.count == before + 1);
        before = reading.count;
        clean += reading.status == READ_END;
        ck_assert(reading.content_good);
        if (reading.status != READ_END)
            ck_assert_int_eq(reading.status, size < 4 ? READ_FOREIGN : READ_TRUNCATED);
    }
    ck_assert_uint_eq(before, 3);
    ck_assert_uint_eq(clean, 8); /* after each of the nine blocks but the last */
    build_done(&build);
}
END_TEST

START_TEST(clocks_of_every_resolution_give_nanoseconds)
{
    static const struct {
        uint8_t resolution;
        int64_t offset;
        uint64_t ticks;
        int64_t ts_ns;
    } cases[] = {
        {6, 0, 1500000, INT64_C(1500000000)},
        {9, 0, 1234567891, INT64_C(1234567891)},
        {3, 0, 1001, INT64_C(1001000000)},
        {0, 0, 12, INT64_C(12000000000)},
        {12, 0, UINT64_C(1234567890123), INT64_C(1234567890)},
        {6, 100, 1, INT64_C(100000001000)},
        {6, -100, 0, INT64_C(-100000000000)},
        {9, 0, UINT64_MAX, TICKS_NS_MAX},
        {0, 0, UINT64_MAX, TICKS_NS_MAX},
        {6, INT64_MAX, UINT64_MAX, TICKS_NS_MAX},
        {6, INT64_MIN, 0, INT64_C(-4611686018000000000)},
        {19, 0, UINT64_C(15000000000000000000), INT64_C(1500000000)},
        {20, 0, UINT64_C(15000000000000000000), INT64_C(150000000)},
        {127, 0, UINT64_MAX, 0},
        {0x80 | 1, 0, 3, INT64_C(1500000000)},
        {0x80 | 32, 0, UINT64_C(0x180000000), INT64_C(1500000000)},
        {0x80 | 40, 0, UINT64_C(0x18000000000), INT64_C(1500000000)},
        {0x80 | 64, 0, UINT64_C(1) << 63, INT64_C(500000000)},
        {0xff, 0, UINT64_MAX, 0},
        {0x80, 0, 5, INT64_C(5000000000)},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct build build = {.big_endian = i % 2 == 1};
        build_section(&build);
        build_clock(&build, LINK_ETHERNET, cases[i].resolution, cases[i].offset);
        build_enhanced(&build, 0, cases[i].ticks, 1, 1);
        struct reading reading = read_build(&build, SOURCE_BLOCK);
        ck_assert_uint_eq(reading.count, 1);
        ck_assert_msg(reading.frames[0].ts_ns == cases[i].ts_ns, "case %zu: %jd", i,
                      (intmax_t)reading.frames[0].ts_ns);
        build_done(&build);
    }
}
END_TEST

START_TEST(simple_packets_have_the_snaplen_and_the_time_before)
{
    struct build build = {0};
    build_section(&build);
    build_interface(&build, LINK_ETHERNET, 10);
    build_enhanced(&build, 0, 3 * SECONDS, 1, 1);
    build_block_begin(&build, 3);
    build_u32(&build, 100);
    build_fill(&build, 12); /* 10 and padding */
    build_block_end(&build);
    build_block_begin(&build, 3);
    build_u32(&build, 7);
    build_fill(&build, 7);
    build_block_end(&build);
    struct reading reading = read_build(&build, SOURCE_BLOCK);
    ck_assert_int_eq(reading.status, READ_END);
    ck_assert_uint_eq(reading.count, 3);
    ck_assert_uint_eq(reading.frames[1].captured, 10);
    ck_assert_uint_eq(reading.frames[1].length, 100);
    ck_assert_int_eq(reading.frames[1].ts_ns, INT64_C(3000000000));
    ck_assert_uint_eq(reading.frames[2].captured, 7);
    build_done(&build);
}
END_TEST

static void add_old_packet(struct build *build, uint16_t drops)
{
    build_block_begin(build, 2);
    build_u16(build, 0);
    build_u16(build, drops);
    build_u32(build, 0);
    build_u32(build, 2000000);
    build_u32(build, 5);
    build_u32(build, 50);
    build_fill(build, 5);
    build_block_end(build);
}

START_TEST(old_packets_and_their_drops_are_read)
{
    struct build build = {.big_endian = true};
    build_section(&build);
    build_interface(&build, LINK_ETHERNET, 0);
    add_old_packet(&build, 3);
    add_old_packet(&build, 0xffff); /* not known */
    struct reading reading = read_build(&build, SOURCE_BLOCK);
    ck_assert_int_eq(reading.status, READ_END);
    ck_assert_uint_eq(reading.count, 2);
    ck_assert_uint_eq(reading.frames[1].length, 50);
    ck_assert_int_eq(reading.frames[1].ts_ns, INT64_C(2000000000));
    ck_assert_uint_eq(reading.interface_drops, 3);
    build_done(&build);
}
END_TEST

static void add_statistics(struct build *build, uint32_t interface, uint64_t if_drops,
                           uint64_t os_drops)
{
    build_block_begin(build, 5);
    build_u32(build, interface);
    build_u64(build, 0);
    build_u16(build, 5);
    build_u16(build, 8);
    build_u64(build, if_drops);
    build_u16(build, 7);
    build_u16(build, 8);
    build_u64(build, os_drops);
    build_option(build, 0, NULL, 0);
    build_block_end(build);
}

START_TEST(statistics_count_each_drop_once)
{
    struct build build = {0};
    build_section(&build);
    build_interface(&build, LINK_ETHERNET, 0);
    build_interface(&build, LINK_ETHERNET, 0);
    add_statistics(&build, 0, 5, 1);
    add_statistics(&build, 0, 7, 1); /* of which 5 and 1 are told already */
    add_statistics(&build, 1, 10, 0);
    add_statistics(&build, 99, 1000, 1000); /* no such interface */
    struct reading reading = read_build(&build, SOURCE_BLOCK);
    ck_assert_int_eq(reading.status, READ_END);
    ck_assert_uint_eq(reading.interface_drops, 17);
    ck_assert_uint_eq(reading.kernel_drops, 1);
    build_done(&build);
}
END_TEST

START_TEST(names_of_addresses_are_handed_out)
{
    struct build build = {.big_endian = true};
    build_section(&build);
    build_block_begin(&build, 4);
    build_option(&build, 1, "\xc0\x00\x02\x01one.example\0two.example", 4 + 12 + 12);
    build_option(&build, 2, " \x01\r\xb8\0\0\0\0\0\0\0\0\0\0\0\x07six.example", 16 + 12);
    build_option(&build, 3, "\0\0\x5e\0\x53\x01mac", 10);          /* an EUI-48 */
    build_option(&build, 1, "\xc0\x00\x02", 3);                    /* too short */
    build_option(&build, 1, "\xc0\x00\x02\x02no-end.example", 18); /* without its zero byte */
    build_option(&build, 1, "\xc0\x00\x02\x03\0", 5);              /* an empty name */
    build_option(&build, 0, NULL, 0);
    build_option(&build, 2, "dns", 4); /* an option, no record */
    build_block_end(&build);
    struct reading reading = read_build(&build, 3);
    ck_assert_int_eq(reading.status, READ_END);
    ck_assert_str_eq(reading.names,
                     "192.0.2.1=one.example;192.0.2.1=two.example;"
                     "2001:db8::7=six.example;192.0.2.2=no-end.example;");
    build_done(&build);
}
END_TEST

START_TEST(a_name_that_is_too_long_is_left_out)
{
    struct build build = {0};
    char value[4 + READER_NAME_MAX + 3];
    memset(value, 'a', sizeof value);
    memcpy(value + sizeof value - 3, "\0b", 3);
    build_section(&build);
    build_block_begin(&build, 4);
    build_option(&build, 1, value, sizeof value);
    build_block_end(&build);
    struct reading reading = read_build(&build, SOURCE_BLOCK);
    ck_assert_str_eq(reading.names, "97.97.97.97=b;");
    build_done(&build);
}
END_TEST

START_TEST(blocks_longer_than_the_buffer_are_stepped_over)
{
    struct build build = {0};
    build_section(&build);
    build_block_begin(&build, 0x7777);
    build_fill(&build, (size_t)3 * 1024 * 1024);
    build_block_end(&build);
    build_interface(&build, LINK_ETHERNET, 0);
    build_enhanced(&build, 0, 1, READER_FRAME_MAX, READER_FRAME_MAX);
    build_enhanced(&build, 0, 1, 77, 77);
    struct reading reading = read_build(&build, SOURCE_BLOCK);
    ck_assert_int_eq(reading.status, READ_END);
    ck_assert_uint_eq(reading.count, 2);
    ck_assert(reading.content_good);
    build_done(&build);
}
END_TEST

/* Reads a section with one interface and then the block that the caller built behind it. */
static struct reading read_after_start(const struct build *block)
{
    struct build build = {0};
    build_section(&build);
    build_interface(&build, LINK_ETHERNET, 0);
    build_bytes(&build, block->data, block->size);
    struct reading reading = read_build(&build, SOURCE_BLOCK);
    build_done(&build);
    return reading;
}

START_TEST(silly_block_lengths_are_damage)
{
    static const uint32_t lengths[] = {0, 4, 11, 13, 12, UINT32_MAX};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct build block = {0};
        build_u32(&block, 6);
        build_u32(&block, lengths[i]);
        build_fill(&block, 60);
        struct reading reading = read_after_start(&block);
        ck_assert_int_eq(reading.status, READ_DAMAGED);
        ck_assert_uint_eq(reading.count, 0);
        build_done(&block);
    }
}
END_TEST

START_TEST(contradictions_are_damage)
{
    struct build block = {0};
    build_enhanced(&block, 0, 1, 8, 8);
    block.data[block.size - 4] ^= 4; /* the closing length */
    struct reading reading = read_after_start(&block);
    ck_assert_int_eq(reading.status, READ_DAMAGED);
    ck_assert_uint_eq(reading.count, 1);
    block.data[block.size - 4] ^= 4;
    block.data[8] = 1; /* an interface that is not there */
    ck_assert_int_eq(read_after_start(&block).status, READ_DAMAGED);
    block.data[8] = 0;
    block.data[20] = 200; /* more captured than the block holds */
    ck_assert_int_eq(read_after_start(&block).status, READ_DAMAGED);
    block.data[22] = 200; /* more than any frame may have */
    ck_assert_int_eq(read_after_start(&block).status, READ_DAMAGED);
    block.data[20] = 8;
    block.data[22] = 0;
    ck_assert_int_eq(read_after_start(&block).status, READ_END);
    build_done(&block);
}
END_TEST

START_TEST(section_headers_must_make_sense)
{
    struct build block = {0};
    build_section(&block);
    ck_assert_int_eq(read_after_start(&block).status, READ_END);
    block.data[12] = 2; /* the version */
    ck_assert_int_eq(read_after_start(&block).status, READ_DAMAGED);
    block.data[8] = 0; /* the byte order */
    ck_assert_int_eq(read_after_start(&block).status, READ_DAMAGED);
    build_done(&block);
}
END_TEST

START_TEST(interfaces_are_bounded)
{
    struct build build = {0};
    build_section(&build);
    for (uint32_t i = 0; i < READER_INTERFACES_MAX; i++)
        build_interface(&build, LINK_ETHERNET, 0);
    build_enhanced(&build, READER_INTERFACES_MAX - 1, 1, 1, 1);
    build_interface(&build, LINK_ETHERNET, 0);
    struct reading reading = read_build(&build, SOURCE_BLOCK);
    ck_assert_int_eq(reading.status, READ_DAMAGED);
    ck_assert_uint_eq(reading.count, 1);
    build_done(&build);
}
END_TEST

START_TEST(broken_options_do_not_hurt)
{
    struct build block = {0};
    build_block_begin(&block, 1);
    build_u32(&block, LINK_RAW);
    build_u32(&block, 0);
    build_u16(&block, 9);
    build_u16(&block, 60000); /* reaches past the block */
    build_u8(&block, 3);
    build_block_end(&block);
    build_enhanced(&block, 1, 1500000, 1, 1);
    struct reading reading = read_after_start(&block);
    ck_assert_int_eq(reading.status, READ_END);
    ck_assert_int_eq(reading.frames[0].ts_ns, INT64_C(1500000000)); /* the default clock */
    build_done(&block);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {sections_in_both_byte_orders_are_read,
                                  cut_at_every_byte_keeps_what_is_whole,
                                  clocks_of_every_resolution_give_nanoseconds,
                                  simple_packets_have_the_snaplen_and_the_time_before,
                                  old_packets_and_their_drops_are_read,
                                  statistics_count_each_drop_once,
                                  names_of_addresses_are_handed_out,
                                  a_name_that_is_too_long_is_left_out,
                                  blocks_longer_than_the_buffer_are_stepped_over,
                                  silly_block_lengths_are_damage,
                                  contradictions_are_damage,
                                  section_headers_must_make_sense,
                                  interfaces_are_bounded,
                                  broken_options_do_not_hurt,
                                  NULL};
    return run_suite(suite_of("capture_pcapng", tests));
}
