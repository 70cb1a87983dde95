/* SPDX-License-Identifier: Apache-2.0 */
/* The noise profile: what an office machine does all day that has nothing to do with security
 * software.  A profile is a table of ordinary activities, so noise takes every route and obeys the
 * hours of its asset like everything else. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/time.h"
#include "reader.h"
#include "scenario.h"

enum {
    SCALE_MAX = 1000
};

/* One kind of noise: how often, to whom, how much. */
struct noise_row {
    enum activity_kind kind;
    const char *label;
    int64_t every_s;
    const char *name, *addr; /* of the server; NULL: the gateway's address, or made of the name */
    struct span up, down;
};

static const struct noise_row office[] = {
    {ACTIVITY_BROWSE, "web", 75, NULL, NULL, {400, 3000}, {2000, 40000}},
    {ACTIVITY_NTP, "time", 512, NULL, "203.0.113.123", {0, 0}, {0, 0}},
    {ACTIVITY_MDNS, "printers", 900, NULL, "224.0.0.251", {0, 0}, {0, 0}},
    {ACTIVITY_DHCP, "lease", 7200, NULL, NULL, {0, 0}, {0, 0}},
    {ACTIVITY_ARP, "arp", 600, NULL, NULL, {0, 0}, {0, 0}},
    {ACTIVITY_PING, "ping", 3600, NULL, "198.51.100.7", {0, 0}, {0, 0}},
    {ACTIVITY_SSH, "shell", 5400, "build.example.org", "198.51.100.22", {300, 900}, {600, 4000}},
    {ACTIVITY_HTTP,
     "portal check",
     1800,
     "connectivity.example.net",
     "198.51.100.80",
     {0, 0},
     {22, 22}},
    {ACTIVITY_TLS, "mail", 300, "mail.example.com", "203.0.113.25", {300, 600}, {700, 1500}},
};

static struct activity activity_of_row(const struct scenario *scenario, const struct noise_row *row,
                                       double scale)
{
    struct activity activity = activity_of(scenario, row->kind);
    activity.label = row->label;
    activity.service = "noise";
    activity.name = row->name;
    if (row->addr != NULL && addr_parse(row->addr, &activity.addrs[0]))
        activity.addr_count = 1;
    if (row->addr == NULL && row->kind != ACTIVITY_BROWSE) {
        activity.addrs[0] = scenario->gateway;
        activity.addr_count = 1;
    }
    activity.timing.every_ns = (int64_t)((double)(row->every_s * NS_PER_S) * scale);
    activity.timing.jitter = row->kind == ACTIVITY_BROWSE ? 0.9 : 0.15;
    activity.exchange.up = row->up;
    activity.exchange.down = row->down;
    activity.http.uri = "/generate_204";
    activity.http.user_agent = "PortalCheck/1.0";
    activity.http.body = "Everything is reachable";
    activity.tls.tls13 = true;
    activity.dns.pair = row->kind == ACTIVITY_TLS;
    return activity;
}

/* For captures that go with the sources: the same conversations with resumed sessions and little
 * content. */
static void make_compact(struct activity *activity)
{
    struct exchange *exchange = &activity->exchange;
    activity->tls.flight = 120;
    exchange->up.low = exchange->up.low < 150 ? exchange->up.low : 150;
    exchange->up.high = exchange->up.high < 400 ? exchange->up.high : 400;
    exchange->down.low = exchange->down.low < 200 ? exchange->down.low : 200;
    exchange->down.high = exchange->down.high < 900 ? exchange->down.high : 900;
}

bool scenario_add_noise(struct scenario *scenario, const struct yaml_node *node, struct error *err)
{
    static const char *const keys[] = {"profile", "who", "scale", "compact", NULL};
    static const char *const profiles[] = {"office", "web", NULL};
    struct reader reader = reader_of(scenario->source, node, keys, err);
    const char *who[ACTIVITY_WHO_MAX] = {"all"};
    unsigned profile = 0, who_count = 1;
    double scale = 1.0;
    bool compact = false;
    read_choice(&reader, "profile", profiles, &profile);
    read_texts(&reader, "who", who, ACTIVITY_WHO_MAX, &who_count);
    read_share(&reader, "scale", SCALE_MAX, &scale);
    read_bool(&reader, "compact", &compact);
    if (!reader.bad && scale < 0.01)
        reader_fail(&reader, node, "'scale' is at least 0.01");
    if (reader.bad)
        return false;
    for (size_t i = 0; i < COUNT_OF(office); i++) {
        if (profile == 1 && office[i].kind != ACTIVITY_BROWSE)
            continue;
        struct activity activity = activity_of_row(scenario, &office[i], scale);
        if (compact)
            make_compact(&activity);
        memcpy(activity.who, who, sizeof who);
        activity.who_count = who_count;
        scenario_add_activity(scenario, &activity);
    }
    return true;
}
