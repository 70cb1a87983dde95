/* SPDX-License-Identifier: Apache-2.0 */
/* The tables.
 *
 * Machines, facts and relations stand in three arrays and refer to each other by number, which is half of a pointer and survives
 * growth.  A machine is found through base/index.h.  Lists: all machines by first sight (reports); those of one class by last
 * sight (eviction); a machine's facts by first contact; a relation in its server's and its client's list.
 *
 * Invariants: (1) no list's order hangs on a hash; (2) a machine goes with its facts and relations; (3) a server's facts count
 * in `behind` the relations of its list with their vendor.
 *
 * Eviction takes the machine unseen longest of the lowest class.  Last sight moves by hours only, so that a flow costs a
 * look-up and no more.  A machine is 80 bytes and 12 of index, facts are 290, a relation is 64. */
#include "asset/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"

enum {
    FIRST_RECORDS = 16
};

/* --- Slots ------------------------------------------------------------------------------------- */

static uint32_t slots_take(struct slots *slots, size_t size)
{
    if (slots->free_count > 0)
        return slots->free[--slots->free_count];
    if (slots->count == slots->capacity) {
        uint32_t grown = slots->capacity < FIRST_RECORDS ? FIRST_RECORDS : slots->capacity / 2 * 3;
        slots->records = mem_resize(slots->records, grown, size);
        slots->free = mem_resize(slots->free, grown, sizeof *slots->free);
        slots->capacity = grown;
    }
    return slots->count++;
}

static void slots_give(struct slots *slots, uint32_t number)
{
    slots->free[slots->free_count++] = number;
}

static void slots_done(struct slots *slots)
{
    free(slots->records);
    free(slots->free);
}

struct asset *asset_table_asset(const struct table *table, uint32_t number)
{
    return (struct asset *)table->assets.records + number;
}

struct facts *asset_table_facts(const struct table *table, uint32_t number)
{
    return (struct facts *)table->facts.records + number;
}

struct relation *asset_table_relation(const struct table *table, uint32_t number)
{
    return (struct relation *)table->relations.records + number;
}

void asset_table_init(struct table *table, const struct assets_options *options)
{
    *table = (struct table){.options = *options, .seed = hash_seed()};
    index_init(&table->index);
    table->first = table->last = TABLE_NONE;
    for (unsigned i = 0; i < CLASS_COUNT; i++)
        table->oldest[i] = table->newest[i] = TABLE_NONE;
}

void asset_table_done(struct table *table)
{
    index_done(&table->index);
    slots_done(&table->assets);
    slots_done(&table->facts);
    slots_done(&table->relations);
}

/* --- Lists of machines ------------------------------------------------------------------------- */

static void class_append(struct table *table, uint32_t number)
{
    struct asset *asset = asset_table_asset(table, number);
    uint32_t newest = table->newest[asset->class];
    asset->older = newest;
    asset->newer = TABLE_NONE;
    if (newest != TABLE_NONE)
        asset_table_asset(table, newest)->newer = number;
    else
        table->oldest[asset->class] = number;
    table->newest[asset->class] = number;
}

static void class_unlink(struct table *table, const struct asset *asset)
{
    if (asset->older != TABLE_NONE)
        asset_table_asset(table, asset->older)->newer = asset->newer;
    else
        table->oldest[asset->class] = asset->newer;
    if (asset->newer != TABLE_NONE)
        asset_table_asset(table, asset->newer)->older = asset->older;
    else
        table->newest[asset->class] = asset->older;
}

static void order_append(struct table *table, uint32_t number)
{
    struct asset *asset = asset_table_asset(table, number);
    asset->before = table->last;
    asset->after = TABLE_NONE;
    if (table->last != TABLE_NONE)
        asset_table_asset(table, table->last)->after = number;
    else
        table->first = number;
    table->last = number;
}

static void order_unlink(struct table *table, const struct asset *asset)
{
    if (asset->before != TABLE_NONE)
        asset_table_asset(table, asset->before)->after = asset->after;
    else
        table->first = asset->after;
    if (asset->after != TABLE_NONE)
        asset_table_asset(table, asset->after)->before = asset->before;
    else
        table->last = asset->before;
}

void asset_table_touch(struct table *table, uint32_t asset)
{
    class_unlink(table, asset_table_asset(table, asset));
    class_append(table, asset);
}

void asset_table_sort(struct table *table, uint32_t asset)
{
    struct asset *record = asset_table_asset(table, asset);
    uint8_t class = record->facts == TABLE_NONE ? CLASS_PLAIN : CLASS_CANDIDATE;
    for (uint32_t i = record->facts; i != TABLE_NONE; i = asset_table_facts(table, i)->next)
        if (asset_table_facts(table, i)->state != VERDICT_CANDIDATE)
            class = CLASS_SURE;
    if (class == record->class)
        return;
    class_unlink(table, record);
    record->class = class;
    class_append(table, asset);
}

