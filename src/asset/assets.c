/* SPDX-License-Identifier: Apache-2.0 */
/* From observations to verdicts and changes.
 *
 * Every observation goes into the facts of (machine, vendor); chance.c then weighs them, and decide() moves the state:
 *
 *     candidate -> installed <-> quiet -> removed -> returned <-> quiet -> removed ...
 *
 * A verdict once sure stays sure: what made it so does not become untrue, and only silence ends it.  Silence is looked at by
 * assets_tick(), in the order of first sight.  Changes wait in a queue by reference; the verdict is written when it is taken.
 *
 * Who speaks: contacts through a proxy are the client's agent's, and the proxy speaks for those that asked for the vendor
 * through it.  What no client asked for is the proxy's own, for a request to a proxy says in the clear for whom it is, so a sensor
 * that sees a machine serve as one sees what for.  A gateway hides its clients, so all it says is theirs.  A resolver's look-ups
 * are its clients'. */
#include "asset/assets.h"

#include <stdlib.h>
#include <string.h>

#include "asset/around.h"
#include "base/memory.h"
#include "base/time.h"

#define REMOVED_AFTER_NS NS_PER_DAY
#define UNSEEN_NS        (7 * NS_PER_DAY)
#define OCCASION_NS      (300 * NS_PER_S)

enum {
    REMOVED_HOURS = 6, /* of presence, at least */
    FIRST_CHANGES = 16,
    CHANGES_MAX = 1 << 20, /* that nobody fetched */
    LOOKUP_OCCASIONS = 2   /* with fewer by flow, look-ups are the agent's way to speak */
};

static const double quiet_below = 0.05, regular_below = 0.01;
/* Of this silence, and of all silences that the agent has had occasion for. */
static const double removed_below = 0.001, removed_in_all = 0.003;

struct change {
    int64_t ts_ns;
    struct addr asset;
    const struct vendor *vendor;
    enum asset_change_kind kind;
};

struct assets {
    struct table table;
    struct change *changes; /* owned; a queue from `changes_first` on */
    size_t changes_first, changes_count, changes_capacity;
    int32_t tick_hour;
    bool ticked;
};

struct assets *assets_new(const struct assets_options *options)
{
    struct assets *assets = mem_zeroed(1, sizeof *assets);
    asset_table_init(&assets->table, options);
    return assets;
}

void assets_free(struct assets *assets)
{
    if (assets == NULL)
        return;
    asset_table_done(&assets->table);
    free(assets->changes);
    free(assets);
}

/* --- Changes ----------------------------------------------------------------------------------- */

static void count_change(struct assets_counters *counters, enum asset_change_kind kind)
{
    counters->installed += kind == ASSET_INSTALLED;
    counters->removed += kind == ASSET_REMOVED;
    counters->returned += kind == ASSET_RETURNED;
    counters->replaced += kind == ASSET_REPLACED;
}

/* Makes room behind the last change of the queue. */
static void make_room(struct assets *assets)
{
    if (assets->changes_first + assets->changes_count < assets->changes_capacity)
        return;
    if (assets->changes_first > 0) {
        memmove(assets->changes, assets->changes + assets->changes_first,
                assets->changes_count * sizeof *assets->changes);
        assets->changes_first = 0;
        return;
    }
    size_t grown = assets->changes_capacity == 0 ? FIRST_CHANGES : assets->changes_capacity * 2;
    assets->changes = mem_resize(assets->changes, grown, sizeof *assets->changes);
    assets->changes_capacity = grown;
}

static void push(struct assets *assets, enum asset_change_kind kind, struct facts *facts,
                 int64_t ts_ns)
{
    count_change(&assets->table.counters, kind);
    facts->told_blocked = facts->blocked;
    if (assets->changes_count == CHANGES_MAX || facts->pending == UINT8_MAX) {
        assets->table.counters.lost_changes++;
        return;
    }
    make_room(assets);
    facts->pending++;
    assets->changes[assets->changes_first + assets->changes_count++] =
        (struct change){.ts_ns = ts_ns,
                        .asset = asset_table_asset(&assets->table, facts->asset)->addr,
                        .vendor = facts->vendor,
                        .kind = kind};
}

/* --- Decisions --------------------------------------------------------------------------------- */

