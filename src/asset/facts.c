/* SPDX-License-Identifier: Apache-2.0 */
/* Collecting what was seen of one vendor on one machine, in a record of fixed size.
 *
 * Invariants: (1) web visits, portals, whole-vendor suffixes and certificate services count as visits and nothing else;
 * (2) moments less than five minutes apart are one occasion, so that a burst is no persistence; (3) all counts stop at their
 * ends instead of wrapping.
 *
 * The services used most are kept by the frequent-items algorithm of Misra and Gries (1982): with four counters no service that
 * makes up more than a fifth is ever missed.  Different names below a look-up domain are counted in a sketch of 64 bits. */
#include "asset/facts.h"

#include <string.h>

#include "asset/presence.h"
#include "base/memory.h"
#include "base/time.h"

#define OCCASION_NS (300 * NS_PER_S)

enum {
    SMALL_BYTES = 16 * 1024, /* a look-up in the cloud with its handshake */
    BULK_BYTES = 256 * 1024, /* an update's body; no decoy is answered so */
    BLOCKED_TRIES = 3,       /* in a row */
    NAME_BITS = 64
};

/* Of a network without a name, below this certainty: a name may have gone by. */
static const double opaque_weight = 0.4;

void facts_begin(struct facts *facts, const struct vendor *vendor, int64_t ts_ns)
{
    *facts =
        (struct facts){.vendor = vendor, .first_ns = ts_ns, .last_ns = ts_ns, .beacon_p = 1.0F};
}

static void count16(uint16_t *count)
{
    if (*count < UINT16_MAX)
        (*count)++;
}

static void count32(uint32_t *count)
{
    if (*count < UINT32_MAX)
        (*count)++;
}

/* True for what people's browsers meet too, and for look-ups that saved pages make. */
static bool is_visit(const struct asset_contact *contact)
{
    const struct service *service = contact->service;
    if (contact->weak)
        return true;
    if (service == NULL)
        return false;
    if (service->browser || service->purpose == PURPOSE_VENDOR_SUFFIX ||
        service->purpose == PURPOSE_PKI)
        return true;
    return service->purpose == PURPOSE_LOCAL_INTERCEPTION && contact->lookup;
}

static bool apart(int64_t earlier_ns, int64_t later_ns)
{
    int64_t from_ns = earlier_ns < later_ns ? earlier_ns : later_ns;
    int64_t until_ns = earlier_ns < later_ns ? later_ns : earlier_ns;
    return until_ns >= time_add(from_ns, OCCASION_NS);
}

static void add_occasion(uint16_t *occasions, int64_t *occasion_ns, int64_t ts_ns)
{
    if (*occasions > 0 && !apart(*occasion_ns, ts_ns))
        return;
    count16(occasions);
    *occasion_ns = ts_ns;
}

void facts_add_moment(struct facts *facts, int64_t ts_ns, bool contact)
{
    add_occasion(&facts->occasions, &facts->occasion_ns, ts_ns);
    if (contact)
        add_occasion(&facts->contact_occasions, &facts->contact_occasion_ns, ts_ns);
    int32_t hour = presence_hour(ts_ns);
    if (facts->hours == 0 || presence_moves(facts->hour, hour)) {
        count16(&facts->hours);
        facts->hour = hour;
    }
    facts->day_hours |= UINT32_C(1) << (unsigned)(((hour % 24) + 24) % 24);
    if (presence_moves(presence_hour(facts->last_ns), hour) || ts_ns > facts->last_ns)
        facts->last_ns = ts_ns;
}

void facts_add_calm(struct facts *facts, int32_t hour)
{
    if (facts->hours > 0 && facts->hour == hour)
        count16(&facts->calm_hours);
}

void facts_add_service(struct facts *facts, const struct service *service)
{
    unsigned free_place = FACTS_SERVICES;
    for (unsigned i = 0; i < FACTS_SERVICES; i++) {
        if (facts->services[i] == service && facts->service_counts[i] > 0) {
            count16(&facts->service_counts[i]);
            return;
        }
        if (facts->service_counts[i] == 0 && free_place == FACTS_SERVICES)
            free_place = i;
    }
    if (free_place < FACTS_SERVICES) {
        facts->services[free_place] = service;
        facts->service_counts[free_place] = 1;
        return;
    }
    for (unsigned i = 0; i < FACTS_SERVICES; i++)
        facts->service_counts[i]--;
}

static void raise_to(uint8_t *kept, double weight)
{
    double clamped = weight < 0.0 ? 0.0 : weight > 1.0 ? 1.0 : weight;
    uint8_t value = (uint8_t)(clamped * 255.0 + 0.5);
    if (value > *kept)
        *kept = value;
}

