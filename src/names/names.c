/* SPDX-License-Identifier: Apache-2.0 */
/* Passive DNS: what name does this client know that address by?
 *
 * One bounded set of entries of three kinds: (client, address) from the client's own answers,
 * (address) from anybody's, and (address) from the capture file.  An address answer writes the
 * first two.  All kinds share the bound and one list by last use; the one unused longest goes
 * first.  Names are interned: a few thousand stand behind all entries.
 *
 * An answer is named by the start of its CNAME chain.  The chain from the question is walked
 * first, because that is what the client asked for; an owner that is not on it (mDNS, broken or
 * spliced answers) is followed backwards along the CNAME records that lead to it, or stands for
 * itself.  Every walk takes at most as many steps as the message has answers, so that a loop
 * ends.
 *
 * Invariants: (1) an entry is in the index and in the list, or is free; (2) nothing depends on
 * the order of the index. Time comes from packets: an entry is dropped when it is met after its
 * time, by a look-up or as the one unused longest, so that no timer is needed. Cost: 72 bytes an
 * entry, 11 to 21 for the index; an answer or a look-up is one or two probes. */
#include "names/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/index.h"
#include "base/intern.h"
#include "base/memory.h"
#include "base/time.h"
#include "classify/dns.h"
#include "net/domain.h"

enum kind {
    KIND_CLIENT,
    KIND_ANY,
    KIND_FILE,
    KIND_NONE
};

enum {
    ENTRIES_FIRST = 256,
    ENTRIES_LEAST = 2,
    NONE = INDEX_NONE
};

struct entry {
    struct addr client; /* zeros unless KIND_CLIENT */
    struct addr addr;
    const char *text;      /* one reference */
    const char *canonical; /* one reference, or NULL */
    int64_t seen_ns;
    uint32_t ttl_s;
    uint32_t newer, older; /* `newer` also links free entries */
    uint32_t kind;         /* enum kind */
};

struct names {
    struct names_options options;
    struct entry *entries; /* owned */
    uint32_t capacity, used, free;
    uint32_t oldest, newest;
    struct index index;
    struct intern *pool;
    uint64_t seed;
    struct names_counters counters;
};

struct names *names_new(const struct names_options *options)
{
    struct names *names = mem_zeroed(1, sizeof *names);
    names->options = *options;
    if (names->options.entries_max < ENTRIES_LEAST)
        names->options.entries_max = ENTRIES_LEAST;
    if (names->options.entries_max >= INDEX_NONE)
        names->options.entries_max = INDEX_NONE - 1;
    names->free = names->oldest = names->newest = NONE;
    names->pool = intern_new();
    names->seed = hash_seed();
    index_init(&names->index);
    return names;
}

void names_free(struct names *names)
{
    if (names == NULL)
        return;
    intern_free(names->pool);
    index_done(&names->index);
    free(names->entries);
    free(names);
}

static void list_add(struct names *names, uint32_t number)
{
    struct entry *entry = &names->entries[number];
    entry->older = names->newest;
    entry->newer = NONE;
    if (names->newest == NONE)
        names->oldest = number;
    else
        names->entries[names->newest].newer = number;
    names->newest = number;
}

static void list_remove(struct names *names, uint32_t number)
{
    const struct entry *entry = &names->entries[number];
    if (entry->older == NONE)
        names->oldest = entry->newer;
    else
        names->entries[entry->older].newer = entry->newer;
    if (entry->newer == NONE)
        names->newest = entry->older;
    else
        names->entries[entry->newer].older = entry->older;
}

static uint32_t hash_of(const struct names *names, const struct entry *key)
{
    uint8_t bytes[sizeof key->client + sizeof key->addr];
    memcpy(bytes, key->client.bytes, sizeof key->client);
    memcpy(bytes + sizeof key->client, key->addr.bytes, sizeof key->addr);
    return (uint32_t)hash_bytes(bytes, sizeof bytes, names->seed + key->kind);
}

static uint32_t find_entry(const struct names *names, const struct entry *key)
{
    uint32_t hash = hash_of(names, key);
    uint32_t place = 0;
    uint32_t number = index_first(&names->index, hash, &place);
    for (; number != INDEX_NONE; number = index_next(&names->index, hash, &place)) {
        const struct entry *entry = &names->entries[number];
        if (entry->kind == key->kind && addr_equal(&entry->addr, &key->addr) &&
            addr_equal(&entry->client, &key->client))
            return number;
    }
    return NONE;
}