static bool is_sure(const struct facts *facts)
{
    return facts->state != VERDICT_CANDIDATE;
}

static void link_replacement(struct assets *assets, struct facts *newer, struct facts *gone,
                             int64_t ts_ns)
{
    if (!around_replaces(newer, gone))
        return;
    gone->replaced_by = newer->vendor;
    newer->replaces = gone->vendor;
    push(assets, ASSET_REPLACED, gone, ts_ns);
}

/* Looks for what `facts` replaced, or what replaced it. */
static void look_for_replacement(struct assets *assets, struct facts *facts, int64_t ts_ns)
{
    for (uint32_t i = asset_table_asset(&assets->table, facts->asset)->facts; i != TABLE_NONE;
         i = asset_table_facts(&assets->table, i)->next) {
        struct facts *other = asset_table_facts(&assets->table, i);
        link_replacement(assets, facts, other, ts_ns);
        link_replacement(assets, other, facts, ts_ns);
    }
}

/* A sign of life ends silence and removal. */
static void revive(struct assets *assets, struct facts *facts, int64_t ts_ns)
{
    if (facts->state == VERDICT_QUIET)
        facts->state = facts->removed_ns != 0 ? VERDICT_RETURNED : VERDICT_INSTALLED;
    if (facts->state != VERDICT_REMOVED)
        return;
    facts->state = VERDICT_RETURNED;
    silence_begin(&facts->silence, asset_table_asset(&assets->table, facts->asset)->presence.hours);
    push(assets, ASSET_RETURNED, facts, ts_ns);
}

static void decide(struct assets *assets, struct facts *facts, int64_t ts_ns)
{
    struct surroundings around;
    around_fill(&assets->table, facts, &around, NULL);
    struct chance chance;
    chance_weigh(facts, &around, &chance);
    bool other_role = facts->role != chance.role;
    facts->probability = (float)chance.probability;
    facts->role = (uint8_t)chance.role;
    if (is_sure(facts)) {
        if (other_role)
            push(assets, ASSET_UPDATED, facts, ts_ns);
        return;
    }
    if (chance.probability < assets->table.options.installed)
        return;
    facts->state = VERDICT_INSTALLED;
    facts->since_ns = ts_ns;
    asset_table_sort(&assets->table, facts->asset);
    push(assets, ASSET_INSTALLED, facts, ts_ns);
    look_for_replacement(assets, facts, ts_ns);
}

/* --- Observations ------------------------------------------------------------------------------ */

/* Notes that the machine was there; returns its number. */
static uint32_t note_presence(struct assets *assets, const struct addr *addr, int64_t ts_ns,
                              bool flow)
{
    uint32_t number = asset_table_make(&assets->table, addr, ts_ns);
    struct asset *asset = asset_table_asset(&assets->table, number);
    int32_t ended = asset->presence.hour;
    enum presence_step step = presence_note(&asset->presence, ts_ns, flow);
    if (step != PRESENCE_SAME || ts_ns > asset->last_ns)
        asset->last_ns = ts_ns;
    if (step == PRESENCE_SAME)
        return number;
    asset_table_touch(&assets->table, number);
    for (uint32_t i = asset->facts; step == PRESENCE_CALM && i != TABLE_NONE;
         i = asset_table_facts(&assets->table, i)->next)
        facts_add_calm(asset_table_facts(&assets->table, i), ended);
    return number;
}

void assets_seen(struct assets *assets, const struct addr *asset, int64_t ts_ns, const uint8_t *mac)
{
    uint32_t number = note_presence(assets, asset, ts_ns, true);
    if (mac == NULL)
        return;
    struct asset *record = asset_table_asset(&assets->table, number);
    record->has_mac = true;
    memcpy(record->mac, mac, sizeof record->mac);
}

int64_t assets_uptime(const struct assets *assets, const struct addr *asset)
{
    uint32_t number = asset_table_find(&assets->table, asset);
    return number != TABLE_NONE ? asset_table_asset(&assets->table, number)->presence.up_ns : 0;
}

static void note_life(struct assets *assets, struct facts *facts)
{
    uint32_t hours = asset_table_asset(&assets->table, facts->asset)->presence.hours;
    if (facts->silence.latest == 0)
        silence_begin(&facts->silence, hours);
    else
        silence_note(&facts->silence, hours);
}

