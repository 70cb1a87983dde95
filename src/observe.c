/* SPDX-License-Identifier: Apache-2.0 */
/* From flows to wake-ups.
 *
 * A wake-up is the start of a connection, a datagram after a pause, a look-up, or a message of the client inside a TCP
 * connection after OBSERVE_QUIET_NS of its silence.  Whom it is for is the vendor's service if one came out, else the
 * registrable domain of the endpoint's name, else address and port: so that addresses, TCP and QUIC of one service are
 * one series.  A start is counted when the flow ends or first speaks again, because by then its name is known; series
 * put it into its place.
 *
 * Followed are the services of vendors, and whom no signature knows in a country of concern: nobody else's beats are ever
 * told.  `telltale beacons` follows all.
 *
 * A TCP flow that begins in the middle is no start: either its beginning was before the capture, or it was silent for longer
 * than its idle time, and then it is a message of the connection that went on.  Datagrams know no connection, so that
 * whether a pause was longer than the idle time must not matter: all of them count as starts. */
#include "observe.h"

#include <stdlib.h>
#include <string.h>

#include "alert/contacts.h"
#include "alert/weigh.h"
#include "asset/assets.h"
#include "base/hash.h"
#include "base/memory.h"
#include "behave/pairs.h"
#include "behave/volume.h"
#include "classify/dns.h"
#include "classify/label.h"
#include "config/settings.h"
#include "geo/geo.h"
#include "judge.h"
#include "match/match.h"
#include "net/registrable.h"
#include "scene.h"

#define VOLUME_EVERY_NS (60 * NS_PER_S)

struct observer {
    struct observe_options options;
    struct registrable *registrable;
};

struct observer *observer_new(const struct observe_options *options)
{
    struct observer *observer = mem_zeroed(1, sizeof *observer);
    observer->options = *options;
    observer->registrable = registrable_new();
    return observer;
}

void observer_free(struct observer *observer)
{
    if (observer == NULL)
        return;
    registrable_free(observer->registrable);
    free(observer);
}

static struct flow_note *note_of(struct flow *flow)
{
    if (flow->note == NULL)
        flow->note = mem_zeroed(1, sizeof *flow->note);
    return flow->note;
}

/* A machine phones home from our side, or from either where both or neither are home. */
static bool is_outward(const struct observer *observer, const struct flow *flow)
{
    const struct policy *policy = &observer->options.settings->policy;
    return policy_is_home(policy, &flow->client) || !policy_is_home(policy, &flow->server);
}

static bool is_concerning(const struct observer *observer, const struct addr *endpoint)
{
    const struct policy *policy = &observer->options.settings->policy;
    struct geo *geo = observer->options.judge->geo;
    struct place place;
    return geo != NULL && geo_find(geo, endpoint, &place) &&
           (policy_concerns_country(policy, place.country) ||
            policy_concerns_country(policy, place.registered_country));
}

/* Says whether the flow's wake-ups can ever matter; not for what the client asks a resolver. */
static bool is_followed(const struct observer *observer, const struct flow *flow)
{
    if (flow->label != NULL &&
        flow->label->app == APP_DNS) /* look-ups are counted by their questions */
        return false;
    return (flow->note != NULL && flow->note->vendor != NULL) || observer->options.follow_all ||
           is_concerning(observer, &flow->server);
}

/* Says whom the flow is for; the name is borrowed until the next question to names/. */
static void name_subject(const struct observer *observer, const struct flow *flow, int64_t ts_ns,
                         struct wake *wake)
{
    enum name_source source = NAME_SOURCE_NONE;
    wake->name = judge_name(observer->options.judge, flow, ts_ns, &source);
    if (flow->note != NULL && flow->note->vendor != NULL)
        wake->subject = (struct subject){
            .kind = SUBJECT_SERVICE, .vendor = flow->note->vendor, .service = flow->note->service};
    else if (wake->name != NULL)
        wake->subject = (struct subject){
            .kind = SUBJECT_DOMAIN, .domain = registrable_of(observer->registrable, wake->name)};
    else
        wake->subject = (struct subject){.kind = SUBJECT_ENDPOINT};
}

