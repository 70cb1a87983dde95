/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "behave/change.h"
#include "behave/history.h"
#include "behave/pairs.h"
#include "behave/volume.h"
#include "net/addr.h"

/* Inside behave/: a record of the table, and the state of its beat. */

enum {
    PAIR_NONE = -1 /* as uint32_t: no record */
};

enum beat_state {
    BEAT_GOING,
    BEAT_STOPPED
};

/* What is known of a periodic series.  Made when it is first found, kept as long as the pair. */
struct beat_life {
    struct score score;
    enum beat_state state;
    int64_t told_period_ns;  /* in the last change */
    int64_t other_period_ns; /* a period that differs from it, */
    unsigned other_count;    /* and how often in a row it was found */
    int64_t uptime_ns;       /* of the machine at the last wake-up */
    uint32_t place;          /* in the list of beats */
};

/* 152 bytes; history (1 KiB at most), beat and volume come when they are needed. */
struct pair {
    struct addr asset, endpoint;
    const struct vendor *vendor;
    const struct service *service;
    const char *domain;      /* interned */
    const char *name;        /* interned */
    const char *certificate; /* interned */
    struct history *history; /* NULL before the second wake-up */
    struct beat_life *beat;
    struct volume *volume;
    int64_t first_ns, last_ns; /* last_ns: of merged ones too */
    int64_t session_told_ns;   /* 0 never */
    uint32_t wakes;
    uint32_t due; /* scored when there are so many wake-ups */
    uint32_t newer, older;
    uint32_t hash;
    uint16_t asset_port, endpoint_port;
    uint8_t protocol, channel, kind;
    uint8_t bucket; /* of its p-value in the discovery control, */
    uint8_t family; /* which control that is */
    bool scored;    /* it has one */
    bool in_use;
};

/* Decides what a new score means for `pair`, whose beat it is; `limit` is the p-value up to which it counts.  True where it
 * is a change, with its kind and the period before. */
bool beat_life_judge(struct pair *pair, const struct score *score, double limit,
                     enum change_kind *ret_kind, int64_t *ret_before_ns);
/* Returns for how long the beat may be silent before it has stopped. */
int64_t beat_life_patience_ns(const struct beat_life *beat);
