/* SPDX-License-Identifier: Apache-2.0 */
/* From indicators to evidence about one vendor.
 *
 * All that a flow shows (name, user agent, URI, headers, certificate, fingerprint, network, protocol, port) is looked up;
 * each hit becomes a row under its vendor.  The vendor whose rows are together most certain wins, and the service of its
 * weightiest row is what was contacted.  A name that is known to be no product traffic (web site, mail, look-alike)
 * ends the matter: the same machine's browser must not be taken for an agent. */
#include "judge.h"

#include <string.h>

#include "alert/weigh.h"
#include "base/memory.h"
#include "classify/dns.h"
#include "classify/label.h"
#include "geo/geo.h"
#include "match/match.h"
#include "names/names.h"
#include "net/protocol.h"

enum {
    CANDIDATES_MAX = 6, /* vendors of one flow; more do not occur */
    PORT_HTTP = 80,
    PORT_HTTPS = 443
};

struct candidate {
    const struct vendor *vendor;
    const struct service *service;
    double best; /* weight of the row that named `service` */
    const char *domain;
    bool weak;
    struct evidence rows[EVENT_EVIDENCE_MAX];
    size_t row_count;
};

struct bench {
    struct candidate candidates[CANDIDATES_MAX];
    size_t count;
};

static struct candidate *candidate_of(struct bench *bench, const struct vendor *vendor)
{
    for (size_t i = 0; i < bench->count; i++)
        if (bench->candidates[i].vendor == vendor)
            return &bench->candidates[i];
    if (bench->count == CANDIDATES_MAX)
        return NULL;
    struct candidate *candidate = &bench->candidates[bench->count++];
    candidate->vendor = vendor;
    candidate->service = NULL;
    candidate->best = 0.0;
    candidate->domain = NULL;
    candidate->weak = true;
    candidate->row_count = 0;
    return candidate;
}

static bool is_name(enum indicator indicator)
{
    return indicator == INDICATOR_NAME_EXACT || indicator == INDICATOR_NAME_SUFFIX ||
           indicator == INDICATOR_NAME_GLOB;
}

/* Adds one row, unless the same kind stands there already with at least its weight: several services that list one value
 * are one piece of evidence. */
static void add_row(struct candidate *candidate, const char *kind, const char *value, double weight)
{
    for (size_t i = 0; i < candidate->row_count; i++) {
        struct evidence *row = &candidate->rows[i];
        if (strcmp(row->kind, kind) != 0)
            continue;
        if (weight > row->weight)
            *row = (struct evidence){.kind = kind, .value = value, .weight = weight};
        return;
    }
    if (candidate->row_count < EVENT_EVIDENCE_MAX)
        candidate->rows[candidate->row_count++] =
            (struct evidence){.kind = kind, .value = value, .weight = weight};
}

/* Coming back to a web site, a portal or a certificate server proves no agent. */
static bool met_by_browsers(const struct service *service)
{
    return service != NULL && (service->browser || service->purpose == PURPOSE_VENDOR_SUFFIX ||
                               service->purpose == PURPOSE_PKI);
}

/* `kind` and `value` NULL: the indicator's own. */
static void add_hit(struct bench *bench, const struct hit *hit, const struct weigh_context *context,
                    const char *kind, const char *value)
{
    if (hit->negative != NULL)
        return;
    struct candidate *candidate = candidate_of(bench, hit->vendor);
    if (candidate == NULL)
        return;
    double weight = weigh_hit(hit, context);
    if (is_name(hit->indicator) && candidate->domain == NULL)
        candidate->domain = hit->value;
    /* Beside a name the network says where the vendor's web sites stand too: coming back there proves nothing. */
    bool beside_name = hit->network != NULL && !context->nameless;
    candidate->weak = candidate->weak && (met_by_browsers(hit->service) || beside_name);
    if (hit->service != NULL && weight > candidate->best) {
        candidate->best = weight;
        candidate->service = hit->service;
    }
    add_row(candidate, kind != NULL ? kind : indicator_text(hit->indicator),
            value != NULL ? value : hit->value, weight);
}

static void add_hits(struct bench *bench, const struct hit *hits, size_t count,
                     const struct weigh_context *context)
{
    for (size_t i = 0; i < count; i++)
        add_hit(bench, &hits[i], context, NULL, NULL);
}

static const char *name_kind(enum name_source source)
{
    switch (source) {
    case NAME_SOURCE_SNI:
        return "server-name";
    case NAME_SOURCE_HTTP:
        return "http-host";
    case NAME_SOURCE_QUERY:
        return "dns-query";
    case NAME_SOURCE_DNS:
    case NAME_SOURCE_DNS_OTHER:
    case NAME_SOURCE_FILE:
        return "recalled-name";
    case NAME_SOURCE_CERTIFICATE:
        return "certificate-name";
    case NAME_SOURCE_NETWORK:
    case NAME_SOURCE_NONE:
        break;
    }
    return "name";
}

