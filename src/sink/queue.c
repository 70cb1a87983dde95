/* SPDX-License-Identifier: Apache-2.0 */
/* The queue of unconfirmed events: a linked list, because an event in the middle can be confirmed
 * while an older one has to wait (a server out of memory refuses some writes and takes others).  A
 * ring of bytes would be denser, and could not let go of the middle. */
#include "sink/queue.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static uint64_t event_cost(size_t length)
{
    return sizeof(struct queue_event) + length;
}

static void queue_drop_first(struct queue *queue)
{
    struct queue_event *event = queue->first;
    queue->first = event->next;
    if (queue->first == NULL)
        queue->last = NULL;
    queue->count--;
    queue->bytes -= event_cost(event->length);
    free(event);
}

size_t queue_push(struct queue *queue, const char *line, size_t length, uint32_t pending)
{
    uint64_t cost = event_cost(length);
    if (cost > queue->bytes_max)
        return 1;
    size_t dropped = 0;
    for (; queue->bytes + cost > queue->bytes_max; dropped++)
        queue_drop_first(queue);
    struct queue_event *event = mem_alloc(sizeof *event + length);
    *event = (struct queue_event){.pending = pending, .length = length};
    if (length > 0)
        memcpy(event->line, line, length);
    if (queue->last != NULL)
        queue->last->next = event;
    else
        queue->first = event;
    queue->last = event;
    queue->count++;
    queue->bytes += cost;
    return dropped;
}

void queue_sweep(struct queue *queue, size_t count, uint64_t *ret_written, uint64_t *ret_bytes,
                 uint64_t *ret_lost)
{
    struct queue_event **link = &queue->first;
    struct queue_event *kept = NULL;
    for (size_t i = 0; i < count && *link != NULL; i++) {
        struct queue_event *event = *link;
        if (event->pending != 0) {
            kept = event;
            link = &event->next;
            continue;
        }
        *ret_written += event->lost == 0;
        *ret_lost += event->lost != 0;
        *ret_bytes += event->lost == 0 ? event->length : 0;
        *link = event->next;
        if (queue->last == event)
            queue->last = kept;
        queue->count--;
        queue->bytes -= event_cost(event->length);
        free(event);
    }
}

void queue_done(struct queue *queue)
{
    while (queue->first != NULL)
        queue_drop_first(queue);
}
