/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "run.h"

START_TEST(arena_keeps_equal_texts_once)
{
    struct arena *arena = arena_new();
    const char *first = arena_text(arena, "example", 7);
    ck_assert_ptr_eq(arena_text(arena, "example.com", 7), first);
    ck_assert_ptr_ne(arena_text(arena, "example.com", 11), first);
    ck_assert_ptr_eq(arena_text(arena, "example\0hidden", 14), first);
    ck_assert_str_eq(arena_text(arena, "", 0), "");
    arena_free(arena);
    arena_free(NULL);
}
END_TEST

START_TEST(arena_holds_many_and_large_pieces)
{
    struct arena *arena = arena_new();
    const char *texts[2000];
    char text[16];
    for (int i = 0; i < 2000; i++) {
        int length = snprintf(text, sizeof text, "t%d", i);
        texts[i] = arena_text(arena, text, (size_t)length);
        uint64_t *piece = arena_zeroed(arena, 3, sizeof *piece);
        ck_assert_uint_eq((uintptr_t)piece % 8, 0);
        ck_assert_uint_eq(piece[0] | piece[1] | piece[2], 0);
        piece[2] = UINT64_MAX;
    }
    char *large = arena_zeroed(arena, 1, 1 << 20);
    large[(1 << 20) - 1] = 1;
    for (int i = 0; i < 2000; i++) {
        (void)snprintf(text, sizeof text, "t%d", i);
        ck_assert_str_eq(texts[i], text);
    }
    ck_assert_uint_ge(arena_bytes(arena), 1 << 20);
    arena_settle(arena);
    ck_assert_str_eq(texts[1999], "t1999");
    arena_free(arena);
}
END_TEST

START_TEST(arena_copies_texts_as_they_are)
{
    struct arena *arena = arena_new();
    const char *first = arena_copy(arena, "example.com", 7);
    ck_assert_str_eq(first, "example");
    ck_assert_ptr_ne(arena_copy(arena, "example", 7), first);
    ck_assert_int_eq(memcmp(arena_copy(arena, "a\0b", 3), "a\0b", 4), 0);
    arena_free(arena);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {arena_keeps_equal_texts_once, arena_holds_many_and_large_pieces,
                                  arena_copies_texts_as_they_are, NULL};
    return run_suite(suite_of("base_arena", tests));
}
