/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/time.h"
#include "config/settings.h"
#include "run.h"

/* Reads `content` over the defaults; the caller releases. */
static void read_content(struct settings *ret_settings, const char *content)
{
    struct error err = {""};
    settings_init(ret_settings);
    ck_assert_msg(settings_parse(ret_settings, "site.yaml", content, strlen(content), &err), "%s",
                  err.text);
}

/* `content` must be refused with exactly `sentence`. */
static void refuses(const char *content, const char *sentence)
{
    struct settings settings;
    struct error err = {""};
    settings_init(&settings);
    ck_assert(!settings_parse(&settings, "site.yaml", content, strlen(content), &err));
    ck_assert_str_eq(err.text, sentence);
    settings_done(&settings);
}

static bool is_home(const struct settings *settings, const char *text)
{
    struct addr addr;
    ck_assert(addr_parse(text, &addr));
    return policy_is_home(&settings->policy, &addr);
}

START_TEST(defaults_are_sane)
{
    struct settings settings;
    settings_init(&settings);
    ck_assert_str_eq(settings.sensor.name, "telltale");
    ck_assert_str_eq(settings.events.path, "-");
    ck_assert_ptr_null(settings.redis.url);
    ck_assert_str_eq(settings.redis.field, "eve");
    ck_assert_uint_eq(settings.redis.stream_max, 100000);
    ck_assert_uint_eq(settings.redis.modes, SETTINGS_REDIS_LIST);
    ck_assert_int_eq(settings.redis.flush_ns, 5 * NS_PER_MS);
    ck_assert_int_eq(settings.geo.old_after_ns, 180 * NS_PER_DAY);
    ck_assert_uint_eq(settings.geo.count, 0);
    ck_assert_uint_eq(settings.classify.ndpi, SETTINGS_NDPI_REST);
    ck_assert_double_eq_tol(settings.policy.alert_confidence, 0.5, 1e-12);
    ck_assert_int_eq(settings.policy.again_after_ns, NS_PER_DAY);
    ck_assert(!settings.policy.only_concern);
    ck_assert_str_eq(settings.policy.digest, "default");
    settings_done(&settings);
}
END_TEST

START_TEST(default_home_is_every_private_range)
{
    struct settings settings;
    settings_init(&settings);
    static const char *const home[] = {"10.1.2.3",    "172.31.0.1", "192.168.7.7", "100.127.0.1",
                                       "169.254.1.1", "fd00::1",    "fe80::1"};
    static const char *const away[] = {"172.32.0.1", "100.128.0.1", "192.0.2.1", "2001:db8::1",
                                       "ff02::1"};
    for (size_t i = 0; i < sizeof home / sizeof *home; i++)
        ck_assert_msg(is_home(&settings, home[i]), "%s", home[i]);
    for (size_t i = 0; i < sizeof away / sizeof *away; i++)
        ck_assert_msg(!is_home(&settings, away[i]), "%s", away[i]);
    settings_done(&settings);
}
END_TEST

START_TEST(default_jurisdictions_are_those_of_the_regulation)
{
    struct settings settings;
    settings_init(&settings);
    static const char *const concern[] = {"CN", "HK", "MO", "CU", "IR", "KP", "RU"};
    for (size_t i = 0; i < sizeof concern / sizeof *concern; i++)
        ck_assert(policy_concerns_country(&settings.policy, concern[i]));
    ck_assert_uint_eq(settings.policy.jurisdiction_count, 7);
    ck_assert(!policy_concerns_country(&settings.policy, "US"));
    settings_done(&settings);
}
END_TEST

START_TEST(file_changes_what_it_names_and_nothing_else)
{
    struct settings settings;
    read_content(&settings,
                 "flow:\n  tcp_idle: 90s\nclassify: {ndpi: all}\n"
                 "redis:\n  mode: [channel, stream]\n  key: k\n"
                 "geo:\n  databases: [a.mmdb, \"b,c.mmdb\"]\n"
                 "events: {file: \"\"}\nnames:\n");
    ck_assert_int_eq(settings.flow.tcp_idle_ns, 90 * NS_PER_S);
    ck_assert_int_eq(settings.flow.udp_idle_ns, 60 * NS_PER_S);
    ck_assert_uint_eq(settings.classify.ndpi, SETTINGS_NDPI_ALL);
    ck_assert_uint_eq(settings.redis.modes, SETTINGS_REDIS_CHANNEL | SETTINGS_REDIS_STREAM);
    ck_assert_uint_eq(settings.geo.count, 2);
    ck_assert_str_eq(settings.geo.databases[1], "b,c.mmdb");
    ck_assert_ptr_null(settings.events.path);
    ck_assert_str_eq(settings.policy.digest, "default");
    settings_done(&settings);
}
END_TEST

START_TEST(empty_file_is_the_defaults)
{
    struct settings settings;
    read_content(&settings, "");
    ck_assert_str_eq(settings.sensor.name, "telltale");
    settings_done(&settings);
    read_content(&settings, "---\n# nothing\n");
    ck_assert_str_eq(settings.sensor.name, "telltale");
    settings_done(&settings);
}
END_TEST

