/* SPDX-License-Identifier: Apache-2.0 */
/* The reasons of a verdict as text. */
#include <stdio.h>
#include <string.h>

#include "asset/chance.h"
#include "base/time.h"

static const char *const reason_kinds[REASON_COUNT] = {
    [REASON_CONTACT] = "contact",         [REASON_PURPOSES] = "purposes",
    [REASON_OCCASIONS] = "occasions",     [REASON_HOURS] = "hours",
    [REASON_CLOCK] = "around-the-clock",  [REASON_CALM] = "unattended",
    [REASON_BEACON] = "beacon",           [REASON_NETWORK] = "vendor-network",
    [REASON_CERTIFICATE] = "certificate", [REASON_PORT] = "port",
    [REASON_VOLUME] = "volume",           [REASON_NAMES] = "look-up-names",
    [REASON_EMBEDDER] = "embedder",       [REASON_INTERNAL] = "internal-service",
    [REASON_SPEAKER] = "speaker",
};

static const char *hold_text(enum hold hold)
{
    static const char *const texts[HOLD_COUNT] = {
        [HOLD_NONE] = "",
        [HOLD_FEW_OCCASIONS] = "two occasions only",
        [HOLD_LOOKUPS] = "looked up only, for one purpose",
        [HOLD_PAIR] = "another vendor is contacted in the same thin way",
        [HOLD_CROWD] = "several vendors are contacted in the same thin way",
        [HOLD_ONE_OCCASION] = "one occasion only",
        [HOLD_ONE_PORT] = "one port, of a server that does not contact the vendor",
        [HOLD_WEB] = "web sites, portals or certificates only",
    };
    return texts[hold];
}

/* The purposes by name, as many as fit. */
static void write_purposes(const struct facts *facts, char text[static VERDICT_VALUE_MAX])
{
    size_t length = 0;
    text[0] = '\0';
    for (unsigned i = 0; i < PURPOSE_COUNT; i++) {
        const char *word = purpose_text(i);
        size_t needed = strlen(word) + (length > 0 ? 2 : 0);
        if (facts_purpose(facts, i) <= 0.0 || length + needed >= VERDICT_VALUE_MAX)
            continue;
        (void)snprintf(text + length, VERDICT_VALUE_MAX - length, "%s%s", length > 0 ? ", " : "",
                       word);
        length += needed;
    }
}

static void write_contact(const struct facts *facts, char text[static VERDICT_VALUE_MAX])
{
    const struct service *service = facts->services[0];
    for (unsigned i = 1; i < FACTS_SERVICES; i++)
        if (facts->service_counts[i] > facts->service_counts[0])
            service = facts->services[i];
    (void)snprintf(text, VERDICT_VALUE_MAX, "%s", service != NULL ? service->id : "network");
}

static void write_volume(const struct facts *facts, char text[static VERDICT_VALUE_MAX])
{
    if (facts->uploads > 0)
        (void)snprintf(text, VERDICT_VALUE_MAX, "%u uploads", facts->uploads);
    else if (facts->bulk)
        (void)snprintf(text, VERDICT_VALUE_MAX, "an update's body");
    else
        (void)snprintf(text, VERDICT_VALUE_MAX, "%u small conversations", facts->small_flows);
}

static void write_beacon(const struct facts *facts, char text[static VERDICT_VALUE_MAX])
{
    (void)snprintf(text, VERDICT_VALUE_MAX, "each %lld s, chance %.2g",
                   (long long)(facts->period_ns / NS_PER_S), (double)facts->beacon_p);
}

static void write_count(unsigned count, const char *what, char text[static VERDICT_VALUE_MAX])
{
    (void)snprintf(text, VERDICT_VALUE_MAX, "%u %s", count, what);
}

static unsigned larger(unsigned a, unsigned b)
{
    return a > b ? a : b;
}

static void write_value(enum reason reason, const struct facts *facts,
                        const struct surroundings *around, char text[static VERDICT_VALUE_MAX])
{
    switch (reason) {
    case REASON_CONTACT:
        write_contact(facts, text);
        break;
    case REASON_PURPOSES:
        write_purposes(facts, text);
        break;
    case REASON_OCCASIONS:
        write_count(larger(facts->occasions, around->occasions), "occasions", text);
        break;
    case REASON_HOURS:
        write_count(larger(facts->hours, around->hours), "hours", text);
        break;
    case REASON_CLOCK:
        write_count((unsigned)__builtin_popcount(facts->day_hours), "hours of the day", text);
        break;
    case REASON_CALM:
        write_count(facts->calm_hours, "hours without other activity", text);
        break;
    case REASON_BEACON:
        write_beacon(facts, text);
        break;
    case REASON_NETWORK:
        (void)snprintf(text, VERDICT_VALUE_MAX, "%s", facts->opaque ? "without a name" : "own");
        break;
    case REASON_VOLUME:
        write_volume(facts, text);
        break;
    case REASON_NAMES:
        write_count((unsigned)__builtin_popcountll(facts->names), "names", text);
        break;
    case REASON_EMBEDDER:
        (void)snprintf(text, VERDICT_VALUE_MAX, "%s", facts->embedded->embedder_id);
        break;
    case REASON_INTERNAL:
        write_count(around->ports, "ports", text);
        break;
    case REASON_CERTIFICATE:
    case REASON_PORT:
    case REASON_SPEAKER:
    case REASON_COUNT:
        (void)snprintf(text, VERDICT_VALUE_MAX, "%s", facts->vendor->id);
        break;
    }
}

size_t chance_explain(const struct facts *facts, const struct surroundings *around,
                      const struct chance *chance,
                      struct verdict_reason ret_reasons[static VERDICT_REASONS_MAX])
{
    size_t count = 0;
    for (unsigned i = 0; i < REASON_COUNT; i++) {
        if (chance->weights[i] <= 0.0)
            continue;
        struct verdict_reason *reason = &ret_reasons[count++];
        *reason = (struct verdict_reason){.kind = reason_kinds[i], .weight = chance->weights[i]};
        write_value(i, facts, around, reason->value);
    }
    if (chance->hold == HOLD_NONE)
        return count;
    ret_reasons[count] = (struct verdict_reason){.kind = "held-back"};
    (void)snprintf(ret_reasons[count].value, VERDICT_VALUE_MAX, "%s", hold_text(chance->hold));
    return count + 1;
}
