/* SPDX-License-Identifier: Apache-2.0 */
/* Filling the settings: defaults, then a file, then `--set`.
 *
 * All three go through option_assign(), so a default is checked like any other value.  The file is
 * walked by its own keys, each looked up in the table: a key that has no row is a mistake, and a
 * mistake is never skipped, because a sensor that runs with another policy than the operator wrote
 * is worse than one that does not start. */
#include "config/settings.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/yaml.h"
#include "config/exceptions.h"
#include "config/origin.h"
#include "config/table.h"

enum {
    NAME_MAX_LENGTH = 100,
    DIGEST_SHOWN = 8 /* bytes: 16 hexadecimal digits */
};

static bool is_allow(const struct option *option)
{
    return strcmp(option->name, "policy.allow") == 0;
}

static size_t index_of(const struct option *option)
{
    size_t count = 0;
    return (size_t)(option - table_options(&count));
}

/* Names the policy by its content, so that events of two runs can be told to stand under the same
 * one. The whole file would not do: it may hold a Redis password, and its comments change nothing.
 */
static void set_digest(struct settings *settings)
{
    size_t count = 0;
    const struct option *options = table_options(&count);
    struct text content = {0};
    bool changed = false;
    for (size_t i = 0; i < count; i++) {
        if (table_key(&options[i], "policy") == NULL)
            continue;
        changed = changed || settings->origins[i].kind != ORIGIN_DEFAULT;
        text_addf(&content, "%s: ", options[i].name);
        origin_print_value(settings, &options[i], &content);
        text_add_char(&content, '\n');
    }
    uint8_t digest[DIGEST_SHA256_SIZE];
    char hex[2 * DIGEST_SHOWN + 1];
    digest_sha256(text_string(&content), content.length, digest);
    digest_hex(digest, DIGEST_SHOWN, hex);
    free(settings->policy.digest);
    settings->policy.digest = mem_text(changed ? hex : "default");
    text_done(&content);
}

void settings_init(struct settings *settings)
{
    size_t count = 0;
    const struct option *options = table_options(&count);
    *settings = (struct settings){.origins = mem_zeroed(count, sizeof *settings->origins)};
    for (size_t i = 0; i < count; i++) {
        if (options[i].type == OPTION_EXCEPTIONS)
            continue;
        bool right = option_assign_text(&options[i], settings, options[i].preset, NULL);
        assert(right);
        (void)right;
    }
    set_digest(settings);
}

void settings_done(struct settings *settings)
{
    size_t count = 0;
    const struct option *options = table_options(&count);
    for (size_t i = 0; i < count; i++)
        if (options[i].type != OPTION_EXCEPTIONS)
            option_clear(&options[i], settings);
    policy_done(&settings->policy);
    free(settings->path);
    free(settings->origins);
    *settings = (struct settings){0};
}

/* True for `key:` with nothing behind it, as a group is whose lines are all commented out. */
static bool is_nothing(const struct yaml_node *node)
{
    return node->kind == YAML_SCALAR && node->text[0] == '\0' && !node->quoted;
}

/* Assigns a list (or a single value, which is a list of one, or of parts between commas). */
static bool read_list(struct settings *settings, const struct option *option,
                      const struct yaml_file *file, const struct yaml_node *node, struct error *err)
{
    size_t count = 0, bad = 0;
    for (const struct yaml_node *item = node->first; item != NULL; item = item->next)
        count++;
    auto_free const char **texts = mem_zeroed(count, sizeof *texts);
    size_t at = 0;
    for (const struct yaml_node *item = node->first; item != NULL; item = item->next) {
        if (!yaml_expect(file, item, YAML_SCALAR, err))
            return false;
        texts[at++] = item->text;
    }
    struct error what = {""};
    if (option_assign(option, settings, texts, count, &what, &bad))
        return true;
    const struct yaml_node *item = node->first;
    for (size_t i = 0; i < bad && item != NULL; i++)
        item = item->next;
    return yaml_error(file, item != NULL ? item : node, err, "%s: %s", option->name, what.text);
}

static bool read_option(struct settings *settings, const struct option *option,
                        const struct yaml_file *file, const struct yaml_node *node,
                        struct error *err)
{
    if (is_nothing(node))
        return yaml_error(file, node, err, "'%s' has no value", node->key);
    if (option->type == OPTION_EXCEPTIONS)
        return exceptions_read(&settings->policy, is_allow(option), file, node, err);
    bool several = option_is_list(option) || option->type == OPTION_FLAGS;
    if (several && node->kind == YAML_LIST)
        return read_list(settings, option, file, node, err);
    if (several && node->kind == YAML_MAP)
        return yaml_expect(file, node, YAML_LIST, err);
    if (!yaml_expect(file, node, YAML_SCALAR, err))
        return false;
    struct error what = {""};
    return option_assign_text(option, settings, node->text, &what) ||
           yaml_error(file, node, err, "%s: %s", option->name, what.text);
}

