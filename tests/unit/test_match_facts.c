/* SPDX-License-Identifier: Apache-2.0 */
/* What addresses, ports, HTTP heads, certificates and fingerprints match. */
#include "base/text.h"
#include "run.h"
#include "test_match_set.h"

static size_t address_hits(const struct signatures *set, const char *text, uint32_t asn,
                           struct hit *ret_hits)
{
    struct addr addr;
    ck_assert(addr_parse(text, &addr));
    return match_address(set, &addr, asn, ret_hits);
}

START_TEST(address_is_found_by_its_longest_prefix)
{
    struct signatures *set = load_good_directory();
    struct hit hits[HITS_MAX];
    ck_assert_uint_eq(address_hits(set, "198.51.100.7", 0, hits), 1);
    ck_assert_str_eq(hits[0].value, "198.51.100.0/24");
    ck_assert_str_eq(hits[0].vendor->id, "acme");
    ck_assert_ptr_null(hits[0].service);
    ck_assert_str_eq(hits[0].network->name, "Acme data centre");
    ck_assert_str_eq(hits[0].network->country, "CH");
    ck_assert_str_eq(hits[0].dated, "2026-02-01");
    ck_assert_uint_eq(hits[0].length, 24);
    ck_assert_int_eq((int)hits[0].indicator, INDICATOR_PREFIX);
    ck_assert_int_eq((int)hits[0].confidence, CONFIDENCE_SEEN);
    ck_assert_uint_eq(address_hits(set, "2001:db8:1:2::3", 0, hits), 1);
    ck_assert_uint_eq(hits[0].length, 48);
    ck_assert_uint_eq(address_hits(set, "198.51.101.7", 0, hits), 0);
    ck_assert_uint_eq(address_hits(set, "2001:db8:2::3", 0, hits), 0);
    signatures_free(set);
}
END_TEST

START_TEST(longer_negative_prefix_wins)
{
    struct signatures *set = load_good_directory();
    struct hit hits[HITS_MAX];
    ck_assert_uint_eq(address_hits(set, "198.51.100.200", 64500, hits), 1);
    ck_assert_ptr_nonnull(hits[0].negative);
    ck_assert_ptr_null(hits[0].network);
    ck_assert_ptr_null(hits[0].dated);
    ck_assert_uint_eq(hits[0].length, 25);
    ck_assert_uint_eq(address_hits(set, "192.0.2.53", 64500, hits), 1);
    ck_assert_str_eq(hits[0].negative->reason, "public_resolver");
    signatures_free(set);
}
END_TEST

START_TEST(as_counts_where_no_prefix_is_listed)
{
    struct signatures *set = load_good_directory();
    struct hit hits[HITS_MAX];
    ck_assert_uint_eq(address_hits(set, "203.0.113.1", 64500, hits), 1);
    ck_assert_str_eq(hits[0].value, "AS64500");
    ck_assert_int_eq((int)hits[0].indicator, INDICATOR_ASN);
    ck_assert_str_eq(hits[0].vendor->id, "acme");
    ck_assert_uint_eq(hits[0].length, 0);
    ck_assert_uint_eq(address_hits(set, "203.0.113.1", 64501, hits), 1);
    ck_assert_str_eq(hits[0].negative->reason, "shared_cdn");
    ck_assert_uint_eq(address_hits(set, "198.51.100.1", 64501, hits), 1);
    ck_assert_ptr_nonnull(hits[0].network); /* the prefix beats the AS */
    ck_assert_uint_eq(address_hits(set, "203.0.113.1", 64502, hits), 0);
    ck_assert_uint_eq(address_hits(set, "203.0.113.1", 0, hits), 0);
    signatures_free(set);
}
END_TEST

