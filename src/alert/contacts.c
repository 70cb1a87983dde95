/* SPDX-License-Identifier: Apache-2.0 */
/* The contact table.
 *
 * Evidence rows are kept once for each (kind, value) with the highest weight seen; repetition and the number of
 * different names looked up make rows of their own when an alert is written.  Two sightings less than a minute apart
 * are one occasion, so that the burst of connections behind one wake-up does not look like persistence; look-ups of one name
 * within seconds (of both address families, or asked again) are one look-up.
 *
 * Records hang in two lists: by first sighting (the order of reports) and by last sighting (for eviction).  Both are
 * independent of the hash table's order.  About 700 bytes a contact. */
#include "alert/contacts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert/weigh.h"
#include "base/digest.h"
#include "base/hash.h"
#include "base/intern.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/time.h"

enum {
    BUCKETS = 4096,
    ROWS_MAX = EVENT_EVIDENCE_MAX - 3, /* three are made from what adds up */
    NAME_HASHES = 64                   /* bits of the sketch that counts different names */
};

#define OCCASION_NS (60 * NS_PER_S)
#define LOOKUP_NS   (5 * NS_PER_S)

struct row {
    const char *kind;
    const char *value; /* interned */
    double weight;
};

struct contact {
    struct contact *chain;          /* hash bucket */
    struct contact *before, *after; /* by first sighting */
    struct contact *older, *newer;  /* by last sighting */
    struct addr asset;
    const struct vendor *vendor;
    const struct service *service;

    int64_t first_ns, last_ns, occasion_ns;
    uint64_t flows, lookups;
    struct contact_volume volume;
    int64_t lookup_ns;    /* of the latest look-up, */
    uint64_t lookup_name; /* and the hash of its name */
    unsigned occasions;
    uint64_t name_sketch; /* bit set for the hash of each name looked up */
    const char *domain;   /* interned */
    struct row rows[ROWS_MAX];
    uint8_t row_count, name_count;
    bool raised, suppressed, name_suppressed, weak, has_mac, has_endpoint, is_lookup;
    uint8_t protocol;
    uint8_t asset_mac[6];
    uint16_t asset_port, endpoint_port;
    enum name_source name_source;
    const char *name;                   /* interned, latest */
    const char *names[EVENT_NAMES_MAX]; /* interned */
    struct addr endpoint, resolver;     /* latest */
    int64_t raised_ns;
    uint64_t suppressed_name;          /* hash of the name that name_suppressed is about */
    uint64_t told_flows, told_lookups; /* counts in the last alert */
    struct score *beat;                /* NULL none */
    char repeat_text[64], names_text[64], beat_text[64];
};

struct contacts {
    struct contacts_options options;
    struct contacts_counters counters;
    struct intern *texts;
    struct contact *buckets[BUCKETS];
    struct contact *first, *last;
    struct contact *oldest, *newest;
    uint64_t seed;
};

struct contacts *contacts_new(const struct contacts_options *options)
{
    struct contacts *contacts = mem_zeroed(1, sizeof *contacts);
    contacts->options = *options;
    contacts->texts = intern_new();
    contacts->seed = hash_seed();
    return contacts;
}

static struct contact **bucket_of(struct contacts *contacts, const struct addr *asset,
                                  const struct vendor *vendor, const struct service *service)
{
    uint64_t hash = hash_bytes(asset->bytes, sizeof asset->bytes, contacts->seed);
    hash =
        hash_mix(hash ^ (uint64_t)(uintptr_t)vendor, contacts->seed ^ (uint64_t)(uintptr_t)service);
    return &contacts->buckets[hash % BUCKETS];
}

struct contact *contacts_find(struct contacts *contacts, const struct addr *asset,
                              const struct vendor *vendor, const struct service *service)
{
    struct contact *contact = *bucket_of(contacts, asset, vendor, service);
    while (contact != NULL && (contact->vendor != vendor || contact->service != service ||
                               !addr_equal(&contact->asset, asset)))
        contact = contact->chain;
    return contact;
}