static struct wake wake_of(const struct observer *observer, const struct flow *flow, int64_t ts_ns)
{
    struct wake wake = {.ts_ns = ts_ns,
                        .asset = flow->client,
                        .endpoint = flow->server,
                        .asset_port = flow->client_port,
                        .endpoint_port = flow->server_port,
                        .protocol = flow->protocol,
                        .channel = WAKE_CONNECT,
                        .certificate = flow->note != NULL ? flow->note->certificate : NULL,
                        .uptime_ns = assets_uptime(observer->options.assets, &flow->client)};
    name_subject(observer, flow, ts_ns, &wake);
    return wake;
}

static void see_machine(struct observer *observer, const struct flow *flow, int64_t from_ns,
                        int64_t until_ns)
{
    assets_seen(observer->options.assets, &flow->client, from_ns, NULL);
    assets_seen(observer->options.assets, &flow->client, until_ns, NULL);
}

/* --- Starts ------------------------------------------------------------------------------------- */

static bool seen_from_start(const struct flow *flow)
{
    if (flow->protocol != PROTOCOL_TCP)
        return true;
    if (((flow->tcp_flags[FLOW_CLIENT] | flow->tcp_flags[FLOW_SERVER]) & TCP_SYN) != 0)
        return true;
    return flow->label != NULL && (flow->label->seen & (LABEL_CLIENT_HELLO | LABEL_REQUEST)) != 0;
}

/* A SYN to which nothing came, or only a refusal.  One side alone seen to send data was answered out of sight. */
static bool is_attempt(const struct flow *flow)
{
    if (flow->protocol != PROTOCOL_TCP || flow->payload[FLOW_CLIENT] > 0 ||
        flow->payload[FLOW_SERVER] > 0)
        return false;
    bool refused = (flow->tcp_flags[FLOW_SERVER] & (TCP_SYN | TCP_RST)) == TCP_RST;
    return flow->packets[FLOW_SERVER] == 0 || refused;
}

/* For flows that are followed. */
static void count_start(struct observer *observer, const struct flow *flow)
{
    if (!seen_from_start(flow))
        return;
    struct wake wake = wake_of(observer, flow, flow->first_ns);
    if (is_attempt(flow))
        wake.channel = WAKE_ATTEMPT;
    pairs_wake(observer->options.pairs, &wake);
}

/* --- Volume ------------------------------------------------------------------------------------- */

/* What is much depends on what the service is for: a reputation look-up is small, a sample is not, and an update client sends
 * little at all.  Other parties' services are watched for what no look-up explains. */
static struct volume_limits limits_of(const struct observer *observer,
                                      const struct service *service, bool vendor)
{
    uint64_t base = observer->options.settings->behave.upload_bytes;
    struct volume_limits limits = {.bytes_out = base, .ratio = 2.0, .unusual = 8.0};
    if (!vendor)
        limits.bytes_out = base * 4;
    if (service == NULL)
        return limits;
    if (service->purpose == PURPOSE_SAMPLE_UPLOAD)
        limits = (struct volume_limits){.bytes_out = base / 16, .ratio = 1.0, .unusual = 1.0};
    else if (service->purpose == PURPOSE_CLOUD_REPUTATION || service->purpose == PURPOSE_URL_CHECK)
        limits.bytes_out = base / 4;
    return limits;
}

static void count_volume(struct observer *observer, const struct flow *flow, int64_t ts_ns)
{
    struct flow_note *note = flow->note;
    bool vendor = note != NULL && note->vendor != NULL;
    uint64_t out = flow->payload[FLOW_CLIENT] - (note != NULL ? note->told_out : 0);
    uint64_t in = flow->payload[FLOW_SERVER] - (note != NULL ? note->told_in : 0);
    struct volume_limits limits = limits_of(observer, vendor ? note->service : NULL, vendor);
    bool matters = vendor ? out > 0 || in > 0 : out >= limits.bytes_out;
    if (!matters || !is_followed(observer, flow) || !is_outward(observer, flow))
        return;
    struct wake wake = wake_of(observer, flow, ts_ns);
    pairs_volume(observer->options.pairs, &wake, out, in, &limits);
    if (note == NULL)
        return;
    note->told_ns = ts_ns;
    note->told_out = flow->payload[FLOW_CLIENT];
    note->told_in = flow->payload[FLOW_SERVER];
}

/* --- Messages ----------------------------------------------------------------------------------- */

