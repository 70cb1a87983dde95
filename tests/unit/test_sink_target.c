/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "run.h"
#include "sink/target.h"

static struct target target_of(const char *url)
{
    struct target target = {0};
    struct error err = {""};
    ck_assert_msg(target_read(&target, url, NULL, &err), "%s: %s", url, err.text);
    return target;
}

static void refuses(const char *url, const char *part)
{
    struct target target = {0};
    struct error err = {""};
    ck_assert_msg(!target_read(&target, url, NULL, &err), "%s", url);
    ck_assert_msg(strstr(err.text, part) != NULL, "'%s' lacks '%s'", err.text, part);
    ck_assert_ptr_null(strstr(err.text, "hunter2"));
}

START_TEST(tcp_urls)
{
    struct target target = target_of("redis://localhost");
    ck_assert_str_eq(target.host, "localhost");
    ck_assert_int_eq(target.port, 6379);
    ck_assert_uint_eq(target.database, 0);
    ck_assert_ptr_null(target.user);
    ck_assert_ptr_null(target.password);
    target_done(&target);
    target = target_of("redis://bob:p%40s%3as@192.0.2.1:7000/3");
    ck_assert_str_eq(target.host, "192.0.2.1");
    ck_assert_int_eq(target.port, 7000);
    ck_assert_uint_eq(target.database, 3);
    ck_assert_str_eq(target.user, "bob");
    ck_assert_str_eq(target.password, "p@s:s");
    ck_assert_str_eq(target.label, "redis at 192.0.2.1:7000");
    target_done(&target);
    target = target_of("redis://:hun@ter2@[2001:db8::1]:7000/");
    ck_assert_str_eq(target.host, "2001:db8::1");
    ck_assert_int_eq(target.port, 7000);
    ck_assert_ptr_null(target.user);
    ck_assert_str_eq(target.password, "hun@ter2");
    target_done(&target);
    target = target_of("redis://bob@[::1]");
    ck_assert_str_eq(target.host, "::1");
    ck_assert_str_eq(target.user, "bob");
    ck_assert_ptr_null(target.password);
    target_done(&target);
}
END_TEST

START_TEST(socket_urls)
{
    struct target target = target_of("unix:///run/redis.sock?db=2");
    ck_assert_str_eq(target.path, "/run/redis.sock");
    ck_assert_ptr_null(target.host);
    ck_assert_uint_eq(target.database, 2);
    ck_assert_str_eq(target.label, "redis at /run/redis.sock");
    target_done(&target);
    target = target_of("unix://bob:hunter2@/run/redis.sock");
    ck_assert_str_eq(target.path, "/run/redis.sock");
    ck_assert_str_eq(target.user, "bob");
    ck_assert_str_eq(target.password, "hunter2");
    target_done(&target);
}
END_TEST

START_TEST(wrong_urls_are_refused_without_showing_them)
{
    refuses("http://hunter2", "begins with redis:// or unix://");
    refuses("rediss://:hunter2@host", "not supported");
    refuses("redis://", "no host");
    refuses("redis://:hunter2@", "no host");
    refuses("redis://:hunter2@:6379", "no host");
    refuses("redis://:hunter2@host:", "1 to 65535");
    refuses("redis://:hunter2@host:0", "1 to 65535");
    refuses("redis://:hunter2@host:65536", "1 to 65535");
    refuses("redis://[::1", "lacks a ]");
    refuses("redis://[::1]x", "1 to 65535");
    refuses("redis://:hunter2@host/x", "must be a number");
    refuses("redis://:hunter2%4@host", "wrong % escape");
    refuses("redis://:hunter2%zz@host", "wrong % escape");
    refuses("redis://:hunter2%00@host", "wrong % escape");
    refuses("redis://hunter2%@host", "user of the Redis URL");
    refuses("unix://run/redis.sock", "absolute path");
    refuses("unix:///run/redis.sock?database=1", "?db=number");
    refuses("unix:///run/redis.sock?db=", "must be a number");
}
END_TEST

/* Writes a password file; returns its path, good until the next call. */
static const char *password_file(const char *content)
{
    static char path[40];
    (void)strcpy(path, "/tmp/telltale-password-XXXXXX");
    int descriptor = mkstemp(path);
    ck_assert_int_ge(descriptor, 0);
    ck_assert_int_eq(write(descriptor, content, strlen(content)), (int)strlen(content));
    (void)close(descriptor);
    return path;
}

START_TEST(password_comes_from_url_then_file_then_environment)
{
    struct target target = {0};
    struct error err = {""};
    const char *path = password_file("from file\r\nsecond line\n");
    (void)setenv("TELLTALE_REDIS_PASSWORD", "from environment", 1);
    ck_assert(target_read(&target, "redis://:url@host", path, &err));
    ck_assert_str_eq(target.password, "url");
    target_done(&target);
    ck_assert(target_read(&target, "redis://bob@host", path, &err));
    ck_assert_str_eq(target.password, "from file");
    ck_assert_str_eq(target.user, "bob");
    target_done(&target);
    ck_assert(target_read(&target, "redis://host", NULL, &err));
    ck_assert_str_eq(target.password, "from environment");
    target_done(&target);
    (void)unlink(path);
    ck_assert(!target_read(&target, "redis://host", path, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "No such file"));
    path = password_file("\n");
    ck_assert(!target_read(&target, "redis://host", path, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "no password"));
    (void)unlink(path);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {tcp_urls, socket_urls,
                                  wrong_urls_are_refused_without_showing_them,
                                  password_comes_from_url_then_file_then_environment, NULL};
    return run_suite(suite_of("sink_target", tests));
}
