/* SPDX-License-Identifier: Apache-2.0 */
/* Plays a scenario: one generator for each asset and activity, one queue for all.
 *
 * A generator is in the queue once, at its next start.  When that comes it adds the frames of one
 * start and goes back in further on; a frame that comes up goes to the file.  Since nothing is ever
 * added before the present moment, frames leave in order of time, and memory is that of what
 * overlaps, however long the scenario.  Rejected: making each flow's packets lazily, which saves a
 * little memory and makes a state machine of every protocol. */
#include "play.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/time.h"
#include "capture_out.h"
#include "converse.h"
#include "queue.h"
#include "scenario.h"
#include "truth.h"

enum {
    /* A machine that was switched on starts its software within so much. */
    BOOT_S = 240
};
#define BOOT_NS (BOOT_S * NS_PER_S)

struct player {
    const struct scenario *scenario;
    struct queue *queue;
    struct capture_out *out;
    struct generator *generators;
    size_t count;
};

static int64_t end_of(const struct player *player, const struct activity *activity)
{
    const struct scenario *scenario = player->scenario;
    int64_t end_ns = scenario->start_ns + scenario->duration_ns;
    int64_t stop_ns = time_add(scenario->start_ns, activity->timing.stop_ns);
    return stop_ns < end_ns ? stop_ns : end_ns;
}

/* Puts the generator's next start into the queue, unless it has none. */
static void push(struct player *player, size_t index, int64_t ts_ns)
{
    struct generator *generator = &player->generators[index];
    const struct timing *timing = &generator->activity->timing;
    if ((timing->count > 0 && generator->starts >= timing->count) ||
        ts_ns >= end_of(player, generator->activity))
        return;
    queue_add_wake(player->queue, ts_ns, index);
}

static int64_t jittered(struct generator *generator, int64_t ts_ns)
{
    const struct timing *timing = &generator->activity->timing;
    if (timing->jitter <= 0.0)
        return ts_ns;
    double shift = (2.0 * random_unit(&generator->random) - 1.0) * timing->jitter;
    return ts_ns + (int64_t)(shift * (double)timing->every_ns);
}

static int64_t random_phase(struct generator *generator, int64_t span_ns)
{
    return (int64_t)(random_unit(&generator->random) * (double)span_ns);
}

/* Returns how long after its beginning the first start comes. */
static int64_t pick_phase(struct generator *generator, int64_t span_ns)
{
    const struct timing *timing = &generator->activity->timing;
    if (timing->start_ns >= 0)
        return timing->start_ns;
    return random_phase(generator, span_ns);
}

/* Puts in the first start after the machine is switched on next. */
static void schedule_boot(struct player *player, size_t index, int64_t now_ns)
{
    struct generator *generator = &player->generators[index];
    const struct timing *timing = &generator->activity->timing;
    struct calendar calendar = generator_calendar(player->scenario, generator);
    int64_t on_ns = calendar_next_on(&calendar, now_ns);
    if (on_ns == INT64_MAX)
        return;
    bool often = timing->every_ns > 0 && timing->every_ns < BOOT_NS;
    generator->nominal_ns = on_ns + pick_phase(generator, often ? timing->every_ns : BOOT_NS);
    push(player, index, generator->nominal_ns);
}

static void schedule_first(struct player *player, size_t index)
{
    struct generator *generator = &player->generators[index];
    const struct timing *timing = &generator->activity->timing;
    int64_t from_ns = player->scenario->start_ns + timing->from_ns;
    bool boots = timing->schedule == SCHEDULE_BOOT;
    if (boots && !hours_always(&generator->asset->hours)) {
        struct calendar calendar = generator_calendar(player->scenario, generator);
        if (!calendar_is_on(&calendar, from_ns)) {
            schedule_boot(player, index, from_ns);
            return;
        }
    }
    int64_t once_ns = boots ? BOOT_NS : player->scenario->duration_ns;
    int64_t span_ns = timing->every_ns > 0 ? timing->every_ns : once_ns;
    /* Who was switched on before the capture began is somewhere in a period. */
    bool anywhere = boots && timing->from_ns == 0;
    generator->nominal_ns =
        from_ns + (anywhere ? random_phase(generator, span_ns) : pick_phase(generator, span_ns));
    push(player, index, generator->nominal_ns);
}

