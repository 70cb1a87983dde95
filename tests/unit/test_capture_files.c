/* SPDX-License-Identifier: Apache-2.0 */
/* Runs over files, folders and standard input through the public interface. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "capture/capture.h"
#include "capture/frame.h"
#include "capture_build.h"
#include "run.h"

#define MICRO UINT32_C(0xa1b2c3d4)

static const struct capture_options defaults = {0};

/* A capture whose frames carry the times `first`, `first` + 1 ... seconds. */
static struct build seconds_from(uint32_t first, uint32_t count)
{
    struct build build = {0};
    build_pcap_header(&build, MICRO, 4, LINK_ETHERNET);
    for (uint32_t i = 0; i < count; i++)
        build_pcap_record(&build, first + i, 0, 20, 20);
    return build;
}

/* Writes such a capture; returns its path. */
static char *write_seconds(const char *folder, const char *name, uint32_t first, uint32_t count)
{
    struct build build = seconds_from(first, count);
    char *path = build_write(&build, folder, name);
    build_done(&build);
    return path;
}

static void write_text(const char *folder, const char *name, const char *text)
{
    struct build build = {0};
    build_bytes(&build, text, strlen(text));
    free(build_write(&build, folder, name));
    build_done(&build);
}

static struct capture *open_paths(const char *const *paths, size_t count)
{
    struct error err = {""};
    struct capture *capture = capture_open_files(paths, count, &defaults, &err);
    ck_assert_msg(capture != NULL, "%s", err.text);
    return capture;
}

/* Reads to the end; returns the frames' times as `1 2 3 ` and checks their numbers. */
static const char *read_times(struct capture *capture, char ret_times[static 256])
{
    struct frame frame;
    uint64_t number = 0;
    ret_times[0] = '\0';
    while (capture_next(capture, &frame) == CAPTURE_FRAME) {
        ck_assert_uint_eq(frame.number, ++number);
        size_t length = strlen(ret_times);
        (void)snprintf(ret_times + length, 256 - length, "%d ", (int)(frame.ts_ns / 1000000000));
    }
    ck_assert_int_eq(capture_next(capture, &frame), CAPTURE_END);
    return ret_times;
}

START_TEST(files_are_read_in_order_with_one_numbering)
{
    auto_free char *folder = build_folder();
    auto_free char *a = write_seconds(folder, "a", 10, 2);
    auto_free char *b = write_seconds(folder, "b", 20, 1);
    const char *paths[] = {b, a, b};
    struct capture *capture = open_paths(paths, 3);
    char times[256];
    ck_assert_str_eq(read_times(capture, times), "20 10 11 20 ");
    struct capture_progress progress;
    capture_progress(capture, &progress);
    ck_assert_uint_eq(progress.bytes_total, (24 + 36) * 2 + 24 + 72);
    ck_assert_uint_eq(progress.bytes_read, progress.bytes_total);
    ck_assert_uint_eq(progress.files_done, 3);
    ck_assert_uint_eq(progress.frames, 4);
    struct capture_counters counters;
    capture_counters(capture, &counters);
    ck_assert_uint_eq(counters.frames, 4);
    ck_assert_uint_eq(counters.bytes, 80);
    ck_assert_int_eq(capture_result(capture), CAPTURE_OK);
    struct error problem;
    ck_assert(!capture_problem(capture, 0, &problem));
    capture_close(capture);
    build_remove(folder);
}
END_TEST

START_TEST(a_folder_is_read_sorted_without_what_is_no_capture)
{
    auto_free char *folder = build_folder();
    char below[4096];
    (void)snprintf(below, sizeof below, "%s/b-below", folder);
    ck_assert_int_eq(mkdir(below, 0700), 0);
    free(write_seconds(folder, "c10", 40, 1));
    free(write_seconds(folder, "c9", 50, 1));
    free(write_seconds(folder, "Z", 10, 1));
    free(write_seconds(folder, ".hidden", 99, 1));
    free(write_seconds(below, "2", 31, 1));
    free(write_seconds(below, "1", 30, 1));
    write_text(folder, "README", "words");
    write_text(folder, "empty", "");
    char loop[8192];
    (void)snprintf(loop, sizeof loop, "%s/loop", below);
    ck_assert_int_eq(symlink(folder, loop), 0);
    const char *paths[] = {folder};
    struct capture *capture = open_paths(paths, 1);
    char times[256];
    ck_assert_str_eq(read_times(capture, times), "10 30 31 40 50 ");
    struct capture_counters counters;
    capture_counters(capture, &counters);
    ck_assert_uint_eq(counters.skipped_files, 2);
    ck_assert_int_eq(capture_result(capture), CAPTURE_OK);
    capture_close(capture);
    build_remove(folder);
}
END_TEST

