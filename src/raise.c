/* SPDX-License-Identifier: Apache-2.0 */
/* From a finding to its event: the place of the endpoint, what the policy thinks of it, whether it is wanted at all, and the
 * number that makes a hole in the sequence visible.  What a stage found is rendered by alert/eve.h; what the operator
 * allows or suppresses goes no further than here. */
#include "raise.h"

#include <stdio.h>
#include <string.h>

#include "alert/contacts.h"
#include "alert/eve.h"
#include "asset/assets.h"
#include "base/digest.h"
#include "base/time.h"
#include "behave/benign.h"
#include "behave/change.h"
#include "behave/pairs.h"
#include "classify/classify.h"
#include "config/settings.h"
#include "geo/geo.h"
#include "judge.h"
#include "match/match.h"
#include "pipeline.h"
#include "scene.h"

enum {
    REGIMES_MAX = 16,
    ONE_SIDED_PACKETS = 4
};

void raise_emit(struct raise *raise, const char *event_type)
{
    raise->counters->events++;
    raise->emit(raise->emit_context, event_type, raise->line.data, raise->line.length);
    text_clear(&raise->line);
}

static void describe_geo(struct raise *raise)
{
    const struct geo_source *source = NULL;
    for (size_t i = 0; raise->geo != NULL && (source = geo_source(raise->geo, i)) != NULL; i++) {
        char date[TIME_TEXT_MAX];
        time_date_text(source->built_ns, date);
        text_addf(&raise->geo_text, "%s%s %s", i > 0 ? ", " : "", source->type, date);
    }
}

void raise_describe(struct raise *raise, const struct signatures *signatures, const char *interface)
{
    const struct signatures_info *info = signatures_info(signatures);
    describe_geo(raise);
    raise->source = (struct event_source){
        .sensor = raise->settings->sensor.name,
        .interface = interface,
        .signatures_version = info->digest,
        .signatures_date = info->newest,
        .geo = text_string(&raise->geo_text),
        .policy_version = raise->settings->policy.digest,
    };
}

static bool vendor_in_regime(const struct vendor *vendor, const char *regime)
{
    for (const char *const *id = vendor->regimes; id != NULL && *id != NULL; id++)
        if (strcmp(*id, regime) == 0)
            return true;
    return false;
}

static size_t regimes_in_force(const struct policy *policy, const struct vendor *vendor,
                               const char *ret_regimes[static REGIMES_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < policy->regime_count && count < REGIMES_MAX; i++)
        if (vendor_in_regime(vendor, policy->regimes[i]))
            ret_regimes[count++] = policy->regimes[i];
    return count;
}

static const char *vendor_concern(const struct policy *policy, const struct alert *alert)
{
    const struct vendor *vendor = alert->vendor;
    if (policy_concerns_vendor(policy, vendor->id))
        return "vendor";
    if (policy_concerns_country(policy, vendor->jurisdiction) ||
        (vendor->parent.name != NULL && policy_concerns_country(policy, vendor->parent.country)))
        return "jurisdiction";
    return alert->regime_count > 0 ? "regime" : NULL;
}

/* Says why the operator cares, and how much: law over place, because the place says little. */
static void weigh_concern(const struct policy *policy, struct alert *alert)
{
    alert->severity = 1;
    alert->concern = alert->vendor != NULL ? vendor_concern(policy, alert) : NULL;
    if (alert->concern != NULL)
        return;
    alert->severity = 2;
    if (policy_concerns_country(policy, alert->place.country))
        alert->concern = "endpoint-country";
    else if (policy_concerns_country(policy, alert->place.registered_country))
        alert->concern = "network-country";
    else
        alert->severity = 3;
}

static void describe_risks(const struct raise *raise, const struct label *label,
                           struct alert *alert)
{
    for (unsigned bit = 0; bit < 64 && alert->risk_count < EVENT_RISKS_MAX; bit++) {
        if ((label->ndpi_risks >> bit & 1) == 0)
            continue;
        const char *text = classify_risk_text(raise->classify, bit);
        if (text != NULL)
            alert->risks[alert->risk_count++] = text;
    }
}

