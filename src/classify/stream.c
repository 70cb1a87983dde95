/* SPDX-License-Identifier: Apache-2.0 */
/* Reassembly of the start of a TCP direction.
 *
 * Only flows whose handshake does not fit into one segment get one; most never do.  The ranges say which
 * bytes have come; the first range, where it starts at 0, is what a reader may see.  All arithmetic on
 * sequence numbers is modulo 2^32 (RFC 9293 section 3.4), with distances taken as signed. */
#include "classify/stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum {
    FIRST_CAPACITY = 2048
};

void stream_init(struct stream *stream, uint32_t limit)
{
    *stream = (struct stream){.limit = limit};
}

void stream_done(struct stream *stream)
{
    free(stream->data);
    *stream = (struct stream){0};
}

void stream_syn(struct stream *stream, uint32_t seq)
{
    if (stream->based) /* a SYN that comes again may come after bytes that are consumed already */
        return;
    stream->base_seq = seq + 1;
    stream->based = true;
    stream->fixed = true;
}

static void reserve(struct stream *stream, uint32_t size)
{
    if (size <= stream->capacity)
        return;
    uint32_t capacity = stream->capacity > 0 ? stream->capacity : FIRST_CAPACITY;
    while (capacity < size)
        capacity *= 2;
    stream->data = mem_resize(stream->data, capacity, 1);
    stream->capacity = capacity;
}

/* Moves everything up by `distance` to make room in front. */
static void rebase(struct stream *stream, uint32_t distance)
{
    uint32_t used = stream->ranges[stream->range_count - 1].to;
    if (used + distance > stream->limit)
        return;
    reserve(stream, used + distance);
    memmove(stream->data + distance, stream->data, used);
    for (unsigned i = 0; i < stream->range_count; i++) {
        stream->ranges[i].from += distance;
        stream->ranges[i].to += distance;
    }
    stream->base_seq -= distance;
}

/* Copies `from`..`to` of the stream where nothing has come yet; `bytes` stands for stream offset `start`. */
static void fill(struct stream *stream, uint32_t from, uint32_t to, const uint8_t *bytes,
                 uint32_t start, uint32_t known)
{
    uint32_t bytes_end = start + known;
    if (from < bytes_end) {
        uint32_t end = to < bytes_end ? to : bytes_end;
        memcpy(stream->data + from, bytes + (from - start), end - from);
        from = end;
    }
    if (from < to)
        memset(stream->data + from, 0, to - from);
}

/* Writes the new bytes around the ranges that are already there, so that the first seen stay. */
static void fill_gaps(struct stream *stream, uint32_t from, uint32_t to, const uint8_t *bytes,
                      uint32_t known)
{
    uint32_t at = from;
    for (unsigned i = 0; i < stream->range_count && at < to; i++) {
        if (stream->ranges[i].to <= at)
            continue;
        uint32_t gap_end = stream->ranges[i].from < to ? stream->ranges[i].from : to;
        if (gap_end > at)
            fill(stream, at, gap_end, bytes, from, known);
        at = stream->ranges[i].to;
    }
    if (at < to)
        fill(stream, at, to, bytes, from, known);
}

/* Merges `from`..`to` into the ranges.  False where there is no room for one more. */
static bool merge(struct stream *stream, uint32_t from, uint32_t to)
{
    unsigned first = 0;
    while (first < stream->range_count && stream->ranges[first].to < from)
        first++;
    unsigned past = first;
    while (past < stream->range_count && stream->ranges[past].from <= to) {
        if (stream->ranges[past].from < from)
            from = stream->ranges[past].from;
        if (stream->ranges[past].to > to)
            to = stream->ranges[past].to;
        past++;
    }
    if (past == first && stream->range_count == STREAM_RANGES_MAX)
        return false;
    memmove(&stream->ranges[first + 1], &stream->ranges[past],
            (stream->range_count - past) * sizeof stream->ranges[0]);
    stream->range_count = (uint8_t)(stream->range_count + 1 - (past - first));
    stream->ranges[first].from = from;
    stream->ranges[first].to = to;
    return true;
}

void stream_add(struct stream *stream, uint32_t seq, const uint8_t *bytes, size_t size,
                size_t zeros)
{
    if (size + zeros == 0)
        return;
    if (!stream->based) {
        stream->base_seq = seq;
        stream->based = true;
    }
    int32_t distance = (int32_t)(seq - stream->base_seq);
    if (distance < 0 && !stream->fixed && stream->range_count > 0 &&
        distance > -(int32_t)stream->limit) {
        rebase(stream, (uint32_t)-distance);
        distance = (int32_t)(seq - stream->base_seq);
    }
    uint64_t total = (uint64_t)size + zeros;
    if (distance < 0) {
        uint32_t before = (uint32_t)-distance;
        if (total <= before)
            return;
        bytes += before < size ? before : size;
        size -= before < size ? before : size;
        total -= before;
        distance = 0;
    }
    uint32_t from = (uint32_t)distance;
    if (from >= stream->limit)
        return;
    uint32_t room = stream->limit - from;
    uint32_t to = from + (uint32_t)(total < room ? total : room);
    uint32_t known = (uint32_t)(size < room ? size : room);
    if (stream->range_count == STREAM_RANGES_MAX && from > stream->ranges[STREAM_RANGES_MAX - 1].to)
        return;
    reserve(stream, to);
    fill_gaps(stream, from, to, bytes, known);
    (void)merge(stream, from, to);
}

struct bytes stream_bytes(const struct stream *stream)
{
    bool some = stream->range_count > 0 && stream->ranges[0].from == 0;
    return bytes_of(stream->data, some ? stream->ranges[0].to : 0);
}

void stream_consume(struct stream *stream, size_t size)
{
    if (size == 0 || stream->range_count == 0)
        return;
    uint32_t distance = (uint32_t)size;
    uint32_t used = stream->ranges[stream->range_count - 1].to;
    memmove(stream->data, stream->data + distance, used - distance);
    for (unsigned i = 0; i < stream->range_count; i++) {
        stream->ranges[i].from -= i == 0 ? 0 : distance;
        stream->ranges[i].to -= distance;
    }
    if (stream->ranges[0].to == 0) {
        stream->range_count--;
        memmove(&stream->ranges[0], &stream->ranges[1],
                stream->range_count * sizeof stream->ranges[0]);
    }
    stream->base_seq += distance;
    stream->fixed = true;
}

bool stream_continues(const struct stream *stream, uint32_t seq)
{
    if (!stream->based)
        return true;
    struct bytes there = stream_bytes(stream);
    return seq == stream->base_seq + (uint32_t)bytes_left(&there);
}
