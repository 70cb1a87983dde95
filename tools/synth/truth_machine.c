/* SPDX-License-Identifier: Apache-2.0 */
/* The machines of the truth file: whose software is on each, since when, until when, and for whom it
 * speaks.  What the agents did is summed up while the capture is written, one small cell for each
 * asset and agent; everything else comes from the scenario. */
#include <stdlib.h>
#include <string.h>

#include "agent.h"
#include "base/json.h"
#include "base/memory.h"
#include "capture_out.h"
#include "truth.h"
#include "truth_file.h"

/* What one agent did on one asset. */
struct cell {
    uint64_t starts;
    int64_t first_ns, last_ns;
};

struct truth_tally {
    const struct scenario *scenario; /* borrowed */
    struct cell *cells;              /* by asset, then by agent */
};

struct truth_tally *truth_tally_new(const struct scenario *scenario)
{
    struct truth_tally *tally = mem_zeroed(1, sizeof *tally);
    tally->scenario = scenario;
    tally->cells =
        mem_zeroed(scenario->asset_count * scenario->agent_count + 1, sizeof *tally->cells);
    return tally;
}

void truth_tally_free(struct truth_tally *tally)
{
    if (tally == NULL)
        return;
    free(tally->cells);
    free(tally);
}

static struct cell *cell_of(const struct truth_tally *tally, const struct asset *asset,
                            size_t agent)
{
    const struct scenario *scenario = tally->scenario;
    return &tally->cells[(size_t)(asset - scenario->assets) * scenario->agent_count + agent];
}

void truth_tally_add(struct truth_tally *tally, const struct truth_row *row)
{
    if (row->activity->agent == 0 || row->starts == 0)
        return;
    struct cell *cell = cell_of(tally, row->asset, row->activity->agent - 1);
    if (cell->starts == 0 || row->first_ns < cell->first_ns)
        cell->first_ns = row->first_ns;
    if (cell->starts == 0 || row->last_ns > cell->last_ns)
        cell->last_ns = row->last_ns;
    cell->starts += row->starts;
}

static bool has_agent(const struct asset *asset, const struct agent *agent)
{
    return agent->vendor != NULL && asset_is_of(asset, agent->who, agent->who_count);
}

static bool ends(const struct scenario *scenario, const struct agent *agent)
{
    return agent->until_ns < scenario->duration_ns;
}

/* A set of vendor ids in the order in which they were added. */
struct vendors {
    const char *ids[64];
    size_t count;
};

static void add_vendor(struct vendors *vendors, const char *id)
{
    for (size_t i = 0; i < vendors->count; i++)
        if (strcmp(vendors->ids[i], id) == 0)
            return;
    if (vendors->count < COUNT_OF(vendors->ids))
        vendors->ids[vendors->count++] = id;
}

static void add_all(struct vendors *vendors, const char *const *ids, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        add_vendor(vendors, ids[i]);
}

static void write_vendors(struct json *json, const char *key, const struct vendors *vendors)
{
    json_open_array(json, key);
    for (size_t i = 0; i < vendors->count; i++)
        json_text(json, NULL, vendors->ids[i]);
    json_close_array(json);
}

/* True where `client` reaches the vendor through `asset`: as a management server, or as a proxy. */
static bool speaks_for(const struct scenario *scenario, const struct asset *asset,
                       const struct asset *client, const char *vendor)
{
    for (size_t i = 0; i < scenario->machine_count; i++) {
        const struct machine *machine = &scenario->machines[i];
        if (!asset_is_of(client, machine->who, machine->who_count))
            continue;
        for (unsigned j = 0; j < machine->behind_count; j++)
            if (strcmp(machine->behind_vendors[j], vendor) == 0 &&
                strcmp(machine->behind_servers[j], asset->name) == 0)
                return true;
    }
    for (size_t i = 0; i < scenario->agent_count; i++) {
        const struct agent *agent = &scenario->agents[i];
        if (has_agent(client, agent) && strcmp(agent->vendor, vendor) == 0 && agent->has_proxy &&
            addr_equal(&agent->proxy, &asset->addr))
            return true;
    }
    return false;
}

