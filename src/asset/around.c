/* SPDX-License-Identifier: Apache-2.0 */
/* Facts in their surroundings.
 *
 * Vendors of one owner count as one (their products contact each other's hosts), and Microsoft's own protection, which every
 * Windows has, is neither a rival nor a replacement. */
#include "asset/around.h"

#include <string.h>

#include "base/time.h"

#define REPLACED_WITHIN_NS (7 * NS_PER_DAY)

static bool of_system(const struct vendor *vendor)
{
    return strncmp(vendor->id, "microsoft", 9) == 0;
}

static bool same_text(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static bool same_owner(const struct vendor *a, const struct vendor *b)
{
    return same_text(a->parent.name, b->parent.name) ||
           same_text(a->parent.name, b->legal_entity) || same_text(b->parent.name, a->legal_entity);
}

static void add_rivals(const struct table *table, const struct facts *facts,
                       struct surroundings *around)
{
    for (uint32_t i = asset_table_asset(table, facts->asset)->facts; i != TABLE_NONE;
         i = asset_table_facts(table, i)->next) {
        const struct facts *other = asset_table_facts(table, i);
        if (other == facts || other->state != VERDICT_CANDIDATE || of_system(other->vendor) ||
            same_owner(other->vendor, facts->vendor) || !chance_is_thin(other))
            continue;
        if (facts->contacts > 0 && other->contacts == 0) /* look-ups come from web pages, too */
            continue;
        around->rivals++;
        if (other->occasions > around->rival_most)
            around->rival_most = other->occasions;
        if (chance_purposes(other) > around->rival_purposes)
            around->rival_purposes = chance_purposes(other);
    }
}

static double speaker_of(const struct table *table, const struct relation *relation)
{
    uint32_t number = asset_table_find_facts(table, relation->server, relation->vendor);
    if (number == TABLE_NONE || asset_table_facts(table, number)->contacts == 0)
        return 0.0;
    return chance_lead(asset_table_facts(table, number));
}

static unsigned ports_of(const struct relation *relation)
{
    unsigned count = 0;
    while (count < RELATION_PORTS && relation->ports[count] != 0)
        count++;
    return count;
}

void around_fill(const struct table *table, const struct facts *facts,
                 struct surroundings *ret_around, uint32_t *ret_speaker)
{
    const struct asset *asset = asset_table_asset(table, facts->asset);
    *ret_around = (struct surroundings){.gateway = asset->gateway};
    uint32_t speaker = TABLE_NONE;
    if (facts->state == VERDICT_CANDIDATE && !of_system(facts->vendor))
        add_rivals(table, facts, ret_around);
    for (uint32_t i = asset->servers; i != TABLE_NONE;
         i = asset_table_relation(table, i)->next_server) {
        const struct relation *relation = asset_table_relation(table, i);
        unsigned ports = ports_of(relation);
        if (relation->vendor != facts->vendor || ports == 0)
            continue;
        double certainty = speaker_of(table, relation);
        if (speaker == TABLE_NONE || certainty > ret_around->speaker) {
            speaker = relation->server;
            ret_around->speaker = certainty;
        }
        ret_around->ports += ports;
        if (relation->occasions > ret_around->occasions)
            ret_around->occasions = relation->occasions;
        if (relation->hours > ret_around->hours)
            ret_around->hours = relation->hours;
    }
    if (ret_speaker != NULL)
        *ret_speaker = speaker;
}

/* It must have come when the other had settled already, and not have stood beside it for long: two that were there from the
 * beginning are no replacement. */
bool around_replaces(const struct facts *newer, const struct facts *gone)
{
    if (newer->state != VERDICT_INSTALLED && newer->state != VERDICT_RETURNED)
        return false;
    if (gone->state != VERDICT_REMOVED || gone->replaced_by != NULL || newer == gone)
        return false;
    if (of_system(newer->vendor) || of_system(gone->vendor) || !facts_is_endpoint(newer) ||
        !facts_is_endpoint(gone) || newer->role == VERDICT_SPEAKS_FOR ||
        gone->role == VERDICT_SPEAKS_FOR)
        return false;
    if (newer->since_ns > time_add(gone->last_ns, REPLACED_WITHIN_NS) ||
        time_add(newer->since_ns, REPLACED_WITHIN_NS) < gone->last_ns)
        return false;
    return newer->first_ns > gone->since_ns &&
           gone->last_ns - newer->first_ns <= (gone->last_ns - gone->first_ns) / 2;
}
