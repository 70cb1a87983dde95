/* SPDX-License-Identifier: Apache-2.0 */
/* The address of a Redis server.  The scheme for TCP is the one registered with IANA, "redis";
 * `unix` is what other clients use.  Passwords are overwritten before their memory is released. */
#include "sink/target.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"

enum {
    DEFAULT_PORT = 6379,
    DATABASE_MAX = 1000000,
    PASSWORD_MAX = 1024
};

static void secret_free(char *secret)
{
    if (secret != NULL)
        explicit_bzero(secret, strlen(secret));
    free(secret);
}

void target_done(struct target *target)
{
    free(target->host);
    free(target->path);
    free(target->user);
    secret_free(target->password);
    free(target->label);
    *target = (struct target){0};
}

static int hex_value(char digit)
{
    if (isdigit((unsigned char)digit))
        return digit - '0';
    return isxdigit((unsigned char)digit) ? tolower((unsigned char)digit) - 'a' + 10 : -1;
}

/* Returns a copy of `length` bytes with %XX resolved; NULL for a wrong escape or a NUL. */
static char *unescape(const char *text, size_t length)
{
    char *copy = mem_text_n(text, length);
    size_t out = 0;
    for (size_t i = 0; i < length; out++) {
        bool escape = text[i] == '%';
        int high = escape && i + 2 < length ? hex_value(text[i + 1]) : -1;
        int low = high >= 0 ? hex_value(text[i + 2]) : -1;
        if (escape && (low < 0 || (high == 0 && low == 0))) {
            secret_free(copy);
            return NULL;
        }
        copy[out] = text[i];
        if (escape)
            copy[out] = (char)(high * 16 + low);
        i += escape ? 3 : 1;
    }
    copy[out] = '\0';
    return copy;
}

/* Reads `user:password`, either part of which may be empty. */
static bool read_user(struct target *target, const char *text, size_t length, struct error *err)
{
    const char *colon = memchr(text, ':', length);
    size_t user_length = colon != NULL ? (size_t)(colon - text) : length;
    if (user_length > 0 && (target->user = unescape(text, user_length)) == NULL)
        return error_set(err, "the user of the Redis URL has a wrong %% escape");
    if (colon == NULL || user_length + 1 == length)
        return true;
    target->password = unescape(colon + 1, length - user_length - 1);
    if (target->password == NULL)
        return error_set(err, "the password of the Redis URL has a wrong %% escape");
    return true;
}

static bool read_database(struct target *target, const char *text, struct error *err)
{
    uint64_t database = 0;
    if (!number_parse_u64(text, DATABASE_MAX, &database))
        return error_set(err, "the database of the Redis URL must be a number");
    target->database = (uint32_t)database;
    return true;
}

/* Reads `host`, `host:port` or `[address]:port`. */
static bool read_host(struct target *target, const char *text, size_t length, struct error *err)
{
    bool bracket = length > 0 && text[0] == '[';
    const char *host_end = memchr(text, bracket ? ']' : ':', length);
    if (bracket && host_end == NULL)
        return error_set(err, "the host of the Redis URL lacks a ]");
    const char *start = text + bracket, *end = text + length;
    size_t host_length = (size_t)((host_end != NULL ? host_end : end) - start);
    const char *rest = host_end != NULL ? host_end + bracket : end;
    if (host_length == 0)
        return error_set(err, "the Redis URL has no host");
    uint64_t port = DEFAULT_PORT;
    if (rest < end) {
        auto_free char *digits = mem_text_n(rest + 1, (size_t)(end - rest - 1));
        if (*rest != ':' || !number_parse_u64(digits, UINT16_MAX, &port) || port == 0)
            return error_set(err, "the port of the Redis URL must be 1 to 65535");
    }
    target->host = mem_text_n(start, host_length);
    target->port = (int)port;
    struct text label = {0};
    text_add(&label, "redis at ");
    text_add_visible(&label, text, length);
    target->label = label.data;
    return true;
}

/* Reads what stands behind redis://. */
static bool read_tcp(struct target *target, const char *rest, struct error *err)
{
    size_t length = strcspn(rest, "/");
    const char *at = memrchr(rest, '@', length);
    if (at != NULL && !read_user(target, rest, (size_t)(at - rest), err))
        return false;
    const char *host = at != NULL ? at + 1 : rest;
    if (!read_host(target, host, (size_t)(rest + length - host), err))
        return false;
    if (rest[length] == '\0' || rest[length + 1] == '\0')
        return true;
    return read_database(target, rest + length + 1, err);
}

/* Reads what stands behind unix://. */
static bool read_unix(struct target *target, const char *rest, struct error *err)
{
    const char *path = strchr(rest, '/');
    if (path == NULL || (path > rest && path[-1] != '@'))
        return error_set(err, "a Redis URL for a socket needs an absolute path: unix:///path");
    if (path > rest && !read_user(target, rest, (size_t)(path - rest) - 1, err))
        return false;
    size_t length = strcspn(path, "?");
    if (path[length] == '?' && strncmp(path + length, "?db=", 4) != 0)
        return error_set(err, "a Redis URL for a socket can only end with ?db=number");
    target->path = mem_text_n(path, length);
    struct text label = {0};
    text_add(&label, "redis at ");
    text_add_visible(&label, path, length);
    target->label = label.data;
    return path[length] == '\0' || read_database(target, path + length + 4, err);
}

/* Reads the first line of the password file. */
static bool read_password_file(struct target *target, const char *path, struct error *err)
{
    FILE *stream = fopen(path, "re");
    if (stream == NULL)
        return error_set(err, "%s: %s", path, strerror(errno));
    char line[PASSWORD_MAX];
    bool ok = fgets(line, sizeof line, stream) != NULL;
    (void)fclose(stream);
    size_t length = ok ? strcspn(line, "\r\n") : 0;
    if (length > 0)
        target->password = mem_text_n(line, length);
    explicit_bzero(line, sizeof line);
    return length > 0 || error_set(err, "%s: has no password in its first line", path);
}

static bool read_url(struct target *target, const char *url, struct error *err)
{
    if (strncmp(url, "redis://", 8) == 0)
        return read_tcp(target, url + 8, err);
    if (strncmp(url, "unix://", 7) == 0)
        return read_unix(target, url + 7, err);
    if (strncmp(url, "rediss://", 9) == 0)
        return error_set(err,
                         "Redis over TLS (rediss://) is not supported: use a UNIX socket or a "
                         "TLS proxy on this machine");
    return error_set(err, "a Redis URL begins with redis:// or unix://");
}

bool target_read(struct target *ret_target, const char *url, const char *password_file,
                 struct error *err)
{
    struct target target = {0};
    bool ok = read_url(&target, url, err);
    if (ok && target.password == NULL && password_file != NULL)
        ok = read_password_file(&target, password_file, err);
    const char *environment = getenv("TELLTALE_REDIS_PASSWORD");
    if (ok && target.password == NULL && environment != NULL && environment[0] != '\0')
        target.password = mem_text(environment);
    if (!ok) {
        target_done(&target);
        return false;
    }
    *ret_target = target;
    return true;
}
