/* SPDX-License-Identifier: Apache-2.0 */
/* The bodies that several kinds of events share. */
#include "alert/eve_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/time.h"
#include "classify/dns.h"
#include "classify/label.h"
#include "flow/flow.h"
#include "net/community_id.h"
#include "net/protocol.h"

void eve_put_time(struct json *json, const char *key, int64_t ts_ns)
{
    char text[TIME_TEXT_MAX];
    size_t length = time_text(ts_ns, text);
    json_bytes(json, key, text, length);
}

void eve_put_head(struct json *json, const struct event_source *source, int64_t ts_ns,
                  const char *event_type)
{
    eve_put_time(json, "timestamp", ts_ns);
    json_text(json, "event_type", event_type);
    json_text(json, "host", source->sensor);
    json_text(json, "in_iface", source->interface);
}

void eve_put_addr(struct json *json, const char *key, const struct addr *addr)
{
    char text[ADDR_TEXT_MAX];
    size_t length = addr_text(addr, text);
    json_bytes(json, key, text, length);
}

void eve_put_mac(struct json *json, const char *key, const uint8_t *mac)
{
    char text[18];
    (void)snprintf(text, sizeof text, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2],
                   mac[3], mac[4], mac[5]);
    json_text(json, key, text);
}

void eve_put_protocol(struct json *json, uint8_t protocol)
{
    char number[8];
    const char *text = protocol_text(protocol);
    if (text == NULL)
        (void)snprintf(number, sizeof number, "%u", protocol);
    json_text(json, "proto", text != NULL ? text : number);
}

void eve_put_place(struct json *json, const struct place *place)
{
    if (place->country[0] != '\0')
        json_text(json, "country", place->country);
    if (place->registered_country[0] != '\0')
        json_text(json, "registered_country", place->registered_country);
    if (place->city[0] != '\0')
        json_text(json, "city", place->city);
    if (place->asn != 0)
        json_u64(json, "asn", place->asn);
    if (place->as_org[0] != '\0')
        json_text(json, "as_org", place->as_org);
    if (place->disagree)
        json_text(json, "country_other_database", place->other_country);
}

void eve_put_flow_id(struct json *json, const struct flow *flow)
{
    json_u64(json, "flow_id", flow->id);
    if (flow->vlan != 0) {
        json_open_array(json, "vlan");
        json_u64(json, NULL, flow->vlan);
        json_close_array(json);
    }
}

static bool has_ports(uint8_t protocol)
{
    return protocol == PROTOCOL_TCP || protocol == PROTOCOL_UDP || protocol == PROTOCOL_SCTP;
}

static bool is_icmp(uint8_t protocol)
{
    return protocol == PROTOCOL_ICMP || protocol == PROTOCOL_ICMPV6;
}

void eve_put_port(struct json *json, const char *key, uint8_t protocol, uint16_t port)
{
    if (has_ports(protocol))
        json_u64(json, key, port);
}

void eve_put_flow_tuple(struct json *json, const struct flow *flow)
{
    eve_put_addr(json, "src_ip", &flow->client);
    eve_put_port(json, "src_port", flow->protocol, flow->client_port);
    eve_put_addr(json, "dest_ip", &flow->server);
    eve_put_port(json, "dest_port", flow->protocol, flow->server_port);
    eve_put_protocol(json, flow->protocol);
    json_u64(json, "ip_v", addr_is4(&flow->client) && addr_is4(&flow->server) ? 4 : 6);
    if (is_icmp(flow->protocol)) {
        json_u64(json, "icmp_type", flow->client_port);
        json_u64(json, "icmp_code", flow->server_port);
    }
    struct community_tuple tuple = {.src = flow->client,
                                    .dst = flow->server,
                                    .src_port = flow->client_port,
                                    .dst_port = flow->server_port,
                                    .protocol = flow->protocol};
    char id[COMMUNITY_ID_MAX];
    community_id_text(&tuple, 0, id);
    json_text(json, "community_id", id);
}

static void put_counts(struct json *json, const struct flow *flow)
{
    json_u64(json, "pkts_toserver", flow->packets[FLOW_CLIENT]);
    json_u64(json, "pkts_toclient", flow->packets[FLOW_SERVER]);
    json_u64(json, "bytes_toserver", flow->bytes[FLOW_CLIENT]);
    json_u64(json, "bytes_toclient", flow->bytes[FLOW_SERVER]);
    eve_put_time(json, "start", flow->first_ns);
}