START_TEST(mistakes_are_named_with_place_and_hint)
{
    refuses("flow:\n  tcp_idel: 5s\n",
            "site.yaml:2:3: unknown option 'flow.tcp_idel' (did you mean 'flow.tcp_idle'?)");
    refuses("flw:\n  tcp_idle: 5s\n", "site.yaml:1:1: unknown group 'flw' (did you mean 'flow'?)");
    refuses("tcp_idle: 5s\n",
            "site.yaml:1:1: unknown option 'tcp_idle' (did you mean 'flow.tcp_idle'?)");
    refuses("redis:\n  udp_idle: 5s\n",
            "site.yaml:2:3: unknown option 'redis.udp_idle' (did you mean 'flow.udp_idle'?)");
    refuses("flow:\n  tcp_idle: 8d\n",
            "site.yaml:2:13: flow.tcp_idle: '8d' is out of range: allowed is 1s to 7d");
    refuses("flow:\n  tcp_idle: [1s]\n", "site.yaml:2:13: 'tcp_idle' must be a single value");
    refuses("flow:\n  tcp_idle:\n  udp_idle: 5s\n", "site.yaml:2:12: 'tcp_idle' has no value");
    refuses("flow: 5s\n", "site.yaml:1:7: 'flow' must be a map of keys");
    refuses("- flow\n", "site.yaml:1:1: this must be a map of keys");
    refuses("redis:\n  mode: [list, strem]\n",
            "site.yaml:2:16: redis.mode: unknown word 'strem' (did you mean 'stream'?); allowed "
            "are list, channel, stream");
    refuses("policy:\n  home_networks:\n    - 10.0.0.0/8\n    - 10.0.0.1/8\n",
            "site.yaml:4:7: policy.home_networks: '10.0.0.1/8' is not an address or a network "
            "(with no bits set past its length)");
    refuses("policy:\n  home_networks: {a: b}\n", "site.yaml:2:18: 'home_networks' must be a list");
    refuses("policy:\n  regimes: [[a]]\n", "site.yaml:2:13: this must be a single value");
}
END_TEST

START_TEST(file_is_read_from_disk)
{
    char path[] = "/tmp/telltale-settings-XXXXXX";
    int descriptor = mkstemp(path);
    ck_assert_int_ge(descriptor, 0);
    static const char content[] = "flow:\n  flows_max: 5000\n";
    ck_assert_int_eq(write(descriptor, content, sizeof content - 1), sizeof content - 1);
    (void)close(descriptor);
    struct settings settings;
    struct error err = {""};
    settings_init(&settings);
    ck_assert_msg(settings_read(&settings, path, &err), "%s", err.text);
    ck_assert_uint_eq(settings.flow.flows_max, 5000);
    ck_assert_str_eq(settings.path, path);
    (void)unlink(path);
    ck_assert(!settings_read(&settings, path, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "No such file"));
    settings_done(&settings);
}
END_TEST

/* `assignment` must be refused with exactly `sentence`. */
static void set_refuses(struct settings *settings, const char *assignment, const char *sentence)
{
    struct error err = {""};
    ck_assert(!settings_set(settings, assignment, &err));
    ck_assert_str_eq(err.text, sentence);
}

START_TEST(set_goes_over_the_file)
{
    struct settings settings;
    struct error err = {""};
    read_content(&settings, "flow: {tcp_idle: 90s}\n");
    ck_assert(settings_set(&settings, "flow.tcp_idle=2min", &err));
    ck_assert_int_eq(settings.flow.tcp_idle_ns, 120 * NS_PER_S);
    ck_assert(settings_set(&settings, "policy.home_networks=192.0.2.0/24,2001:db8::/32", &err));
    ck_assert_uint_eq(settings.policy.home_count, 2);
    ck_assert(settings_set(&settings, "capture.filter=host a and port = 5", &err));
    ck_assert_str_eq(settings.capture.filter, "host a and port = 5");
    set_refuses(&settings, "flow.tcp_idel=5s",
                "--set: unknown option 'flow.tcp_idel' (did you mean 'flow.tcp_idle'?)");
    set_refuses(&settings, "flow.tcp_idle", "--set flow.tcp_idle: must be name=value");
    set_refuses(&settings, "flow.tcp_idle=0s",
                "--set flow.tcp_idle: '0s' is out of range: allowed is 1s to 7d");
    set_refuses(&settings, "policy.allow=x",
                "--set policy.allow: exceptions can only be given in a file");
    ck_assert_int_eq(settings.flow.tcp_idle_ns, 120 * NS_PER_S);
    settings_done(&settings);
}
END_TEST