static void remove_entry(struct names *names, uint32_t number)
{
    struct entry *entry = &names->entries[number];
    index_remove(&names->index, hash_of(names, entry), number);
    list_remove(names, number);
    intern_drop(names->pool, entry->text);
    intern_drop(names->pool, entry->canonical);
    *entry = (struct entry){.kind = KIND_NONE, .newer = names->free};
    names->free = number;
    names->counters.entries--;
}

/* When the answer stops being one. */
static int64_t expiry_of(const struct names *names, const struct entry *entry)
{
    int64_t ttl_ns = (int64_t)entry->ttl_s * NS_PER_S;
    if (ttl_ns < names->options.ttl_min_ns)
        ttl_ns = names->options.ttl_min_ns;
    return time_add(entry->seen_ns, ttl_ns);
}

static bool is_forgotten(const struct names *names, const struct entry *entry, int64_t ts_ns)
{
    return entry->kind != KIND_FILE &&
           ts_ns > time_add(expiry_of(names, entry), names->options.keep_ns);
}

/* Makes room for one more at the bound. */
static void make_room(struct names *names, int64_t ts_ns)
{
    uint32_t oldest = names->oldest;
    if (oldest == NONE)
        return;
    if (is_forgotten(names, &names->entries[oldest], ts_ns)) {
        names->counters.expired++;
        remove_entry(names, oldest);
    } else if (names->counters.entries >= names->options.entries_max) {
        names->counters.evicted++;
        remove_entry(names, oldest);
    }
}

static uint32_t take_free(struct names *names)
{
    uint32_t number = names->free;
    if (number != NONE) {
        names->free = names->entries[number].newer;
        return number;
    }
    if (names->used == names->capacity) {
        uint64_t wanted = names->capacity > 0 ? (uint64_t)names->capacity * 2 : ENTRIES_FIRST;
        if (wanted > names->options.entries_max)
            wanted = names->options.entries_max;
        names->entries = mem_resize(names->entries, wanted, sizeof *names->entries);
        names->capacity = (uint32_t)wanted;
    }
    return names->used++;
}

/* Returns a reference to the wanted text; the one that is held is kept where it says the same, as most answers do. */
static const char *swap_text(struct names *names, const char *held, const char *wanted)
{
    if (held != NULL && wanted != NULL && strcmp(held, wanted) == 0)
        return held;
    const char *text = wanted != NULL ? intern_take(names->pool, wanted, strlen(wanted)) : NULL;
    intern_drop(names->pool, held);
    return text;
}

/* Writes an entry, new or over the one of the same key. */
static void put_entry(struct names *names, const struct entry *wanted)
{
    const char *text = NULL;
    const char *canonical = NULL;
    uint32_t number = find_entry(names, wanted);
    if (number == NONE) {
        text = swap_text(names, NULL, wanted->text);
        canonical = swap_text(names, NULL, wanted->canonical);
        make_room(names, wanted->seen_ns);
        number = take_free(names);
        names->entries[number] = *wanted;
        index_add(&names->index, hash_of(names, wanted), number);
        names->counters.entries++;
    } else {
        text = swap_text(names, names->entries[number].text, wanted->text);
        canonical = swap_text(names, names->entries[number].canonical, wanted->canonical);
        list_remove(names, number);
    }
    struct entry *entry = &names->entries[number];
    entry->text = text;
    entry->canonical = canonical;
    entry->seen_ns = wanted->seen_ns;
    entry->ttl_s = wanted->ttl_s;
    list_add(names, number);
}

static bool is_alias(const struct dns_answer *answer)
{
    return answer->target[0] != '\0' && answer->name[0] != '\0';
}

static bool is_address(const struct dns_answer *answer)
{
    return (answer->type == DNS_TYPE_A || answer->type == DNS_TYPE_AAAA) &&
           answer->name[0] != '\0' && !addr_is_group(&answer->addr);
}

/* Returns the alias record that leads from `name`, NULL where none does. */
static const struct dns_answer *alias_from(const struct dns_message *message, const char *name)
{
    for (unsigned i = 0; i < message->answer_count; i++)
        if (is_alias(&message->answers[i]) && strcmp(message->answers[i].name, name) == 0)
            return &message->answers[i];
    return NULL;
}

