/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/place.h"
#include "match/evidence.h"
#include "match/signature.h"
#include "names/name.h"
#include "net/addr.h"

struct asset_change;
struct change;
struct dns_message;
struct flow;
struct label;
struct verdict;

enum {
    EVENT_NAMES_MAX = 8,     /* host names of one contact that are kept */
    EVENT_EVIDENCE_MAX = 13, /* rows of one contact */
    EVENT_RISKS_MAX = 8
};

enum contact_state {
    CONTACT_NEW,    /* raised for the first time */
    CONTACT_ONGOING /* raised again: more of the same since */
};

/* Everything that an alert says; rendered by eve.h.  Borrowed throughout; parts that are not known are NULL. */
struct alert {
    int64_t ts_ns;
    const char *kind; /* `contact`, ... see the event documentation */
    uint8_t event_id[16];

    const struct vendor *vendor;   /* NULL: nobody's that the signatures know */
    const struct service *service; /* NULL: only the vendor's network was met */
    const struct change *change;   /* NULL: no change of behaviour */
    const struct score *beat;      /* the contact's period; NULL: none found */
    const struct verdict *verdict; /* what the machine has of the vendor; NULL: nothing known */
    struct addr asset, endpoint;
    uint16_t asset_port, endpoint_port;
    uint8_t protocol;
    bool has_mac;
    uint8_t asset_mac[6];
    bool
        has_endpoint; /* false: look-up without an answer, so that nobody was contacted but the resolver */
    struct addr resolver; /* of a look-up: where the packet went */
    bool is_lookup;
    const char *name;
    enum name_source name_source;
    struct place place;

    enum contact_state state;
    uint64_t flows, lookups;
    int64_t first_ns, last_ns;
    uint64_t bytes_out, bytes_in;
    const char *names[EVENT_NAMES_MAX];
    size_t name_count;
    struct evidence evidence[EVENT_EVIDENCE_MAX];
    size_t evidence_count;
    double confidence;
    int severity; /* 1 most severe */

    bool one_sided, truncated, name_hidden;
    uint64_t lost_bytes;

    const struct flow *flow; /* NULL where the alert is about the past */
    const struct label *label;
    const struct dns_message *dns;
    const char *app, *stack;
    const char *risks[EVENT_RISKS_MAX];
    size_t risk_count;
    const char *
        concern; /* why it matters to the operator: "vendor", "jurisdiction", "regime", "country", NULL not */
    const char *const *regimes; /* in force here and naming this vendor */
    size_t regime_count;
};

/* A machine's verdict has changed, for an `asset` event. */
struct asset_event {
    const struct asset_change *change;
    uint8_t event_id[16];
    const char *concern; /* as in an alert */
    const char *const *regimes;
    size_t regime_count;
};

/* A finished flow for a `flow` event. */
struct flow_event {
    const struct flow *flow;
    const struct place *place; /* of the server; NULL unknown */
    const char *name;          /* of the server; NULL none */
    const char *stack;         /* the library's words for the protocol; NULL unknown */
};

/* A loss for a `gap` event. */
struct gap_event {
    int64_t ts_ns;
    const char *what; /* "events", "packets" */
    uint64_t count;
    const char *reason;
};

/* What stands in every event. */
struct event_source {
    const char *sensor;             /* name of this sensor */
    const char *interface;          /* live: capture interface; NULL for files */
    const char *signatures_version; /* digest of the signature set */
    const char *signatures_date;
    const char *geo; /* "type date" of the databases, "" none */
    const char *policy_version;
};

/* One counter of a `stats` event; dots in the path open objects ("decoder.pkts"). Paths that share an object stand together. */
struct stat {
    const char *path;
    uint64_t value;
};
