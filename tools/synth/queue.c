/* SPDX-License-Identifier: Apache-2.0 */
/* A binary heap of events.  Order is total (time, then insertion), so the output does not depend on
 * how the heap happens to lie.  Cost: 32 bytes and O(log n) an event. */
#include "queue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct queue {
    struct event *events; /* heap: a parent is never later than its children */
    size_t count, capacity, peak;
    uint64_t next_order;
};

struct queue *queue_new(void)
{
    return mem_zeroed(1, sizeof(struct queue));
}

void queue_free(struct queue *queue)
{
    if (queue == NULL)
        return;
    for (size_t i = 0; i < queue->count; i++)
        free(queue->events[i].frame);
    free(queue->events);
    free(queue);
}

static bool earlier(const struct event *a, const struct event *b)
{
    return a->ts_ns != b->ts_ns ? a->ts_ns < b->ts_ns : a->order < b->order;
}

static void add(struct queue *queue, struct event event)
{
    if (queue->count == queue->capacity) {
        queue->capacity = queue->capacity > 0 ? queue->capacity * 2 : 256;
        queue->events = mem_resize(queue->events, queue->capacity, sizeof *queue->events);
    }
    event.order = queue->next_order++;
    size_t at = queue->count++;
    while (at > 0 && earlier(&event, &queue->events[(at - 1) / 2])) {
        queue->events[at] = queue->events[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    queue->events[at] = event;
    if (queue->count > queue->peak)
        queue->peak = queue->count;
}

void queue_add_frame(struct queue *queue, int64_t ts_ns, uint32_t interface, const void *bytes,
                     size_t size)
{
    assert(size <= UINT32_MAX);
    struct frame_out *frame = mem_alloc(sizeof *frame + size);
    frame->interface = interface;
    frame->size = (uint32_t)size;
    memcpy(frame->bytes, bytes, size);
    add(queue, (struct event){.ts_ns = ts_ns, .frame = frame});
}

void queue_add_wake(struct queue *queue, int64_t ts_ns, size_t generator)
{
    add(queue, (struct event){.ts_ns = ts_ns, .generator = generator});
}

bool queue_take(struct queue *queue, struct event *ret_event)
{
    if (queue->count == 0)
        return false;
    *ret_event = queue->events[0];
    struct event last = queue->events[--queue->count];
    size_t at = 0;
    for (size_t child = 1; child < queue->count; child = 2 * at + 1) {
        if (child + 1 < queue->count && earlier(&queue->events[child + 1], &queue->events[child]))
            child++;
        if (!earlier(&queue->events[child], &last))
            break;
        queue->events[at] = queue->events[child];
        at = child;
    }
    if (queue->count > 0)
        queue->events[at] = last;
    return true;
}

size_t queue_peak(const struct queue *queue)
{
    return queue->peak;
}
