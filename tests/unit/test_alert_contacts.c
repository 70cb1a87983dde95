/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert/contacts.h"
#include "base/memory.h"
#include "base/time.h"
#include "run.h"

#define T0     (INT64_C(1700000000) * NS_PER_S)
#define MINUTE (60 * NS_PER_S)

static const struct vendor acme = {.id = "acme", .name = "Acme"};
static const struct service update = {.vendor = &acme, .id = "update", .name = "Acme update"};
static const struct service other = {.vendor = &acme, .id = "other", .name = "Acme other"};
static const struct contacts_options usual = {
    .contacts_max = 100, .alert_confidence = 0.5, .again_after_ns = NS_PER_DAY};

static struct addr address(unsigned number)
{
    struct addr addr =
        addr_from4((const uint8_t[]){10, 0, (uint8_t)(number >> 8), (uint8_t)number});
    return addr;
}

/* What one observation says; zero fields have the usual values. */
struct seen {
    int64_t at_ns; /* after T0 */
    unsigned asset;
    const struct service *service;
    const char *name, *domain;
    double weight;
    bool lookup, later, weak;
};

/* Adds it under a row of its own kind and name; writes the contact. */
static enum contact_verdict see(struct contacts *contacts, struct seen seen,
                                struct contact **ret_contact)
{
    const char *name = seen.name != NULL ? seen.name : "name.example";
    struct evidence row = {.kind = seen.lookup ? "dns-query" : "server-name",
                           .value = name,
                           .weight = seen.weight > 0.0 ? seen.weight : 0.4};
    struct sighting sighting = {.ts_ns = T0 + seen.at_ns,
                                .asset = address(seen.asset),
                                .endpoint = address(9999),
                                .resolver = address(53),
                                .asset_port = 50000,
                                .endpoint_port = seen.lookup ? 53 : 443,
                                .protocol = seen.lookup ? 17 : 6,
                                .has_endpoint = !seen.lookup,
                                .lookup = seen.lookup,
                                .vendor = &acme,
                                .service = seen.service != NULL ? seen.service : &update,
                                .name = name,
                                .domain = seen.domain,
                                .name_source = seen.lookup ? NAME_SOURCE_QUERY : NAME_SOURCE_SNI,
                                .first = !seen.later,
                                .weak = seen.weak,
                                .rows = &row,
                                .row_count = 1};
    return contacts_add(contacts, &sighting, ret_contact);
}

static struct alert alert_of(struct contacts *contacts, struct contact *contact, int64_t at_ns)
{
    struct alert alert = {0};
    contact_alert(contacts, contact, T0 + at_ns, "sensor", &alert);
    return alert;
}

static const struct evidence *row_of(const struct alert *alert, const char *kind)
{
    for (size_t i = 0; i < alert->evidence_count; i++)
        if (strcmp(alert->evidence[i].kind, kind) == 0)
            return &alert->evidence[i];
    return NULL;
}

START_TEST(contact_is_raised_when_it_is_certain_enough)
{
    struct contacts *contacts = contacts_new(&usual);
    struct contact *contact = NULL;
    ck_assert_int_eq(see(contacts, (struct seen){.asset = 1}, &contact), CONTACT_QUIET);
    /* The same again says nothing new, a better look at it does not either. */
    ck_assert_int_eq(see(contacts, (struct seen){.asset = 1, .weight = 0.3}, &contact),
                     CONTACT_QUIET);
    ck_assert_int_eq(see(contacts, (struct seen){.asset = 1, .name = "two.example"}, &contact),
                     CONTACT_RAISE);
    struct alert alert = alert_of(contacts, contact, 0);
    ck_assert(fabs(alert.confidence - 0.64) < 1e-9);
    ck_assert_uint_eq(alert.evidence_count, 2);
    ck_assert_int_eq(alert.state, CONTACT_NEW);
    ck_assert_uint_eq(alert.flows, 3);
    ck_assert_uint_eq(contacts_counters(contacts)->raised, 1);
    /* The other service of the vendor, and another machine, are contacts of their own. */
    ck_assert_int_eq(see(contacts, (struct seen){.asset = 1, .service = &other}, &contact),
                     CONTACT_QUIET);
    ck_assert_int_eq(see(contacts, (struct seen){.asset = 2}, &contact), CONTACT_QUIET);
    ck_assert_uint_eq(contacts_counters(contacts)->contacts, 3);
    contacts_free(contacts);
    contacts_free(NULL);
}
END_TEST

