/* SPDX-License-Identifier: Apache-2.0 */
/* Counting wake-ups, and what follows from them.
 *
 * The first wake-up of a pair costs its record alone; times are kept from the second on.  A series is scored when
 * it has grown by a third (from HISTORY_MAX wake-ups on by every SCORE_EVERY), so that scoring costs a constant share of
 * counting.  Messages are one series for each connection, because every connection has a phase of its own; what they say
 * is told of the pair (machine, subject, messages), so that a client that reconnects is one beat and not many.
 *
 * Invariants: (1) `beating` holds the records whose beat is going, and their beat->place says where; (2) `families` hold the
 * p-value of each record that is marked as scored. */
#include "behave/pairs.h"

#include <stdlib.h>
#include <string.h>

#include "base/intern.h"
#include "base/memory.h"
#include "base/time.h"
#include "behave/discovery.h"
#include "behave/pair.h"
#include "behave/pair_table.h"

enum {
    CHANGES_MAX = 8,   /* of one call, or of one look at the beats that is taken up again */
    SCORE_FIRST = 3,   /* wake-ups */
    SCORE_EVERY = 128, /* wake-ups, once the history is full */
    FAMILIES = 2       /* vendors' services, and everything else: the many must not drown the few */
};

#define CHECK_EVERY_NS (60 * NS_PER_S)

struct pairs {
    struct pairs_options options;
    struct pairs_counters counters;
    struct pair_table table;
    struct discovery families[FAMILIES];
    uint32_t *beating; /* numbers of pairs */
    uint32_t beating_capacity;
    uint32_t check_place; /* where the look at the beats goes on */
    int64_t checked_ns;
    struct change changes[CHANGES_MAX];
    unsigned change_first, change_count;
    int64_t times_ns[HISTORY_MAX];
};

void pairs_options_default(struct pairs_options *ret_options)
{
    *ret_options = (struct pairs_options){.pairs_max = 200000,
                                          .p_value = 0.01,
                                          .false_discovery = 0.05,
                                          .merge_ns = 2 * NS_PER_S,
                                          .session_ns = 14400 * NS_PER_S,
                                          .session_again_ns = NS_PER_DAY};
}

struct pairs *pairs_new(const struct pairs_options *options)
{
    struct pairs *pairs = mem_zeroed(1, sizeof *pairs);
    pairs->options = *options;
    if (pairs->options.pairs_max < PAIR_TABLE_MIN)
        pairs->options.pairs_max = PAIR_TABLE_MIN;
    pair_table_init(&pairs->table);
    pairs->checked_ns = INT64_MIN;
    return pairs;
}

static struct pair *pair_at(const struct pairs *pairs, uint32_t number)
{
    return pair_table_at(&pairs->table, number);
}

void pairs_free(struct pairs *pairs)
{
    if (pairs == NULL)
        return;
    pair_table_done(&pairs->table);
    free(pairs->beating);
    free(pairs);
}

/* --- Beats that are going, and p-values that count ---------------------------------------------- */

static void beating_add(struct pairs *pairs, uint32_t number)
{
    if (pairs->counters.beating == pairs->beating_capacity) {
        pairs->beating_capacity = pairs->beating_capacity == 0 ? 64 : pairs->beating_capacity * 2;
        pairs->beating =
            mem_resize(pairs->beating, pairs->beating_capacity, sizeof *pairs->beating);
    }
    pair_at(pairs, number)->beat->place = pairs->counters.beating;
    pairs->beating[pairs->counters.beating++] = number;
}

static void beating_remove(struct pairs *pairs, struct pair *pair)
{
    uint32_t last = pairs->beating[--pairs->counters.beating];
    pairs->beating[pair->beat->place] = last;
    pair_at(pairs, last)->beat->place = pair->beat->place;
}

/* Takes the pair's p-value out of the discovery control, if it has one. */
static void forget_score(struct pairs *pairs, struct pair *pair)
{
    if (pair->scored)
        discovery_remove(&pairs->families[pair->family], pair->bucket);
    pair->scored = false;
}

/* Gives up the pair that is least worth keeping. */
static void evict(struct pairs *pairs)
{
    uint32_t number = pair_table_victim(&pairs->table);
    struct pair *pair = pair_at(pairs, number);
    if (pair->beat != NULL && pair->beat->state == BEAT_GOING)
        beating_remove(pairs, pair);
    forget_score(pairs, pair);
    pairs->counters.memory_bytes -= history_bytes(pair->history);
    pair_table_release(&pairs->table, number);
    pairs->counters.evicted++;
}