/* Looks the name up.  False where it is known to be no product traffic. */
static bool weigh_name(const struct judge *judge, struct bench *bench, const char *name,
                       enum name_source source, struct weigh_context *context)
{
    struct hit hits[HITS_MAX];
    size_t count = match_name(judge->signatures, name, hits);
    if (count > 0 && hits[0].negative != NULL)
        return false;
    context->other_name = count == 0;
    for (size_t i = 0; i < count; i++)
        add_hit(bench, &hits[i], context, name_kind(source), name);
    return true;
}

static void weigh_http(const struct judge *judge, struct bench *bench,
                       const struct label_http *http, const struct weigh_context *context)
{
    struct hit hits[HITS_MAX];
    if (http->user_agent != NULL)
        add_hits(bench, hits, match_user_agent(judge->signatures, http->user_agent, hits), context);
    if (http->url != NULL)
        add_hits(bench, hits, match_uri(judge->signatures, http->url, hits), context);
    for (unsigned i = 0; i < http->header_count; i++)
        add_hits(bench, hits, match_header(judge->signatures, http->headers[i], hits), context);
}

/* A certificate names the vendor by subject or issuer, or its server by a name in it. */
static void weigh_tls(const struct judge *judge, struct bench *bench, const struct label_tls *tls,
                      const struct weigh_context *context)
{
    struct hit hits[HITS_MAX];
    if (tls->subject != NULL || tls->issuer != NULL)
        add_hits(bench, hits, match_certificate(judge->signatures, tls->subject, tls->issuer, hits),
                 context);
    if (tls->ja3[0] != '\0')
        add_hits(bench, hits, match_ja3(judge->signatures, tls->ja3, hits), context);
}

/* The protocol's application part, as in "TLS.AVAST". */
static void weigh_stack(const struct judge *judge, struct bench *bench, const struct label *label,
                        const struct weigh_context *context)
{
    if (label->stack == NULL || (label->seen & LABEL_GUESSED) != 0)
        return;
    const char *dot = strrchr(label->stack, '.');
    struct hit hits[HITS_MAX];
    add_hits(bench, hits, match_ndpi(judge->signatures, dot != NULL ? dot + 1 : label->stack, hits),
             context);
}

static void weigh_network(const struct judge *judge, struct bench *bench,
                          const struct addr *endpoint, const struct weigh_context *context)
{
    struct place place = {0};
    if (judge->geo != NULL)
        (void)geo_find(judge->geo, endpoint, &place);
    struct hit hits[HITS_MAX];
    size_t count = match_address(judge->signatures, endpoint, place.asn, hits);
    if (count > 0 && hits[0].negative == NULL)
        add_hits(bench, hits, count, context);
}

/* Ports support what other evidence says; the web's own ports say nothing. */
static void weigh_port(const struct judge *judge, struct candidate *candidate, uint8_t protocol,
                       uint16_t port)
{
    if (candidate->service == NULL || port == PORT_HTTP || port == PORT_HTTPS)
        return;
    if (!match_supports_port(judge->signatures, candidate->service, protocol, port))
        return;
    struct hit port_hit = {.indicator = INDICATOR_PORT,
                           .confidence = candidate->service->confidence};
    struct weigh_context context = {.nameless = false};
    add_row(candidate, indicator_text(INDICATOR_PORT), candidate->service->id,
            weigh_hit(&port_hit, &context));
}

static struct candidate *best_candidate(struct bench *bench)
{
    struct candidate *best = NULL;
    double most = 0.0;
    for (size_t i = 0; i < bench->count; i++) {
        struct candidate *candidate = &bench->candidates[i];
        double certainty = weigh_combine(candidate->rows, candidate->row_count);
        if (candidate->row_count > 0 && certainty > most) {
            best = candidate;
            most = certainty;
        }
    }
    return best;
}

static bool encrypted(const struct label *label)
{
    return label != NULL && (label->app == APP_TLS || label->app == APP_QUIC);
}

/* True where the name may be only the cover of an encrypted hello.  Browsers send the extension as a decoy to servers that do
 * not know it, beside the real name: a name that the signatures know is taken at its word. */
static bool may_be_cover(const struct judge *judge, const struct label *label)
{
    struct hit hits[HITS_MAX];
    return label->tls != NULL && label->tls->ech &&
           match_name(judge->signatures, label->server_name, hits) == 0;
}

