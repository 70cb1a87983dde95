/* SPDX-License-Identifier: Apache-2.0 */
/* EVE rendering.  Field names and forms are those that EVE readers know (alert, flow, tls, dns, http bodies); what EVE
 * has no word for stands under `telltale`.  Key order is the order of the code and part of the golden tests. */
#include "alert/eve.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "alert/eve_parts.h"
#include "asset/verdict.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/time.h"
#include "classify/label.h"
#include "flow/flow.h"
#include "net/protocol.h"

enum {
    SIGNATURE_ID_BASE = 1000000000
};

/* A number that stays the same for this service whatever else is in the set: EVE readers key on it. */
static uint32_t signature_id(const struct alert *alert)
{
    char text[256];
    const char *vendor = alert->vendor != NULL ? alert->vendor->id : "";
    (void)snprintf(text, sizeof text, "%s/%s/%s", vendor,
                   alert->service != NULL ? alert->service->id : "network", alert->kind);
    uint8_t digest[DIGEST_SHA256_SIZE];
    digest_sha256(text, strlen(text), digest);
    uint32_t number = (uint32_t)digest[0] << 24 | (uint32_t)digest[1] << 16 |
                      (uint32_t)digest[2] << 8 | digest[3];
    return SIGNATURE_ID_BASE + number % SIGNATURE_ID_BASE;
}

/* The revision is the vendor file's date as a number: 20261122. */
static uint64_t revision(const struct vendor *vendor)
{
    uint64_t number = 0;
    for (const char *c = vendor != NULL ? vendor->revised : NULL; c != NULL && *c != '\0'; c++)
        if (isdigit((unsigned char)*c))
            number = number * 10 + (uint64_t)(*c - '0');
    return number > 0 ? number : 1;
}

static void put_metadata(struct json *json, const struct alert *alert)
{
    json_open_object(json, "metadata");
    if (alert->vendor == NULL) {
        json_close_object(json);
        return;
    }
    json_open_array(json, "vendor");
    json_text(json, NULL, alert->vendor->id);
    json_close_array(json);
    if (alert->service != NULL) {
        json_open_array(json, "purpose");
        json_text(json, NULL, purpose_text(alert->service->purpose));
        json_close_array(json);
    }
    if (alert->vendor->jurisdiction[0] != '\0') {
        json_open_array(json, "jurisdiction");
        json_text(json, NULL, alert->vendor->jurisdiction);
        json_close_array(json);
    }
    json_close_object(json);
}

enum {
    SIGNATURE_TEXT_MAX = 320
};

/* "TELLTALE beacon Acme update (update)"; of what no signature knows, the name or the address. */
static void describe_signature(const struct alert *alert, char text[static SIGNATURE_TEXT_MAX])
{
    const char *what = alert->service != NULL  ? alert->service->name
                       : alert->vendor != NULL ? alert->vendor->name
                                               : alert->name;
    const char *purpose = alert->service != NULL  ? purpose_text(alert->service->purpose)
                          : alert->vendor != NULL ? "network"
                                                  : "unknown";
    char address[ADDR_TEXT_MAX];
    if (what == NULL) {
        (void)addr_text(&alert->endpoint, address);
        what = address;
    }
    (void)snprintf(text, SIGNATURE_TEXT_MAX, "TELLTALE %s %s (%s)", alert->kind, what, purpose);
}

static const char *category_of(const struct alert *alert)
{
    return alert->vendor != NULL ? "Security software contact" : "Unattributed beacon";
}

static void put_alert_body(struct json *json, const struct alert *alert)
{
    char signature[SIGNATURE_TEXT_MAX];
    describe_signature(alert, signature);
    json_open_object(json, "alert");
    json_text(json, "action", "allowed");
    json_u64(json, "gid", 1);
    json_u64(json, "signature_id", signature_id(alert));
    json_u64(json, "rev", revision(alert->vendor));
    json_text(json, "signature", signature);
    json_text(json, "category", category_of(alert));
    json_i64(json, "severity", alert->severity);
    put_metadata(json, alert);
    json_close_object(json);
}

