/* SPDX-License-Identifier: Apache-2.0 */
#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/time.h"
#include "redis.h"
#include "run.h"
#include "sink/sink.h"

static struct sink_redis_options options_of(const struct test_redis *server, uint32_t modes)
{
    return (struct sink_redis_options){.url = server->url,
                                       .modes = modes,
                                       .key = "k",
                                       .field = "eve",
                                       .batch = 4,
                                       .flush_ns = 5 * NS_PER_MS,
                                       .timeout_ns = 2 * NS_PER_S,
                                       .queue_bytes = 1 << 20};
}

static struct test_redis start(const char *const *options)
{
    struct test_redis server;
    ck_assert(test_redis_start(&server, options));
    return server;
}

static struct sink *open_sink(const struct sink_redis_options *options)
{
    struct error err = {""};
    struct sink *sink = sink_open_redis(options, &err);
    ck_assert_msg(sink != NULL, "%s", err.text);
    return sink;
}

static bool put(struct sink *sink, const char *line)
{
    return sink_write(sink, "alert", line, strlen(line));
}

/* Adds a number, or a text in which bytes that do not print are dots. */
static void add_reply(const redisReply *reply, char *out, size_t size)
{
    size_t used = strlen(out);
    if (reply->type == REDIS_REPLY_INTEGER) {
        (void)snprintf(out + used, size - used, "%lld", reply->integer);
        return;
    }
    for (size_t i = 0; i < reply->len && used + 1 < size; i++, used++) {
        out[used] = '.';
        if (reply->str[i] >= ' ')
            out[used] = reply->str[i];
    }
    out[used] = '\0';
}

/* Writes the reply in one line, the elements of an array with spaces between them. */
static void flatten(const redisReply *reply, char *out, size_t size)
{
    out[0] = '\0';
    if (reply->type != REDIS_REPLY_ARRAY)
        add_reply(reply, out, size);
    for (size_t i = 0; reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++) {
        size_t used = strlen(out);
        (void)snprintf(out + used, size - used, "%s", i > 0 ? " " : "");
        add_reply(reply->element[i], out, size);
    }
}

/* The answer to `command` must be `expected`. */
static void answers(const struct test_redis *server, const char *command, const char *expected)
{
    redisContext *context = test_redis_connect(server);
    ck_assert(context != NULL && context->err == 0);
    redisReply *reply = redisCommand(context, command);
    ck_assert_ptr_nonnull(reply);
    char text[1000] = "";
    flatten(reply, text, sizeof text);
    ck_assert_str_eq(text, expected);
    freeReplyObject(reply);
    redisFree(context);
}

static void opening_fails(const struct sink_redis_options *options, const char *part)
{
    struct error err = {""};
    ck_assert_ptr_null(sink_open_redis(options, &err));
    ck_assert_msg(strstr(err.text, part) != NULL, "'%s' lacks '%s'", err.text, part);
    ck_assert_ptr_null(strstr(err.text, "hunter2"));
}

START_TEST(list_is_pushed_at_the_right_or_the_left)
{
    struct test_redis server = start(NULL);
    struct sink_redis_options options = options_of(&server, SINK_REDIS_LIST);
    struct sink *sink = open_sink(&options);
    ck_assert(put(sink, "one"));
    ck_assert(put(sink, "two"));
    sink_flush(sink);
    answers(&server, "LRANGE k 0 -1", "one two");
    ck_assert_uint_eq(sink_counters(sink)->written, 2);
    ck_assert_uint_eq(sink_counters(sink)->bytes, 6);
    sink_close(sink);
    options.left_push = true;
    options.list_key = "left";
    sink = open_sink(&options);
    ck_assert(put(sink, "one"));
    ck_assert(put(sink, "two"));
    sink_close(sink);
    answers(&server, "LRANGE left 0 -1", "two one");
    test_redis_stop(&server);
}
END_TEST

START_TEST(batch_and_tick_decide_when_to_send)
{
    struct test_redis server = start(NULL);
    struct sink_redis_options options = options_of(&server, SINK_REDIS_LIST);
    struct sink *sink = open_sink(&options);
    sink_tick(sink, 100 * NS_PER_MS);
    for (int i = 0; i < 3; i++)
        ck_assert(put(sink, "e"));
    answers(&server, "LLEN k", "0");
    ck_assert(put(sink, "e"));
    answers(&server, "LLEN k", "4");
    ck_assert(put(sink, "e"));
    sink_tick(sink, 104 * NS_PER_MS);
    answers(&server, "LLEN k", "4");
    sink_tick(sink, 105 * NS_PER_MS);
    answers(&server, "LLEN k", "5");
    sink_close(sink);
    test_redis_stop(&server);
}
END_TEST

