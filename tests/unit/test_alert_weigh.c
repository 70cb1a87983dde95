/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers of docs/evidence.md are the code's. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert/weigh.h"
#include "base/memory.h"
#include "run.h"

static const struct service update = {.purpose = PURPOSE_UPDATE};

static double weigh(enum indicator indicator, enum confidence confidence, enum purpose purpose,
                    struct weigh_context context)
{
    struct service service = {.purpose = purpose};
    struct hit hit = {.indicator = indicator, .confidence = confidence, .service = &service};
    return weigh_hit(&hit, &context);
}

static double documented(enum indicator indicator, struct weigh_context context)
{
    struct hit hit = {
        .indicator = indicator, .confidence = CONFIDENCE_DOCUMENTED, .service = &update};
    return weigh_hit(&hit, &context);
}

static void check_near(double is, double wanted)
{
    ck_assert_msg(fabs(is - wanted) < 1e-9, "%f is not %f", is, wanted);
}

START_TEST(base_is_how_good_the_indicator_is)
{
    struct weigh_context spoken = {.channel = WEIGH_SPOKEN};
    check_near(weigh(INDICATOR_NAME_EXACT, CONFIDENCE_DOCUMENTED, PURPOSE_UPDATE, spoken),
               0.95 * 0.90);
    check_near(weigh(INDICATOR_NAME_EXACT, CONFIDENCE_SEEN, PURPOSE_UPDATE, spoken), 0.85 * 0.90);
    check_near(weigh(INDICATOR_NAME_GLOB, CONFIDENCE_UNSURE, PURPOSE_UPDATE, spoken), 0.40 * 0.90);
}
END_TEST

START_TEST(channel_scales_the_base)
{
    check_near(documented(INDICATOR_NAME_SUFFIX, (struct weigh_context){.channel = WEIGH_SPOKEN}),
               0.95 * 0.90);
    check_near(documented(INDICATOR_NAME_SUFFIX, (struct weigh_context){.channel = WEIGH_RECALLED}),
               0.95 * 0.75);
    check_near(documented(INDICATOR_NAME_SUFFIX, (struct weigh_context){.channel = WEIGH_LOOKUP}),
               0.95 * 0.45);
    struct weigh_context none = {.channel = WEIGH_SPOKEN};
    check_near(documented(INDICATOR_CERTIFICATE, none), 0.95 * 0.80);
    check_near(documented(INDICATOR_HEADER, none), 0.95 * 0.70);
    check_near(documented(INDICATOR_USER_AGENT, none), 0.95 * 0.50);
    check_near(documented(INDICATOR_NDPI, none), 0.95 * 0.50);
    check_near(documented(INDICATOR_URI, none), 0.95 * 0.30);
    check_near(documented(INDICATOR_JA3, none), 0.95 * 0.30);
    check_near(documented(INDICATOR_PORT, none), 0.15);
    check_near(documented(INDICATOR_COUNT, none), 0.0);
}
END_TEST

START_TEST(network_says_more_where_no_name_was_seen)
{
    struct weigh_context nameless = {.nameless = true, .both_sides = true};
    check_near(documented(INDICATOR_PREFIX, nameless), 0.95 * 0.65);
    check_near(documented(INDICATOR_ASN, nameless), 0.95 * 0.60);
    struct weigh_context named = {.both_sides = true};
    check_near(documented(INDICATOR_PREFIX, named), 0.95 * 0.10);
    struct weigh_context one_way = {.nameless = true};
    check_near(documented(INDICATOR_PREFIX, one_way), 0.95 * 0.30);
    struct weigh_context middle = {.nameless = true, .both_sides = true, .middle = true};
    check_near(documented(INDICATOR_PREFIX, middle), 0.95 * 0.30);
    struct weigh_context other = {.other_name = true, .both_sides = true};
    check_near(documented(INDICATOR_ASN, other), 0.95 * 0.15);
}
END_TEST

START_TEST(name_counts_by_what_it_stands_for)
{
    static const struct {
        enum purpose purpose;
        double factor;
    } cases[] = {{PURPOSE_VENDOR_SUFFIX, 0.25}, {PURPOSE_PKI, 0.25},
                 {PURPOSE_MIXED, 0.40},         {PURPOSE_ACCOUNT, 0.70},
                 {PURPOSE_TELEMETRY, 1.0},      {PURPOSE_CLOUD_REPUTATION, 1.0}};
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_near(weigh(INDICATOR_NAME_EXACT, CONFIDENCE_DOCUMENTED, cases[i].purpose,
                         (struct weigh_context){.channel = WEIGH_SPOKEN}),
                   0.95 * 0.90 * cases[i].factor);
    struct hit ownerless = {.indicator = INDICATOR_NAME_EXACT, .confidence = CONFIDENCE_SEEN};
    struct weigh_context spoken = {.channel = WEIGH_SPOKEN};
    check_near(weigh_hit(&ownerless, &spoken), 0.85 * 0.90);
    struct service portal = {.purpose = PURPOSE_MANAGEMENT, .browser = true};
    struct hit met = {
        .indicator = INDICATOR_NAME_EXACT, .confidence = CONFIDENCE_SEEN, .service = &portal};
    check_near(weigh_hit(&met, &spoken), 0.85 * 0.90 * 0.40);
}
END_TEST

