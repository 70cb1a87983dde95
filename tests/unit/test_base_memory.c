/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "run.h"

START_TEST(sizes_of_nothing_still_give_memory)
{
    auto_free void *a = mem_alloc(0);
    auto_free void *b = mem_zeroed(0, 8);
    auto_free void *c = mem_resize(NULL, 0, 8);
    auto_free void *d = mem_copy(NULL, 0);
    ck_assert_ptr_nonnull(a);
    ck_assert_ptr_nonnull(b);
    ck_assert_ptr_nonnull(c);
    ck_assert_ptr_nonnull(d);
}
END_TEST

START_TEST(copies_are_whole_and_terminated)
{
    auto_free char *a = mem_copy("abcd", 5);
    auto_free char *b = mem_text("hello");
    auto_free char *c = mem_text_n("hello", 4);
    auto_free char *d = mem_text_n(NULL, 0);
    ck_assert_str_eq(a, "abcd");
    ck_assert_str_eq(b, "hello");
    ck_assert_str_eq(c, "hell");
    ck_assert_str_eq(d, "");
    ck_assert_ptr_null(mem_text(NULL));
}
END_TEST

START_TEST(zeroed_and_resized_memory_keeps_its_content)
{
    auto_free uint32_t *words = mem_zeroed(4, sizeof *words);
    for (size_t i = 0; i < 4; i++)
        ck_assert_uint_eq(words[i], 0);
    words[3] = 7;
    words = mem_resize(words, 1000, sizeof *words);
    ck_assert_uint_eq(words[3], 7);
}
END_TEST

START_TEST(aligned_memory_is_aligned)
{
    auto_free void *line = mem_aligned(64, 192);
    ck_assert_uint_eq((uintptr_t)line % 64, 0);
    memset(line, 1, 192);
}
END_TEST

START_TEST(descriptor_is_closed_at_the_end_of_its_scope)
{
    int kept = -1;
    {
        auto_close int descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC);
        auto_close int none = -1;
        kept = descriptor;
        ck_assert_int_ge(kept, 0);
        ck_assert_int_eq(none, -1);
    }
    ck_assert_int_eq(fcntl(kept, F_GETFD), -1);
}
END_TEST

/* Under the sanitizers this needs allocator_may_return_null=1, which the test environment sets. */
START_TEST(running_out_of_memory_aborts)
{
    volatile size_t half = SIZE_MAX / 2;
    (void)mem_resize(NULL, half, 16);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {
        sizes_of_nothing_still_give_memory,           copies_are_whole_and_terminated,
        zeroed_and_resized_memory_keeps_its_content,  aligned_memory_is_aligned,
        descriptor_is_closed_at_the_end_of_its_scope, NULL};
    Suite *suite = suite_of("base_memory", tests);
    TCase *aborting = tcase_create("abort");
    tcase_add_test_raise_signal(aborting, running_out_of_memory_aborts, SIGABRT);
    suite_add_tcase(suite, aborting);
    return run_suite(suite);
}
