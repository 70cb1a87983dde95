/* SPDX-License-Identifier: Apache-2.0 */
/* The parts that the set is made of: table, substrings, expressions, layout, words. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "match/dict.h"
#include "match/hit.h"
#include "match/layout.h"
#include "match/needle.h"
#include "match/regex.h"
#include "match/words.h"
#include "run.h"

START_TEST(dict_finds_what_was_added_and_nothing_else)
{
    static char keys[500][8];
    struct dict dict = {0};
    ck_assert_ptr_null(dict_find(&dict, 1, "a", 1));
    for (uint32_t i = 0; i < 500; i++) {
        int length = snprintf(keys[i], sizeof keys[i], "k%u", i);
        /* Only eight different hashes: all the rest is probing and comparing. */
        dict_add(&dict, i % 8, keys[i], (size_t)length)->heads[0] = i + 1;
    }
    dict_settle(&dict);
    ck_assert_uint_eq(dict.count, 500);
    for (uint32_t i = 0; i < 500; i++) {
        const struct dict_entry *entry = dict_find(&dict, i % 8, keys[i], strlen(keys[i]));
        ck_assert_ptr_nonnull(entry);
        ck_assert_uint_eq(entry->heads[0], i + 1);
        ck_assert_ptr_eq(dict_add(&dict, i % 8, keys[i], strlen(keys[i])), entry);
    }
    ck_assert_ptr_null(dict_find(&dict, 0, "k1", 2));
    ck_assert_ptr_null(dict_find(&dict, 0, "k500", 4));
    ck_assert_uint_gt(dict_bytes(&dict), 500 * sizeof(struct dict_entry));
    dict_done(&dict);
    ck_assert_uint_eq(dict_bytes(&dict), 0);
    dict_settle(&dict);
}
END_TEST

/* Joins all needles found in `text`. */
static void found_in(const struct needles *needles, const char *text, struct text *out)
{
    struct needle_scan scan = {.text = text, .length = strlen(text)};
    text_clear(out);
    text_add(out, "");
    for (const struct needle *n; (n = needles_next(needles, &scan)) != NULL;)
        text_addf(out, "[%.*s]", (int)n->length, n->text);
}

START_TEST(needles_are_found_where_they_stand)
{
    struct needles needles = {0};
    struct text out = {0};
    found_in(&needles, "anything", &out);
    ck_assert_str_eq(text_string(&out), "");
    static const char *const texts[] = {"abcd", "abcdef", "bcde", "xyz1", "abcx"};
    for (size_t i = 0; i < 5; i++)
        needles_add(&needles, texts[i], strlen(texts[i]))->mark = 1;
    ck_assert_uint_eq(needles_add(&needles, "abcd", 4)->mark, 1); /* it is there already */
    ck_assert_uint_eq(needles.count, 5);
    found_in(&needles, "abcdef", &out);
    ck_assert_str_eq(text_string(&out), "[abcdef][abcd][bcde]");
    found_in(&needles, "abcde", &out);
    ck_assert_str_eq(text_string(&out), "[abcd][bcde]");
    found_in(&needles, "..xyz1", &out);
    ck_assert_str_eq(text_string(&out), "[xyz1]");
    found_in(&needles, "xyz", &out);
    ck_assert_str_eq(text_string(&out), "");
    found_in(&needles, "xyz2abcdabcx", &out);
    ck_assert_str_eq(text_string(&out), "[abcd][abcx]");
    needles_done(&needles);
    text_done(&out);
}
END_TEST

START_TEST(expressions_say_their_faults_and_match_as_bytes)
{
    struct regex_list *list = regex_list_new();
    uint32_t marks[4];
    char message[128];
    size_t offset = 0;
    ck_assert_uint_eq(regex_list_match(list, "a", 1, marks, 4), 0);
    ck_assert(!regex_list_add(list, "ab(c", 1, message, &offset));
    ck_assert_uint_eq(offset, 4);
    ck_assert_str_eq(message, "missing closing parenthesis");
    for (uint32_t i = 1; i <= 12; i++)
        ck_assert(regex_list_add(list, i % 2 == 1 ? "^\xc3." : "b$", i, message, &offset));
    ck_assert_uint_eq(regex_list_match(list, "\xc3\xff", 2, marks, 4), 4);
    ck_assert_uint_eq(marks[0], 1);
    ck_assert_uint_eq(marks[3], 7);
    ck_assert_uint_eq(regex_list_match(list, "ab", 2, marks, 1), 1);
    ck_assert_uint_eq(marks[0], 2);
    ck_assert_uint_eq(regex_list_match(list, "x", 1, marks, 4), 0);
    regex_list_free(list);
    regex_list_free(NULL);
}
END_TEST