/* --- Lists ------------------------------------------------------------------------------------- */

static void age_unlink(struct contacts *contacts, struct contact *contact)
{
    if (contact->older != NULL)
        contact->older->newer = contact->newer;
    else
        contacts->oldest = contact->newer;
    if (contact->newer != NULL)
        contact->newer->older = contact->older;
    else
        contacts->newest = contact->older;
}

static void age_append(struct contacts *contacts, struct contact *contact)
{
    contact->older = contacts->newest;
    contact->newer = NULL;
    if (contacts->newest != NULL)
        contacts->newest->newer = contact;
    else
        contacts->oldest = contact;
    contacts->newest = contact;
}

static void order_unlink(struct contacts *contacts, struct contact *contact)
{
    if (contact->before != NULL)
        contact->before->after = contact->after;
    else
        contacts->first = contact->after;
    if (contact->after != NULL)
        contact->after->before = contact->before;
    else
        contacts->last = contact->before;
}

static void contact_release(struct contacts *contacts, struct contact *contact)
{
    struct contact **slot = bucket_of(contacts, &contact->asset, contact->vendor, contact->service);
    while (*slot != contact)
        slot = &(*slot)->chain;
    *slot = contact->chain;
    age_unlink(contacts, contact);
    order_unlink(contacts, contact);
    for (unsigned i = 0; i < contact->row_count; i++)
        intern_drop(contacts->texts, contact->rows[i].value);
    for (unsigned i = 0; i < contact->name_count; i++)
        intern_drop(contacts->texts, contact->names[i]);
    intern_drop(contacts->texts, contact->name);
    intern_drop(contacts->texts, contact->domain);
    free(contact->beat);
    free(contact);
    contacts->counters.contacts--;
}

void contacts_free(struct contacts *contacts)
{
    if (contacts == NULL)
        return;
    while (contacts->oldest != NULL)
        contact_release(contacts, contacts->oldest);
    intern_free(contacts->texts);
    free(contacts);
}

/* Evicts the contact unseen longest among the oldest few, one that was never raised if there is one. */
static void evict(struct contacts *contacts)
{
    struct contact *victim = contacts->oldest;
    struct contact *candidate = contacts->oldest;
    for (unsigned i = 0; i < 64 && candidate != NULL; i++, candidate = candidate->newer) {
        if (!candidate->raised) {
            victim = candidate;
            break;
        }
    }
    contact_release(contacts, victim);
    contacts->counters.evicted++;
}

static struct contact *contact_make(struct contacts *contacts, const struct sighting *sighting)
{
    if (contacts->counters.contacts >= contacts->options.contacts_max && contacts->oldest != NULL)
        evict(contacts);
    struct contact *contact = mem_zeroed(1, sizeof *contact);
    contact->asset = sighting->asset;
    contact->vendor = sighting->vendor;
    contact->service = sighting->service;
    contact->first_ns = contact->last_ns = sighting->ts_ns;
    contact->weak = true;
    struct contact **bucket =
        bucket_of(contacts, &contact->asset, contact->vendor, contact->service);
    contact->chain = *bucket;
    *bucket = contact;
    contact->before = contacts->last;
    if (contacts->last != NULL)
        contacts->last->after = contact;
    else
        contacts->first = contact;
    contacts->last = contact;
    age_append(contacts, contact);
    contacts->counters.contacts++;
    return contact;
}

/* --- Adding up --------------------------------------------------------------------------------- */

static void add_row(struct contacts *contacts, struct contact *contact, const struct evidence *row)
{
    for (unsigned i = 0; i < contact->row_count; i++) {
        struct row *kept = &contact->rows[i];
        if (strcmp(kept->kind, row->kind) == 0 && strcmp(kept->value, row->value) == 0) {
            if (row->weight > kept->weight)
                kept->weight = row->weight;
            return;
        }
    }
    if (contact->row_count == ROWS_MAX)
        return;
    contact->rows[contact->row_count++] =
        (struct row){.kind = row->kind,
                     .value = intern_take(contacts->texts, row->value, strlen(row->value)),
                     .weight = row->weight};
}

