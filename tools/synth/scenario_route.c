/* SPDX-License-Identifier: Apache-2.0 */
/* Reads routes: tags, tunnels, impairments.  A route starts as a copy of the one further out, so a
 * scenario says a thing once and an activity changes what is different. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"
#include "reader.h"
#include "scenario.h"

static void read_vlans(struct reader *reader, struct route *route)
{
    const char *texts[ROUTE_VLANS_MAX] = {NULL};
    unsigned count = route->vlan_count;
    read_texts(reader, "vlans", texts, ROUTE_VLANS_MAX, &count);
    const struct yaml_node *node = yaml_get(reader->map, "vlans");
    if (node == NULL || reader->bad)
        return;
    route->vlan_count = count;
    for (unsigned i = 0; i < count; i++) {
        uint64_t id = 0;
        if (!number_parse_u64(texts[i], 4094, &id))
            reader_fail(reader, node, "no VLAN number");
        route->vlans[i] = (uint16_t)id;
    }
}

static void read_tunnels(struct reader *reader, struct route *route)
{
    static const struct {
        const char *word;
        enum tunnel tunnel;
    } tunnels[] = {{"gre", TUNNEL_GRE},       {"erspan2", TUNNEL_ERSPAN2}, {"vxlan", TUNNEL_VXLAN},
                   {"geneve", TUNNEL_GENEVE}, {"ipip", TUNNEL_IPIP},       {"6in4", TUNNEL_IPIP},
                   {"pppoe", TUNNEL_PPPOE},   {"mpls", TUNNEL_MPLS}};
    const char *texts[ROUTE_TUNNELS_MAX] = {NULL};
    unsigned count = 0;
    const struct yaml_node *node = reader->bad ? NULL : yaml_get(reader->map, "tunnels");
    read_texts(reader, "tunnels", texts, ROUTE_TUNNELS_MAX, &count);
    if (node == NULL || reader->bad)
        return;
    route->tunnel_count = count;
    for (unsigned i = 0; i < count; i++) {
        size_t at = 0;
        while (at < COUNT_OF(tunnels) && strcmp(tunnels[at].word, texts[i]) != 0)
            at++;
        if (at == COUNT_OF(tunnels))
            reader_fail(reader, node, "unknown tunnel");
        else
            route->tunnels[i] = tunnels[at].tunnel;
    }
}

static void read_directions(struct reader *reader, const char *key, enum directions *directions)
{
    static const char *const words[] = {"both", "client", "server", NULL};
    static const enum directions values[] = {DIRECTIONS_BOTH, DIRECTIONS_CLIENT, DIRECTIONS_SERVER};
    unsigned index = COUNT_OF(values);
    read_choice(reader, key, words, &index);
    if (index < COUNT_OF(values))
        *directions = values[index];
}

static bool fits_link(const struct scenario *scenario, const struct route *route)
{
    enum tunnel outermost = route->tunnel_count > 0 ? route->tunnels[0] : TUNNEL_GRE;
    bool shim = outermost == TUNNEL_PPPOE || outermost == TUNNEL_MPLS;
    bool needs = shim || route->vlan_count > 0 || route->copy_vlan != 0;
    return !needs || scenario->capture.interfaces[route->interface].link == LINK_ETHERNET;
}

bool scenario_check_links(const struct scenario *scenario, struct error *err)
{
    for (size_t i = 0; i < scenario->asset_count; i++)
        if (!fits_link(scenario, &scenario->assets[i].route))
            return error_set(err, "%s: asset '%s' has tags or shims on a link without Ethernet",
                             scenario->file.path, scenario->assets[i].name);
    for (size_t i = 0; i < scenario->activity_count; i++)
        if (scenario->activities[i].has_route &&
            !fits_link(scenario, &scenario->activities[i].route))
            return error_set(err, "%s: activity %zu has tags or shims on a link without Ethernet",
                             scenario->file.path, i + 1);
    return true;
}

bool scenario_read_route(const struct scenario *scenario, const struct yaml_node *node,
                         struct route *route, struct error *err)
{
    static const char *const keys[] = {
        "interface",     "vlans",     "vlan_on", "tunnels",  "tunnel_client",
        "tunnel_server", "rtt",       "mss",     "fragment", "fragments_reversed",
        "only",          "skip",      "loss",    "reorder",  "retransmit",
        "copies",        "copy_vlan", NULL};
    struct reader reader = reader_of(scenario->source, node, keys, err);
    unsigned copy_vlan = route->copy_vlan;
    read_unsigned(&reader, "interface", scenario->capture.interface_count - 1, &route->interface);
    read_vlans(&reader, route);
    read_directions(&reader, "vlan_on", &route->vlan_directions);
    read_tunnels(&reader, route);
    read_addr(&reader, "tunnel_client", &route->tunnel_client);
    read_addr(&reader, "tunnel_server", &route->tunnel_server);
    read_duration(&reader, "rtt", &route->rtt_ns);
    read_unsigned(&reader, "mss", 9000, &route->mss);
    read_unsigned(&reader, "fragment", 65000, &route->fragment);
    read_bool(&reader, "fragments_reversed", &route->fragments_reversed);
    read_directions(&reader, "only", &route->only);
    read_unsigned(&reader, "skip", 1000000, &route->skip);
    read_share(&reader, "loss", 1.0, &route->loss);
    read_share(&reader, "reorder", 1.0, &route->reorder);
    read_share(&reader, "retransmit", 1.0, &route->retransmit);
    read_share(&reader, "copies", 1.0, &route->copies);
    read_unsigned(&reader, "copy_vlan", 4094, &copy_vlan);
    route->copy_vlan = (uint16_t)copy_vlan;
    if (!reader.bad && (route->mss < 64 || route->rtt_ns <= 0))
        reader_fail(&reader, node, "'mss' must be at least 64 and 'rtt' more than 0");
    if (!reader.bad && (!addr_is4(&route->tunnel_client) || !addr_is4(&route->tunnel_server)))
        reader_fail(&reader, node, "tunnel ends are IPv4 addresses");
    return !reader.bad;
}