static void put_vendor(struct json *json, const struct alert *alert)
{
    if (alert->vendor == NULL)
        return;
    eve_put_vendor(json, alert->vendor);
    const struct service *service = alert->service;
    if (service == NULL && alert->verdict != NULL && alert->change == NULL &&
        strcmp(alert->kind, "indirect") == 0) {
        json_text(json, "product", alert->verdict->product);
        return;
    }
    if (service == NULL) {
        json_text(json, "service", "network");
        json_text(json, "purpose", purpose_text(PURPOSE_NETWORK_OWNER));
        return;
    }
    json_text(json, "product", service->product_name);
    json_text(json, "service", service->id);
    json_text(json, "service_name", service->name);
    json_text(json, "purpose", purpose_text(service->purpose));
    eve_put_embedder(json, service);
}

static void put_asset(struct json *json, const struct alert *alert)
{
    json_open_object(json, "asset");
    eve_put_addr(json, "ip", &alert->asset);
    if (alert->has_mac)
        eve_put_mac(json, "mac", alert->asset_mac);
    json_close_object(json);
}

static void put_endpoint(struct json *json, const struct alert *alert)
{
    json_open_object(json, "endpoint");
    if (alert->has_endpoint) {
        eve_put_addr(json, "ip", &alert->endpoint);
        if (!alert->is_lookup)
            json_u64(json, "port", alert->endpoint_port);
    }
    json_text(json, "name", alert->name);
    json_text(json, "name_source", eve_name_source(alert->name_source));
    if (alert->has_endpoint)
        eve_put_place(json, &alert->place);
    json_close_object(json);
}

static void put_contact(struct json *json, const struct alert *alert)
{
    json_open_object(json, "contact");
    json_text(json, "state", alert->state == CONTACT_NEW ? "new" : "ongoing");
    json_u64(json, "count", alert->flows > 0 ? alert->flows : alert->lookups);
    json_u64(json, "flows", alert->flows);
    json_u64(json, "lookups", alert->lookups);
    eve_put_time(json, "first", alert->first_ns);
    eve_put_time(json, "last", alert->last_ns);
    json_open_array(json, "names");
    for (size_t i = 0; i < alert->name_count; i++)
        json_text(json, NULL, alert->names[i]);
    json_close_array(json);
    json_close_object(json);
}

static void put_evidence(struct json *json, const struct alert *alert)
{
    json_open_array(json, "evidence");
    for (size_t i = 0; i < alert->evidence_count; i++) {
        json_open_object(json, NULL);
        json_text(json, "kind", alert->evidence[i].kind);
        json_text(json, "value", alert->evidence[i].value);
        json_double(json, "weight", alert->evidence[i].weight, 3);
        json_close_object(json);
    }
    json_close_array(json);
    /* Never rounded up to certainty. */
    json_double(json, "confidence", fmin(alert->confidence, 0.999), 3);
}

static void put_volume(struct json *json, const struct alert *alert)
{
    uint64_t out = alert->bytes_out, in = alert->bytes_in;
    if (alert->flow != NULL && !alert->is_lookup) {
        bool asset_is_client = addr_equal(&alert->flow->client, &alert->asset);
        out += alert->flow->bytes[asset_is_client ? FLOW_CLIENT : FLOW_SERVER];
        in += alert->flow->bytes[asset_is_client ? FLOW_SERVER : FLOW_CLIENT];
    }
    json_open_object(json, "volume");
    json_u64(json, "bytes_out", out);
    json_u64(json, "bytes_in", in);
    if (in > 0)
        json_double(json, "ratio", (double)out / (double)in, 3);
    json_close_object(json);
}

