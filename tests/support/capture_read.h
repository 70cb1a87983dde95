/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "capture/frame.h"
#include "capture/reader.h"

struct build;

enum {
    READING_FRAMES_MAX = 64,
    READING_NAMES_MAX = 512
};

/* What a reader made of a file in memory. */
struct reading {
    size_t count;                            /* frames */
    struct frame frames[READING_FRAMES_MAX]; /* the first ones; their data is gone */
    bool content_good;                       /* every frame's bytes count up from 0 */
    enum read_status status;
    struct error err;
    char names[READING_NAMES_MAX]; /* `address=name;` for each */
    uint64_t kernel_drops, interface_drops;
};

/* Reads a built file to its end, at most `step` bytes at a time. */
struct reading read_build(const struct build *build, size_t step);
/* The same for its first `size` bytes, of which a copy of exactly that size is made. */
struct reading read_build_cut(const struct build *build, size_t size, size_t step);
