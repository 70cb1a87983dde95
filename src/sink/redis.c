/* SPDX-License-Identifier: Apache-2.0 */
/* Events to Redis: pushed to a list, published on a channel, added to a stream, or several of
 * these.
 *
 * Every event enters a bounded queue and leaves it only when each mode has confirmed it.  A batch
 * is sent as one pipeline and all its replies are read before the next: that bounds what is unknown
 * after a lost connection to one batch, which is sent again (delivery is at least once; events
 * carry an id). Replies that say "not now" (out of memory, loading, became a replica) keep the
 * event and pause for a second; replies that say "never" (wrong type, no permission) drop it for
 * that mode.
 *
 * Cost: one round trip for each batch, during which the caller waits.  hiredis's asynchronous
 * interface was rejected: it needs an event loop of its own, and memory for what is in flight would
 * be bounded nowhere. */
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "base/text.h"
#include "base/time.h"
#include "sink/kind.h"
#include "sink/link.h"
#include "sink/queue.h"
#include "sink/target.h"

enum {
    MODE_COUNT = 3,
    COMMAND_WORDS = 8,
    SHOWN_MAX = 200
};

#define PAUSE_NS NS_PER_S /* between attempts to connect, and after a refusal */

/* The command of one mode: words of which one is the event.  `lengths` are those of the words. */
struct command {
    uint32_t mode;
    int count;
    int line_at; /* index of the event's word, always the last */
    const char *words[COMMAND_WORDS];
    size_t lengths[COMMAND_WORDS];
};

struct redis {
    struct target target;
    struct link_options link_options;
    char *keys[MODE_COUNT];
    char *field;
    char stream_max[24];
    struct command commands[MODE_COUNT];
    size_t command_count;
    uint32_t modes, batch;
    int64_t flush_ns;
    struct queue queue;
    redisContext *context;    /* NULL while there is no connection */
    int64_t clock_ns;         /* of the last tick */
    int64_t waiting_since_ns; /* when the queue last was empty */
    int64_t connect_at_ns;    /* not to be tried before */
    int64_t send_at_ns;       /* not to be tried before */
};

static void command_add(struct command *command, const char *word)
{
    command->words[command->count] = word;
    command->lengths[command->count] = strlen(word);
    command->count++;
}

/* Adds the command of one mode up to the place of the event. */
static struct command *command_new(struct redis *redis, uint32_t mode, const char *verb,
                                   const char *key)
{
    struct command *command = &redis->commands[redis->command_count++];
    *command = (struct command){.mode = mode};
    command_add(command, verb);
    command_add(command, key);
    return command;
}

static void commands_make(struct redis *redis, const struct sink_redis_options *options)
{
    if ((options->modes & SINK_REDIS_LIST) != 0)
        (void)command_new(redis, SINK_REDIS_LIST, options->left_push ? "LPUSH" : "RPUSH",
                          redis->keys[0]);
    if ((options->modes & SINK_REDIS_CHANNEL) != 0)
        (void)command_new(redis, SINK_REDIS_CHANNEL, "PUBLISH", redis->keys[1]);
    if ((options->modes & SINK_REDIS_STREAM) != 0) {
        struct command *add = command_new(redis, SINK_REDIS_STREAM, "XADD", redis->keys[2]);
        if (options->stream_max > 0) {
            (void)snprintf(redis->stream_max, sizeof redis->stream_max, "%" PRIu64,
                           options->stream_max);
            command_add(add, "MAXLEN");
            command_add(add, "~");
            command_add(add, redis->stream_max);
        }
        command_add(add, "*");
        command_add(add, redis->field);
    }
    for (size_t i = 0; i < redis->command_count; i++)
        redis->commands[i].line_at = redis->commands[i].count++;
}

static void redis_free(struct redis *redis)
{
    if (redis->context != NULL)
        redisFree(redis->context);
    target_done(&redis->target);
    for (size_t i = 0; i < MODE_COUNT; i++)
        free(redis->keys[i]);
    free(redis->field);
    queue_done(&redis->queue);
    free(redis);
}

static struct redis *redis_new(const struct sink_redis_options *options)
{
    struct redis *redis = mem_zeroed(1, sizeof *redis);
    const char *own[MODE_COUNT] = {options->list_key, options->channel_key, options->stream_key};
    for (size_t i = 0; i < MODE_COUNT; i++)
        redis->keys[i] = mem_text(own[i] != NULL ? own[i] : options->key);
    redis->field = mem_text(options->field);
    redis->modes = options->modes;
    redis->batch = options->batch > 0 ? options->batch : 1;
    redis->flush_ns = options->flush_ns;
    redis->queue.bytes_max = options->queue_bytes;
    redis->link_options.timeout_ns = options->timeout_ns;
    if ((options->modes & SINK_REDIS_LIST) != 0)
        redis->link_options.keys[0] = (struct link_key){redis->keys[0], "list"};
    if ((options->modes & SINK_REDIS_STREAM) != 0)
        redis->link_options.keys[1] = (struct link_key){redis->keys[2], "stream"};
    return redis;
}