/* An agent that keeps one connection open shows by its messages that it is there. */
static void count_sign_of_life(struct observer *observer, const struct flow *flow, int64_t ts_ns)
{
    const struct flow_note *note = flow->note;
    if (note == NULL || note->vendor == NULL)
        return;
    struct asset_contact contact = {.ts_ns = ts_ns,
                                    .asset = note->asset,
                                    .vendor = note->vendor,
                                    .service = note->service,
                                    .weight = note->weight,
                                    .first = true,
                                    .spoken =
                                        flow->label != NULL && flow->label->server_name != NULL,
                                    .weak = note->weak,
                                    .answered = flow->payload[FLOW_SERVER] > 0};
    assets_contact(observer->options.assets, &contact);
}

static void count_message(struct observer *observer, const struct flow *flow, int64_t ts_ns)
{
    struct wake wake = wake_of(observer, flow, ts_ns);
    if (flow->protocol == PROTOCOL_TCP)
        wake.channel = WAKE_MESSAGE;
    pairs_wake(observer->options.pairs, &wake);
    count_sign_of_life(observer, flow, ts_ns);
}

/* Counts the message that waited for another, and before it the start of the connection, from which its timer runs. */
static void count_pending(struct observer *observer, struct flow *flow)
{
    struct flow_note *note = flow->note;
    bool start = flow->protocol == PROTOCOL_TCP && (flow->tcp_flags[FLOW_CLIENT] & TCP_SYN) != 0;
    if (note->pending_ns == 0)
        return;
    if (start)
        count_message(observer, flow, flow->first_ns);
    count_message(observer, flow, note->pending_ns);
    note->pending_ns = 0;
}

void observe_message(struct observer *observer, struct flow *flow, const struct packet *packet)
{
    int64_t ts_ns = packet->ts_ns;
    if (flow->note == NULL && flow->classified && !is_followed(observer, flow))
        return; /* nothing will come out any more */
    struct flow_note *note = note_of(flow);
    int64_t quiet_ns = ts_ns - note->message_ns;
    bool first = note->message_ns == 0;
    note->message_ns = ts_ns;
    if (!first && quiet_ns < OBSERVE_QUIET_NS) {
        if (ts_ns - note->told_ns >= VOLUME_EVERY_NS)
            count_volume(observer, flow, ts_ns);
        return;
    }
    if (!is_outward(observer, flow))
        return;
    see_machine(observer, flow, flow->first_ns, ts_ns);
    /* Most connections that live for ten seconds end soon after: one message alone is no series.  Who it is for may come out
     * later. */
    if (first && flow->protocol == PROTOCOL_TCP) {
        note->pending_ns = ts_ns;
        return;
    }
    if (!is_followed(observer, flow))
        return;
    if (!note->started) {
        note->started = true;
        count_start(observer, flow);
    }
    count_pending(observer, flow);
    count_message(observer, flow, ts_ns);
    count_volume(observer, flow, ts_ns);
}

void observe_certificate(struct observer *observer, struct flow *flow)
{
    const struct label_tls *tls = flow->label->tls;
    if ((flow->note != NULL && flow->note->vendor != NULL) || tls == NULL || tls->subject == NULL ||
        !is_concerning(observer, &flow->server))
        return;
    struct flow_note *note = note_of(flow);
    free(note->certificate);
    note->certificate = mem_text(tls->subject);
}

/* --- Machines ----------------------------------------------------------------------------------- */

static bool has_row(const struct sighting *sighting, enum indicator indicator)
{
    const char *kind = indicator_text(indicator);
    for (size_t i = 0; i < sighting->row_count; i++)
        if (strcmp(sighting->rows[i].kind, kind) == 0)
            return true;
    return false;
}

/* A fixed seed, so that the count of different names is the same in every run. */
static uint64_t hash_of_name(const char *name)
{
    return name != NULL ? hash_bytes(name, strlen(name), 1) : 0;
}

static bool is_below(const char *domain)
{
    return domain != NULL && (domain[0] == '.' || strpbrk(domain, "*?") != NULL);
}

