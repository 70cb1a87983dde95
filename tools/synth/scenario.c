/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a scenario: time, network, capture file, assets; activities are scenario_activity.c, noise
 * is scenario_noise.c, routes scenario_route.c.
 *
 * The YAML tree lives as long as the scenario and owns the texts, so nothing is copied.  Everything
 * is checked here; the generators trust what they get. */
#include "scenario.h"

#include <stdlib.h>
#include <string.h>

#include "agent.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/time.h"
#include "digits.h"
#include "reader.h"

void scenario_done(struct scenario *scenario)
{
    for (size_t i = 0; i < scenario->asset_count; i++)
        free(scenario->assets[i].name);
    free(scenario->assets);
    free(scenario->activities);
    free(scenario->agents);
    free(scenario->machines);
    for (struct profile *profile = scenario->profiles, *next; profile != NULL; profile = next) {
        next = profile->next;
        yaml_done(&profile->file);
        free(profile);
    }
    free(scenario->capture.names);
    yaml_done(&scenario->file);
    *scenario = (struct scenario){0};
}

static bool read_network(struct scenario *scenario, const struct yaml_node *node, struct error *err)
{
    static const char *const keys[] = {"clients", "resolver", "gateway", "upstream", NULL};
    struct reader reader = reader_of(&scenario->file, node, keys, err);
    const char *clients = "10.20.0.0/16";
    (void)addr_parse("10.20.0.1", &scenario->gateway);
    read_text(&reader, "clients", &clients);
    read_addr(&reader, "gateway", &scenario->gateway);
    scenario->resolver = scenario->gateway;
    read_addr(&reader, "resolver", &scenario->resolver);
    read_addr(&reader, "upstream", &scenario->upstream);
    scenario->has_upstream = node != NULL && yaml_get(node, "upstream") != NULL;
    if (!reader.bad && !prefix_parse(clients, &scenario->clients))
        reader_fail(&reader, node, "'clients' is no prefix");
    return !reader.bad;
}

static void read_link(struct reader *reader, enum link_type *link)
{
    static const char *const words[] = {"ethernet", "raw", "null", "loop",
                                        "ppp",      "sll", "sll2", NULL};
    static const enum link_type links[] = {LINK_ETHERNET, LINK_RAW, LINK_NULL, LINK_LOOP,
                                           LINK_PPP,      LINK_SLL, LINK_SLL2};
    unsigned index = COUNT_OF(links);
    read_choice(reader, "link", words, &index);
    if (index < COUNT_OF(links))
        *link = links[index];
}

static bool read_interfaces(struct scenario *scenario, const struct yaml_node *list,
                            struct error *err)
{
    static const char *const keys[] = {"name", "link", NULL};
    struct capture_plan *capture = &scenario->capture;
    capture->interface_count = 0;
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next) {
        if (capture->interface_count == CAPTURE_INTERFACES_MAX)
            return yaml_error(&scenario->file, node, err, "too many interfaces");
        struct capture_interface *interface = &capture->interfaces[capture->interface_count++];
        *interface = (struct capture_interface){.name = "eth0", .link = LINK_ETHERNET};
        struct reader reader = reader_of(&scenario->file, node, keys, err);
        read_text(&reader, "name", &interface->name);
        read_link(&reader, &interface->link);
        if (reader.bad)
            return false;
    }
    return capture->interface_count > 0 || yaml_error(&scenario->file, list, err, "no interface");
}

static bool read_steps(struct scenario *scenario, const struct yaml_node *list, struct error *err)
{
    static const char *const keys[] = {"at", "by", NULL};
    struct capture_plan *capture = &scenario->capture;
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next) {
        if (capture->step_count == CAPTURE_STEPS_MAX)
            return yaml_error(&scenario->file, node, err, "too many clock steps");
        struct clock_step *step = &capture->steps[capture->step_count++];
        struct reader reader = reader_of(&scenario->file, node, keys, err);
        read_duration(&reader, "at", &step->at_ns);
        read_duration(&reader, "by", &step->by_ns);
        if (reader.bad)
            return false;
        step->at_ns += scenario->start_ns;
    }
    return true;
}

static bool read_names(struct scenario *scenario, const struct yaml_node *list, struct error *err)
{
    static const char *const keys[] = {"address", "name", NULL};
    struct capture_plan *capture = &scenario->capture;
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next) {
        struct capture_name entry = {.name = ""};
        struct reader reader = reader_of(&scenario->file, node, keys, err);
        read_addr(&reader, "address", &entry.addr);
        read_text(&reader, "name", &entry.name);
        if (reader.bad)
            return false;
        capture->names =
            mem_resize(capture->names, capture->name_count + 1, sizeof *capture->names);
        capture->names[capture->name_count++] = entry;
    }
    return true;
}

