/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of `signatures explain` and `signatures list`. */
#include "base/text.h"
#include "match/explain.h"
#include "run.h"
#include "test_match_set.h"

static void check_explained(const struct signatures *set, const char *what, uint32_t asn,
                            const char *expected)
{
    struct text out = {0};
    ck_assert(match_explain(set, what, asn, &out));
    ck_assert_msg(strcmp(text_string(&out), expected) == 0, "got:\n%s\nwant:\n%s",
                  text_string(&out), expected);
    text_done(&out);
}

START_TEST(exact_name_is_explained_with_what_it_won_over)
{
    struct signatures *set = load_good_directory();
    check_explained(set, "U00.upd.acme.example.", 0,
                    "U00.upd.acme.example.\n"
                    "  matches     u00.upd.acme.example (name-exact, 20 literal characters)\n"
                    "  why         the whole name is listed\n"
                    "  vendor      Acme Shield (acme), jurisdiction DE\n"
                    "  regimes     ex-order-1\n"
                    "  service     Acme updater (update)\n"
                    "  product     Acme Shield for desktops (shield, endpoint)\n"
                    "  purpose     update\n"
                    "  confidence  documented\n"
                    "  source      https://support.acme.example/ports (ports and addresses); a\n"
                    "              capture of the updater\n"
                    "  also listed:\n"
                    "  - .acme.example (name-suffix, 12 literal characters): acme, any,\n"
                    "    vendor_suffix, seen; shorter\n");
    signatures_free(set);
}
END_TEST

START_TEST(embedded_engine_is_explained)
{
    struct signatures *set = load_good_directory();
    check_explained(
        set, "oem.acme.example", 0,
        "oem.acme.example\n"
        "  matches     oem.acme.example (name-exact, 16 literal characters)\n"
        "  why         the whole name is listed\n"
        "  vendor      Acme Shield (acme), jurisdiction DE\n"
        "  regimes     ex-order-1\n"
        "  service     Engine data for other products (engine)\n"
        "  product     Acme engine in products of others (engine, engine)\n"
        "  purpose     oem_update\n"
        "  embedded    carries Acme Shield's engine in Box Maker gateways, Box Suite (IL)\n"
        "  confidence  seen\n"
        "  source      a capture of the updater\n"
        "  also listed:\n"
        "  - .acme.example (name-suffix, 12 literal characters): acme, any,\n"
        "    vendor_suffix, seen; shorter\n");
    signatures_free(set);
}
END_TEST

START_TEST(negative_is_explained)
{
    struct signatures *set = load_good_directory();
    check_explained(set, "www.acme.example", 0,
                    "www.acme.example\n"
                    "  matches     www.acme.example (name-exact, 16 literal characters)\n"
                    "  why         the whole name is listed\n"
                    "  verdict     no product traffic: website\n"
                    "  note        web site and shop\n"
                    "  listed by   Acme Shield (acme)\n"
                    "  confidence  documented\n"
                    "  source      https://support.acme.example/ports (ports and addresses)\n"
                    "  also listed:\n"
                    "  - .acme.example (name-suffix, 12 literal characters): acme, any,\n"
                    "    vendor_suffix, seen; shorter\n");
    signatures_free(set);
}
END_TEST

/* Values of several kinds that fit the same names. */
static struct signatures *load_contest(void)
{
    return load_good(VENDOR SERVICES ITEM("glob", "seen", "hosts: [\"a*.*.k.com\", .both.k.com]")
                         ITEM("ab", "seen", "hosts: [.ab.k.com]")
                             ITEM("weak", "unsure", "hosts: [.ab.k.com, u.k.com, .k.com]")
                                 ITEM("top", "documented", "hosts: [.k.com]")
                                     NOT NEGATIVE("hosts: [.cd.k.com, .both.k.com]"));
}

