/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>

#include "alert/event.h"

struct classify_counters;
struct contacts_counters;
struct decode_counters;
struct flow_counters;
struct names_counters;
struct pipeline_capture;
struct pipeline_counters;

enum {
    STATS_MAX = 256
};

/* Where the numbers of a `stats` event come from; all borrowed, none NULL. */
struct stats_sources {
    const struct pipeline_counters *pipeline;
    const struct pipeline_capture *capture;
    const struct decode_counters *decode;
    const struct flow_counters *flow;
    const struct classify_counters *classify;
    const struct names_counters *names;
    const struct contacts_counters *contacts;
};

/* Writes all counters in a fixed order and returns how many. */
size_t stats_collect(const struct stats_sources *sources, struct stat ret_stats[static STATS_MAX]);