void eve_put_flow_brief(struct json *json, const struct flow *flow)
{
    json_open_object(json, "flow");
    put_counts(json, flow);
    json_close_object(json);
}

static const char *state_text(const struct flow *flow)
{
    static const char *const texts[] = {
        [FLOW_NEW] = "new", [FLOW_ESTABLISHED] = "established", [FLOW_CLOSED] = "closed"};
    return flow->state < COUNT_OF(texts) ? texts[flow->state] : "new";
}

/* EVE knows timeout, forced and shutdown; what exactly ended the flow stands in telltale's own word. */
static const char *reason_text(const struct flow *flow)
{
    static const char *const texts[] = {
        [FLOW_END_NONE] = "shutdown",    [FLOW_END_IDLE] = "timeout",
        [FLOW_END_ACTIVE] = "forced",    [FLOW_END_CLOSED] = "timeout",
        [FLOW_END_EVICTED] = "forced",   [FLOW_END_REUSED] = "forced",
        [FLOW_END_SHUTDOWN] = "shutdown"};
    return flow->end < COUNT_OF(texts) ? texts[flow->end] : "timeout";
}

static const char *end_text(const struct flow *flow)
{
    static const char *const texts[] = {
        [FLOW_END_NONE] = "none",        [FLOW_END_IDLE] = "idle",
        [FLOW_END_ACTIVE] = "active",    [FLOW_END_CLOSED] = "closed",
        [FLOW_END_EVICTED] = "evicted",  [FLOW_END_REUSED] = "reused",
        [FLOW_END_SHUTDOWN] = "shutdown"};
    return flow->end < COUNT_OF(texts) ? texts[flow->end] : "none";
}

static void put_hex(char ret_text[static 3], uint8_t byte)
{
    static const char digits[] = "0123456789abcdef";
    ret_text[0] = digits[byte >> 4];
    ret_text[1] = digits[byte & 15];
    ret_text[2] = '\0';
}

static void put_tcp(struct json *json, const struct flow *flow)
{
    static const struct {
        const char *name;
        uint8_t bit;
    } flags[] = {{"fin", 0x01}, {"syn", 0x02}, {"rst", 0x04}, {"psh", 0x08},
                 {"ack", 0x10}, {"urg", 0x20}, {"ecn", 0x40}, {"cwr", 0x80}};
    uint8_t to_server = flow->tcp_flags[FLOW_CLIENT], to_client = flow->tcp_flags[FLOW_SERVER];
    char hex[3];
    json_open_object(json, "tcp");
    put_hex(hex, (uint8_t)(to_server | to_client));
    json_text(json, "tcp_flags", hex);
    put_hex(hex, to_server);
    json_text(json, "tcp_flags_ts", hex);
    put_hex(hex, to_client);
    json_text(json, "tcp_flags_tc", hex);
    for (size_t i = 0; i < COUNT_OF(flags); i++)
        if (((to_server | to_client) & flags[i].bit) != 0)
            json_bool(json, flags[i].name, true);
    json_bool(json, "ts_gap", flow->gap_bytes[FLOW_CLIENT] > 0);
    json_bool(json, "tc_gap", flow->gap_bytes[FLOW_SERVER] > 0);
    json_close_object(json);
}

void eve_put_flow_body(struct json *json, const struct flow *flow)
{
    json_open_object(json, "flow");
    put_counts(json, flow);
    eve_put_time(json, "end", flow->last_ns);
    json_i64(json, "age", (flow->last_ns - flow->first_ns) / NS_PER_S);
    json_text(json, "state", state_text(flow));
    json_text(json, "reason", reason_text(flow));
    json_text(json, "end_reason", end_text(flow));
    json_close_object(json);
    if (flow->protocol == PROTOCOL_TCP)
        put_tcp(json, flow);
}

static const char *tls_version_text(uint16_t version, char buffer[static 16])
{
    switch (version) {
    case 0x0300:
        return "SSLv3";
    case 0x0301:
        return "TLSv1";
    case 0x0302:
        return "TLS 1.1";
    case 0x0303:
        return "TLS 1.2";
    case 0x0304:
        return "TLS 1.3";
    default:
        (void)snprintf(buffer, 16, "0x%04x", version);
        return buffer;
    }
}