static uint32_t pair_of(struct pairs *pairs, const struct wake *wake, enum subject_kind kind)
{
    struct pair key = {.asset = wake->asset,
                       .endpoint = wake->endpoint,
                       .vendor = wake->subject.vendor,
                       .service = wake->subject.service,
                       .asset_port = wake->asset_port,
                       .endpoint_port = wake->endpoint_port,
                       .protocol = wake->protocol,
                       .channel = (uint8_t)wake->channel,
                       .kind = (uint8_t)kind,
                       .in_use = true};
    if (kind == SUBJECT_DOMAIN)
        key.domain = wake->subject.domain;
    uint32_t number = pair_table_find(&pairs->table, &key);
    if (number == (uint32_t)PAIR_NONE) {
        if (pairs->table.count >= pairs->options.pairs_max)
            evict(pairs);
        number = pair_table_make(&pairs->table, &key);
    }
    pair_table_touch(&pairs->table, number);
    struct pair *pair = pair_at(pairs, number);
    pair->endpoint = wake->endpoint;
    pair->asset_port = wake->asset_port;
    pair->endpoint_port = wake->endpoint_port;
    pair->protocol = wake->protocol;
    return number;
}

/* --- Changes ------------------------------------------------------------------------------------ */

static struct change *push_change(struct pairs *pairs, const struct pair *pair,
                                  enum change_kind kind, int64_t ts_ns)
{
    if (pairs->change_count == CHANGES_MAX)
        return NULL; /* nobody takes them; callers look for room before they look for more */
    struct change *change =
        &pairs->changes[(pairs->change_first + pairs->change_count++) % CHANGES_MAX];
    *change = (struct change){.kind = kind,
                              .channel = (enum wake_channel)pair->channel,
                              .ts_ns = ts_ns,
                              .subject = {.kind = (enum subject_kind)pair->kind,
                                          .vendor = pair->vendor,
                                          .service = pair->service,
                                          .domain = pair->domain},
                              .asset = pair->asset,
                              .endpoint = pair->endpoint,
                              .asset_port = pair->asset_port,
                              .endpoint_port = pair->endpoint_port,
                              .protocol = pair->protocol,
                              .name = pair->name,
                              .certificate = pair->certificate,
                              .wakes = pair->wakes,
                              .first_ns = pair->first_ns,
                              .last_ns = pair->last_ns};
    return change;
}

bool pairs_next_change(struct pairs *pairs, struct change *ret_change)
{
    if (pairs->change_count == 0)
        return false;
    *ret_change = pairs->changes[pairs->change_first];
    pairs->change_first = (pairs->change_first + 1) % CHANGES_MAX;
    pairs->change_count--;
    return true;
}

/* --- Counting and scoring ----------------------------------------------------------------------- */

static uint32_t next_due(uint32_t wakes)
{
    if (wakes >= HISTORY_MAX)
        return wakes + SCORE_EVERY;
    return wakes + (wakes < 2 * SCORE_FIRST ? 1 : wakes / 3);
}

/* Enters the p-value into the discovery control; returns up to which one counts. */
static double enter_score(struct pairs *pairs, struct pair *pair, double p_value)
{
    forget_score(pairs, pair);
    pair->family = pair->vendor != NULL ? 0 : 1;
    pair->bucket = discovery_bucket(p_value);
    pair->scored = true;
    struct discovery *family = &pairs->families[pair->family];
    discovery_add(family, pair->bucket);
    double limit = discovery_limit(family, pairs->options.false_discovery);
    return limit < pairs->options.p_value ? limit : pairs->options.p_value;
}

/* Scores `series` and lets `pair`, which reports for it, draw the consequence. */
static void score_pair(struct pairs *pairs, struct pair *series, uint32_t number, int64_t ts_ns)
{
    struct pair *pair = pair_at(pairs, number);
    struct score_input input = {.times_ns = pairs->times_ns,
                                .count = history_times(series->history, pairs->times_ns)};
    struct score score;
    score_series(&input, &score);
    pairs->counters.scored++;
    double limit = enter_score(pairs, series, score.p_value);
    enum change_kind kind = CHANGE_BEAT_FOUND;
    int64_t before_ns = 0;
    if (!beat_life_judge(pair, &score, limit, &kind, &before_ns))
        return;
    if (kind == CHANGE_BEAT_FOUND || kind == CHANGE_BEAT_RETURNED) {
        beating_add(pairs, number);
        pairs->counters.found++;
    }
    struct change *change = push_change(pairs, pair, kind, ts_ns);
    if (change == NULL)
        return;
    change->score = score;
    change->period_before_ns = before_ns;
}

