/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* One event on its way to a server. */
struct queue_event {
    struct queue_event *next;
    uint32_t pending; /* bits of the modes that have not confirmed it */
    uint32_t lost;    /* bits of the modes that refused it for good */
    size_t length;
    char line[]; /* `length` bytes */
};

/* Events that no server has confirmed, oldest first, bounded in memory.  This is the place where a
 * spool on disk would take what does not fit. */
struct queue {
    struct queue_event *first, *last;
    size_t count;
    uint64_t bytes, bytes_max; /* overhead included */
};

/* Adds one event that waits for the modes of `pending`; the oldest make room.  Returns how many
 * events were dropped: the new one itself where it is larger than the bound. */
size_t queue_push(struct queue *queue, const char *line, size_t length, uint32_t pending);
/* Of the oldest `count` events, removes those that wait for no mode any more.  Adds to the results
 * how many of them every mode confirmed, their bytes, and how many a mode refused. */
void queue_sweep(struct queue *queue, size_t count, uint64_t *ret_written, uint64_t *ret_bytes,
                 uint64_t *ret_lost);
void queue_done(struct queue *queue);