void assets_contact(struct assets *assets, const struct asset_contact *contact)
{
    uint32_t asset = note_presence(assets, &contact->asset, contact->ts_ns, false);
    if (contact->lookup && asset_table_asset(&assets->table, asset)->resolver)
        return;
    uint32_t number =
        asset_table_make_facts(&assets->table, asset, contact->vendor, contact->ts_ns);
    struct facts *facts = asset_table_facts(&assets->table, number);
    if (!facts_add(facts, contact))
        return;
    if (contact->first) {
        note_life(assets, facts);
        if (!contact->lookup || facts->contact_occasions < LOOKUP_OCCASIONS)
            revive(assets, facts, contact->ts_ns);
    }
    decide(assets, facts, contact->ts_ns);
}

/* Returns what is known of the vendor on the machine, or NULL. */
static struct facts *find(const struct assets *assets, const struct addr *addr,
                          const struct vendor *vendor)
{
    uint32_t asset = asset_table_find(&assets->table, addr);
    if (asset == TABLE_NONE)
        return NULL;
    uint32_t number = asset_table_find_facts(&assets->table, asset, vendor);
    return number != TABLE_NONE ? asset_table_facts(&assets->table, number) : NULL;
}

/* A page left open beats too. */
static bool is_product(const struct service *service)
{
    return service == NULL || (!service->browser && service->purpose != PURPOSE_VENDOR_SUFFIX &&
                               service->purpose != PURPOSE_PKI);
}

void assets_beacon(struct assets *assets, const struct asset_beacon *beacon)
{
    struct facts *facts = find(assets, &beacon->asset, beacon->vendor);
    if (facts == NULL || beacon->p_value > regular_below || !is_product(beacon->service))
        return;
    if (facts->contacts == 0 && facts->lookups == 0)
        return;
    if ((float)beacon->p_value < facts->beacon_p || facts->period_ns == 0) {
        facts->beacon_p = (float)beacon->p_value;
        facts->period_ns = beacon->period_ns;
    }
    decide(assets, facts, beacon->ts_ns);
}

void assets_upload(struct assets *assets, const struct addr *asset, const struct vendor *vendor,
                   const struct service *service, int64_t ts_ns)
{
    struct facts *facts = find(assets, asset, vendor);
    if (facts == NULL || !is_product(service) || facts->contacts == 0)
        return;
    if (facts->uploads < UINT16_MAX)
        facts->uploads++;
    decide(assets, facts, ts_ns);
}

/* --- Who stands before whom -------------------------------------------------------------------- */

/* The web's ports carry anything. */
static bool is_web_port(uint16_t port)
{
    static const uint16_t ports[] = {0, 53, 80, 443, 3128, 8000, 8080, 8443};
    for (size_t i = 0; i < COUNT_OF(ports); i++)
        if (ports[i] == port)
            return true;
    return false;
}

static void note_use(struct relation *relation, uint16_t port, int64_t ts_ns)
{
    unsigned place = 0;
    while (place < RELATION_PORTS && relation->ports[place] != 0 && relation->ports[place] != port)
        place++;
    if (place < RELATION_PORTS)
        relation->ports[place] = port;
    int64_t away_ns = ts_ns - relation->occasion_ns;
    if (relation->occasions == 0 || away_ns >= OCCASION_NS || away_ns <= -OCCASION_NS) {
        relation->occasion_ns = ts_ns;
        if (relation->occasions < UINT16_MAX)
            relation->occasions++;
    }
    int32_t hour = presence_hour(ts_ns);
    if (relation->hours == 0 || presence_moves(relation->hour, hour)) {
        relation->hour = hour;
        if (relation->hours < UINT16_MAX)
            relation->hours++;
    }
}

/* The client of a vendor's internal service has the product. */
static void add_use(struct assets *assets, const struct asset_standing *standing, uint32_t client,
                    uint32_t relation)
{
    note_use(asset_table_relation(&assets->table, relation), standing->port, standing->ts_ns);
    uint32_t number =
        asset_table_make_facts(&assets->table, client, standing->vendor, standing->ts_ns);
    struct facts *facts = asset_table_facts(&assets->table, number);
    if (standing->ts_ns > facts->last_ns)
        facts->last_ns = standing->ts_ns;
    if (standing->service != NULL)
        facts_add_service(facts, standing->service);
    note_life(assets, facts);
    revive(assets, facts, standing->ts_ns);
    decide(assets, facts, standing->ts_ns);
}

