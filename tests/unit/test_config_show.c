/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "config/settings.h"
#include "config/table.h"
#include "run.h"

static void read_text(struct settings *ret_settings, const char *path, const struct text *text)
{
    struct error err = {""};
    settings_init(ret_settings);
    ck_assert_msg(settings_parse(ret_settings, path, text_string(text), text->length, &err), "%s",
                  err.text);
}

/* Adds `line`, without the comment that says where the value came from. */
static void add_value(struct text *out, const char *line, size_t length)
{
    const char *comment = memmem(line, length, "  # ", 4);
    text_add_bytes(out, line, comment != NULL ? (size_t)(comment - line) : length);
    text_add_char(out, '\n');
}

/* Writes the effective values only. */
static void show_values(const struct settings *settings, struct text *out)
{
    struct text shown = {0};
    config_show(settings, &shown);
    for (const char *line = text_string(&shown); *line != '\0';) {
        size_t length = strcspn(line, "\n");
        add_value(out, line, length);
        line += length + 1;
    }
    text_done(&shown);
}

static void same_values(const struct settings *a, const struct settings *b)
{
    struct text a_text = {0}, b_text = {0};
    show_values(a, &a_text);
    show_values(b, &b_text);
    ck_assert_str_eq(text_string(&a_text), text_string(&b_text));
    text_done(&a_text);
    text_done(&b_text);
}

/* Removes the # of every line `  #key: value`, as an operator does; returns how many there were. */
static size_t uncomment(const struct text *sample, struct text *out)
{
    size_t count = 0;
    for (const char *line = text_string(sample); *line != '\0';) {
        size_t length = strcspn(line, "\n");
        bool option = strncmp(line, "  #", 3) == 0 && islower((unsigned char)line[3]);
        text_add(out, option ? "  " : "");
        text_add_bytes(out, line + (option ? 3 : 0), length - (option ? 3 : 0));
        text_add_char(out, '\n');
        count += option;
        line += length + 1;
    }
    return count;
}

START_TEST(sample_is_the_defaults)
{
    struct settings defaults, read;
    struct text sample = {0};
    config_sample(&sample);
    settings_init(&defaults);
    read_text(&read, "sample", &sample);
    same_values(&defaults, &read);
    ck_assert_str_eq(read.policy.digest, "default");
    settings_done(&read);
    settings_done(&defaults);
    text_done(&sample);
}
END_TEST

START_TEST(sample_without_comment_signs_is_the_defaults_too)
{
    struct settings defaults, read;
    struct text sample = {0}, active = {0};
    size_t count = 0;
    (void)table_options(&count);
    config_sample(&sample);
    ck_assert_uint_eq(uncomment(&sample, &active), count);
    settings_init(&defaults);
    read_text(&read, "sample", &active);
    same_values(&defaults, &read);
    ck_assert_str_ne(read.policy.digest, "default");
    settings_done(&read);
    settings_done(&defaults);
    text_done(&sample);
    text_done(&active);
}
END_TEST

START_TEST(sample_explains_every_option)
{
    struct text sample = {0};
    config_sample(&sample);
    const char *text = text_string(&sample);
    ck_assert_ptr_nonnull(strstr(text, "15 CFR 791.4"));
    ck_assert_ptr_nonnull(strstr(text, "\nflow:\n"));
    ck_assert_ptr_nonnull(strstr(text, "(duration [1s to 7d])\n  #tcp_idle: 10min\n"));
    ck_assert_ptr_nonnull(strstr(text, "(words [list, channel, stream])\n  #mode: [list]\n"));
    ck_assert_ptr_nonnull(strstr(text, "    - vendor: microsoft-defender\n"));
    for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1)
        ck_assert_uint_le(strcspn(line, "\n"), 120);
    text_done(&sample);
}
END_TEST

START_TEST(show_says_where_from)
{
    struct settings settings;
    struct text file = {0}, shown = {0};
    text_add(&file,
             "flow:\n  tcp_idle: 90s\n  udp_idle: 2min\npolicy:\n"
             "  allow: [{vendor: eset, reason: \"a: b\", expires: 2027-06-30}]\n");
    read_text(&settings, "site.yaml", &file);
    ck_assert(settings_set(&settings, "flow.udp_idle=3min", NULL));
    config_show(&settings, &shown);
    const char *text = text_string(&shown);
    ck_assert_ptr_nonnull(strstr(text, "  tcp_idle: 90s  # site.yaml:2\n"));
    ck_assert_ptr_nonnull(strstr(text, "  udp_idle: 3min  # --set\n"));
    ck_assert_ptr_nonnull(strstr(text, "  icmp_idle: 30s  # default\n"));
    ck_assert_ptr_nonnull(strstr(text,
                                 "  allow: [{vendor: eset, reason: \"a: b\", "
                                 "expires: 2027-06-30}]  # site.yaml:5\n"));
    settings_done(&settings);
    text_done(&file);
    text_done(&shown);
}
END_TEST