START_TEST(folders_are_entered_to_a_bound)
{
    auto_free char *folder = build_folder();
    char path[4096];
    (void)snprintf(path, sizeof path, "%s", folder);
    for (int i = 0; i < 9; i++) {
        free(write_seconds(path, "a", (uint32_t)i, 1));
        size_t length = strlen(path);
        (void)snprintf(path + length, sizeof path - length, "/d");
        ck_assert_int_eq(mkdir(path, 0700), 0);
    }
    free(write_seconds(path, "a", 9, 1));
    const char *paths[] = {folder};
    struct capture *capture = open_paths(paths, 1);
    char times[256];
    ck_assert_str_eq(read_times(capture, times), "0 1 2 3 4 5 6 7 8 ");
    struct error problem;
    ck_assert(capture_problem(capture, 0, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "too many folders deep"));
    ck_assert_int_eq(capture_result(capture), CAPTURE_UNREADABLE);
    capture_close(capture);
    build_remove(folder);
}
END_TEST

START_TEST(a_folder_without_captures_is_a_problem)
{
    auto_free char *folder = build_folder();
    const char *paths[] = {folder};
    char times[256], expected[4200];
    struct error problem;
    struct capture *capture = open_paths(paths, 1);
    ck_assert_str_eq(read_times(capture, times), "");
    ck_assert(capture_problem(capture, 0, &problem));
    (void)snprintf(expected, sizeof expected, "%s: no files in this folder", folder);
    ck_assert_str_eq(problem.text, expected);
    capture_close(capture);
    write_text(folder, "README", "words");
    capture = open_paths(paths, 1);
    ck_assert_str_eq(read_times(capture, times), "");
    ck_assert(capture_problem(capture, 0, &problem));
    (void)snprintf(expected, sizeof expected, "%s: no capture file in this folder", folder);
    ck_assert_str_eq(problem.text, expected);
    ck_assert_int_eq(capture_result(capture), CAPTURE_UNREADABLE);
    capture_close(capture);
    build_remove(folder);
}
END_TEST

START_TEST(broken_files_are_told_and_the_rest_is_read)
{
    auto_free char *folder = build_folder();
    struct build build = seconds_from(10, 2);
    build.size -= 3;
    auto_free char *cut = build_write(&build, folder, "cut");
    build_pcap_record(&build, 0, 0, 0, 0); /* in the wrong place */
    build_fill(&build, 64);
    build.data[24 + 36 + 11] = 1; /* the captured length of the second record */
    auto_free char *damaged = build_write(&build, folder, "damaged");
    build_done(&build);
    auto_free char *good = write_seconds(folder, "good", 30, 1);
    const char *paths[] = {"/nonexistent/x.pcap", cut, damaged, good};
    struct capture *capture = open_paths(paths, 4);
    char times[256];
    ck_assert_str_eq(read_times(capture, times), "10 10 30 ");
    struct capture_counters counters;
    capture_counters(capture, &counters);
    ck_assert_uint_eq(counters.unreadable_files, 1);
    ck_assert_uint_eq(counters.truncated_files, 1);
    ck_assert_uint_eq(counters.damaged_files, 1);
    ck_assert_int_eq(capture_result(capture), CAPTURE_UNREADABLE);
    struct error problem;
    ck_assert(capture_problem(capture, 0, &problem));
    ck_assert_str_eq(problem.text, "/nonexistent/x.pcap: No such file or directory");
    ck_assert(capture_problem(capture, 1, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "/cut: cut after frame 1 of this file: "));
    ck_assert(capture_problem(capture, 2, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "/damaged: damaged after frame 1 of this file: "));
    ck_assert(!capture_problem(capture, 3, &problem));
    capture_close(capture);
    build_remove(folder);
}
END_TEST