static void describe_flow(const struct raise *raise, const struct scene *scene, struct alert *alert)
{
    struct flow *flow = scene->flow;
    alert->flow = flow;
    /* One packet has only one side: it takes a few to see that the other is missing. */
    bool alone = flow_one_sided(flow) &&
                 flow->packets[FLOW_CLIENT] + flow->packets[FLOW_SERVER] >= ONE_SIDED_PACKETS;
    alert->one_sided = alert->one_sided || alone;
    alert->truncated = alert->truncated || flow->truncated;
    alert->lost_bytes += flow_lost_bytes(flow);
    alert->dns = scene->dns;
    if (flow->label == NULL)
        return;
    alert->label = scene->dns == NULL ? flow->label : NULL;
    alert->app = label_app_text(flow->label);
    alert->stack = classify_stack(raise->classify, flow);
    describe_risks(raise, flow->label, alert);
}

/* Finds out where the endpoint stands and why the operator cares. */
static void place_alert(const struct raise *raise, struct alert *alert,
                        const char *regimes[static REGIMES_MAX])
{
    const struct policy *policy = &raise->settings->policy;
    if (alert->has_endpoint && raise->geo != NULL)
        (void)geo_find(raise->geo, &alert->endpoint, &alert->place);
    if (alert->vendor != NULL)
        alert->regime_count = regimes_in_force(policy, alert->vendor, regimes);
    alert->regimes = regimes;
    weigh_concern(policy, alert);
}

/* Asks the policy whether the alert is wanted.  Where it is not, it is counted, and `ret_name_only` says whether only for its
 * present name. */
static bool is_wanted(struct raise *raise, const struct alert *alert, int64_t ts_ns,
                      bool *ret_name_only)
{
    const struct policy *policy = &raise->settings->policy;
    const struct policy_exception *exception = policy_find_exception(
        policy, alert->vendor != NULL ? alert->vendor->id : NULL,
        alert->service != NULL ? alert->service->id : NULL, alert->name, &alert->asset, ts_ns);
    *ret_name_only = exception != NULL && exception->name != NULL;
    if (exception == NULL && !(policy->only_concern && alert->concern == NULL))
        return true;
    raise->counters->suppressed += exception == NULL || !exception->allow;
    raise->counters->allowed += exception != NULL && exception->allow;
    return false;
}

/* An alert says what is known of the machine, where that is more than a guess. */
static void emit_alert(struct raise *raise, struct alert *alert)
{
    if (alert->vendor != NULL && alert->verdict == NULL &&
        assets_find(raise->assets, &alert->asset, alert->vendor, &raise->verdict) &&
        raise->verdict.state != VERDICT_CANDIDATE)
        alert->verdict = &raise->verdict;
    eve_alert(&raise->source, alert, raise->seq++, &raise->line);
    raise->counters->alerts++;
    raise_emit(raise, "alert");
}

void raise_contact(struct raise *raise, struct contact *contact, const struct scene *scene,
                   const struct judgement *judgement)
{
    int64_t ts_ns = scene != NULL ? scene->ts_ns : raise->counters->last_ns;
    struct alert alert = {0};
    const char *regimes[REGIMES_MAX];
    (void)contact_peek(raise->contacts, contact, &alert);
    contact_set_beat(contact, pairs_beat(raise->pairs, &alert.asset, alert.vendor, alert.service));
    place_alert(raise, &alert, regimes);
    bool name_only = false;
    if (!is_wanted(raise, &alert, ts_ns, &name_only)) {
        contact_suppress(contact, ts_ns, name_only);
        return;
    }
    contact_alert(raise->contacts, contact, ts_ns, raise->source.sensor, &alert);
    if (scene != NULL)
        describe_flow(raise, scene, &alert); /* adds to what the contact knows of earlier flows */
    alert.name_hidden = alert.name_hidden || (judgement != NULL && judgement->name_hidden);
    emit_alert(raise, &alert);
}

/* --- Behaviour ---------------------------------------------------------------------------------- */

static const char *kind_of(const struct change *change)
{
    switch (change->kind) {
    case CHANGE_BEAT_FOUND:
    case CHANGE_BEAT_CHANGED:
    case CHANGE_BEAT_RETURNED:
        return change->subject.vendor != NULL ? "beacon" : "unattributed-beacon";
    case CHANGE_BEAT_STOPPED:
        return "beacon-stopped";
    case CHANGE_UPLOAD:
        return "upload";
    case CHANGE_SESSION:
        break;
    }
    return "long-session";
}

static void digest_id(const struct text *text, uint8_t ret_id[static 16])
{
    uint8_t digest[DIGEST_SHA256_SIZE];
    digest_sha256(text->data, text->length, digest);
    memcpy(ret_id, digest, 16);
}