/* Checks what no type of an option can say. */
static bool redis_check(const struct redis *redis, struct error *err)
{
    uint32_t both = SINK_REDIS_LIST | SINK_REDIS_STREAM;
    if ((redis->modes & (both | SINK_REDIS_CHANNEL)) == 0)
        return error_set(err, "Redis needs at least one mode: list, channel, stream");
    for (size_t i = 0; i < MODE_COUNT; i++)
        if ((redis->modes >> i & 1) != 0 && redis->keys[i] == NULL)
            return error_set(err, "Redis needs the name of a key");
    if ((redis->modes & SINK_REDIS_STREAM) != 0 && redis->field == NULL)
        return error_set(err, "a Redis stream needs the name of a field");
    if ((redis->modes & both) == both && strcmp(redis->keys[0], redis->keys[2]) == 0)
        return error_set(err, "a Redis list and a stream cannot both be named '%.100s'",
                         redis->keys[0]);
    return true;
}

struct sink *sink_open_redis(const struct sink_redis_options *options, struct error *err)
{
    struct redis *redis = redis_new(options);
    if (redis_check(redis, err) &&
        target_read(&redis->target, options->url, options->password_file, err)) {
        commands_make(redis, options);
        redis->context = link_open(&redis->target, &redis->link_options, err);
    }
    if (redis->context == NULL) {
        redis_free(redis);
        return NULL;
    }
    return sink_new(&sink_redis_kind, redis);
}

/* Closes a connection that no longer works and remembers why. */
static bool disconnect(struct sink *sink, const char *why)
{
    struct redis *redis = sink->state;
    redisFree(redis->context);
    redis->context = NULL;
    return sink_trouble(sink, "%s: %s", redis->target.label, why);
}