void assets_stand_before(struct assets *assets, const struct asset_standing *standing)
{
    if (addr_equal(&standing->server, &standing->client))
        return;
    if (standing->kind == ASSET_STAND_SERVICE &&
        (standing->vendor == NULL || is_web_port(standing->port)))
        return;
    (void)note_presence(assets, &standing->server, standing->ts_ns, false);
    uint32_t client = note_presence(assets, &standing->client, standing->ts_ns, false);
    uint32_t server = asset_table_find(&assets->table, &standing->server);
    if (server == TABLE_NONE) /* the client took its place */
        return;
    struct asset *record = asset_table_asset(&assets->table, server);
    record->resolver = record->resolver || standing->kind == ASSET_STAND_RESOLVER;
    record->gateway = record->gateway || standing->kind == ASSET_STAND_GATEWAY;
    bool forwards = standing->kind == ASSET_STAND_GATEWAY;
    const struct vendor *vendor = forwards ? NULL : standing->vendor;
    if (standing->kind == ASSET_STAND_RESOLVER || (vendor == NULL && !forwards))
        return;
    uint32_t relation = asset_table_relate(&assets->table, server, client, vendor, standing->ts_ns);
    if (standing->kind == ASSET_STAND_SERVICE)
        add_use(assets, standing, client, relation);
    uint32_t facts = asset_table_find_facts(&assets->table, server, standing->vendor);
    if (standing->vendor != NULL && facts != TABLE_NONE)
        decide(assets, asset_table_facts(&assets->table, facts), standing->ts_ns);
}

/* --- Silence ----------------------------------------------------------------------------------- */

static void remove_silent(struct assets *assets, struct facts *facts, int64_t now_ns)
{
    facts->state = VERDICT_REMOVED;
    facts->removed_ns = now_ns;
    push(assets, ASSET_REMOVED, facts, now_ns);
    look_for_replacement(assets, facts, now_ns);
}

static void judge_silence(struct assets *assets, struct facts *facts, int64_t now_ns)
{
    const struct asset *asset = asset_table_asset(&assets->table, facts->asset);
    uint32_t hours = asset->presence.hours;
    double expected = 0.0;
    double chance = silence_chance(&facts->silence, hours, &expected);
    uint32_t silent = hours - facts->silence.latest;
    bool long_enough = now_ns >= time_add(facts->last_ns, REMOVED_AFTER_NS) &&
                       silent >= REMOVED_HOURS && silent >= 2U * facts->silence.longest;
    bool beyond_chance = chance < removed_below && chance * facts->silence.events < removed_in_all;
    if (beyond_chance && long_enough)
        remove_silent(assets, facts, now_ns);
    else if (chance < quiet_below || now_ns >= time_add(asset->last_ns, UNSEEN_NS))
        facts->state = VERDICT_QUIET;
    if (facts->blocked != facts->told_blocked)
        push(assets, ASSET_UPDATED, facts, now_ns);
}

static void judge_all(struct assets *assets, int64_t now_ns)
{
    const struct table *table = &assets->table;
    for (uint32_t i = table->first; i != TABLE_NONE; i = asset_table_asset(table, i)->after) {
        if (asset_table_asset(table, i)->class != CLASS_SURE)
            continue;
        for (uint32_t j = asset_table_asset(table, i)->facts; j != TABLE_NONE;
             j = asset_table_facts(table, j)->next) {
            struct facts *facts = asset_table_facts(table, j);
            if (is_sure(facts) && facts->state != VERDICT_REMOVED)
                judge_silence(assets, facts, now_ns);
        }
    }
}

void assets_tick(struct assets *assets, int64_t now_ns)
{
    int32_t hour = presence_hour(now_ns);
    if (assets->ticked && !presence_moves(assets->tick_hour, hour))
        return;
    assets->ticked = true;
    assets->tick_hour = hour;
    judge_all(assets, now_ns);
}

void assets_finish(struct assets *assets, int64_t now_ns)
{
    judge_all(assets, now_ns);
}

/* --- Handing out ------------------------------------------------------------------------------- */