static void add_name(struct contacts *contacts, struct contact *contact, const char *name)
{
    const char *text = intern_take(contacts->texts, name, strlen(name));
    unsigned i = 0;
    while (i < contact->name_count && contact->names[i] != text)
        i++;
    if (i == contact->name_count && i < EVENT_NAMES_MAX)
        contact->names[contact->name_count++] = text;
    else
        intern_drop(contacts->texts, text);
}

/* The fixed seed keeps what comes of it, and with it the output, the same in every run. */
static uint64_t name_hash(const char *name)
{
    return name != NULL ? hash_bytes(name, strlen(name), 1) : 0;
}

static void add_lookup(struct contacts *contacts, struct contact *contact,
                       const struct sighting *sighting)
{
    uint64_t hash = name_hash(sighting->name);
    int64_t since_ns = sighting->ts_ns - contact->lookup_ns;
    bool twin = contact->lookups > 0 && hash == contact->lookup_name && since_ns < LOOKUP_NS &&
                since_ns > -LOOKUP_NS;
    contact->lookup_name = hash;
    contact->lookup_ns = sighting->ts_ns;
    if (twin)
        return;
    contact->lookups++;
    if (sighting->domain == NULL || sighting->name == NULL)
        return;
    contact->name_sketch |= UINT64_C(1) << hash % NAME_HASHES;
    if (contact->domain == NULL)
        contact->domain = intern_take(contacts->texts, sighting->domain, strlen(sighting->domain));
}

/* The name goes with the place: that of another sighting must not stand beside it. */
static void add_place(struct contacts *contacts, struct contact *contact,
                      const struct sighting *sighting)
{
    const char *name = sighting->name;
    intern_drop(contacts->texts, contact->name);
    contact->name = name != NULL ? intern_take(contacts->texts, name, strlen(name)) : NULL;
    contact->is_lookup = sighting->lookup;
    contact->protocol = sighting->protocol;
    contact->asset_port = sighting->asset_port;
    contact->endpoint_port = sighting->endpoint_port;
    contact->resolver = sighting->resolver;
    contact->has_endpoint = sighting->has_endpoint;
    contact->endpoint = sighting->endpoint;
    contact->name_source = sighting->name_source;
    if (sighting->has_mac) {
        contact->has_mac = true;
        memcpy(contact->asset_mac, sighting->asset_mac, sizeof contact->asset_mac);
    }
}

static void add_occasion(struct contact *contact, int64_t ts_ns)
{
    if (contact->occasions == 0 || ts_ns - contact->occasion_ns >= OCCASION_NS) {
        contact->occasions++;
        contact->occasion_ns = ts_ns;
    }
}

/* Writes the rows of an alert; returns how many. */
static size_t collect_rows(const struct contact *contact,
                           struct evidence rows[static EVENT_EVIDENCE_MAX])
{
    size_t count = 0;
    for (unsigned i = 0; i < contact->row_count; i++)
        rows[count++] = (struct evidence){.kind = contact->rows[i].kind,
                                          .value = contact->rows[i].value,
                                          .weight = contact->rows[i].weight};
    double repeats = contact->weak ? 0.0 : weigh_repeats(contact->occasions);
    if (repeats > 0.0)
        rows[count++] =
            (struct evidence){.kind = "repeated", .value = contact->repeat_text, .weight = repeats};
    double names =
        contact->weak ? 0.0 : weigh_names((unsigned)__builtin_popcountll(contact->name_sketch));
    if (names > 0.0)
        rows[count++] = (struct evidence){
            .kind = "look-up-names", .value = contact->names_text, .weight = names};
    double beat = contact->weak || contact->beat == NULL ? 0.0 : weigh_beat(contact->beat->p_value);
    if (beat > 0.0)
        rows[count++] =
            (struct evidence){.kind = "periodic", .value = contact->beat_text, .weight = beat};
    return count;
}

