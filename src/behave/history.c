/* SPDX-License-Identifier: Apache-2.0 */
/* Times as 32-bit milliseconds after a base: a quarter of the memory of the full time stamps, and exact enough, because no
 * beat that a network shows is steadier than a millisecond.
 *
 * Invariants: (1) at_ms[] ascends; (2) base_ms is never after the oldest time; (3) count <= capacity <= HISTORY_MAX.
 * Rejected: deltas (a late wake-up would have to split one), a ring (late wake-ups go to their place, which wants one run). */
#include "behave/history.h"

#include <string.h>

#include "base/memory.h"
#include "base/time.h"

enum {
    CAPACITY_MIN = 4
};

struct history {
    int64_t base_ms;
    uint16_t capacity, count;
    uint32_t at_ms[];
};

static int64_t round_ms(int64_t ts_ns)
{
    int64_t half = ts_ns >= 0 ? NS_PER_MS / 2 : -NS_PER_MS / 2;
    return (ts_ns + half) / NS_PER_MS;
}

static void drop_oldest(struct history *history, uint16_t count)
{
    history->count = (uint16_t)(history->count - count);
    memmove(history->at_ms, history->at_ms + count, history->count * sizeof history->at_ms[0]);
}

/* Moves the base so that `at_ms` can be written after it, forgetting what is too far away from `at_ms`. */
static void move_base(struct history *history, int64_t at_ms)
{
    int64_t base_ms = at_ms;
    if (at_ms > history->base_ms) { /* ahead of the range: what is out of it goes */
        uint16_t gone = 0;
        while (gone < history->count &&
               at_ms - (history->base_ms + history->at_ms[gone]) > (int64_t)UINT32_MAX)
            gone++;
        drop_oldest(history, gone);
        if (history->count > 0)
            base_ms = history->base_ms + history->at_ms[0];
    }
    int64_t shift = history->base_ms - base_ms;
    for (uint16_t i = 0; i < history->count; i++)
        history->at_ms[i] = (uint32_t)((int64_t)history->at_ms[i] + shift);
    history->base_ms = base_ms;
}

static bool fits(const struct history *history, int64_t at_ms)
{
    return at_ms >= history->base_ms && at_ms - history->base_ms <= (int64_t)UINT32_MAX;
}

/* True where moving the base back to `at_ms` would push the newest time out of the range. */
static bool too_early(const struct history *history, int64_t at_ms)
{
    return at_ms < history->base_ms &&
           history->base_ms + history->at_ms[history->count - 1] - at_ms > (int64_t)UINT32_MAX;
}

static struct history *make(int64_t at_ms)
{
    struct history *history = mem_alloc(sizeof *history + CAPACITY_MIN * sizeof history->at_ms[0]);
    history->base_ms = at_ms;
    history->capacity = CAPACITY_MIN;
    history->count = 0;
    return history;
}

static struct history *make_room(struct history *history)
{
    if (history->count < history->capacity)
        return history;
    if (history->capacity == HISTORY_MAX) {
        drop_oldest(history, HISTORY_DROP);
        return history;
    }
    uint16_t capacity = (uint16_t)(history->capacity * 2);
    history = mem_resize(history, 1, sizeof *history + capacity * sizeof history->at_ms[0]);
    history->capacity = capacity;
    return history;
}

struct history *history_add(struct history *history, int64_t ts_ns)
{
    int64_t at_ms = round_ms(ts_ns);
    if (history == NULL)
        history = make(at_ms);
    bool full = history->count == HISTORY_MAX;
    if (history->count > 0 &&
        (too_early(history, at_ms) || (full && at_ms < history->base_ms + history->at_ms[0])))
        return history;
    history = make_room(history);
    if (!fits(history, at_ms))
        move_base(history, at_ms);
    uint32_t offset = (uint32_t)(at_ms - history->base_ms);
    uint16_t place = history->count;
    while (place > 0 && history->at_ms[place - 1] > offset)
        place--;
    memmove(history->at_ms + place + 1, history->at_ms + place,
            (size_t)(history->count - place) * sizeof history->at_ms[0]);
    history->at_ms[place] = offset;
    history->count++;
    return history;
}

size_t history_count(const struct history *history)
{
    return history != NULL ? history->count : 0;
}

size_t history_times(const struct history *history, int64_t ret_times_ns[static HISTORY_MAX])
{
    size_t count = history_count(history);
    for (size_t i = 0; i < count; i++)
        ret_times_ns[i] = (history->base_ms + history->at_ms[i]) * NS_PER_MS;
    return count;
}

int64_t history_oldest(const struct history *history)
{
    return (history->base_ms + history->at_ms[0]) * NS_PER_MS;
}

size_t history_bytes(const struct history *history)
{
    return history != NULL ? sizeof *history + history->capacity * sizeof history->at_ms[0] : 0;
}