static void put_visibility(struct json *json, const struct alert *alert)
{
    json_open_object(json, "visibility");
    json_bool(json, "one_sided", alert->one_sided);
    json_bool(json, "packet_loss", alert->lost_bytes > 0);
    json_bool(json, "truncated", alert->truncated);
    json_bool(json, "name_hidden", alert->name_hidden);
    json_close_object(json);
}

static void put_policy(struct json *json, const struct event_source *source,
                       const struct alert *alert)
{
    json_open_object(json, "policy");
    if (alert->vendor != NULL && alert->vendor->jurisdiction[0] != '\0')
        json_text(json, "jurisdiction", alert->vendor->jurisdiction);
    json_bool(json, "of_concern", alert->concern != NULL);
    json_text(json, "concern", alert->concern);
    json_open_array(json, "regimes");
    for (size_t i = 0; i < alert->regime_count; i++)
        json_text(json, NULL, alert->regimes[i]);
    json_close_array(json);
    json_text(json, "version", source->policy_version);
    json_close_object(json);
}

void eve_put_knowledge(struct json *json, const struct event_source *source)
{
    json_open_object(json, "knowledge");
    json_text(json, "signatures", source->signatures_version);
    json_text(json, "signatures_date", source->signatures_date);
    json_text(json, "geo", source->geo);
    json_text(json, "program", TELLTALE_VERSION);
    json_close_object(json);
}

static void put_library(struct json *json, const struct alert *alert)
{
    if (alert->stack == NULL)
        return;
    json_open_object(json, "ndpi");
    json_text(json, "protocol", alert->stack);
    if (alert->label != NULL)
        json_text(json, "category", alert->label->ndpi_category);
    if (alert->risk_count > 0) {
        json_open_array(json, "risks");
        for (size_t i = 0; i < alert->risk_count; i++)
            json_text(json, NULL, alert->risks[i]);
        json_close_array(json);
    }
    json_close_object(json);
}

static void put_telltale(struct json *json, const struct event_source *source,
                         const struct alert *alert, uint64_t seq)
{
    char id[33];
    digest_hex(alert->event_id, sizeof alert->event_id, id);
    json_open_object(json, "telltale");
    json_text(json, "event_id", id);
    json_u64(json, "seq", seq);
    json_text(json, "kind", alert->kind);
    put_vendor(json, alert);
    put_asset(json, alert);
    put_endpoint(json, alert);
    if (alert->vendor != NULL)
        put_contact(json, alert);
    eve_put_borne(json, alert);
    eve_put_behaviour(json, alert);
    eve_put_standing(json, alert);
    put_evidence(json, alert);
    put_volume(json, alert);
    put_visibility(json, alert);
    put_policy(json, source, alert);
    eve_put_knowledge(json, source);
    put_library(json, alert);
    json_close_object(json);
}

/* Source and destination as the packet had them: the asset is the source unless it is the flow's server. */
static void put_tuple(struct json *json, const struct alert *alert)
{
    if (alert->flow != NULL) {
        eve_put_flow_tuple(json, alert->flow);
        return;
    }
    const struct addr *peer = alert->is_lookup ? &alert->resolver : &alert->endpoint;
    eve_put_addr(json, "src_ip", &alert->asset);
    eve_put_port(json, "src_port", alert->protocol, alert->asset_port);
    eve_put_addr(json, "dest_ip", peer);
    eve_put_port(json, "dest_port", alert->protocol, alert->is_lookup ? 53 : alert->endpoint_port);
    eve_put_protocol(json, alert->protocol);
    json_u64(json, "ip_v", addr_is4(&alert->asset) ? 4 : 6);
}

void eve_alert(const struct event_source *source, const struct alert *alert, uint64_t seq,
               struct text *out)
{
    struct json json = {.out = out};
    json_open_object(&json, NULL);
    eve_put_head(&json, source, alert->ts_ns, "alert");
    if (alert->flow != NULL)
        eve_put_flow_id(&json, alert->flow);
    put_tuple(&json, alert);
    json_text(&json, "app_proto", alert->app);
    put_alert_body(&json, alert);
    if (alert->flow != NULL)
        eve_put_flow_brief(&json, alert->flow);
    eve_put_label(&json, alert->label);
    eve_put_dns(&json, alert->dns);
    put_telltale(&json, source, alert, seq);
    json_close_object(&json);
}

