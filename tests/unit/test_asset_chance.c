/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers of docs/verdicts.md are the code's. */
#include <math.h>
#include <stdio.h>

#include "asset/chance.h"
#include "asset_rig.h"

enum {
    LOOKUP = 1,
    SPOKEN = 2,
    BOTH = 3
};

/* A record of `occasions` in `hours`. */
static struct facts facts_of(unsigned occasions, unsigned hours)
{
    struct facts facts;
    facts_begin(&facts, &rig_kaspersky, rig_time(0));
    facts_add_moment(&facts, rig_time(0), true);
    facts.occasions = facts.contact_occasions = (uint16_t)occasions;
    facts.hours = (uint16_t)hours;
    facts.day_hours = (UINT32_C(1) << hours) - 1;
    return facts;
}

static void add(struct facts *facts, const struct service *service, unsigned channels)
{
    uint16_t occasions = facts->occasions, contact_occasions = facts->contact_occasions;
    uint16_t hours = facts->hours;
    uint32_t day_hours = facts->day_hours;
    struct asset_contact contact = rig_spoken(1, service, 0);
    if (channels & SPOKEN)
        (void)facts_add(facts, &contact);
    contact = rig_lookup(1, service, 0);
    if (channels & LOOKUP)
        (void)facts_add(facts, &contact);
    facts->occasions = occasions;
    facts->contact_occasions = (channels & SPOKEN) ? contact_occasions : 0;
    facts->hours = hours;
    facts->day_hours = day_hours;
}

static double probability(const struct facts *facts)
{
    struct surroundings around = {0};
    struct chance chance;
    chance_weigh(facts, &around, &chance);
    return chance.probability;
}

static struct facts two_purposes(unsigned occasions, unsigned hours, unsigned channels)
{
    struct facts facts = facts_of(occasions, hours);
    add(&facts, &rig_ksn, channels);
    add(&facts, &rig_update, channels);
    return facts;
}

static struct facts one_purpose(unsigned occasions, unsigned hours, unsigned channels)
{
    struct facts facts = facts_of(occasions, hours);
    add(&facts, &rig_ksn, channels);
    return facts;
}

static struct facts beating(void)
{
    struct facts facts = one_purpose(8, 6, SPOKEN);
    facts.beacon_p = 0.005F;
    return facts;
}

static struct facts nameless(void)
{
    struct facts facts = facts_of(5, 2);
    struct asset_contact contact = rig_opaque(1, &rig_kaspersky, 0);
    contact.first = false;
    (void)facts_add(&facts, &contact);
    facts.contacts = 5;
    return facts;
}

static struct facts visits(void)
{
    struct facts facts = facts_of(0, 0);
    for (unsigned i = 0; i < 500; i++)
        add(&facts, &rig_any, SPOKEN);
    return facts;
}

static void check_example(const char *page, const char *what, const struct facts *facts)
{
    char start[128];
    (void)snprintf(start, sizeof start, "\n| %s |", what);
    const char *row = strstr(page, start);
    ck_assert_msg(row != NULL, "no example '%s'", what);
    const char *cell = row + strlen(start);
    double said = strtod(cell, NULL), computed = probability(facts);
    ck_assert_msg(fabs(said - computed) <= 0.0051, "%s: %f, computed %f", what, said, computed);
    cell = strchr(cell, '|');
    ck_assert((strncmp(cell, "| yes", 5) == 0) == (computed >= 0.9));
}

START_TEST(examples_of_the_page_hold)
{
    char path[1024], page[16384];
    const char *source = getenv("TELLTALE_SOURCE");
    (void)snprintf(path, sizeof path, "%s/docs/verdicts.md", source != NULL ? source : ".");
    FILE *stream = fopen(path, "r");
    ck_assert_msg(stream != NULL, "%s", path);
    size_t size = fread(page, 1, sizeof page - 1, stream);
    (void)fclose(stream);
    page[size] = '\0';
    const struct {
        const char *what;
        struct facts facts;
    } examples[] = {
        {"one TLS contact to a reputation host", one_purpose(1, 1, SPOKEN)},
        {"update and reputation, in one minute", two_purposes(1, 1, SPOKEN)},
        {"update and reputation, on 3 occasions in 2 hours", two_purposes(3, 2, SPOKEN)},
        {"update and reputation, with look-ups, on 3 occasions in 2 hours",
         two_purposes(3, 2, BOTH)},
        {"update and reputation, on 5 occasions in 5 hours", two_purposes(5, 5, SPOKEN)},
        {"reputation only, on 8 occasions in 6 hours", one_purpose(8, 6, SPOKEN)},
        {"reputation only, on 8 occasions in 6 hours, a beacon of p 0.005", beating()},
        {"nameless, the vendor's network, on 5 occasions in 2 hours", nameless()},
        {"looked up only, reputation, on 40 occasions in 20 hours", one_purpose(40, 20, LOOKUP)},
        {"looked up only, update and reputation, on 24 occasions in 12 hours",
         two_purposes(24, 12, LOOKUP)},
        {"500 visits to the web site", visits()},
    };
    for (size_t i = 0; i < COUNT_OF(examples); i++)
        check_example(page, examples[i].what, &examples[i].facts);
}
END_TEST

