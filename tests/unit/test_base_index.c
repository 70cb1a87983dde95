/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <stdlib.h>

#include "base/index.h"
#include "base/memory.h"
#include "run.h"

static bool holds(const struct index *index, uint32_t hash, uint32_t number)
{
    uint32_t place = 0;
    uint32_t found = index_first(index, hash, &place);
    while (found != INDEX_NONE && found != number)
        found = index_next(index, hash, &place);
    return found == number;
}

START_TEST(what_was_added_is_found_and_nothing_else)
{
    struct index index;
    index_init(&index);
    uint32_t place = 0;
    ck_assert_uint_eq(index_first(&index, 5, &place), INDEX_NONE);
    index_add(&index, 5, 0);
    index_add(&index, 5, 7);
    index_add(&index, 6, 8);
    index_prefetch(&index, 5);
    ck_assert(holds(&index, 5, 0) && holds(&index, 5, 7) && holds(&index, 6, 8));
    ck_assert(!holds(&index, 5, 8));
    index_remove(&index, 5, 0);
    ck_assert(!holds(&index, 5, 0) && holds(&index, 5, 7) && holds(&index, 6, 8));
    ck_assert_uint_eq(index.count, 2);
    index_done(&index);
}
END_TEST

/* Against a plain array: few different hashes, at the end of the table too, so that runs collide
 * and wrap. */
START_TEST(random_changes_agree_with_a_plain_array)
{
    enum {
        NUMBERS = 600
    };
    static uint32_t hashes[NUMBERS];
    static bool present[NUMBERS];
    struct index index;
    index_init(&index);
    uint32_t state = 1;
    for (unsigned round = 0; round < 40000; round++) {
        state = state * 1664525U + 1013904223U;
        uint32_t number = (state >> 8) % NUMBERS;
        if (present[number]) {
            index_remove(&index, hashes[number], number);
        } else {
            hashes[number] = UINT32_MAX - 40 + (state >> 24) % 60;
            index_add(&index, hashes[number], number);
        }
        present[number] = !present[number];
        uint32_t other = (state >> 4) % NUMBERS;
        ck_assert(holds(&index, hashes[other], other) == present[other]);
    }
    for (uint32_t i = 0; i < NUMBERS; i++)
        ck_assert(holds(&index, hashes[i], i) == present[i]);
    index_done(&index);
}
END_TEST

START_TEST(it_grows_with_its_content_to_at_most_22_bytes_each)
{
    struct index index;
    index_init(&index);
    for (uint32_t i = 0; i < 100000; i++)
        index_add(&index, i * 2654435761U, i);
    for (uint32_t i = 0; i < 100000; i++)
        ck_assert(holds(&index, i * 2654435761U, i));
    ck_assert_uint_le(index_bytes(&index) / 100000, 22);
    index_done(&index);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {what_was_added_is_found_and_nothing_else,
                            random_changes_agree_with_a_plain_array,
                            it_grows_with_its_content_to_at_most_22_bytes_each, NULL};
    return run_suite(suite_of("base_index", tests));
}