static void fill_product(const struct facts *facts, struct verdict *verdict)
{
    const struct service *product = facts_product(facts);
    if (product != NULL) {
        verdict->product = product->product_name;
        verdict->product_kind = product->product_kind;
    }
    if (verdict->role == VERDICT_EMBEDDED)
        verdict->embedded = facts->embedded;
}

static void fill_verdict(const struct assets *assets, const struct facts *facts,
                         struct verdict *ret_verdict)
{
    const struct asset *asset = asset_table_asset(&assets->table, facts->asset);
    struct surroundings around;
    uint32_t speaker = TABLE_NONE;
    around_fill(&assets->table, facts, &around, &speaker);
    struct chance chance;
    chance_weigh(facts, &around, &chance);
    *ret_verdict = (struct verdict){.asset = asset->addr,
                                    .has_mac = asset->has_mac,
                                    .vendor = facts->vendor,
                                    .role = chance.role,
                                    .state = facts->state,
                                    .blocked = facts->blocked,
                                    .probability = chance.probability,
                                    .contacts = facts->contacts,
                                    .lookups = facts->lookups,
                                    .first_ns = facts->first_ns,
                                    .last_ns = facts->last_ns,
                                    .since_ns = facts->since_ns,
                                    .bytes_out = facts->bytes_out,
                                    .bytes_in = facts->bytes_in,
                                    .removed_ns = facts->removed_ns,
                                    .replaced_by = facts->replaced_by,
                                    .replaces = facts->replaces};
    memcpy(ret_verdict->mac, asset->mac, sizeof asset->mac);
    ret_verdict->reason_count = chance_explain(facts, &around, &chance, ret_verdict->reasons);
    fill_product(facts, ret_verdict);
    if (chance.role == VERDICT_SPEAKS_FOR)
        ret_verdict->behind = facts->behind + asset_table_clients(&assets->table, facts->asset);
    if (chance.role == VERDICT_BEHIND && speaker != TABLE_NONE) {
        ret_verdict->has_speaker = true;
        ret_verdict->speaker = asset_table_asset(&assets->table, speaker)->addr;
    }
    ret_verdict->silence =
        silence_chance(&facts->silence, asset->presence.hours, &ret_verdict->expected);
}

bool assets_next_change(struct assets *assets, struct asset_change *ret_change)
{
    while (assets->changes_count > 0) {
        struct change change = assets->changes[assets->changes_first++];
        if (--assets->changes_count == 0)
            assets->changes_first = 0;
        struct facts *facts = find(assets, &change.asset, change.vendor);
        if (facts == NULL || facts->pending == 0) /* evicted, and counted then */
            continue;
        facts->pending--;
        ret_change->kind = change.kind;
        ret_change->ts_ns = change.ts_ns;
        fill_verdict(assets, facts, &ret_change->verdict);
        return true;
    }
    return false;
}

bool assets_next_verdict(const struct assets *assets, struct assets_place *place,
                         struct verdict *ret_verdict)
{
    const struct table *table = &assets->table;
    uint32_t asset = place->started ? place->asset : table->first;
    uint32_t facts = place->started        ? asset_table_facts(table, place->verdict)->next
                     : asset != TABLE_NONE ? asset_table_asset(table, asset)->facts
                                           : TABLE_NONE;
    while (asset != TABLE_NONE && facts == TABLE_NONE) {
        asset = asset_table_asset(table, asset)->after;
        facts = asset != TABLE_NONE ? asset_table_asset(table, asset)->facts : TABLE_NONE;
    }
    if (asset == TABLE_NONE)
        return false;
    *place = (struct assets_place){.asset = asset, .verdict = facts, .started = true};
    fill_verdict(assets, asset_table_facts(table, facts), ret_verdict);
    return true;
}

bool assets_find(const struct assets *assets, const struct addr *asset, const struct vendor *vendor,
                 struct verdict *ret_verdict)
{
    const struct facts *facts = find(assets, asset, vendor);
    if (facts == NULL)
        return false;
    fill_verdict(assets, facts, ret_verdict);
    return true;
}

const struct assets_counters *assets_counters(const struct assets *assets)
{
    return &assets->table.counters;
}

size_t assets_bytes(const struct assets *assets)
{
    return asset_table_bytes(&assets->table) + assets->changes_capacity * sizeof *assets->changes;
}
