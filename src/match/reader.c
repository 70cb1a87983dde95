/* SPDX-License-Identifier: Apache-2.0 */
/* The shapes that occur all over signature files: texts, ids, dates, countries, words, lists.
 * Every failure names file, line and column of the value and the nearest right word. */
#include "match/reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/time.h"
#include "match/words.h"

size_t child_count(const struct yaml_node *node)
{
    size_t count = 0;
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next)
        count++;
    return count;
}

/* Checks that a node is a text with something in it. */
static bool check_text(const struct reader *reader, const struct yaml_node *node)
{
    if (!yaml_expect(reader->file, node, YAML_SCALAR, reader->err))
        return false;
    if (node->text[0] != '\0')
        return true;
    return node->key != NULL
               ? yaml_error(reader->file, node, reader->err, "'%.60s' is empty", node->key)
               : yaml_error(reader->file, node, reader->err, "an empty value");
}

static const char *keep(const struct reader *reader, const struct yaml_node *node)
{
    return arena_text(reader->set->arena, node->text, strlen(node->text));
}

/* Returns false on a fault; `*ret_node` is NULL where the key is absent. */
static bool text_node(const struct reader *reader, const struct yaml_node *map, const char *key,
                      const struct yaml_node **ret_node)
{
    *ret_node = yaml_get(map, key);
    return *ret_node == NULL || check_text(reader, *ret_node);
}

bool read_text(const struct reader *reader, const struct yaml_node *map, const char *key,
               const char **ret_text)
{
    const struct yaml_node *node = NULL;
    if (!text_node(reader, map, key, &node))
        return false;
    if (node != NULL)
        *ret_text = keep(reader, node);
    return true;
}

bool read_country(const struct reader *reader, const struct yaml_node *map, const char *key,
                  char ret_code[static 3])
{
    const struct yaml_node *node = NULL;
    if (!text_node(reader, map, key, &node))
        return false;
    if (node == NULL)
        return true;
    if (!country_known(node->text))
        return yaml_error(reader->file, node, reader->err,
                          "bad country '%.60s': write two capital letters of ISO 3166-1",
                          node->text);
    memcpy(ret_code, node->text, 3);
    return true;
}

bool read_date(const struct reader *reader, const struct yaml_node *map, const char *key,
               const char **ret_text, int64_t *ret_ns)
{
    const struct yaml_node *node = NULL;
    if (!text_node(reader, map, key, &node))
        return false;
    if (node == NULL)
        return true;
    if (!time_parse_date(node->text, ret_ns))
        return yaml_error(reader->file, node, reader->err,
                          "bad date '%.60s': write year-month-day, such as 2026-01-31", node->text);
    if (ret_text != NULL)
        *ret_text = keep(reader, node);
    return true;
}

bool read_id(const struct reader *reader, const struct yaml_node *map, const char *key,
             const char **ret_id)
{
    const struct yaml_node *node = NULL;
    if (!text_node(reader, map, key, &node))
        return false;
    if (node == NULL)
        return true;
    if (strspn(node->text, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(node->text))
        return yaml_error(reader->file, node, reader->err,
                          "bad id '%.60s': write small letters, digits and '-'", node->text);
    *ret_id = keep(reader, node);
    return true;
}

bool read_word(const struct reader *reader, const struct yaml_node *map, const char *key,
               const char *const *words, int *ret_place)
{
    const struct yaml_node *node = NULL;
    if (!text_node(reader, map, key, &node))
        return false;
    if (node == NULL)
        return true;
    int place = word_find(words, node->text);
    if (place < 0)
        return unknown_word(reader, node, key, words);
    *ret_place = place;
    return true;
}

bool read_texts(const struct reader *reader, const struct yaml_node *map, const char *key,
                const char *const **ret_texts)
{
    static const char *const none[] = {NULL};
    const struct yaml_node *list = yaml_get(map, key);
    *ret_texts = none;
    if (list == NULL)
        return true;
    if (!yaml_expect(reader->file, list, YAML_LIST, reader->err))
        return false;
    const char **texts = arena_zeroed(reader->set->arena, child_count(list) + 1, sizeof *texts);
    size_t count = 0;
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next) {
        if (!check_text(reader, node))
            return false;
        texts[count++] = keep(reader, node);
    }
    *ret_texts = texts;
    return true;
}

bool read_required(const struct reader *reader, const struct yaml_node *map,
                   const char *const *keys)
{
    for (size_t i = 0; keys[i] != NULL; i++)
        if (yaml_get(map, keys[i]) == NULL)
            return yaml_error(reader->file, map, reader->err, "'%s' is missing", keys[i]);
    return true;
}

bool read_map(const struct reader *reader, const struct yaml_node *map, const char *const *keys)
{
    return yaml_expect(reader->file, map, YAML_MAP, reader->err) &&
           yaml_check_keys(reader->file, map, keys, reader->err);
}

bool unknown_word(const struct reader *reader, const struct yaml_node *node, const char *what,
                  const char *const *words)
{
    const char *nearest = error_nearest(node->text, words);
    if (nearest == NULL)
        return yaml_error(reader->file, node, reader->err, "unknown %s '%.80s'", what, node->text);
    return yaml_error(reader->file, node, reader->err, "unknown %s '%.80s' (did you mean '%.80s'?)",
                      what, node->text, nearest);
}

bool unknown_key_of(const struct reader *reader, const struct yaml_node *node, const char *what,
                    const struct yaml_node *map)
{
    size_t count = map != NULL ? child_count(map) : 0;
    auto_free const char **keys = mem_zeroed(count + 1, sizeof *keys);
    size_t at = 0;
    for (const struct yaml_node *child = count > 0 ? map->first : NULL; child != NULL;
         child = child->next)
        keys[at++] = child->key;
    return unknown_word(reader, node, what, keys);
}

void note_reference(struct reader *reader, const struct yaml_node *node, const char *from,
                    bool to_regime)
{
    if (reader->reference_count == reader->reference_capacity) {
        reader->reference_capacity = reader->reference_capacity * 2 + 16;
        reader->references =
            mem_resize(reader->references, reader->reference_capacity, sizeof *reader->references);
    }
    struct arena *arena = reader->set->arena;
    const char *path = reader->file->path;
    reader->references[reader->reference_count++] =
        (struct reference){.path = arena_text(arena, path, strlen(path)),
                           .line = node->line,
                           .column = node->column,
                           .id = keep(reader, node),
                           .from = from,
                           .to_regime = to_regime};
}
