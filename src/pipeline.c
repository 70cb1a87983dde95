/* SPDX-License-Identifier: Apache-2.0 */
/* The wiring, and nothing else: which stage sees a packet when.  pipeline_frame() is the diagram; what each stage does
 * stands in its own folder.  Time is the packet's, so that a replay gives the same bytes on every machine. */
#include "pipeline.h"

#include <stdlib.h>
#include <string.h>

#include "alert/contacts.h"
#include "alert/eve.h"
#include "alert/weigh.h"
#include "asset/assets.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "behave/pairs.h"
#include "bypass.h"
#include "capture/frame.h"
#include "classify/classify.h"
#include "classify/dns.h"
#include "decode/decode.h"
#include "decode/packet.h"
#include "flow/table.h"
#include "geo/geo.h"
#include "judge.h"
#include "match/match.h"
#include "names/names.h"
#include "net/protocol.h"
#include "observe.h"
#include "raise.h"
#include "resolvers.h"
#include "scene.h"
#include "stats.h"

enum {
    PORT_MDNS = 5353,
    PORT_LLMNR = 5355,
    SECOND_SHIFT = 30, /* of nanoseconds: 1.07 s */
    VERDICTS_MAX = 32  /* vendors of one machine */
};

#define BYPASS_WEIGHT 0.60

struct pipeline {
    struct pipeline_options options;
    const struct settings *settings;
    struct decoder *decoder;
    struct flow_table *flows;
    struct classify *classify;
    struct names *names;
    struct contacts *contacts;
    struct resolvers *resolvers;
    struct bypass *bypass;
    struct judge judge;
    struct pairs *pairs;
    struct assets *assets;
    struct observer *observer;
    struct raise raise;
    struct pipeline_counters counters;
    int64_t looked; /* when look_for_silence() last looked, in its seconds */
    bool closing;   /* flows are only released */
};

static void flow_ended(void *context, struct flow *flow);

/* --- Construction ------------------------------------------------------------------------------ */

static struct decoder *make_decoder(const struct settings *settings)
{
    struct decode_options options = decode_options_default();
    options.copies = settings->decode.recognise_copies;
    options.copy_window_ns = settings->decode.copy_window_ns;
    options.tunnel_depth_max = settings->decode.tunnel_depth;
    options.fragment_memory_bytes = settings->decode.fragment_bytes;
    options.fragment_datagrams = settings->decode.fragment_datagrams;
    return decoder_new(&options);
}

static struct flow_table *make_flows(struct pipeline *pipeline, const struct settings *settings)
{
    struct flow_options options;
    flow_options_default(&options);
    options.flows_max = settings->flow.flows_max;
    options.tcp_idle_ns = settings->flow.tcp_idle_ns;
    options.tcp_new_idle_ns = settings->flow.tcp_new_idle_ns;
    options.tcp_closed_ns = settings->flow.tcp_closed_ns;
    options.udp_idle_ns = settings->flow.udp_idle_ns;
    options.dns_idle_ns = settings->flow.dns_idle_ns;
    options.icmp_idle_ns = settings->flow.icmp_idle_ns;
    options.other_idle_ns = settings->flow.other_idle_ns;
    options.active_ns = settings->flow.active_ns;
    return flow_table_new(&options, flow_ended, pipeline);
}

static struct classify *make_classify(const struct settings *settings, struct error *err)
{
    struct classify_options options = {
        .ndpi =
            settings->classify.ndpi == SETTINGS_NDPI_ALL ? CLASSIFY_NDPI_ALL : CLASSIFY_NDPI_REST,
        .states_max = settings->classify.states_max,
        .stream_bytes = settings->classify.stream_bytes,
        .tcp_packets = settings->classify.tcp_packets,
        .udp_packets = settings->classify.udp_packets,
        .patience_ns = settings->classify.patience_ns,
        .fingerprints = settings->classify.fingerprints,
    };
    return classify_new(&options, err);
}

