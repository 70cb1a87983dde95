/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Bytes out and in of one pair, in windows: a window is one spell of activity, ended by VOLUME_PAUSE_NS without any or after
 * VOLUME_SPAN_NS.  Tells an upload from what the pair usually sends. */
#define VOLUME_PAUSE_NS (INT64_C(300) * 1000000000)
#define VOLUME_SPAN_NS  (INT64_C(3600) * 1000000000)

struct volume {
    int64_t from_ns, last_ns; /* of the window that is open */
    uint64_t bytes_out, bytes_in;
    double usual_out; /* moving average over earlier windows without an upload */
    uint32_t windows; /* that it was made of */
    bool told;        /* this window was an upload already */
};

/* What counts as an upload; depends on what the service is for. */
struct volume_limits {
    uint64_t bytes_out; /* at least so much in one window, */
    double ratio;       /* so many times what came in, */
    double unusual;     /* and so many times what is usual, where that is known */
};

/* Adds payload bytes at `ts_ns`.  True where this makes the open window an upload, once for each window. */
bool volume_add(struct volume *volume, int64_t ts_ns, uint64_t bytes_out, uint64_t bytes_in,
                const struct volume_limits *limits);
