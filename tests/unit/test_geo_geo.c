/* SPDX-License-Identifier: Apache-2.0 */
/* The databases of tests/geo, sound and broken, and the one that is shipped. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/time.h"
#include "geo/geo.h"
#include "run.h"

/* In every test database that has anything, this address has a record. */
#define ADDRESS "185.85.15.26"

static void path_of(const char *name, char ret_path[static 512])
{
    const char *source = getenv("TELLTALE_SOURCE");
    (void)snprintf(ret_path, 512, "%s/%s", source != NULL ? source : ".", name);
}

static struct geo *open_two(const char *first, const char *second)
{
    char paths[2][512];
    const char *list[2] = {paths[0], paths[1]};
    path_of(first, paths[0]);
    path_of(second != NULL ? second : "", paths[1]);
    struct error err = {{0}};
    struct geo *geo = geo_open(list, second != NULL ? 2 : 1, &err);
    ck_assert_msg(geo != NULL, "%s", err.text);
    return geo;
}

static bool find(struct geo *geo, const char *text, struct place *ret_place)
{
    struct addr addr;
    ck_assert(addr_parse(text, &addr));
    memset(ret_place, 0xa5, sizeof *ret_place);
    return geo_find(geo, &addr, ret_place);
}

/* The place in one line, so that a difference is seen whole. */
static const char *place_text(const struct place *place, char ret_text[static 256])
{
    (void)snprintf(ret_text, 256, "%s (%s) %s AS%u %s%s%s", place->country,
                   place->registered_country, place->city, place->asn, place->as_org,
                   place->disagree ? ", or " : "", place->other_country);
    return ret_text;
}

static void check_place(const struct place *place, const struct place *wanted)
{
    char got[256], right[256];
    ck_assert_str_eq(place_text(place, got), place_text(wanted, right));
}

/* Opens one or two databases, looks `ADDRESS` up, compares and closes; returns the faults counted. */
static uint64_t check_find(const char *first, const char *second, const struct place *wanted)
{
    struct geo *geo = open_two(first, second);
    struct place place;
    ck_assert_int_eq(find(geo, ADDRESS, &place),
                     wanted->country[0] != '\0' || wanted->city[0] != '\0' || wanted->asn != 0);
    check_place(&place, wanted);
    uint64_t faults = geo_source(geo, 0)->faults;
    geo_close(geo);
    return faults;
}

START_TEST(shipped_database_places_the_vendor)
{
    struct geo *geo = open_two("geo/telltale.mmdb", NULL);
    struct place place;
    ck_assert(find(geo, "77.74.181.1", &place));
    check_place(&place, &(struct place){.country = "RU",
                                        .registered_country = "CH",
                                        .city = "Moscow",
                                        .asn = 200107,
                                        .as_org = "Kaspersky Lab Switzerland GmbH"});
    ck_assert(find(geo, "::ffff:77.74.181.1", &place));
    ck_assert_str_eq(place.city, "Moscow");
    ck_assert_str_eq(geo_source(geo, 0)->type, "Telltale-Country-ASN-City");
    ck_assert_uint_gt(geo_source(geo, 0)->nodes, 100000);
    geo_close(geo);
}
END_TEST

START_TEST(every_layout_is_read)
{
#define KASPERSKY .asn = 200107, .as_org = "Kaspersky Lab Switzerland GmbH"
    static const struct {
        const char *name;
        struct place wanted;
    } rows[] = {
        {"city", {.country = "NL", .registered_country = "CH", .city = "Amsterdam"}},
        {"asn", {KASPERSKY}},
        {"dbip-city", {.country = "NL", .city = "Amsterdam"}},
        {"ipinfo", {.country = "NL", KASPERSKY}},
        {"ipinfo-lite", {.country = "NL", KASPERSKY}},
        {"flat-country", {.country = "NL"}},
        {"flat-city", {.country = "NL", .city = "Amsterdam"}},
        {"flat-asn", {KASPERSKY}},
        {"telltale", {.country = "NL", .registered_country = "CH", .city = "Amsterdam", KASPERSKY}},
        {"record28", {.country = "NL"}},
        {"record32", {.country = "NL"}},
        {"ipv4", {.country = "NL"}},
        {"everything", {.country = "NL", KASPERSKY}},
        {"empty-map", {.asn = 0}},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char path[64];
        (void)snprintf(path, sizeof path, "tests/geo/%s.mmdb", rows[i].name);
        ck_assert_uint_eq(check_find(path, NULL, &rows[i].wanted), 0);
    }
}
END_TEST

