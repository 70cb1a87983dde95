/* SPDX-License-Identifier: Apache-2.0 */
/* Setting up and taking down a run, and the signals that end it. */
#include "run.h"

#include <signal.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "capture/capture.h"
#include "match/match.h"
#include "outputs.h"
#include "pipeline.h"

/* The only mutable globals of the program: a signal handler has no other way to be heard. */
static struct capture *volatile caught_capture;           /* NOLINT(*-non-const-global-variables) */
static volatile sig_atomic_t hangup_seen, interrupt_seen; /* NOLINT(*-non-const-global-variables) */

static void on_stop(int number)
{
    (void)number;
    interrupt_seen = 1;
    if (caught_capture != NULL)
        capture_break(caught_capture);
}

static void on_hangup(int number)
{
    (void)number;
    hangup_seen = 1;
}

void run_catch_signals(struct capture *capture)
{
    caught_capture = capture;
    struct sigaction stop = {.sa_handler = on_stop};
    struct sigaction hangup = {.sa_handler = on_hangup, .sa_flags = SA_RESTART};
    (void)sigaction(SIGINT, &stop, NULL);
    (void)sigaction(SIGTERM, &stop, NULL);
    (void)sigaction(SIGHUP, &hangup, NULL);
}

bool run_hangup(void)
{
    bool seen = hangup_seen != 0;
    hangup_seen = 0;
    return seen;
}

bool run_interrupted(void)
{
    return interrupt_seen != 0;
}

bool run_start(struct run *run, enum options_use use, int argc, char **argv, struct error *err)
{
    *run = (struct run){0};
    if (!options_read(&run->options, use, argc, argv, err)) {
        run->options = (struct options){0};
        return false;
    }
    if (run->options.help)
        return true;
    if (!knowledge_load(&run->knowledge, &run->options, err))
        return false;
    run->outputs = outputs_open(&run->options.settings, err);
    if (run->outputs == NULL)
        return false;
    struct pipeline_options options = {
        .settings = &run->options.settings,
        .signatures = run->knowledge.signatures,
        .geo = run->knowledge.geo,
        .interface = use == OPTIONS_SENSOR ? run->options.interface : NULL,
        .emit = outputs_write,
        .emit_context = run->outputs,
    };
    run->pipeline = pipeline_new(&options, err);
    return run->pipeline != NULL;
}

void run_capture_options(struct run *run, struct capture_options *ret_options)
{
    const struct settings *settings = &run->options.settings;
    *ret_options = (struct capture_options){
        .filter = settings->capture.filter,
        .snaplen = settings->capture.snaplen,
        .buffer_bytes = settings->capture.buffer_bytes,
        .promiscuous = settings->capture.promiscuous,
        .timeout_ns = settings->capture.timeout_ns,
        .on_name = pipeline_name,
        .on_name_context = run->pipeline,
    };
}

void run_stats(struct run *run)
{
    struct capture_counters counters;
    capture_counters(run->capture, &counters);
    struct pipeline_capture capture = {
        .frames = counters.frames,
        .bytes = counters.bytes,
        .filtered = counters.filtered,
        .kernel_received = counters.kernel_received,
        .kernel_drops = counters.kernel_drops,
        .interface_drops = counters.interface_drops,
    };
    pipeline_stats(run->pipeline, &capture);
}

void run_done(struct run *run)
{
    caught_capture = NULL;
    capture_close(run->capture);
    outputs_close(run->outputs);
    if (!MEM_LEAKS_WATCHED) /* the program ends: the system takes memory back faster than we give it */
        return;
    pipeline_free(run->pipeline);
    knowledge_done(&run->knowledge);
    options_done(&run->options);
}