START_TEST(bytes_pass_unchanged)
{
    struct test_redis server = start(NULL);
    struct sink_redis_options options = options_of(&server, SINK_REDIS_LIST);
    struct sink *sink = open_sink(&options);
    static const char line[] = {'a', '\0', '%', 's', '\r', '\n', (char)0xff, '"', '\0'};
    ck_assert(sink_write(sink, "alert", line, sizeof line));
    ck_assert(sink_write(sink, "alert", "", 0));
    sink_close(sink);
    redisContext *context = test_redis_connect(&server);
    redisReply *reply = redisCommand(context, "LRANGE k 0 -1");
    ck_assert_uint_eq(reply->elements, 2);
    ck_assert_uint_eq(reply->element[0]->len, sizeof line);
    ck_assert_mem_eq(reply->element[0]->str, line, sizeof line);
    ck_assert_uint_eq(reply->element[1]->len, 0);
    freeReplyObject(reply);
    redisFree(context);
    test_redis_stop(&server);
}
END_TEST

START_TEST(channel_reaches_a_subscriber)
{
    struct test_redis server = start(NULL);
    redisContext *subscriber = test_redis_connect(&server);
    redisReply *reply = redisCommand(subscriber, "SUBSCRIBE k");
    freeReplyObject(reply);
    struct sink_redis_options options = options_of(&server, SINK_REDIS_CHANNEL);
    struct sink *sink = open_sink(&options);
    ck_assert(put(sink, "{\"x\":1}"));
    sink_flush(sink);
    void *message = NULL;
    ck_assert_int_eq(redisGetReply(subscriber, &message), REDIS_OK);
    char text[100] = "";
    flatten(message, text, sizeof text);
    ck_assert_str_eq(text, "message k {\"x\":1}");
    freeReplyObject(message);
    redisFree(subscriber);
    sink_close(sink);
    test_redis_stop(&server);
}
END_TEST

/* Writes `count` events to a stream bounded by `max`; returns the entries that are left. */
static long long stream_length(const struct test_redis *server, const char *key, uint64_t max,
                               int count)
{
    struct sink_redis_options options = options_of(server, SINK_REDIS_STREAM);
    options.stream_max = max;
    options.stream_key = key;
    options.batch = 64;
    struct sink *sink = open_sink(&options);
    for (int i = 0; i < count; i++)
        ck_assert(put(sink, "e"));
    sink_close(sink);
    redisContext *context = test_redis_connect(server);
    redisReply *reply = redisCommand(context, "XLEN %s", key);
    long long length = reply->integer;
    freeReplyObject(reply);
    redisFree(context);
    return length;
}

START_TEST(stream_holds_the_event_in_its_field)
{
    struct test_redis server = start(NULL);
    struct sink_redis_options options = options_of(&server, SINK_REDIS_STREAM);
    options.stream_max = 1000;
    struct sink *sink = open_sink(&options);
    ck_assert(put(sink, "{}"));
    sink_close(sink);
    redisContext *context = test_redis_connect(&server);
    redisReply *reply = redisCommand(context, "XRANGE k - +");
    ck_assert_uint_eq(reply->elements, 1);
    const redisReply *fields = reply->element[0]->element[1];
    ck_assert_uint_eq(fields->elements, 2);
    ck_assert_str_eq(fields->element[0]->str, "eve");
    ck_assert_str_eq(fields->element[1]->str, "{}");
    freeReplyObject(reply);
    redisFree(context);
    test_redis_stop(&server);
}
END_TEST

START_TEST(stream_is_bounded_unless_told_otherwise)
{
    struct test_redis server = start(NULL);
    /* Roughly: Redis lets go of whole nodes of a hundred entries only. */
    long long length = stream_length(&server, "bounded", 150, 1000);
    ck_assert_int_gt(length, 150);
    ck_assert_int_lt(length, 400);
    ck_assert_int_eq(stream_length(&server, "unbounded", 0, 1000), 1000);
    test_redis_stop(&server);
}
END_TEST

