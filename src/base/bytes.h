/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A cursor over bytes that nobody vouches for.
 *
 * Invariants: (1) no read passes `end`; (2) the first read that would, sets `bad` and moves the
 * cursor to the end, and nothing else sets it; (3) once bad, every read yields zeros and every slice is empty.  A parser
 * therefore reads a whole header without bounds arithmetic and checks `bad` once. */
struct bytes {
    const uint8_t *at;
    const uint8_t *end;
    bool bad;
};

static inline struct bytes bytes_of(const void *data, size_t size)
{
    const uint8_t *start = (const uint8_t *)data;
    return (struct bytes){.at = start, .end = start != NULL ? start + size : start, .bad = false};
}

static inline size_t bytes_left(const struct bytes *bytes)
{
    return (size_t)(bytes->end - bytes->at);
}

/* Makes the cursor bad, for a parser that has read what cannot be. */
static inline void bytes_spoil(struct bytes *bytes)
{
    bytes->bad = true;
    bytes->at = bytes->end;
}

/* Returns the next `size` bytes and steps over them, or NULL (and goes bad) where fewer are left.
 */
static inline const uint8_t *bytes_take(struct bytes *bytes, size_t size)
{
    /* A bad one has nothing left, so that only nothing can be asked of it in vain. */
    if (size > (size_t)(bytes->end - bytes->at) || (size == 0 && bytes->bad)) {
        bytes_spoil(bytes);
        return NULL;
    }
    const uint8_t *here = bytes->at;
    if (size > 0) /* a NULL cursor must not be moved, not even by nothing */
        bytes->at += size;
    return here;
}

static inline void bytes_skip(struct bytes *bytes, size_t size)
{
    (void)bytes_take(bytes, size);
}

/* Returns a cursor over the next `size` bytes and steps over them; bad where fewer are left. */
static inline struct bytes bytes_slice(struct bytes *bytes, size_t size)
{
    const uint8_t *here = bytes_take(bytes, size);
    struct bytes slice = {.at = here, .end = here != NULL ? here + size : here, .bad = bytes->bad};
    return slice;
}

/* As bytes_slice(), but takes what there is where fewer than `size` bytes are left. */
static inline struct bytes bytes_slice_upto(struct bytes *bytes, size_t size)
{
    size_t left = bytes_left(bytes);
    return bytes_slice(bytes, size < left ? size : left);
}

static inline uint8_t bytes_u8(struct bytes *bytes)
{
    const uint8_t *p = bytes_take(bytes, 1);
    return p != NULL ? p[0] : 0;
}

static inline uint16_t bytes_be16(struct bytes *bytes)
{
    const uint8_t *p = bytes_take(bytes, 2);
    return p != NULL ? (uint16_t)((unsigned)p[0] << 8 | p[1]) : 0;
}

static inline uint32_t bytes_be24(struct bytes *bytes)
{
    const uint8_t *p = bytes_take(bytes, 3);
    return p != NULL ? (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2] : 0;
}

static inline uint32_t bytes_be32(struct bytes *bytes)
{
    const uint8_t *p = bytes_take(bytes, 4);
    return p != NULL ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3] : 0;
}

static inline uint64_t bytes_be64(struct bytes *bytes)
{
    uint64_t high = bytes_be32(bytes);
    uint64_t low = bytes_be32(bytes);
    return high << 32 | low;
}

static inline uint16_t bytes_le16(struct bytes *bytes)
{
    const uint8_t *p = bytes_take(bytes, 2);
    return p != NULL ? (uint16_t)((unsigned)p[1] << 8 | p[0]) : 0;
}

static inline uint32_t bytes_le32(struct bytes *bytes)
{
    const uint8_t *p = bytes_take(bytes, 4);
    return p != NULL ? (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0] : 0;
}

static inline uint64_t bytes_le64(struct bytes *bytes)
{
    uint64_t low = bytes_le32(bytes);
    uint64_t high = bytes_le32(bytes);
    return high << 32 | low;
}

/* Returns byte `index` from here without moving, or 0 past the end (does not go bad). */
static inline uint8_t bytes_peek(const struct bytes *bytes, size_t index)
{
    return index < (size_t)(bytes->end - bytes->at) ? bytes->at[index] : 0;
}