/* Says which key is wrong and what it may have been meant to be. */
static bool unknown_key(const struct yaml_file *file, const char *group,
                        const struct yaml_node *node, struct error *err)
{
    char name[NAME_MAX_LENGTH];
    struct text full = {0};
    text_addf(&full, "%s%s%.64s", group != NULL ? group : "", group != NULL ? "." : "", node->key);
    memcpy(name, text_string(&full), full.length < sizeof name ? full.length + 1 : sizeof name);
    name[sizeof name - 1] = '\0';
    text_done(&full);
    const char *nearest = table_nearest(name);
    if (nearest == NULL && group != NULL)
        nearest = table_nearest(node->key);
    return error_set(err, "%s:%u:%u: unknown option '%s'%s%s%s", file->path, node->key_line,
                     node->key_column, name, nearest != NULL ? " (did you mean '" : "",
                     nearest != NULL ? nearest : "", nearest != NULL ? "'?)" : "");
}

static bool read_group(struct settings *settings, const char *group, const struct yaml_file *file,
                       const struct yaml_node *map, struct error *err)
{
    size_t count = 0;
    const struct option *options = table_options(&count);
    for (const struct yaml_node *node = map->first; node != NULL; node = node->next) {
        const struct option *option = NULL;
        for (size_t i = 0; i < count && option == NULL; i++) {
            const char *key = table_key(&options[i], group);
            if (key != NULL && strcmp(key, node->key) == 0)
                option = &options[i];
        }
        if (option == NULL)
            return unknown_key(file, group, node, err);
        if (!read_option(settings, option, file, node, err))
            return false;
        settings->origins[index_of(option)] =
            (struct settings_origin){.kind = ORIGIN_FILE, .line = node->key_line};
    }
    return true;
}

static const struct option_group *find_group(const char *name)
{
    size_t count = 0;
    const struct option_group *groups = table_groups(&count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(groups[i].name, name) == 0)
            return &groups[i];
    return NULL;
}

/* For a wrong key at the top of the file: a group that is nearly it, else an option that stands in
 * one. */
static bool unknown_group(const struct yaml_file *file, const struct yaml_node *node,
                          struct error *err)
{
    size_t count = 0;
    const struct option_group *groups = table_groups(&count);
    auto_free const char **names = mem_zeroed(count + 1, sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = groups[i].name;
    const char *nearest = error_nearest(node->key, names);
    if (nearest == NULL)
        return unknown_key(file, NULL, node, err);
    return error_set(err, "%s:%u:%u: unknown group '%.64s' (did you mean '%s'?)", file->path,
                     node->key_line, node->key_column, node->key, nearest);
}

static bool read_file(struct settings *settings, const struct yaml_file *file, struct error *err)
{
    if (!is_nothing(file->root) && !yaml_expect(file, file->root, YAML_MAP, err))
        return false;
    for (const struct yaml_node *node = file->root->first; node != NULL; node = node->next) {
        if (find_group(node->key) == NULL)
            return unknown_group(file, node, err);
        if (is_nothing(node))
            continue;
        if (!yaml_expect(file, node, YAML_MAP, err) ||
            !read_group(settings, node->key, file, node, err))
            return false;
    }
    free(settings->path);
    settings->path = mem_text(file->path);
    set_digest(settings);
    return true;
}

bool settings_read(struct settings *settings, const char *path, struct error *err)
{
    struct yaml_file file;
    if (!yaml_read(&file, path, err))
        return false;
    bool ok = read_file(settings, &file, err);
    yaml_done(&file);
    return ok;
}

bool settings_parse(struct settings *settings, const char *path, const char *data, size_t size,
                    struct error *err)
{
    struct yaml_file file;
    if (!yaml_parse(&file, path, data, size, err))
        return false;
    bool ok = read_file(settings, &file, err);
    yaml_done(&file);
    return ok;
}

bool settings_set(struct settings *settings, const char *assignment, struct error *err)
{
    const char *equals = strchr(assignment, '=');
    if (equals == NULL)
        return error_set(err, "--set %.*s: must be name=value", (int)strcspn(assignment, ":/ "),
                         assignment);
    if (equals - assignment >= NAME_MAX_LENGTH)
        return error_set(err, "--set %.40s...: no option has so long a name", assignment);
    char name[NAME_MAX_LENGTH];
    size_t length = (size_t)(equals - assignment);
    memcpy(name, assignment, length);
    name[length] = '\0';
    const struct option *option = table_find(name);
    if (option == NULL) {
        const char *nearest = table_nearest(name);
        return error_set(err, "--set: unknown option '%s'%s%s%s", name,
                         nearest != NULL ? " (did you mean '" : "", nearest != NULL ? nearest : "",
                         nearest != NULL ? "'?)" : "");
    }
    struct error what = {""};
    if (!option_assign_text(option, settings, equals + 1, &what))
        return error_set(err, "--set %s: %s", name, what.text);
    settings->origins[index_of(option)] = (struct settings_origin){.kind = ORIGIN_SET};
    set_digest(settings);
    return true;
}
