/* SPDX-License-Identifier: Apache-2.0 */
/* Reads one activity: who does what with whom, when, how much, and what the truth file says of it.
 * */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/time.h"
#include "reader.h"
#include "scenario.h"

static const char *const kind_words[] = {"dns",        "tls", "quic",   "http", "opaque-tcp",
                                         "opaque-udp", "ntp", "mdns",   "dhcp", "ping",
                                         "arp",        "ssh", "browse", NULL};

const char *activity_kind_text(enum activity_kind kind)
{
    return kind_words[kind];
}

static uint16_t kind_port(enum activity_kind kind)
{
    switch (kind) {
    case ACTIVITY_DNS:
        return DNS_PORT;
    case ACTIVITY_TLS:
    case ACTIVITY_QUIC:
    case ACTIVITY_BROWSE:
        return 443;
    case ACTIVITY_HTTP:
        return 80;
    case ACTIVITY_NTP:
        return 123;
    case ACTIVITY_MDNS:
        return DNS_PORT_MULTICAST;
    case ACTIVITY_DHCP:
        return 67;
    case ACTIVITY_SSH:
        return 22;
    case ACTIVITY_OPAQUE_TCP:
    case ACTIVITY_OPAQUE_UDP:
    case ACTIVITY_PING:
    case ACTIVITY_ARP:
        break;
    }
    return 0;
}

struct activity activity_of(const struct scenario *scenario, enum activity_kind kind)
{
    return (struct activity){
        .kind = kind,
        .port = kind_port(kind),
        .timing = {.start_ns = -1, .stop_ns = INT64_MAX, .burst = 1, .burst_gap_ns = NS_PER_S},
        .dns = {.type = DNS_A, .ttl_ns = 300 * NS_PER_S, .tries = 1},
        .tls = {.tls13 = kind == ACTIVITY_QUIC, .flight = 2840},
        .http = {.method = "GET", .uri = "/", .status = 200},
        .exchange = {.repeat = 1},
        .route = scenario->route};
}

static bool read_dns(const struct scenario *scenario, const struct yaml_node *node,
                     struct dns_plan *dns, struct error *err)
{
    static const char *const keys[] = {
        "skip",  "type", "pair",  "over",     "result",           "ttl",
        "cname", "text", "tries", "fallback", "fallback_answers", NULL};
    static const char *const types[] = {"a", "aaaa", "txt", "https", "ptr", NULL};
    static const enum dns_type type_values[] = {DNS_A, DNS_AAAA, DNS_TXT, DNS_HTTPS, DNS_PTR};
    static const char *const transports[] = {"udp", "tcp", "truncated", NULL};
    static const char *const results[] = {"answer",  "nxdomain", "empty",
                                          "silence", "servfail", NULL};
    struct reader reader = reader_of(scenario->source, node, keys, err);
    unsigned type = COUNT_OF(type_values), over = dns->over, result = dns->result;
    read_bool(&reader, "skip", &dns->skip);
    read_choice(&reader, "type", types, &type);
    read_bool(&reader, "pair", &dns->pair);
    read_choice(&reader, "over", transports, &over);
    read_choice(&reader, "result", results, &result);
    read_duration(&reader, "ttl", &dns->ttl_ns);
    read_texts(&reader, "cname", dns->chain, DNS_CHAIN_MAX, &dns->chain_count);
    read_text(&reader, "text", &dns->answer);
    read_unsigned(&reader, "tries", 10, &dns->tries);
    read_addrs(&reader, "fallback", dns->fallback, DNS_FALLBACK_MAX, &dns->fallback_count);
    read_unsigned(&reader, "fallback_answers", DNS_FALLBACK_MAX, &dns->fallback_answers);
    if (!reader.bad && dns->tries == 0)
        reader_fail(&reader, node, "'tries' is at least 1");
    if (type < COUNT_OF(type_values))
        dns->type = type_values[type];
    dns->over = (enum dns_transport)over;
    dns->result = (enum dns_result)result;
    return !reader.bad;
}

static bool read_tls(const struct scenario *scenario, const struct yaml_node *node,
                     struct tls_plan *tls, struct error *err)
{
    static const char *const keys[] = {"version", "hello", "outer", "alpn",   "issuer",
                                       "subject", "names", "chain", "flight", NULL};
    static const char *const versions[] = {"1.2", "1.3", NULL};
    static const char *const styles[] = {"agent", "browser", "ech", "nameless", NULL};
    struct reader reader = reader_of(scenario->source, node, keys, err);
    unsigned version = tls->tls13, style = tls->style;
    bool chain = !tls->alone;
    read_choice(&reader, "version", versions, &version);
    read_choice(&reader, "hello", styles, &style);
    read_pattern(&reader, "outer", &tls->outer);
    read_text(&reader, "alpn", &tls->alpn);
    read_pattern(&reader, "issuer", &tls->issuer);
    read_pattern(&reader, "subject", &tls->subject);
    read_texts(&reader, "names", tls->alt_names, TLS_ALT_NAMES_MAX, &tls->alt_name_count);
    read_bool(&reader, "chain", &chain);
    read_unsigned(&reader, "flight", 16000, &tls->flight);
    tls->alone = !chain;
    tls->style = (enum hello_style)style;
    tls->tls13 = version == 1;
    if (!reader.bad && tls->style == HELLO_ECH && tls->outer == NULL)
        reader_fail(&reader, node, "hello: ech needs 'outer'");
    return !reader.bad;
}

