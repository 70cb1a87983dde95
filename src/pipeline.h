/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "config/settings.h"

struct addr;
struct assets;
struct contacts;
struct decode_counters;
struct error;
struct frame;
struct geo;
struct pairs;
struct signatures;
struct text;

/* One capture thread's stages, wired together.  Nothing in it is shared with another pipeline, except what is read-only. */
struct pipeline;

struct pipeline_options {
    const struct settings *settings;     /* borrowed */
    const struct signatures *signatures; /* borrowed, read-only */
    struct geo *geo;                     /* borrowed; NULL none */
    const char *interface;               /* live: name for events; NULL for files */
    bool
        follow_all; /* keep the wake-ups of everybody, for pipeline_pairs(), not only what can raise an alert */
    /* Is given every event as one line of JSON (no newline); `kind` is its event_type. */
    void (*emit)(void *context, const char *kind, const char *line, size_t length);
    void *emit_context;
};

struct pipeline_counters {
    uint64_t alerts, suppressed, allowed, events;
    int64_t first_ns, last_ns; /* packet time; 0 before the first packet */
};

/* Returns NULL with a sentence where a stage cannot start. */
struct pipeline *pipeline_new(const struct pipeline_options *options, struct error *err);
void pipeline_free(struct pipeline *pipeline);

/* One frame, from the wire to the sink. */
void pipeline_frame(struct pipeline *pipeline, const struct frame *frame);
/* A name that the capture file itself gives for an address; `context` is the pipeline, untyped for capture_options.on_name. */
void pipeline_name(void *context, const struct addr *addr, const char *name);
/* What the capture says of itself, for `stats` events. */
struct pipeline_capture {
    uint64_t frames, bytes, filtered, kernel_received, kernel_drops, interface_drops;
};
/* Writes a `stats` event. */
void pipeline_stats(struct pipeline *pipeline, const struct pipeline_capture *capture);
/* End of input: ends all flows and reports what is still to be told (but no stats). */
void pipeline_finish(struct pipeline *pipeline);

/* Returns the counters so far; borrowed, they go on counting. */
const struct pipeline_counters *pipeline_counters(const struct pipeline *pipeline);
/* Returns what was decoded so far; borrowed. */
const struct decode_counters *pipeline_decoded(const struct pipeline *pipeline);
/* The machines and what is installed on them, for reports; borrowed. */
const struct assets *pipeline_assets(const struct pipeline *pipeline);
/* The series of wake-ups so far, for reports; borrowed. */
struct pairs *pipeline_pairs(struct pipeline *pipeline);
/* The contacts so far, for reports; borrowed. */
struct contacts *pipeline_contacts(struct pipeline *pipeline);
