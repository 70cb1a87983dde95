/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "alert/policy.h"
#include "base/memory.h"
#include "run.h"

static struct addr address(const char *text)
{
    struct addr addr;
    ck_assert(addr_parse(text, &addr));
    return addr;
}

static struct prefix network(const char *text)
{
    struct prefix prefix;
    ck_assert(prefix_parse(text, &prefix));
    return prefix;
}

/* Returns the index of the exception that is found, -1 for none. */
static int find(const struct policy *policy, const char *vendor, const char *service,
                const char *name, const char *asset, int64_t now_ns)
{
    struct addr addr;
    if (asset != NULL)
        addr = address(asset);
    const struct policy_exception *found =
        policy_find_exception(policy, vendor, service, name, asset != NULL ? &addr : NULL, now_ns);
    return found != NULL ? (int)(found - policy->exceptions) : -1;
}

START_TEST(home_networks_hold_addresses_of_both_families)
{
    struct prefix home[] = {network("10.0.0.0/8"), network("2001:db8::/32")};
    struct policy policy = {.home_networks = home, .home_count = 2};
    struct addr addr = address("10.255.1.2");
    ck_assert(policy_is_home(&policy, &addr));
    addr = address("2001:db8:1::5");
    ck_assert(policy_is_home(&policy, &addr));
    addr = address("11.0.0.1");
    ck_assert(!policy_is_home(&policy, &addr));
    addr = address("2001:db9::1");
    ck_assert(!policy_is_home(&policy, &addr));
    policy.home_count = 0;
    addr = address("10.0.0.1");
    ck_assert(!policy_is_home(&policy, &addr));
}
END_TEST

START_TEST(concern_needs_the_very_country_vendor_or_regime)
{
    char countries[][3] = {"CN", "RU"};
    char vendor[] = "kaspersky", regime[] = "us-bod-17-01";
    char *vendors[] = {vendor}, *regimes[] = {regime};
    struct policy policy = {.jurisdictions = countries,
                            .jurisdiction_count = 2,
                            .vendors = vendors,
                            .vendor_count = 1,
                            .regimes = regimes,
                            .regime_count = 1};
    ck_assert(policy_concerns_country(&policy, "RU"));
    ck_assert(!policy_concerns_country(&policy, "US"));
    ck_assert(!policy_concerns_country(&policy, ""));
    ck_assert(!policy_concerns_country(&policy, NULL));
    ck_assert(policy_concerns_vendor(&policy, "kaspersky"));
    ck_assert(!policy_concerns_vendor(&policy, "kasperskyx"));
    ck_assert(!policy_concerns_vendor(&policy, NULL));
    ck_assert(policy_has_regime(&policy, "us-bod-17-01"));
    ck_assert(!policy_has_regime(&policy, "us-bod-17"));
}
END_TEST

START_TEST(suffix_matches_at_a_label_boundary_only)
{
    char suffix[] = ".example.org";
    struct policy_exception exceptions[] = {{.name = suffix}};
    struct policy policy = {.exceptions = exceptions, .exception_count = 1};
    ck_assert_int_eq(find(&policy, NULL, NULL, "a.example.org", NULL, 0), 0);
    ck_assert_int_eq(find(&policy, NULL, NULL, "b.a.example.org", NULL, 0), 0);
    ck_assert_int_eq(find(&policy, NULL, NULL, "example.org", NULL, 0), 0);
    ck_assert_int_eq(find(&policy, NULL, NULL, "notexample.org", NULL, 0), -1);
    ck_assert_int_eq(find(&policy, NULL, NULL, "example.org.net", NULL, 0), -1);
    ck_assert_int_eq(find(&policy, NULL, NULL, "org", NULL, 0), -1);
    ck_assert_int_eq(find(&policy, NULL, NULL, NULL, NULL, 0), -1);
}
END_TEST

START_TEST(host_name_matches_itself_only)
{
    char name[] = "host.example.org";
    struct policy_exception exceptions[] = {{.name = name}};
    struct policy policy = {.exceptions = exceptions, .exception_count = 1};
    ck_assert_int_eq(find(&policy, NULL, NULL, "host.example.org", NULL, 0), 0);
    ck_assert_int_eq(find(&policy, NULL, NULL, "a.host.example.org", NULL, 0), -1);
}
END_TEST

START_TEST(exception_ends_when_it_expires)
{
    char vendor[] = "eset";
    struct policy_exception exceptions[] = {{.vendor = vendor, .expires_ns = 1000}};
    struct policy policy = {.exceptions = exceptions, .exception_count = 1};
    ck_assert_int_eq(find(&policy, "eset", NULL, NULL, NULL, 999), 0);
    ck_assert_int_eq(find(&policy, "eset", NULL, NULL, NULL, 1000), -1);
    exceptions[0].expires_ns = 0;
    ck_assert_int_eq(find(&policy, "eset", NULL, NULL, NULL, INT64_MAX), 0);
}
END_TEST

START_TEST(asset_prefix_and_service_narrow)
{
    char vendor[] = "eset", service[] = "update";
    struct policy_exception exceptions[] = {{.vendor = vendor,
                                             .service = service,
                                             .asset = network("192.0.2.0/24"),
                                             .has_asset = true}};
    struct policy policy = {.exceptions = exceptions, .exception_count = 1};
    ck_assert_int_eq(find(&policy, "eset", "update", NULL, "192.0.2.9", 0), 0);
    ck_assert_int_eq(find(&policy, "eset", "update", NULL, "192.0.3.9", 0), -1);
    ck_assert_int_eq(find(&policy, "eset", "telemetry", NULL, "192.0.2.9", 0), -1);
    ck_assert_int_eq(find(&policy, "eset", NULL, NULL, "192.0.2.9", 0), -1);
    ck_assert_int_eq(find(&policy, "avast", "update", NULL, "192.0.2.9", 0), -1);
    ck_assert_int_eq(find(&policy, "eset", "update", NULL, NULL, 0), -1);
}
END_TEST

START_TEST(first_match_in_force_decides)
{
    char vendor[] = "eset";
    struct policy_exception exceptions[] = {{.vendor = vendor, .allow = true, .expires_ns = 10},
                                            {.vendor = vendor, .allow = false}};
    struct policy policy = {.exceptions = exceptions, .exception_count = 2};
    ck_assert_int_eq(find(&policy, "eset", NULL, NULL, NULL, 5), 0);
    ck_assert_int_eq(find(&policy, "eset", NULL, NULL, NULL, 15), 1);
}
END_TEST

START_TEST(done_releases_and_empties)
{
    struct policy policy = {.exceptions = mem_zeroed(1, sizeof(struct policy_exception)),
                            .exception_count = 1,
                            .vendors = mem_zeroed(1, sizeof(char *)),
                            .vendor_count = 1,
                            .digest = mem_text("default")};
    policy.exceptions[0].reason = mem_text("why");
    policy.vendors[0] = mem_text("eset");
    policy_done(&policy);
    ck_assert_ptr_null(policy.exceptions);
    ck_assert_ptr_null(policy.vendors);
    ck_assert_uint_eq(policy.exception_count, 0);
    policy_done(&policy);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {home_networks_hold_addresses_of_both_families,
                                  concern_needs_the_very_country_vendor_or_regime,
                                  suffix_matches_at_a_label_boundary_only,
                                  host_name_matches_itself_only,
                                  exception_ends_when_it_expires,
                                  asset_prefix_and_service_narrow,
                                  first_match_in_force_decides,
                                  done_releases_and_empties,
                                  NULL};
    return run_suite(suite_of("alert_policy", tests));
}