START_TEST(same_prefix_on_both_sides_is_negative)
{
    struct signatures *set =
        load_good(VENDOR NETWORKS
                  "  - {name: N, confidence: seen, source: s, prefixes: [192.0.2.0/24], asns: "
                  "[AS1]}\n"
                  "  - {name: M, confidence: documented, source: s, asns: [AS2], prefixes: "
                  "[0.0.0.0/0]}\n"
                  "  - {name: O, confidence: seen, source: s, asns: [AS2]}\n" NOT NEGATIVE(
                      "prefixes: [192.0.2.0/24], asns: [AS1]"));
    struct hit hits[HITS_MAX];
    ck_assert_uint_eq(address_hits(set, "192.0.2.1", 0, hits), 1);
    ck_assert_ptr_nonnull(hits[0].negative);
    ck_assert_uint_eq(address_hits(set, "2001:db8::1", 1, hits), 1);
    ck_assert_ptr_nonnull(hits[0].negative);
    ck_assert_uint_eq(address_hits(set, "2001:db8::1", 2, hits), 2);
    ck_assert_str_eq(hits[0].network->name, "M");
    ck_assert_str_eq(hits[1].network->name, "O");
    ck_assert_uint_eq(address_hits(set, "10.0.0.1", 0, hits), 1);
    ck_assert_uint_eq(hits[0].length, 0);
    ck_assert_str_eq(hits[0].value, "0.0.0.0/0");
    signatures_free(set);
}
END_TEST

START_TEST(ports_are_found_by_protocol_and_number)
{
    struct signatures *set = load_good_directory();
    struct hit hits[HITS_MAX];
    ck_assert_uint_eq(match_port(set, 6, 443, hits), 1);
    ck_assert_str_eq(hits[0].service->id, "update");
    ck_assert_int_eq((int)hits[0].indicator, INDICATOR_PORT);
    ck_assert_uint_eq(match_port(set, 6, 1999, hits), 0);
    ck_assert_uint_eq(match_port(set, 6, 2000, hits), 1);
    ck_assert_uint_eq(match_port(set, 6, 2003, hits), 1);
    ck_assert_str_eq(hits[0].value, "tcp/2000-2003");
    ck_assert_uint_eq(match_port(set, 6, 2004, hits), 0);
    ck_assert_uint_eq(match_port(set, 17, 443, hits), 0);
    ck_assert_uint_eq(match_port(set, 17, 15000, hits), 1);
    signatures_free(set);
}
END_TEST

START_TEST(port_supports_the_services_of_its_product)
{
    struct signatures *set = load_good_directory();
    const struct service *update = signatures_service(set, 0), *cloud = signatures_service(set, 1);
    const struct service *engine = signatures_service(set, 2), *any = signatures_service(set, 4);
    ck_assert(match_supports_port(set, update, 6, 443));
    ck_assert(match_supports_port(set, cloud, 6, 2001)); /* the same product */
    ck_assert(!match_supports_port(set, engine, 6, 443));
    ck_assert(!match_supports_port(set, any, 6, 443)); /* no product */
    ck_assert(!match_supports_port(set, update, 6, 80));
    ck_assert(!match_supports_port(set, update, 17, 443));
    signatures_free(set);
}
END_TEST

START_TEST(user_agents_are_found_anywhere_in_the_text)
{
    struct signatures *set = load_good_directory();
    struct hit hits[HITS_MAX];
    ck_assert_uint_eq(match_user_agent(set, "x AcmeUpdate-7.1 (windows)", hits), 1);
    ck_assert_str_eq(hits[0].value, "AcmeUpdate-");
    ck_assert_uint_eq(hits[0].length, 11);
    ck_assert_int_eq((int)hits[0].indicator, INDICATOR_USER_AGENT);
    ck_assert_uint_eq(match_user_agent(set, "AcmeUpdate-AcmeUpdate-", hits), 1); /* one hit only */
    ck_assert_uint_eq(match_user_agent(set, "acmeupdate-7.1", hits), 0);
    ck_assert_uint_eq(match_user_agent(set, "AcmeUpdate", hits), 0);
    ck_assert_uint_eq(match_user_agent(set, "ACME12 x", hits), 1);
    ck_assert_str_eq(hits[0].value, "re:^ACME\\d+ ");
    ck_assert_uint_eq(match_user_agent(set, " ACME12 x", hits), 0);
    ck_assert_uint_eq(match_user_agent(set, "ACME12\xff", hits), 0);
    ck_assert_uint_eq(match_user_agent(set, "\xc3 AcmeUpdate-\xff", hits), 1);
    ck_assert_uint_eq(match_user_agent(set, "Acm", hits), 0);
    ck_assert_uint_eq(match_user_agent(set, "", hits), 0);
    signatures_free(set);
}
END_TEST

