/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/yaml.h"
#include "capture_out.h"
#include "dns.h"
#include "exchange.h"
#include "hours.h"
#include "http.h"
#include "net/prefix.h"
#include "noise.h"
#include "route.h"
#include "talk.h"
#include "tls.h"

struct error;

enum {
    ACTIVITY_ADDRS_MAX = 8,
    ACTIVITY_WHO_MAX = 32,
    ACTIVITY_SHOWS_MAX = 4,
    ASSETS_MAX = 4096
};

/* A machine on the client side. */
struct asset {
    char *name;            /* owned */
    const char *base_name; /* as in the scenario, before `count` numbers it */
    const char *group;     /* or NULL */
    const char *hostname;  /* or NULL: the name */
    struct addr addr, addr6;
    bool has6;
    uint8_t mac[MAC_SIZE];
    struct addr resolver;
    struct hours hours; /* when it is switched on */
    struct route route;
};

enum activity_kind {
    ACTIVITY_DNS,
    ACTIVITY_TLS,
    ACTIVITY_QUIC,
    ACTIVITY_HTTP,
    ACTIVITY_OPAQUE_TCP,
    ACTIVITY_OPAQUE_UDP,
    ACTIVITY_NTP,
    ACTIVITY_MDNS,
    ACTIVITY_DHCP,
    ACTIVITY_PING,
    ACTIVITY_ARP,
    ACTIVITY_SSH,
    ACTIVITY_BROWSE
};

enum activity_result {
    RESULT_OK,
    RESULT_REFUSED,
    RESULT_UNANSWERED
};

/* From where a period counts. */
enum schedule {
    SCHEDULE_GRID,  /* the first start: jitter does not add up */
    SCHEDULE_SLEEP, /* the last start */
    SCHEDULE_BOOT   /* the moment at which the machine is switched on, again each day */
};

/* When an activity starts. */
struct timing {
    int64_t every_ns; /* 0: once */
    double jitter;    /* share of the period, either way */
    double missed;    /* share of the starts that do not happen */
    enum schedule schedule;
    uint64_t count;   /* starts for each asset at most; 0: no limit */
    int64_t from_ns;  /* from the scenario's start: since when it can happen */
    int64_t start_ns; /* from then on; -1: a random moment of the first period */
    int64_t stop_ns;  /* from the scenario's start */
    unsigned burst;   /* conversations at each start */
    int64_t burst_gap_ns;
    struct hours hours; /* starts at other times of day do not happen */
};

/* What an asset does again and again.  Texts are borrowed from the file, or constants. */
struct activity {
    const char *label, *vendor, *service, *purpose; /* for the truth file; NULL where not said */
    const char *vendor_id;                 /* the same as an id, of an agent's activities */
    bool contact;                          /* a sensor must report it */
    bool decoy;                            /* not from the vendor's software */
    size_t agent;                          /* index + 1 of the agent that does it; or 0 */
    const char *shows[ACTIVITY_SHOWS_MAX]; /* kinds of events beyond contacts that it is made for */
    unsigned shows_count;
    enum activity_kind kind;
    enum activity_result result;
    const char *who[ACTIVITY_WHO_MAX]; /* asset names, groups, or `all` */
    unsigned who_count;
    const char *name; /* pattern, or NULL: only an address */
    struct addr addrs[ACTIVITY_ADDRS_MAX];
    unsigned addr_count; /* 0: one made of the name, in 198.18.0.0/15 */
    uint16_t port;
    bool has_proxy;
    struct addr proxy;
    uint16_t proxy_port;
    struct timing timing;
    struct dns_plan dns;
    struct tls_plan tls;
    struct http_plan http;
    struct opaque_plan opaque;
    struct exchange exchange;
    bool has_route; /* its own route instead of the asset's */
    struct route route;
};

struct scenario {
    struct yaml_file file; /* owns most texts */
    int64_t start_ns, duration_ns;
    uint64_t seed;
    struct prefix clients; /* hosts inside are on the link; all others behind the gateway */
    struct addr resolver, gateway;
    struct addr upstream; /* asked for every look-up by a resolver that is a machine of ours */
    bool has_upstream;
    struct capture_plan capture;
    struct route route; /* where neither asset nor activity says otherwise */
    struct asset *assets;
    size_t asset_count;
    struct activity *activities;
    size_t activity_count;
    struct agent *agents;
    size_t agent_count;
    struct machine *machines;
    size_t machine_count;
    const char *profile_folder;     /* as seen from the scenario's folder */
    struct profile *profiles;       /* owned: files with the texts of agents */
    const struct yaml_file *source; /* the file that is being read, for messages */
};

/* Reads the scenario at `path`.  On success the caller releases with scenario_done(); on failure
 * nothing is left and `err` says `path:line:column: what`. */
bool scenario_read(struct scenario *ret_scenario, const char *path, struct error *err);
void scenario_done(struct scenario *scenario);

/* True where every route's tags and shims (VLAN, PPPoE, MPLS) have an Ethernet header to stand behind,
 * whatever the link types were changed to. */
bool scenario_check_links(const struct scenario *scenario, struct error *err);

/* For the parts of the reader.  Each returns false with a sentence. */
bool scenario_read_route(const struct scenario *scenario, const struct yaml_node *node,
                         struct route *route, struct error *err);
bool scenario_read_activity(const struct scenario *scenario, const struct yaml_node *node,
                            struct activity *ret_activity, struct error *err);
/* Adds the activities of a noise entry (`{profile: office, who: all, scale: 1, compact: false}`).
 * */
bool scenario_add_noise(struct scenario *scenario, const struct yaml_node *node, struct error *err);
void scenario_add_activity(struct scenario *scenario, const struct activity *activity);
/* Returns an activity with the defaults of its kind. */
struct activity activity_of(const struct scenario *scenario, enum activity_kind kind);
const char *activity_kind_text(enum activity_kind kind);
/* True where one of the `count` words of `who` is the asset's name, its group, or `all`. */
bool asset_is_of(const struct asset *asset, const char *const *who, unsigned count);
/* False with a sentence about `node` where `who` names no asset, or one without the family that the
 * activity's address has. */
bool scenario_check_who(const struct scenario *scenario, const struct yaml_node *node,
                        const struct activity *activity, struct error *err);
/* Returns the asset with this address, or NULL. */
const struct asset *scenario_asset_at(const struct scenario *scenario, const struct addr *addr);
