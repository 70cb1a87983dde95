/* SPDX-License-Identifier: Apache-2.0 */
/* Reads agents and machines: whose software is where, since when, and what else is true of a machine.
 *
 * An agent brings a list of activities, its own or those of a profile, a file that several scenarios
 * share.  Each becomes an ordinary activity of the scenario that the agent changes: when it may
 * happen, through which proxy, and what the firewall or the resolver makes of it. */
#include <stdlib.h>
#include <string.h>

#include "agent.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/time.h"
#include "reader.h"

enum {
    SCALE_MAX = 1000
};

static const char *const block_words[] = {"none",     "refused", "unanswered", "nxdomain",
                                          "servfail", "silence", "sinkhole",   NULL};

const char *agent_block_text(enum agent_block block)
{
    return block_words[block];
}

/* Returns the profile `name`, read once: `<folder of the scenario>/<profiles>/<name>.yaml`. */
static const struct yaml_file *profile_of(struct scenario *scenario, const char *name,
                                          struct error *err)
{
    struct text path = {0};
    const char *folder = strrchr(scenario->file.path, '/');
    if (folder != NULL)
        text_add_bytes(&path, scenario->file.path, (size_t)(folder - scenario->file.path) + 1);
    text_add(&path, scenario->profile_folder);
    text_addf(&path, "/%s.yaml", name);
    struct profile *profile = scenario->profiles;
    while (profile != NULL && strcmp(profile->file.path, path.data) != 0)
        profile = profile->next;
    if (profile == NULL) {
        profile = mem_zeroed(1, sizeof *profile);
        if (yaml_read(&profile->file, path.data, err)) {
            profile->next = scenario->profiles;
            scenario->profiles = profile;
        } else {
            free(profile);
            profile = NULL;
        }
    }
    text_done(&path);
    return profile != NULL ? &profile->file : NULL;
}

/* Turns what the resolver would say, or the firewall do, into the activity's own plan. */
static void apply_block(struct activity *activity, enum agent_block block)
{
    static const enum dns_result results[] = {[BLOCK_NXDOMAIN] = DNS_NXDOMAIN,
                                              [BLOCK_SERVFAIL] = DNS_SERVFAIL,
                                              [BLOCK_SILENCE] = DNS_SILENCE};
    if (block == BLOCK_NONE)
        return;
    if (block == BLOCK_REFUSED) {
        activity->result = RESULT_REFUSED;
        return;
    }
    if (block == BLOCK_UNANSWERED || activity->name == NULL) {
        activity->result = RESULT_UNANSWERED;
        return;
    }
    if (block == BLOCK_SINKHOLE) {
        static const uint8_t nowhere[4] = {0};
        activity->addrs[0] = addr_from4(nowhere);
        activity->addr_count = 1;
        return;
    }
    activity->dns.result = results[block];
}

static bool passes_proxy(enum activity_kind kind)
{
    return kind == ACTIVITY_TLS || kind == ACTIVITY_HTTP || kind == ACTIVITY_OPAQUE_TCP;
}

static void apply_agent(const struct scenario *scenario, const struct agent *agent,
                        struct activity *activity)
{
    struct timing *timing = &activity->timing;
    int64_t stop_ns = time_add(agent->from_ns, timing->stop_ns);
    activity->agent = scenario->agent_count; /* the last one, plus 1 */
    activity->vendor = agent->name;
    activity->vendor_id = agent->vendor;
    memcpy(activity->who, agent->who, sizeof activity->who);
    activity->who_count = agent->who_count;
    timing->from_ns = agent->from_ns;
    timing->stop_ns = stop_ns < agent->until_ns ? stop_ns : agent->until_ns;
    timing->every_ns = (int64_t)((double)timing->every_ns * agent->scale);
    apply_block(activity, agent->blocked);
    if (agent->has_proxy) {
        activity->has_proxy = true;
        activity->proxy = agent->proxy;
        activity->proxy_port = agent->proxy_port;
        activity->http.absolute = true;
    }
}

static bool add_agent_activity(struct scenario *scenario, const struct agent *agent,
                               const struct yaml_node *node, struct error *err)
{
    struct activity activity;
    if (yaml_expect(scenario->source, node, YAML_MAP, err) &&
        (yaml_get(node, "who") != NULL || yaml_get(node, "vendor") != NULL))
        return yaml_error(scenario->source, node, err, "'who' and 'vendor' are the agent's");
    if (!scenario_read_activity(scenario, node, &activity, err))
        return false;
    if (yaml_get(node, "expect") == NULL)
        activity.contact = agent->vendor != NULL && !activity.decoy;
    if (agent->has_proxy && !passes_proxy(activity.kind))
        return true;
    apply_agent(scenario, agent, &activity);
    if (!scenario_check_who(scenario, node, &activity, err))
        return false;
    scenario_add_activity(scenario, &activity);
    return true;
}

/* Reads `activities` of `map`, a profile or the agent's own entry in scenario->source. */
static bool add_agent_activities(struct scenario *scenario, const struct agent *agent,
                                 const struct yaml_node *map, struct error *err)
{
    const struct yaml_node *list = yaml_get(map, "activities");
    if (list == NULL)
        return true;
    if (!yaml_expect(scenario->source, list, YAML_LIST, err))
        return false;
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next)
        if (!add_agent_activity(scenario, agent, node, err))
            return false;
    return true;
}

static bool read_profile(const struct yaml_file *profile, struct agent *agent, struct error *err)
{
    static const char *const keys[] = {"vendor", "name", "activities", NULL};
    struct reader reader = reader_of(profile, profile->root, keys, err);
    read_id(&reader, "vendor", &agent->vendor);
    read_text(&reader, "name", &agent->name);
    return !reader.bad;
}