static const struct dns_answer *alias_to(const struct dns_message *message, const char *name)
{
    for (unsigned i = 0; i < message->answer_count; i++)
        if (is_alias(&message->answers[i]) && strcmp(message->answers[i].target, name) == 0)
            return &message->answers[i];
    return NULL;
}

/* True where the chain from the question leads to `owner`. */
static bool question_leads_to(const struct dns_message *message, const char *owner)
{
    const char *name = message->question;
    for (unsigned step = 0; step <= message->answer_count; step++) {
        if (strcmp(name, owner) == 0)
            return true;
        const struct dns_answer *alias = alias_from(message, name);
        if (alias == NULL)
            return false;
        name = alias->target;
    }
    return false;
}

/* Returns the name by which the client asked for what `owner` is the end of. */
static const char *start_of_chain(const struct dns_message *message, const char *owner)
{
    if (message->question[0] != '\0' && question_leads_to(message, owner))
        return message->question;
    const char *name = owner;
    for (unsigned step = 0; step < message->answer_count; step++) {
        const struct dns_answer *alias = alias_to(message, name);
        if (alias == NULL)
            return name;
        name = alias->name;
    }
    return owner; /* a loop has no start */
}

void names_learn(struct names *names, const struct addr *client, const struct dns_message *message,
                 int64_t ts_ns)
{
    if (!message->response || message->opcode != 0)
        return;
    for (unsigned i = 0; i < message->answer_count && i < DNS_ANSWERS_MAX; i++) {
        const struct dns_answer *answer = &message->answers[i];
        if (!is_address(answer))
            continue;
        struct entry own = {.client = *client, .addr = answer->addr, .kind = KIND_CLIENT};
        index_prefetch(&names->index, hash_of(names, &own));
        const char *start = start_of_chain(message, answer->name);
        struct entry entry = {
            .addr = answer->addr,
            .text = start,
            .canonical = strcmp(start, answer->name) != 0 ? answer->name : NULL,
            .seen_ns = ts_ns,
            .ttl_s = answer->ttl_s > INT32_MAX ? 0 : answer->ttl_s, /* RFC 2181 section 8 */
            .kind = KIND_ANY};
        put_entry(names, &entry);
        names->counters.answers++;
        if (addr_is_group(client)) /* mDNS answers everybody */
            continue;
        entry.client = *client;
        entry.kind = KIND_CLIENT;
        put_entry(names, &entry);
    }
}

void names_learn_file(struct names *names, const struct addr *addr, const char *name)
{
    char normal[DOMAIN_MAX];
    if (domain_normalise(name, strlen(name), normal) == 0)
        return;
    struct entry entry = {.addr = *addr, .text = normal, .kind = KIND_FILE, .seen_ns = INT64_MIN};
    put_entry(names, &entry);
}

/* Finds the entry of the key, unless its time is over. */
static bool find_name(struct names *names, const struct entry *key, int64_t ts_ns,
                      struct name *ret_name)
{
    static const enum name_source sources[] = {[KIND_CLIENT] = NAME_SOURCE_DNS,
                                               [KIND_ANY] = NAME_SOURCE_DNS_OTHER,
                                               [KIND_FILE] = NAME_SOURCE_FILE};
    uint32_t number = find_entry(names, key);
    if (number == NONE)
        return false;
    const struct entry *entry = &names->entries[number];
    if (is_forgotten(names, entry, ts_ns)) {
        names->counters.expired++;
        remove_entry(names, number);
        return false;
    }
    list_remove(names, number);
    list_add(names, number);
    bool is_file = key->kind == KIND_FILE;
    *ret_name = (struct name){.text = entry->text,
                              .canonical = entry->canonical,
                              .source = sources[key->kind],
                              .seen_ns = is_file ? 0 : entry->seen_ns,
                              .expired = !is_file && ts_ns > expiry_of(names, entry)};
    return true;
}

bool names_find(struct names *names, const struct addr *client, const struct addr *addr,
                int64_t ts_ns, struct name *ret_name)
{
    struct entry own = {.client = *client, .addr = *addr, .kind = KIND_CLIENT};
    struct entry any = {.addr = *addr, .kind = KIND_ANY};
    struct entry file = {.addr = *addr, .kind = KIND_FILE};
    return find_name(names, &own, ts_ns, ret_name) || find_name(names, &any, ts_ns, ret_name) ||
           find_name(names, &file, ts_ns, ret_name);
}

const struct names_counters *names_counters(const struct names *names)
{
    return &names->counters;
}