START_TEST(several_modes_at_once)
{
    struct test_redis server = start(NULL);
    struct sink_redis_options options =
        options_of(&server, SINK_REDIS_LIST | SINK_REDIS_CHANNEL | SINK_REDIS_STREAM);
    opening_fails(&options, "cannot both be named 'k'");
    options.stream_key = "s";
    struct sink *sink = open_sink(&options);
    ck_assert(put(sink, "x"));
    sink_flush(sink);
    answers(&server, "LRANGE k 0 -1", "x");
    answers(&server, "XLEN s", "1");
    ck_assert_uint_eq(sink_counters(sink)->written, 1);
    sink_close(sink);
    options.modes = 0;
    opening_fails(&options, "at least one mode");
    test_redis_stop(&server);
}
END_TEST

START_TEST(password_is_needed_right_and_never_shown)
{
    static const char *const words[] = {"--requirepass", "hunter2", NULL};
    struct test_redis server = start(words);
    struct sink_redis_options options = options_of(&server, SINK_REDIS_LIST);
    char url[160];
    options.url = url;
    (void)snprintf(url, sizeof url, "unix://%s", server.socket);
    opening_fails(&options, "NOAUTH");
    (void)snprintf(url, sizeof url, "unix://:hunter22@%s", server.socket);
    opening_fails(&options, "password refused: WRONGPASS");
    (void)snprintf(url, sizeof url, "unix://nobody:hunter2@%s", server.socket);
    opening_fails(&options, "password refused: WRONGPASS");
    (void)snprintf(url, sizeof url, "unix://default:hunter2@%s", server.socket);
    sink_close(open_sink(&options));
    (void)snprintf(url, sizeof url, "unix://:hunter2@%s", server.socket);
    struct sink *sink = open_sink(&options);
    ck_assert(put(sink, "x"));
    sink_flush(sink);
    ck_assert_uint_eq(sink_counters(sink)->written, 1);
    sink_close(sink);
    test_redis_stop(&server);
}
END_TEST

START_TEST(database_is_selected)
{
    struct test_redis server = start(NULL);
    struct sink_redis_options options = options_of(&server, SINK_REDIS_LIST);
    char url[160];
    options.url = url;
    (void)snprintf(url, sizeof url, "%s?db=3", server.url);
    struct sink *sink = open_sink(&options);
    ck_assert(put(sink, "x"));
    sink_close(sink);
    answers(&server, "LLEN k", "0");
    answers(&server, "MOVE k 3", "0");
    answers(&server, "SWAPDB 0 3", "OK");
    answers(&server, "LRANGE k 0 -1", "x");
    (void)snprintf(url, sizeof url, "%s?db=999", server.url);
    opening_fails(&options, "database refused: ERR");
    test_redis_stop(&server);
}
END_TEST

START_TEST(wrong_key_type_is_said_at_start)
{
    struct test_redis server = start(NULL);
    answers(&server, "SET k v", "OK");
    struct sink_redis_options options = options_of(&server, SINK_REDIS_LIST);
    opening_fails(&options, "the key 'k' is a string there, not a list");
    options.modes = SINK_REDIS_STREAM;
    opening_fails(&options, "the key 'k' is a string there, not a stream");
    options.modes = SINK_REDIS_CHANNEL;
    sink_close(open_sink(&options));
    test_redis_stop(&server);
}
END_TEST

START_TEST(wrong_key_type_at_run_time_drops_for_that_mode)
{
    struct test_redis server = start(NULL);
    struct sink_redis_options options = options_of(&server, SINK_REDIS_LIST | SINK_REDIS_STREAM);
    options.stream_key = "s";
    struct sink *sink = open_sink(&options);
    answers(&server, "SET k v", "OK");
    ck_assert(put(sink, "x"));
    sink_flush(sink);
    struct error problem = {""};
    ck_assert(!sink_ok(sink, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "WRONGTYPE"));
    answers(&server, "XLEN s", "1");
    ck_assert_uint_eq(sink_counters(sink)->failed, 1);
    ck_assert_uint_eq(sink_counters(sink)->dropped, 1);
    ck_assert_uint_eq(sink_counters(sink)->written, 0);
    answers(&server, "DEL k", "1");
    ck_assert(!put(sink, "y"));
    sink_flush(sink);
    ck_assert(sink_ok(sink, NULL));
    answers(&server, "LRANGE k 0 -1", "y");
    sink_close(sink);
    test_redis_stop(&server);
}
END_TEST