START_TEST(digest_follows_the_policy_and_nothing_else)
{
    struct settings first, second;
    read_content(&first, "# a comment\npolicy: {home_country: US}\n");
    read_content(&second, "flow: {tcp_idle: 90s}\npolicy:\n  home_country: US\n");
    ck_assert_uint_eq(strlen(first.policy.digest), 16);
    ck_assert_str_eq(first.policy.digest, second.policy.digest);
    ck_assert(settings_set(&second, "policy.home_country=DE", NULL));
    ck_assert_str_ne(first.policy.digest, second.policy.digest);
    settings_done(&first);
    settings_done(&second);
}
END_TEST

START_TEST(exceptions_are_read)
{
    struct settings settings;
    read_content(&settings,
                 "policy:\n"
                 "  suppress:\n"
                 "    - {name: .Example.ORG., reason: known}\n"
                 "  allow:\n"
                 "    - vendor: eset\n"
                 "      service: update\n"
                 "      asset: 192.0.2.0/24\n"
                 "      reason: wanted\n"
                 "      expires: 2027-06-30\n");
    const struct policy *policy = &settings.policy;
    ck_assert_uint_eq(policy->exception_count, 2);
    ck_assert(policy->exceptions[0].allow);
    ck_assert_uint_eq(policy->exceptions[0].line, 5);
    ck_assert_str_eq(policy->exceptions[0].reason, "wanted");
    ck_assert_str_eq(policy->exceptions[1].name, ".example.org");
    struct addr asset;
    int64_t day_ns = 0;
    ck_assert(addr_parse("192.0.2.7", &asset));
    ck_assert(time_parse_date("2027-06-30", &day_ns));
    int64_t last_ns = day_ns + NS_PER_DAY - 1;
    ck_assert_ptr_eq(policy_find_exception(policy, "eset", "update", NULL, &asset, last_ns),
                     &policy->exceptions[0]);
    ck_assert_ptr_null(policy_find_exception(policy, "eset", "update", NULL, &asset, last_ns + 1));
    ck_assert_ptr_eq(policy_find_exception(policy, "avast", NULL, "a.example.org", &asset, last_ns),
                     &policy->exceptions[1]);
    settings_done(&settings);
}
END_TEST

START_TEST(second_list_replaces_its_own_kind)
{
    struct settings settings;
    static const char more[] = "policy: {allow: [{vendor: b, reason: r}, {vendor: c, reason: r}]}";
    read_content(&settings,
                 "policy: {allow: [{vendor: a, reason: r}], "
                 "suppress: [{vendor: z, reason: r}]}");
    ck_assert(settings_parse(&settings, "more", more, sizeof more - 1, NULL));
    ck_assert_uint_eq(settings.policy.exception_count, 3);
    ck_assert_str_eq(settings.policy.exceptions[0].vendor, "b");
    ck_assert_str_eq(settings.policy.exceptions[2].vendor, "z");
    settings_done(&settings);
}
END_TEST

START_TEST(wrong_exceptions_are_refused)
{
    refuses("policy:\n  allow:\n    - vendor: a\n", "site.yaml:3:7: an exception needs a 'reason'");
    refuses("policy:\n  allow:\n    - {reason: r, service: s}\n",
            "site.yaml:3:7: an exception needs at least one of 'vendor', 'name' and 'asset'");
    refuses("policy:\n  allow:\n    - {reason: r, vendr: s}\n",
            "site.yaml:3:19: unknown key 'vendr' (did you mean 'vendor'?)");
    refuses("policy:\n  allow:\n    - {reason: r, asset: 10.0.0.1/8}\n",
            "site.yaml:3:26: '10.0.0.1/8' is no address or network (with no bits set past its "
            "length)");
    refuses("policy:\n  allow:\n    - {reason: r, vendor: a, expires: 2027-02-30}\n",
            "site.yaml:3:39: '2027-02-30' is no date (YYYY-MM-DD, after 1970-01-01)");
    refuses("policy:\n  allow:\n    - {reason: r, name: 192.0.2.1}\n",
            "site.yaml:3:25: '192.0.2.1' is no host name (or .suffix)");
    refuses("policy:\n  allow:\n    - {reason: \"\", vendor: a}\n",
            "site.yaml:3:16: 'reason' is empty");
    refuses("policy:\n  allow:\n    - {reason: \"a\\nb\", vendor: a}\n",
            "site.yaml:3:16: 'reason' is not one line of text");
    refuses("policy:\n  allow: {vendor: a}\n", "site.yaml:2:10: 'allow' must be a list");
    refuses("policy:\n  allow: [x]\n", "site.yaml:2:11: this must be a map of keys");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {defaults_are_sane,
                                  default_home_is_every_private_range,
                                  default_jurisdictions_are_those_of_the_regulation,
                                  file_changes_what_it_names_and_nothing_else,
                                  empty_file_is_the_defaults,
                                  mistakes_are_named_with_place_and_hint,
                                  file_is_read_from_disk,
                                  set_goes_over_the_file,
                                  digest_follows_the_policy_and_nothing_else,
                                  exceptions_are_read,
                                  second_list_replaces_its_own_kind,
                                  wrong_exceptions_are_refused,
                                  NULL};
    return run_suite(suite_of("config_settings", tests));
}
