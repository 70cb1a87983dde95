/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct error;
struct redisContext;
struct target;

/* A key that we write to, and the type it must have where it exists. */
struct link_key {
    const char *name; /* NULL: not used */
    const char *type; /* as TYPE says it: "list", "stream" */
};

struct link_options {
    int64_t timeout_ns;
    struct link_key keys[2];
};

/* Connects, authenticates, selects the database, and checks that the server answers, is no replica,
 * and that the keys have the right types.  The caller releases with redisFree().  NULL with a
 * sentence on any failure. */
struct redisContext *link_open(const struct target *target, const struct link_options *options,
                               struct error *err);
/* Writes why the connection is lost: what the library says, or the time that nothing came. */
void link_problem(const struct redisContext *context, int64_t timeout_ns,
                  struct error *ret_problem);