START_TEST(agents_of_several_services_best_first)
{
    struct signatures *set =
        load_good(VENDOR SERVICES ITEM("a", "unsure", "user_agents: [Acme Updater, Updater]")
                      ITEM("b", "seen", "user_agents: [Updater]")
                          ITEM("c", "seen", "user_agents: [Acme Updater, 're:Acme']")
                              ITEM("d", "documented", "user_agents: ['re:dater$']"));
    struct hit hits[HITS_MAX];
    ck_assert_uint_eq(match_user_agent(set, "The Acme Updater", hits), 4);
    ck_assert_str_eq(hits[0].service->id, "d");
    ck_assert_str_eq(hits[1].service->id, "c");
    ck_assert_str_eq(hits[1].value, "Acme Updater"); /* better than the expression */
    ck_assert_str_eq(hits[2].service->id, "b");
    ck_assert_str_eq(hits[3].service->id, "a");
    ck_assert_str_eq(hits[3].value, "Acme Updater"); /* better than the shorter one */
    signatures_free(set);
}
END_TEST

START_TEST(better_value_of_a_service_replaces_the_first)
{
    /* "Agent" stands before "Agent of Acme" ends, and both belong to one service behind another. */
    struct signatures *set =
        load_good(VENDOR SERVICES ITEM("a", "seen", "user_agents: [The Agent]")
                      ITEM("b", "seen", "user_agents: [Agent, Agent of Acme]"));
    struct hit hits[HITS_MAX];
    ck_assert_uint_eq(match_user_agent(set, "The Agent of Acme", hits), 2);
    ck_assert_str_eq(hits[0].service->id, "b");
    ck_assert_str_eq(hits[0].value, "Agent of Acme");
    ck_assert_str_eq(hits[1].service->id, "a");
    signatures_free(set);
}
END_TEST

START_TEST(very_many_agents_leave_the_best)
{
    struct text file = {0};
    text_add(&file, VENDOR SERVICES);
    for (int i = 0; i < 3000; i++)
        text_addf(&file, ITEM("s%d", "%s", "user_agents: [\"Agent-%d;\"]"), i,
                  i >= 2990 ? "documented" : "seen", i % 1500);
    struct signatures *set = load_good(text_string(&file));
    text_done(&file);
    struct hit hits[HITS_MAX];
    ck_assert_uint_eq(match_user_agent(set, "Agent-7;", hits), 2);
    ck_assert_str_eq(hits[0].service->id, "s7");
    ck_assert_str_eq(hits[1].service->id, "s1507");
    struct text agent = {0};
    for (int i = 1480; i < 1500; i++)
        text_addf(&agent, "Agent-%d; ", i);
    ck_assert_uint_eq(match_user_agent(set, text_string(&agent), hits), HITS_MAX);
    for (size_t i = 0; i < HITS_MAX; i++)
        ck_assert_int_eq((int)hits[i].confidence, CONFIDENCE_DOCUMENTED);
    ck_assert_str_eq(hits[0].service->id, "s2990");
    text_done(&agent);
    signatures_free(set);
}
END_TEST