void observe_sighting(struct observer *observer, const struct flow *flow,
                      const struct sighting *sighting)
{
    bool outward = addr_equal(&sighting->asset, &flow->client);
    enum flow_side other = outward ? FLOW_SERVER : FLOW_CLIENT;
    struct asset_contact contact = {
        .ts_ns = sighting->ts_ns,
        .asset = sighting->asset,
        .vendor = sighting->vendor,
        .service = sighting->service,
        .weight = weigh_combine(sighting->rows, sighting->row_count),
        .name_hash = sighting->lookup ? hash_of_name(sighting->name) : 0,
        .first = sighting->first,
        .lookup = sighting->lookup,
        .spoken =
            sighting->name_source == NAME_SOURCE_SNI || sighting->name_source == NAME_SOURCE_HTTP,
        .weak = sighting->weak,
        .answered = !sighting->lookup && flow->payload[other] > 0,
        .blocked = !sighting->lookup && flow->end != FLOW_END_NONE && is_attempt(flow),
        .below_domain = sighting->lookup && is_below(sighting->domain),
        .vendor_network = has_row(sighting, INDICATOR_PREFIX) || has_row(sighting, INDICATOR_ASN),
        .certificate = has_row(sighting, INDICATOR_CERTIFICATE),
        .port = has_row(sighting, INDICATOR_PORT),
    };
    assets_contact(observer->options.assets, &contact);
}

void observe_refusal(struct observer *observer, const struct flow *flow,
                     const struct judgement *judgement, int64_t ts_ns)
{
    /* Where the question itself is the message, "no such name" is an answer. */
    if (is_below(judgement->domain) && judgement->service != NULL &&
        (judgement->service->purpose == PURPOSE_CLOUD_REPUTATION ||
         judgement->service->purpose == PURPOSE_URL_CHECK))
        return;
    struct asset_contact contact = {.ts_ns = ts_ns,
                                    .asset = flow->client,
                                    .vendor = judgement->vendor,
                                    .service = judgement->service,
                                    .weight = weigh_combine(judgement->rows, judgement->row_count),
                                    .name_hash = hash_of_name(judgement->name),
                                    .lookup = true,
                                    .weak = judgement->weak,
                                    .blocked = true,
                                    .below_domain = is_below(judgement->domain)};
    assets_contact(observer->options.assets, &contact);
}

/* Says whether both sides are ours, so that one may stand before the other. */
static bool is_inside(const struct observer *observer, const struct flow *flow)
{
    const struct policy *policy = &observer->options.settings->policy;
    return policy_is_home(policy, &flow->client) && policy_is_home(policy, &flow->server) &&
           !addr_is_group(&flow->server) && !addr_equal(&flow->client, &flow->server);
}

static struct asset_standing standing_of(const struct flow *flow, enum asset_stand kind,
                                         int64_t ts_ns)
{
    return (struct asset_standing){.ts_ns = ts_ns,
                                   .server = flow->server,
                                   .client = flow->client,
                                   .kind = kind,
                                   .port = flow->server_port};
}

void observe_proxy(struct observer *observer, const struct flow *flow, int64_t ts_ns)
{
    if (!is_inside(observer, flow))
        return;
    struct asset_standing standing = standing_of(flow, ASSET_STAND_PROXY, ts_ns);
    if (flow->note != NULL)
        standing.vendor = flow->note->vendor;
    assets_stand_before(observer->options.assets, &standing);
}

/* A machine inside that answers on a port which vendors document for their servers inside. */
static void count_inside(struct observer *observer, const struct flow *flow)
{
    if (!is_inside(observer, flow) || is_attempt(flow) || flow->packets[FLOW_SERVER] == 0)
        return;
    struct hit hits[HITS_MAX];
    size_t count =
        match_port(observer->options.judge->signatures, flow->protocol, flow->server_port, hits);
    for (size_t i = 0; i < count; i++) {
        struct asset_standing standing = standing_of(flow, ASSET_STAND_SERVICE, flow->last_ns);
        standing.vendor = hits[i].vendor;
        standing.service = hits[i].service;
        assets_stand_before(observer->options.assets, &standing);
    }
}

/* What a finished flow carried, for the machine's account of the vendor. */
static void count_bytes(struct observer *observer, const struct flow *flow)
{
    const struct flow_note *note = flow->note;
    if (note == NULL || note->vendor == NULL)
        return;
    bool outward = addr_equal(&note->asset, &flow->client);
    struct asset_contact contact = {.ts_ns = flow->last_ns,
                                    .asset = note->asset,
                                    .vendor = note->vendor,
                                    .service = note->service,
                                    .bytes_out = flow->bytes[outward ? FLOW_CLIENT : FLOW_SERVER],
                                    .bytes_in = flow->bytes[outward ? FLOW_SERVER : FLOW_CLIENT],
                                    .weak = note->weak,
                                    .answered =
                                        flow->payload[outward ? FLOW_SERVER : FLOW_CLIENT] > 0};
    assets_contact(observer->options.assets, &contact);
}