static void put_certificate(struct json *json, const struct label_tls *tls)
{
    json_text(json, "subject", tls->subject);
    json_text(json, "issuerdn", tls->issuer);
    json_text(json, "serial", tls->serial);
    if (tls->fingerprint[0] != '\0')
        json_text(json, "fingerprint", tls->fingerprint);
    char date[TIME_TEXT_MAX];
    if (tls->not_before_ns != 0) {
        (void)time_text(tls->not_before_ns, date);
        json_bytes(json, "notbefore", date, 19);
    }
    if (tls->not_after_ns != 0) {
        (void)time_text(tls->not_after_ns, date);
        json_bytes(json, "notafter", date, 19);
    }
    if (tls->san_count == 0)
        return;
    json_open_array(json, "subjectaltname");
    for (unsigned i = 0; i < tls->san_count; i++)
        json_text(json, NULL, tls->san[i]);
    json_close_array(json);
}

static void put_tls(struct json *json, const struct label *label)
{
    const struct label_tls *tls = label->tls;
    char buffer[16];
    json_open_object(json, label->app == APP_QUIC ? "quic" : "tls");
    json_text(json, "sni", label->server_name);
    if (label->app == APP_QUIC && label->quic_version != 0) {
        (void)snprintf(buffer, sizeof buffer, "%u", label->quic_version);
        json_text(json, "version", label->quic_version == 1 ? "1" : buffer);
    } else if (tls->version != 0) {
        json_text(json, "version", tls_version_text(tls->version, buffer));
    }
    if (tls->alpn_count > 0) {
        json_open_array(json, "client_alpns");
        for (unsigned i = 0; i < tls->alpn_count; i++)
            json_text(json, NULL, tls->alpn[i]);
        json_close_array(json);
    }
    if (tls->server_alpn != NULL) {
        json_open_array(json, "server_alpns");
        json_text(json, NULL, tls->server_alpn);
        json_close_array(json);
    }
    put_certificate(json, tls);
    if (tls->resumed)
        json_bool(json, "session_resumed", true);
    if (tls->ja3[0] != '\0') {
        json_open_object(json, "ja3");
        json_text(json, "hash", tls->ja3);
        json_close_object(json);
    }
    if (tls->ja4[0] != '\0')
        json_text(json, "ja4", tls->ja4);
    json_close_object(json);
}

static void put_http(struct json *json, const struct label_http *http)
{
    json_open_object(json, "http");
    json_text(json, "hostname", http->host);
    json_text(json, "url", http->url);
    json_text(json, "http_user_agent", http->user_agent);
    json_text(json, "http_content_type", http->content_type);
    json_text(json, "http_method", http->method);
    if (http->status != 0)
        json_u64(json, "status", http->status);
    json_close_object(json);
}

void eve_put_label(struct json *json, const struct label *label)
{
    if (label == NULL)
        return;
    if (label->tls != NULL)
        put_tls(json, label);
    if (label->http != NULL)
        put_http(json, label->http);
}

static void put_answers(struct json *json, const struct dns_message *dns)
{
    char buffer[12];
    json_open_array(json, "answers");
    for (unsigned i = 0; i < dns->answer_count; i++) {
        const struct dns_answer *answer = &dns->answers[i];
        json_open_object(json, NULL);
        json_text(json, "rrname", answer->name);
        json_text(json, "rrtype", dns_type_text(answer->type, buffer));
        json_u64(json, "ttl", answer->ttl_s);
        if (answer->target[0] != '\0')
            json_text(json, "rdata", answer->target);
        else
            eve_put_addr(json, "rdata", &answer->addr);
        json_close_object(json);
    }
    json_close_array(json);
}

void eve_put_dns(struct json *json, const struct dns_message *dns)
{
    if (dns == NULL)
        return;
    char buffer[12];
    json_open_object(json, "dns");
    json_text(json, "type", dns->response ? "answer" : "query");
    json_u64(json, "id", dns->id);
    json_text(json, "rrname", dns->question);
    json_text(json, "rrtype", dns_type_text(dns->question_type, buffer));
    if (dns->response) {
        json_text(json, "rcode", dns_rcode_text(dns->rcode, buffer));
        put_answers(json, dns);
    }
    json_close_object(json);
}

const char *eve_name_source(enum name_source source)
{
    switch (source) {
#define NAME_SOURCE_CASE(name, text)                                                               \
    case NAME_SOURCE_##name:                                                                       \
        return (text);
        NAME_SOURCE_LIST(NAME_SOURCE_CASE)
#undef NAME_SOURCE_CASE
    }
    return "none";
}
