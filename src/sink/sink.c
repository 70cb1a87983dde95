/* SPDX-License-Identifier: Apache-2.0 */
/* What all sinks share: the way to the right kind, the counters and the last problem. */
#include "sink/sink.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "sink/kind.h"

struct sink *sink_new(const struct sink_kind *kind, void *state)
{
    struct sink *sink = mem_zeroed(1, sizeof *sink);
    sink->kind = kind;
    sink->state = state;
    return sink;
}

bool sink_trouble(struct sink *sink, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(sink->problem.text, sizeof sink->problem.text, format, arguments);
    va_end(arguments);
    sink->troubled = true;
    sink->counters.failed++;
    return false;
}

bool sink_write(struct sink *sink, const char *event_kind, const char *line, size_t length)
{
    (void)event_kind;
    return sink->kind->write(sink, line, length);
}

void sink_flush(struct sink *sink)
{
    sink->kind->flush(sink);
}

void sink_tick(struct sink *sink, int64_t clock_ns)
{
    sink->kind->tick(sink, clock_ns);
}

void sink_reopen(struct sink *sink)
{
    if (sink->kind->reopen != NULL)
        sink->kind->reopen(sink);
}

bool sink_ok(const struct sink *sink, struct error *ret_problem)
{
    if (!sink->troubled)
        return true;
    return error_set(ret_problem, "%s", sink->problem.text);
}

const struct sink_counters *sink_counters(const struct sink *sink)
{
    return &sink->counters;
}

void sink_close(struct sink *sink)
{
    if (sink == NULL)
        return;
    sink->kind->close(sink);
    free(sink);
}
