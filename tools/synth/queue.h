/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A finished frame on its way to the file. */
struct frame_out {
    uint32_t interface; /* index in the capture's list */
    uint32_t size;
    uint8_t bytes[];
};

/* What happens at one moment: a frame passes the capture point, or a generator wakes. */
struct event {
    int64_t ts_ns;
    uint64_t order;          /* of insertion: decides between equal times */
    struct frame_out *frame; /* owned; NULL: a generator wakes */
    size_t generator;
};

/* Events by time.  Holds what is under way at one moment, not the whole capture: a generator that
 * wakes puts in the frames of one conversation and its own next start. */
struct queue;

struct queue *queue_new(void);
void queue_free(struct queue *queue);
/* Copies `size` bytes into an event at `ts_ns`. */
void queue_add_frame(struct queue *queue, int64_t ts_ns, uint32_t interface, const void *bytes,
                     size_t size);
void queue_add_wake(struct queue *queue, int64_t ts_ns, size_t generator);
/* Takes the earliest event out; the caller frees its frame.  False where none is left. */
bool queue_take(struct queue *queue, struct event *ret_event);
/* Returns the largest number of events that were in the queue at once. */
size_t queue_peak(const struct queue *queue);