static struct pairs *make_pairs(const struct settings *settings)
{
    struct pairs_options options;
    pairs_options_default(&options);
    options.pairs_max = settings->behave.pairs_max;
    options.p_value = settings->behave.p_value;
    options.session_ns = settings->behave.session_ns;
    options.session_again_ns = settings->policy.again_after_ns;
    return pairs_new(&options);
}

/* Behaviour is observed and told by the pipeline's own parts. */
static void make_behaviour(struct pipeline *pipeline)
{
    pipeline->judge = (struct judge){.signatures = pipeline->options.signatures,
                                     .names = pipeline->names,
                                     .geo = pipeline->options.geo};
    pipeline->pairs = make_pairs(pipeline->settings);
    struct assets_options assets = {.assets_max = pipeline->settings->asset.assets_max,
                                    .verdicts_max = VERDICTS_MAX,
                                    .installed = pipeline->settings->asset.installed};
    pipeline->assets = assets_new(&assets);
    struct observe_options observe = {.settings = pipeline->settings,
                                      .judge = &pipeline->judge,
                                      .pairs = pipeline->pairs,
                                      .assets = pipeline->assets,
                                      .follow_all = pipeline->options.follow_all};
    pipeline->observer = observer_new(&observe);
    pipeline->raise = (struct raise){.settings = pipeline->settings,
                                     .geo = pipeline->options.geo,
                                     .classify = pipeline->classify,
                                     .contacts = pipeline->contacts,
                                     .pairs = pipeline->pairs,
                                     .assets = pipeline->assets,
                                     .counters = &pipeline->counters,
                                     .emit = pipeline->options.emit,
                                     .emit_context = pipeline->options.emit_context};
    raise_describe(&pipeline->raise, pipeline->options.signatures, pipeline->options.interface);
}

struct pipeline *pipeline_new(const struct pipeline_options *options, struct error *err)
{
    const struct settings *settings = options->settings;
    struct classify *classify = make_classify(settings, err);
    if (classify == NULL)
        return NULL;
    struct pipeline *pipeline = mem_zeroed(1, sizeof *pipeline);
    pipeline->options = *options;
    pipeline->settings = settings;
    pipeline->classify = classify;
    pipeline->decoder = make_decoder(settings);
    pipeline->flows = make_flows(pipeline, settings);
    struct names_options names = {.entries_max = settings->names.entries_max,
                                  .ttl_min_ns = settings->names.ttl_min_ns,
                                  .keep_ns = settings->names.keep_ns};
    pipeline->names = names_new(&names);
    struct contacts_options contacts = {.contacts_max = 100000,
                                        .alert_confidence = settings->policy.alert_confidence,
                                        .again_after_ns = settings->policy.again_after_ns};
    pipeline->contacts = contacts_new(&contacts);
    pipeline->resolvers = resolvers_new();
    pipeline->bypass = bypass_new(options->signatures);
    make_behaviour(pipeline);
    return pipeline;
}

void pipeline_free(struct pipeline *pipeline)
{
    if (pipeline == NULL)
        return;
    pipeline->closing = true;
    flow_table_flush(pipeline->flows);
    flow_table_free(pipeline->flows);
    classify_free(pipeline->classify);
    decoder_free(pipeline->decoder);
    names_free(pipeline->names);
    contacts_free(pipeline->contacts);
    resolvers_free(pipeline->resolvers);
    bypass_free(pipeline->bypass);
    observer_free(pipeline->observer);
    pairs_free(pipeline->pairs);
    assets_free(pipeline->assets);
    text_done(&pipeline->raise.geo_text);
    text_done(&pipeline->raise.line);
    free(pipeline);
}

/* --- Judging ----------------------------------------------------------------------------------- */

/* The asset is the home side; the client where both or neither are home. */
static bool endpoint_is_server(const struct pipeline *pipeline, const struct flow *flow)
{
    const struct policy *policy = &pipeline->settings->policy;
    return policy_is_home(policy, &flow->client) || !policy_is_home(policy, &flow->server);
}

