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
    unsigned repeat;       /* exchanges in one conversation, at least 1 */
    int64_t pause_ns;      /* between exchanges */
    int64_t keep_alive_ns; /* TCP keep-alive probes in pauses; 0: none */
    int64_t hold_ns;       /* how long the connection stays open after the last one */
    enum tcp_end end;
};

static inline uint64_t span_pick(const struct span *span, struct random *random)
{
    return random_between(random, span->low, span->high);
}
