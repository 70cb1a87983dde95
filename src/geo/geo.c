/* SPDX-License-Identifier: Apache-2.0 */
/* Several MaxMind-format databases asked as one.
 *
 * Idea: what differs between vendors is only where a field stands, so one table lists the places of
 * each field, most usual first, and each database is read through it; no vendor is asked for by name.
 * Servers repeat, so the answer for an address is kept in a direct-mapped cache.
 *
 * Invariants: (1) no text leaves here that is not clean UTF-8 within its buffer, no country that is
 * not two letters; (2) a database that says something else about the country adds neither its city
 * nor a second opinion on anything but the country; (3) the answer depends on address and databases
 * alone, never on what was asked before.
 *
 * Rejected: remembering which places a database uses, since the first records would decide about
 * later ones; reading the file into memory against a file that shrinks while it is in use, since
 * everybody who updates a database renames a new file into place.
 *
 * Cost: about 0.2 us for the walk through the tree and 0.05 us for each place of a field tried; 20 ns
 * where the cache has the address; 0.8 MB of cache.
 *
 * Source: MaxMind DB File Format Specification 2.0; the field names of GeoLite2 and GeoIP2, DB-IP,
 * IPinfo and ip-location-db. */
#include "geo/geo.h"

#include <errno.h>
#include <maxminddb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/time.h"
#include "geo/metadata.h"

enum {
    CACHE_SLOTS = 4096
};

enum field {
    FIELD_COUNTRY,
    FIELD_REGISTERED,
    FIELD_CITY,
    FIELD_ASN,
    FIELD_ORG,
    FIELD_COUNT
};

/* The places of a field, NULL-terminated lists of keys; the first that holds a usable value counts.
 * `country` is a map, or a code, or in IPinfo Lite a name (which is no code, so it does not count). */
struct layout {
    enum field field;
    const char *keys[4];
};

static const struct layout layouts[] = {
    {FIELD_COUNTRY, {"country", "iso_code"}},
    {FIELD_COUNTRY, {"country_code"}},
    {FIELD_COUNTRY, {"country"}},
    {FIELD_REGISTERED, {"registered_country", "iso_code"}},
    {FIELD_CITY, {"city", "names", "en"}},
    {FIELD_CITY, {"city"}},
    {FIELD_ASN, {"autonomous_system_number"}},
    {FIELD_ASN, {"asn"}},
    {FIELD_ORG, {"autonomous_system_organization"}},
    {FIELD_ORG, {"as_name"}},
};

struct database {
    MMDB_s mmdb;
    char *path; /* owned */
    char type[64];
    struct geo_source source;
};

/* A slot that was never used has the address ::, which is special and so never asked for. */
struct slot {
    struct addr addr;
    bool found;
    struct place place;
};

struct geo {
    struct database *databases;
    size_t count;
    struct slot *slots;
};

/* Copies what is clean of `length` bytes: no control characters, nothing that is no UTF-8; cut at
 * the end of a character where the buffer is full. */
static void copy_text(const char *from, size_t length, char *ret_text, size_t size)
{
    size_t used = 0;
    for (size_t at = 0; at < length;) {
        size_t step = text_utf8_length(from + at, length - at);
        if (used + step >= size)
            break;
        uint8_t first = (uint8_t)from[at];
        bool control = first < 0x20 || first == 0x7f || /* and C1, U+0080 to U+009F */
                       (first == 0xc2 && step == 2 && (uint8_t)from[at + 1] < 0xa0);
        if (step > 0 && !control) {
            memcpy(ret_text + used, from + at, step);
            used += step;
        }
        at += step > 0 ? step : 1;
    }
    ret_text[used] = '\0';
}

static bool copy_country(const char *from, size_t length, char ret_code[static 3])
{
    char code[3] = {0};
    if (length != 2)
        return false;
    for (size_t i = 0; i < 2; i++) {
        bool lower = from[i] >= 'a' && from[i] <= 'z';
        code[i] = (char)(lower ? from[i] - 'a' + 'A' : from[i]);
        if (code[i] < 'A' || code[i] > 'Z')
            return false;
    }
    memcpy(ret_code, code, sizeof code);
    return true;
}