START_TEST(a_cut_file_alone_is_truncated_not_unreadable)
{
    auto_free char *folder = build_folder();
    struct build build = seconds_from(10, 1);
    build.size -= 1;
    auto_free char *path = build_write(&build, folder, "cut");
    build_done(&build);
    const char *paths[] = {path};
    struct capture *capture = open_paths(paths, 1);
    char times[256];
    ck_assert_str_eq(read_times(capture, times), "");
    ck_assert_int_eq(capture_result(capture), CAPTURE_TRUNCATED);
    capture_close(capture);
    build_remove(folder);
}
END_TEST

START_TEST(a_named_file_that_is_no_capture_is_unreadable)
{
    auto_free char *folder = build_folder();
    struct build build = {0};
    build_bytes(&build, "#!/bin/sh\n", 10);
    auto_free char *path = build_write(&build, folder, "bad\x1b[31m");
    build_done(&build);
    const char *paths[] = {path};
    struct capture *capture = open_paths(paths, 1);
    char times[256];
    ck_assert_str_eq(read_times(capture, times), "");
    ck_assert_int_eq(capture_result(capture), CAPTURE_UNREADABLE);
    struct error problem;
    ck_assert(capture_problem(capture, 0, &problem));
    ck_assert_ptr_null(strchr(problem.text, '\x1b')); /* no escape sequence reaches the terminal */
    ck_assert_ptr_nonnull(strstr(problem.text, ": not a capture file (starts with \"#!/bin/s\")"));
    capture_close(capture);
    build_remove(folder);
}
END_TEST

START_TEST(a_filter_counts_and_keeps_the_numbers)
{
    auto_free char *folder = build_folder();
    struct build build = {0};
    build_pcap_header(&build, MICRO, 4, LINK_ETHERNET);
    build_pcap_record(&build, 1, 0, 20, 20);
    build_pcap_record(&build, 2, 0, 30, 30);
    build_pcap_record(&build, 3, 0, 20, 20);
    build_pcap_record(&build, 4, 0, 40, 40);
    auto_free char *path = build_write(&build, folder, "a");
    build_done(&build);
    struct capture_options options = {.filter = "greater 30"};
    const char *paths[] = {path};
    struct error err;
    struct capture *capture = capture_open_files(paths, 1, &options, &err);
    ck_assert_ptr_nonnull(capture);
    struct frame frame;
    ck_assert_int_eq(capture_next(capture, &frame), CAPTURE_FRAME);
    ck_assert_uint_eq(frame.number, 2);
    ck_assert_int_eq(capture_next(capture, &frame), CAPTURE_FRAME);
    ck_assert_uint_eq(frame.number, 4);
    ck_assert_int_eq(capture_next(capture, &frame), CAPTURE_END);
    struct capture_counters counters;
    capture_counters(capture, &counters);
    ck_assert_uint_eq(counters.filtered, 2);
    ck_assert_uint_eq(counters.frames, 2);
    capture_close(capture);
    build_remove(folder);
}
END_TEST

START_TEST(wrong_requests_are_refused_with_a_sentence)
{
    struct error err = {""};
    const char *twice[] = {"-", "-"};
    ck_assert_ptr_null(capture_open_files(twice, 2, &defaults, &err));
    ck_assert_str_eq(err.text, "-: standard input can be read only once");
    ck_assert_ptr_null(capture_open_files(twice, 0, &defaults, &err));
    ck_assert_str_eq(err.text, "no capture file is given");
    struct capture_options options = {.filter = "tcp and prot 80"};
    ck_assert_ptr_null(capture_open_files(twice, 1, &options, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "-f: column 9: 'prot'"));
}
END_TEST

/* Makes `descriptor` the standard input, closing it. */
static void become_stdin(int descriptor)
{
    ck_assert_int_ge(dup2(descriptor, STDIN_FILENO), 0);
    (void)close(descriptor);
}

