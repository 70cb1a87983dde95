/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* Where events go.  A sink takes lines of bytes and knows nothing of what they mean.  One thread;
 * not for signal handlers.  The process must ignore SIGPIPE.
 *
 * Nothing a sink meets at run time ends the program: it counts, keeps the last problem as a
 * sentence (sink_ok()), tries again, and drops past a bound of memory. */
struct sink;

struct sink_counters {
    uint64_t written; /* events that the other side has: in the file, or confirmed by the server */
    uint64_t bytes;   /* of those events */
    uint64_t failed;  /* attempts that failed: write errors, error replies, lost connections */
    uint64_t dropped; /* events that are lost for good, wholly or for one of several modes */
    uint64_t reconnects; /* connections made anew, files opened anew */
};

/* Bits of sink_redis_options.modes. */
enum sink_redis_mode {
    SINK_REDIS_LIST = 1,
    SINK_REDIS_CHANNEL = 2,
    SINK_REDIS_STREAM = 4
};

struct sink_redis_options {
    const char *url;           /* redis://[user[:password]@]host[:port][/db], unix:///path[?db=N] */
    const char *password_file; /* NULL none; used where the URL has no password */
    uint32_t modes;            /* at least one bit of enum sink_redis_mode */
    const char *key;           /* for the modes whose own key is NULL */
    const char *list_key, *channel_key, *stream_key;
    const char *field;    /* of a stream entry, holds the line */
    bool left_push;       /* LPUSH instead of RPUSH */
    uint64_t stream_max;  /* MAXLEN ~ of the stream, 0 unbounded */
    uint32_t batch;       /* events sent together, at least 1 */
    int64_t flush_ns;     /* how long an event may wait for others */
    int64_t timeout_ns;   /* for connecting and for each answer */
    uint64_t queue_bytes; /* memory for events that are not confirmed */
};

/* Opens a file for appending ("-" is standard output).  At `rotate_bytes` (0 never) the file
 * becomes PATH.1, what was PATH.1 becomes PATH.2, up to `keep` (at least 1).  NULL with a sentence
 * where the file cannot be opened. */
struct sink *sink_open_file(const char *path, uint64_t rotate_bytes, unsigned keep,
                            struct error *err);
/* Connects, authenticates and checks that the server is no replica and that the keys have the right
 * type.  The password comes from the URL, the password file or the environment variable
 * TELLTALE_REDIS_PASSWORD, in this order, and stands in no message.  NULL with a sentence.  Copies
 * the options. */
struct sink *sink_open_redis(const struct sink_redis_options *options, struct error *err);

/* Takes one event: `length` bytes without a newline.  `event_kind` says what it is ("alert",
 * "flow", "stats"), for sinks that treat kinds differently; file and Redis treat all alike.  May
 * block for the sink's timeout.  False where an event was dropped or the sink is in trouble: see
 * sink_ok(). */
bool sink_write(struct sink *sink, const char *event_kind, const char *line, size_t length);
/* What is buffered goes out now. */
void sink_flush(struct sink *sink);
/* To be called often (each wake-up): sends what has waited long enough, and reconnects, at most
 * once a second.  `clock_ns` is CLOCK_MONOTONIC and never goes back. */
void sink_tick(struct sink *sink, int64_t clock_ns);
/* Opens the file anew (someone else has renamed it: SIGHUP). */
void sink_reopen(struct sink *sink);
/* True where the last attempt worked; else `ret_problem` (may be NULL) says what is wrong. */
bool sink_ok(const struct sink *sink, struct error *ret_problem);
/* Borrowed until sink_close(). */
const struct sink_counters *sink_counters(const struct sink *sink);
/* Flushes (one last attempt) and releases; what could not be sent is lost.  To learn whether all
 * went out, call sink_flush() and sink_ok() before.  NULL is allowed. */
void sink_close(struct sink *sink);