/* Counts a wake-up; false where it belongs to the one before. */
static bool count_wake(struct pair *pair, int64_t ts_ns, int64_t merge_ns)
{
    if (pair->wakes == 0) {
        pair->first_ns = pair->last_ns = ts_ns;
        pair->wakes = 1;
        pair->due = SCORE_FIRST;
        return true;
    }
    int64_t since_ns = ts_ns - pair->last_ns;
    if (since_ns > 0)
        pair->last_ns = ts_ns;
    if (since_ns > -merge_ns && since_ns < merge_ns)
        return false;
    pair->wakes += pair->wakes < UINT32_MAX;
    return true;
}

/* Keeps the time of a wake-up that counted, from the second one on. */
static void keep_time(struct pairs *pairs, struct pair *pair, int64_t ts_ns)
{
    if (pair->wakes >= 2) {
        size_t before = history_bytes(pair->history);
        if (pair->history == NULL)
            pair->history = history_add(NULL, pair->first_ns);
        pair->history = history_add(pair->history, ts_ns);
        pairs->counters.memory_bytes += history_bytes(pair->history) - before;
    }
    if (ts_ns < pair->first_ns)
        pair->first_ns = ts_ns;
}

/* Keeps the latest text; NULL says nothing new. */
static void set_text(struct pairs *pairs, const char **kept, const char *text)
{
    if (text == NULL || (*kept != NULL && strcmp(*kept, text) == 0))
        return;
    intern_drop(pairs->table.texts, *kept);
    *kept = intern_take(pairs->table.texts, text, strlen(text));
}

static void set_texts(struct pairs *pairs, struct pair *pair, const struct wake *wake)
{
    set_text(pairs, &pair->name, wake->name);
    set_text(pairs, &pair->certificate, wake->certificate);
}

static void keep_uptime(struct pair *pair, int64_t uptime_ns)
{
    if (pair->beat != NULL && uptime_ns > pair->beat->uptime_ns)
        pair->beat->uptime_ns = uptime_ns;
}

/* A connection that has stayed open for long is told once for the pair in session_again_ns. */
static void see_session(struct pairs *pairs, struct pair *series, struct pair *pair, int64_t ts_ns)
{
    const struct pairs_options *options = &pairs->options;
    if (options->session_ns == 0 || ts_ns - series->first_ns < options->session_ns)
        return;
    if (pair->session_told_ns != 0 && ts_ns - pair->session_told_ns < options->session_again_ns)
        return;
    struct change *change = push_change(pairs, pair, CHANGE_SESSION, ts_ns);
    if (change == NULL)
        return;
    pair->session_told_ns = ts_ns;
    change->first_ns = series->first_ns;
    change->last_ns = ts_ns;
}

void pairs_wake(struct pairs *pairs, const struct wake *wake)
{
    pairs->counters.wakes++;
    uint32_t number = pair_of(pairs, wake, wake->subject.kind);
    struct pair *pair = pair_at(pairs, number);
    struct pair *series = pair;
    set_texts(pairs, pair, wake);
    if (wake->channel == WAKE_MESSAGE) { /* counted here, timed by its connection */
        (void)count_wake(pair, wake->ts_ns, pairs->options.merge_ns);
        series = pair_at(pairs, pair_of(pairs, wake, SUBJECT_CONNECTION));
        set_texts(pairs, series, wake);
        series->vendor = pair->vendor;
        series->service = pair->service;
    }
    bool counted = count_wake(series, wake->ts_ns, pairs->options.merge_ns);
    if (counted)
        keep_time(pairs, series, wake->ts_ns);
    else
        pairs->counters.merged++;
    keep_uptime(pair, wake->uptime_ns);
    if (wake->channel == WAKE_MESSAGE)
        see_session(pairs, series, pair, wake->ts_ns);
    if (!counted || series->wakes < series->due)
        return;
    series->due = next_due(series->wakes);
    score_pair(pairs, series, number, wake->ts_ns);
    keep_uptime(pair, wake->uptime_ns);
}

void pairs_volume(struct pairs *pairs, const struct wake *wake, uint64_t bytes_out,
                  uint64_t bytes_in, const struct volume_limits *limits)
{
    struct pair *pair = pair_at(pairs, pair_of(pairs, wake, wake->subject.kind));
    set_texts(pairs, pair, wake);
    if (pair->volume == NULL)
        pair->volume = mem_zeroed(1, sizeof *pair->volume);
    if (!volume_add(pair->volume, wake->ts_ns, bytes_out, bytes_in, limits))
        return;
    struct change *change = push_change(pairs, pair, CHANGE_UPLOAD, wake->ts_ns);
    if (change == NULL)
        return;
    change->first_ns = pair->volume->from_ns;
    change->last_ns = pair->volume->last_ns;
    change->bytes_out = pair->volume->bytes_out;
    change->bytes_in = pair->volume->bytes_in;
    change->usual_out = (uint64_t)pair->volume->usual_out;
}

