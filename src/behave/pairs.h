/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "behave/change.h"

struct service;
struct vendor;
struct volume_limits;

/* Who wakes up for whom, and how regularly: one record for each (machine, whom it talks to, channel), with the wake-ups of
 * late, the beat found in them, and the bytes.  Says what changed.  One thread; time is the packet's. */
struct pairs;

struct pairs_options {
    uint32_t pairs_max;       /* at the bound the one heard least goes, of those unheard longest */
    double p_value;           /* a series is periodic where chance explains it at most so well, */
    double false_discovery;   /* and at most this share of all that are called periodic is chance */
    int64_t merge_ns;         /* wake-ups closer together than this are one */
    int64_t session_ns;       /* a connection open for so long is a change; 0 never */
    int64_t session_again_ns; /* told once in this time for one machine and subject */
};

struct pairs_counters {
    uint64_t wakes, merged, scored, found, evicted;
    uint32_t pairs, beating;
    uint64_t memory_bytes;
};

/* One wake-up. */
struct wake {
    int64_t ts_ns;
    struct addr asset, endpoint;
    uint16_t asset_port, endpoint_port;
    uint8_t protocol;
    enum wake_channel channel;
    struct subject subject;  /* not SUBJECT_CONNECTION: that is made of channel and ports */
    const char *name;        /* NULL none */
    const char *certificate; /* subject of the server's; NULL not known */
    int64_t uptime_ns; /* for how long the machine has been on, by the clock of pairs_check() */
};

/* Writes the defaults: 200,000 pairs, p 0.01, false discoveries 5 %, 2 s, 4 h, once a day. */
void pairs_options_default(struct pairs_options *ret_options);
struct pairs *pairs_new(const struct pairs_options *options);
/* Releases all pairs; NULL is allowed. */
void pairs_free(struct pairs *pairs);

/* Counts a wake-up, which may make changes: pairs_next_change(). */
void pairs_wake(struct pairs *pairs, const struct wake *wake);
/* Counts payload bytes of the pair that `wake` describes (its channel is CONNECT), which may make a change. */
void pairs_volume(struct pairs *pairs, const struct wake *wake, uint64_t bytes_out,
                  uint64_t bytes_in, const struct volume_limits *limits);
/* Looks for beats that have fallen silent; cheap, at most one look in a minute of packet time.  `uptime` says for how long a
 * machine has been on: while it is off, no beat is missed. */
void pairs_check(struct pairs *pairs, int64_t now_ns,
                 int64_t (*uptime)(void *ctx, const struct addr *asset), void *ctx);
/* Takes the next change, in the order in which they came; false where there is none. */
bool pairs_next_change(struct pairs *pairs, struct change *ret_change);

/* Returns the beat of a machine's connections to a vendor's service, or of the messages inside them, or of its look-ups where
 * there is nothing else; NULL where none is going.  Borrowed until the pairs are used again. */
const struct score *pairs_beat(const struct pairs *pairs, const struct addr *asset,
                               const struct vendor *vendor, const struct service *service);

/* One series, for reports. */
struct pair_view {
    struct subject subject; /* SUBJECT_CONNECTION for series of messages */
    enum wake_channel channel;
    struct addr asset, endpoint;
    uint16_t asset_port, endpoint_port;
    uint8_t protocol;
    const char *name;
    uint64_t wakes;
    int64_t first_ns, last_ns;
    const int64_t *times_ns; /* the latest, at most HISTORY_MAX; borrowed until the next call */
    size_t count;
};

/* Shows the series by number, from 0, in the order in which memory was given out; false past the end.  A number that
 * is not in use gives a view with count 0. */
bool pairs_view(struct pairs *pairs, uint32_t number, struct pair_view *ret_view);
const struct pairs_counters *pairs_counters(struct pairs *pairs);