/* --- Facts ------------------------------------------------------------------------------------- */

static void facts_release(struct table *table, uint32_t number)
{
    table->counters.lost_changes += asset_table_facts(table, number)->pending;
    asset_table_facts(table, number)->pending = 0;
    slots_give(&table->facts, number);
    table->counters.verdicts--;
}

uint32_t asset_table_find_facts(const struct table *table, uint32_t asset,
                                const struct vendor *vendor)
{
    uint32_t number = asset_table_asset(table, asset)->facts;
    while (number != TABLE_NONE && asset_table_facts(table, number)->vendor != vendor)
        number = asset_table_facts(table, number)->next;
    return number;
}

/* Drops the least worth: sure ones stay longest, then what is more likely, then what was there before. */
static void evict_facts(struct table *table, struct asset *asset)
{
    uint32_t *victim = &asset->facts;
    for (uint32_t *link = &asset->facts; *link != TABLE_NONE;
         link = &asset_table_facts(table, *link)->next) {
        const struct facts *facts = asset_table_facts(table, *link);
        const struct facts *least = asset_table_facts(table, *victim);
        bool sure = facts->state != VERDICT_CANDIDATE;
        bool least_sure = least->state != VERDICT_CANDIDATE;
        if (sure != least_sure ? least_sure : facts->probability <= least->probability)
            victim = link;
    }
    uint32_t number = *victim;
    *victim = asset_table_facts(table, number)->next;
    facts_release(table, number);
    asset->facts_count--;
    table->counters.evicted_verdicts++;
}

static uint32_t count_behind(const struct table *table, uint32_t asset, const struct vendor *vendor)
{
    uint32_t count = 0;
    for (uint32_t i = asset_table_asset(table, asset)->clients; i != TABLE_NONE;
         i = asset_table_relation(table, i)->next_client)
        count += asset_table_relation(table, i)->vendor == vendor;
    return count;
}

uint32_t asset_table_make_facts(struct table *table, uint32_t asset, const struct vendor *vendor,
                                int64_t ts_ns)
{
    uint32_t number = asset_table_find_facts(table, asset, vendor);
    if (number != TABLE_NONE)
        return number;
    if (asset_table_asset(table, asset)->facts_count >= table->options.verdicts_max)
        evict_facts(table, asset_table_asset(table, asset));
    number = slots_take(&table->facts, sizeof(struct facts));
    struct facts *facts = asset_table_facts(table, number);
    facts_begin(facts, vendor, ts_ns);
    facts->asset = asset;
    facts->next = TABLE_NONE;
    facts->behind = count_behind(table, asset, vendor);
    uint32_t *link = &asset_table_asset(table, asset)->facts;
    while (*link != TABLE_NONE)
        link = &asset_table_facts(table, *link)->next;
    *link = number;
    asset_table_asset(table, asset)->facts_count++;
    table->counters.verdicts++;
    asset_table_sort(table, asset);
    return number;
}

/* --- Relations --------------------------------------------------------------------------------- */

static void add_behind(struct table *table, const struct relation *relation, uint32_t change)
{
    if (relation->vendor == NULL)
        return;
    uint32_t number = asset_table_find_facts(table, relation->server, relation->vendor);
    if (number != TABLE_NONE)
        asset_table_facts(table, number)->behind += change;
}

static void unlink_relation(struct table *table, uint32_t number)
{
    struct relation *relation = asset_table_relation(table, number);
    add_behind(table, relation, UINT32_MAX);
    if (relation->previous_client != TABLE_NONE)
        asset_table_relation(table, relation->previous_client)->next_client = relation->next_client;
    else
        asset_table_asset(table, relation->server)->clients = relation->next_client;
    if (relation->next_client != TABLE_NONE)
        asset_table_relation(table, relation->next_client)->previous_client =
            relation->previous_client;
    if (relation->previous_server != TABLE_NONE)
        asset_table_relation(table, relation->previous_server)->next_server = relation->next_server;
    else
        asset_table_asset(table, relation->client)->servers = relation->next_server;
    if (relation->next_server != TABLE_NONE)
        asset_table_relation(table, relation->next_server)->previous_server =
            relation->previous_server;
    asset_table_asset(table, relation->client)->relation_count--;
    slots_give(&table->relations, number);
    table->counters.relations--;
}

static uint32_t find_relation(const struct table *table, uint32_t server, uint32_t client,
                              const struct vendor *vendor)
{
    uint32_t number = asset_table_asset(table, client)->servers;
    while (number != TABLE_NONE && (asset_table_relation(table, number)->server != server ||
                                    asset_table_relation(table, number)->vendor != vendor))
        number = asset_table_relation(table, number)->next_server;
    return number;
}

