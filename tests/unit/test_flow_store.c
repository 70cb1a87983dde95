/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/store.h"
#include "run.h"

static const uint32_t none = (uint32_t)FLOW_NONE;

START_TEST(slots_are_clean_aligned_and_used_again_last_first)
{
    struct flow_store store;
    flow_store_init(&store);
    uint32_t a = 9, b = 9, c = 9;
    struct flow_slot *slot = flow_store_take(&store, &a);
    slot->flow.id = 5;
    (void)flow_store_take(&store, &b);
    ck_assert_uint_eq(a, 0);
    ck_assert_uint_eq(b, 1);
    ck_assert_uint_eq((uintptr_t)slot % 64, 0);
    flow_store_give(&store, b);
    flow_store_give(&store, a);
    ck_assert_ptr_eq(flow_store_take(&store, &c), slot);
    ck_assert_uint_eq(c, a);
    ck_assert_uint_eq(slot->flow.id, 0);
    (void)flow_store_take(&store, &c);
    ck_assert_uint_eq(c, b);
    flow_store_done(&store);
}
END_TEST

START_TEST(slots_do_not_move_when_chunks_are_added)
{
    struct flow_store store;
    flow_store_init(&store);
    uint32_t number = 0;
    struct flow_slot *first = flow_store_take(&store, &number);
    for (uint32_t i = 1; i < 3 * FLOW_CHUNK; i++)
        (void)flow_store_take(&store, &number);
    ck_assert_ptr_eq(flow_store_at(&store, 0), first);
    ck_assert_uint_eq(number, 3 * FLOW_CHUNK - 1);
    ck_assert_uint_eq(flow_store_bytes(&store), 3 * (FLOW_CHUNK * 192 + 8));
    flow_store_done(&store);
}
END_TEST

START_TEST(lists_keep_the_order_of_linking)
{
    struct flow_store store;
    flow_store_init(&store);
    uint32_t numbers[4];
    for (int i = 0; i < 4; i++) {
        flow_store_take(&store, &numbers[i])->class = FLOW_CLASS_UDP;
        flow_store_link(&store, numbers[i]);
    }
    ck_assert_uint_eq(store.oldest[FLOW_CLASS_UDP], 0);
    ck_assert_uint_eq(store.newest[FLOW_CLASS_UDP], 3);
    flow_store_unlink(&store, 1); /* middle, ends, the last one */
    ck_assert_uint_eq(flow_store_at(&store, 0)->newer, 2);
    ck_assert_uint_eq(flow_store_at(&store, 2)->older, 0);
    flow_store_unlink(&store, 0);
    ck_assert_uint_eq(store.oldest[FLOW_CLASS_UDP], 2);
    flow_store_unlink(&store, 3);
    ck_assert_uint_eq(store.newest[FLOW_CLASS_UDP], 2);
    flow_store_unlink(&store, 2);
    ck_assert_uint_eq(store.oldest[FLOW_CLASS_UDP], none);
    ck_assert_uint_eq(store.newest[FLOW_CLASS_UDP], none);
    flow_store_done(&store);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {slots_are_clean_aligned_and_used_again_last_first,
                            slots_do_not_move_when_chunks_are_added,
                            lists_keep_the_order_of_linking, NULL};
    return run_suite(suite_of("flow_store", tests));
}
