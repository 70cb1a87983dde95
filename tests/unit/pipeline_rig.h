/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the tests of the whole pipeline share: a small vendor, a pipeline, frames made by hand, and the events. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert/contacts.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/time.h"
#include "capture/frame.h"
#include "classify/dns.h"
#include "config/settings.h"
#include "decode/packet.h"
#include "frames.h"
#include "geo/geo.h"
#include "match/match.h"
#include "pipeline.h"
#include "run.h"
#include "talk.h"

enum {
    STAGE_EVENTS_MAX = 256
};

#define STAGE_T0 (INT64_C(1700000000) * NS_PER_S)

static const char stage_vendor[] =
    "vendor: acme\nname: Acme\nlegal_entity: Acme GmbH\njurisdiction: RU\nrevised: 2026-01-02\n"
    "regimes: [xx-ban]\nsources: {s: a source}\n"
    "products: {p: {name: Acme Shield, kind: endpoint}}\n"
    "services:\n"
    "  - {id: update, name: Acme update, product: p, purpose: update, confidence: documented,\n"
    "     source: s, hosts: [upd.acme.example, upd2.acme.example], ports: [tcp/4430],\n"
    "     user_agents: [AcmeAgent], uris: [/acme/db/], headers: [X-Acme]}\n"
    "  - {id: reputation, name: Acme reputation, product: p, purpose: cloud_reputation,\n"
    "     confidence: documented, source: s, hosts: [.rep.acme.example]}\n"
    "  - {id: suffix, name: Acme, product: p, purpose: vendor_suffix, confidence: documented,\n"
    "     source: s, hosts: [.acme.example]}\n"
    "networks:\n"
    "  - {name: Acme network, country: RU, prefixes: [198.51.100.0/24, \"2001:db8:ac::/48\"],\n"
    "     dated: 2026-01-01, confidence: documented, source: s}\n"
    "not:\n"
    "  - {reason: website, hosts: [www.acme.example], confidence: documented, source: s}\n";

struct stage {
    struct settings settings;
    struct signatures *signatures;
    struct geo *geo; /* NULL unless opened by the test before stage_run() */
    struct pipeline *pipeline;
    char *events[STAGE_EVENTS_MAX]; /* owned */
    size_t count;
    struct wire wire;
    uint64_t frames;
    int64_t now_ns; /* of the next frame */
    uint16_t port;  /* of the client in the next conversation */
};

static inline void stage_emit(void *context, const char *kind, const char *line, size_t length)
{
    struct stage *stage = context;
    char type[64];
    ck_assert_uint_lt(stage->count, STAGE_EVENTS_MAX);
    ck_assert_uint_eq(strlen(line), length);
    (void)snprintf(type, sizeof type, "\"event_type\":\"%s\"", kind);
    ck_assert_ptr_nonnull(strstr(line, type));
    stage->events[stage->count++] = mem_text(line);
}

/* Settings and signatures only, for tests that change something before stage_run(). */
static inline struct stage *stage_open(void)
{
    struct stage *stage = mem_zeroed(1, sizeof *stage);
    struct error err = {""};
    settings_init(&stage->settings);
    stage->signatures = signatures_load_text("acme.yaml", stage_vendor, strlen(stage_vendor), &err);
    ck_assert_msg(stage->signatures != NULL, "%s", err.text);
    stage->now_ns = STAGE_T0;
    stage->port = 50000;
    return stage;
}

static inline void stage_set(struct stage *stage, const char *assignment)
{
    struct error err = {""};
    ck_assert_msg(settings_set(&stage->settings, assignment, &err), "%s", err.text);
}

static inline void stage_policy(struct stage *stage, const char *yaml)
{
    struct error err = {""};
    ck_assert_msg(settings_parse(&stage->settings, "policy.yaml", yaml, strlen(yaml), &err), "%s",
                  err.text);
}

static inline void stage_run(struct stage *stage)
{
    struct pipeline_options options = {.settings = &stage->settings,
                                       .signatures = stage->signatures,
                                       .geo = stage->geo,
                                       .emit = stage_emit,
                                       .emit_context = stage};
    struct error err = {""};
    stage->pipeline = pipeline_new(&options, &err);
    ck_assert_msg(stage->pipeline != NULL, "%s", err.text);
}

static inline struct stage *stage_new(void)
{
    struct stage *stage = stage_open();
    stage_run(stage);
    return stage;
}

static inline void stage_clear(struct stage *stage)
{
    for (size_t i = 0; i < stage->count; i++)
        free(stage->events[i]);
    stage->count = 0;
}

static inline void stage_free(struct stage *stage)
{
    stage_clear(stage);
    pipeline_free(stage->pipeline);
    geo_close(stage->geo);
    signatures_free(stage->signatures);
    settings_done(&stage->settings);
    free(stage);
}

/* Hands the frame that was built in stage->wire to the pipeline. */
static inline void stage_frame(struct stage *stage)
{
    struct frame frame = wire_frame(&stage->wire, LINK_ETHERNET, stage->now_ns);
    frame.number = ++stage->frames;
    pipeline_frame(stage->pipeline, &frame);
    stage->now_ns += NS_PER_MS;
}

static inline void stage_ip(struct stage *stage, bool up, const char *client, const char *server)
{
    wire_start(&stage->wire);
    wire_ethernet(&stage->wire, up ? 1 : 2, up ? 2 : 1);
    if (strchr(client, ':') != NULL)
        wire_ipv6(&stage->wire, up ? client : server, up ? server : client);
    else
        wire_ipv4(&stage->wire, up ? client : server, up ? server : client);
}

static inline void stage_udp(struct stage *stage, bool up, const char *client, const char *server,
                             uint16_t port, const struct talk *talk)
{
    stage_ip(stage, up, client, server);
    wire_udp(&stage->wire, up ? stage->port : port, up ? port : stage->port);
    wire_bytes(&stage->wire, talk->data, talk->size);
    stage_frame(stage);
}
