/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "base/time.h"
#include "run.h"
#include "sink/sink.h"

struct folder {
    char path[40];
    char file[64];
};

static struct folder folder_make(void)
{
    struct folder folder = {.path = "/tmp/telltale-sink-XXXXXX"};
    ck_assert_ptr_nonnull(mkdtemp(folder.path));
    (void)snprintf(folder.file, sizeof folder.file, "%s/events", folder.path);
    return folder;
}

static void folder_remove(const struct folder *folder)
{
    char path[96];
    (void)unlink(folder->file);
    for (int i = 0; i < 9; i++) {
        (void)snprintf(path, sizeof path, "%s.%d", folder->file, i);
        (void)unlink(path);
    }
    ck_assert_int_eq(rmdir(folder->path), 0);
}

static struct sink *open_sink(const char *path, uint64_t rotate_bytes, unsigned keep)
{
    struct error err = {""};
    struct sink *sink = sink_open_file(path, rotate_bytes, keep, &err);
    ck_assert_msg(sink != NULL, "%s", err.text);
    return sink;
}

static bool put(struct sink *sink, const char *line)
{
    return sink_write(sink, "alert", line, strlen(line));
}

/* The file, with `suffix` added to its name, must hold exactly `content`; NULL: must not be there.
 */
static void holds(const struct folder *folder, const char *suffix, const char *content)
{
    char path[96], bytes[4096] = "";
    (void)snprintf(path, sizeof path, "%s%s", folder->file, suffix);
    FILE *stream = fopen(path, "r");
    ck_assert_msg((stream != NULL) == (content != NULL), "%s", path);
    if (stream == NULL || content == NULL)
        return;
    size_t size = fread(bytes, 1, sizeof bytes - 1, stream);
    (void)fclose(stream);
    bytes[size] = '\0';
    ck_assert_str_eq(bytes, content);
}

START_TEST(lines_are_appended_whole)
{
    struct folder folder = folder_make();
    struct sink *sink = open_sink(folder.file, 0, 5);
    ck_assert(put(sink, "{\"a\":1}"));
    ck_assert(put(sink, "{\"b\":2}"));
    holds(&folder, "", "");
    sink_flush(sink);
    holds(&folder, "", "{\"a\":1}\n{\"b\":2}\n");
    ck_assert_uint_eq(sink_counters(sink)->written, 2);
    ck_assert_uint_eq(sink_counters(sink)->bytes, 16);
    ck_assert(sink_ok(sink, NULL));
    ck_assert(put(sink, "c"));
    sink_close(sink);
    sink = open_sink(folder.file, 0, 5);
    ck_assert(put(sink, "d"));
    sink_close(sink);
    holds(&folder, "", "{\"a\":1}\n{\"b\":2}\nc\nd\n");
    folder_remove(&folder);
}
END_TEST

START_TEST(tick_writes_what_has_waited)
{
    struct folder folder = folder_make();
    struct sink *sink = open_sink(folder.file, 0, 5);
    sink_tick(sink, 1000 * NS_PER_MS);
    ck_assert(put(sink, "a"));
    sink_tick(sink, 1050 * NS_PER_MS);
    holds(&folder, "", "");
    sink_tick(sink, 1100 * NS_PER_MS);
    holds(&folder, "", "a\n");
    sink_close(sink);
    folder_remove(&folder);
}
END_TEST

START_TEST(full_buffer_is_written)
{
    struct folder folder = folder_make();
    struct sink *sink = open_sink(folder.file, 0, 5);
    char line[1000];
    memset(line, 'x', sizeof line);
    for (int i = 0; i < 70; i++)
        ck_assert(sink_write(sink, "flow", line, sizeof line));
    ck_assert_uint_ge(sink_counters(sink)->written, 65);
    sink_close(sink);
    struct stat status;
    ck_assert_int_eq(stat(folder.file, &status), 0);
    ck_assert_int_eq(status.st_size, 70070);
    folder_remove(&folder);
}
END_TEST

START_TEST(file_rotates_at_its_size_between_lines)
{
    struct folder folder = folder_make();
    struct sink *sink = open_sink(folder.file, 10, 2);
    for (char line[] = "1111"; line[0] <= '7'; line[0]++)
        ck_assert(put(sink, line));
    sink_close(sink);
    holds(&folder, "", "7111\n");
    holds(&folder, ".1", "5111\n6111\n");
    holds(&folder, ".2", "3111\n4111\n");
    holds(&folder, ".3", NULL);
    folder_remove(&folder);
}
END_TEST

START_TEST(line_longer_than_the_size_has_its_own_file)
{
    struct folder folder = folder_make();
    struct sink *sink = open_sink(folder.file, 4, 3);
    ck_assert(put(sink, "long line"));
    ck_assert(put(sink, "other line"));
    sink_close(sink);
    holds(&folder, ".1", "long line\n");
    holds(&folder, "", "other line\n");
    holds(&folder, ".2", NULL);
    folder_remove(&folder);
}
END_TEST

START_TEST(rotation_counts_what_was_there)
{
    struct folder folder = folder_make();
    struct sink *sink = open_sink(folder.file, 8, 3);
    ck_assert(put(sink, "12345"));
    sink_close(sink);
    sink = open_sink(folder.file, 8, 3);
    ck_assert(put(sink, "678"));
    sink_close(sink);
    holds(&folder, ".1", "12345\n");
    holds(&folder, "", "678\n");
    folder_remove(&folder);
}
END_TEST