/* --- The rest ----------------------------------------------------------------------------------- */

/* Reverse look-ups and names without a dot say nothing of whom a machine talks to. */
static bool names_somebody(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot != NULL && strcmp(dot, ".arpa") != 0;
}

void observe_lookup(struct observer *observer, const struct flow *flow,
                    const struct dns_message *message, const struct judgement *judgement,
                    int64_t ts_ns)
{
    const char *name = message->question;
    if (judgement == NULL && (!observer->options.follow_all || !names_somebody(name)))
        return; /* a look-up alone is no contact with a country */
    struct wake wake = {.ts_ns = ts_ns,
                        .asset = flow->client,
                        .endpoint = flow->server,
                        .asset_port = flow->client_port,
                        .endpoint_port = flow->server_port,
                        .protocol = flow->protocol,
                        .channel = WAKE_LOOKUP,
                        .name = name,
                        .uptime_ns = assets_uptime(observer->options.assets, &flow->client)};
    if (judgement != NULL)
        wake.subject = (struct subject){
            .kind = SUBJECT_SERVICE, .vendor = judgement->vendor, .service = judgement->service};
    else
        wake.subject = (struct subject){.kind = SUBJECT_DOMAIN,
                                        .domain = registrable_of(observer->registrable, name)};
    pairs_wake(observer->options.pairs, &wake);
}

/* Counts what is left to count of a flow of a machine of ours, where anybody wants to know. */
static void count_end(struct observer *observer, struct flow *flow)
{
    const struct flow_note *note = flow->note;
    if (!is_followed(observer, flow))
        return;
    if (note == NULL || !note->started)
        count_start(observer, flow);
    count_volume(observer, flow, flow->last_ns);
    /* The connection had been silent for longer than its idle time when it began again with a message. */
    if (note != NULL && note->pending_ns != 0 && note->pending_ns == flow->first_ns)
        count_pending(observer, flow);
}

void observe_end(struct observer *observer, struct flow *flow)
{
    if (is_outward(observer, flow)) {
        see_machine(observer, flow, flow->first_ns, flow->last_ns);
        count_end(observer, flow);
    }
    count_bytes(observer, flow);
    count_inside(observer, flow);
    struct flow_note *note = flow->note;
    if (note == NULL && flow->end == FLOW_END_ACTIVE)
        note = note_of(flow);
    if (note == NULL)
        return;
    note->pending_ns = 0;
    note->started = true;               /* where only the record is cut, the flow goes on, */
    note->told_out = note->told_in = 0; /* and counts from zero */
}

static int64_t uptime_of(void *context, const struct addr *asset)
{
    struct assets *assets = context;
    return assets_uptime(assets, asset);
}

void observe_check(struct observer *observer, int64_t now_ns)
{
    pairs_check(observer->options.pairs, now_ns, uptime_of, observer->options.assets);
    assets_tick(observer->options.assets, now_ns);
}

void observe_change(struct observer *observer, const struct change *change)
{
    if (change->subject.vendor == NULL)
        return;
    if (change->kind == CHANGE_UPLOAD) {
        assets_upload(observer->options.assets, &change->asset, change->subject.vendor,
                      change->subject.service, change->ts_ns);
        return;
    }
    if (change->kind == CHANGE_BEAT_STOPPED || change->kind == CHANGE_SESSION)
        return;
    struct asset_beacon beacon = {.ts_ns = change->ts_ns,
                                  .asset = change->asset,
                                  .vendor = change->subject.vendor,
                                  .service = change->subject.service,
                                  .period_ns = change->score.period_ns,
                                  .p_value = change->score.p_value};
    assets_beacon(observer->options.assets, &beacon);
}

void observe_finish(struct observer *observer, int64_t now_ns)
{
    pairs_check(observer->options.pairs, now_ns, uptime_of, observer->options.assets);
    assets_finish(observer->options.assets, now_ns);
}