/* The id is a digest of who, what and when, as that of a contact is. */
static void make_event_id(const struct raise *raise, struct alert *alert)
{
    const struct change *change = alert->change;
    char asset[ADDR_TEXT_MAX], endpoint[ADDR_TEXT_MAX];
    (void)addr_text(&alert->asset, asset);
    (void)addr_text(&alert->endpoint, endpoint);
    struct text text = {0};
    text_addf(&text, "%s|%s|%s|%s|%s|%s|%lld|%llu", alert->kind, raise->source.sensor, asset,
              alert->vendor != NULL ? alert->vendor->id : "",
              alert->service != NULL           ? alert->service->id
              : change->subject.domain != NULL ? change->subject.domain
                                               : endpoint,
              wake_channel_text(change->channel), (long long)change->ts_ns,
              (unsigned long long)change->wakes);
    digest_id(&text, alert->event_id);
    text_done(&text);
}

/* A look-up was sent to the resolver: nobody else was contacted. */
static void fill_from_change(struct alert *alert, const struct change *change)
{
    alert->ts_ns = change->ts_ns;
    alert->kind = kind_of(change);
    alert->change = change;
    alert->vendor = change->subject.vendor;
    alert->service = change->subject.service;
    alert->asset = change->asset;
    alert->asset_port = change->asset_port;
    alert->endpoint_port = change->endpoint_port;
    alert->protocol = change->protocol;
    alert->name = change->name;
    alert->is_lookup = change->channel == WAKE_LOOKUP;
    alert->has_endpoint = !alert->is_lookup;
    if (alert->is_lookup)
        alert->resolver = change->endpoint;
    else
        alert->endpoint = change->endpoint;
    alert->name_source = alert->is_lookup ? NAME_SOURCE_QUERY : NAME_SOURCE_NONE;
}

/* What the contact knows of the vendor's service, and the beat as one more reason.  False where that is not enough. */
static bool fill_from_contact(struct raise *raise, const struct change *change, struct alert *alert)
{
    struct contact *contact = contacts_find(raise->contacts, &change->asset, change->subject.vendor,
                                            change->subject.service);
    if (contact == NULL)
        return false;
    contact_set_beat(contact, pairs_beat(raise->pairs, &change->asset, change->subject.vendor,
                                         change->subject.service));
    bool sure = contact_peek(raise->contacts, contact, alert);
    /* Connections say the same as the look-ups before them. */
    return sure && (change->channel != WAKE_LOOKUP || alert->flows == 0);
}

/* A country that the operator worries about, and nothing that explains the beat. */
static bool is_suspicious(const struct raise *raise, const struct alert *alert)
{
    const struct policy *policy = &raise->settings->policy;
    return (policy_concerns_country(policy, alert->place.country) ||
            policy_concerns_country(policy, alert->place.registered_country)) &&
           benign_reason(alert->change) == NULL;
}

enum {
    BEAT_TEXT_MAX = 64
};

/* Nobody is accused: all that is known is that a machine, and no person, talks to a country of concern. */
static void explain_unknown(struct alert *alert, char text[static BEAT_TEXT_MAX])
{
    const struct score *score = &alert->change->score;
    alert->severity = 3;
    (void)snprintf(text, BEAT_TEXT_MAX, "every %.4g s, %zu times",
                   (double)score->period_ns / (double)NS_PER_S, score->count);
    alert->confidence = alert->change->kind == CHANGE_UPLOAD ? 0.5 : 1.0 - score->p_value;
    alert->evidence[0] =
        (struct evidence){.kind = "periodic", .value = text, .weight = alert->confidence};
    alert->evidence_count = 1;
}

bool raise_change(struct raise *raise, const struct change *change)
{
    struct alert alert = {0};
    const char *regimes[REGIMES_MAX];
    if (change->subject.vendor != NULL && !fill_from_contact(raise, change, &alert))
        return false;
    enum name_source source = alert.name_source;
    fill_from_change(&alert, change);
    if (alert.name_source == NAME_SOURCE_NONE)
        alert.name_source = source;
    place_alert(raise, &alert, regimes);
    if (alert.vendor == NULL && !is_suspicious(raise, &alert))
        return false;
    bool name_only = false;
    if (!is_wanted(raise, &alert, change->ts_ns, &name_only))
        return false;
    char beat[BEAT_TEXT_MAX];
    if (alert.vendor == NULL)
        explain_unknown(&alert, beat);
    make_event_id(raise, &alert);
    emit_alert(raise, &alert);
    return true;
}