static void read_agent(struct reader *reader, struct agent *agent)
{
    unsigned blocked = 0, proxy_port = agent->proxy_port;
    read_texts(reader, "who", agent->who, ACTIVITY_WHO_MAX, &agent->who_count);
    read_id(reader, "vendor", &agent->vendor);
    read_text(reader, "name", &agent->name);
    read_duration(reader, "from", &agent->from_ns);
    read_duration(reader, "until", &agent->until_ns);
    read_share(reader, "scale", SCALE_MAX, &agent->scale);
    read_choice(reader, "blocked", block_words, &blocked);
    read_addr(reader, "proxy", &agent->proxy);
    read_unsigned(reader, "proxy_port", 65535, &proxy_port);
    read_id(reader, "replaced_by", &agent->replaced_by);
    agent->blocked = (enum agent_block)blocked;
    agent->proxy_port = (uint16_t)proxy_port;
    if (!reader->bad && (agent->from_ns < 0 || agent->until_ns <= agent->from_ns))
        reader_fail(reader, reader->map, "'until' is after 'from', and neither is negative");
    if (!reader->bad && agent->scale < 0.01)
        reader_fail(reader, reader->map, "'scale' is at least 0.01");
}

bool scenario_add_agent(struct scenario *scenario, const struct yaml_node *node, struct error *err)
{
    static const char *const keys[] = {
        "profile", "vendor", "name",        "who",        "from",       "until", "scale",
        "blocked", "proxy",  "replaced_by", "proxy_port", "activities", NULL};
    struct reader reader = reader_of(&scenario->file, node, keys, err);
    struct agent agent = {.until_ns = INT64_MAX, .scale = 1.0, .proxy_port = 3128};
    const char *name = NULL;
    read_text(&reader, "profile", &name);
    if (reader.bad)
        return false;
    const struct yaml_file *profile = name != NULL ? profile_of(scenario, name, err) : NULL;
    if (name != NULL && (profile == NULL || !read_profile(profile, &agent, err)))
        return false;
    read_agent(&reader, &agent);
    if (reader.bad)
        return false;
    agent.has_proxy = yaml_get(node, "proxy") != NULL;
    struct activity anybody = {.who_count = agent.who_count};
    memcpy(anybody.who, agent.who, sizeof anybody.who);
    if (!scenario_check_who(scenario, node, &anybody, err))
        return false;
    scenario->agents =
        mem_resize(scenario->agents, scenario->agent_count + 1, sizeof *scenario->agents);
    scenario->agents[scenario->agent_count++] = agent;
    scenario->source = profile != NULL ? profile : &scenario->file;
    bool ok = profile == NULL || add_agent_activities(scenario, &agent, profile->root, err);
    scenario->source = &scenario->file;
    return ok && add_agent_activities(scenario, &agent, node, err);
}

static bool has_asset(const struct scenario *scenario, const char *name)
{
    for (size_t i = 0; i < scenario->asset_count; i++)
        if (strcmp(scenario->assets[i].name, name) == 0)
            return true;
    return false;
}

static bool read_behind(const struct scenario *scenario, const struct yaml_node *list,
                        struct machine *machine, struct error *err)
{
    static const char *const keys[] = {"vendor", "server", NULL};
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next) {
        if (machine->behind_count == MACHINE_VENDORS_MAX)
            return yaml_error(&scenario->file, node, err, "too many entries");
        const char *vendor = NULL, *server = NULL;
        struct reader reader = reader_of(&scenario->file, node, keys, err);
        read_id(&reader, "vendor", &vendor);
        read_text(&reader, "server", &server);
        if (reader.bad)
            return false;
        if (vendor == NULL || server == NULL || !has_asset(scenario, server))
            return yaml_error(&scenario->file, node, err,
                              "'behind' needs 'vendor' and 'server', the name of an asset");
        machine->behind_vendors[machine->behind_count] = vendor;
        machine->behind_servers[machine->behind_count++] = server;
    }
    return true;
}

bool scenario_add_machine(struct scenario *scenario, const struct yaml_node *node,
                          struct error *err)
{
    static const char *const keys[] = {"who",    "role",   "installed", "embedded",
                                       "behind", "decoys", NULL};
    struct reader reader = reader_of(&scenario->file, node, keys, err);
    struct machine machine = {0};
    read_texts(&reader, "who", machine.who, ACTIVITY_WHO_MAX, &machine.who_count);
    read_text(&reader, "role", &machine.role);
    read_ids(&reader, "installed", machine.installed, MACHINE_VENDORS_MAX,
             &machine.installed_count);
    read_ids(&reader, "embedded", machine.embedded, MACHINE_VENDORS_MAX, &machine.embedded_count);
    read_ids(&reader, "decoys", machine.decoys, MACHINE_VENDORS_MAX, &machine.decoy_count);
    const struct yaml_node *behind = read_list(&reader, "behind");
    if (reader.bad || (behind != NULL && !read_behind(scenario, behind, &machine, err)))
        return false;
    struct activity anybody = {.who_count = machine.who_count};
    memcpy(anybody.who, machine.who, sizeof anybody.who);
    if (!scenario_check_who(scenario, node, &anybody, err))
        return false;
    scenario->machines =
        mem_resize(scenario->machines, scenario->machine_count + 1, sizeof *scenario->machines);
    scenario->machines[scenario->machine_count++] = machine;
    return true;
}
