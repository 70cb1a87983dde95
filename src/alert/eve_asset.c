/* SPDX-License-Identifier: Apache-2.0 */
/* What events say of machines: the `asset` event, and the verdict that stands beside an alert. */
#include <math.h>

#include "alert/eve.h"
#include "alert/eve_parts.h"
#include "asset/verdict.h"
#include "base/digest.h"
#include "base/json.h"

void eve_put_vendor(struct json *json, const struct vendor *vendor)
{
    json_open_object(json, "vendor");
    json_text(json, "id", vendor->id);
    json_text(json, "name", vendor->name);
    json_text(json, "legal_entity", vendor->legal_entity);
    if (vendor->jurisdiction[0] != '\0')
        json_text(json, "jurisdiction", vendor->jurisdiction);
    if (vendor->parent.name != NULL) {
        json_open_object(json, "parent");
        json_text(json, "name", vendor->parent.name);
        if (vendor->parent.country[0] != '\0')
            json_text(json, "jurisdiction", vendor->parent.country);
        json_close_object(json);
    }
    json_close_object(json);
}

void eve_put_embedder(struct json *json, const struct service *service)
{
    if (service == NULL || service->embedder_name == NULL)
        return;
    json_open_object(json, "embedded_in");
    json_text(json, "id", service->embedder_id);
    json_text(json, "name", service->embedder_name);
    json_text(json, "product", service->embedder_product);
    if (service->embedder_country[0] != '\0')
        json_text(json, "jurisdiction", service->embedder_country);
    json_close_object(json);
}

/* Never rounded up to certainty. */
static void put_probability(struct json *json, double probability)
{
    json_double(json, "probability", fmin(probability, 0.999), 3);
}

static void put_standing(struct json *json, const struct verdict *verdict)
{
    if (verdict->role != VERDICT_SPEAKS_FOR)
        return;
    json_open_object(json, "speaks_for");
    json_u64(json, "machines", verdict->behind);
    json_close_object(json);
}

void eve_put_standing(struct json *json, const struct alert *alert)
{
    const struct verdict *verdict = alert->verdict;
    if (verdict == NULL)
        return;
    json_open_object(json, "verdict");
    json_text(json, "role", verdict_role_text(verdict->role));
    json_text(json, "state", verdict_state_text(verdict->state));
    put_probability(json, verdict->probability);
    json_close_object(json);
    put_standing(json, verdict);
}

static void put_reasons(struct json *json, const struct verdict *verdict)
{
    json_open_array(json, "evidence");
    for (size_t i = 0; i < verdict->reason_count; i++) {
        json_open_object(json, NULL);
        json_text(json, "kind", verdict->reasons[i].kind);
        json_text(json, "value", verdict->reasons[i].value);
        json_double(json, "weight", verdict->reasons[i].weight, 3);
        json_close_object(json);
    }
    json_close_array(json);
    put_probability(json, verdict->probability);
}

/* How sure it is that the machine fell silent, and not the chance of the draw. */
static void put_silence(struct json *json, const struct verdict *verdict)
{
    if (verdict->silence >= 1.0 && verdict->removed_ns == 0)
        return;
    json_open_object(json, "silence");
    json_double(json, "expected_contacts", verdict->expected, 2);
    json_double(json, "chance", fmax(verdict->silence, 1e-9), 9);
    if (verdict->removed_ns != 0)
        eve_put_time(json, "removed", verdict->removed_ns);
    json_close_object(json);
}

static void put_other(struct json *json, const char *key, const struct vendor *vendor)
{
    if (vendor == NULL)
        return;
    json_open_object(json, key);
    json_text(json, "id", vendor->id);
    json_text(json, "name", vendor->name);
    json_close_object(json);
}

static void put_times(struct json *json, const struct verdict *verdict)
{
    json_open_object(json, "contact");
    json_u64(json, "count", verdict->contacts > 0 ? verdict->contacts : verdict->lookups);
    json_u64(json, "flows", verdict->contacts);
    json_u64(json, "lookups", verdict->lookups);
    eve_put_time(json, "first", verdict->first_ns);
    eve_put_time(json, "last", verdict->last_ns);
    json_close_object(json);
    if (verdict->since_ns != 0)
        eve_put_time(json, "since", verdict->since_ns);
    json_open_object(json, "volume");
    json_u64(json, "bytes_out", verdict->bytes_out);
    json_u64(json, "bytes_in", verdict->bytes_in);
    json_close_object(json);
}

static void put_verdict(struct json *json, const struct verdict *verdict)
{
    eve_put_vendor(json, verdict->vendor);
    json_text(json, "product", verdict->product);
    eve_put_embedder(json, verdict->embedded);
    json_open_object(json, "asset");
    eve_put_addr(json, "ip", &verdict->asset);
    if (verdict->has_mac)
        eve_put_mac(json, "mac", verdict->mac);
    json_close_object(json);
    json_text(json, "role", verdict_role_text(verdict->role));
    json_text(json, "state", verdict_state_text(verdict->state));
    json_bool(json, "blocked", verdict->blocked);
    put_reasons(json, verdict);
    put_times(json, verdict);
    put_standing(json, verdict);
    if (verdict->has_speaker) {
        json_open_object(json, "speaker");
        eve_put_addr(json, "ip", &verdict->speaker);
        json_close_object(json);
    }
    put_silence(json, verdict);
    put_other(json, "replaced_by", verdict->replaced_by);
    put_other(json, "replaces", verdict->replaces);
}

static void put_policy(struct json *json, const struct event_source *source,
                       const struct asset_event *event)
{
    json_open_object(json, "policy");
    if (event->change->verdict.vendor->jurisdiction[0] != '\0')
        json_text(json, "jurisdiction", event->change->verdict.vendor->jurisdiction);
    json_bool(json, "of_concern", event->concern != NULL);
    json_text(json, "concern", event->concern);
    json_open_array(json, "regimes");
    for (size_t i = 0; i < event->regime_count; i++)
        json_text(json, NULL, event->regimes[i]);
    json_close_array(json);
    json_text(json, "version", source->policy_version);
    json_close_object(json);
}

void eve_asset(const struct event_source *source, const struct asset_event *event, uint64_t seq,
               struct text *out)
{
    const struct asset_change *change = event->change;
    char id[33];
    digest_hex(event->event_id, sizeof event->event_id, id);
    struct json json = {.out = out};
    json_open_object(&json, NULL);
    eve_put_head(&json, source, change->ts_ns, "asset");
    eve_put_addr(&json, "src_ip", &change->verdict.asset);
    json_open_object(&json, "telltale");
    json_text(&json, "event_id", id);
    json_u64(&json, "seq", seq);
    json_text(&json, "kind", asset_change_text(change->kind));
    put_verdict(&json, &change->verdict);
    put_policy(&json, source, event);
    eve_put_knowledge(&json, source);
    json_close_object(&json);
    json_close_object(&json);
}
