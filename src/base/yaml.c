/* SPDX-License-Identifier: Apache-2.0 */
/* YAML by libyaml's event parser into a tree of our own: libyaml's document model keeps no place
 * for keys and expands aliases.  Depth is bounded, because libyaml recurses in nothing but we do on
 * release.  About 150 bytes a node. */
#include "base/yaml.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/error.h"
#include "base/memory.h"

enum {
    DEPTH_MAX = 16
};

struct builder {
    struct yaml_file *file;
    yaml_parser_t *parser;
    struct error *err;
};

static void node_free(struct yaml_node *node)
{
    while (node != NULL) {
        struct yaml_node *next = node->next;
        node_free(node->first); /* at most DEPTH_MAX deep */
        free(node->key);
        free(node->text);
        free(node);
        node = next;
    }
}

void yaml_done(struct yaml_file *file)
{
    node_free(file->root);
    free(file->path);
    *file = (struct yaml_file){0};
}

static bool place_error(const struct builder *builder, const yaml_mark_t *mark, const char *what)
{
    return error_set(builder->err, "%s:%zu:%zu: %s", builder->file->path, mark->line + 1,
                     mark->column + 1, what);
}

/* Fetches the next event; the caller deletes it.  False with a sentence on a syntax error. */
static bool next_event(const struct builder *builder, yaml_event_t *event)
{
    if (yaml_parser_parse(builder->parser, event))
        return true;
    const yaml_parser_t *parser = builder->parser;
    yaml_mark_t mark = parser->problem_mark;
    char what[256];
    (void)snprintf(
        what, sizeof what, "%s%s%s", parser->problem != NULL ? parser->problem : "not YAML",
        parser->context != NULL ? " " : "", parser->context != NULL ? parser->context : "");
    return place_error(builder, &mark, what);
}

static struct yaml_node *node_new(enum yaml_kind kind, const yaml_event_t *event)
{
    struct yaml_node *node = mem_zeroed(1, sizeof *node);
    node->kind = kind;
    node->line = (unsigned)event->start_mark.line + 1;
    node->column = (unsigned)event->start_mark.column + 1;
    return node;
}

static struct yaml_node *build(const struct builder *builder, const yaml_event_t *event,
                               unsigned depth);

static bool is_end(const yaml_event_t *event)
{
    return event->type == YAML_SEQUENCE_END_EVENT || event->type == YAML_MAPPING_END_EVENT;
}

static bool has_key(const struct yaml_node *map, const char *key)
{
    for (const struct yaml_node *child = map->first; child != NULL; child = child->next)
        if (strcmp(child->key, key) == 0)
            return true;
    return false;
}

/* Turns the event of a key into the key's text, NULL with a sentence where it cannot be one. */
static char *build_key(const struct builder *builder, const struct yaml_node *map,
                       const yaml_event_t *event)
{
    if (event->type != YAML_SCALAR_EVENT) {
        (void)place_error(builder, &event->start_mark, "a key must be plain text");
        return NULL;
    }
    const char *key = (const char *)event->data.scalar.value;
    if (has_key(map, key)) {
        char what[160];
        (void)snprintf(what, sizeof what, "'%.100s' stands here twice", key);
        (void)place_error(builder, &event->start_mark, what);
        return NULL;
    }
    return mem_text(key);
}

/* Reads one child (key and value in a map) whose first event is `event`. */
static struct yaml_node *build_child(const struct builder *builder, const struct yaml_node *parent,
                                     const yaml_event_t *event, unsigned depth)
{
    if (parent->kind == YAML_LIST)
        return build(builder, event, depth);
    auto_free char *key = build_key(builder, parent, event);
    if (key == NULL)
        return NULL;
    yaml_event_t value;
    if (!next_event(builder, &value))
        return NULL;
    struct yaml_node *child = build(builder, &value, depth);
    yaml_event_delete(&value);
    if (child == NULL)
        return NULL;
    child->key = key;
    key = NULL;
    child->key_line = (unsigned)event->start_mark.line + 1;
    child->key_column = (unsigned)event->start_mark.column + 1;
    return child;
}

static bool build_children(const struct builder *builder, struct yaml_node *parent, unsigned depth)
{
    struct yaml_node **tail = &parent->first;
    for (;;) {
        yaml_event_t event;
        if (!next_event(builder, &event))
            return false;
        if (is_end(&event)) {
            yaml_event_delete(&event);
            return true;
        }
        struct yaml_node *child = build_child(builder, parent, &event, depth + 1);
        yaml_event_delete(&event);
        if (child == NULL)
            return false;
        *tail = child;
        tail = &child->next;
    }
}

static struct yaml_node *build_scalar(const yaml_event_t *event)
{
    struct yaml_node *node = node_new(YAML_SCALAR, event);
    node->text = mem_text_n((const char *)event->data.scalar.value, event->data.scalar.length);
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    return node;
}

static bool has_anchor(const yaml_event_t *event)
{
    switch ((int)event->type) {
    case YAML_SCALAR_EVENT:
        return event->data.scalar.anchor != NULL;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.anchor != NULL;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.anchor != NULL;
    default:
        return event->type == YAML_ALIAS_EVENT;
    }
}