static bool read_capture(struct scenario *scenario, const struct yaml_node *node, struct error *err)
{
    static const char *const keys[] = {"link",        "interfaces", "resolution", "snaplen",
                                       "clock_steps", "names",      NULL};
    static const char *const resolutions[] = {"micro", "nano", NULL};
    struct capture_plan *capture = &scenario->capture;
    struct reader reader = reader_of(&scenario->file, node, keys, err);
    capture->interfaces[0] = (struct capture_interface){.name = "eth0", .link = LINK_ETHERNET};
    capture->interface_count = 1;
    unsigned resolution = 0;
    unsigned snaplen = 262144;
    read_link(&reader, &capture->interfaces[0].link);
    read_choice(&reader, "resolution", resolutions, &resolution);
    read_unsigned(&reader, "snaplen", 262144, &snaplen);
    capture->nanoseconds = resolution == 1;
    capture->snaplen = snaplen;
    const struct yaml_node *interfaces = read_list(&reader, "interfaces");
    const struct yaml_node *steps = read_list(&reader, "clock_steps");
    const struct yaml_node *names = read_list(&reader, "names");
    return !reader.bad && (interfaces == NULL || read_interfaces(scenario, interfaces, err)) &&
           (steps == NULL || read_steps(scenario, steps, err)) &&
           (names == NULL || read_names(scenario, names, err));
}

/* Returns the address `index` further on; the last four bytes count. */
static struct addr addr_next(struct addr addr, unsigned index)
{
    uint32_t low = (uint32_t)addr.bytes[12] << 24 | (uint32_t)addr.bytes[13] << 16 |
                   (uint32_t)addr.bytes[14] << 8 | addr.bytes[15];
    low += index;
    for (unsigned i = 0; i < 4; i++)
        addr.bytes[12 + i] = (uint8_t)(low >> (8 * (3 - i)));
    return addr;
}

static void read_mac(struct reader *reader, uint8_t mac[static MAC_SIZE])
{
    const char *at = NULL;
    read_text(reader, "mac", &at);
    if (at == NULL)
        return;
    bool ok = true;
    for (unsigned i = 0; i < MAC_SIZE && ok; i++) {
        unsigned byte = 0;
        ok = (i == 0 || digits_skip(&at, ":")) && digits_take(&at, 16, 2, &byte);
        mac[i] = (uint8_t)byte;
    }
    if (!ok || *at != '\0')
        reader_fail(reader, yaml_get(reader->map, "mac"), "no MAC address");
}

/* Adds `count` machines like `asset`, numbered from 1 where there are several. */
static void add_assets(struct scenario *scenario, const struct asset *asset, unsigned count)
{
    size_t total = scenario->asset_count + count;
    scenario->assets = mem_resize(scenario->assets, total, sizeof *scenario->assets);
    for (unsigned i = 0; i < count; i++) {
        struct asset *one = &scenario->assets[scenario->asset_count++];
        struct text name = {0};
        *one = *asset;
        text_add(&name, asset->base_name);
        if (count > 1)
            text_addf(&name, "-%u", i + 1);
        one->name = name.data; /* takes the memory */
        one->addr = addr_next(asset->addr, i);
        one->addr6 = addr_next(asset->addr6, i);
        if (asset->mac[0] == 0 || count > 1) {
            const uint8_t mac[MAC_SIZE] = {2,
                                           0,
                                           one->addr.bytes[12],
                                           one->addr.bytes[13],
                                           one->addr.bytes[14],
                                           one->addr.bytes[15]};
            memcpy(one->mac, mac, MAC_SIZE);
        }
    }
}

static bool read_asset(struct scenario *scenario, const struct yaml_node *node, struct error *err)
{
    static const char *const keys[] = {"name",  "count",  "group",    "hostname", "ip",
                                       "ip6",   "mac",    "resolver", "on",       "weekdays",
                                       "drift", "absent", "route",    NULL};
    struct asset asset = {.resolver = scenario->resolver, .route = scenario->route};
    struct reader reader = reader_of(&scenario->file, node, keys, err);
    unsigned count = 1;
    read_text(&reader, "name", &asset.base_name);
    read_unsigned(&reader, "count", ASSETS_MAX, &count);
    read_text(&reader, "group", &asset.group);
    read_text(&reader, "hostname", &asset.hostname);
    read_addr(&reader, "ip", &asset.addr);
    read_addr(&reader, "ip6", &asset.addr6);
    read_addr(&reader, "resolver", &asset.resolver);
    read_bool(&reader, "weekdays", &asset.hours.weekdays);
    read_mac(&reader, asset.mac);
    read_hours(&reader, "on", &asset.hours);
    read_duration(&reader, "drift", &asset.hours.drift_ns);
    read_share(&reader, "absent", 1.0, &asset.hours.absent);
    if (reader.bad)
        return false;
    asset.has6 = yaml_get(node, "ip6") != NULL;
    if (asset.base_name == NULL || yaml_get(node, "ip") == NULL || !addr_is4(&asset.addr))
        return yaml_error(&scenario->file, node, err, "an asset needs 'name' and an IPv4 'ip'");
    if (asset.has6 && addr_is4(&asset.addr6))
        return yaml_error(&scenario->file, node, err, "'ip6' is an IPv4 address");
    if (count == 0 || scenario->asset_count + count > ASSETS_MAX)
        return yaml_error(&scenario->file, node, err, "no asset, or more than %d", (int)ASSETS_MAX);
    const struct yaml_node *route = yaml_get(node, "route");
    if (route != NULL && !scenario_read_route(scenario, route, &asset.route, err))
        return false;
    add_assets(scenario, &asset, count);
    return true;
}

