/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"
#include "sink/sink.h"

/* What each kind of sink implements: one table of functions, at the end of its file. */
struct sink_kind {
    bool (*write)(struct sink *sink, const char *line, size_t length);
    void (*flush)(struct sink *sink);
    void (*tick)(struct sink *sink, int64_t clock_ns);
    void (*reopen)(struct sink *sink); /* NULL: nothing to reopen */
    void (*close)(struct sink *sink);  /* flushes and releases `state` */
};

struct sink {
    const struct sink_kind *kind;
    void *state; /* of the kind, owned by it */
    struct sink_counters counters;
    bool troubled;
    struct error problem; /* where troubled */
};

extern const struct sink_kind sink_file_kind;
extern const struct sink_kind sink_redis_kind;

/* Remembers a failed attempt; returns false. */
bool sink_trouble(struct sink *sink, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Makes a sink of a kind around its state. */
struct sink *sink_new(const struct sink_kind *kind, void *state);
