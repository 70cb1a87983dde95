/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <string.h>

#include "run.h"
#include "sink/queue.h"

static size_t push(struct queue *queue, const char *line, uint32_t pending)
{
    return queue_push(queue, line, strlen(line), pending);
}

static bool is_first(const struct queue *queue, const char *line)
{
    return queue->first != NULL && queue->first->length == strlen(line) &&
           memcmp(queue->first->line, line, strlen(line)) == 0;
}

START_TEST(oldest_makes_room)
{
    struct queue queue = {.bytes_max = 3 * (sizeof(struct queue_event) + 2)};
    ck_assert_uint_eq(push(&queue, "e1", 1), 0);
    ck_assert_uint_eq(push(&queue, "e2", 1), 0);
    ck_assert_uint_eq(push(&queue, "e3", 1), 0);
    ck_assert_uint_eq(push(&queue, "e4", 1), 1);
    ck_assert(is_first(&queue, "e2"));
    ck_assert_uint_eq(queue.count, 3);
    ck_assert_uint_le(queue.bytes, queue.bytes_max);
    ck_assert_uint_eq(push(&queue, "two times as long as before", 1), 2);
    ck_assert(is_first(&queue, "e4"));
    queue_done(&queue);
    ck_assert_uint_eq(queue.bytes, 0);
}
END_TEST

START_TEST(what_is_larger_than_the_bound_is_not_taken)
{
    struct queue queue = {.bytes_max = sizeof(struct queue_event) + 3};
    ck_assert_uint_eq(push(&queue, "abc", 1), 0);
    ck_assert_uint_eq(push(&queue, "abcd", 1), 1);
    ck_assert(is_first(&queue, "abc"));
    ck_assert_uint_eq(queue.count, 1);
    queue_done(&queue);
}
END_TEST

START_TEST(sweep_takes_the_confirmed_and_keeps_the_order)
{
    struct queue queue = {.bytes_max = 10000};
    uint64_t written = 0, bytes = 0, lost = 0;
    (void)push(&queue, "a", 1);
    (void)push(&queue, "bb", 0);
    (void)push(&queue, "c", 2);
    (void)push(&queue, "d", 0);
    (void)push(&queue, "e", 0);
    queue.first->next->next->next->lost = 1;
    queue_sweep(&queue, 4, &written, &bytes, &lost);
    ck_assert_uint_eq(written, 1);
    ck_assert_uint_eq(bytes, 2);
    ck_assert_uint_eq(lost, 1);
    ck_assert_uint_eq(queue.count, 3);
    ck_assert(is_first(&queue, "a"));
    ck_assert_int_eq(queue.first->next->line[0], 'c');
    ck_assert_int_eq(queue.last->line[0], 'e');
    queue_sweep(&queue, 9, &written, &bytes, &lost);
    ck_assert_uint_eq(written, 2);
    ck_assert_int_eq(queue.last->line[0], 'c');
    (void)push(&queue, "f", 1);
    ck_assert_int_eq(queue.first->next->next->line[0], 'f');
    queue_done(&queue);
}
END_TEST

START_TEST(emptied_queue_takes_again)
{
    struct queue queue = {.bytes_max = 10000};
    uint64_t written = 0, bytes = 0, lost = 0;
    (void)push(&queue, "a", 0);
    queue_sweep(&queue, 1, &written, &bytes, &lost);
    ck_assert_ptr_null(queue.first);
    ck_assert_ptr_null(queue.last);
    ck_assert_uint_eq(queue.bytes, 0);
    (void)push(&queue, "b", 1);
    ck_assert(is_first(&queue, "b"));
    queue_done(&queue);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {oldest_makes_room, what_is_larger_than_the_bound_is_not_taken,
                                  sweep_takes_the_confirmed_and_keeps_the_order,
                                  emptied_queue_takes_again, NULL};
    return run_suite(suite_of("sink_queue", tests));
}