void raise_bypass(struct raise *raise, struct contact *contact, const struct scene *scene)
{
    struct alert alert = {0};
    const char *regimes[REGIMES_MAX];
    (void)contact_peek(raise->contacts, contact, &alert);
    place_alert(raise, &alert, regimes);
    bool name_only = false;
    if (!is_wanted(raise, &alert, scene->ts_ns, &name_only))
        return;
    alert.ts_ns = scene->ts_ns;
    alert.kind = "resolver-bypass";
    alert.is_lookup = true;
    alert.resolver = scene->flow->server;
    char asset[ADDR_TEXT_MAX], resolver[ADDR_TEXT_MAX];
    (void)addr_text(&alert.asset, asset);
    (void)addr_text(&alert.resolver, resolver);
    struct text text = {0};
    text_addf(&text, "%s|%s|%s|%s|%s|%lld", alert.kind, raise->source.sensor, asset,
              alert.vendor->id, resolver, (long long)alert.ts_ns);
    digest_id(&text, alert.event_id);
    text_done(&text);
    describe_flow(raise, scene, &alert);
    emit_alert(raise, &alert);
}

/* --- Machines ----------------------------------------------------------------------------------- */

static void make_asset_id(const struct raise *raise, struct asset_event *event)
{
    const struct asset_change *change = event->change;
    char asset[ADDR_TEXT_MAX];
    (void)addr_text(&change->verdict.asset, asset);
    struct text text = {0};
    text_addf(&text, "%s|%s|%s|%s|%s|%lld", asset_change_text(change->kind), raise->source.sensor,
              asset, change->verdict.vendor->id, verdict_role_text(change->verdict.role),
              (long long)change->ts_ns);
    digest_id(&text, event->event_id);
    text_done(&text);
}

/* The machine has the product, though it never spoke to its vendor: the server inside does. */
static void raise_indirect(struct raise *raise, const struct asset_change *change)
{
    const struct verdict *verdict = &change->verdict;
    struct alert alert = {.ts_ns = change->ts_ns,
                          .kind = "indirect",
                          .vendor = verdict->vendor,
                          .verdict = verdict,
                          .asset = verdict->asset,
                          .endpoint = verdict->speaker,
                          .has_endpoint = verdict->has_speaker,
                          .has_mac = verdict->has_mac,
                          .name_source = NAME_SOURCE_NONE,
                          .flows = verdict->contacts,
                          .lookups = verdict->lookups,
                          .first_ns = verdict->first_ns,
                          .last_ns = verdict->last_ns,
                          .confidence = verdict->probability};
    memcpy(alert.asset_mac, verdict->mac, sizeof alert.asset_mac);
    for (size_t i = 0; i < verdict->reason_count && i < EVENT_EVIDENCE_MAX; i++)
        alert.evidence[alert.evidence_count++] =
            (struct evidence){.kind = verdict->reasons[i].kind,
                              .value = verdict->reasons[i].value,
                              .weight = verdict->reasons[i].weight};
    const char *regimes[REGIMES_MAX];
    place_alert(raise, &alert, regimes);
    bool name_only = false;
    if (!is_wanted(raise, &alert, change->ts_ns, &name_only))
        return;
    struct asset_event event = {.change = change};
    make_asset_id(raise, &event);
    memcpy(alert.event_id, event.event_id, sizeof alert.event_id);
    alert.event_id[0] ^= 1; /* the alert beside the asset event */
    emit_alert(raise, &alert);
}

void raise_asset(struct raise *raise, const struct asset_change *change)
{
    const struct policy *policy = &raise->settings->policy;
    struct alert alert = {.vendor = change->verdict.vendor};
    const char *regimes[REGIMES_MAX];
    place_alert(raise, &alert, regimes);
    if (policy->only_concern && alert.concern == NULL)
        return;
    struct asset_event event = {.change = change,
                                .concern = alert.concern,
                                .regimes = regimes,
                                .regime_count = alert.regime_count};
    make_asset_id(raise, &event);
    eve_asset(&raise->source, &event, raise->seq++, &raise->line);
    raise_emit(raise, "asset");
    bool is_new = change->kind == ASSET_INSTALLED || change->kind == ASSET_UPDATED;
    if (is_new && change->verdict.role == VERDICT_BEHIND)
        raise_indirect(raise, change);
}
