/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct error;

/* Where a Redis server is and who we are there. */
struct target {
    char *host; /* TCP; NULL for a UNIX socket */
    char *path; /* UNIX socket; NULL for TCP */
    int port;
    uint32_t database;
    char *user, *password; /* NULL for none */
    char *label;           /* "redis at localhost:6379": for messages, holds no password */
};

/* Reads `redis://[user[:password]@]host[:port][/database]` or
 * `unix://[user[:password]@]/path[?db=number]`. Percent signs escape bytes in user and password
 * (RFC 3986); an IPv6 address stands in brackets.  The password is that of the URL, else the first
 * line of `password_file` (may be NULL), else the environment variable TELLTALE_REDIS_PASSWORD.
 * False with a sentence that never holds the URL. */
bool target_read(struct target *ret_target, const char *url, const char *password_file,
                 struct error *err);
void target_done(struct target *target);
