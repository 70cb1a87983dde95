/* SPDX-License-Identifier: Apache-2.0 */
/* Large files, which are read block by block: nothing is lost between blocks, and a file that is cut meanwhile ends there. */
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "capture/capture.h"
#include "capture/frame.h"
#include "capture_build.h"
#include "run.h"

#define MICRO UINT32_C(0xa1b2c3d4)

enum {
    FRAMES = 3000,
    FRAME_SIZE = 1000, /* 3 MB: several blocks, and records across their borders */
    CUT_AT = 1500
};

static char *write_large(const char *folder)
{
    struct build build = {0};
    build_pcap_header(&build, MICRO, 4, LINK_ETHERNET);
    for (uint32_t i = 0; i < FRAMES; i++)
        build_pcap_record(&build, i, 0, FRAME_SIZE, FRAME_SIZE);
    char *path = build_write(&build, folder, "large.pcap");
    build_done(&build);
    return path;
}

static struct capture *open_path(const char *path)
{
    static const struct capture_options defaults = {0};
    struct error err = {""};
    struct capture *capture = capture_open_files(&path, 1, &defaults, &err);
    ck_assert_msg(capture != NULL, "%s", err.text);
    return capture;
}

START_TEST(every_frame_of_a_large_file_comes_whole)
{
    auto_free char *folder = build_folder();
    auto_free char *path = write_large(folder);
    struct capture *capture = open_path(path);
    struct frame frame;
    int64_t second = 0;
    for (; capture_next(capture, &frame) == CAPTURE_FRAME; second++) {
        ck_assert_int_eq(frame.ts_ns, second * 1000000000);
        ck_assert_uint_eq(frame.captured, FRAME_SIZE);
        for (unsigned i = 1; i < FRAME_SIZE; i++)
            ck_assert_uint_eq(frame.data[i], (frame.data[0] + i) & 0xff);
    }
    ck_assert_int_eq(second, FRAMES);
    ck_assert_int_eq(capture_result(capture), CAPTURE_OK);
    capture_close(capture);
    build_remove(folder);
}
END_TEST

START_TEST(a_file_that_is_cut_while_it_is_read_ends_there)
{
    auto_free char *folder = build_folder();
    auto_free char *path = write_large(folder);
    struct capture *capture = open_path(path);
    struct frame frame;
    int frames = 0;
    for (; frames < CUT_AT && capture_next(capture, &frame) == CAPTURE_FRAME; frames++)
        ;
    ck_assert_int_eq(truncate(path, 0), 0);
    for (; capture_next(capture, &frame) == CAPTURE_FRAME; frames++)
        ck_assert_uint_eq(frame.data[FRAME_SIZE - 1], (frame.data[0] + FRAME_SIZE - 1) & 0xff);
    ck_assert_int_lt(frames, FRAMES);
    ck_assert_int_ge(frames, CUT_AT);
    ck_assert_int_eq(capture_result(capture), CAPTURE_TRUNCATED);
    capture_close(capture);
    build_remove(folder);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {every_frame_of_a_large_file_comes_whole,
                                  a_file_that_is_cut_while_it_is_read_ends_there, NULL};
    return run_suite(suite_of("capture_source", tests));
}