static void copy_mac(const struct scene *scene, bool asset_is_client, struct sighting *sighting)
{
    if (scene->packet == NULL || !scene->packet->has_mac)
        return;
    bool from_asset = (scene->side == FLOW_CLIENT) == asset_is_client;
    sighting->has_mac = true;
    memcpy(sighting->asset_mac, from_asset ? scene->packet->src_mac : scene->packet->dst_mac,
           sizeof sighting->asset_mac);
}

/* Counts the sighting to its contact, which may be worth an alert now; returns the contact. */
static struct contact *sight(struct pipeline *pipeline, const struct scene *scene,
                             const struct judgement *judgement, struct sighting *sighting)
{
    sighting->ts_ns = scene->ts_ns;
    sighting->protocol = scene->flow->protocol;
    sighting->vendor = judgement->vendor;
    sighting->service = judgement->service;
    sighting->name = judgement->name;
    sighting->domain = judgement->domain;
    sighting->name_source = judgement->name_source;
    sighting->weak = judgement->weak;
    sighting->rows = judgement->rows;
    sighting->row_count = judgement->row_count;
    struct contact *contact = NULL;
    enum contact_verdict verdict = contacts_add(pipeline->contacts, sighting, &contact);
    observe_sighting(pipeline->observer, scene->flow, sighting);
    if (verdict != CONTACT_RAISE)
        return contact;
    if (scene->packet != NULL && scene->dns == NULL)
        classify_deepen(pipeline->classify, scene->flow, scene->side, scene->packet);
    raise_contact(&pipeline->raise, contact, scene, judgement);
    return contact;
}

static void judge_conversation(struct pipeline *pipeline, const struct scene *scene)
{
    struct flow *flow = scene->flow;
    bool outward = endpoint_is_server(pipeline, flow);
    struct judgement judgement;
    if (!judge_flow(&pipeline->judge, flow, outward, scene->ts_ns, &judgement))
        return;
    struct flow_note *note = flow->note;
    bool first =
        note == NULL || note->vendor != judgement.vendor || note->service != judgement.service;
    if (note == NULL)
        note = flow->note = mem_zeroed(1, sizeof *note);
    note->weak = judgement.weak;
    note->weight = weigh_combine(judgement.rows, judgement.row_count);
    note->vendor = judgement.vendor;
    note->service = judgement.service;
    note->name_hidden = judgement.name_hidden;
    note->asset = outward ? flow->client : flow->server;
    struct sighting sighting = {
        .asset = note->asset,
        .endpoint = outward ? flow->server : flow->client,
        .asset_port = outward ? flow->client_port : flow->server_port,
        .endpoint_port = outward ? flow->server_port : flow->client_port,
        .has_endpoint = true,
        .first = first,
    };
    copy_mac(scene, outward, &sighting);
    (void)sight(pipeline, scene, &judgement, &sighting);
}

/* The documented order of public resolvers is no accident. */
static void add_bypass(struct judgement *judgement)
{
    if (judgement->row_count < EVENT_EVIDENCE_MAX)
        judgement->rows[judgement->row_count++] =
            (struct evidence){.kind = "resolver-bypass",
                              .value = "public resolvers in the product's order",
                              .weight = BYPASS_WEIGHT};
}

