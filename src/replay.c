/* SPDX-License-Identifier: Apache-2.0 */
/* `telltale replay`: capture files in, events on standard output, a summary on standard error. */
#include <stdio.h>

#include "base/error.h"
#include "capture/capture.h"
#include "capture/frame.h"
#include "commands.h"
#include "exit.h"
#include "outputs.h"
#include "pipeline.h"
#include "progress.h"
#include "run.h"
#include "summary.h"

enum {
    FRAMES_BETWEEN_LOOKS = 4096 /* power of two: how often progress, signals and sinks get a turn */
};

static void print_help(void)
{
    (void)fputs(
        "Reads captures and writes an alert for every machine that talks to a security vendor.\n\n"
        "usage: telltale replay [OPTION]... FILE...\n\n"
        "FILE is a capture (pcap or pcapng, plain or packed with gzip or zstd), a folder of captures,\n"
        "or '-' for standard input.  Several are read one after the other as one run.\n"
        "Events go to standard output as JSON lines; the summary and all messages to standard error.\n",
        stdout);
    options_print(stdout, OPTIONS_REPLAY);
    (void)fputs(
        "\nexit codes: 0 done, 1 alerts (with --fail-on-alert), 2 usage or configuration,\n"
        "3 input unreadable, 4 input cut or damaged (partial results), 5 events not delivered\n",
        stdout);
}

static void read_all(struct run *run)
{
    struct progress progress;
    progress_start(&progress, !run->options.quiet);
    struct frame frame;
    uint64_t frames = 0;
    while (capture_next(run->capture, &frame) != CAPTURE_END) {
        pipeline_frame(run->pipeline, &frame);
        if ((++frames & (FRAMES_BETWEEN_LOOKS - 1)) != 0)
            continue;
        progress_update(&progress, run->capture);
        outputs_tick(run->outputs);
        if (run_hangup())
            outputs_reopen(run->outputs);
    }
    progress_end(&progress);
}

static void say_problems(const struct capture *capture)
{
    struct error problem;
    for (size_t i = 0; capture_problem(capture, i, &problem); i++)
        (void)fprintf(stderr, "telltale: %s\n", problem.text);
}

static int exit_code(const struct run *run)
{
    struct error problem;
    if (!outputs_ok(run->outputs, &problem)) {
        (void)fprintf(stderr, "telltale: %s\n", problem.text);
        return EXIT_SINK;
    }
    switch (capture_result(run->capture)) {
    case CAPTURE_UNREADABLE:
        return EXIT_UNREADABLE;
    case CAPTURE_TRUNCATED:
        return EXIT_TRUNCATED;
    case CAPTURE_OK:
        break;
    }
    bool alerts = pipeline_counters(run->pipeline)->alerts > 0;
    return run->options.fail_on_alert && alerts ? EXIT_ALERTS : EXIT_OK;
}

static int replay(struct run *run, struct error *err)
{
    struct capture_options options;
    run_capture_options(run, &options);
    run->capture =
        capture_open_files(run->options.arguments, run->options.argument_count, &options, err);
    if (run->capture == NULL)
        return EXIT_USAGE;
    run_catch_signals(run->capture);
    read_all(run);
    pipeline_finish(run->pipeline);
    run_stats(run);
    outputs_flush(run->outputs);
    say_problems(run->capture);
    if (!run->options.quiet)
        summary_print(stderr, run);
    return exit_code(run);
}

int command_replay(int argc, char **argv)
{
    struct run run;
    struct error err = {{0}};
    int code = EXIT_USAGE;
    if (run_start(&run, OPTIONS_REPLAY, argc, argv, &err)) {
        if (run.options.help) {
            print_help();
            code = EXIT_OK;
        } else if (run.options.argument_count == 0) {
            (void)error_set(&err, "replay: no capture named ('telltale replay --help')");
        } else {
            code = replay(&run, &err);
        }
    }
    if (err.text[0] != '\0')
        (void)fprintf(stderr, "telltale: %s\n", err.text);
    run_done(&run);
    return code;
}
