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
    REPEAT_MAX = 100000,
    RELAY_NS = 19000000, /* a proxy acts when the CONNECT is in */
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

/* Who speaks in one conversation, and what about: the generator's machine, or the proxy for it. */
struct speaker {
    const struct scenario *scenario;
    struct generator *generator;
    const struct asset *asset;
    const struct activity *activity;
    int64_t *name_until_ns;
};

static struct talk talk_of(const struct speaker *speaker, const struct addr *server, uint16_t port)
{
    const struct scenario *scenario = speaker->scenario;
    const struct generator *generator = speaker->generator;
    const struct asset *asset = speaker->asset;
    const struct activity *activity = speaker->activity;
    struct random *random = &speaker->generator->random;
    struct talk talk = {.queue = generator->queue,
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

/* The resolver is a machine of ours and asks its own. */
static void forward(const struct speaker *speaker, const struct asset *machine,
                    const struct dns_plan *plan, const struct dns_answer *answer, int64_t ts_ns)
{
    struct speaker resolver = *speaker;
    struct dns_plan onward = *plan;
    resolver.asset = machine;
    onward.over = DNS_UDP;
    struct talk talk = talk_of(&resolver, &speaker->scenario->upstream, DNS_PORT);
    talk.now_ns = ts_ns;
    dns_look_up(&talk, &onward, answer);
}

/* Asks one resolver; returns when its answer, or the end of the patience, is there. */
static int64_t ask(const struct speaker *speaker, const struct server *server,
                   const struct dns_plan *plan, const struct addr *resolver, int64_t ts_ns)
{
    struct talk talk = talk_of(speaker, resolver, DNS_PORT);
    struct dns_answer answer = {
        .name = &server->name, .addrs = server->addrs, .addr_count = server->addr_count};
    talk.now_ns = ts_ns;
    dns_look_up(&talk, plan, &answer);
    const struct asset *machine =
        speaker->scenario->has_upstream && addr_equal(resolver, &speaker->asset->resolver)
            ? scenario_asset_at(speaker->scenario, resolver)
            : NULL;
    if (machine != NULL && machine != speaker->asset)
        forward(speaker, machine, plan, &answer, ts_ns + NS_PER_MS / 5);
    return talk.now_ns;
}

/* Asks the further resolvers in order, until one answers; true where one did. */
static bool fall_back(const struct speaker *speaker, const struct server *server, int64_t *now_ns)
{
    struct dns_plan plan = speaker->activity->dns;
    for (unsigned i = 0; i < plan.fallback_count; i++) {
        bool answers = i + 1 == plan.fallback_answers;
        plan.result = answers ? DNS_ANSWER : DNS_SILENCE;
        *now_ns = ask(speaker, server, &plan, &plan.fallback[i],
                      *now_ns + (i > 0 ? NS_PER_S : 200 * NS_PER_US));
        if (answers)
            return true;
    }
    return false;
}

/* What a sinkhole answers. */
static bool is_nowhere(const struct addr *addr)
{
    static const uint8_t nowhere[4] = {0};
    struct addr none = addr_from4(nowhere);
    return addr_equal(addr, &none);
}

/* Looks the name up unless the machine still knows it; moves the time to when the answer is there.
 * False where there is no address to talk to. */
static bool look_up(const struct speaker *speaker, const struct server *server, int64_t *now_ns)
{
    const struct activity *activity = speaker->activity;
    bool lookup_is_all = activity->kind == ACTIVITY_DNS;
    if (server->name.length == 0 || activity->dns.skip || activity->has_proxy)
        return true;
    if (!lookup_is_all && *now_ns < *speaker->name_until_ns)
        return true;
    struct dns_plan plan = activity->dns;
    if (plan.type == DNS_A && !plan.pair && !addr_is4(&server->addr))
        plan.type = DNS_AAAA;
    *now_ns = ask(speaker, server, &plan, &speaker->asset->resolver, *now_ns);
    bool found = plan.result == DNS_ANSWER && !is_nowhere(&server->addr);
    if (plan.result != DNS_ANSWER)
        found = fall_back(speaker, server, now_ns);
    bool keeps = found && activity->name != NULL && !pattern_varies(activity->name);
    *speaker->name_until_ns = keeps ? time_add(*now_ns, plan.ttl_ns) : 0;
    *now_ns += 300 * NS_PER_US;
    return found || lookup_is_all;
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

static void run(const struct speaker *speaker, struct talk *talk, const struct server *server)
{
    const struct scenario *scenario = speaker->scenario;
    const struct activity *activity = speaker->activity;
    const struct asset *asset = speaker->asset;
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
        if (activity->result == RESULT_OK)
            quic_run(talk, &activity->tls, &server->name, &activity->exchange);
        else
            quic_unanswered(talk, &activity->tls, &server->name);
        break;
    case ACTIVITY_OPAQUE_UDP:
        if (activity->result == RESULT_OK)
            noise_opaque_udp(talk, &activity->opaque, &activity->exchange);
        else
            noise_unanswered_udp(talk, &activity->opaque, &activity->exchange);
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

struct calendar generator_calendar(const struct scenario *scenario,
                                   const struct generator *generator)
{
    return (struct calendar){.hours = &generator->asset->hours,
                             .seed = scenario->seed,
                             .number = (uint64_t)(generator->asset - scenario->assets)};
}

/* Returns how many exchanges fit in before the machine is switched off, the software is removed or
 * the capture ends. */
static unsigned repeats_until_off(const struct scenario *scenario,
                                  const struct generator *generator, int64_t ts_ns)
{
    const struct activity *activity = generator->activity;
    struct calendar calendar = generator_calendar(scenario, generator);
    int64_t end_ns = calendar_off(&calendar, ts_ns);
    int64_t capture_ns = scenario->start_ns + scenario->duration_ns;
    int64_t stop_ns = time_add(scenario->start_ns, activity->timing.stop_ns);
    end_ns = end_ns < capture_ns ? end_ns : capture_ns;
    end_ns = end_ns < stop_ns ? end_ns : stop_ns;
    int64_t count = 1 + (end_ns - ts_ns) / (activity->exchange.pause_ns + NS_PER_S / 10);
    return count < 1 ? 1 : count > REPEAT_MAX ? REPEAT_MAX : (unsigned)count;
}

/* Speaks one conversation, look-up included. */
static void speak(const struct speaker *speaker, const struct server *server, int64_t ts_ns)
{
    const struct activity *activity = speaker->activity;
    bool proxied = activity->has_proxy;
    if (!look_up(speaker, server, &ts_ns))
        return;
    struct talk talk = talk_of(speaker, proxied ? &activity->proxy : &server->addr,
                               proxied ? activity->proxy_port : activity->port);
    talk.now_ns = ts_ns;
    run(speaker, &talk, server);
}

/* What the proxy does on behalf of the machine, from its own address. */
static void relay(const struct scenario *scenario, struct generator *generator,
                  const struct activity *activity, const struct server *server, int64_t ts_ns)
{
    struct activity onward = *activity;
    onward.has_proxy = false;
    onward.http.absolute = false;
    struct speaker speaker = {.scenario = scenario,
                              .generator = generator,
                              .asset = generator->relay,
                              .activity = &onward,
                              .name_until_ns = &generator->relay_name_until_ns};
    truth_note(&generator->relay_truth, capture_plan_clock(&scenario->capture, ts_ns),
               &server->name, &server->addr);
    speak(&speaker, server, ts_ns + RELAY_NS);
}

void converse(const struct scenario *scenario, struct generator *generator, int64_t ts_ns)
{
    struct activity activity = *generator->activity;
    struct server server = {0};
    pick_server(generator, &server);
    truth_note(&generator->truth, capture_plan_clock(&scenario->capture, ts_ns), &server.name,
               &server.addr);
    if (activity.exchange.repeat == 0)
        activity.exchange.repeat = repeats_until_off(scenario, generator, ts_ns);
    struct speaker speaker = {.scenario = scenario,
                              .generator = generator,
                              .asset = generator->asset,
                              .activity = &activity,
                              .name_until_ns = &generator->name_until_ns};
    speak(&speaker, &server, ts_ns);
    if (generator->relay != NULL)
        relay(scenario, generator, &activity, &server, ts_ns);
    text_done(&server.name);
}