START_TEST(reasons_for_winning_are_told)
{
    struct signatures *set = load_contest();
    check_explained(
        set, "ax.ab.k.com", 0,
        "ax.ab.k.com\n"
        "  matches     a*.*.k.com (name-glob, 8 literal characters)\n"
        "  why         as long as another one, and patterns win over suffixes\n"
        "  vendor      Acme (acme), jurisdiction DE\n"
        "  service     N (glob)\n"
        "  product     Product (p, endpoint)\n"
        "  purpose     update\n"
        "  confidence  seen\n"
        "  source      a source\n"
        "  also listed:\n"
        "  - .ab.k.com (name-suffix, 8 literal characters): acme, ab, update, seen;\n"
        "    weaker at equal length\n"
        "  - .ab.k.com (name-suffix, 8 literal characters): acme, weak, update, unsure;\n"
        "    weaker at equal length\n"
        "  - .k.com (name-suffix, 5 literal characters): acme, top, update, documented;\n"
        "    shorter\n"
        "  - .k.com (name-suffix, 5 literal characters): acme, weak, update, unsure;\n"
        "    shorter\n");
    check_explained(
        set, "ax.cd.k.com", 0,
        "ax.cd.k.com\n"
        "  matches     .cd.k.com (name-suffix, 8 literal characters)\n"
        "  why         as long as another one, and negatives win\n"
        "  verdict     no product traffic: website\n"
        "  listed by   Acme (acme)\n"
        "  confidence  seen\n"
        "  source      a source\n"
        "  also listed:\n"
        "  - a*.*.k.com (name-glob, 8 literal characters): acme, glob, update, seen;\n"
        "    weaker at equal length\n"
        "  - .k.com (name-suffix, 5 literal characters): acme, top, update, documented;\n"
        "    shorter\n"
        "  - .k.com (name-suffix, 5 literal characters): acme, weak, update, unsure;\n"
        "    shorter\n");
    check_explained(
        set, "x.both.k.com", 0,
        "x.both.k.com\n"
        "  matches     .both.k.com (name-suffix, 10 literal characters)\n"
        "  why         the longest of the values that fit\n"
        "  verdict     no product traffic: website\n"
        "  listed by   Acme (acme)\n"
        "  confidence  seen\n"
        "  source      a source\n"
        "  also listed:\n"
        "  - .both.k.com (name-suffix, 10 literal characters): acme, glob, update, seen;\n"
        "    a negative lists the same value\n"
        "  - .k.com (name-suffix, 5 literal characters): acme, top, update, documented;\n"
        "    shorter\n"
        "  - .k.com (name-suffix, 5 literal characters): acme, weak, update, unsure;\n"
        "    shorter\n");
    signatures_free(set);
}
END_TEST

START_TEST(what_else_is_reported_is_told)
{
    struct signatures *set = load_contest();
    check_explained(
        set, "u.k.com", 0,
        "u.k.com\n"
        "  matches     u.k.com (name-exact, 7 literal characters)\n"
        "  why         the whole name is listed\n"
        "  vendor      Acme (acme), jurisdiction DE\n"
        "  service     N (weak)\n"
        "  product     Product (p, endpoint)\n"
        "  purpose     update\n"
        "  confidence  unsure\n"
        "  source      a source\n"
        "  also listed:\n"
        "  - .k.com (name-suffix, 5 literal characters): acme, top, update, documented;\n"
        "    shorter, but better known: reported too\n"
        "  - .k.com (name-suffix, 5 literal characters): acme, weak, update, unsure;\n"
        "    shorter\n");
    check_explained(
        set, "x.ab.k.com", 0,
        "x.ab.k.com\n"
        "  matches     .ab.k.com (name-suffix, 8 literal characters)\n"
        "  why         the longest of the values that fit\n"
        "  vendor      Acme (acme), jurisdiction DE\n"
        "  service     N (ab)\n"
        "  product     Product (p, endpoint)\n"
        "  purpose     update\n"
        "  confidence  seen\n"
        "  source      a source\n"
        "  and also    another item lists the same value:\n"
        "  vendor      Acme (acme), jurisdiction DE\n"
        "  service     N (weak)\n"
        "  product     Product (p, endpoint)\n"
        "  purpose     update\n"
        "  confidence  unsure\n"
        "  source      a source\n"
        "  also listed:\n"
        "  - .k.com (name-suffix, 5 literal characters): acme, top, update, documented;\n"
        "    shorter\n"
        "  - .k.com (name-suffix, 5 literal characters): acme, weak, update, unsure;\n"
        "    shorter\n");
    signatures_free(set);
}
END_TEST

