/* SPDX-License-Identifier: Apache-2.0 */
/* Which value a host name matches, and which of several wins. */
#include "base/text.h"
#include "run.h"
#include "test_match_set.h"

/* Writes "value:service" of all hits, "-value" for negatives, one after the other. */
static const char *hits_text(const struct signatures *set, const char *name, struct text *out)
{
    struct hit hits[HITS_MAX];
    size_t count = match_name(set, name, hits);
    text_clear(out);
    for (size_t i = 0; i < count; i++)
        text_addf(out, "%s%s%s:%s", i > 0 ? " " : "", hits[i].negative != NULL ? "-" : "",
                  hits[i].value, hits[i].service != NULL ? hits[i].service->id : "");
    return text_string(out);
}

struct expectation {
    const char *name, *hits;
};

static void check_all(const char *file, const struct expectation *expected, size_t count)
{
    struct signatures *set = load_good(file);
    struct text out = {0};
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(strcmp(hits_text(set, expected[i].name, &out), expected[i].hits) == 0,
                      "%s: got '%s', want '%s'", expected[i].name, text_string(&out),
                      expected[i].hits);
    text_done(&out);
    signatures_free(set);
}

#define CHECK_ALL(file, expected) check_all(file, expected, sizeof(expected) / sizeof *(expected))

START_TEST(exact_name_is_that_one_name)
{
    static const struct expectation expected[] = {
        {"s00.upd.kaspersky.com", "s00.upd.kaspersky.com:a"},
        {"s01.upd.kaspersky.com", ""},
        {"x.s00.upd.kaspersky.com", ""},
        {"00.upd.kaspersky.com", ""},
        {"upd.kaspersky.com", ""},
        {"com", ""},
        {"", ""},
        {".", ""},
        {"..", ""},
        {"s00..upd.kaspersky.com", ""},
        {".s00.upd.kaspersky.com", ""},
        {"S00.UPD.KASPERSKY.COM", ""}, /* names come normalised */
    };
    CHECK_ALL(VENDOR SERVICES ITEM("a", "seen", "hosts: [s00.upd.kaspersky.com]"), expected);
}
END_TEST

START_TEST(suffix_is_the_name_and_all_below)
{
    static const struct expectation expected[] = {
        {"kaspersky.com", ".kaspersky.com:a"},
        {"x.kaspersky.com", ".kaspersky.com:a"},
        {"a.b.c.d.e.f.g.h.kaspersky.com", ".kaspersky.com:a"},
        {"com", ""},
        {"kaspersky.net", ""},
    };
    CHECK_ALL(VENDOR SERVICES ITEM("a", "seen", "hosts: [.kaspersky.com]"), expected);
}
END_TEST

START_TEST(look_alikes_do_not_match)
{
    static const struct expectation expected[] = {
        {"kaspersky.example.com", ""},
        {"notkaspersky.com", ""},
        {"kaspersky.com.example.net", ""},
        {"s00.upd.kaspersky.com.example.org", ""},
        {"xkaspersky-labs.com", ""},
        {"x.xkaspersky-labs.com", ""},
        {"kaspersky-labs.com.", ""},
        {"kaspersky-labs.co", ""},
        {"kasperskycom", ""},
        {"cm.k.kaspersky-labs.com", ".kaspersky-labs.com:a"},
    };
    CHECK_ALL(VENDOR SERVICES ITEM("a", "seen",
                                   "hosts: [.kaspersky.com, .kaspersky-labs.com, "
                                   "s00.upd.kaspersky.com]"),
              expected);
}
END_TEST

START_TEST(wildcards_stay_in_their_label)
{
    static const struct expectation expected[] = {
        {"dnl-03.geo.k.com", "dnl-??.geo.k.com:a"},
        {"dnl-3.geo.k.com", ""},
        {"dnl-003.geo.k.com", ""},
        {"dnl-.3.geo.k.com", ""},
        {"x.dnl-03.geo.k.com", ""},
        {"geo.k.com", ""},
        {"update.a.k.com", "update.*.k.com:a"},
        {"update.abc-1.k.com", "update.*.k.com:a"},
        {"update.a.b.k.com", ""},
        {"update..k.com", ""},
        {"update.k.com", ""},
        {"ab12cd34.e.net", "ab*cd*.e.net:a"},
        {"abcdcd.e.net", ""},
        {"abcdcdcdx.e.net", "ab*cd*.e.net:a"},
        {"ab1cd.e.net", ""},
        {"up-x.y.cdn.e.net", "up-*.*.cdn.e.net:a"},
        {"up-x.cdn.e.net", ""},
        {"up-.y.cdn.e.net", ""},
        {"aab.f.org", "*ab.f.org:a"},
        {"aaabab.f.org", "*ab.f.org:a"},
        {"ab.f.org", ""},
        {"aba.f.org", ""},
        {"f.org", ""},
    };
    CHECK_ALL(VENDOR SERVICES ITEM("a", "seen",
                                   "hosts: [\"dnl-??.geo.k.com\", \"update.*.k.com\", "
                                   "\"ab*cd*.e.net\", \"up-*.*.cdn.e.net\", \"*ab.f.org\"]"),
              expected);
}
END_TEST