static double confidence_of(const struct contact *contact)
{
    struct evidence rows[EVENT_EVIDENCE_MAX];
    size_t count = collect_rows(contact, rows);
    return weigh_combine(rows, count);
}

enum contact_verdict contacts_add(struct contacts *contacts, const struct sighting *sighting,
                                  struct contact **ret_contact)
{
    struct contact *contact =
        contacts_find(contacts, &sighting->asset, sighting->vendor, sighting->service);
    if (contact == NULL)
        contact = contact_make(contacts, sighting);
    age_unlink(contacts, contact);
    age_append(contacts, contact);
    *ret_contact = contact;
    contact->weak = contact->weak && sighting->weak;
    for (size_t i = 0; i < sighting->row_count; i++)
        add_row(contacts, contact, &sighting->rows[i]);
    if (sighting->first && sighting->lookup)
        add_lookup(contacts, contact, sighting);
    else if (sighting->first)
        contact->flows++;
    if (sighting->first)
        add_occasion(contact, sighting->ts_ns);
    if (sighting->ts_ns > contact->last_ns)
        contact->last_ns = sighting->ts_ns;
    if (sighting->name != NULL)
        add_name(contacts, contact, sighting->name);
    /* An alert about both shows the flow: it says more than the look-up before it. */
    if (!sighting->lookup || contact->flows == 0)
        add_place(contacts, contact, sighting);
    if (confidence_of(contact) < contacts->options.alert_confidence)
        return CONTACT_QUIET;
    bool is_new = !contact->raised && !contact->suppressed;
    bool other_name =
        contact->name_suppressed && name_hash(contact->name) != contact->suppressed_name;
    bool due = sighting->ts_ns - contact->raised_ns >= contacts->options.again_after_ns;
    return is_new || other_name || due ? CONTACT_RAISE : CONTACT_QUIET;
}

void contacts_add_volume(struct contacts *contacts, const struct addr *asset,
                         const struct vendor *vendor, const struct service *service,
                         const struct contact_volume *volume)
{
    struct contact *contact = contacts_find(contacts, asset, vendor, service);
    if (contact == NULL)
        return;
    struct contact_volume *sum = &contact->volume;
    sum->bytes_out += volume->bytes_out;
    sum->bytes_in += volume->bytes_in;
    sum->lost_bytes += volume->lost_bytes;
    sum->one_sided = sum->one_sided || volume->one_sided;
    sum->truncated = sum->truncated || volume->truncated;
    sum->name_hidden = sum->name_hidden || volume->name_hidden;
}

void contact_set_beat(struct contact *contact, const struct score *score)
{
    if (score == NULL) {
        free(contact->beat);
        contact->beat = NULL;
        return;
    }
    if (contact->beat == NULL)
        contact->beat = mem_alloc(sizeof *contact->beat);
    *contact->beat = *score;
    (void)snprintf(contact->beat_text, sizeof contact->beat_text, "every %.4g s, %zu times",
                   (double)score->period_ns / (double)NS_PER_S, score->count);
}

/* --- Alerts ------------------------------------------------------------------------------------ */

/* The id is a digest of who, what and when, and nothing else, so that the same evidence has the same id in every run. */
static void make_event_id(const struct contact *contact, const char *kind, const char *sensor,
                          uint8_t ret_id[static 16])
{
    char asset[ADDR_TEXT_MAX];
    (void)addr_text(&contact->asset, asset);
    struct text text = {0};
    text_addf(&text, "%s|%s|%s|%s|%s|%lld|%llu|%llu", kind, sensor, asset, contact->vendor->id,
              contact->service != NULL ? contact->service->id : "network",
              (long long)contact->last_ns, (unsigned long long)contact->flows,
              (unsigned long long)contact->lookups);
    uint8_t digest[DIGEST_SHA256_SIZE];
    digest_sha256(text.data, text.length, digest);
    memcpy(ret_id, digest, 16);
    text_done(&text);
}