void scenario_add_activity(struct scenario *scenario, const struct activity *activity)
{
    scenario->activities = mem_resize(scenario->activities, scenario->activity_count + 1,
                                      sizeof *scenario->activities);
    scenario->activities[scenario->activity_count++] = *activity;
}

bool asset_is_of(const struct asset *asset, const char *const *who, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(who[i], "all") == 0 || strcmp(who[i], asset->name) == 0 ||
            strcmp(who[i], asset->base_name) == 0 ||
            (asset->group != NULL && strcmp(who[i], asset->group) == 0))
            return true;
    }
    return false;
}

const struct asset *scenario_asset_at(const struct scenario *scenario, const struct addr *addr)
{
    for (size_t i = 0; i < scenario->asset_count; i++)
        if (addr_equal(&scenario->assets[i].addr, addr))
            return &scenario->assets[i];
    return NULL;
}

bool scenario_check_who(const struct scenario *scenario, const struct yaml_node *node,
                        const struct activity *activity, struct error *err)
{
    size_t count = 0;
    bool want6 = activity->addr_count > 0 && !addr_is4(&activity->addrs[0]);
    for (size_t i = 0; i < scenario->asset_count; i++) {
        const struct asset *asset = &scenario->assets[i];
        if (!asset_is_of(asset, activity->who, activity->who_count))
            continue;
        count++;
        if (want6 && !asset->has6)
            return yaml_error(scenario->source, node, err, "asset '%s' has no 'ip6' for this",
                              asset->name);
    }
    return count > 0 || yaml_error(scenario->source, node, err, "'who' names no asset");
}

static bool add_activity(struct scenario *scenario, const struct yaml_node *node, struct error *err)
{
    struct activity activity;
    if (!scenario_read_activity(scenario, node, &activity, err) ||
        !scenario_check_who(scenario, node, &activity, err))
        return false;
    scenario_add_activity(scenario, &activity);
    return true;
}

typedef bool read_entry(struct scenario *scenario, const struct yaml_node *node, struct error *err);

static bool read_entries(struct scenario *scenario, const char *key, read_entry *read,
                         struct error *err)
{
    const struct yaml_node *list = yaml_get(scenario->file.root, key);
    if (list == NULL)
        return true;
    if (!yaml_expect(&scenario->file, list, YAML_LIST, err))
        return false;
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next)
        if (!read(scenario, node, err))
            return false;
    return true;
}

static bool read_all(struct scenario *scenario, struct error *err)
{
    static const char *const keys[] = {"start", "duration", "seed",       "network",  "capture",
                                       "route", "assets",   "activities", "profiles", "agents",
                                       "noise", "machines", NULL};
    const struct yaml_node *root = scenario->file.root;
    scenario->source = &scenario->file;
    struct reader reader = reader_of(&scenario->file, root, keys, err);
    scenario->duration_ns = 600 * NS_PER_S;
    scenario->profile_folder = ".";
    (void)time_parse_date("2026-03-02", &scenario->start_ns);
    read_moment(&reader, "start", &scenario->start_ns);
    read_duration(&reader, "duration", &scenario->duration_ns);
    read_u64(&reader, "seed", UINT64_MAX, &scenario->seed);
    read_text(&reader, "profiles", &scenario->profile_folder);
    if (reader.bad)
        return false;
    scenario->route = (struct route){.rtt_ns = 18 * NS_PER_MS, .mss = 1460};
    (void)addr_parse("192.0.2.1", &scenario->route.tunnel_client);
    (void)addr_parse("192.0.2.2", &scenario->route.tunnel_server);
    const struct yaml_node *route = yaml_get(root, "route");
    return read_network(scenario, yaml_get(root, "network"), err) &&
           read_capture(scenario, yaml_get(root, "capture"), err) &&
           (route == NULL || scenario_read_route(scenario, route, &scenario->route, err)) &&
           read_entries(scenario, "assets", read_asset, err) &&
           read_entries(scenario, "activities", add_activity, err) &&
           read_entries(scenario, "agents", scenario_add_agent, err) &&
           read_entries(scenario, "noise", scenario_add_noise, err) &&
           read_entries(scenario, "machines", scenario_add_machine, err) &&
           scenario_check_links(scenario, err);
}

bool scenario_read(struct scenario *ret_scenario, const char *path, struct error *err)
{
    struct scenario scenario = {0};
    if (!yaml_read(&scenario.file, path, err))
        return false;
    if (!read_all(&scenario, err)) {
        scenario_done(&scenario);
        return false;
    }
    scenario.source = NULL;
    *ret_scenario = scenario;
    return true;
}
