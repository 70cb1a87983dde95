/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct unpack;

enum {
    SOURCE_BLOCK = 512 * 1024,                /* bytes of one read(2) */
    SOURCE_NEED_MAX = SOURCE_BLOCK + 4 * 1024 /* most bytes that can be asked for in one piece */
};

/* Why no more bytes come. */
enum source_state {
    SOURCE_OPEN, /* they may still come */
    SOURCE_END,
    SOURCE_TRUNCATED, /* the compressed data is cut */
    SOURCE_DAMAGED,   /* the compressed data is wrong; see `reason` */
    SOURCE_FAILED,    /* read(2) failed; see `reason` */
    SOURCE_STOPPED    /* the stop flag was set */
};

/* The unpacked bytes of one input, of which a window lies in memory: a file, a pipe, or (for tests)
 * bytes in memory; plain, gzip or zstd.  Readers take from `window` through the checked cursor and
 * call source_need() when it holds too little.  Not for threads. */
struct source {
    struct bytes window;     /* what was read and not yet taken */
    enum source_state state; /* SOURCE_OPEN while more may come */
    uint64_t raw_bytes;      /* bytes read from the input, before unpacking */
    const char *packing;     /* `gzip`, `zstd`, or NULL */
    const char *reason;      /* static text with SOURCE_DAMAGED and SOURCE_FAILED */

    /* The rest is for source.c. */
    const atomic_bool *stop; /* borrowed, may be NULL */
    int descriptor;          /* owned; -1 for memory */
    bool waits;              /* a pipe or the like: wait so that the stop flag is seen */
    struct bytes memory;     /* what source_open_memory() was given */
    size_t step;             /* most bytes of one read */
    uint8_t *buffer;         /* owned; the window lies in it */
    uint8_t *packed_buffer;  /* owned; NULL where the input is plain */
    struct bytes packed;     /* read and not yet unpacked */
    struct unpack *unpack;   /* owned; NULL where the input is plain */
};

/* Begins to read from `descriptor`, which is taken (closed by source_close()), and looks at the first
 * bytes for compression.  `stop` may be NULL; reading ends soon after it becomes true.  Cannot fail: what read(2) says stands in `state`. */
void source_open(struct source *source, int descriptor, const atomic_bool *stop);
/* The same from `size` bytes, which are borrowed, at most `step` (1 to SOURCE_BLOCK) at a time. */
void source_open_memory(struct source *source, const void *data, size_t size, size_t step);
void source_close(struct source *source);

/* Makes the window at least `size` (at most SOURCE_NEED_MAX) bytes long; earlier pointers into it die
 * when bytes must be read.  False where the input has fewer; `state` then says why. */
bool source_need(struct source *source, size_t size);
/* Steps over `size` bytes; false where the input has fewer. */
bool source_skip(struct source *source, uint64_t size);
