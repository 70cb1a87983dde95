/* SPDX-License-Identifier: Apache-2.0 */
/* Rate and time left, by the bytes of the files on disk: frames are not known beforehand. */
#include "progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "base/time.h"
#include "capture/capture.h"

#define REDRAW_NS (NS_PER_S / 5)

static int64_t monotonic_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

void progress_start(struct progress *progress, bool wanted)
{
    *progress = (struct progress){.shown = wanted && isatty(STDERR_FILENO) != 0};
    progress->start_ns = progress->last_ns = monotonic_ns();
}

static void add_left(struct text *line, const struct capture_progress *at, double seconds)
{
    if (at->bytes_total == 0 || at->bytes_read == 0)
        return;
    double share = (double)at->bytes_read / (double)at->bytes_total;
    double left = share < 1.0 ? seconds / share - seconds : 0.0;
    text_addf(line, "  %3.0f %%  %.0f s left", share * 100.0, left);
}

void progress_update(struct progress *progress, const struct capture *capture)
{
    if (!progress->shown)
        return;
    int64_t now_ns = monotonic_ns();
    if (now_ns - progress->last_ns < REDRAW_NS)
        return;
    progress->last_ns = now_ns;
    double seconds = (double)(now_ns - progress->start_ns) / (double)NS_PER_S;
    struct capture_progress at;
    capture_progress(capture, &at);
    struct text line = {0};
    text_addf(&line, "%llu packets  %.0f/s", (unsigned long long)at.frames,
              (double)at.frames / seconds);
    add_left(&line, &at, seconds);
    if (at.files_total > 1)
        text_addf(&line, "  file %zu of %zu", at.files_done + 1, at.files_total);
    (void)fprintf(stderr, "\r\033[K%s", text_string(&line));
    (void)fflush(stderr);
    text_done(&line);
    progress->drawn = true;
}

void progress_end(struct progress *progress)
{
    if (progress->drawn)
        (void)fputs("\r\033[K", stderr);
    progress->drawn = false;
}