START_TEST(no_two_kinds_of_facts_are_enough)
{
    struct facts facts = two_purposes(2, 1, BOTH);
    add(&facts, &rig_stat, BOTH);
    ck_assert(probability(&facts) < 0.9);
    facts = one_purpose(100, 1, BOTH);
    ck_assert(probability(&facts) < 0.9);
    facts = one_purpose(2, 2, BOTH);
    facts.beacon_p = 0.0001F;
    ck_assert(probability(&facts) < 0.9);
}
END_TEST

START_TEST(weak_indicators_grip_less)
{
    struct facts facts = facts_of(40, 20);
    struct asset_contact contact = rig_spoken(1, &rig_mixed, 0);
    contact.first = false;
    (void)facts_add(&facts, &contact);
    facts.contacts = 40;
    facts.beacon_p = 0.0001F;
    ck_assert(probability(&facts) < 0.95);
    contact.weight = 0.34;
    facts.best[PURPOSE_MIXED] = 0;
    (void)facts_add(&facts, &contact);
    ck_assert(probability(&facts) < 0.9);
}
END_TEST

START_TEST(three_purposes_in_two_hours_need_no_third_occasion)
{
    struct facts facts = two_purposes(2, 2, BOTH);
    ck_assert(probability(&facts) <= 0.88);
    add(&facts, &rig_stat, BOTH);
    ck_assert(probability(&facts) >= 0.9);
}
END_TEST

START_TEST(further_services_of_one_purpose_count_a_little)
{
    static const struct service other =
        RIG_SERVICE(&rig_kaspersky, "ksn2", PURPOSE_CLOUD_REPUTATION);
    struct facts facts = one_purpose(5, 5, SPOKEN);
    double one = probability(&facts);
    add(&facts, &other, SPOKEN);
    ck_assert(probability(&facts) > one);
    ck_assert(probability(&facts) < 0.91);
}
END_TEST

START_TEST(every_limit_has_its_text)
{
    struct surroundings around = {0};
    struct facts facts = facts_of(3, 3);
    for (unsigned hold = HOLD_NONE + 1; hold < HOLD_COUNT; hold++) {
        struct verdict_reason reasons[VERDICT_REASONS_MAX];
        struct chance chance = {.hold = hold};
        ck_assert(hold_limit(hold) < 0.9);
        ck_assert_uint_eq(chance_explain(&facts, &around, &chance, reasons), 1);
        ck_assert_str_eq(reasons[0].kind, "held-back");
        ck_assert(strlen(reasons[0].value) > 10);
    }
}
END_TEST

START_TEST(all_reasons_fit)
{
    struct surroundings around = {.ports = 2, .occasions = 9, .hours = 4, .speaker = 0.9};
    struct facts facts = two_purposes(2, 2, BOTH);
    facts.embedded = &rig_oem;
    for (unsigned i = 0; i < PURPOSE_COUNT; i++)
        facts.best[i] = 200;
    struct chance chance = {.hold = HOLD_PAIR};
    for (unsigned i = 0; i < REASON_COUNT; i++)
        chance.weights[i] = 0.5;
    struct verdict_reason reasons[VERDICT_REASONS_MAX];
    ck_assert_uint_eq(chance_explain(&facts, &around, &chance, reasons), VERDICT_REASONS_MAX);
    for (unsigned i = 0; i < VERDICT_REASONS_MAX; i++)
        ck_assert_uint_gt(strlen(reasons[i].value), 0);
    ck_assert_str_eq(reasons[REASON_OCCASIONS].value, "9 occasions");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {examples_of_the_page_hold,
                                  no_two_kinds_of_facts_are_enough,
                                  weak_indicators_grip_less,
                                  three_purposes_in_two_hours_need_no_third_occasion,
                                  further_services_of_one_purpose_count_a_little,
                                  every_limit_has_its_text,
                                  all_reasons_fit,
                                  NULL};
    return run_suite(suite_of("asset_chance", tests));
}