static int64_t monotonic_ns(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* Tries to connect unless the last attempt is too near: a second, and nine times as long as it
 * took, so that a server that never answers costs a tenth of our time. */
static bool connect_again(struct sink *sink)
{
    struct redis *redis = sink->state;
    if (redis->clock_ns < redis->connect_at_ns)
        return false;
    struct error why = {""};
    int64_t start_ns = monotonic_ns();
    redis->context = link_open(&redis->target, &redis->link_options, &why);
    int64_t spent_ns = monotonic_ns() - start_ns;
    redis->connect_at_ns = time_add(redis->clock_ns, PAUSE_NS + 10 * spent_ns);
    if (redis->context == NULL)
        return sink_trouble(sink, "%s", why.text);
    redis->connect_at_ns = time_add(redis->clock_ns, PAUSE_NS);
    redis->send_at_ns = redis->clock_ns;
    sink->counters.reconnects++;
    sink->troubled = false;
    return true;
}

/* What an error reply means. */
enum refusal {
    REFUSAL_FOR_GOOD, /* this event will never be taken */
    REFUSAL_FOR_NOW,  /* the same connection may take it later */
    REFUSAL_OF_LINK   /* this connection will not take anything: make another */
};

static enum refusal refusal_of(const redisReply *reply)
{
    static const struct {
        const char *word;
        enum refusal refusal;
    } words[] = {{"OOM", REFUSAL_FOR_NOW},         {"LOADING", REFUSAL_FOR_NOW},
                 {"BUSY", REFUSAL_FOR_NOW},        {"MISCONF", REFUSAL_FOR_NOW},
                 {"NOREPLICAS", REFUSAL_FOR_NOW},  {"TRYAGAIN", REFUSAL_FOR_NOW},
                 {"CLUSTERDOWN", REFUSAL_FOR_NOW}, {"READONLY", REFUSAL_OF_LINK},
                 {"MASTERDOWN", REFUSAL_OF_LINK},  {"NOAUTH", REFUSAL_OF_LINK}};
    size_t length = strcspn(reply->str, " ");
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (strlen(words[i].word) == length && memcmp(words[i].word, reply->str, length) == 0)
            return words[i].refusal;
    return REFUSAL_FOR_GOOD;
}

/* What became of a batch. */
struct outcome {
    bool refused;   /* some event has to wait */
    bool link_lost; /* the connection is of no use any more */
    bool troubled;  /* any error reply */
};

/* Reads one error reply for `event`. */
static void take_refusal(struct sink *sink, const redisReply *reply, struct queue_event *event,
                         uint32_t mode, struct outcome *outcome)
{
    const struct redis *redis = sink->state;
    struct text shown = {0};
    text_add_visible(&shown, reply->str, reply->len < SHOWN_MAX ? reply->len : SHOWN_MAX);
    (void)sink_trouble(sink, "%s: %s", redis->target.label, text_string(&shown));
    text_done(&shown);
    outcome->troubled = true;
    enum refusal refusal = refusal_of(reply);
    outcome->refused = outcome->refused || refusal != REFUSAL_FOR_GOOD;
    outcome->link_lost = outcome->link_lost || refusal == REFUSAL_OF_LINK;
    if (refusal != REFUSAL_FOR_GOOD)
        return;
    event->pending &= ~mode;
    event->lost |= mode;
}

/* Reads the replies for one event.  False where the connection is lost. */
static bool take_replies(struct sink *sink, struct queue_event *event, struct outcome *outcome)
{
    struct redis *redis = sink->state;
    uint32_t asked = event->pending;
    for (size_t i = 0; i < redis->command_count; i++) {
        uint32_t mode = redis->commands[i].mode;
        if ((asked & mode) == 0)
            continue;
        void *answer = NULL;
        if (redisGetReply(redis->context, &answer) != REDIS_OK || answer == NULL)
            return false;
        const redisReply *reply = answer;
        if (reply->type == REDIS_REPLY_ERROR)
            take_refusal(sink, reply, event, mode, outcome);
        else
            event->pending &= ~mode;
        freeReplyObject(answer);
    }
    return true;
}

/* Puts the commands of one event into the pipeline.  False where the library has no memory. */
static bool append_event(struct redis *redis, const struct queue_event *event)
{
    for (size_t i = 0; i < redis->command_count; i++) {
        struct command *command = &redis->commands[i];
        if ((event->pending & command->mode) == 0)
            continue;
        command->words[command->line_at] = event->line;
        command->lengths[command->line_at] = event->length;
        if (redisAppendCommandArgv(redis->context, command->count, command->words,
                                   command->lengths) != REDIS_OK)
            return false;
    }
    return true;
}

/* Sends the oldest events, `batch` at most, and reads what became of them.  True where all of them
 * left the queue. */
static bool send_batch(struct sink *sink)
{
    struct redis *redis = sink->state;
    struct outcome outcome = {0};
    size_t count = 0;
    bool linked = true;
    for (const struct queue_event *event = redis->queue.first;
         event != NULL && count < redis->batch && linked; event = event->next, count++)
        linked = append_event(redis, event);
    struct queue_event *event = redis->queue.first;
    for (size_t i = 0; i < count && linked; i++, event = event->next)
        linked = take_replies(sink, event, &outcome);
    queue_sweep(&redis->queue, count, &sink->counters.written, &sink->counters.bytes,
                &sink->counters.dropped);
    if (!linked) {
        struct error why = {""};
        link_problem(redis->context, redis->link_options.timeout_ns, &why);
        return disconnect(sink, why.text);
    }
    if (outcome.link_lost) {
        redisFree(redis->context);
        redis->context = NULL;
        redis->connect_at_ns = time_add(redis->clock_ns, PAUSE_NS);
    }
    if (outcome.refused)
        redis->send_at_ns = time_add(redis->clock_ns, PAUSE_NS);
    sink->troubled = outcome.troubled;
    return !outcome.refused;
}

/* Sends batch after batch until nothing waits, or a batch stays. */
static void send_all(struct sink *sink)
{
    const struct redis *redis = sink->state;
    while (redis->queue.first != NULL)
        if (!send_batch(sink))
            return;
}

/* Sends all that waits, as far as the server takes it; a connection that is found lost is made
 * again at once where the last attempt is long enough ago. */
static void drain(struct sink *sink)
{
    struct redis *redis = sink->state;
    bool linked = redis->context != NULL;
    if (!linked && !connect_again(sink))
        return;
    redis->waiting_since_ns = redis->clock_ns;
    if (redis->clock_ns < redis->send_at_ns)
        return;
    send_all(sink);
    if (redis->context == NULL && linked && connect_again(sink))
        send_all(sink);
}

static bool redis_write(struct sink *sink, const char *line, size_t length)
{
    struct redis *redis = sink->state;
    if (redis->queue.first == NULL)
        redis->waiting_since_ns = redis->clock_ns;
    size_t dropped = queue_push(&redis->queue, line, length, redis->modes);
    sink->counters.dropped += dropped;
    if (redis->queue.count >= redis->batch)
        drain(sink);
    return dropped == 0 && !sink->troubled;
}

static void redis_flush(struct sink *sink)
{
    drain(sink);
}

static void redis_tick(struct sink *sink, int64_t clock_ns)
{
    struct redis *redis = sink->state;
    redis->clock_ns = clock_ns;
    bool waited =
        redis->queue.first != NULL && clock_ns - redis->waiting_since_ns >= redis->flush_ns;
    if (waited || redis->context == NULL)
        drain(sink);
}

static void redis_close(struct sink *sink)
{
    struct redis *redis = sink->state;
    redis->connect_at_ns = redis->send_at_ns = redis->clock_ns;
    if (redis->queue.first != NULL)
        drain(sink);
    redis_free(redis);
}

const struct sink_kind sink_redis_kind = {.write = redis_write,
                                          .flush = redis_flush,
                                          .tick = redis_tick,
                                          .reopen = NULL,
                                          .close = redis_close};