void eve_flow(const struct event_source *source, const struct flow_event *event, uint64_t seq,
              struct text *out)
{
    const struct flow *flow = event->flow;
    struct json json = {.out = out};
    json_open_object(&json, NULL);
    eve_put_head(&json, source, flow->last_ns, "flow");
    eve_put_flow_id(&json, flow);
    eve_put_flow_tuple(&json, flow);
    json_text(&json, "app_proto", flow->label != NULL ? label_app_text(flow->label) : "failed");
    eve_put_flow_body(&json, flow);
    eve_put_label(&json, flow->label);
    json_open_object(&json, "telltale");
    json_u64(&json, "seq", seq);
    json_open_object(&json, "endpoint");
    eve_put_addr(&json, "ip", &flow->server);
    json_text(&json, "name", event->name);
    if (event->place != NULL)
        eve_put_place(&json, event->place);
    json_close_object(&json);
    if (event->stack != NULL) {
        json_open_object(&json, "ndpi");
        json_text(&json, "protocol", event->stack);
        json_close_object(&json);
    }
    json_close_object(&json);
    json_close_object(&json);
}

/* Returns how many of the objects that `open` lies in also hold `path`, and where they end in it. */
static size_t shared_depth(const char *open, const char *path, size_t *ret_end)
{
    size_t depth = 0;
    *ret_end = 0;
    for (size_t i = 0; open[i] != '\0' && open[i] == path[i]; i++) {
        if (open[i] == '.') {
            depth++;
            *ret_end = i + 1;
        }
    }
    return depth;
}

static size_t depth_of(const char *path)
{
    size_t depth = 0;
    for (; *path != '\0'; path++)
        depth += *path == '.';
    return depth;
}

static void put_stat(struct json *json, const char *previous, const struct stat *stat)
{
    size_t end = 0;
    size_t shared = shared_depth(previous, stat->path, &end);
    for (size_t depth = depth_of(previous); depth > shared; depth--)
        json_close_object(json);
    const char *rest = stat->path + end;
    for (const char *dot = strchr(rest, '.'); dot != NULL; dot = strchr(rest, '.')) {
        char key[64];
        (void)snprintf(key, sizeof key, "%.*s", (int)(dot - rest), rest);
        json_open_object(json, key);
        rest = dot + 1;
    }
    json_u64(json, rest, stat->value);
}

void eve_stats(const struct event_source *source, int64_t ts_ns, const struct stat *stats,
               size_t count, uint64_t seq, struct text *out)
{
    struct json json = {.out = out};
    json_open_object(&json, NULL);
    eve_put_head(&json, source, ts_ns, "stats");
    json_open_object(&json, "stats");
    const char *previous = "";
    for (size_t i = 0; i < count; i++) {
        put_stat(&json, previous, &stats[i]);
        previous = stats[i].path;
    }
    for (size_t depth = depth_of(previous); depth > 0; depth--)
        json_close_object(&json);
    json_close_object(&json);
    json_open_object(&json, "telltale");
    json_u64(&json, "seq", seq);
    eve_put_knowledge(&json, source);
    json_close_object(&json);
    json_close_object(&json);
}

void eve_gap(const struct event_source *source, const struct gap_event *event, uint64_t seq,
             struct text *out)
{
    struct json json = {.out = out};
    json_open_object(&json, NULL);
    eve_put_head(&json, source, event->ts_ns, "gap");
    json_open_object(&json, "telltale");
    json_u64(&json, "seq", seq);
    json_open_object(&json, "gap");
    json_text(&json, "what", event->what);
    json_u64(&json, "count", event->count);
    json_text(&json, "reason", event->reason);
    json_close_object(&json);
    json_close_object(&json);
    json_close_object(&json);
}
