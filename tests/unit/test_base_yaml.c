/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/yaml.h"
#include "run.h"

static void parse_ok(struct yaml_file *file, const char *text)
{
    struct error err = {{0}};
    ck_assert_msg(yaml_parse(file, "t.yaml", text, strlen(text), &err), "%s", err.text);
}

static void expect_error(const char *text, const char *wanted)
{
    struct yaml_file file = {0};
    struct error err = {{0}};
    ck_assert_msg(!yaml_parse(&file, "t.yaml", text, strlen(text), &err), "accepted: %s", text);
    ck_assert_str_eq(err.text, wanted);
    ck_assert_ptr_null(file.root);
}

START_TEST(tree_has_kinds_texts_and_places)
{
    struct yaml_file file;
    parse_ok(&file, "name: x\nlist:\n  - a\n  - 'b c'\nmap: {k: no, e: \"\"}\n");
    ck_assert_int_eq(file.root->kind, YAML_MAP);
    const struct yaml_node *name = yaml_get(file.root, "name");
    ck_assert_str_eq(name->text, "x");
    ck_assert_uint_eq(name->line, 1);
    ck_assert_uint_eq(name->column, 7);
    ck_assert_uint_eq(name->key_column, 1);
    ck_assert(!name->quoted);
    const struct yaml_node *list = yaml_get(file.root, "list");
    ck_assert_int_eq(list->kind, YAML_LIST);
    ck_assert_str_eq(list->first->text, "a");
    ck_assert_str_eq(list->first->next->text, "b c");
    ck_assert(list->first->next->quoted);
    ck_assert_uint_eq(list->first->next->line, 4);
    ck_assert_ptr_null(list->first->next->next);
    const struct yaml_node *map = yaml_get(file.root, "map");
    ck_assert_str_eq(yaml_get(map, "k")->text, "no");
    ck_assert(yaml_get(map, "e")->quoted);
    ck_assert_ptr_null(yaml_get(map, "x"));
    ck_assert_ptr_null(yaml_get(list, "x"));
    ck_assert_ptr_null(yaml_get(NULL, "x"));
    yaml_done(&file);
}
END_TEST

START_TEST(files_without_content_are_empty_maps)
{
    static const char *const texts[] = {"", "\n", "# only a comment\n", "---\n", "---\n...\n"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct yaml_file file;
        parse_ok(&file, texts[i]);
        ck_assert_int_eq(file.root->kind, YAML_MAP);
        ck_assert_ptr_null(file.root->first);
        ck_assert_uint_eq(file.root->line, 1);
        yaml_done(&file);
    }
    struct yaml_file file;
    parse_ok(&file, "''");
    ck_assert_int_eq(file.root->kind, YAML_SCALAR);
    yaml_done(&file);
}
END_TEST

START_TEST(errors_say_file_line_and_column)
{
    expect_error("a: 1\nb: [1, 2\n",
                 "t.yaml:3:1: did not find expected ',' or ']' while parsing a "
                 "flow sequence");
    expect_error("a: 1\nb: @\n",
                 "t.yaml:2:4: found character that cannot start any token while "
                 "scanning for the next token");
}
END_TEST

START_TEST(broken_encoding_is_placed)
{
    struct yaml_file file = {0};
    struct error err = {{0}};
    ck_assert(!yaml_parse(&file, "t.yaml", "a: 1\nb: \xc3\xa9\xff\n", 12, &err));
    ck_assert_msg(strncmp(err.text, "t.yaml:2:5: ", 12) == 0, "%s", err.text);
}
END_TEST

START_TEST(duplicate_keys_are_refused)
{
    expect_error("a: 1\nb: 2\na: 3\n", "t.yaml:3:1: 'a' stands here twice");
    expect_error("{a: 1, b: {c: 1, c: 2}}", "t.yaml:1:18: 'c' stands here twice");
}
END_TEST

START_TEST(anchors_and_aliases_are_refused)
{
    static const char *const what = "anchors and aliases are not supported";
    char wanted[128];
    (void)snprintf(wanted, sizeof wanted, "t.yaml:1:4: %s", what);
    expect_error("a: &x 1\n", wanted);
    expect_error("a: &x [1]\n", wanted);
    expect_error("a: &x {b: 1}\n", wanted);
    expect_error("a: *x\n", wanted);
    (void)snprintf(wanted, sizeof wanted, "t.yaml:1:1: %s", what);
    expect_error("&x a: 1\n", "t.yaml:1:1: anchors and aliases are not supported");
    expect_error("*x : 1\n", wanted);
}
END_TEST

START_TEST(tags_are_refused)
{
    expect_error("a: !!int 1\n", "t.yaml:1:4: tags are not supported");
    expect_error("a: !x [1]\n", "t.yaml:1:4: tags are not supported");
    expect_error("a: !x {b: 1}\n", "t.yaml:1:4: tags are not supported");
}
END_TEST

START_TEST(nul_bytes_are_refused)
{
    expect_error("a: \"x\\0y\"\n", "t.yaml:1:4: a NUL byte is not supported");
    expect_error("\"a\\0b\": 1\n", "t.yaml:1:1: a NUL byte is not supported");
}
END_TEST

