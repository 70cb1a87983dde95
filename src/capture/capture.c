/* SPDX-License-Identifier: Apache-2.0 */
/* The front of the capture stage: files or an interface behind one function, numbered, filtered and
 * counted.
 *
 * Frames of files are numbered before the filter, so that a number means the same frame with and
 * without it (and the same as in other tools).  A live filter runs in the kernel.
 * Invariant: exactly one of `files` and `live` is set. */
#include "capture/capture.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "capture/files.h"
#include "capture/filter.h"
#include "capture/frame.h"
#include "capture/live.h"
#include "capture/report.h"

struct capture {
    struct files *files;   /* owned */
    struct live *live;     /* owned */
    struct filter *filter; /* owned; NULL: everything passes, or the kernel filters */
    struct report report;
    uint64_t number; /* of the newest frame */
    atomic_bool stop;
};

static struct capture *capture_new(void)
{
    struct capture *capture = mem_zeroed(1, sizeof *capture);
    atomic_init(&capture->stop, false);
    return capture;
}

struct capture *capture_open_files(const char *const *paths, size_t count,
                                   const struct capture_options *options, struct error *err)
{
    struct capture *capture = capture_new();
    bool good = true;
    if (options->filter != NULL && options->filter[0] != '\0') {
        capture->filter = filter_new(options->filter, err);
        good = capture->filter != NULL;
    }
    if (good)
        capture->files = files_open(paths, count, options, &capture->report, &capture->stop, err);
    if (capture->files != NULL)
        return capture;
    capture_close(capture);
    return NULL;
}

struct capture *capture_open_live(const char *interface, const struct capture_options *options,
                                  struct error *err)
{
    struct capture *capture = capture_new();
    capture->live = live_open(interface, options, &capture->report, &capture->stop, err);
    if (capture->live != NULL)
        return capture;
    capture_close(capture);
    return NULL;
}

void capture_close(struct capture *capture)
{
    if (capture == NULL)
        return;
    files_close(capture->files);
    live_close(capture->live);
    filter_free(capture->filter);
    report_done(&capture->report);
    free(capture);
}

static bool passes(struct capture *capture, const struct frame *frame)
{
    struct error problem;
    bool good = filter_accepts(capture->filter, frame, &problem);
    if (problem.text[0] != '\0')
        report_add(&capture->report, CAPTURE_OK, "%s", problem.text);
    return good;
}

enum capture_status capture_next(struct capture *capture, struct frame *ret_frame)
{
    struct capture_counters *counters = &capture->report.counters;
    for (;;) { /* each turn takes a frame of the input */
        enum capture_status status;
        if (capture->live != NULL)
            status = live_next(capture->live, ret_frame);
        else
            status = files_next(capture->files, ret_frame) ? CAPTURE_FRAME : CAPTURE_END;
        if (status != CAPTURE_FRAME)
            return status;
        ret_frame->number = ++capture->number;
        if (capture->filter == NULL || passes(capture, ret_frame)) {
            counters->frames++;
            counters->bytes += ret_frame->captured;
            return CAPTURE_FRAME;
        }
        counters->filtered++;
    }
}

void capture_break(struct capture *capture)
{
    atomic_store_explicit(&capture->stop, true, memory_order_relaxed);
}

void capture_progress(const struct capture *capture, struct capture_progress *ret_progress)
{
    *ret_progress = (struct capture_progress){0};
    ret_progress->frames = capture->report.counters.frames;
    ret_progress->filtered = capture->report.counters.filtered;
    if (capture->files != NULL)
        files_progress(capture->files, ret_progress);
}

void capture_counters(struct capture *capture, struct capture_counters *ret_counters)
{
    if (capture->live != NULL)
        live_count(capture->live);
    else
        files_count(capture->files);
    *ret_counters = capture->report.counters;
}

enum capture_result capture_result(const struct capture *capture)
{
    return capture->report.result;
}

bool capture_problem(const struct capture *capture, size_t index, struct error *ret_problem)
{
    if (index >= capture->report.count)
        return false;
    (void)error_set(ret_problem, "%s", capture->report.sentences[index]);
    return true;
}
