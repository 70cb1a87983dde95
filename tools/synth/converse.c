/* SPDX-License-Identifier: Apache-2.0 */
/* One conversation: choose the server, look its name up unless it is still cached, then speak the
 * protocol.  The frames of a conversation are made at once, so memory is that of the conversations
 * which overlap. */
#include "converse.h"

#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/time.h"
#include "pattern.h"
#include "queue.h"
#include "quic.h"
#include "scenario.h"

enum {
    PORT_FIRST = 49152,
    PORT_LAST = 65535,
    TTL_CLIENT = 128,
    TTL_LOCAL = 64
};

/* The server of one conversation. */
struct server {
    struct text name; /* empty: known by its address only */
    struct addr addrs[ACTIVITY_ADDRS_MAX];
    size_t addr_count;
    struct addr addr; /* the one taken */
};

/* Makes an address in 198.18.0.0/15 (RFC 2544) of a name, always the same one.  By a digest, because
 * the table hash of base/ is free to change and captures are not. */
static struct addr addr_of_name(const struct text *name)
{
    uint8_t digest[DIGEST_SHA256_SIZE];
    digest_sha256(text_string(name), name->length, digest);
    const uint8_t bytes[4] = {198, (uint8_t)(18 + digest[0] % 2), digest[1],
                              (uint8_t)(1 + digest[2] % 254)};
    return addr_from4(bytes);
}

static void pick_web_name(struct random *random, struct text *out)
{
    static const char *const hosts[] = {"www",  "shop", "news", "static", "img", "api",
                                        "maps", "docs", "wiki", "video",  "cdn", "login"};
    static const char *const sites[] = {
        "example.com",         "example.net",          "example.org",        "weather.example.com",
        "bakery.example.net",  "library.example.org",  "trains.example.com", "football.example.net",
        "recipes.example.org", "intranet.example.com", "garden.example.net", "museum.example.org"};
    text_add(out, hosts[random_between(random, 0, COUNT_OF(hosts) - 1)]);
    text_add_char(out, '.');
    text_add(out, sites[random_between(random, 0, COUNT_OF(sites) - 1)]);
}

static void pick_server(struct generator *generator, struct server *server)
{
    const struct activity *activity = generator->activity;
    struct random *random = &generator->random;
    if (activity->name != NULL)
        pattern_expand(activity->name, random, &server->name);
    else if (activity->kind == ACTIVITY_BROWSE)
        pick_web_name(random, &server->name);
    memcpy(server->addrs, activity->addrs, sizeof server->addrs);
    server->addr_count = activity->addr_count;
    if (server->addr_count == 0) {
        server->addrs[0] = addr_of_name(&server->name);
        server->addr_count = 1;
    }
    server->addr = server->addrs[random_between(random, 0, server->addr_count - 1)];
}

/* Hosts on the link have MACs of their own; all others are behind the gateway's. */
static void fill_mac(const struct scenario *scenario, struct party *party)
{
    const struct addr *addr = &party->addr;
    if (!prefix_contains(&scenario->clients, addr))
        addr = &scenario->gateway;
    const uint8_t mac[MAC_SIZE] = {
        2, 0, addr->bytes[12], addr->bytes[13], addr->bytes[14], addr->bytes[15]};
    memcpy(party->mac, mac, MAC_SIZE);
}

static struct talk talk_of(const struct scenario *scenario, struct generator *generator,
                           struct queue *queue, const struct addr *server, uint16_t port)
{
    const struct asset *asset = generator->asset;
    const struct activity *activity = generator->activity;
    struct random *random = &generator->random;
    struct talk talk = {.queue = queue,
                        .plan = &scenario->capture,
                        .route = activity->has_route ? &activity->route : &asset->route,
                        .random = random};
    struct party *client = &talk.party[SIDE_CLIENT], *other = &talk.party[SIDE_SERVER];
    client->addr = addr_is4(server) ? asset->addr : asset->addr6;
    memcpy(client->mac, asset->mac, MAC_SIZE);
    client->port = (uint16_t)random_between(random, PORT_FIRST, PORT_LAST);
    client->ip_id = (uint16_t)random_next(random);
    client->ttl = TTL_CLIENT;
    other->addr = *server;
    fill_mac(scenario, other);
    other->port = port;
    other->ip_id = (uint16_t)random_next(random);
    bool local = prefix_contains(&scenario->clients, server);
    other->ttl = (uint8_t)(local ? TTL_LOCAL : TTL_LOCAL - 6 - server->bytes[15] % 8);
    return talk;
}

/* Looks the name up unless the machine still knows it; returns when the answer is there. */
static int64_t look_up(const struct scenario *scenario, struct generator *generator,
                       struct queue *queue, const struct server *server, int64_t ts_ns)
{
    const struct activity *activity = generator->activity;
    bool lookup_is_all = activity->kind == ACTIVITY_DNS;
    if (server->name.length == 0 || activity->dns.skip || activity->has_proxy)
        return ts_ns;
    if (!lookup_is_all && ts_ns < generator->name_until_ns)
        return ts_ns;
    struct talk talk = talk_of(scenario, generator, queue, &generator->asset->resolver, DNS_PORT);
    struct dns_plan plan = activity->dns;
    if (plan.type == DNS_A && !plan.pair && !addr_is4(&server->addr))
        plan.type = DNS_AAAA;
    struct dns_answer answer = {
        .name = &server->name, .addrs = server->addrs, .addr_count = server->addr_count};
    talk.now_ns = ts_ns;
    dns_look_up(&talk, &plan, &answer);
    bool keeps = activity->name != NULL && !pattern_varies(activity->name);
    generator->name_until_ns = keeps ? time_add(talk.now_ns, plan.ttl_ns) : 0;
    return talk.now_ns + 300 * NS_PER_US;
}

