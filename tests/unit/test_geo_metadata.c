/* SPDX-License-Identifier: Apache-2.0 */
/* Metadata written here byte by byte, behind a tree of zeros. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "geo/metadata.h"
#include "run.h"

/* Keys as the format writes them: the type string (2) and the length, then the letters. */
#define NODES          "\x4anode_count"
#define BITS           "\x4brecord_size"
#define MARKER         "\xab\xcd\xefMaxMind.com"
#define NODES_4        NODES "\xa1\x04" /* uint16 of one byte */
#define BITS_24        BITS "\xa1\x18"
#define BYTES(literal) (literal), sizeof(literal) - 1

/* Writes `zeros` bytes of tree and data, then `tail`, and has the file checked. */
static bool check_bytes(size_t zeros, const char *tail, size_t size, struct error *err)
{
    char path[] = "/tmp/telltale-metadata-XXXXXX";
    auto_close int file = mkstemp(path);
    ck_assert_int_ge(file, 0);
    auto_free char *content = mem_zeroed(zeros + size, 1);
    memcpy(content + zeros, tail, size);
    ck_assert_int_eq(write(file, content, zeros + size), (ssize_t)(zeros + size));
    *err = (struct error){{0}};
    bool good = metadata_check(path, err);
    ck_assert_int_eq(unlink(path), 0);
    if (!good)
        ck_assert_int_eq(strncmp(err->text, path, strlen(path)), 0);
    return good;
}

static void check_refused(size_t zeros, const char *tail, size_t size, const char *part)
{
    struct error err;
    ck_assert_msg(!check_bytes(zeros, tail, size, &err), "accepted where '%s' is wrong", part);
    ck_assert_msg(strstr(err.text, part) != NULL, "%s", err.text);
}

START_TEST(a_tree_that_fits_is_accepted)
{
    struct error err;
    /* 4 nodes of 6 bytes and the gap of 16: 40 bytes, and not one less. */
    ck_assert_msg(check_bytes(40, BYTES(MARKER "\xe2" NODES_4 BITS_24), &err), "%s", err.text);
    check_refused(39, BYTES(MARKER "\xe2" NODES_4 BITS_24), "claims 4 nodes in 81 bytes");
}
END_TEST

START_TEST(other_values_are_stepped_over)
{
    struct error err;
    /* A map in a map, an array, a boolean, a uint64, a double, a pointer, a string of 29 + 1. */
    ck_assert_msg(check_bytes(40,
                              BYTES(MARKER "\xea"
                                           "\x41"
                                           "a\xe1\x41x\xe1\x41y\x42zz"
                                           "\x41"
                                           "b\x02\x04\x42"
                                           "en\x42"
                                           "de"
                                           "\x41"
                                           "c\x01\x07"
                                           "\x41"
                                           "d\x04\x02\x01\x02\x03\x04"
                                           "\x41"
                                           "e\x68"
                                           "12345678"
                                           "\x41"
                                           "f\x28\x01\x02"
                                           "\x41"
                                           "g\x5d\x01"
                                           "123456789012345678901234567890"
                                           "\x41"
                                           "h\x40" BITS_24 NODES_4),
                              &err),
                  "%s", err.text);
}
END_TEST

START_TEST(the_last_marker_counts)
{
    struct error err;
    ck_assert_msg(
        check_bytes(40,
                    BYTES(MARKER "\xe2" NODES "\xa2\xff\xff" BITS_24 MARKER "\xe2" NODES_4 BITS_24),
                    &err),
        "%s", err.text);
    check_refused(40, BYTES(MARKER "\xe2" NODES_4 BITS_24 MARKER), "makes no sense");
}
END_TEST

START_TEST(the_first_entry_of_a_key_counts)
{
    check_refused(40, BYTES(MARKER "\xe3" NODES "\xa2\xff\xff" NODES_4 BITS_24),
                  "claims 65535 nodes");
}
END_TEST

START_TEST(what_can_be_read_in_two_ways_is_refused)
{
    check_refused(40, BYTES(MARKER "\xe2" NODES "\x20\x05" BITS_24), "makes no sense");
    check_refused(40, BYTES(MARKER "\xe2\x20\x05\xa1\x04" BITS_24), "makes no sense");
    check_refused(40,
                  BYTES(MARKER "\xe2" NODES "\x41"
                               "4" BITS_24),
                  "makes no sense");
    check_refused(40,
                  BYTES(MARKER "\xe2" NODES "\xa9"
                               "123456789" BITS_24),
                  "makes no sense");
}
END_TEST

START_TEST(missing_and_zero_numbers_are_refused)
{
    check_refused(40, BYTES(MARKER "\xe1" NODES_4), "makes no sense");
    check_refused(40, BYTES(MARKER "\xe1" BITS_24), "makes no sense");
    check_refused(40, BYTES(MARKER "\xe2" NODES "\xa0" BITS_24), "makes no sense");
    check_refused(40, BYTES(MARKER "\xe0"), "makes no sense");
    check_refused(40, BYTES(MARKER "\x41x"), "makes no sense");
    check_refused(40, BYTES(MARKER "\xe2" NODES_4 BITS "\xa1\x10"), "records of 16 bits");
}
END_TEST

START_TEST(every_cut_is_refused)
{
    static const char whole[] = MARKER "\xe2" NODES_4 BITS_24;
    struct error err;
    for (size_t size = 0; size < sizeof whole - 1; size++)
        ck_assert(!check_bytes(40, whole, size, &err));
    ck_assert(check_bytes(40, whole, sizeof whole - 1, &err));
}
END_TEST

START_TEST(huge_claims_do_not_overflow)
{
    check_refused(40, BYTES(MARKER "\xe2" NODES "\xc4\xff\xff\xff\xff" BITS_24),
                  "claims 4294967295 nodes");
    check_refused(40, BYTES(MARKER "\xe2" NODES "\x08\x02\xff\xff\xff\xff\xff\xff\xff\xff" BITS_24),
                  "claims 18446744073709551615 nodes");
    /* 0x2aaaaaab * 6 = 2^32 + 2, which is 2 in 32 bits. */
    check_refused(40, BYTES(MARKER "\xe2" NODES "\xc4\x2a\xaa\xaa\xab" BITS_24),
                  "claims 715827883 nodes");
    check_refused(40, BYTES(MARKER "\xff\xff\xff\xff" NODES_4 BITS_24), "makes no sense");
}
END_TEST

START_TEST(a_marker_far_from_the_end_is_not_seen)
{
    auto_free char *tail = mem_zeroed(200000, 1);
    memcpy(tail, MARKER, sizeof MARKER - 1);
    check_refused(40, tail, 200000, "no MaxMind-format database");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_tree_that_fits_is_accepted,
                                  other_values_are_stepped_over,
                                  the_last_marker_counts,
                                  the_first_entry_of_a_key_counts,
                                  what_can_be_read_in_two_ways_is_refused,
                                  missing_and_zero_numbers_are_refused,
                                  every_cut_is_refused,
                                  huge_claims_do_not_overflow,
                                  a_marker_far_from_the_end_is_not_seen,
                                  NULL};
    return run_suite(suite_of("geo_metadata", tests));
}