START_TEST(replica_is_refused)
{
    static const char *const words[] = {"--replicaof", "127.0.0.1 1", NULL};
    struct test_redis server = start(words);
    struct sink_redis_options options = options_of(&server, SINK_REDIS_LIST);
    opening_fails(&options, "is a replica");
    test_redis_stop(&server);
}
END_TEST

START_TEST(nobody_there_is_said_at_start)
{
    struct test_redis server = start(NULL);
    struct sink_redis_options options = options_of(&server, SINK_REDIS_LIST);
    test_redis_kill(&server);
    opening_fails(&options, "No such file or directory");
    test_redis_stop(&server);
}
END_TEST

START_TEST(events_wait_for_a_server_that_comes_back)
{
    struct test_redis server = start(NULL);
    struct sink_redis_options options = options_of(&server, SINK_REDIS_LIST);
    struct sink *sink = open_sink(&options);
    sink_tick(sink, 10 * NS_PER_S);
    ck_assert(put(sink, "one"));
    test_redis_kill(&server);
    sink_tick(sink, 11 * NS_PER_S);
    ck_assert(!sink_ok(sink, NULL));
    for (int i = 0; i < 6; i++)
        ck_assert(!put(sink, "more"));
    ck_assert(test_redis_again(&server, NULL));
    /* Within a second of the last attempt nothing is tried. */
    sink_tick(sink, 11 * NS_PER_S + 500 * NS_PER_MS);
    ck_assert_uint_eq(sink_counters(sink)->reconnects, 0);
    sink_tick(sink, 20 * NS_PER_S);
    ck_assert(sink_ok(sink, NULL));
    answers(&server, "LRANGE k 0 -1", "one more more more more more more");
    ck_assert_uint_eq(sink_counters(sink)->reconnects, 1);
    ck_assert_uint_eq(sink_counters(sink)->written, 7);
    ck_assert_uint_eq(sink_counters(sink)->dropped, 0);
    sink_close(sink);
    test_redis_stop(&server);
}
END_TEST

START_TEST(lost_connection_is_made_again_at_once)
{
    struct test_redis server = start(NULL);
    struct sink_redis_options options = options_of(&server, SINK_REDIS_LIST);
    struct sink *sink = open_sink(&options);
    sink_tick(sink, 10 * NS_PER_S);
    answers(&server, "CLIENT KILL TYPE normal SKIPME yes", "1");
    ck_assert(put(sink, "one"));
    sink_tick(sink, 11 * NS_PER_S);
    ck_assert(sink_ok(sink, NULL));
    answers(&server, "LRANGE k 0 -1", "one");
    ck_assert_uint_eq(sink_counters(sink)->reconnects, 1);
    ck_assert_uint_eq(sink_counters(sink)->failed, 1);
    sink_close(sink);
    test_redis_stop(&server);
}
END_TEST

START_TEST(oldest_events_are_dropped_past_the_bound)
{
    struct test_redis server = start(NULL);
    struct sink_redis_options options = options_of(&server, SINK_REDIS_LIST);
    options.queue_bytes = 400;
    struct sink *sink = open_sink(&options);
    test_redis_kill(&server);
    char line[101];
    for (int i = 0; i < 10; i++) {
        memset(line, '0' + i, sizeof line - 1);
        (void)sink_write(sink, "alert", line, sizeof line - 1);
    }
    uint64_t dropped = sink_counters(sink)->dropped;
    ck_assert_uint_ge(dropped, 7);
    ck_assert_uint_le(dropped, 8);
    ck_assert(test_redis_again(&server, NULL));
    sink_tick(sink, 10 * NS_PER_S);
    ck_assert_uint_eq(sink_counters(sink)->written, 10 - dropped);
    redisContext *context = test_redis_connect(&server);
    redisReply *reply = redisCommand(context, "LRANGE k -1 -1");
    ck_assert_int_eq(reply->element[0]->str[0], '9');
    freeReplyObject(reply);
    redisFree(context);
    sink_close(sink);
    test_redis_stop(&server);
}
END_TEST