static void host_text(const struct server *server, struct text *out)
{
    char text[ADDR_TEXT_MAX];
    if (server->name.length > 0) {
        text_add_bytes(out, server->name.data, server->name.length);
        return;
    }
    (void)addr_text(&server->addr, text);
    text_add(out, text);
}

/* Everything that runs on a TCP connection. */
static void run_tcp(const struct scenario *scenario, const struct activity *activity,
                    struct talk *talk, const struct server *server)
{
    if (activity->result != RESULT_OK) {
        if (activity->result == RESULT_REFUSED)
            tcp_refused(talk);
        else
            tcp_unanswered(talk);
        return;
    }
    struct tcp tcp;
    struct text host = {0};
    host_text(server, &host);
    tcp_open(&tcp, talk);
    if (activity->has_proxy && activity->kind != ACTIVITY_HTTP)
        http_connect(&tcp, &activity->http, &host, activity->port);
    if (activity->kind == ACTIVITY_TLS)
        tls_run(&tcp, &activity->tls, &server->name, &activity->exchange, scenario->start_ns);
    else if (activity->kind == ACTIVITY_HTTP)
        http_run(&tcp, &activity->http, &host, &activity->exchange);
    else if (activity->kind == ACTIVITY_SSH)
        noise_ssh(&tcp, &activity->exchange);
    else
        noise_opaque_tcp(&tcp, &activity->opaque, &activity->exchange);
    tcp_idle(&tcp, activity->exchange.hold_ns, activity->exchange.keep_alive_ns);
    tcp_close(&tcp, activity->exchange.end);
    text_done(&host);
}

/* A visit to a web site: mostly TLS 1.3, some QUIC, some plain HTTP. */
static void run_browse(const struct scenario *scenario, const struct activity *activity,
                       struct talk *talk, const struct server *server)
{
    struct activity visit = *activity;
    uint64_t dice = random_between(talk->random, 0, 9);
    visit.tls.tls13 = true;
    visit.tls.style = HELLO_BROWSER;
    visit.kind = dice == 0 ? ACTIVITY_HTTP : ACTIVITY_TLS;
    visit.http.user_agent = "Mozilla/5.0 (X11; Linux x86_64) Browser/1.0";
    visit.http.uri = "/{alnum 8}.html";
    visit.http.content_type = "text/html";
    visit.http.body = NULL;
    if (dice == 0)
        talk->party[SIDE_SERVER].port = 80;
    if (dice == 1 || dice == 2)
        quic_run(talk, &visit.tls, &server->name, &visit.exchange);
    else
        run_tcp(scenario, &visit, talk, server);
}

static void run(const struct scenario *scenario, const struct generator *generator,
                struct talk *talk, const struct server *server)
{
    const struct activity *activity = generator->activity;
    const struct asset *asset = generator->asset;
    const char *hostname = asset->hostname != NULL ? asset->hostname : asset->name;
    switch (activity->kind) {
    case ACTIVITY_DNS:
        break; /* the look-up was all */
    case ACTIVITY_TLS:
    case ACTIVITY_HTTP:
    case ACTIVITY_SSH:
    case ACTIVITY_OPAQUE_TCP:
        run_tcp(scenario, activity, talk, server);
        break;
    case ACTIVITY_QUIC:
        quic_run(talk, &activity->tls, &server->name, &activity->exchange);
        break;
    case ACTIVITY_OPAQUE_UDP:
        noise_opaque_udp(talk, &activity->opaque, &activity->exchange);
        break;
    case ACTIVITY_NTP:
        noise_ntp(talk);
        break;
    case ACTIVITY_MDNS:
        talk->party[SIDE_CLIENT].port = DNS_PORT_MULTICAST;
        talk->party[SIDE_CLIENT].ttl = 255;
        noise_mdns(talk, hostname);
        break;
    case ACTIVITY_DHCP:
        talk->party[SIDE_CLIENT].port = 68;
        noise_dhcp(talk, hostname);
        break;
    case ACTIVITY_PING:
        noise_ping(talk);
        break;
    case ACTIVITY_ARP:
        noise_arp(talk);
        break;
    case ACTIVITY_BROWSE:
        run_browse(scenario, activity, talk, server);
        break;
    }
}

void converse(const struct scenario *scenario, struct generator *generator, struct queue *queue,
              int64_t ts_ns)
{
    const struct activity *activity = generator->activity;
    struct server server = {0};
    pick_server(generator, &server);
    truth_note(&generator->truth, capture_plan_clock(&scenario->capture, ts_ns), &server.name,
               &server.addr);
    int64_t now_ns = look_up(scenario, generator, queue, &server, ts_ns);
    bool proxied = activity->has_proxy;
    struct talk talk =
        talk_of(scenario, generator, queue, proxied ? &activity->proxy : &server.addr,
                proxied ? activity->proxy_port : activity->port);
    talk.now_ns = now_ns;
    run(scenario, generator, &talk, &server);
    text_done(&server.name);
}
