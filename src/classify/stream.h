/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

enum {
    STREAM_RANGES_MAX = 8
};

/* The first bytes of one direction of a TCP connection, put in order.  Segments may come twice, out of order or
 * overlapping; where bytes differ, the first seen win.  Bytes beyond `limit` are dropped, so that memory is bounded;
 * more than STREAM_RANGES_MAX separate pieces are dropped too (nobody reorders like that by accident). */
struct stream {
    uint8_t *data; /* owned, grown on demand */
    uint32_t capacity;
    uint32_t limit;    /* bytes kept at most */
    uint32_t base_seq; /* sequence number of data[0] */
    bool based;        /* base_seq is known */
    bool fixed;        /* base_seq comes from a SYN: nothing can stand before it */
    uint8_t range_count;
    struct {
        uint32_t from, to;
    } ranges[STREAM_RANGES_MAX]; /* what has come, sorted, disjoint, not touching */
};

/* Makes an empty stream that keeps at most `limit` bytes; allocates nothing yet. */
void stream_init(struct stream *stream, uint32_t limit);
/* Releases its bytes and clears it. */
void stream_done(struct stream *stream);
/* The connection's SYN had sequence number `seq`: the first byte has seq + 1. */
void stream_syn(struct stream *stream, uint32_t seq);
/* Adds a segment; `zeros` more bytes followed on the wire that the capture cut off, and stand as zeros.  Without a SYN the
 * first segment sets the start; one that turns out to stand before it moves the start, within `limit`. */
void stream_add(struct stream *stream, uint32_t seq, const uint8_t *bytes, size_t size,
                size_t zeros);
/* Returns what is there without a gap from the start; borrowed until the next stream_ call. */
struct bytes stream_bytes(const struct stream *stream);
/* Drops `size` bytes from the start (at most what stream_bytes() gives) and moves the rest up. */
void stream_consume(struct stream *stream, size_t size);
/* True where a segment with this sequence number continues the bytes that are there, or would be the first. */
bool stream_continues(const struct stream *stream, uint32_t seq);