START_TEST(what_is_shown_reads_back)
{
    struct settings settings, again;
    struct text file = {0}, shown = {0};
    text_add(&file,
             "flow: {tcp_idle: 1500ms}\nredis: {mode: [channel, list]}\n"
             "geo: {databases: [\"a, b.mmdb\", c]}\npolicy:\n  alert_confidence: 0.333\n"
             "  suppress: [{name: .example.org, asset: \"2001:db8::/32\", reason: r}]\n");
    read_text(&settings, "site.yaml", &file);
    config_show(&settings, &shown);
    read_text(&again, "shown", &shown);
    same_values(&settings, &again);
    ck_assert_str_eq(settings.policy.digest, again.policy.digest);
    settings_done(&settings);
    settings_done(&again);
    text_done(&file);
    text_done(&shown);
}
END_TEST

START_TEST(show_hides_the_password)
{
    struct settings settings;
    struct text shown = {0};
    settings_init(&settings);
    ck_assert(settings_set(&settings, "redis.url=redis://u:hunter2@localhost:6379/0", NULL));
    config_show(&settings, &shown);
    ck_assert_ptr_null(strstr(text_string(&shown), "hunter2"));
    ck_assert_ptr_nonnull(
        strstr(text_string(&shown), "  url: \"redis://u:***@localhost:6379/0\"  # --set\n"));
    settings_done(&settings);
    text_done(&shown);
}
END_TEST

START_TEST(help_is_for_one_a_group_or_all)
{
    struct text out = {0};
    ck_assert(config_help("flow.tcp_idle", &out));
    ck_assert_int_eq(
        strncmp(text_string(&out), "flow.tcp_idle: duration [1s to 7d], default 10min\n    A TCP",
                strlen("flow.tcp_idle: duration [1s to 7d], default 10min\n    A TCP")),
        0);
    ck_assert_ptr_null(strstr(text_string(&out), "flow.udp_idle:"));
    text_clear(&out);
    ck_assert(config_help("flow", &out));
    ck_assert_ptr_nonnull(strstr(text_string(&out), "flow.udp_idle:"));
    ck_assert_ptr_null(strstr(text_string(&out), "redis.url:"));
    text_clear(&out);
    ck_assert(config_help(NULL, &out));
    ck_assert_ptr_nonnull(strstr(text_string(&out), "redis.url:"));
    text_clear(&out);
    ck_assert(!config_help("flo", &out));
    ck_assert_uint_eq(out.length, 0);
    text_done(&out);
}
END_TEST

START_TEST(every_row_has_a_group_and_words_to_explain_it)
{
    size_t count = 0, group_count = 0;
    const struct option *options = table_options(&count);
    const struct option_group *groups = table_groups(&group_count);
    for (size_t i = 0; i < count; i++) {
        size_t found = 0;
        for (size_t j = 0; j < group_count; j++)
            found += table_key(&options[i], groups[j].name) != NULL;
        ck_assert_msg(found == 1, "%s", options[i].name);
        ck_assert_uint_gt(strlen(options[i].help), 10);
        ck_assert_ptr_eq(table_find(options[i].name), &options[i]);
    }
}
END_TEST

static void check_refuses(const char *content, const char *sentence)
{
    static const char *const vendors[] = {"eset", "kaspersky", NULL};
    static const char *const services[] = {"update", "telemetry", NULL};
    static const char *const regimes[] = {"us-bod-17-01", NULL};
    struct config_known known = {vendors, services, regimes};
    struct settings settings;
    struct error err = {""};
    struct text text = {0};
    text_add(&text, content);
    read_text(&settings, "site.yaml", &text);
    ck_assert_int_eq(config_check_policy(&settings, &known, &err), sentence == NULL);
    ck_assert_str_eq(err.text, sentence != NULL ? sentence : "");
    settings_done(&settings);
    text_done(&text);
}

START_TEST(ids_of_the_policy_must_exist)
{
    check_refuses(
        "policy:\n  vendors_of_concern: [eset, kaspersky]\n  regimes: [us-bod-17-01]\n"
        "  allow: [{vendor: eset, service: update, reason: r}]\n",
        NULL);
    check_refuses("policy:\n  vendors_of_concern: [eset, kaspersky-lab]\n",
                  "site.yaml:2: policy.vendors_of_concern: unknown vendor 'kaspersky-lab' (did you "
                  "mean 'kaspersky'?)");
    check_refuses("policy:\n  regimes: [us-bod-17]\n",
                  "site.yaml:2: policy.regimes: unknown regime 'us-bod-17' (did you mean "
                  "'us-bod-17-01'?)");
    check_refuses("policy:\n  allow:\n    - {vendor: esett, reason: r}\n",
                  "site.yaml:3: policy.allow: unknown vendor 'esett' (did you mean 'eset'?)");
    check_refuses("policy:\n  suppress:\n    - {vendor: eset, service: x, reason: r}\n",
                  "site.yaml:3: policy.suppress: unknown service 'x'");
    struct settings settings;
    struct config_known known = {0};
    settings_init(&settings);
    ck_assert(settings_set(&settings, "policy.regimes=anything", NULL));
    ck_assert(config_check_policy(&settings, &known, NULL));
    settings_done(&settings);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        sample_is_the_defaults,         sample_without_comment_signs_is_the_defaults_too,
        sample_explains_every_option,   show_says_where_from,
        what_is_shown_reads_back,       show_hides_the_password,
        help_is_for_one_a_group_or_all, every_row_has_a_group_and_words_to_explain_it,
        ids_of_the_policy_must_exist,   NULL};
    return run_suite(suite_of("config_show", tests));
}