/* Reads `AS200107` or `200107`; 0 for anything else and past 32 bits. */
static uint32_t parse_asn(const char *digits, size_t length)
{
    size_t at = length > 2 && memcmp(digits, "AS", 2) == 0 ? 2 : 0;
    uint64_t number = 0;
    for (; at < length; at++) {
        if (digits[at] < '0' || digits[at] > '9')
            return 0;
        number = number * 10 + (uint64_t)(digits[at] - '0');
        if (number > UINT32_MAX)
            return 0;
    }
    return (uint32_t)number;
}

static uint32_t asn_of(const MMDB_entry_data_s *value)
{
    switch (value->type) {
    case MMDB_DATA_TYPE_UINT16:
        return value->uint16;
    case MMDB_DATA_TYPE_UINT32:
        return value->uint32;
    case MMDB_DATA_TYPE_UINT64:
        return value->uint64 <= UINT32_MAX ? (uint32_t)value->uint64 : 0;
    case MMDB_DATA_TYPE_INT32:
        return value->int32 > 0 ? (uint32_t)value->int32 : 0;
    case MMDB_DATA_TYPE_UTF8_STRING:
        return parse_asn(value->utf8_string, value->data_size);
    default:
        return 0;
    }
}

/* Writes the value to its field; false where it does not suit. */
static bool take_value(enum field field, const MMDB_entry_data_s *value, struct place *place)
{
    if (field == FIELD_ASN) {
        place->asn = asn_of(value);
        return place->asn != 0;
    }
    if (value->type != MMDB_DATA_TYPE_UTF8_STRING)
        return false;
    const char *string = value->utf8_string;
    size_t length = value->data_size;
    switch (field) {
    case FIELD_COUNTRY:
        return copy_country(string, length, place->country);
    case FIELD_REGISTERED:
        return copy_country(string, length, place->registered_country);
    case FIELD_CITY:
        copy_text(string, length, place->city, sizeof place->city);
        return place->city[0] != '\0';
    case FIELD_ORG:
        copy_text(string, length, place->as_org, sizeof place->as_org);
        return place->as_org[0] != '\0';
    case FIELD_ASN:
    case FIELD_COUNT:
        break;
    }
    return false;
}

/* Reads one record; false where it is damaged at a place that was read. */
static bool read_record(MMDB_entry_s *entry, struct place *ret_place)
{
    *ret_place = (struct place){0};
    bool have[FIELD_COUNT] = {false};
    for (size_t i = 0; i < COUNT_OF(layouts); i++) {
        const struct layout *layout = &layouts[i];
        /* An organisation goes with its number, so no number saves two searches. */
        if (have[layout->field] || (layout->field == FIELD_ORG && !have[FIELD_ASN]))
            continue;
        MMDB_entry_data_s value;
        int status = MMDB_aget_value(entry, &value, layout->keys);
        if (status == MMDB_SUCCESS)
            have[layout->field] = value.has_data && take_value(layout->field, &value, ret_place);
        else if (status != MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR)
            return false;
    }
    return true;
}

static MMDB_lookup_result_s walk_tree(const MMDB_s *mmdb, const struct addr *addr, int *ret_status)
{
    if (addr_is4(addr)) {
        struct sockaddr_in in = {.sin_family = AF_INET};
        memcpy(&in.sin_addr, addr->bytes + 12, 4);
        return MMDB_lookup_sockaddr(mmdb, (const struct sockaddr *)&in, ret_status);
    }
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    memcpy(&in6.sin6_addr, addr->bytes, 16);
    return MMDB_lookup_sockaddr(mmdb, (const struct sockaddr *)&in6, ret_status);
}

/* Asks one database; false where it has nothing.  Counts a fault where the file is damaged there. */
static bool ask(struct database *database, const struct addr *addr, struct place *ret_place)
{
    if (database->mmdb.metadata.ip_version == 4 && !addr_is4(addr))
        return false;
    int status = MMDB_SUCCESS;
    MMDB_lookup_result_s result = walk_tree(&database->mmdb, addr, &status);
    if (status == MMDB_SUCCESS && !result.found_entry)
        return false;
    if (status == MMDB_SUCCESS && read_record(&result.entry, ret_place))
        return true;
    database->source.faults++;
    return false;
}

/* Adds what a later database says where the earlier ones were silent.  A city goes with its country
 * and an organisation with its AS number: taken apart they would place Frankfurt in the Netherlands. */