START_TEST(longest_value_wins)
{
    static const struct expectation expected[] = {
        {"u1.upd.k.com", "u1.upd.k.com:exact"},
        {"u2.upd.k.com", "u?.upd.k.com:glob"},
        {"u22.upd.k.com", ".upd.k.com:suffix"},
        {"upd.k.com", ".upd.k.com:suffix"},
        {"x.k.com", ".k.com:any"},
        {"u2.long-name.k.com", ".long-name.k.com:long"},
        {"a.long-name.k.com", ".long-name.k.com:long"},
        {"a9.z.com", "a?.z.com:glob"},
    };
    CHECK_ALL(VENDOR SERVICES ITEM("any", "seen", "hosts: [.k.com, .z.com]")
                  ITEM("suffix", "seen", "hosts: [.upd.k.com]") ITEM(
                      "glob", "seen", "hosts: [\"u?.upd.k.com\", \"u?.*.k.com\", \"a?.z.com\"]")
                      ITEM("exact", "seen", "hosts: [u1.upd.k.com]")
                          ITEM("long", "seen", "hosts: [.long-name.k.com]"),
              expected);
}
END_TEST

START_TEST(exact_name_wins_over_longer_looking_patterns)
{
    static const struct expectation expected[] = {
        {"ab.k.com", "ab.k.com:exact"},
        {"cb.k.com", "?b.k.com:glob"},
        {"b.k.com", ".b.k.com:suffix"},
        /* Of a pattern and a suffix with as many literal characters the pattern wins. */
        {"xy.b.k.com", "?y.b.k.com:even"},
        {"y.b.k.com", ".y.b.k.com:even"},
        {"z.y.b.k.com", ".y.b.k.com:even"},
    };
    CHECK_ALL(VENDOR SERVICES ITEM("glob", "seen", "hosts: [\"?b.k.com\"]")
                  ITEM("suffix", "seen", "hosts: [.b.k.com]")
                      ITEM("exact", "seen", "hosts: [ab.k.com]")
                          ITEM("even", "seen", "hosts: [\"?y.b.k.com\", .y.b.k.com]"),
              expected);
}
END_TEST

START_TEST(pattern_wins_over_suffix_of_equal_length)
{
    /* Both have eight literal characters: `.ab.k.com` without its dot, and `a*.*.k.com`. */
    static const struct expectation expected[] = {
        {"ax.ab.k.com", "a*.*.k.com:glob"},
        {"b.ab.k.com", ".ab.k.com:suffix"},
    };
    CHECK_ALL(VENDOR SERVICES ITEM("suffix", "seen", "hosts: [.ab.k.com]")
                  ITEM("glob", "seen", "hosts: [\"a*.*.k.com\"]"),
              expected);
}
END_TEST

START_TEST(negative_wins_where_it_is_as_long)
{
    static const struct expectation expected[] = {
        {"www.k.com", "-www.k.com:"},
        {"k.com", "-k.com:"},
        {"a.k.com", ".k.com:a"},
        {"x.web.k.com", "-.web.k.com:"},
        {"u1.web.k.com", "u1.web.k.com:a"}, /* a longer positive */
        {"both.k.com", "-both.k.com:"},     /* the same value on both sides */
        {"x.both2.k.com", "-.both2.k.com:"},
        {"ax.ab.k.com", "-.ab.k.com:"}, /* equally long, of another kind */
        {"g7.k.com", "-g?.k.com:"},
    };
    CHECK_ALL(VENDOR SERVICES ITEM("a", "documented",
                                   "hosts: [.k.com, u1.web.k.com, both.k.com, .both2.k.com, "
                                   "\"a*.*.k.com\", \"g?.k.com\"]")
                  NOT NEGATIVE("hosts: [www.k.com, k.com, .web.k.com, both.k.com, .both2.k.com, "
                               ".ab.k.com, \"g?.k.com\"]"),
              expected);
}
END_TEST