static void schedule_next(struct player *player, size_t index, int64_t now_ns)
{
    struct generator *generator = &player->generators[index];
    const struct timing *timing = &generator->activity->timing;
    bool boots = timing->schedule == SCHEDULE_BOOT && !hours_always(&generator->asset->hours);
    if (timing->every_ns == 0) {
        if (boots)
            schedule_boot(player, index, now_ns);
        return;
    }
    int64_t from_ns = timing->schedule == SCHEDULE_SLEEP ? now_ns : generator->nominal_ns;
    generator->nominal_ns = from_ns + timing->every_ns;
    int64_t ts_ns = jittered(generator, generator->nominal_ns);
    struct calendar calendar = generator_calendar(player->scenario, generator);
    if (boots && calendar_off(&calendar, now_ns) <= ts_ns) {
        schedule_boot(player, index, now_ns);
        return;
    }
    push(player, index, ts_ns > now_ns ? ts_ns : now_ns + 1);
}

static bool is_on(const struct player *player, const struct generator *generator, int64_t ts_ns)
{
    const struct hours *hours = &generator->activity->timing.hours;
    struct calendar machine = generator_calendar(player->scenario, generator);
    struct calendar activity = {.hours = hours};
    return calendar_is_on(&machine, ts_ns) && calendar_is_on(&activity, ts_ns);
}

static void wake(struct player *player, size_t index, int64_t now_ns)
{
    assert(player->generators != NULL && index < player->count);
    struct generator *generator = &player->generators[index];
    const struct timing *timing = &generator->activity->timing;
    bool missed = random_chance(&generator->random, timing->missed);
    if (!missed && is_on(player, generator, now_ns)) {
        generator->starts++;
        for (unsigned i = 0; i < timing->burst; i++)
            converse(player->scenario, generator, now_ns + (int64_t)i * timing->burst_gap_ns);
    }
    schedule_next(player, index, now_ns);
}

/* Where the proxy is a machine of the scenario, it talks too. */
static void add_relay(const struct scenario *scenario, struct generator *generator)
{
    const struct activity *activity = generator->activity;
    if (!activity->has_proxy)
        return;
    generator->relay = scenario_asset_at(scenario, &activity->proxy);
    generator->relay_truth = (struct truth_row){
        .asset = generator->relay, .activity = activity, .client = generator->asset};
}

static void make_generators(struct player *player)
{
    const struct scenario *scenario = player->scenario;
    for (size_t a = 0; a < scenario->activity_count; a++) {
        for (size_t m = 0; m < scenario->asset_count; m++) {
            const struct activity *activity = &scenario->activities[a];
            if (!asset_is_of(&scenario->assets[m], activity->who, activity->who_count))
                continue;
            player->generators =
                mem_resize(player->generators, player->count + 1, sizeof *player->generators);
            struct generator *generator = &player->generators[player->count++];
            *generator = (struct generator){
                .asset = &scenario->assets[m],
                .activity = &scenario->activities[a],
                .queue = player->queue,
                .random = random_of(scenario->seed, (uint64_t)a << 32 | m),
                .truth = {.asset = &scenario->assets[m], .activity = &scenario->activities[a]}};
            add_relay(scenario, generator);
        }
    }
    for (size_t i = 0; i < player->count; i++)
        schedule_first(player, i);
}

static void finish(struct player *player, struct truth_file *truth)
{
    struct truth_tally *tally = truth_tally_new(player->scenario);
    for (size_t i = 0; i < player->count; i++) {
        struct generator *generator = &player->generators[i];
        truth_tally_add(tally, &generator->truth);
        if (truth != NULL) {
            truth_write_row(truth, &generator->truth);
            truth_write_row(truth, &generator->relay_truth);
        }
        truth_row_done(&generator->truth);
        truth_row_done(&generator->relay_truth);
    }
    if (truth != NULL)
        truth_write_machines(truth, player->scenario, tally);
    truth_tally_free(tally);
    struct capture_total total = capture_out_total(player->out);
    if (truth != NULL)
        truth_write_summary(truth, player->scenario, &total);
    free(player->generators);
}

size_t play(const struct scenario *scenario, struct capture_out *out, struct truth_file *truth)
{
    struct player player = {.scenario = scenario, .queue = queue_new(), .out = out};
    struct event event;
    make_generators(&player);
    while (queue_take(player.queue, &event)) {
        if (event.frame != NULL)
            capture_out_frame(out, event.ts_ns, event.frame);
        else
            wake(&player, event.generator, event.ts_ns);
        free(event.frame);
    }
    finish(&player, truth);
    size_t peak = queue_peak(player.queue);
    queue_free(player.queue);
    return peak;
}