START_TEST(path_is_found_by_its_longest_prefix)
{
    struct signatures *set = load_good(
        VENDOR SERVICES ITEM("a", "seen", "uris: [/a, /a/b/, /a/b/c, /a/x, \"/product-update?\"]")
            ITEM("b", "seen", "uris: [/a/b/, /b]") ITEM("re", "seen", "uris: ['re:\\.cvd$']"));
    static const struct {
        const char *path, *value;
        size_t count;
    } expected[] = {
        {"/a", "/a", 1},
        {"/ab", "/a", 1},
        {"/a/b", "/a", 1},
        {"/a/b/", "/a/b/", 2},
        {"/a/b/d", "/a/b/", 2},
        {"/a/b/c/d", "/a/b/c", 1},
        {"/a/b/zz", "/a/b/", 2},
        {"/a/w", "/a", 1},
        {"/a/xyz", "/a/x", 1},
        {"/b", "/b", 1},
        {"/c", NULL, 0},
        {"/", NULL, 0},
        {"", NULL, 0},
        {"/c.cvd", "re:\\.cvd$", 1},
        {"/c.cvd?", NULL, 0},
        {"/a.cvd", "/a", 2},
        {"/product-update?v=1", "/product-update?", 1},
        {"/zzz", NULL, 0},
        {"x/a", NULL, 0},
    };
    struct hit hits[HITS_MAX];
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        size_t count = match_uri(set, expected[i].path, hits);
        ck_assert_msg(count == expected[i].count, "%s: %zu hits", expected[i].path, count);
        if (count > 0)
            ck_assert_msg(strcmp(hits[0].value, expected[i].value) == 0, "%s: %s", expected[i].path,
                          hits[0].value);
    }
    signatures_free(set);
}
END_TEST

START_TEST(paths_of_the_good_set)
{
    struct signatures *set = load_good_directory();
    struct hit hits[HITS_MAX];
    ck_assert_uint_eq(match_uri(set, "/acme/updates/full/x", hits), 1);
    ck_assert_str_eq(hits[0].value, "/acme/updates/full/");
    ck_assert_int_eq((int)hits[0].indicator, INDICATOR_URI);
    ck_assert_uint_eq(match_uri(set, "/index/u1313g.xml", hits), 1);
    ck_assert_uint_eq(match_uri(set, "/index/u131g.xml", hits), 0);
    signatures_free(set);
}
END_TEST

START_TEST(hostile_text_cannot_hold_up_an_expression)
{
    struct signatures *set = load_good(VENDOR SERVICES ITEM(
        "a", "seen", "uris: ['re:^/(x+x+)+y', 're:(a|b|ab)*c$'], user_agents: ['re:(.*,){20}P']"));
    char text[4097];
    memset(text, 'x', sizeof text - 1);
    text[0] = '/';
    text[sizeof text - 1] = '\0';
    struct hit hits[HITS_MAX];
    ck_assert_uint_eq(match_uri(set, text, hits), 0);
    memset(text, ',', sizeof text - 1);
    ck_assert_uint_eq(match_user_agent(set, text, hits), 0);
    ck_assert_uint_eq(match_uri(set, "/xxxy", hits), 1); /* the rule itself works */
    signatures_free(set);
}
END_TEST