/* A look-up is a contact of its own: with services that live in DNS it is the only one there is. */
static void judge_question(struct pipeline *pipeline, const struct scene *scene)
{
    struct flow *flow = scene->flow;
    const struct dns_message *message = scene->dns;
    /* A resolver asks for others; the one behind it is seen asking, or is out of sight. */
    if (resolvers_has(pipeline->resolvers, &flow->client))
        return;
    struct judgement judgement;
    bool vendor = judge_lookup(&pipeline->judge, message, &judgement);
    observe_lookup(pipeline->observer, flow, message, vendor ? &judgement : NULL, scene->ts_ns);
    bool bypassed = bypass_ask(pipeline->bypass, &flow->client, vendor ? judgement.vendor : NULL,
                               &flow->server, scene->ts_ns);
    if (!vendor)
        return;
    if (bypassed)
        add_bypass(&judgement);
    struct sighting sighting = {
        .asset = flow->client,
        .resolver = flow->server,
        .asset_port = flow->client_port,
        .endpoint_port = flow->server_port,
        .lookup = true,
        .first = true,
    };
    copy_mac(scene, true, &sighting);
    struct contact *contact = sight(pipeline, scene, &judgement, &sighting);
    if (bypassed)
        raise_bypass(&pipeline->raise, contact, scene);
}

/* A name that is not answered keeps the machine from more: a block, or what is left of a service. */
static void judge_refusal(struct pipeline *pipeline, const struct scene *scene)
{
    const struct flow *flow = scene->flow;
    struct judgement judgement;
    if (!resolvers_has(pipeline->resolvers, &flow->client) &&
        judge_lookup(&pipeline->judge, scene->dns, &judgement))
        observe_refusal(pipeline->observer, flow, &judgement, scene->ts_ns);
}

static void see_dns(struct pipeline *pipeline, struct scene *scene)
{
    const struct flow *flow = scene->flow;
    const struct dns_message *message = NULL;
    for (unsigned i = 0; (message = classify_dns(pipeline->classify, i)) != NULL; i++) {
        scene->dns = message;
        bool unicast = flow->server_port != PORT_MDNS && flow->server_port != PORT_LLMNR;
        if (message->response && unicast && dns_refused(message))
            judge_refusal(pipeline, scene);
        if (message->response)
            names_learn(pipeline->names, &flow->client, message, scene->ts_ns);
        if (message->response && unicast)
            resolvers_add(pipeline->resolvers, &flow->server);
        /* An answer stands for its question where the question's direction is out of sight. */
        bool question = !message->response || flow->packets[FLOW_CLIENT] == 0;
        if (unicast && question && message->opcode == 0)
            judge_question(pipeline, scene);
    }
    scene->dns = NULL;
}

/* --- The path of a packet ----------------------------------------------------------------------- */

static bool worth_judging(const struct flow *flow, unsigned news)
{
    if (flow->label == NULL || flow->label->app == APP_DNS)
        return false;
    if ((news & (LABEL_NAME | LABEL_REQUEST | LABEL_CERTIFICATE)) != 0)
        return true;
    bool hello_without_name = (news & LABEL_CLIENT_HELLO) != 0;
    bool nameless = (news & (LABEL_DONE | LABEL_SPOKEN)) != 0 && flow->label->server_name == NULL;
    return hello_without_name || nameless;
}

static void see_news(struct pipeline *pipeline, struct flow *flow, enum flow_side side,
                     const struct packet *packet, unsigned news)
{
    if ((news & LABEL_REVERSED) != 0) {
        flow_reverse(flow);
        side = side == FLOW_CLIENT ? FLOW_SERVER : FLOW_CLIENT;
    }
    struct scene scene = {.flow = flow, .packet = packet, .side = side, .ts_ns = packet->ts_ns};
    if ((news & LABEL_DNS) != 0)
        see_dns(pipeline, &scene);
    if (worth_judging(flow, news))
        judge_conversation(pipeline, &scene);
    if ((news & LABEL_CERTIFICATE) != 0)
        observe_certificate(pipeline->observer, flow);
    if ((news & LABEL_REQUEST) != 0 && label_is_proxied(flow->label))
        observe_proxy(pipeline->observer, flow, packet->ts_ns);
    /* Nothing new will come, so that only a record would look at the details again. */
    bool read = (news & (LABEL_DONE | LABEL_RESPONSE)) != 0;
    if (read && !pipeline->settings->events.flow_records)
        classify_compact(flow);
}

