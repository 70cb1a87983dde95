/* SPDX-License-Identifier: Apache-2.0 */
/* Getting a connection to Redis into a state in which events can be written to it.
 *
 * Every check runs again after each reconnect: a server may come back as a replica, with another
 * password, or with a key that someone else has made.  What an ACL forbids us to ask (ROLE, TYPE)
 * is not checked. */
#include "sink/link.h"

#include <errno.h>
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/time.h"
#include "sink/target.h"

enum {
    ARGUMENTS_MAX = 3,
    SHOWN_MAX = 200
};

static struct timeval timeout_of(int64_t timeout_ns)
{
    struct timeval timeout = {.tv_sec = timeout_ns / NS_PER_S,
                              .tv_usec = timeout_ns % NS_PER_S / NS_PER_US};
    return timeout;
}

void link_problem(const struct redisContext *context, int64_t timeout_ns, struct error *ret_problem)
{
    if (context->err == REDIS_ERR_IO && (errno == EAGAIN || errno == EWOULDBLOCK))
        (void)error_set(ret_problem, "no answer within %g s", (double)timeout_ns / 1e9);
    else
        (void)error_set(ret_problem, "%s",
                        context->errstr[0] != '\0' ? context->errstr : "connection lost");
}

/* Sends one command and returns its reply, which the caller releases; NULL with a sentence where
 * the connection is lost. */
static redisReply *ask(redisContext *context, const struct link_options *options,
                       const char *const *arguments, struct error *err)
{
    const char *values[ARGUMENTS_MAX];
    size_t lengths[ARGUMENTS_MAX];
    int count = 0;
    for (; count < ARGUMENTS_MAX && arguments[count] != NULL; count++) {
        values[count] = arguments[count];
        lengths[count] = strlen(arguments[count]);
    }
    redisReply *reply = redisCommandArgv(context, count, values, lengths);
    if (reply == NULL)
        link_problem(context, options->timeout_ns, err);
    return reply;
}

/* Sends a command that must not be refused.  `what` says what it was for. */
static bool demand(redisContext *context, const struct link_options *options,
                   const char *const *arguments, const char *what, struct error *err)
{
    redisReply *reply = ask(context, options, arguments, err);
    if (reply == NULL)
        return false;
    bool ok = reply->type != REDIS_REPLY_ERROR;
    if (!ok) {
        struct text shown = {0};
        text_add_visible(&shown, reply->str, reply->len < SHOWN_MAX ? reply->len : SHOWN_MAX);
        (void)error_set(err, "%s refused: %s", what, text_string(&shown));
        text_done(&shown);
    }
    freeReplyObject(reply);
    return ok;
}

static bool authenticate(redisContext *context, const struct target *target,
                         const struct link_options *options, struct error *err)
{
    if (target->password == NULL)
        return true;
    const char *with_user[] = {"AUTH", target->user, target->password};
    const char *without[] = {"AUTH", target->password, NULL};
    return demand(context, options, target->user != NULL ? with_user : without, "password", err);
}

static bool is_string(const redisReply *reply)
{
    return reply->type == REDIS_REPLY_STRING || reply->type == REDIS_REPLY_STATUS;
}

static bool check_role(redisContext *context, const struct link_options *options, struct error *err)
{
    const char *const arguments[ARGUMENTS_MAX] = {"ROLE"};
    redisReply *reply = ask(context, options, arguments, err);
    if (reply == NULL)
        return false;
    bool replica = reply->type == REDIS_REPLY_ARRAY && reply->elements > 0 &&
                   is_string(reply->element[0]) && strcmp(reply->element[0]->str, "slave") == 0;
    freeReplyObject(reply);
    return !replica || error_set(err,
                                 "this server is a replica and takes no events: name the "
                                 "primary");
}

static bool check_key(redisContext *context, const struct link_options *options,
                      const struct link_key *key, struct error *err)
{
    if (key->name == NULL)
        return true;
    const char *const arguments[ARGUMENTS_MAX] = {"TYPE", key->name};
    redisReply *reply = ask(context, options, arguments, err);
    if (reply == NULL)
        return false;
    bool wrong =
        is_string(reply) && strcmp(reply->str, "none") != 0 && strcmp(reply->str, key->type) != 0;
    if (wrong)
        (void)error_set(err, "the key '%.100s' is a %.20s there, not a %s", key->name, reply->str,
                        key->type);
    freeReplyObject(reply);
    return !wrong;
}

static bool prepare(redisContext *context, const struct target *target,
                    const struct link_options *options, struct error *err)
{
    static const char *const ping[ARGUMENTS_MAX] = {"PING"};
    char database[16];
    (void)snprintf(database, sizeof database, "%u", target->database);
    const char *const select[ARGUMENTS_MAX] = {"SELECT", database};
    if (!authenticate(context, target, options, err) ||
        (target->database != 0 && !demand(context, options, select, "database", err)) ||
        !demand(context, options, ping, "PING", err) || !check_role(context, options, err))
        return false;
    for (size_t i = 0; i < COUNT_OF(options->keys); i++)
        if (!check_key(context, options, &options->keys[i], err))
            return false;
    return true;
}

struct redisContext *link_open(const struct target *target, const struct link_options *options,
                               struct error *err)
{
    struct timeval timeout = timeout_of(options->timeout_ns);
    redisContext *context = target->path != NULL
                                ? redisConnectUnixWithTimeout(target->path, timeout)
                                : redisConnectWithTimeout(target->host, target->port, timeout);
    if (context == NULL) {
        (void)error_set(err, "%s: cannot connect", target->label);
        return NULL;
    }
    struct error why = {""};
    if (context->err != 0 || redisSetTimeout(context, timeout) != REDIS_OK)
        link_problem(context, options->timeout_ns, &why);
    else if (prepare(context, target, options, &why))
        return context;
    redisFree(context);
    (void)error_set(err, "%s: %s", target->label, why.text);
    return NULL;
}