START_TEST(contact_that_goes_on_is_told_again_after_the_pause)
{
    struct contacts *contacts = contacts_new(&usual);
    struct contact *contact = NULL;
    struct seen seen = {.asset = 1, .weight = 0.9};
    ck_assert_int_eq(see(contacts, seen, &contact), CONTACT_RAISE);
    (void)alert_of(contacts, contact, 0);
    ck_assert(!contact_has_news(contact));
    seen.at_ns = NS_PER_DAY - 1;
    ck_assert_int_eq(see(contacts, seen, &contact), CONTACT_QUIET);
    ck_assert(contact_has_news(contact));
    seen.at_ns = NS_PER_DAY;
    ck_assert_int_eq(see(contacts, seen, &contact), CONTACT_RAISE);
    struct alert alert = alert_of(contacts, contact, NS_PER_DAY);
    ck_assert_int_eq(alert.state, CONTACT_ONGOING);
    ck_assert_int_eq(alert.first_ns, T0);
    ck_assert_int_eq(alert.last_ns, T0 + NS_PER_DAY);
    ck_assert(!contact_has_news(contact));
    contacts_free(contacts);
}
END_TEST

START_TEST(suppressed_contact_stays_quiet_for_the_same_name)
{
    struct contacts *contacts = contacts_new(&usual);
    struct contact *contact = NULL;
    struct seen seen = {.asset = 1, .weight = 0.9};
    ck_assert_int_eq(see(contacts, seen, &contact), CONTACT_RAISE);
    contact_suppress(contact, T0, true);
    ck_assert_int_eq(see(contacts, seen, &contact), CONTACT_QUIET);
    ck_assert(!contact_has_news(contact));
    /* An exception for one name says nothing of another. */
    seen.name = "two.example";
    ck_assert_int_eq(see(contacts, seen, &contact), CONTACT_RAISE);
    contact_suppress(contact, T0, false);
    seen.name = "three.example"; /* one for the whole vendor does */
    ck_assert_int_eq(see(contacts, seen, &contact), CONTACT_QUIET);
    seen.at_ns = NS_PER_DAY;
    ck_assert_int_eq(see(contacts, seen, &contact), CONTACT_RAISE);
    contacts_free(contacts);
}
END_TEST

START_TEST(past_the_bound_the_oldest_goes_and_raised_ones_last)
{
    struct contacts_options options = usual;
    options.contacts_max = 3;
    struct contacts *contacts = contacts_new(&options);
    struct contact *contact = NULL;
    (void)see(contacts, (struct seen){.asset = 1, .weight = 0.9}, &contact);
    (void)alert_of(contacts, contact, 0);
    for (unsigned asset = 2; asset <= 4; asset++) /* 2 makes room for 4 */
        (void)see(contacts, (struct seen){.asset = asset}, &contact);
    ck_assert_uint_eq(contacts_counters(contacts)->evicted, 1);
    ck_assert_uint_eq(contacts_counters(contacts)->contacts, 3);
    (void)see(contacts, (struct seen){.asset = 3}, &contact); /* now 4 is unseen longest */
    (void)see(contacts, (struct seen){.asset = 5}, &contact);
    unsigned wanted[] = {1, 3, 5};
    size_t count = 0;
    for (contact = contacts_next(contacts, NULL); contact != NULL;
         contact = contacts_next(contacts, contact)) {
        struct alert alert = {0};
        (void)contact_peek(contacts, contact, &alert);
        struct addr addr = address(wanted[count++]);
        ck_assert(addr_equal(&alert.asset, &addr));
    }
    ck_assert_uint_eq(count, 3);
    contacts_free(contacts);
}
END_TEST

START_TEST(of_raised_contacts_alone_the_oldest_goes)
{
    struct contacts_options options = usual;
    options.contacts_max = 2;
    struct contacts *contacts = contacts_new(&options);
    struct contact *contact = NULL;
    for (unsigned asset = 1; asset <= 3; asset++) {
        (void)see(contacts, (struct seen){.asset = asset, .weight = 0.9}, &contact);
        (void)alert_of(contacts, contact, 0);
    }
    struct alert alert = {0};
    ck_assert(contact_peek(contacts, contacts_next(contacts, NULL), &alert));
    struct addr second = address(2);
    ck_assert(addr_equal(&alert.asset, &second));
    contacts_free(contacts);
}
END_TEST

