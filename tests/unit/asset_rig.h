/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdlib.h>
#include <string.h>

#include "asset/assets.h"
#include "asset_products.h"
#include "base/memory.h"
#include "base/time.h"
#include "run.h"

/* Short ways to feed observations.  Time is given in minutes since RIG_BEGIN. */

#define RIG_BEGIN (INT64_C(1772409600) * NS_PER_S) /* 2026-03-02, a Monday, 00:00 UTC */
#define RIG_MIN   (60 * NS_PER_S)

enum {
    RIG_HOUR = 60,
    RIG_DAY = 24 * 60
};

static inline struct assets *rig_new(void)
{
    struct assets_options options = {.assets_max = 1000, .verdicts_max = 32, .installed = 0.9};
    return assets_new(&options);
}

static inline int64_t rig_time(int64_t minute)
{
    return RIG_BEGIN + minute * RIG_MIN;
}

static inline struct addr rig_addr(unsigned number)
{
    const uint8_t bytes[4] = {10, 0, (uint8_t)(number >> 8), (uint8_t)number};
    return addr_from4(bytes);
}

static inline void rig_seen(struct assets *assets, unsigned asset, int64_t minute)
{
    struct addr addr = rig_addr(asset);
    assets_seen(assets, &addr, rig_time(minute), NULL);
}

/* A contact whose name was spoken, answered. */
static inline struct asset_contact rig_spoken(unsigned asset, const struct service *service,
                                              int64_t minute)
{
    return (struct asset_contact){.ts_ns = rig_time(minute),
                                  .asset = rig_addr(asset),
                                  .vendor = service->vendor,
                                  .service = service,
                                  .weight = 0.855,
                                  .first = true,
                                  .spoken = true,
                                  .answered = true};
}

static inline struct asset_contact rig_lookup(unsigned asset, const struct service *service,
                                              int64_t minute)
{
    return (struct asset_contact){.ts_ns = rig_time(minute),
                                  .asset = rig_addr(asset),
                                  .vendor = service->vendor,
                                  .service = service,
                                  .weight = 0.43,
                                  .first = true,
                                  .lookup = true};
}

static inline struct asset_contact rig_opaque(unsigned asset, const struct vendor *vendor,
                                              int64_t minute)
{
    return (struct asset_contact){.ts_ns = rig_time(minute),
                                  .asset = rig_addr(asset),
                                  .vendor = vendor,
                                  .weight = 0.59,
                                  .first = true,
                                  .answered = true,
                                  .vendor_network = true};
}

static inline void rig_speak(struct assets *assets, unsigned asset, const struct service *service,
                             int64_t minute)
{
    struct asset_contact contact = rig_spoken(asset, service, minute);
    assets_contact(assets, &contact);
}

static inline void rig_look(struct assets *assets, unsigned asset, const struct service *service,
                            int64_t minute)
{
    struct asset_contact contact = rig_lookup(asset, service, minute);
    assets_contact(assets, &contact);
}

static inline struct verdict rig_verdict(const struct assets *assets, unsigned asset,
                                         const struct vendor *vendor)
{
    struct verdict verdict = {0};
    struct addr addr = rig_addr(asset);
    ck_assert_msg(assets_find(assets, &addr, vendor, &verdict), "no verdict on %u", asset);
    return verdict;
}

/* Takes the next change, which must be of this kind. */
static inline struct asset_change rig_change(struct assets *assets, enum asset_change_kind kind)
{
    struct asset_change change = {0};
    ck_assert_msg(assets_next_change(assets, &change), "no change, but %s wanted",
                  asset_change_text(kind));
    ck_assert_str_eq(asset_change_text(change.kind), asset_change_text(kind));
    return change;
}

static inline void rig_no_change(struct assets *assets)
{
    struct asset_change change = {0};
    if (assets_next_change(assets, &change))
        ck_abort_msg("change %s of %s, %f", asset_change_text(change.kind),
                     change.verdict.vendor->id, change.verdict.probability);
}

/* Drops what is in the queue; returns how many. */
static inline unsigned rig_drain(struct assets *assets)
{
    struct asset_change change;
    unsigned count = 0;
    while (assets_next_change(assets, &change))
        count++;
    return count;
}

static inline const struct verdict_reason *rig_reason(const struct verdict *verdict,
                                                      const char *kind)
{
    for (size_t i = 0; i < verdict->reason_count; i++)
        if (strcmp(verdict->reasons[i].kind, kind) == 0)
            return &verdict->reasons[i];
    return NULL;
}

/* The same numbers in every run. */
static inline uint32_t rig_random(uint64_t *state, uint32_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((*state >> 33) % below);
}

/* An agent that updates and asks its cloud each hour of [from, until), in minutes; the machine is seen. */
static inline void rig_agent(struct assets *assets, unsigned asset, const struct service *update,
                             const struct service *cloud, int64_t from, int64_t until)
{
    for (int64_t minute = from; minute < until; minute += 20) {
        rig_seen(assets, asset, minute);
        if ((minute - from) % RIG_HOUR == 0)
            rig_speak(assets, asset, update, minute + 1);
        if ((minute - from) % RIG_HOUR == 20)
            rig_speak(assets, asset, cloud, minute + 1);
        assets_tick(assets, rig_time(minute + 2));
    }
}

/* The machine is there and says nothing of interest. */
static inline void rig_idle(struct assets *assets, unsigned asset, int64_t from, int64_t until)
{
    for (int64_t minute = from; minute < until; minute += 20) {
        rig_seen(assets, asset, minute);
        assets_tick(assets, rig_time(minute));
    }
}
