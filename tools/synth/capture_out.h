/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/addr.h"

struct error;
struct frame_out;

enum {
    CAPTURE_INTERFACES_MAX = 8,
    CAPTURE_STEPS_MAX = 16
};

/* LINKTYPE values (https://www.tcpdump.org/linktypes.html). */
enum link_type {
    LINK_NULL = 0,
    LINK_ETHERNET = 1,
    LINK_PPP = 9,
    LINK_RAW = 101,
    LINK_LOOP = 108,
    LINK_SLL = 113,
    LINK_SLL2 = 276
};

struct capture_interface {
    const char *name; /* borrowed from the scenario */
    enum link_type link;
};

/* From `at_ns` on, the capture's clock is `by_ns` further ahead (negative: behind). */
struct clock_step {
    int64_t at_ns, by_ns;
};

struct capture_name {
    struct addr addr;
    const char *name; /* borrowed from the scenario */
};

/* How the file is to be written. */
struct capture_plan {
    struct capture_interface interfaces[CAPTURE_INTERFACES_MAX];
    unsigned interface_count; /* at least 1 */
    bool nanoseconds;
    uint32_t snaplen;
    struct clock_step steps[CAPTURE_STEPS_MAX];
    unsigned step_count;
    struct capture_name *names; /* owned by the scenario: the pcapng name resolution block */
    size_t name_count;
};

struct capture_out;

/* Creates the file at `path`: pcapng where the name ends in `.pcapng`, else pcap (one interface
 * only).  NULL and a sentence where that fails.  `plan` is borrowed until the close. */
struct capture_out *capture_out_open(const char *path, const struct capture_plan *plan,
                                     struct error *err);
/* Writes one frame, cut at the snap length, with the clock's steps applied. */
void capture_out_frame(struct capture_out *out, int64_t ts_ns, const struct frame_out *frame);
/* Packets and bytes (of frames, uncut) so far, and the range of time stamps as written. */
struct capture_total {
    uint64_t packets, bytes;
    int64_t first_ns, last_ns;
};
struct capture_total capture_out_total(const struct capture_out *out);
/* Finishes the file and frees; false and a sentence where a write failed.  NULL is allowed. */
bool capture_out_close(struct capture_out *out, struct error *err);

/* Returns the capture's clock at the moment `ts_ns`. */
int64_t capture_plan_clock(const struct capture_plan *plan, int64_t ts_ns);