START_TEST(look_up_of_both_address_families_is_one)
{
    struct contacts *contacts = contacts_new(&usual);
    struct contact *contact = NULL;
    struct seen seen = {.asset = 1, .lookup = true};
    (void)see(contacts, seen, &contact); /* A */
    seen.at_ns = 20 * NS_PER_MS;
    (void)see(contacts, seen, &contact); /* AAAA */
    struct alert alert = {0};
    (void)contact_peek(contacts, contact, &alert);
    ck_assert_uint_eq(alert.lookups, 1);
    seen.at_ns = 21 * NS_PER_MS;
    seen.name = "two.example";
    (void)see(contacts, seen, &contact);
    seen.at_ns = 10 * NS_PER_S; /* the same name, much later */
    (void)see(contacts, seen, &contact);
    (void)contact_peek(contacts, contact, &alert);
    ck_assert_uint_eq(alert.lookups, 3);
    ck_assert_uint_eq(alert.flows, 0);
    contacts_free(contacts);
}
END_TEST

START_TEST(occasions_are_a_minute_apart)
{
    struct contacts *contacts = contacts_new(&usual);
    struct contact *contact = NULL;
    for (int64_t i = 0; i < 10; i++) /* one wake-up */
        (void)see(contacts, (struct seen){.asset = 1, .at_ns = i * 5 * NS_PER_S}, &contact);
    struct alert alert = {0};
    (void)contact_peek(contacts, contact, &alert);
    ck_assert_ptr_null(row_of(&alert, "repeated"));
    ck_assert_int_eq(see(contacts, (struct seen){.asset = 1, .at_ns = MINUTE}, &contact),
                     CONTACT_RAISE); /* 0.4 and 0.2 */
    alert = alert_of(contacts, contact, MINUTE);
    const struct evidence *row = row_of(&alert, "repeated");
    ck_assert_ptr_nonnull(row);
    ck_assert(fabs(row->weight - 0.2) < 1e-9);
    ck_assert_str_eq(row->value, "2 occasions since 2023-11-14T22:13");
    /* More of one flow is no occasion. */
    (void)see(contacts, (struct seen){.asset = 1, .at_ns = 2 * MINUTE, .later = true}, &contact);
    alert = alert_of(contacts, contact, 2 * MINUTE);
    row = row_of(&alert, "repeated");
    ck_assert_ptr_nonnull(row);
    ck_assert(fabs(row->weight - 0.2) < 1e-9);
    ck_assert_uint_eq(alert.flows, 11);
    contacts_free(contacts);
}
END_TEST

START_TEST(whole_vendor_names_are_not_made_certain_by_repetition)
{
    struct contacts *contacts = contacts_new(&usual);
    struct contact *contact = NULL;
    for (int64_t i = 0; i < 20; i++)
        ck_assert_int_eq(see(contacts,
                             (struct seen){.asset = 1,
                                           .at_ns = i * MINUTE,
                                           .weak = true,
                                           .weight = 0.1,
                                           .domain = ".example",
                                           .lookup = i % 2 == 0},
                             &contact),
                         CONTACT_QUIET);
    struct alert alert = {0};
    ck_assert(!contact_peek(contacts, contact, &alert));
    contacts_free(contacts);
}
END_TEST

START_TEST(many_names_below_one_domain_are_evidence)
{
    struct contacts *contacts = contacts_new(&usual);
    struct contact *contact = NULL;
    for (unsigned i = 0; i < 40; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "%08x.rep.example", i * 2654435761U);
        (void)see(contacts,
                  (struct seen){.asset = 1,
                                .at_ns = i * NS_PER_MS,
                                .name = name,
                                .domain = ".rep.example",
                                .lookup = true,
                                .weight = 0.01},
                  &contact);
    }
    struct alert alert = alert_of(contacts, contact, 0);
    const struct evidence *row = row_of(&alert, "look-up-names");
    ck_assert_ptr_nonnull(row);
    ck_assert(fabs(row->weight - 0.5) < 1e-9);
    ck_assert_ptr_nonnull(strstr(row->value, "or more below .rep.example"));
    ck_assert_uint_ge(strtoul(row->value, NULL, 10), 20); /* a sketch: never too many */
    ck_assert_uint_le(strtoul(row->value, NULL, 10), 40);
    ck_assert_uint_eq(alert.name_count, EVENT_NAMES_MAX);
    ck_assert_uint_le(alert.evidence_count, EVENT_EVIDENCE_MAX);
    ck_assert_uint_eq(alert.lookups, 40);
    contacts_free(contacts);
}
END_TEST

START_TEST(alert_about_both_shows_the_flow)
{
    struct contacts *contacts = contacts_new(&usual);
    struct contact *contact = NULL;
    (void)see(contacts, (struct seen){.asset = 1, .lookup = true, .name = "a.example"}, &contact);
    struct alert alert = alert_of(contacts, contact, 0);
    ck_assert(alert.is_lookup && !alert.has_endpoint);
    ck_assert_int_eq(alert.name_source, NAME_SOURCE_QUERY);
    (void)see(contacts, (struct seen){.asset = 1, .name = "b.example"}, &contact);
    /* A look-up of another name after it: name and endpoint must still belong together. */
    (void)see(contacts, (struct seen){.asset = 1, .lookup = true, .name = "c.example"}, &contact);
    alert = alert_of(contacts, contact, 0);
    ck_assert(!alert.is_lookup && alert.has_endpoint);
    ck_assert_str_eq(alert.name, "b.example");
    ck_assert_int_eq(alert.name_source, NAME_SOURCE_SNI);
    ck_assert_uint_eq(alert.name_count, 3);
    contacts_free(contacts);
}
END_TEST