START_TEST(all_services_of_the_value_best_first)
{
    static const struct expectation expected[] = {
        {"u.k.com", "u.k.com:d1 u.k.com:d2 u.k.com:s u.k.com:u"},
        {"x.k.com", ".k.com:d1 .k.com:u"},
        {"g1.k.com", "g?.k.com:s g?.k.com:u"},
    };
    CHECK_ALL(VENDOR SERVICES ITEM("u", "unsure", "hosts: [u.k.com, .k.com, \"g?.k.com\"]")
                  ITEM("d1", "documented", "hosts: [u.k.com, .k.com, u.k.com]")
                      ITEM("s", "seen", "hosts: [u.k.com, \"g?.k.com\"]")
                          ITEM("d2", "documented", "hosts: [u.k.com]"),
              expected);
}
END_TEST

START_TEST(better_known_shorter_value_follows_an_unsure_winner)
{
    static const struct expectation expected[] = {
        {"u.k.com", "u.k.com:u .k.com:seen"},     {"a.b.m.com", ".b.m.com:u .m.com:doc"},
        {"c.d.m.com", ".d.m.com:u2 .m.com:doc"},  {"only.n.com", ".n.com:u"},
        {"a.web.o.com", "a.web.o.com:u"},         /* a negative stands between */
        {"a.b.p.com", "a.b.p.com:u .p.com:seen"}, /* passing over one that is unsure too */
    };
    CHECK_ALL(VENDOR SERVICES ITEM("u", "unsure",
                                   "hosts: [u.k.com, .b.m.com, .n.com, a.web.o.com, a.b.p.com, "
                                   ".b.p.com]") ITEM("u2", "unsure", "hosts: [.d.m.com, .m.com]")
                  ITEM("seen", "seen", "hosts: [.k.com, .o.com, .p.com]")
                      ITEM("doc", "documented", "hosts: [.m.com]")
                          NOT NEGATIVE("hosts: [.web.o.com]"),
              expected);
}
END_TEST

START_TEST(hit_says_what_matched)
{
    struct signatures *set = load_good(
        VENDOR SERVICES ITEM("a", "documented", "hosts: [u.k.com, .k.com, \"g-??.k.com\"]")
            NOT NEGATIVE("hosts: [w.k.com]"));
    struct hit hits[HITS_MAX];
    ck_assert_uint_eq(match_name(set, "u.k.com", hits), 1);
    ck_assert_int_eq((int)hits[0].indicator, INDICATOR_NAME_EXACT);
    ck_assert_uint_eq(hits[0].length, 7);
    ck_assert_int_eq((int)hits[0].confidence, CONFIDENCE_DOCUMENTED);
    ck_assert_str_eq(hits[0].vendor->id, "acme");
    ck_assert_ptr_null(hits[0].dated);
    ck_assert_ptr_null(hits[0].network);
    ck_assert_uint_eq(match_name(set, "x.k.com", hits), 1);
    ck_assert_int_eq((int)hits[0].indicator, INDICATOR_NAME_SUFFIX);
    ck_assert_uint_eq(hits[0].length, 5);
    ck_assert_uint_eq(match_name(set, "g-01.k.com", hits), 1);
    ck_assert_int_eq((int)hits[0].indicator, INDICATOR_NAME_GLOB);
    ck_assert_uint_eq(hits[0].length, 8);
    ck_assert_uint_eq(match_name(set, "w.k.com", hits), 1);
    ck_assert_ptr_null(hits[0].service);
    ck_assert_str_eq(hits[0].negative->reason, "website");
    ck_assert_str_eq(hits[0].negative->source, "a source");
    ck_assert_str_eq(hits[0].vendor->id, "acme");
    signatures_free(set);
}
END_TEST

START_TEST(no_more_hits_than_fit)
{
    struct text file = {0};
    text_add(&file, VENDOR SERVICES);
    for (int i = 0; i < 12; i++)
        text_addf(&file, ITEM("s%d", "%s", "hosts: [u.k.com]"), i, i == 11 ? "documented" : "seen");
    struct signatures *set = load_good(text_string(&file));
    struct hit hits[HITS_MAX];
    ck_assert_uint_eq(match_name(set, "u.k.com", hits), HITS_MAX);
    ck_assert_str_eq(hits[0].service->id, "s11");
    ck_assert_str_eq(hits[7].service->id, "s6");
    signatures_free(set);
    text_done(&file);
}
END_TEST