START_TEST(odd_values_are_left_out)
{
    static const struct {
        const char *name;
        struct place wanted;
    } rows[] = {
        {"country-int", {.asn = 0}},
        {"country-list", {.asn = 0}},
        {"code-types", {.asn = 0}},
        {"code-length", {.asn = 0}},
        {"code-letters", {.asn = 0}},
        {"names-string", {.country = "NL"}},
        {"names-no-english", {.country = "NL"}},
        {"asn-string", {.asn = 200107}},
        {"asn-letters", {.asn = 0}},
        {"asn-long", {.asn = 0}},
        {"asn-uint64", {.asn = 0}},
        {"asn-negative", {.asn = 0}},
        {"asn-zero", {.asn = 0}},
        {"scalar", {.asn = 0}},
        {"array", {.asn = 0}},
        {"deep", {.asn = 0}},
        {"escapes", {.city = "Mos[31mcow\"\\ end", .asn = 64496, .as_org = "Mos[31mcow\"\\ end"}},
        {"not-utf8", {.city = "A", .asn = 64496, .as_org = "A"}},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char path[64];
        (void)snprintf(path, sizeof path, "tests/geo/%s.mmdb", rows[i].name);
        ck_assert_uint_eq(check_find(path, NULL, &rows[i].wanted), 0);
    }
}
END_TEST

START_TEST(long_texts_are_cut_at_a_character)
{
    struct geo *geo = open_two("tests/geo/huge-string.mmdb", NULL);
    struct place place;
    ck_assert(find(geo, ADDRESS, &place));
    ck_assert_uint_eq(strlen(place.city), sizeof place.city - 1);
    ck_assert_uint_eq(strspn(place.city, "A"), sizeof place.city - 1);
    /* Letters of two bytes: of the 95 places one stays free. */
    ck_assert_uint_eq(strlen(place.as_org), sizeof place.as_org - 2);
    for (size_t at = 0; place.as_org[at] != '\0'; at += 2)
        ck_assert_int_eq(memcmp(place.as_org + at, "ü", 2), 0);
    geo_close(geo);
}
END_TEST

START_TEST(damage_is_counted_and_finds_nothing)
{
    static const char *const names[] = {
        "pointer-self", "pointer-chain", "pointer-out", "key-number", "map-size",
        "string-size",  "leaf-out",      "leaf-gap",    "tree-loop",  "double-size"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char path[64];
        (void)snprintf(path, sizeof path, "tests/geo/%s.mmdb", names[i]);
        uint64_t faults = check_find(path, NULL, &(struct place){.asn = 0});
        ck_assert_msg(faults == 1, "%s: %u faults", names[i], (unsigned)faults);
    }
    /* A map that holds itself is only bad for who reads all of it. */
    ck_assert_uint_eq(check_find("tests/geo/pointer-loop.mmdb", NULL, &(struct place){.asn = 0}),
                      0);
}
END_TEST

START_TEST(damage_in_one_database_leaves_the_others)
{
    ck_assert_uint_eq(
        check_find(
            "tests/geo/map-size.mmdb", "tests/geo/city.mmdb",
            &(struct place){.country = "NL", .registered_country = "CH", .city = "Amsterdam"}),
        1);
}
END_TEST

/* Opening must fail with one sentence that starts with the path and holds `part`. */
static void check_refused(const char *path, const char *part)
{
    struct error err = {{0}};
    struct geo *geo = geo_open(&path, 1, &err);
    ck_assert_msg(geo == NULL, "%s opens", path);
    ck_assert_msg(strncmp(err.text, path, strlen(path)) == 0, "%s", err.text);
    ck_assert_msg(strstr(err.text, part) != NULL, "%s", err.text);
    ck_assert_ptr_null(strchr(err.text, '\n'));
}