START_TEST(expression_size_is_limited)
{
    struct regex_list *list = regex_list_new();
    char expression[2000], message[128];
    size_t offset = 0;
    memset(expression, 'a', sizeof expression - 1);
    expression[sizeof expression - 1] = '\0';
    ck_assert(!regex_list_add(list, expression, 1, message, &offset));
    expression[1024] = '\0';
    ck_assert(regex_list_add(list, expression, 1, message, &offset));
    memset(expression, '(', 40);
    memset(expression + 40, ')', 40);
    expression[80] = '\0';
    ck_assert(!regex_list_add(list, expression, 1, message, &offset));
    ck_assert_str_eq(message, "parentheses are too deeply nested");
    regex_list_free(list);
}
END_TEST

START_TEST(words_are_broken_at_the_columns)
{
    struct text out = {0};
    layout_add_words(&out, "  label", 10,
                     "one two three four five six seven eight nine ten eleven twelve thirteen "
                     "fourteen");
    ck_assert_str_eq(text_string(&out),
                     "  label   one two three four five six seven eight nine ten eleven twelve\n"
                     "          thirteen fourteen\n");
    text_clear(&out);
    layout_add_words(&out, "-", 2, "  x  \x1b[31m ");
    ck_assert_str_eq(text_string(&out), "- x \\x1b[31m\n");
    text_done(&out);
}
END_TEST

START_TEST(cells_are_cut_and_filled)
{
    struct text out = {0};
    layout_add_cell(&out, 4, "ab");
    text_add_char(&out, '|');
    layout_add_cell(&out, 2, "abc");
    text_add_char(&out, '|');
    layout_add_cell(&out, 3, "a\303\274b\303\266");
    text_add_char(&out, '|');
    layout_add_cell(&out, 3, "\303\274");
    ck_assert_str_eq(text_string(&out), "ab  |ab|a\303\274b|\303\274  ");
    text_done(&out);
}
END_TEST

START_TEST(words_have_their_texts)
{
    ck_assert_str_eq(purpose_text(PURPOSE_NETWORK_OWNER), "network_owner");
    ck_assert_str_eq(confidence_text(CONFIDENCE_SEEN), "seen");
    ck_assert_str_eq(indicator_text(INDICATOR_NAME_EXACT), "name-exact");
    ck_assert_str_eq(indicator_text(INDICATOR_NDPI), "ndpi");
    ck_assert_int_eq(word_find(purpose_words, "oem_update"), PURPOSE_OEM_UPDATE);
    ck_assert_int_eq(word_find(confidence_words, "documented"), CONFIDENCE_DOCUMENTED);
    ck_assert_int_eq(word_find(kind_words, "website"), -1);
    static const char *const countries[] = {"AD", "DE", "EU", "GB", "RU", "US", "ZW"};
    for (size_t i = 0; i < 7; i++)
        ck_assert_msg(country_known(countries[i]), "%s", countries[i]);
    static const char *const others[] = {"", "D", "UK", "de", "XX", "D ", "DEU", "ZW ", "E A"};
    for (size_t i = 0; i < 9; i++)
        ck_assert_msg(!country_known(others[i]), "%s", others[i]);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {dict_finds_what_was_added_and_nothing_else,
                                  needles_are_found_where_they_stand,
                                  expressions_say_their_faults_and_match_as_bytes,
                                  expression_size_is_limited,
                                  words_are_broken_at_the_columns,
                                  cells_are_cut_and_filled,
                                  words_have_their_texts,
                                  NULL};
    return run_suite(suite_of("match_parts", tests));
}