START_TEST(repetition_and_many_names_add_up_to_a_half)
{
    static const double repeats[] = {0.0, 0.0, 0.20, 0.30, 0.40, 0.50, 0.50};
    for (unsigned i = 0; i < COUNT_OF(repeats); i++)
        check_near(weigh_repeats(i), repeats[i]);
    check_near(weigh_repeats(100000), 0.50);
    static const double names[] = {0.0, 0.0, 0.0, 0.35, 0.35, 0.35, 0.50};
    for (unsigned i = 0; i < COUNT_OF(names); i++)
        check_near(weigh_names(i), names[i]);
    check_near(weigh_names(64), 0.50);
}
END_TEST

START_TEST(rows_combine_as_independent_chances)
{
    struct evidence rows[] = {{.weight = 0.5}, {.weight = 0.5}, {.weight = 0.2}};
    check_near(weigh_combine(rows, 0), 0.0);
    check_near(weigh_combine(rows, 1), 0.5);
    check_near(weigh_combine(rows, 3), 0.8);
}
END_TEST

static double combine(double a, double b)
{
    struct evidence rows[] = {{.weight = a}, {.weight = b}};
    return weigh_combine(rows, 2);
}

/* Returns the row of the table of examples that begins with `what`, as the page has it. */
static void read_example(const char *page, const char *what, double *ret_confidence,
                         bool *ret_alert)
{
    char start[128];
    (void)snprintf(start, sizeof start, "\n| %s |", what);
    const char *row = strstr(page, start);
    ck_assert_msg(row != NULL, "no example '%s'", what);
    const char *cell = strchr(row + strlen(start), '|');
    ck_assert_ptr_nonnull(cell);
    *ret_confidence = strtod(cell + 1, NULL);
    cell = strchr(cell + 1, '|');
    ck_assert_ptr_nonnull(cell);
    *ret_alert = strncmp(cell, "| yes", 5) == 0;
}

START_TEST(examples_of_the_page_hold)
{
    char path[1024], page[16384];
    const char *source = getenv("TELLTALE_SOURCE");
    (void)snprintf(path, sizeof path, "%s/docs/evidence.md", source != NULL ? source : ".");
    FILE *stream = fopen(path, "r");
    ck_assert_msg(stream != NULL, "%s", path);
    size_t size = fread(page, 1, sizeof page - 1, stream);
    (void)fclose(stream);
    page[size] = '\0';
    struct weigh_context spoken = {.channel = WEIGH_SPOKEN, .both_sides = true};
    struct weigh_context nameless = {.nameless = true, .both_sides = true};
    double lookup =
        documented(INDICATOR_NAME_EXACT, (struct weigh_context){.channel = WEIGH_LOOKUP});
    double tls = documented(INDICATOR_NAME_EXACT, spoken);
    /* The examples do not say how good suffix and network are: seen, the usual case. */
    double suffix = weigh(INDICATOR_NAME_SUFFIX, CONFIDENCE_SEEN, PURPOSE_VENDOR_SUFFIX, spoken);
    double agree = weigh(INDICATOR_PREFIX, CONFIDENCE_SEEN, PURPOSE_UPDATE, spoken);
    double alone = weigh(INDICATOR_PREFIX, CONFIDENCE_SEEN, PURPOSE_UPDATE, nameless);
    double agent = weigh(INDICATOR_USER_AGENT, CONFIDENCE_SEEN, PURPOSE_UPDATE, spoken);
    double uri = weigh(INDICATOR_URI, CONFIDENCE_SEEN, PURPOSE_UPDATE, spoken);
    const struct {
        const char *what;
        double confidence;
    } examples[] = {
        {"one look-up of a documented name", lookup},
        {"two different names looked up", combine(lookup, lookup)},
        {"TLS to a documented name", tls},
        {"look-up, then TLS", combine(lookup, tls)},
        {"TLS to an unlisted host of the vendor, in its network", combine(suffix, agree)},
        {"nameless protocol to a listed network", alone},
        {"user agent and URI shape of an updater, unknown host", combine(agent, uri)},
    };
    for (size_t i = 0; i < COUNT_OF(examples); i++) {
        double confidence = 0.0;
        bool alert = false;
        read_example(page, examples[i].what, &confidence, &alert);
        ck_assert_msg(fabs(confidence - examples[i].confidence) <= 0.0051, "%s: %f, computed %f",
                      examples[i].what, confidence, examples[i].confidence);
        ck_assert(alert == (examples[i].confidence >= 0.5));
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {base_is_how_good_the_indicator_is,
                                  channel_scales_the_base,
                                  network_says_more_where_no_name_was_seen,
                                  name_counts_by_what_it_stands_for,
                                  repetition_and_many_names_add_up_to_a_half,
                                  rows_combine_as_independent_chances,
                                  examples_of_the_page_hold,
                                  NULL};
    return run_suite(suite_of("alert_weigh", tests));
}