static void keep_time(struct pipeline *pipeline, int64_t ts_ns)
{
    struct pipeline_counters *counters = &pipeline->counters;
    if (counters->first_ns == 0)
        counters->first_ns = ts_ns;
    if (ts_ns > counters->last_ns)
        counters->last_ns = ts_ns;
}

/* What behaviour has to tell, after whatever may have changed it. */
static bool tell_changes(struct pipeline *pipeline)
{
    bool told = false;
    struct change change;
    for (; pairs_next_change(pipeline->pairs, &change); told = true) {
        observe_change(pipeline->observer, &change);
        (void)raise_change(&pipeline->raise, &change);
    }
    struct asset_change asset_change;
    for (; assets_next_change(pipeline->assets, &asset_change); told = true)
        raise_asset(&pipeline->raise, &asset_change);
    return told;
}

/* Looks for what fell silent, about once in a second of packet time. */
static void look_for_silence(struct pipeline *pipeline, int64_t ts_ns)
{
    int64_t second = ts_ns >> SECOND_SHIFT;
    if (second == pipeline->looked)
        return;
    pipeline->looked = second;
    do
        observe_check(pipeline->observer, ts_ns);
    while (tell_changes(pipeline)); /* what did not fit into one look */
}

/* One frame, from the wire to the sink.  Everything that is done to a packet is on this page. */
void pipeline_frame(struct pipeline *pipeline, const struct frame *frame)
{
    keep_time(pipeline, frame->ts_ns);
    flow_table_expire(pipeline->flows, frame->ts_ns); /* calls flow_ended() */
    look_for_silence(pipeline, frame->ts_ns);
    if (frame->idle)
        return;

    struct packet packet;
    if (decode_frame(pipeline->decoder, frame, &packet) != DECODE_OK)
        return; /* counted by decode/ */

    enum flow_side side = FLOW_CLIENT;
    struct flow *flow = flow_table_touch(pipeline->flows, &packet, &side);
    if (flow == NULL)
        return;
    if (observe_wants(flow, side, &packet)) {
        observe_message(pipeline->observer, flow, &packet); /* heartbeats, uploads */
        (void)tell_changes(pipeline);                       /* behave, asset -> emit */
    }
    if (flow->classified)
        return;

    unsigned news = classify_packet(pipeline->classify, flow, side, &packet);
    if (news == 0)
        return;
    see_news(pipeline, flow, side, &packet, news); /* names -> match -> geo -> alert -> emit */
    (void)tell_changes(pipeline);
}

static void record_flow(struct pipeline *pipeline, struct flow *flow)
{
    struct place place;
    bool placed =
        pipeline->options.geo != NULL && geo_find(pipeline->options.geo, &flow->server, &place);
    enum name_source source = NAME_SOURCE_NONE;
    const char *name = judge_name(&pipeline->judge, flow, flow->last_ns, &source);
    struct flow_event event = {.flow = flow,
                               .place = placed ? &place : NULL,
                               .name = name,
                               .stack = classify_stack(pipeline->classify, flow)};
    eve_flow(&pipeline->raise.source, &event, pipeline->raise.seq++, &pipeline->raise.line);
    raise_emit(&pipeline->raise, "flow");
}

/* What the flow showed only by ending: the library's best guess, whether it was answered, or that it never carried anything. */
static void judge_at_end(struct pipeline *pipeline, struct flow *flow)
{
    unsigned news = classify_end(pipeline->classify, flow);
    /* A connection that carried nothing was never classified, but who it was meant for may be known from a look-up. */
    bool attempt = flow->label == NULL && flow->protocol == PROTOCOL_TCP;
    bool news_counts = news != 0 && worth_judging(flow, news);
    /* Without a name of its own it is judged again: now it is known whether it was answered. */
    bool again = flow->note != NULL && flow->note->vendor != NULL && flow->label != NULL &&
                 flow->label->server_name == NULL;
    if (!attempt && !news_counts && !again)
        return;
    struct scene scene = {.flow = flow, .ts_ns = flow->last_ns};
    judge_conversation(pipeline, &scene);
}

