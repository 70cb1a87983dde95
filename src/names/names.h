/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "names/name.h"
#include "net/addr.h"

struct dns_message;

struct names_options {
    uint32_t
        entries_max;    /* entries kept (an answer makes two: for its client, and for any); the one
                           * unused longest goes first */
    int64_t ttl_min_ns; /* an answer counts at least so long, whatever its TTL */
    int64_t keep_ns;    /* and is forgotten after TTL plus this */
};

struct names_counters {
    uint64_t answers; /* address answers learned */
    uint64_t evicted; /* entries that made room at the bound */
    uint64_t expired; /* entries met after their time */
    uint32_t entries; /* now, of all kinds */
};

/* Passive DNS: which name did this client last get this address for.  One thread. */
struct names;

struct names *names_new(const struct names_options *options);
void names_free(struct names *names);
/* Learns from a response that `client` received at `ts_ns`: each A and AAAA answer, named by the
 * start of its CNAME chain (the question where the chain leads there); an owner that no chain
 * leads to stands for itself.  Where `client` is a group address (mDNS), the answer counts as
 * another client's.  Other messages are ignored. */
void names_learn(struct names *names, const struct addr *client, const struct dns_message *message,
                 int64_t ts_ns);
/* Learns a name from the capture file itself (pcapng name resolution block): it has no time and
 * does not expire, but counts against the bound.  What is no host name is ignored. */
void names_learn_file(struct names *names, const struct addr *addr, const char *name);
/* Finds the name by which `client` knows `addr`: its own look-up first, then any client's, then
 * the capture file's. A name past its TTL is found, and marked, until keep_ns is over.  False
 * where there is none. */
bool names_find(struct names *names, const struct addr *client, const struct addr *addr,
                int64_t ts_ns, struct name *ret_name);
const struct names_counters *names_counters(const struct names *names);
