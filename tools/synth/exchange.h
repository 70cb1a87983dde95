/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

#include "random.h"
#include "tcp.h"

/* A range of sizes; one conversation takes one value. */
struct span {
    uint64_t low, high;
};

/* What flows once a conversation is up, whatever the protocol. */
struct exchange {
    struct span up, down;  /* bytes of payload of each exchange */
    unsigned repeat;       /* exchanges in one conversation; 0: until the machine is switched off */
    int64_t pause_ns;      /* between exchanges */
    double pause_jitter;   /* share of it, either way */
    int64_t keep_alive_ns; /* TCP keep-alive probes in pauses; 0: none */
    int64_t hold_ns;       /* how long the connection stays open after the last one */
    enum tcp_end end;
};

/* Returns how long the next pause is. */
static inline int64_t exchange_pause(const struct exchange *exchange, struct random *random)
{
    if (exchange->pause_jitter <= 0.0)
        return exchange->pause_ns;
    double shift = (2.0 * random_unit(random) - 1.0) * exchange->pause_jitter;
    return exchange->pause_ns + (int64_t)(shift * (double)exchange->pause_ns);
}

static inline uint64_t span_pick(const struct span *span, struct random *random)
{
    return random_between(random, span->low, span->high);
}