static void evict_relation(struct table *table, const struct asset *client)
{
    uint32_t victim = client->servers;
    for (uint32_t i = client->servers; i != TABLE_NONE;
         i = asset_table_relation(table, i)->next_server)
        if (asset_table_relation(table, i)->last_ns <= asset_table_relation(table, victim)->last_ns)
            victim = i;
    unlink_relation(table, victim);
    table->counters.evicted_relations++;
}

uint32_t asset_table_relate(struct table *table, uint32_t server, uint32_t client,
                            const struct vendor *vendor, int64_t ts_ns)
{
    uint32_t number = find_relation(table, server, client, vendor);
    if (number != TABLE_NONE) {
        asset_table_relation(table, number)->last_ns = ts_ns;
        return number;
    }
    if (asset_table_asset(table, client)->relation_count >= RELATIONS_MAX)
        evict_relation(table, asset_table_asset(table, client));
    number = slots_take(&table->relations, sizeof(struct relation));
    struct relation *relation = asset_table_relation(table, number);
    struct asset *host = asset_table_asset(table, server), *user = asset_table_asset(table, client);
    *relation = (struct relation){.vendor = vendor,
                                  .server = server,
                                  .client = client,
                                  .next_client = host->clients,
                                  .previous_client = TABLE_NONE,
                                  .next_server = user->servers,
                                  .previous_server = TABLE_NONE,
                                  .last_ns = ts_ns};
    if (host->clients != TABLE_NONE)
        asset_table_relation(table, host->clients)->previous_client = number;
    if (user->servers != TABLE_NONE)
        asset_table_relation(table, user->servers)->previous_server = number;
    host->clients = user->servers = number;
    user->relation_count++;
    table->counters.relations++;
    add_behind(table, relation, 1);
    return number;
}

/* --- Machines ---------------------------------------------------------------------------------- */

static uint32_t hash_of(const struct table *table, const struct addr *addr)
{
    return (uint32_t)hash_bytes(addr->bytes, sizeof addr->bytes, table->seed);
}

uint32_t asset_table_find(const struct table *table, const struct addr *addr)
{
    uint32_t hash = hash_of(table, addr), place = 0;
    uint32_t number = index_first(&table->index, hash, &place);
    while (number != INDEX_NONE && !addr_equal(&asset_table_asset(table, number)->addr, addr))
        number = index_next(&table->index, hash, &place);
    return number != INDEX_NONE ? number : TABLE_NONE;
}

static void release(struct table *table, uint32_t number)
{
    struct asset *asset = asset_table_asset(table, number);
    while (asset->clients != TABLE_NONE)
        unlink_relation(table, asset->clients);
    while (asset->servers != TABLE_NONE)
        unlink_relation(table, asset->servers);
    for (uint32_t i = asset->facts, next = 0; i != TABLE_NONE; i = next) {
        next = asset_table_facts(table, i)->next;
        facts_release(table, i);
    }
    index_remove(&table->index, hash_of(table, &asset->addr), number);
    class_unlink(table, asset);
    order_unlink(table, asset);
    slots_give(&table->assets, number);
    table->counters.assets--;
}

static void evict(struct table *table)
{
    unsigned class = CLASS_PLAIN;
    while (class < CLASS_SURE && table->oldest[class] == TABLE_NONE)
        class ++;
    if (table->oldest[class] == TABLE_NONE)
        return;
    release(table, table->oldest[class]);
    table->counters.evicted_assets++;
}

uint32_t asset_table_make(struct table *table, const struct addr *addr, int64_t ts_ns)
{
    uint32_t number = asset_table_find(table, addr);
    if (number != TABLE_NONE)
        return number;
    if (table->counters.assets >= table->options.assets_max)
        evict(table);
    number = slots_take(&table->assets, sizeof(struct asset));
    *asset_table_asset(table, number) = (struct asset){.addr = *addr,
                                                       .last_ns = ts_ns,
                                                       .facts = TABLE_NONE,
                                                       .clients = TABLE_NONE,
                                                       .servers = TABLE_NONE,
                                                       .class = CLASS_PLAIN};
    index_add(&table->index, hash_of(table, addr), number);
    class_append(table, number);
    order_append(table, number);
    table->counters.assets++;
    return number;
}

uint32_t asset_table_clients(const struct table *table, uint32_t asset)
{
    return count_behind(table, asset, NULL);
}

size_t asset_table_bytes(const struct table *table)
{
    return table->assets.capacity * (sizeof(struct asset) + sizeof(uint32_t)) +
           table->facts.capacity * (sizeof(struct facts) + sizeof(uint32_t)) +
           table->relations.capacity * (sizeof(struct relation) + sizeof(uint32_t)) +
           index_bytes(&table->index);
}
