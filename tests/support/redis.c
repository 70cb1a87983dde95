/* SPDX-License-Identifier: Apache-2.0 */
/* Starting and stopping redis-server for tests. */
#include "redis.h"

#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    WORDS_MAX = 40,
    TRIES = 1000,
    TRY_US = 10000
};

bool test_redis_installed(void)
{
    const char *path = getenv("PATH");
    char copy[4096], file[4200];
    (void)snprintf(copy, sizeof copy, "%s", path != NULL ? path : "/usr/bin");
    char *rest = NULL;
    for (char *folder = strtok_r(copy, ":", &rest); folder != NULL;
         folder = strtok_r(NULL, ":", &rest)) {
        (void)snprintf(file, sizeof file, "%s/redis-server", folder);
        if (access(file, X_OK) == 0)
            return true;
    }
    return false;
}

struct redisContext *test_redis_connect(const struct test_redis *redis)
{
    struct timeval timeout = {.tv_sec = 5};
    return redisConnectUnixWithTimeout(redis->socket, timeout);
}

/* In the child: becomes the server. */
static void become_server(const struct test_redis *redis, const char *const *options)
{
    static const char *const base[] = {
        "redis-server", "--port",      "0",  "--save",     "",       "--appendonly",
        "no",           "--daemonize", "no", "--loglevel", "warning"};
    char *words[WORDS_MAX] = {0};
    size_t count = 0;
    for (size_t i = 0; i < sizeof base / sizeof *base; i++)
        words[count++] = strdup(base[i]);
    words[count++] = strdup("--dir");
    words[count++] = strdup(redis->directory);
    words[count++] = strdup("--unixsocket");
    words[count++] = strdup(redis->socket);
    for (size_t i = 0; options != NULL && options[i] != NULL && count < WORDS_MAX - 1; i++)
        words[count++] = strdup(options[i]);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    int null = open("/dev/null", O_RDWR);
    (void)dup2(null, STDIN_FILENO);
    (void)dup2(null, STDOUT_FILENO);
    (void)dup2(null, STDERR_FILENO);
    (void)execvp(words[0], words);
    _exit(127);
}

/* True once the server answers, be it with an error (a password is wanted). */
static bool answers(const struct test_redis *redis)
{
    redisContext *context = test_redis_connect(redis);
    redisReply *reply = NULL;
    if (context != NULL && context->err == 0)
        reply = redisCommand(context, "PING");
    bool ok = reply != NULL;
    freeReplyObject(reply);
    if (context != NULL)
        redisFree(context);
    return ok;
}

bool test_redis_again(struct test_redis *redis, const char *const *options)
{
    redis->process = fork();
    if (redis->process == 0)
        become_server(redis, options);
    for (int i = 0; i < TRIES && redis->process > 0; i++) {
        if (answers(redis))
            return true;
        (void)usleep(TRY_US);
    }
    return false;
}

bool test_redis_start(struct test_redis *ret_redis, const char *const *options)
{
    *ret_redis = (struct test_redis){.directory = "/tmp/telltale-redis-XXXXXX"};
    if (mkdtemp(ret_redis->directory) == NULL)
        return false;
    (void)snprintf(ret_redis->socket, sizeof ret_redis->socket, "%s/socket", ret_redis->directory);
    (void)snprintf(ret_redis->url, sizeof ret_redis->url, "unix://%s", ret_redis->socket);
    return test_redis_again(ret_redis, options);
}

void test_redis_kill(struct test_redis *redis)
{
    if (redis->process <= 0)
        return;
    (void)kill(redis->process, SIGKILL);
    (void)waitpid(redis->process, NULL, 0);
    redis->process = 0;
    (void)unlink(redis->socket);
}

void test_redis_stop(struct test_redis *redis)
{
    test_redis_kill(redis);
    (void)rmdir(redis->directory);
}
