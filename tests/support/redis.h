/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

struct redisContext;

/* A real Redis server of the test's own: on a UNIX socket in a new folder, no TCP port, nothing
 * saved.  It dies with the test. */
struct test_redis {
    char directory[64];
    char socket[96]; /* path */
    char url[112];   /* unix:// and the path */
    pid_t process;   /* 0 while it is stopped */
};

/* True where redis-server is installed. */
bool test_redis_installed(void);
/* Makes the folder and starts the server.  `options` are further words of its command line,
 * NULL-terminated, or NULL. False where it does not answer within ten seconds. */
bool test_redis_start(struct test_redis *ret_redis, const char *const *options);
/* Kills the server and keeps the folder; test_redis_again() starts it anew, empty. */
void test_redis_kill(struct test_redis *redis);
bool test_redis_again(struct test_redis *redis, const char *const *options);
/* Kills the server and removes the folder. */
void test_redis_stop(struct test_redis *redis);
/* Returns a connection, which the caller releases with redisFree(). */
struct redisContext *test_redis_connect(const struct test_redis *redis);
