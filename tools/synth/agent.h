/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "net/addr.h"
#include "scenario.h"

struct error;
struct yaml_node;

enum {
    MACHINE_VENDORS_MAX = 8
};

enum agent_block {
    BLOCK_NONE,
    BLOCK_REFUSED,    /* a firewall answers with RST */
    BLOCK_UNANSWERED, /* a firewall drops */
    BLOCK_NXDOMAIN,
    BLOCK_SERVFAIL,
    BLOCK_SILENCE, /* the resolver does not answer */
    BLOCK_SINKHOLE /* the resolver says 0.0.0.0 */
};

/* A file that agents share.  It lives as long as the scenario, and owns texts. */
struct profile {
    struct yaml_file file;
    struct profile *next;
};

/* One vendor's software on some machines, from one moment to another.  Its activities are among the
 * scenario's. */
struct agent {
    const char *vendor; /* id of a file in signatures/; NULL: software of no vendor that matters */
    const char *name;   /* for people */
    const char *who[ACTIVITY_WHO_MAX];
    unsigned who_count;
    int64_t from_ns, until_ns; /* from the scenario's start; INT64_MAX: it stays */
    const char *replaced_by;   /* vendor id, or NULL */
    enum agent_block blocked;
    double scale; /* of all its periods */
    bool has_proxy;
    struct addr proxy;
    uint16_t proxy_port;
};

/* What else is true of machines that their agents do not say.  Vendors are ids. */
struct machine {
    const char *who[ACTIVITY_WHO_MAX];
    unsigned who_count;
    const char *role; /* or NULL */
    const char *installed[MACHINE_VENDORS_MAX], *embedded[MACHINE_VENDORS_MAX],
        *decoys[MACHINE_VENDORS_MAX], *behind_vendors[MACHINE_VENDORS_MAX],
        *behind_servers[MACHINE_VENDORS_MAX]; /* names of the assets that speak for it */
    unsigned installed_count, embedded_count, decoy_count, behind_count;
};

const char *agent_block_text(enum agent_block block);
/* Adds an agent and its activities (`{profile: eset, who: pc-1, until: 9d}`). */
bool scenario_add_agent(struct scenario *scenario, const struct yaml_node *node, struct error *err);
/* Adds what a `machines` entry says. */
bool scenario_add_machine(struct scenario *scenario, const struct yaml_node *node,
                          struct error *err);