/* True where nothing told of a product yet, neither here nor through a server inside. */
static bool is_new(const struct facts *facts)
{
    return facts->contacts == 0 && facts->lookups == 0 && facts->silence.latest == 0;
}

/* What one flow or look-up says the first time it is reported. */
static void add_first(struct facts *facts, const struct asset_contact *contact)
{
    if (is_new(facts))
        facts->first_ns = facts->last_ns = contact->ts_ns;
    count32(contact->lookup ? &facts->lookups : &facts->contacts);
    facts_add_moment(facts, contact->ts_ns, !contact->lookup);
    if (contact->service != NULL)
        facts_add_service(facts, contact->service);
}

/* A plain look-up says nothing about whether the agent gets through. */
static void add_answer(struct facts *facts, const struct asset_contact *contact)
{
    if (contact->blocked)
        count16(&facts->unanswered);
    else if (contact->answered)
        facts->unanswered = 0;
    facts->blocked = facts->unanswered >= BLOCKED_TRIES;
}

static void add_volume(struct facts *facts, const struct asset_contact *contact)
{
    uint64_t bytes = contact->bytes_out + contact->bytes_in;
    if (bytes == 0)
        return;
    facts->bytes_out += contact->bytes_out;
    facts->bytes_in += contact->bytes_in;
    count32(bytes <= SMALL_BYTES ? &facts->small_flows : &facts->other_flows);
    bool update = contact->service != NULL && (contact->service->purpose == PURPOSE_UPDATE ||
                                               contact->service->purpose == PURPOSE_OEM_UPDATE);
    facts->bulk = facts->bulk || (update && contact->bytes_in >= BULK_BYTES);
}

static void add_name(struct facts *facts, const struct asset_contact *contact)
{
    bool reputation =
        contact->service != NULL && (contact->service->purpose == PURPOSE_CLOUD_REPUTATION ||
                                     contact->service->purpose == PURPOSE_URL_CHECK);
    if (contact->lookup && contact->below_domain && reputation && contact->name_hash != 0)
        facts->names |= UINT64_C(1) << contact->name_hash % NAME_BITS;
}

bool facts_add(struct facts *facts, const struct asset_contact *contact)
{
    if (is_visit(contact)) {
        if (contact->first)
            count32(&facts->visits);
        if (contact->first && is_new(facts))
            facts->last_ns = contact->ts_ns;
        return false;
    }
    if (contact->first)
        add_first(facts, contact);
    const struct service *service = contact->service;
    enum purpose purpose = service != NULL ? service->purpose : PURPOSE_NETWORK_OWNER;
    raise_to(contact->lookup ? &facts->looked[purpose] : &facts->best[purpose], contact->weight);
    if (service != NULL && service->embedder_id != NULL)
        facts->embedded = service;
    bool nameless = service == NULL && !contact->lookup && !contact->spoken;
    facts->opaque = facts->opaque || (nameless && contact->weight >= opaque_weight);
    facts->vendor_network = facts->vendor_network || (!nameless && contact->vendor_network);
    facts->certificate = facts->certificate || contact->certificate;
    facts->port = facts->port || contact->port;
    add_name(facts, contact);
    add_answer(facts, contact);
    add_volume(facts, contact);
    return true;
}

double facts_purpose(const struct facts *facts, enum purpose purpose)
{
    double flow = facts->best[purpose] / 255.0, lookup = facts->looked[purpose] / 255.0;
    return 1.0 - (1.0 - flow) * (1.0 - lookup);
}

static bool same_product(const struct service *a, const struct service *b)
{
    return a != NULL && a->product_name != NULL && strcmp(a->product_name, b->product_name) == 0;
}

const struct service *facts_product(const struct facts *facts)
{
    const struct service *best = NULL;
    unsigned most = 0;
    for (unsigned i = 0; i < FACTS_SERVICES; i++) {
        const struct service *service = facts->services[i];
        if (service == NULL || service->product_name == NULL || facts->service_counts[i] == 0)
            continue;
        unsigned count = 0;
        for (unsigned j = 0; j < FACTS_SERVICES; j++)
            if (same_product(facts->services[j], service))
                count += facts->service_counts[j];
        if (count > most) {
            best = service;
            most = count;
        }
    }
    return best;
}

static bool is_apart_from_endpoints(const char *kind)
{
    static const char *const others[] = {"gateway", "server", "cleaner", "vpn"};
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (strcmp(kind, others[i]) == 0)
            return true;
    return false;
}

bool facts_is_endpoint(const struct facts *facts)
{
    bool known = false;
    for (unsigned i = 0; i < FACTS_SERVICES; i++) {
        const struct service *service = facts->services[i];
        if (service == NULL || service->product_kind == NULL)
            continue;
        if (!is_apart_from_endpoints(service->product_kind))
            return true;
        known = true;
    }
    return !known;
}