START_TEST(standard_input_is_read_packed_too)
{
    auto_free char *folder = build_folder();
    struct build plain = seconds_from(10, 3);
    struct build packed = build_gzip(&plain);
    auto_free char *path = build_write(&packed, folder, "a.gz");
    build_done(&packed);
    build_done(&plain);
    become_stdin(open(path, O_RDONLY | O_CLOEXEC));
    const char *paths[] = {"-"};
    struct capture *capture = open_paths(paths, 1);
    char times[256];
    ck_assert_str_eq(read_times(capture, times), "10 11 12 ");
    struct capture_progress progress;
    capture_progress(capture, &progress);
    ck_assert_uint_eq(progress.bytes_total, 0);
    capture_close(capture);
    build_remove(folder);
}
END_TEST

static void *break_soon(void *capture)
{
    (void)usleep(20000);
    capture_break(capture);
    return NULL;
}

START_TEST(a_break_ends_the_wait_for_a_pipe)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    struct build build = seconds_from(10, 1);
    ck_assert_int_eq(write(ends[1], build.data, build.size), (ssize_t)build.size);
    build_done(&build);
    become_stdin(ends[0]);
    const char *paths[] = {"-"};
    struct capture *capture = open_paths(paths, 1);
    struct frame frame;
    ck_assert_int_eq(capture_next(capture, &frame), CAPTURE_FRAME);
    struct capture_progress progress;
    capture_progress(capture, &progress);
    ck_assert_str_eq(progress.file, "standard input");
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, break_soon, capture), 0);
    ck_assert_int_eq(capture_next(capture, &frame), CAPTURE_END); /* the pipe stays open */
    ck_assert_int_eq(capture_result(capture), CAPTURE_OK);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    capture_close(capture);
    (void)close(ends[1]);
}
END_TEST

static void count_name(void *context, const struct addr *addr, const char *name)
{
    (void)addr;
    ck_assert_str_eq(name, "host.example");
    ++*(int *)context;
}

START_TEST(names_and_drops_of_pcapng_reach_the_caller)
{
    auto_free char *folder = build_folder();
    struct build build = {0};
    build_section(&build);
    build_interface(&build, LINK_ETHERNET, 0);
    build_block_begin(&build, 4);
    build_option(&build, 1, "\xc0\x00\x02\x01host.example", 17);
    build_option(&build, 0, NULL, 0);
    build_block_end(&build);
    build_block_begin(&build, 5);
    build_u32(&build, 0);
    build_u64(&build, 0);
    build_u16(&build, 5);
    build_u16(&build, 8);
    build_u64(&build, 12);
    build_block_end(&build);
    auto_free char *path = build_write(&build, folder, "a.pcapng");
    build_done(&build);
    int names = 0;
    struct capture_options options = {.on_name = count_name, .on_name_context = &names};
    const char *paths[] = {path, path};
    struct error err;
    struct capture *capture = capture_open_files(paths, 2, &options, &err);
    ck_assert_ptr_nonnull(capture);
    struct frame frame;
    ck_assert_int_eq(capture_next(capture, &frame), CAPTURE_END);
    struct capture_counters counters;
    capture_counters(capture, &counters);
    ck_assert_uint_eq(counters.interface_drops, 24);
    ck_assert_int_eq(names, 2);
    capture_close(capture);
    build_remove(folder);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {files_are_read_in_order_with_one_numbering,
                                  a_folder_is_read_sorted_without_what_is_no_capture,
                                  folders_are_entered_to_a_bound,
                                  a_folder_without_captures_is_a_problem,
                                  broken_files_are_told_and_the_rest_is_read,
                                  a_cut_file_alone_is_truncated_not_unreadable,
                                  a_named_file_that_is_no_capture_is_unreadable,
                                  a_filter_counts_and_keeps_the_numbers,
                                  wrong_requests_are_refused_with_a_sentence,
                                  standard_input_is_read_packed_too,
                                  a_break_ends_the_wait_for_a_pipe,
                                  names_and_drops_of_pcapng_reach_the_caller,
                                  NULL};
    return run_suite(suite_of("capture_files", tests));
}
