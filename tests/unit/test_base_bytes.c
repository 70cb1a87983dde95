/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "run.h"

static const uint8_t eight[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08};

START_TEST(integers_are_read_in_both_byte_orders)
{
    struct bytes b = bytes_of(eight, 8);
    ck_assert_uint_eq(bytes_u8(&b), 1);
    ck_assert_uint_eq(bytes_be16(&b), 0x0203);
    ck_assert_uint_eq(bytes_be24(&b), 0x040506);
    ck_assert_uint_eq(bytes_le16(&b), 0x0807);
    ck_assert(!b.bad);
    b = bytes_of(eight, 8);
    ck_assert_uint_eq(bytes_be32(&b), 0x01020304);
    ck_assert_uint_eq(bytes_le32(&b), 0x08070605);
    b = bytes_of(eight, 8);
    ck_assert(bytes_be64(&b) == UINT64_C(0x0102030405060708));
    b = bytes_of(eight, 8);
    ck_assert(bytes_le64(&b) == UINT64_C(0x0807060504030201));
}
END_TEST

START_TEST(reading_past_the_end_goes_bad_and_stays_bad)
{
    struct bytes b = bytes_of(eight, 3);
    ck_assert_uint_eq(bytes_be32(&b), 0);
    ck_assert(b.bad);
    ck_assert_uint_eq(bytes_left(&b), 0);
    ck_assert_uint_eq(bytes_u8(&b), 0);
    ck_assert_uint_eq(bytes_be16(&b), 0);
    ck_assert_uint_eq(bytes_be24(&b), 0);
    ck_assert_uint_eq(bytes_le16(&b), 0);
    ck_assert_uint_eq(bytes_le32(&b), 0);
    ck_assert(bytes_be64(&b) == 0 && bytes_le64(&b) == 0);
    ck_assert_ptr_null(bytes_take(&b, 0));
}
END_TEST

START_TEST(slice_is_bounded_and_moves_the_cursor)
{
    struct bytes b = bytes_of(eight, 8);
    struct bytes slice = bytes_slice(&b, 3);
    ck_assert_uint_eq(bytes_left(&slice), 3);
    ck_assert_uint_eq(bytes_left(&b), 5);
    bytes_skip(&slice, 2);
    ck_assert_uint_eq(bytes_u8(&slice), 3);
    ck_assert_uint_eq(bytes_u8(&slice), 0);
    ck_assert(slice.bad);
    ck_assert(!b.bad);
    slice = bytes_slice_upto(&b, 100);
    ck_assert_uint_eq(bytes_left(&slice), 5);
    ck_assert(!slice.bad && !b.bad);
}
END_TEST

START_TEST(slice_that_is_too_long_is_bad_and_empty)
{
    struct bytes b = bytes_of(eight, 8);
    struct bytes slice = bytes_slice(&b, 9);
    ck_assert(slice.bad && b.bad);
    ck_assert_uint_eq(bytes_left(&slice), 0);
    slice = bytes_slice_upto(&b, 1);
    ck_assert(slice.bad);
}
END_TEST

START_TEST(empty_slice_of_no_bytes_is_good)
{
    struct bytes b = bytes_of(NULL, 0);
    struct bytes slice = bytes_slice(&b, 0);
    ck_assert(!slice.bad && !b.bad);
    ck_assert_uint_eq(bytes_left(&slice), 0);
    ck_assert_uint_eq(bytes_u8(&b), 0);
    ck_assert(b.bad);
}
END_TEST

START_TEST(null_with_a_size_is_empty)
{
    struct bytes b = bytes_of(NULL, 10);
    ck_assert_uint_eq(bytes_left(&b), 0);
}
END_TEST

START_TEST(spoilt_cursor_reads_nothing_more)
{
    struct bytes b = bytes_of("\x01\x02\x03", 3);
    ck_assert_uint_eq(bytes_u8(&b), 1);
    bytes_spoil(&b);
    ck_assert(b.bad);
    ck_assert_uint_eq(bytes_left(&b), 0);
    ck_assert_uint_eq(bytes_u8(&b), 0);
    struct bytes nothing = bytes_slice(&b, 0);
    ck_assert(nothing.bad);
}
END_TEST

START_TEST(peek_neither_moves_nor_goes_bad)
{
    struct bytes b = bytes_of(eight, 8);
    ck_assert_uint_eq(bytes_peek(&b, 7), 8);
    ck_assert_uint_eq(bytes_peek(&b, 8), 0);
    ck_assert_uint_eq(bytes_peek(&b, SIZE_MAX), 0);
    ck_assert(!b.bad);
    ck_assert_uint_eq(bytes_left(&b), 8);
}
END_TEST

START_TEST(huge_sizes_do_not_wrap)
{
    struct bytes b = bytes_of(eight, 8);
    bytes_skip(&b, 4);
    ck_assert_ptr_null(bytes_take(&b, SIZE_MAX));
    ck_assert(b.bad);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {integers_are_read_in_both_byte_orders,
                            reading_past_the_end_goes_bad_and_stays_bad,
                            slice_is_bounded_and_moves_the_cursor,
                            slice_that_is_too_long_is_bad_and_empty,
                            empty_slice_of_no_bytes_is_good,
                            null_with_a_size_is_empty,
                            spoilt_cursor_reads_nothing_more,
                            peek_neither_moves_nor_goes_bad,
                            huge_sizes_do_not_wrap,
                            NULL};
    return run_suite(suite_of("base_bytes", tests));
}