START_TEST(only_the_best_of_very_many_values_are_kept)
{
    /* 40 suffixes fit one name, the shortest a negative: the longest one still wins. */
    struct text file = {0}, name = {0};
    text_add(&file, VENDOR SERVICES
             "  - {id: a, name: N, purpose: update, confidence: unsure, "
             "source: s, hosts: [");
    text_add(&name, "k.com");
    for (int i = 0; i < 40; i++) {
        struct text longer = {0};
        text_addf(&longer, "l%d.%s", i, text_string(&name));
        text_done(&name);
        name = longer;
        text_addf(&file, "%s.%s", i > 0 ? ", " : "", text_string(&name));
    }
    text_add(&file, "]}\n" NOT NEGATIVE("hosts: [.k.com]"));
    struct signatures *set = load_good(text_string(&file));
    struct hit hits[HITS_MAX];
    ck_assert_uint_eq(match_name(set, text_string(&name), hits), 1);
    ck_assert_str_eq(hits[0].value + 1, text_string(&name));
    ck_assert_uint_eq(match_name(set, "x.k.com", hits), 1);
    ck_assert_ptr_nonnull(hits[0].negative);
    signatures_free(set);
    text_done(&name);
    text_done(&file);
}
END_TEST

enum {
    SCALE = 100000
};

static void add_scale_host(struct text *file, int i)
{
    if (i % 1000 == 0)
        text_addf(file,
                  "%s  - {id: s%d, name: N, purpose: update, confidence: seen, source: s, hosts: [",
                  i > 0 ? "]}\n" : "", i / 1000);
    text_add(file, i % 1000 == 0 ? "" : ", ");
    if (i % 4 == 0)
        text_addf(file, "h%d.upd.v%d.com", i, i / 8);
    else if (i % 4 == 1)
        text_addf(file, ".s%d.v%d.net", i, i / 8);
    else if (i % 4 == 2)
        text_addf(file, "\"n-*.d%d.v%d.org\"", i, i / 8);
    else
        text_addf(file, ".o%d.w%d.com", i, i / 8);
}

/* Checks the value of one place of the large set, and two names beside it. */
static void check_scale(const struct signatures *set, int i)
{
    char name[96], id[16];
    struct hit hits[HITS_MAX];
    if (i % 4 == 0)
        (void)snprintf(name, sizeof name, "h%d.upd.v%d.com", i, i / 8);
    else if (i % 4 == 1)
        (void)snprintf(name, sizeof name, "x.s%d.v%d.net", i, i / 8);
    else if (i % 4 == 2)
        (void)snprintf(name, sizeof name, "n-7.d%d.v%d.org", i, i / 8);
    else
        (void)snprintf(name, sizeof name, "o%d.w%d.com", i, i / 8);
    ck_assert_msg(match_name(set, name, hits) == 1, "%s", name);
    (void)snprintf(id, sizeof id, "s%d", i / 1000);
    ck_assert_str_eq(hits[0].service->id, id);
    (void)snprintf(name, sizeof name, "h%d.upd.v%d.com", i, i / 8 + 1);
    ck_assert_msg(match_name(set, name, hits) == 0, "%s", name);
    (void)snprintf(name, sizeof name, "n-.d%d.v%d.org", i, i / 8);
    ck_assert_msg(match_name(set, name, hits) == 0, "%s", name);
}

START_TEST(hundred_thousand_names_match_each_their_own)
{
    struct text file = {0};
    text_add(&file, VENDOR SERVICES);
    for (int i = 0; i < SCALE; i++)
        add_scale_host(&file, i);
    text_add(&file, "]}\n");
    struct signatures *set = load_good(text_string(&file));
    text_done(&file);
    ck_assert_uint_eq(signatures_info(set)->names, SCALE);
    ck_assert_uint_lt(signatures_info(set)->bytes, 20 << 20);
    for (int i = 0; i < SCALE; i += 7)
        check_scale(set, i);
    signatures_free(set);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {exact_name_is_that_one_name,
                                  suffix_is_the_name_and_all_below,
                                  look_alikes_do_not_match,
                                  wildcards_stay_in_their_label,
                                  longest_value_wins,
                                  exact_name_wins_over_longer_looking_patterns,
                                  pattern_wins_over_suffix_of_equal_length,
                                  negative_wins_where_it_is_as_long,
                                  all_services_of_the_value_best_first,
                                  better_known_shorter_value_follows_an_unsure_winner,
                                  hit_says_what_matched,
                                  no_more_hits_than_fit,
                                  only_the_best_of_very_many_values_are_kept,
                                  hundred_thousand_names_match_each_their_own,
                                  NULL};
    return run_suite(suite_of("match_name", tests));
}