/* Builds the node that starts with `event`; NULL with a sentence on failure. */
static struct yaml_node *build(const struct builder *builder, const yaml_event_t *event,
                               unsigned depth)
{
    if (has_anchor(event)) {
        (void)place_error(builder, &event->start_mark, "anchors and aliases are not supported");
        return NULL;
    }
    if (depth > DEPTH_MAX) {
        (void)place_error(builder, &event->start_mark, "nested too deeply");
        return NULL;
    }
    if (event->type == YAML_SCALAR_EVENT)
        return build_scalar(event);
    bool list = event->type == YAML_SEQUENCE_START_EVENT;
    struct yaml_node *node = node_new(list ? YAML_LIST : YAML_MAP, event);
    if (!build_children(builder, node, depth)) {
        node_free(node);
        return NULL;
    }
    return node;
}

/* Reads stream start, at most one document, and checks that nothing follows. */
static bool build_file(const struct builder *builder)
{
    struct yaml_file *file = builder->file;
    for (;;) {
        yaml_event_t event;
        if (!next_event(builder, &event))
            return false;
        int type = (int)event.type;
        bool content = type == YAML_SCALAR_EVENT || type == YAML_SEQUENCE_START_EVENT ||
                       type == YAML_MAPPING_START_EVENT || type == YAML_ALIAS_EVENT;
        bool ok = true;
        if (type == YAML_DOCUMENT_START_EVENT && file->root != NULL)
            ok = place_error(builder, &event.start_mark, "only one document is allowed");
        else if (content)
            ok = (file->root = build(builder, &event, 0)) != NULL;
        yaml_event_delete(&event);
        if (!ok)
            return false;
        if (type == YAML_STREAM_END_EVENT)
            return true;
    }
}

static bool parse_with(struct yaml_file *ret_file, const char *path, yaml_parser_t *parser,
                       struct error *err)
{
    struct yaml_file file = {.path = mem_text(path)};
    struct builder builder = {.file = &file, .parser = parser, .err = err};
    if (!build_file(&builder)) {
        yaml_done(&file);
        return false;
    }
    if (file.root == NULL) {
        file.root = mem_zeroed(1, sizeof *file.root);
        file.root->kind = YAML_MAP;
        file.root->line = file.root->column = 1;
    }
    *ret_file = file;
    return true;
}

bool yaml_parse(struct yaml_file *ret_file, const char *path, const char *data, size_t size,
                struct error *err)
{
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return error_set(err, "%s: cannot start the YAML parser", path);
    yaml_parser_set_input_string(&parser, (const unsigned char *)data, size);
    bool ok = parse_with(ret_file, path, &parser, err);
    yaml_parser_delete(&parser);
    return ok;
}

bool yaml_read(struct yaml_file *ret_file, const char *path, struct error *err)
{
    FILE *stream = fopen(path, "re");
    if (stream == NULL)
        return error_set(err, "%s: %s", path, strerror(errno));
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) {
        (void)fclose(stream);
        return error_set(err, "%s: cannot start the YAML parser", path);
    }
    yaml_parser_set_input_file(&parser, stream);
    bool ok = parse_with(ret_file, path, &parser, err);
    yaml_parser_delete(&parser);
    (void)fclose(stream);
    return ok;
}

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
    if (map == NULL || map->kind != YAML_MAP)
        return NULL;
    for (const struct yaml_node *child = map->first; child != NULL; child = child->next)
        if (strcmp(child->key, key) == 0)
            return child;
    return NULL;
}

bool yaml_error(const struct yaml_file *file, const struct yaml_node *node, struct error *err,
                const char *format, ...)
{
    char sentence[384];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    return error_set(err, "%s:%u:%u: %s", file->path, node->line, node->column, sentence);
}

bool yaml_check_keys(const struct yaml_file *file, const struct yaml_node *map,
                     const char *const *keys, struct error *err)
{
    for (const struct yaml_node *child = map->first; child != NULL; child = child->next) {
        bool known = false;
        for (size_t i = 0; keys[i] != NULL && !known; i++)
            known = strcmp(child->key, keys[i]) == 0;
        if (known)
            continue;
        const char *nearest = error_nearest(child->key, keys);
        return error_set(err, "%s:%u:%u: unknown key '%.80s'%s%s%s", file->path, child->key_line,
                         child->key_column, child->key, nearest != NULL ? " (did you mean '" : "",
                         nearest != NULL ? nearest : "", nearest != NULL ? "'?)" : "");
    }
    return true;
}

bool yaml_expect(const struct yaml_file *file, const struct yaml_node *node, enum yaml_kind kind,
                 struct error *err)
{
    static const char *const kinds[] = {
        [YAML_SCALAR] = "a single value", [YAML_LIST] = "a list", [YAML_MAP] = "a map of keys"};
    if (node->kind == kind)
        return true;
    return yaml_error(file, node, err, "%s%s%s must be %s", node->key != NULL ? "'" : "",
                      node->key != NULL ? node->key : "this", node->key != NULL ? "'" : "",
                      kinds[kind]);
}