/* The name that the flow itself speaks: SNI or Host; not the cover name of an encrypted hello. */
static const char *spoken_name(const struct judge *judge, const struct label *label,
                               enum name_source *ret_source)
{
    if (label == NULL || label->server_name == NULL || may_be_cover(judge, label))
        return NULL;
    *ret_source = label->app == APP_HTTP ? NAME_SOURCE_HTTP : NAME_SOURCE_SNI;
    return label->server_name;
}

const char *judge_name(const struct judge *judge, const struct flow *flow, int64_t ts_ns,
                       enum name_source *ret_source)
{
    const char *name = spoken_name(judge, flow->label, ret_source);
    if (name != NULL)
        return name;
    struct name recalled;
    if (names_find(judge->names, &flow->client, &flow->server, ts_ns, &recalled)) {
        *ret_source = recalled.source;
        return recalled.text;
    }
    *ret_source = NAME_SOURCE_NONE;
    /* The cover name is better than none for a record, and true as far as it goes. */
    const char *cover = flow->label != NULL ? flow->label->server_name : NULL;
    if (cover != NULL)
        *ret_source = NAME_SOURCE_SNI;
    return cover;
}

static void set_context(const struct flow *flow, const char *name, enum name_source source,
                        struct weigh_context *context)
{
    const struct label *label = flow->label;
    bool spoken = source == NAME_SOURCE_SNI || source == NAME_SOURCE_HTTP;
    bool answered = flow->payload[FLOW_SERVER] > 0;
    context->channel = spoken ? WEIGH_SPOKEN : answered ? WEIGH_RECALLED : WEIGH_ATTEMPTED;
    context->nameless = name == NULL;
    context->both_sides = flow->payload[FLOW_CLIENT] > 0 && flow->payload[FLOW_SERVER] > 0;
    /* No SYN and no start of a protocol that names servers: the name may have gone by before the capture began. */
    bool start_missed =
        (flow->tcp_flags[FLOW_CLIENT] & 0x02) == 0 && flow->protocol == PROTOCOL_TCP;
    bool hello = label != NULL && (label->seen & (LABEL_CLIENT_HELLO | LABEL_REQUEST)) != 0;
    bool web =
        flow->server_port == PORT_HTTP || flow->server_port == PORT_HTTPS || encrypted(label);
    context->middle = start_missed && web && !hello;
}

static bool deliver(struct candidate *best, struct judgement *ret_judgement)
{
    if (best == NULL)
        return false;
    ret_judgement->vendor = best->vendor;
    ret_judgement->service = best->service;
    ret_judgement->domain = best->domain;
    ret_judgement->weak = best->weak;
    memcpy(ret_judgement->rows, best->rows, best->row_count * sizeof best->rows[0]);
    ret_judgement->row_count = best->row_count;
    return true;
}

bool judge_flow(const struct judge *judge, const struct flow *flow, bool endpoint_is_server,
                int64_t ts_ns, struct judgement *ret_judgement)
{
    *ret_judgement = (struct judgement){.name_source = NAME_SOURCE_NONE};
    struct bench bench;
    bench.count = 0;
    const struct label *label = flow->label;
    const char *name =
        endpoint_is_server ? judge_name(judge, flow, ts_ns, &ret_judgement->name_source) : NULL;
    struct weigh_context context = {0};
    set_context(flow, name, ret_judgement->name_source, &context);
    if (name != NULL && !weigh_name(judge, &bench, name, ret_judgement->name_source, &context))
        return false;
    ret_judgement->name = name;
    ret_judgement->name_hidden =
        encrypted(label) && (name == NULL || context.channel != WEIGH_SPOKEN);
    if (endpoint_is_server && label != NULL) {
        if (label->http != NULL)
            weigh_http(judge, &bench, label->http, &context);
        if (label->tls != NULL)
            weigh_tls(judge, &bench, label->tls, &context);
        weigh_stack(judge, &bench, label, &context);
    }
    /* A name that is somebody else's settles whose service it is; the network is asked where the name is silent or agrees. */
    if (!context.other_name || bench.count > 0)
        weigh_network(judge, &bench, endpoint_is_server ? &flow->server : &flow->client, &context);
    for (size_t i = 0; i < bench.count; i++)
        weigh_port(judge, &bench.candidates[i], flow->protocol, flow->server_port);
    return deliver(best_candidate(&bench), ret_judgement);
}

bool judge_lookup(const struct judge *judge, const struct dns_message *message,
                  struct judgement *ret_judgement)
{
    *ret_judgement =
        (struct judgement){.name_source = NAME_SOURCE_QUERY, .name = message->question};
    if (message->question[0] == '\0')
        return false;
    struct bench bench;
    bench.count = 0;
    struct weigh_context context = {.channel = WEIGH_LOOKUP};
    if (!weigh_name(judge, &bench, message->question, NAME_SOURCE_QUERY, &context))
        return false;
    return deliver(best_candidate(&bench), ret_judgement);
}