/* --- Silence ------------------------------------------------------------------------------------ */

static bool is_silent(const struct pair *pair, int64_t now_ns,
                      int64_t (*uptime)(void *ctx, const struct addr *asset), void *ctx)
{
    int64_t patience_ns = beat_life_patience_ns(pair->beat);
    return now_ns - pair->last_ns > patience_ns &&
           uptime(ctx, &pair->asset) - pair->beat->uptime_ns > patience_ns;
}

static void stop_beat(struct pairs *pairs, struct pair *pair, int64_t now_ns)
{
    beating_remove(pairs, pair);
    pair->beat->state = BEAT_STOPPED;
    struct change *change = push_change(pairs, pair, CHANGE_BEAT_STOPPED, now_ns);
    change->score = pair->beat->score;
    /* What comes after the silence is judged by itself. */
    pairs->counters.memory_bytes -= history_bytes(pair->history);
    free(pair->history);
    pair->history = NULL;
    pair->wakes = 0;
}

void pairs_check(struct pairs *pairs, int64_t now_ns,
                 int64_t (*uptime)(void *ctx, const struct addr *asset), void *ctx)
{
    bool due = pairs->checked_ns == INT64_MIN || now_ns - pairs->checked_ns >= CHECK_EVERY_NS ||
               now_ns < pairs->checked_ns - CHECK_EVERY_NS;
    if (due) {
        pairs->checked_ns = now_ns;
        pairs->check_place = pairs->counters.beating;
    }
    /* From the end, because a beat that has stopped is replaced by the last. */
    while (pairs->check_place > 0 && pairs->change_count < CHANGES_MAX) {
        if (pairs->check_place > pairs->counters.beating)
            pairs->check_place = pairs->counters.beating;
        if (pairs->check_place == 0)
            break;
        struct pair *pair = pair_at(pairs, pairs->beating[--pairs->check_place]);
        if (is_silent(pair, now_ns, uptime, ctx))
            stop_beat(pairs, pair, now_ns);
    }
}

const struct score *pairs_beat(const struct pairs *pairs, const struct addr *asset,
                               const struct vendor *vendor, const struct service *service)
{
    static const enum wake_channel channels[] = {WAKE_CONNECT, WAKE_MESSAGE, WAKE_ATTEMPT,
                                                 WAKE_LOOKUP};
    bool contacted = false; /* then look-ups follow the contacts, and have no beat of their own */
    for (size_t i = 0; i < COUNT_OF(channels) && !(contacted && channels[i] == WAKE_LOOKUP); i++) {
        struct pair key = {.asset = *asset,
                           .vendor = vendor,
                           .service = service,
                           .channel = (uint8_t)channels[i],
                           .kind = SUBJECT_SERVICE};
        uint32_t number = pair_table_find(&pairs->table, &key);
        if (number == (uint32_t)PAIR_NONE)
            continue;
        const struct beat_life *beat = pair_at(pairs, number)->beat;
        if (beat != NULL && beat->state == BEAT_GOING)
            return &beat->score;
        contacted = true;
    }
    return NULL;
}

/* --- Reports ------------------------------------------------------------------------------------ */

bool pairs_view(struct pairs *pairs, uint32_t number, struct pair_view *ret_view)
{
    if (number >= pairs->table.used)
        return false;
    const struct pair *pair = pair_at(pairs, number);
    *ret_view = (struct pair_view){.times_ns = pairs->times_ns};
    if (!pair->in_use)
        return true;
    ret_view->subject = (struct subject){.kind = (enum subject_kind)pair->kind,
                                         .vendor = pair->vendor,
                                         .service = pair->service,
                                         .domain = pair->domain};
    ret_view->channel = (enum wake_channel)pair->channel;
    ret_view->asset = pair->asset;
    ret_view->endpoint = pair->endpoint;
    ret_view->asset_port = pair->asset_port;
    ret_view->endpoint_port = pair->endpoint_port;
    ret_view->protocol = pair->protocol;
    ret_view->name = pair->name;
    ret_view->wakes = pair->wakes;
    ret_view->first_ns = pair->first_ns;
    ret_view->last_ns = pair->last_ns;
    ret_view->count = history_times(pair->history, pairs->times_ns);
    return true;
}

const struct pairs_counters *pairs_counters(struct pairs *pairs)
{
    pairs->counters.pairs = pairs->table.count;
    return &pairs->counters;
}

const char *wake_channel_text(enum wake_channel channel)
{
    static const char *const texts[] = {
#define WAKE_CHANNEL_TEXT(name, text) [WAKE_##name] = (text),
        WAKE_CHANNEL_LIST(WAKE_CHANNEL_TEXT)
#undef WAKE_CHANNEL_TEXT
    };
    return texts[channel];
}