static void write_counts(struct contact *contact)
{
    char first[TIME_TEXT_MAX];
    (void)time_text(contact->first_ns, first);
    (void)snprintf(contact->repeat_text, sizeof contact->repeat_text, "%u occasions since %.16s",
                   contact->occasions, first);
    (void)snprintf(contact->names_text, sizeof contact->names_text, "%d or more below %.36s",
                   __builtin_popcountll(contact->name_sketch),
                   contact->domain != NULL ? contact->domain : "");
}

static void fill_alert(struct contact *contact, struct alert *alert)
{
    write_counts(contact);
    alert->vendor = contact->vendor;
    alert->service = contact->service;
    alert->asset = contact->asset;
    alert->endpoint = contact->endpoint;
    alert->has_endpoint = contact->has_endpoint;
    alert->asset_port = contact->asset_port;
    alert->endpoint_port = contact->endpoint_port;
    alert->protocol = contact->protocol;
    alert->has_mac = contact->has_mac;
    memcpy(alert->asset_mac, contact->asset_mac, sizeof alert->asset_mac);
    alert->resolver = contact->resolver;
    alert->is_lookup = contact->is_lookup;
    alert->name = contact->name;
    alert->name_source = contact->name != NULL      ? contact->name_source
                         : contact->service == NULL ? NAME_SOURCE_NETWORK
                                                    : NAME_SOURCE_NONE;
    alert->flows = contact->flows;
    alert->lookups = contact->lookups;
    alert->first_ns = contact->first_ns;
    alert->last_ns = contact->last_ns;
    alert->bytes_out = contact->volume.bytes_out;
    alert->bytes_in = contact->volume.bytes_in;
    alert->lost_bytes = contact->volume.lost_bytes;
    alert->one_sided = contact->volume.one_sided;
    alert->truncated = contact->volume.truncated;
    alert->name_hidden = contact->volume.name_hidden;
    memcpy(alert->names, contact->names, sizeof alert->names);
    alert->name_count = contact->name_count;
    alert->beat = contact->beat;
    alert->evidence_count = collect_rows(contact, alert->evidence);
    alert->confidence = weigh_combine(alert->evidence, alert->evidence_count);
}

void contact_alert(struct contacts *contacts, struct contact *contact, int64_t ts_ns,
                   const char *sensor, struct alert *ret_alert)
{
    fill_alert(contact, ret_alert);
    ret_alert->ts_ns = ts_ns;
    ret_alert->kind = "contact";
    ret_alert->state = contact->raised ? CONTACT_ONGOING : CONTACT_NEW;
    make_event_id(contact, ret_alert->kind, sensor, ret_alert->event_id);
    contact->raised = true;
    contact->name_suppressed = false;
    contact->raised_ns = ts_ns;
    contact->told_flows = contact->flows;
    contact->told_lookups = contact->lookups;
    contacts->counters.raised++;
}

void contact_suppress(struct contact *contact, int64_t ts_ns, bool name_only)
{
    contact->suppressed = true;
    contact->name_suppressed = name_only && !contact->raised;
    contact->suppressed_name = name_hash(contact->name);
    contact->raised_ns = ts_ns;
}

struct contact *contacts_next(struct contacts *contacts, struct contact *contact)
{
    return contact == NULL ? contacts->first : contact->after;
}

bool contact_has_news(const struct contact *contact)
{
    return contact->raised && (contact->flows > contact->told_flows ||
                               (contact->flows == 0 && contact->lookups > contact->told_lookups));
}

bool contact_peek(const struct contacts *contacts, struct contact *contact, struct alert *ret_alert)
{
    fill_alert(contact, ret_alert);
    return ret_alert->confidence >= contacts->options.alert_confidence;
}

const struct contacts_counters *contacts_counters(const struct contacts *contacts)
{
    return &contacts->counters;
}