static bool read_http(const struct scenario *scenario, const struct yaml_node *node,
                      struct http_plan *http, struct error *err)
{
    static const char *const keys[] = {"method", "uri",          "host", "user_agent", "headers",
                                       "status", "content_type", "body", NULL};
    struct reader reader = reader_of(scenario->source, node, keys, err);
    read_text(&reader, "method", &http->method);
    read_pattern(&reader, "uri", &http->uri);
    read_pattern(&reader, "host", &http->host);
    read_pattern(&reader, "user_agent", &http->user_agent);
    read_texts(&reader, "headers", http->headers, HTTP_HEADERS_MAX, &http->header_count);
    read_unsigned(&reader, "status", 599, &http->status);
    read_text(&reader, "content_type", &http->content_type);
    read_pattern(&reader, "body", &http->body);
    return !reader.bad;
}

static bool read_opaque(const struct scenario *scenario, const struct yaml_node *node,
                        struct opaque_plan *opaque, struct error *err)
{
    static const char *const keys[] = {"send", "receive", NULL};
    struct reader reader = reader_of(scenario->source, node, keys, err);
    read_pattern(&reader, "send", &opaque->send);
    read_pattern(&reader, "receive", &opaque->receive);
    return !reader.bad;
}

static bool read_to(const struct scenario *scenario, const struct yaml_node *node,
                    struct activity *activity, struct error *err)
{
    static const char *const keys[] = {"name", "address", "port", "proxy", "proxy_port", NULL};
    struct reader reader = reader_of(scenario->source, node, keys, err);
    unsigned port = activity->port, proxy_port = 3128;
    read_pattern(&reader, "name", &activity->name);
    read_addrs(&reader, "address", activity->addrs, ACTIVITY_ADDRS_MAX, &activity->addr_count);
    read_unsigned(&reader, "port", 65535, &port);
    read_addr(&reader, "proxy", &activity->proxy);
    read_unsigned(&reader, "proxy_port", 65535, &proxy_port);
    activity->port = (uint16_t)port;
    activity->proxy_port = (uint16_t)proxy_port;
    activity->has_proxy = node != NULL && yaml_get(node, "proxy") != NULL;
    return !reader.bad;
}

static void read_timing(struct reader *reader, struct timing *timing)
{
    static const char *const schedules[] = {"grid", "sleep", "boot", NULL};
    unsigned schedule = timing->schedule;
    read_duration(reader, "every", &timing->every_ns);
    read_share(reader, "jitter", 1.0, &timing->jitter);
    read_share(reader, "missed", 1.0, &timing->missed);
    read_choice(reader, "schedule", schedules, &schedule);
    read_u64(reader, "count", UINT64_MAX, &timing->count);
    read_duration(reader, "start", &timing->start_ns);
    read_duration(reader, "stop", &timing->stop_ns);
    read_unsigned(reader, "burst", 1000, &timing->burst);
    read_duration(reader, "burst_gap", &timing->burst_gap_ns);
    read_hours(reader, "hours", &timing->hours);
    timing->schedule = (enum schedule)schedule;
    if (!reader->bad && (timing->every_ns < 0 || timing->burst_gap_ns < 0))
        reader_fail(reader, reader->map, "a period cannot be negative");
}

static void read_exchange(struct reader *reader, struct exchange *exchange)
{
    static const char *const ends[] = {"fin", "reset", "open", NULL};
    unsigned end = exchange->end;
    read_span(reader, "up", &exchange->up);
    read_span(reader, "down", &exchange->down);
    read_unsigned(reader, "repeat", 100000, &exchange->repeat);
    read_duration(reader, "pause", &exchange->pause_ns);
    read_share(reader, "pause_jitter", 1.0, &exchange->pause_jitter);
    read_duration(reader, "keep_alive", &exchange->keep_alive_ns);
    read_duration(reader, "hold", &exchange->hold_ns);
    read_choice(reader, "end", ends, &end);
    exchange->end = (enum tcp_end)end;
    if (!reader->bad &&
        (exchange->pause_ns < 0 || exchange->hold_ns < 0 || exchange->keep_alive_ns < 0))
        reader_fail(reader, reader->map, "a pause cannot be negative");
}