/* Returns for how many machines the asset speaks. */
static uint64_t count_clients(const struct scenario *scenario, const struct asset *asset,
                              const char *vendor)
{
    uint64_t clients = 0;
    for (size_t i = 0; i < scenario->asset_count; i++)
        clients += speaks_for(scenario, asset, &scenario->assets[i], vendor);
    return clients;
}

/* What a machine does for others is no proof of what it has itself. */
static void write_installed(struct json *json, const struct scenario *scenario,
                            const struct asset *asset)
{
    struct vendors now = {0}, ever = {0};
    for (size_t i = 0; i < scenario->agent_count; i++) {
        const struct agent *agent = &scenario->agents[i];
        if (!has_agent(asset, agent) || agent->from_ns >= scenario->duration_ns ||
            count_clients(scenario, asset, agent->vendor) > 0)
            continue;
        add_vendor(&ever, agent->vendor);
        if (!ends(scenario, agent))
            add_vendor(&now, agent->vendor);
    }
    for (size_t i = 0; i < scenario->machine_count; i++) {
        const struct machine *machine = &scenario->machines[i];
        if (!asset_is_of(asset, machine->who, machine->who_count))
            continue;
        add_all(&ever, machine->installed, machine->installed_count);
        add_all(&now, machine->installed, machine->installed_count);
    }
    write_vendors(json, "installed", &now);
    write_vendors(json, "installed_ever", &ever);
}

/* True where the asset's same software goes on when this agent ends, only otherwise: kept out, say. */
static bool goes_on(const struct scenario *scenario, const struct asset *asset,
                    const struct agent *agent)
{
    for (size_t i = 0; i < scenario->agent_count; i++) {
        const struct agent *other = &scenario->agents[i];
        if (other != agent && has_agent(asset, other) &&
            strcmp(other->vendor, agent->vendor) == 0 && other->from_ns <= agent->until_ns &&
            other->until_ns > agent->until_ns)
            return true;
    }
    return false;
}

/* True where an earlier agent of the same vendor was removed from the asset. */
static bool is_back(const struct scenario *scenario, const struct asset *asset,
                    const struct agent *agent)
{
    for (size_t i = 0; i < scenario->agent_count; i++) {
        const struct agent *other = &scenario->agents[i];
        if (other != agent && has_agent(asset, other) &&
            strcmp(other->vendor, agent->vendor) == 0 && other->until_ns < agent->from_ns)
            return true;
    }
    return false;
}

static void write_agent(struct json *json, const struct truth_tally *tally,
                        const struct asset *asset, size_t index)
{
    const struct scenario *scenario = tally->scenario;
    const struct agent *agent = &scenario->agents[index];
    const struct cell *cell = cell_of(tally, asset, index);
    char text[ADDR_TEXT_MAX];
    json_open_object(json, NULL);
    json_text(json, "vendor", agent->vendor);
    json_text(json, "name", agent->name);
    if (agent->from_ns > 0)
        truth_add_time(json, "added_at", scenario->start_ns + agent->from_ns);
    if (is_back(scenario, asset, agent))
        json_bool(json, "returned", true);
    if (ends(scenario, agent) && !goes_on(scenario, asset, agent))
        truth_add_time(json, "removed_at", scenario->start_ns + agent->until_ns);
    json_text(json, "replaced_by", agent->replaced_by);
    if (agent->blocked != BLOCK_NONE)
        json_text(json, "blocked", agent_block_text(agent->blocked));
    if (agent->has_proxy) {
        (void)addr_text(&agent->proxy, text);
        json_text(json, "proxy", text);
    }
    json_u64(json, "starts", cell->starts);
    if (cell->starts > 0) {
        truth_add_time(json, "first_ts", cell->first_ns);
        truth_add_time(json, "last_ts", cell->last_ns);
    }
    json_close_object(json);
}