START_TEST(headers_and_protocols_match_in_any_case)
{
    struct signatures *set = load_good_directory();
    struct hit hits[HITS_MAX];
    ck_assert_uint_eq(match_header(set, "X-Acme-KeyNumber", hits), 1);
    ck_assert_uint_eq(match_header(set, "x-acme-keynumber", hits), 1);
    ck_assert_str_eq(hits[0].value, "X-Acme-KeyNumber");
    ck_assert_int_eq((int)hits[0].indicator, INDICATOR_HEADER);
    ck_assert_uint_eq(match_header(set, "X-Acme-KeyNumbe", hits), 0);
    ck_assert_uint_eq(match_header(set, "X-Acme-KeyNumber2", hits), 0);
    ck_assert_uint_eq(match_header(set, "", hits), 0);
    char longer[300];
    memset(longer, 'X', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    ck_assert_uint_eq(match_header(set, longer, hits), 0);
    ck_assert_uint_eq(match_ndpi(set, "Acme", hits), 1);
    ck_assert_str_eq(hits[0].service->id, "cloud");
    ck_assert_int_eq((int)hits[0].indicator, INDICATOR_NDPI);
    ck_assert_uint_eq(match_ndpi(set, "TLS", hits), 0);
    signatures_free(set);
}
END_TEST

START_TEST(fingerprints_match_and_shared_ones_are_negative)
{
    struct signatures *set = load_good_directory();
    struct hit hits[HITS_MAX];
    ck_assert_uint_eq(match_ja3(set, "0123456789abcdef0123456789abcdef", hits), 1);
    ck_assert_str_eq(hits[0].service->id, "inspection");
    ck_assert_int_eq((int)hits[0].indicator, INDICATOR_JA3);
    ck_assert_uint_eq(match_ja3(set, "ffffffffffffffffffffffffffffffff", hits), 1);
    ck_assert_str_eq(hits[0].negative->reason, "shared_fingerprint");
    ck_assert_uint_eq(match_ja3(set, "fffffffffffffffffffffffffffffff0", hits), 0);
    ck_assert_uint_eq(match_ja3(set, "", hits), 0);
    signatures_free(set);
}
END_TEST

START_TEST(certificate_needs_all_parts_on_the_right_side)
{
    struct signatures *set = load_good_directory();
    struct hit hits[HITS_MAX];
    ck_assert_uint_eq(match_certificate(set, NULL, "O=Acme Shield GmbH, CN=Acme Root", hits), 1);
    ck_assert_int_eq((int)hits[0].indicator, INDICATOR_CERTIFICATE);
    ck_assert_str_eq(hits[0].value, "issuer:CN=Acme Root, O=Acme Shield GmbH");
    ck_assert_uint_eq(match_certificate(set, NULL, "CN=Acme Root,O=Acme Shield GmbH", hits), 1);
    ck_assert_uint_eq(match_certificate(set, NULL, "CN=Acme Root+O=Acme Shield GmbH", hits), 1);
    ck_assert_uint_eq(match_certificate(set, NULL, "CN=Acme Root", hits), 0);
    ck_assert_uint_eq(match_certificate(set, NULL, "CN=acme root, O=Acme Shield GmbH", hits), 0);
    ck_assert_uint_eq(match_certificate(set, NULL, "CN=The CN=Acme Root, O=Acme Shield GmbH", hits),
                      0);
    ck_assert_uint_eq(match_certificate(set, "CN=Acme Root, O=Acme", NULL, hits), 0);
    ck_assert_uint_eq(match_certificate(set, "C=DE, O=Acme Shield GmbH, CN=x", NULL, hits), 1);
    ck_assert_str_eq(hits[0].value, "subject:O=Acme Shield GmbH");
    ck_assert_uint_eq(match_certificate(set, "OO=Acme Shield GmbH", "CN=x", hits), 0);
    ck_assert_uint_eq(match_certificate(set, NULL, NULL, hits), 0);
    ck_assert_uint_eq(match_certificate(set, "", "", hits), 0);
    signatures_free(set);
}
END_TEST

START_TEST(certificates_with_one_first_part_are_told_apart)
{
    struct signatures *set =
        load_good(VENDOR SERVICES ITEM("a", "seen", "certificates: [\"issuer:CN=Root, O=One\"]")
                      ITEM("b", "seen", "certificates: [\"issuer:CN=Root, O=Two\"]")
                          ITEM("c", "seen", "certificates: [\"issuer:CN=Root\"]"));
    struct hit hits[HITS_MAX];
    ck_assert_uint_eq(match_certificate(set, NULL, "CN=Root, O=Two", hits), 2);
    ck_assert_str_eq(hits[0].service->id, "b");
    ck_assert_str_eq(hits[1].service->id, "c");
    signatures_free(set);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {address_is_found_by_its_longest_prefix,
                                  longer_negative_prefix_wins,
                                  as_counts_where_no_prefix_is_listed,
                                  same_prefix_on_both_sides_is_negative,
                                  ports_are_found_by_protocol_and_number,
                                  port_supports_the_services_of_its_product,
                                  user_agents_are_found_anywhere_in_the_text,
                                  agents_of_several_services_best_first,
                                  better_value_of_a_service_replaces_the_first,
                                  very_many_agents_leave_the_best,
                                  path_is_found_by_its_longest_prefix,
                                  paths_of_the_good_set,
                                  hostile_text_cannot_hold_up_an_expression,
                                  headers_and_protocols_match_in_any_case,
                                  fingerprints_match_and_shared_ones_are_negative,
                                  certificate_needs_all_parts_on_the_right_side,
                                  certificates_with_one_first_part_are_told_apart,
                                  NULL};
    return run_suite(suite_of("match_facts", tests));
}