START_TEST(name_of_one_endpoint_is_not_given_to_the_next)
{
    struct contacts *contacts = contacts_new(&usual);
    struct contact *contact = NULL;
    (void)see(contacts, (struct seen){.asset = 1, .name = "a.example"}, &contact);
    struct evidence row = {.kind = "user-agent", .value = "Agent", .weight = 0.4};
    struct sighting sighting = {.ts_ns = T0,
                                .asset = address(1),
                                .endpoint = address(8888),
                                .has_endpoint = true,
                                .vendor = &acme,
                                .service = &update,
                                .name_source = NAME_SOURCE_NONE,
                                .first = true,
                                .rows = &row,
                                .row_count = 1};
    ck_assert_int_eq(contacts_add(contacts, &sighting, &contact), CONTACT_RAISE);
    struct alert alert = alert_of(contacts, contact, 0);
    ck_assert_ptr_null(alert.name);
    ck_assert_int_eq(alert.name_source, NAME_SOURCE_NONE);
    ck_assert_uint_eq(alert.name_count, 1); /* it is still one of the contact's names */
    contacts_free(contacts);
}
END_TEST

START_TEST(volume_and_visibility_of_finished_flows_add_up)
{
    struct contacts *contacts = contacts_new(&usual);
    struct contact *contact = NULL;
    (void)see(contacts, (struct seen){.asset = 1, .weight = 0.9}, &contact);
    struct addr asset = address(1), stranger = address(2);
    struct contact_volume volume = {
        .bytes_out = 100, .bytes_in = 2000, .lost_bytes = 7, .one_sided = true};
    contacts_add_volume(contacts, &asset, &acme, &update, &volume);
    volume = (struct contact_volume){.bytes_out = 1, .truncated = true, .name_hidden = true};
    contacts_add_volume(contacts, &asset, &acme, &update, &volume);
    contacts_add_volume(contacts, &stranger, &acme, &update, &volume); /* nobody's */
    struct alert alert = {0};
    ck_assert(contact_peek(contacts, contact, &alert));
    ck_assert_uint_eq(alert.bytes_out, 101);
    ck_assert_uint_eq(alert.bytes_in, 2000);
    ck_assert_uint_eq(alert.lost_bytes, 7);
    ck_assert(alert.one_sided && alert.truncated && alert.name_hidden);
    contacts_free(contacts);
}
END_TEST

START_TEST(event_id_tells_who_what_and_when)
{
    uint8_t ids[5][16];
    for (unsigned i = 0; i < 5; i++) {
        struct contacts *contacts = contacts_new(&usual);
        struct contact *contact = NULL;
        struct seen seen = {.asset = 1, .weight = 0.9};
        if (i == 1)
            seen.asset = 2;
        if (i == 2)
            seen.service = &other;
        if (i == 3)
            seen.at_ns = 1;
        (void)see(contacts, seen, &contact);
        struct alert alert = alert_of(contacts, contact, 0);
        memcpy(ids[i], alert.event_id, 16);
        contacts_free(contacts);
    }
    for (unsigned i = 1; i < 4; i++)
        ck_assert_mem_ne(ids[0], ids[i], 16);
    ck_assert_mem_eq(ids[0], ids[4], 16); /* another run, another table */
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {contact_is_raised_when_it_is_certain_enough,
                                  contact_that_goes_on_is_told_again_after_the_pause,
                                  suppressed_contact_stays_quiet_for_the_same_name,
                                  past_the_bound_the_oldest_goes_and_raised_ones_last,
                                  of_raised_contacts_alone_the_oldest_goes,
                                  look_up_of_both_address_families_is_one,
                                  occasions_are_a_minute_apart,
                                  whole_vendor_names_are_not_made_certain_by_repetition,
                                  many_names_below_one_domain_are_evidence,
                                  alert_about_both_shows_the_flow,
                                  name_of_one_endpoint_is_not_given_to_the_next,
                                  volume_and_visibility_of_finished_flows_add_up,
                                  event_id_tells_who_what_and_when,
                                  NULL};
    return run_suite(suite_of("alert_contacts", tests));
}