static void write_agents(struct json *json, const struct truth_tally *tally,
                         const struct asset *asset)
{
    const struct scenario *scenario = tally->scenario;
    json_open_array(json, "agents");
    for (size_t i = 0; i < scenario->agent_count; i++)
        if (has_agent(asset, &scenario->agents[i]))
            write_agent(json, tally, asset, i);
    json_close_array(json);
}

/* Collects the vendors for which anybody speaks. */
static void add_spoken(const struct scenario *scenario, struct vendors *vendors)
{
    for (size_t i = 0; i < scenario->machine_count; i++)
        add_all(vendors, scenario->machines[i].behind_vendors, scenario->machines[i].behind_count);
    for (size_t i = 0; i < scenario->agent_count; i++)
        if (scenario->agents[i].has_proxy && scenario->agents[i].vendor != NULL)
            add_vendor(vendors, scenario->agents[i].vendor);
}

static void write_speaks_for(struct json *json, const struct scenario *scenario,
                             const struct asset *asset)
{
    struct vendors vendors = {0};
    add_spoken(scenario, &vendors);
    json_open_array(json, "speaks_for");
    for (size_t i = 0; i < vendors.count; i++) {
        uint64_t clients = count_clients(scenario, asset, vendors.ids[i]);
        if (clients == 0)
            continue;
        json_open_object(json, NULL);
        json_text(json, "vendor", vendors.ids[i]);
        json_u64(json, "clients", clients);
        json_close_object(json);
    }
    json_close_array(json);
}

static void write_behind(struct json *json, const struct scenario *scenario,
                         const struct machine *machine)
{
    char text[ADDR_TEXT_MAX];
    for (unsigned i = 0; i < machine->behind_count; i++) {
        json_open_object(json, NULL);
        json_text(json, "vendor", machine->behind_vendors[i]);
        for (size_t j = 0; j < scenario->asset_count; j++) {
            if (strcmp(scenario->assets[j].name, machine->behind_servers[i]) != 0)
                continue;
            (void)addr_text(&scenario->assets[j].addr, text);
            json_text(json, "server", text);
        }
        json_close_object(json);
    }
}

static void write_said(struct json *json, const struct scenario *scenario,
                       const struct asset *asset)
{
    struct vendors embedded = {0}, decoys = {0};
    const char *role = NULL;
    json_open_array(json, "behind");
    for (size_t i = 0; i < scenario->machine_count; i++) {
        const struct machine *machine = &scenario->machines[i];
        if (!asset_is_of(asset, machine->who, machine->who_count))
            continue;
        role = machine->role != NULL ? machine->role : role;
        add_all(&embedded, machine->embedded, machine->embedded_count);
        add_all(&decoys, machine->decoys, machine->decoy_count);
        write_behind(json, scenario, machine);
    }
    json_close_array(json);
    json_text(json, "role", role);
    write_vendors(json, "embedded", &embedded);
    write_vendors(json, "decoys", &decoys);
}

void truth_write_machines(struct truth_file *truth, const struct scenario *scenario,
                          const struct truth_tally *tally)
{
    if (scenario->agent_count == 0 && scenario->machine_count == 0)
        return;
    for (size_t i = 0; i < scenario->asset_count; i++) {
        const struct asset *asset = &scenario->assets[i];
        struct json json = {.out = &truth->line};
        char text[ADDR_TEXT_MAX];
        json_open_object(&json, NULL);
        json_text(&json, "row", "machine");
        json_text(&json, "asset", asset->name);
        (void)addr_text(&asset->addr, text);
        json_text(&json, "ip", text);
        if (asset->has6) {
            (void)addr_text(&asset->addr6, text);
            json_text(&json, "other_ip", text);
        }
        write_installed(&json, scenario, asset);
        write_agents(&json, tally, asset);
        write_speaks_for(&json, scenario, asset);
        write_said(&json, scenario, asset);
        json_close_object(&json);
        truth_flush(truth);
    }
}