static void merge(struct place *place, const struct place *more)
{
    if (place->country[0] == '\0')
        memcpy(place->country, more->country, sizeof place->country);
    bool same = more->country[0] == '\0' || strcmp(place->country, more->country) == 0;
    if (!same && !place->disagree) {
        place->disagree = true;
        memcpy(place->other_country, more->country, sizeof place->other_country);
    }
    if (place->registered_country[0] == '\0')
        memcpy(place->registered_country, more->registered_country,
               sizeof place->registered_country);
    if (place->city[0] == '\0' && same)
        memcpy(place->city, more->city, sizeof place->city);
    if (place->asn == 0)
        place->asn = more->asn;
    if (place->as_org[0] == '\0' && place->asn == more->asn)
        memcpy(place->as_org, more->as_org, sizeof place->as_org);
}

static bool is_empty(const struct place *place)
{
    return place->country[0] == '\0' && place->registered_country[0] == '\0' &&
           place->city[0] == '\0' && place->asn == 0;
}

static struct slot *slot_of(const struct geo *geo, const struct addr *addr)
{
    uint64_t halves[2];
    memcpy(halves, addr->bytes, sizeof halves);
    uint64_t hash = hash_mix(halves[0] ^ hash_seed(), halves[1] ^ UINT64_C(0x9e3779b97f4a7c15));
    return &geo->slots[hash % CACHE_SLOTS];
}

bool geo_find(struct geo *geo, const struct addr *addr, struct place *ret_place)
{
    if (geo->count == 0 || addr_is_special(addr)) {
        *ret_place = (struct place){0};
        return false;
    }
    struct slot *slot = slot_of(geo, addr);
    if (!addr_equal(&slot->addr, addr)) {
        slot->addr = *addr;
        slot->place = (struct place){0};
        for (size_t i = 0; i < geo->count; i++) {
            struct place more;
            if (ask(&geo->databases[i], addr, &more))
                merge(&slot->place, &more);
        }
        slot->found = !is_empty(&slot->place);
    }
    *ret_place = slot->place;
    return slot->found;
}

/* On failure nothing is left to close. */
static bool open_database(const char *path, struct database *ret_database, struct error *err)
{
    if (!metadata_check(path, err))
        return false;
    MMDB_s *mmdb = &ret_database->mmdb;
    int status = MMDB_open(path, MMDB_MODE_MMAP, mmdb);
    if (status == MMDB_FILE_OPEN_ERROR || status == MMDB_IO_ERROR)
        return error_set(err, "%s: cannot open the geo database: %s", path, strerror(errno));
    if (status == MMDB_OUT_OF_MEMORY_ERROR || status == MMDB_UNKNOWN_DATABASE_FORMAT_ERROR)
        return error_set(err, "%s: cannot read this geo database: %s", path, MMDB_strerror(status));
    if (status !=
        MMDB_SUCCESS) /* the library's codes differ between versions for the same damage */
        return error_set(err, "%s: no MaxMind-format database, or a broken one", path);
    const uint64_t last_s = (uint64_t)(INT64_MAX / NS_PER_S);
    uint64_t built_s = mmdb->metadata.build_epoch;
    const char *type = mmdb->metadata.database_type;
    if (type != NULL)
        copy_text(type, strlen(type), ret_database->type, sizeof ret_database->type);
    ret_database->path = mem_text(path);
    ret_database->source = (struct geo_source){
        .path = ret_database->path,
        .type = ret_database->type,
        .built_ns = (int64_t)(built_s < last_s ? built_s : last_s) * NS_PER_S,
        .nodes = mmdb->metadata.node_count,
    };
    return true;
}

struct geo *geo_open(const char *const *paths, size_t count, struct error *err)
{
    struct geo *geo = mem_zeroed(1, sizeof *geo);
    geo->databases = mem_zeroed(count, sizeof *geo->databases);
    geo->slots = mem_zeroed(count > 0 ? CACHE_SLOTS : 0, sizeof *geo->slots);
    for (; geo->count < count; geo->count++) {
        if (!open_database(paths[geo->count], &geo->databases[geo->count], err)) {
            geo_close(geo);
            return NULL;
        }
    }
    return geo;
}

void geo_close(struct geo *geo)
{
    if (geo == NULL)
        return;
    for (size_t i = 0; i < geo->count; i++) {
        free(geo->databases[i].path);
        MMDB_close(&geo->databases[i].mmdb);
    }
    free(geo->databases);
    free(geo->slots);
    free(geo);
}

const struct geo_source *geo_source(const struct geo *geo, size_t index)
{
    return index < geo->count ? &geo->databases[index].source : NULL;
}