START_TEST(server_out_of_memory_is_tried_again_later)
{
    struct test_redis server = start(NULL);
    struct sink_redis_options options = options_of(&server, SINK_REDIS_LIST);
    struct sink *sink = open_sink(&options);
    sink_tick(sink, 10 * NS_PER_S);
    answers(&server, "CONFIG SET maxmemory 1", "OK");
    ck_assert(put(sink, "one"));
    ck_assert(put(sink, "two"));
    sink_flush(sink);
    struct error problem = {""};
    ck_assert(!sink_ok(sink, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "OOM"));
    ck_assert_uint_eq(sink_counters(sink)->failed, 2);
    ck_assert_uint_eq(sink_counters(sink)->dropped, 0);
    answers(&server, "CONFIG SET maxmemory 0", "OK");
    sink_tick(sink, 10 * NS_PER_S + 500 * NS_PER_MS);
    answers(&server, "LLEN k", "0");
    sink_tick(sink, 11 * NS_PER_S);
    ck_assert(sink_ok(sink, NULL));
    answers(&server, "LRANGE k 0 -1", "one two");
    ck_assert_uint_eq(sink_counters(sink)->written, 2);
    sink_close(sink);
    test_redis_stop(&server);
}
END_TEST

START_TEST(primary_that_becomes_a_replica_keeps_events_waiting)
{
    struct test_redis server = start(NULL);
    struct sink_redis_options options = options_of(&server, SINK_REDIS_LIST);
    struct sink *sink = open_sink(&options);
    sink_tick(sink, 10 * NS_PER_S);
    answers(&server, "REPLICAOF 127.0.0.1 1", "OK");
    ck_assert(put(sink, "one"));
    sink_flush(sink);
    ck_assert(!sink_ok(sink, NULL));
    sink_tick(sink, 12 * NS_PER_S);
    struct error problem = {""};
    ck_assert(!sink_ok(sink, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "is a replica"));
    answers(&server, "REPLICAOF NO ONE", "OK");
    sink_tick(sink, 30 * NS_PER_S);
    ck_assert(sink_ok(sink, NULL));
    answers(&server, "LRANGE k 0 -1", "one");
    ck_assert_uint_eq(sink_counters(sink)->dropped, 0);
    sink_close(sink);
    test_redis_stop(&server);
}
END_TEST

START_TEST(server_that_does_not_answer_costs_the_timeout)
{
    struct test_redis server = start(NULL);
    struct sink_redis_options options = options_of(&server, SINK_REDIS_LIST);
    options.timeout_ns = 100 * NS_PER_MS;
    struct sink *sink = open_sink(&options);
    sink_tick(sink, 10 * NS_PER_S);
    ck_assert_int_eq(kill(server.process, SIGSTOP), 0);
    ck_assert(put(sink, "one"));
    sink_flush(sink);
    struct error problem = {""};
    ck_assert(!sink_ok(sink, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "no answer within 0.1 s"));
    ck_assert_int_eq(kill(server.process, SIGCONT), 0);
    sink_tick(sink, 30 * NS_PER_S);
    ck_assert(sink_ok(sink, NULL));
    ck_assert_uint_eq(sink_counters(sink)->written, 1);
    sink_close(sink);
    test_redis_stop(&server);
}
END_TEST

int main(void)
{
    if (!test_redis_installed()) {
        (void)puts("1..0 # SKIP redis-server is not installed");
        return EXIT_SUCCESS;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    const TTest *const tests[] = {list_is_pushed_at_the_right_or_the_left,
                                  batch_and_tick_decide_when_to_send,
                                  bytes_pass_unchanged,
                                  channel_reaches_a_subscriber,
                                  stream_holds_the_event_in_its_field,
                                  stream_is_bounded_unless_told_otherwise,
                                  several_modes_at_once,
                                  password_is_needed_right_and_never_shown,
                                  database_is_selected,
                                  wrong_key_type_is_said_at_start,
                                  wrong_key_type_at_run_time_drops_for_that_mode,
                                  replica_is_refused,
                                  nobody_there_is_said_at_start,
                                  events_wait_for_a_server_that_comes_back,
                                  lost_connection_is_made_again_at_once,
                                  oldest_events_are_dropped_past_the_bound,
                                  server_out_of_memory_is_tried_again_later,
                                  primary_that_becomes_a_replica_keeps_events_waiting,
                                  server_that_does_not_answer_costs_the_timeout,
                                  NULL};
    return run_suite(suite_of("sink_redis", tests));
}
