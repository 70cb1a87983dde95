/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdatomic.h>

#include "capture/capture.h"

struct error;
struct frame;
struct report;

/* Frames from one interface, through libpcap. */
struct live;

/* See capture_open_live(); `report` and `stop` are borrowed. */
struct live *live_open(const char *interface, const struct capture_options *options,
                       struct report *report, const atomic_bool *stop, struct error *err);
void live_close(struct live *live);
/* Gives the next frame, all but its number, or an idle one. */
enum capture_status live_next(struct live *live, struct frame *ret_frame);
/* Brings the kernel's counters in the report up to date. */
void live_count(struct live *live);
