/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/* A window that moves over a regular file, mapped instead of read.  Not for threads. */
struct mapping {
    int descriptor; /* borrowed */
    bool active;    /* the file can be mapped; false once that failed */
    uint64_t next;  /* offset of the first byte after the window */
    void *base;     /* owned; NULL while nothing is mapped */
    size_t size;    /* bytes mapped */
};

/* Begins at the descriptor's offset; inactive where it is no regular file. */
void mapping_init(struct mapping *mapping, int descriptor);
void mapping_done(struct mapping *mapping);
/* Moves the window on; the last `left` bytes of the old one are the first of the new.  Returns the window, empty at the end of
 * the file and where it cannot be mapped (then no longer active); the old window stays valid in these two cases. */
struct bytes mapping_move(struct mapping *mapping, size_t left);
/* For a handler of SIGBUS: puts a page of 0xff where the file has lost one, which a reader takes for damage.  False where that
 * fails.  Safe in a signal handler. */
bool mapping_patch(void *address);