START_TEST(reopen_follows_a_rename)
{
    struct folder folder = folder_make();
    struct sink *sink = open_sink(folder.file, 0, 5);
    char renamed[96];
    (void)snprintf(renamed, sizeof renamed, "%s.1", folder.file);
    ck_assert(put(sink, "before"));
    ck_assert_int_eq(rename(folder.file, renamed), 0);
    sink_reopen(sink);
    ck_assert(put(sink, "after"));
    sink_close(sink);
    holds(&folder, ".1", "before\n");
    holds(&folder, "", "after\n");
    folder_remove(&folder);
}
END_TEST

START_TEST(file_that_ends_within_a_line_gets_a_newline)
{
    struct folder folder = folder_make();
    FILE *stream = fopen(folder.file, "w");
    ck_assert_ptr_nonnull(stream);
    (void)fputs("{\"cut", stream);
    (void)fclose(stream);
    struct sink *sink = open_sink(folder.file, 0, 5);
    ck_assert(put(sink, "next"));
    sink_close(sink);
    holds(&folder, "", "{\"cut\nnext\n");
    folder_remove(&folder);
}
END_TEST

START_TEST(full_device_is_counted_and_said)
{
    struct sink *sink = open_sink("/dev/full", 0, 5);
    struct error problem = {""};
    ck_assert(put(sink, "a"));
    sink_flush(sink);
    ck_assert(!sink_ok(sink, &problem));
    ck_assert_str_eq(problem.text, "/dev/full: No space left on device");
    ck_assert_uint_eq(sink_counters(sink)->failed, 1);
    ck_assert_uint_eq(sink_counters(sink)->written, 0);
    ck_assert(!put(sink, "b"));
    ck_assert_uint_eq(sink_counters(sink)->failed, 2);
    ck_assert_uint_eq(sink_counters(sink)->dropped, 0);
    sink_close(sink);
}
END_TEST

START_TEST(full_device_costs_bounded_memory)
{
    struct sink *sink = open_sink("/dev/full", 0, 5);
    char line[10000];
    memset(line, 'x', sizeof line);
    for (int i = 0; i < 200; i++)
        (void)sink_write(sink, "flow", line, sizeof line);
    ck_assert_uint_ge(sink_counters(sink)->dropped, 90);
    ck_assert_uint_le(sink_counters(sink)->dropped, 110);
    sink_close(sink);
}
END_TEST

/* A limit on the file's size stands for a disk that is full: the kernel takes part of a line, then
 * refuses. */
static void set_size_limit(rlim_t size)
{
    struct rlimit limit = {.rlim_cur = size, .rlim_max = RLIM_INFINITY};
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

START_TEST(partial_line_is_cut_off_and_written_again)
{
    struct folder folder = folder_make();
    struct sink *sink = open_sink(folder.file, 0, 5);
    ck_assert(put(sink, "first line"));
    ck_assert(put(sink, "second line"));
    (void)signal(SIGXFSZ, SIG_IGN);
    set_size_limit(15);
    sink_flush(sink);
    holds(&folder, "", "first line\n");
    ck_assert(!sink_ok(sink, NULL));
    ck_assert_uint_eq(sink_counters(sink)->written, 1);
    ck_assert_uint_eq(sink_counters(sink)->failed, 1);
    set_size_limit(RLIM_INFINITY);
    ck_assert(put(sink, "third"));
    holds(&folder, "", "first line\nsecond line\nthird\n");
    ck_assert(sink_ok(sink, NULL));
    ck_assert_uint_eq(sink_counters(sink)->written, 3);
    ck_assert_uint_eq(sink_counters(sink)->dropped, 0);
    sink_close(sink);
    folder_remove(&folder);
}
END_TEST

START_TEST(closed_pipe_is_said_and_ends_writing)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    int saved = dup(STDOUT_FILENO);
    ck_assert_int_eq(dup2(ends[1], STDOUT_FILENO), STDOUT_FILENO);
    struct sink *sink = open_sink("-", 0, 5);
    (void)put(sink, "read");
    sink_flush(sink);
    char bytes[16] = "";
    ssize_t size = read(ends[0], bytes, sizeof bytes - 1);
    (void)close(ends[0]);
    (void)put(sink, "lost");
    sink_flush(sink);
    struct error problem = {""};
    bool ok = sink_ok(sink, &problem);
    bool more = put(sink, "lost too");
    struct sink_counters counters = *sink_counters(sink);
    sink_close(sink);
    (void)dup2(saved, STDOUT_FILENO);
    (void)close(ends[1]);
    (void)close(saved);
    ck_assert_int_eq(size, 5);
    ck_assert_str_eq(bytes, "read\n");
    ck_assert(!ok);
    ck_assert_str_eq(problem.text, "standard output: Broken pipe");
    ck_assert(!more);
    ck_assert_uint_eq(counters.written, 1);
    ck_assert_uint_eq(counters.dropped, 2);
}
END_TEST

START_TEST(file_that_cannot_be_opened_is_named)
{
    struct error err = {""};
    ck_assert_ptr_null(sink_open_file("/nonexistent/events", 0, 5, &err));
    ck_assert_str_eq(err.text, "/nonexistent/events: No such file or directory");
}
END_TEST

int main(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    const TTest *const tests[] = {lines_are_appended_whole,
                                  tick_writes_what_has_waited,
                                  full_buffer_is_written,
                                  file_rotates_at_its_size_between_lines,
                                  line_longer_than_the_size_has_its_own_file,
                                  rotation_counts_what_was_there,
                                  reopen_follows_a_rename,
                                  file_that_ends_within_a_line_gets_a_newline,
                                  full_device_is_counted_and_said,
                                  full_device_costs_bounded_memory,
                                  partial_line_is_cut_off_and_written_again,
                                  closed_pipe_is_said_and_ends_writing,
                                  file_that_cannot_be_opened_is_named,
                                  NULL};
    return run_suite(suite_of("sink_file", tests));
}
