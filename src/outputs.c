/* SPDX-License-Identifier: Apache-2.0 */
/* The fan-out to sinks.  The one place above sink/ that reads a clock, and only to hand it on. */
#include "outputs.h"

#include <stdlib.h>
#include <time.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/time.h"
#include "config/settings.h"
#include "sink/sink.h"

enum {
    SINKS_MAX = 2
};

struct outputs {
    struct sink *sinks[SINKS_MAX];
    size_t count;
};

static struct sink *open_redis(const struct settings *settings, struct error *err)
{
    _Static_assert((int)SETTINGS_REDIS_LIST == (int)SINK_REDIS_LIST &&
                       (int)SETTINGS_REDIS_CHANNEL == (int)SINK_REDIS_CHANNEL &&
                       (int)SETTINGS_REDIS_STREAM == (int)SINK_REDIS_STREAM,
                   "the settings name the sink's modes");
    struct sink_redis_options options = {
        .url = settings->redis.url,
        .password_file = settings->redis.password_file,
        .modes = settings->redis.modes,
        .key = settings->redis.key,
        .list_key = settings->redis.list_key,
        .channel_key = settings->redis.channel_key,
        .stream_key = settings->redis.stream_key,
        .field = settings->redis.field,
        .left_push = settings->redis.left_push,
        .stream_max = settings->redis.stream_max,
        .batch = settings->redis.batch,
        .flush_ns = settings->redis.flush_ns,
        .timeout_ns = settings->redis.timeout_ns,
        .queue_bytes = settings->redis.queue_bytes,
    };
    return sink_open_redis(&options, err);
}

struct outputs *outputs_open(const struct settings *settings, struct error *err)
{
    struct outputs *outputs = mem_zeroed(1, sizeof *outputs);
    bool ok = true;
    if (settings->events.path != NULL) {
        struct sink *file = sink_open_file(settings->events.path, settings->events.rotate_bytes,
                                           settings->events.keep, err);
        ok = file != NULL;
        if (ok)
            outputs->sinks[outputs->count++] = file;
    }
    if (ok && settings->redis.url != NULL) {
        struct sink *redis = open_redis(settings, err);
        ok = redis != NULL;
        if (ok)
            outputs->sinks[outputs->count++] = redis;
    }
    if (!ok) {
        outputs_close(outputs);
        return NULL;
    }
    return outputs;
}

void outputs_write(void *context, const char *kind, const char *line, size_t length)
{
    struct outputs *outputs = context;
    for (size_t i = 0; i < outputs->count; i++)
        (void)sink_write(outputs->sinks[i], kind, line,
                         length); /* the sink counts what it could not do */
}

void outputs_tick(struct outputs *outputs)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    for (size_t i = 0; i < outputs->count; i++)
        sink_tick(outputs->sinks[i], (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec);
}

void outputs_flush(struct outputs *outputs)
{
    for (size_t i = 0; i < outputs->count; i++)
        sink_flush(outputs->sinks[i]);
}

void outputs_reopen(struct outputs *outputs)
{
    for (size_t i = 0; i < outputs->count; i++)
        sink_reopen(outputs->sinks[i]);
}

bool outputs_ok(const struct outputs *outputs, struct error *ret_problem)
{
    for (size_t i = 0; i < outputs->count; i++) {
        const struct sink *sink = outputs->sinks[i];
        if (!sink_ok(sink, ret_problem))
            return false;
        const struct sink_counters *counters = sink_counters(sink);
        if (counters->dropped > 0)
            return error_set(ret_problem, "%llu events were lost on the way out",
                             (unsigned long long)counters->dropped);
    }
    return true;
}

void outputs_close(struct outputs *outputs)
{
    if (outputs == NULL)
        return;
    for (size_t i = 0; i < outputs->count; i++)
        sink_close(outputs->sinks[i]);
    free(outputs);
}