START_TEST(unusable_files_are_refused_with_a_sentence)
{
    static const char *const rows[][2] = {
        {"zero", "is empty"},
        {"truncated", "no MaxMind-format database"},
        {"beheaded", "claims"},
        {"metadata-cut", "metadata makes no sense"},
        {"metadata-none", "metadata makes no sense"},
        {"metadata-garbage", "metadata makes no sense"},
        {"not-a-database", "no MaxMind-format database"},
        {"node-count", "claims 4294967295 nodes in 1002 bytes"},
        {"node-count-more", "claims 5000 nodes"},
        {"node-count-zero", "metadata makes no sense"},
        {"record-size", "records of 13 bits"},
        {"format-version", "cannot read this geo database"},
        {"ip-version", "broken"},
        {"type-number", "broken"},
        {"missing-file", "No such file"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char name[64];
        char path[512];
        (void)snprintf(name, sizeof name, "tests/geo/%s.mmdb", rows[i][0]);
        path_of(name, path);
        check_refused(path, rows[i][1]);
    }
    char folder[512];
    path_of("tests/geo", folder);
    check_refused(folder, "is a directory");
    check_refused("/dev/null", "not a regular file");
}
END_TEST

START_TEST(a_file_without_permission_is_refused)
{
    if (geteuid() == 0)
        return; /* root may read everything */
    char path[] = "/tmp/telltale-geo-XXXXXX";
    int descriptor = mkstemp(path);
    ck_assert_int_ge(descriptor, 0);
    ck_assert_int_eq(write(descriptor, "x", 1), 1);
    ck_assert_int_eq(fchmod(descriptor, 0), 0);
    check_refused(path, "Permission denied");
    (void)close(descriptor);
    ck_assert_int_eq(unlink(path), 0);
}
END_TEST

START_TEST(one_bad_database_closes_the_good_ones)
{
    char good[512], bad[512];
    path_of("tests/geo/city.mmdb", good);
    path_of("tests/geo/zero.mmdb", bad);
    const char *paths[] = {good, bad};
    struct error err = {{0}};
    ck_assert_ptr_null(geo_open(paths, 2, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "zero.mmdb"));
}
END_TEST

START_TEST(no_database_finds_nothing)
{
    struct geo *geo = geo_open(NULL, 0, NULL);
    struct place place;
    ck_assert_ptr_nonnull(geo);
    ck_assert(!find(geo, ADDRESS, &place));
    check_place(&place, &(struct place){.asn = 0});
    ck_assert_ptr_null(geo_source(geo, 0));
    geo_close(geo);
    geo_close(NULL);
}
END_TEST

START_TEST(databases_add_to_each_other)
{
    (void)check_find(
        "tests/geo/city.mmdb", "tests/geo/asn.mmdb",
        &(struct place){
            .country = "NL", .registered_country = "CH", .city = "Amsterdam", KASPERSKY});
    (void)check_find("tests/geo/asn-string.mmdb", "tests/geo/asn.mmdb", &(struct place){KASPERSKY});
    (void)check_find(
        "tests/geo/flat-country.mmdb", "tests/geo/city.mmdb",
        &(struct place){.country = "NL", .registered_country = "CH", .city = "Amsterdam"});
}
END_TEST

START_TEST(an_organisation_goes_with_its_number)
{
    /* not-utf8.mmdb has AS 64496, asn-string.mmdb AS 200107 without a name. */
    (void)check_find("tests/geo/asn-string.mmdb", "tests/geo/not-utf8.mmdb",
                     &(struct place){.city = "A", .asn = 200107});
}
END_TEST

START_TEST(another_country_is_a_disagreement)
{
    (void)check_find("tests/geo/city.mmdb", "tests/geo/city-other.mmdb",
                     &(struct place){.country = "NL",
                                     .registered_country = "CH",
                                     .city = "Amsterdam",
                                     .disagree = true,
                                     .other_country = "DE"});
    (void)check_find("tests/geo/city-other.mmdb", "tests/geo/city.mmdb",
                     &(struct place){.country = "DE",
                                     .registered_country = "CH",
                                     .city = "Frankfurt am Main",
                                     .disagree = true,
                                     .other_country = "NL"});
    /* The city of who disagrees would stand in the wrong country. */
    (void)check_find("tests/geo/flat-country.mmdb", "tests/geo/city-other.mmdb",
                     &(struct place){.country = "NL", .disagree = true, .other_country = "DE"});
}
END_TEST

START_TEST(special_addresses_are_not_looked_up)
{
    static const char *const special[] = {"10.0.0.1",  "192.168.1.1", "127.0.0.1", "224.0.0.1",
                                          "192.0.2.7", "fe80::1",     "fd00::1",   "ff02::1",
                                          "::",        "2001:db8::1", "100.64.0.1"};
    struct geo *geo = open_two("tests/geo/everything.mmdb", NULL);
    struct place place;
    ck_assert(find(geo, "2a00::1", &place));
    for (size_t i = 0; i < COUNT_OF(special); i++) {
        ck_assert_msg(!find(geo, special[i], &place), "%s", special[i]);
        check_place(&place, &(struct place){.asn = 0});
    }
    geo_close(geo);
}
END_TEST

START_TEST(ipv6_in_an_ipv4_database_is_unknown)
{
    struct geo *geo = open_two("tests/geo/ipv4.mmdb", NULL);
    struct place place;
    ck_assert(!find(geo, "2a00::1", &place));
    ck_assert_uint_eq(geo_source(geo, 0)->faults, 0);
    geo_close(geo);
}
END_TEST

START_TEST(sources_tell_type_date_and_size)
{
    struct geo *geo = open_two("tests/geo/city.mmdb", "tests/geo/asn.mmdb");
    int64_t built_ns = 0;
    ck_assert(time_parse_date("2026-06-01", &built_ns));
    ck_assert_str_eq(geo_source(geo, 0)->type, "GeoIP2-City");
    ck_assert_str_eq(geo_source(geo, 1)->type, "GeoLite2-ASN");
    ck_assert_int_eq(geo_source(geo, 1)->built_ns, built_ns);
    ck_assert_uint_eq(geo_source(geo, 0)->nodes, 225);
    ck_assert_ptr_nonnull(strstr(geo_source(geo, 1)->path, "asn.mmdb"));
    ck_assert_ptr_null(geo_source(geo, 2));
    geo_close(geo);
}
END_TEST

START_TEST(answers_do_not_depend_on_what_was_asked_before)
{
    /* Many more addresses than the cache holds, each asked twice in a different order. */
    struct geo *geo = open_two("geo/telltale.mmdb", NULL);
    struct geo *fresh = open_two("geo/telltale.mmdb", NULL);
    enum {
        ADDRESSES = 20000
    };
    for (uint32_t round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < ADDRESSES; i++) {
            uint32_t number = (round == 0 ? i : ADDRESSES - 1 - i) * UINT32_C(2654435761);
            const uint8_t bytes[4] = {(uint8_t)(number >> 24), (uint8_t)(number >> 16),
                                      (uint8_t)(number >> 8), (uint8_t)number};
            struct addr addr = addr_from4(bytes);
            struct place place, again;
            bool found = geo_find(geo, &addr, &place);
            ck_assert_int_eq(geo_find(geo, &addr, &again), found);
            check_place(&again, &place);
            if (round == 1) {
                ck_assert_int_eq(geo_find(fresh, &addr, &again), found);
                check_place(&again, &place);
            }
        }
    }
    geo_close(fresh);
    geo_close(geo);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {shipped_database_places_the_vendor,
                                  every_layout_is_read,
                                  odd_values_are_left_out,
                                  long_texts_are_cut_at_a_character,
                                  damage_is_counted_and_finds_nothing,
                                  damage_in_one_database_leaves_the_others,
                                  unusable_files_are_refused_with_a_sentence,
                                  a_file_without_permission_is_refused,
                                  one_bad_database_closes_the_good_ones,
                                  no_database_finds_nothing,
                                  databases_add_to_each_other,
                                  an_organisation_goes_with_its_number,
                                  another_country_is_a_disagreement,
                                  special_addresses_are_not_looked_up,
                                  ipv6_in_an_ipv4_database_is_unknown,
                                  sources_tell_type_date_and_size,
                                  answers_do_not_depend_on_what_was_asked_before,
                                  NULL};
    return run_suite(suite_of("geo", tests));
}
