/* SPDX-License-Identifier: Apache-2.0 */
/* `telltale sensor`: one interface, the same pipeline, until a signal comes. */
#include <stdio.h>

#include "base/error.h"
#include "base/time.h"
#include "capture/capture.h"
#include "capture/frame.h"
#include "commands.h"
#include "exit.h"
#include "outputs.h"
#include "pipeline.h"
#include "run.h"
#include "summary.h"

enum {
    FRAMES_BETWEEN_LOOKS = 64 /* power of two: how often sinks get a turn on a busy line */
};

static void print_help(void)
{
    (void)fputs(
        "Watches an interface and writes an alert for every machine that talks to a security vendor.\n\n"
        "usage: telltale sensor -i IFACE [OPTION]...\n\n"
        "Runs until SIGINT or SIGTERM; SIGHUP opens the event file anew.  Needs CAP_NET_RAW.\n",
        stdout);
    options_print(stdout, OPTIONS_SENSOR);
    (void)fputs(
        "\nexit codes: 0 ended by a signal, 2 usage or configuration, 4 the interface went away,\n"
        "5 events not delivered\n",
        stdout);
}

/* A quiet line's alert goes out at once; a busy one's when the batch or its time is full. */
static void serve_outputs(struct run *run, bool idle, uint64_t frames)
{
    if (idle || (frames & (FRAMES_BETWEEN_LOOKS - 1)) == 0)
        outputs_tick(run->outputs);
    if (idle)
        outputs_flush(run->outputs);
    if (run_hangup())
        outputs_reopen(run->outputs);
}

static void watch(struct run *run)
{
    int64_t interval_ns = run->options.settings.sensor.stats_interval_ns;
    int64_t due_ns = INT64_MIN;
    struct frame frame;
    uint64_t frames = 0;
    enum capture_status status = CAPTURE_END;
    while ((status = capture_next(run->capture, &frame)) != CAPTURE_END) {
        pipeline_frame(run->pipeline, &frame);
        serve_outputs(run, status == CAPTURE_IDLE, ++frames);
        if (interval_ns == 0 || frame.ts_ns < due_ns)
            continue;
        if (due_ns != INT64_MIN)
            run_stats(run);
        due_ns = time_add(frame.ts_ns, interval_ns);
    }
}

static int sense(struct run *run, struct error *err)
{
    struct capture_options options;
    run_capture_options(run, &options);
    run->capture = capture_open_live(run->options.interface, &options, err);
    if (run->capture == NULL)
        return EXIT_USAGE;
    run_catch_signals(run->capture);
    if (!run->options.quiet)
        (void)fprintf(stderr, "telltale: watching %s with a buffer of %llu MiB\n",
                      run->options.interface, (unsigned long long)(options.buffer_bytes >> 20));
    watch(run);
    pipeline_finish(run->pipeline);
    run_stats(run);
    outputs_flush(run->outputs);
    struct error problem;
    for (size_t i = 0; capture_problem(run->capture, i, &problem); i++)
        (void)fprintf(stderr, "telltale: %s\n", problem.text);
    if (!run->options.quiet)
        summary_print(stderr, run);
    if (!outputs_ok(run->outputs, err))
        return EXIT_SINK;
    return run_interrupted() ? EXIT_OK : EXIT_TRUNCATED;
}

int command_sensor(int argc, char **argv)
{
    struct run run;
    struct error err = {{0}};
    int code = EXIT_USAGE;
    if (run_start(&run, OPTIONS_SENSOR, argc, argv, &err)) {
        if (run.options.help) {
            print_help();
            code = EXIT_OK;
        } else if (run.options.interface == NULL || run.options.argument_count > 0) {
            (void)error_set(&err, run.options.interface == NULL
                                      ? "sensor: no interface named (-i IFACE)"
                                      : "sensor: takes no arguments ('telltale sensor --help')");
        } else {
            code = sense(&run, &err);
        }
    }
    if (err.text[0] != '\0')
        (void)fprintf(stderr, "telltale: %s\n", err.text);
    run_done(&run);
    return code;
}
