/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "names/name.h"
#include "net/addr.h"

struct dns_message;

struct names_options {
    uint32_t entries_max; /* (client, address) pairs kept; least recently used go first */
    int64_t ttl_min_ns;   /* an answer counts at least so long, whatever its TTL */
    int64_t keep_ns;      /* and is forgotten after TTL plus this */
};

struct names_counters {
    uint64_t answers, evicted, expired;
    uint32_t entries;
};

/* Passive DNS: which name did this client last get this address for.  One thread. */
struct names;

struct names *names_new(const struct names_options *options);
void names_free(struct names *names);
/* Learns from a response that `client` received at `ts_ns`: each A and AAAA answer, named by the start of its CNAME chain
 * (the question where the chain leads there).  Other messages are ignored. */
void names_learn(struct names *names, const struct addr *client, const struct dns_message *message,
                 int64_t ts_ns);
/* Learns a name from the capture file itself (pcapng name resolution block). */
void names_learn_file(struct names *names, const struct addr *addr, const char *name);
/* Finds the name by which `client` knows `addr`: its own look-up first, then any client's, then the capture file's.
 * False where there is none. */
bool names_find(struct names *names, const struct addr *client, const struct addr *addr,
                int64_t ts_ns, struct name *ret_name);
const struct names_counters *names_counters(const struct names *names);