static void count_volume(struct pipeline *pipeline, const struct flow *flow)
{
    const struct flow_note *note = flow->note;
    if (note == NULL || note->vendor == NULL)
        return;
    bool client = addr_equal(&note->asset, &flow->client);
    struct contact_volume volume = {
        .bytes_out = flow->bytes[client ? FLOW_CLIENT : FLOW_SERVER],
        .bytes_in = flow->bytes[client ? FLOW_SERVER : FLOW_CLIENT],
        .lost_bytes = flow_lost_bytes(flow),
        .one_sided = flow_one_sided(flow),
        .truncated = flow->truncated,
        .name_hidden = note->name_hidden,
    };
    contacts_add_volume(pipeline->contacts, &note->asset, note->vendor, note->service, &volume);
}

/* A flow has ended, or a long one's record is cut: what was not known until now is judged, volume is counted, and the
 * record written; nothing of it where the pipeline is only taken down. */
static void flow_ended(void *context, struct flow *flow)
{
    struct pipeline *pipeline = context;
    bool goes_on = flow->end == FLOW_END_ACTIVE;
    if (!goes_on && !pipeline->closing)
        judge_at_end(pipeline, flow);
    count_volume(pipeline, flow);
    if (!pipeline->closing) {
        observe_end(pipeline->observer, flow);
        (void)tell_changes(pipeline);
    }
    if (pipeline->settings->events.flow_records && !pipeline->closing)
        record_flow(pipeline, flow);
    if (goes_on)
        return;
    classify_forget(pipeline->classify, flow);
    if (flow->note != NULL)
        free(flow->note->certificate);
    free(flow->note);
    flow->note = NULL;
}

void pipeline_name(void *context, const struct addr *addr, const char *name)
{
    struct pipeline *pipeline = context;
    names_learn_file(pipeline->names, addr, name);
}

void pipeline_finish(struct pipeline *pipeline)
{
    flow_table_flush(pipeline->flows);
    do
        observe_finish(pipeline->observer, pipeline->counters.last_ns);
    while (tell_changes(pipeline));
    for (struct contact *contact = contacts_next(pipeline->contacts, NULL); contact != NULL;
         contact = contacts_next(pipeline->contacts, contact))
        if (contact_has_news(contact))
            raise_contact(&pipeline->raise, contact, NULL, NULL);
}

void pipeline_stats(struct pipeline *pipeline, const struct pipeline_capture *capture)
{
    struct stats_sources sources = {
        .pipeline = &pipeline->counters,
        .capture = capture,
        .decode = decode_counters(pipeline->decoder),
        .flow = flow_table_counters(pipeline->flows),
        .classify = classify_counters(pipeline->classify),
        .names = names_counters(pipeline->names),
        .contacts = contacts_counters(pipeline->contacts),
    };
    struct stat stats[STATS_MAX];
    size_t count = stats_collect(&sources, stats);
    struct raise *raise = &pipeline->raise;
    eve_stats(&raise->source, pipeline->counters.last_ns, stats, count, raise->seq++, &raise->line);
    raise_emit(raise, "stats");
}

const struct pipeline_counters *pipeline_counters(const struct pipeline *pipeline)
{
    return &pipeline->counters;
}

const struct decode_counters *pipeline_decoded(const struct pipeline *pipeline)
{
    return decode_counters(pipeline->decoder);
}

struct contacts *pipeline_contacts(struct pipeline *pipeline)
{
    return pipeline->contacts;
}

struct pairs *pipeline_pairs(struct pipeline *pipeline)
{
    return pipeline->pairs;
}

const struct assets *pipeline_assets(const struct pipeline *pipeline)
{
    return pipeline->assets;
}