START_TEST(other_shapes_are_refused)
{
    expect_error("a: 1\n---\nb: 2\n", "t.yaml:2:1: only one document is allowed");
    expect_error("? [a]\n: 1\n", "t.yaml:1:3: a key must be plain text");
}
END_TEST

START_TEST(depth_is_bounded)
{
    struct yaml_file file;
    parse_ok(&file, "[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]"); /* 16 lists and a value */
    yaml_done(&file);
    expect_error("[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]", "t.yaml:1:18: nested too deeply");
    struct text deep = {0};
    for (int i = 0; i < 20000; i++)
        text_add(&deep, "[");
    expect_error(text_string(&deep), "t.yaml:1:18: nested too deeply");
    text_done(&deep);
}
END_TEST

START_TEST(a_map_of_many_keys_is_read_in_time)
{
    struct text many = {0};
    for (int i = 0; i < 20000; i++)
        text_addf(&many, "key%d: %d\n", i, i);
    struct yaml_file file;
    parse_ok(&file, text_string(&many));
    ck_assert_str_eq(yaml_get(file.root, "key19999")->text, "19999");
    yaml_done(&file);
    text_done(&many);
}
END_TEST

START_TEST(unknown_keys_are_named_with_the_nearest_right_word)
{
    static const char *const keys[] = {"vendor", "hosts", NULL};
    struct yaml_file file;
    struct error err;
    parse_ok(&file, "vendor: x\nhots: y\n");
    ck_assert(!yaml_check_keys(&file, file.root, keys, &err));
    ck_assert_str_eq(err.text, "t.yaml:2:1: unknown key 'hots' (did you mean 'hosts'?)");
    yaml_done(&file);
    parse_ok(&file, "something: y\n");
    ck_assert(!yaml_check_keys(&file, file.root, keys, &err));
    ck_assert_str_eq(err.text, "t.yaml:1:1: unknown key 'something'");
    yaml_done(&file);
    parse_ok(&file, "hosts: y\n");
    ck_assert(yaml_check_keys(&file, file.root, keys, &err));
    yaml_done(&file);
    parse_ok(&file, "- a\n");
    ck_assert(!yaml_check_keys(&file, file.root, keys, &err));
    ck_assert_str_eq(err.text, "t.yaml:1:1: this must be a map of keys");
    yaml_done(&file);
}
END_TEST

START_TEST(kinds_are_checked_by_name)
{
    struct yaml_file file;
    struct error err;
    parse_ok(&file, "hosts: y\nlist: []\n");
    const struct yaml_node *hosts = yaml_get(file.root, "hosts");
    ck_assert(yaml_expect(&file, hosts, YAML_SCALAR, &err));
    ck_assert(!yaml_expect(&file, hosts, YAML_LIST, &err));
    ck_assert_str_eq(err.text, "t.yaml:1:8: 'hosts' must be a list");
    ck_assert(!yaml_expect(&file, yaml_get(file.root, "list"), YAML_SCALAR, &err));
    ck_assert_str_eq(err.text, "t.yaml:2:7: 'list' must be a single value");
    ck_assert(!yaml_error(&file, hosts, &err, "%d is wrong", 5));
    ck_assert_str_eq(err.text, "t.yaml:1:8: 5 is wrong");
    yaml_done(&file);
}
END_TEST

START_TEST(files_are_read_from_disk)
{
    char path[] = "/tmp/test_yaml_XXXXXX";
    int descriptor = mkstemp(path);
    ck_assert_int_ge(descriptor, 0);
    FILE *stream = fdopen(descriptor, "w");
    ck_assert_ptr_nonnull(stream);
    for (int i = 0; i < 5000; i++) /* more than one read */
        (void)fprintf(stream, "key%d: value\n", i);
    (void)fclose(stream);
    struct yaml_file file;
    struct error err;
    ck_assert(yaml_read(&file, path, &err));
    ck_assert_str_eq(yaml_get(file.root, "key4999")->text, "value");
    ck_assert_str_eq(file.path, path);
    yaml_done(&file);
    (void)unlink(path);
}
END_TEST

START_TEST(files_that_cannot_be_read_are_named)
{
    struct yaml_file file;
    struct error err;
    ck_assert(!yaml_read(&file, "/nonexistent/x.yaml", &err));
    ck_assert_str_eq(err.text, "/nonexistent/x.yaml: No such file or directory");
    ck_assert(!yaml_read(&file, "/tmp", &err));
    ck_assert_str_eq(err.text, "/tmp: Is a directory");
}
END_TEST

int main(void)
{
    const TTest *tests[] = {tree_has_kinds_texts_and_places,
                            files_without_content_are_empty_maps,
                            errors_say_file_line_and_column,
                            broken_encoding_is_placed,
                            duplicate_keys_are_refused,
                            anchors_and_aliases_are_refused,
                            tags_are_refused,
                            nul_bytes_are_refused,
                            other_shapes_are_refused,
                            depth_is_bounded,
                            a_map_of_many_keys_is_read_in_time,
                            unknown_keys_are_named_with_the_nearest_right_word,
                            kinds_are_checked_by_name,
                            files_are_read_from_disk,
                            files_that_cannot_be_read_are_named,
                            NULL};
    return run_suite(suite_of("base_yaml", tests));
}