START_TEST(addresses_are_explained)
{
    struct signatures *set = load_good_directory();
    check_explained(
        set, "198.51.100.200", 64500,
        "198.51.100.200\n"
        "  matches     198.51.100.128/25 (network-prefix, 25 bits)\n"
        "  why         the longest prefix that holds the address\n"
        "  verdict     no product traffic: website\n"
        "  note        web site and shop\n"
        "  listed by   Acme Shield (acme)\n"
        "  confidence  documented\n"
        "  source      https://support.acme.example/ports (ports and addresses)\n"
        "  also listed:\n"
        "  - 198.51.100.0/24 (network-prefix, 24 bits): acme, Acme data centre, seen;\n"
        "    shorter\n"
        "  - AS64500 (network-as): acme, Acme data centre, seen; a prefix wins over an AS\n");
    check_explained(set, "2001:db8:1::1", 0,
                    "2001:db8:1::1\n"
                    "  matches     2001:db8:1::/48 (network-prefix, 48 bits)\n"
                    "  why         the longest prefix that holds the address\n"
                    "  vendor      Acme Shield (acme), jurisdiction DE\n"
                    "  regimes     ex-order-1\n"
                    "  network     Acme data centre (registered in CH)\n"
                    "  dated       2026-02-01\n"
                    "  confidence  seen\n"
                    "  source      a capture of the updater\n");
    check_explained(set, "203.0.113.1", 64500,
                    "203.0.113.1\n"
                    "  matches     AS64500 (network-as)\n"
                    "  why         no listed prefix holds the address, but its AS is listed\n"
                    "  vendor      Acme Shield (acme), jurisdiction DE\n"
                    "  regimes     ex-order-1\n"
                    "  network     Acme data centre (registered in CH)\n"
                    "  dated       2026-02-01\n"
                    "  confidence  seen\n"
                    "  source      a capture of the updater\n");
    check_explained(set, "203.0.113.1", 64502,
                    "203.0.113.1\n"
                    "  no match    neither a prefix nor the AS is listed\n");
    check_explained(set, "203.0.113.1", 0,
                    "203.0.113.1\n"
                    "  no match    no prefix is listed, and the AS is not known\n");
    signatures_free(set);
}
END_TEST

START_TEST(what_matches_nothing_is_said)
{
    struct signatures *set = load_good_directory();
    check_explained(set, "acme.example.net", 0,
                    "acme.example.net\n"
                    "  no match    no signature lists this name or a parent of it\n");
    struct text out = {0};
    ck_assert(!match_explain(set, "no \x1b[31m name", 0, &out));
    ck_assert_str_eq(
        text_string(&out),
        "no \\x1b[31m name\n  no match    this is neither a host name nor an address\n");
    text_done(&out);
    signatures_free(set);
}
END_TEST

START_TEST(list_shows_each_file_and_totals)
{
    struct signatures *set = load_good_directory();
    struct text out = {0};
    match_list(set, &out);
    const char *totals = strstr(text_string(&out), "vendors 1, services 5, names 7, networks 3, ");
    ck_assert_ptr_nonnull(totals);
    ck_assert_ptr_nonnull(strstr(totals, signatures_info(set)->digest));
    static const char table[] =
        "id                    name                  in serv  names nets  not revised\n"
        "acme                  Acme Shield           DE    5      7    3    4 2026-03-04\n"
        "lookalikes            Look-alikes            -    0      0    0    1 2025-12-31\n"
        "shared                Shared infrastructure  -    0      0    0    3 2026-05-06\n";
    ck_assert_msg(strncmp(text_string(&out), table, sizeof table - 1) == 0, "got:\n%s",
                  text_string(&out));
    text_done(&out);
    signatures_free(set);
}
END_TEST

START_TEST(no_line_is_wider_than_the_terminal)
{
    struct signatures *set = load_good_directory();
    struct text out = {0};
    static const char *const names[] = {"u00.upd.acme.example", "oem.acme.example",
                                        "www.acme.example", "198.51.100.200", "2001:db8:1::1"};
    for (size_t i = 0; i < 5; i++)
        ck_assert(match_explain(set, names[i], 64500, &out));
    match_list(set, &out);
    for (const char *line = text_string(&out); *line != '\0';) {
        size_t length = strcspn(line, "\n");
        ck_assert_msg(length <= 80, "%zu columns: %.*s", length, (int)length, line);
        line += length + 1;
    }
    text_done(&out);
    signatures_free(set);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {exact_name_is_explained_with_what_it_won_over,
                                  embedded_engine_is_explained,
                                  negative_is_explained,
                                  reasons_for_winning_are_told,
                                  what_else_is_reported_is_told,
                                  addresses_are_explained,
                                  what_matches_nothing_is_said,
                                  list_shows_each_file_and_totals,
                                  no_line_is_wider_than_the_terminal,
                                  NULL};
    return run_suite(suite_of("match_explain", tests));
}