/* Reads the kinds of events that the activity is there to show. */
static void read_shows(struct reader *reader, struct activity *activity)
{
    static const char *const kinds[] = {
        "beacon",   "beacon-stopped",      "upload",          "long-session",
        "indirect", "unattributed-beacon", "resolver-bypass", NULL};
    read_texts(reader, "shows", activity->shows, ACTIVITY_SHOWS_MAX, &activity->shows_count);
    for (unsigned i = 0; i < activity->shows_count && !reader->bad; i++) {
        unsigned at = 0;
        while (kinds[at] != NULL && strcmp(kinds[at], activity->shows[i]) != 0)
            at++;
        if (kinds[at] == NULL)
            reader_fail(reader, yaml_get(reader->map, "shows"), "no kind of event");
    }
}

static void read_truth(struct reader *reader, struct activity *activity)
{
    static const char *const expectations[] = {"none", "contact", NULL};
    static const char *const results[] = {"ok", "refused", "unanswered", NULL};
    unsigned expect = 0, result = 0;
    read_text(reader, "label", &activity->label);
    read_text(reader, "vendor", &activity->vendor);
    read_text(reader, "service", &activity->service);
    read_text(reader, "purpose", &activity->purpose);
    read_choice(reader, "expect", expectations, &expect);
    read_bool(reader, "decoy", &activity->decoy);
    read_shows(reader, activity);
    read_choice(reader, "result", results, &result);
    activity->contact = expect == 1;
    activity->result = (enum activity_result)result;
}

/* Reads the maps inside the activity. */
static bool read_parts(const struct scenario *scenario, const struct yaml_node *node,
                       struct activity *activity, struct error *err)
{
    const struct yaml_node *route = yaml_get(node, "route");
    activity->has_route = route != NULL;
    return read_to(scenario, yaml_get(node, "to"), activity, err) &&
           read_dns(scenario, yaml_get(node, "dns"), &activity->dns, err) &&
           read_tls(scenario, yaml_get(node, "tls"), &activity->tls, err) &&
           read_http(scenario, yaml_get(node, "http"), &activity->http, err) &&
           read_opaque(scenario, yaml_get(node, "payload"), &activity->opaque, err) &&
           (route == NULL || scenario_read_route(scenario, route, &activity->route, err));
}

/* Gives protocols of the link the address that they are used with; false where another kind of
 * address is given. */
static bool fill_local(const struct scenario *scenario, struct activity *activity)
{
    bool multicast = activity->kind == ACTIVITY_MDNS;
    if (!multicast && activity->kind != ACTIVITY_DHCP && activity->kind != ACTIVITY_ARP)
        return true;
    if (activity->addr_count == 0) {
        static const uint8_t everybody[4] = {224, 0, 0, 251};
        activity->addrs[0] = multicast ? addr_from4(everybody) : scenario->gateway;
        activity->addr_count = 1;
    }
    return addr_is4(&activity->addrs[0]);
}

bool scenario_read_activity(const struct scenario *scenario, const struct yaml_node *node,
                            struct activity *ret_activity, struct error *err)
{
    static const char *const keys[] = {
        "label",   "vendor",    "service",    "purpose",      "expect", "result", "who",
        "do",      "to",        "every",      "jitter",       "missed", "count",  "start",
        "stop",    "burst",     "schedule",   "up",           "down",   "repeat", "pause",
        "hold",    "burst_gap", "keep_alive", "end",          "dns",    "tls",    "http",
        "payload", "route",     "hours",      "pause_jitter", "decoy",  "shows",  NULL};
    struct reader reader = reader_of(scenario->source, node, keys, err);
    unsigned kind = COUNT_OF(kind_words);
    read_choice(&reader, "do", kind_words, &kind);
    if (!reader.bad && kind == COUNT_OF(kind_words))
        reader_fail(&reader, node, "an activity needs 'do'");
    if (reader.bad)
        return false;
    struct activity activity = activity_of(scenario, (enum activity_kind)kind);
    read_texts(&reader, "who", activity.who, ACTIVITY_WHO_MAX, &activity.who_count);
    read_truth(&reader, &activity);
    read_timing(&reader, &activity.timing);
    read_exchange(&reader, &activity.exchange);
    if (reader.bad || !read_parts(scenario, node, &activity, err))
        return false;
    if (activity.timing.burst == 0)
        return yaml_error(scenario->source, node, err, "'burst' is at least 1");
    if (activity.exchange.repeat == 0 && activity.exchange.pause_ns < NS_PER_S)
        return yaml_error(scenario->source, node, err, "'repeat: 0' needs a 'pause' of 1s or more");
    if (!fill_local(scenario, &activity))
        return yaml_error(scenario->source, node, err, "'to' must be an IPv4 address for this");
    bool places = kind <= ACTIVITY_OPAQUE_UDP || kind == ACTIVITY_SSH;
    if (places && activity.name == NULL && activity.addr_count == 0)
        return yaml_error(scenario->source, node, err, "'to' needs a name or an address");
    *ret_activity = activity;
    return true;
}
