/* SPDX-License-Identifier: Apache-2.0 */
/* YAML by libyaml's event parser into a tree of our own: libyaml's document model keeps no place
 * for keys and expands aliases.  Depth is bounded, because we recurse where libyaml does not.  The
 * tree lives in an arena, 64 bytes a node and its texts: a list of 100,000 names is made and released
 * with a few allocations. */
#include "base/yaml.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/memory.h"

enum {
    DEPTH_MAX = 16,
    FILE_MAX_BYTES = 256 << 20
};

struct builder {
    struct yaml_file *file;
    yaml_parser_t *parser;
    struct error *err;
    const char *data;
    size_t size;
};

void yaml_done(struct yaml_file *file)
{
    arena_free(file->nodes);
    free(file->path);
    *file = (struct yaml_file){0};
}

static bool place_error(const struct builder *builder, const yaml_mark_t *mark, const char *what)
{
    return error_set(builder->err, "%s:%zu:%zu: %s", builder->file->path, mark->line + 1,
                     mark->column + 1, what);
}

/* Returns the place of a byte: libyaml gives only the offset where the encoding is broken. */
static yaml_mark_t mark_of(const struct builder *builder, size_t offset)
{
    yaml_mark_t mark = {0};
    for (size_t i = 0; i < offset && i < builder->size; i++) {
        bool continuation = ((unsigned char)builder->data[i] & 0xc0) == 0x80;
        mark.column += continuation ? 0 : 1;
        if (builder->data[i] == '\n') {
            mark.line++;
            mark.column = 0;
        }
    }
    return mark;
}

/* Fetches the next event; the caller deletes it.  False with a sentence on a syntax error. */
static bool next_event(const struct builder *builder, yaml_event_t *event)
{
    if (yaml_parser_parse(builder->parser, event))
        return true;
    const yaml_parser_t *parser = builder->parser;
    yaml_mark_t mark = parser->problem_mark;
    if (parser->error == YAML_READER_ERROR)
        mark = mark_of(builder, parser->problem_offset);
    char what[256];
    (void)snprintf(
        what, sizeof what, "%s%s%s", parser->problem != NULL ? parser->problem : "not YAML",
        parser->context != NULL ? " " : "", parser->context != NULL ? parser->context : "");
    return place_error(builder, &mark, what);
}

static struct yaml_node *node_new(const struct builder *builder, enum yaml_kind kind,
                                  const yaml_event_t *event)
{
    struct yaml_node *node = arena_zeroed(builder->file->nodes, 1, sizeof *node);
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

static int order_by_key(const void *left, const void *right)
{
    const struct yaml_node *a = *(const struct yaml_node *const *)left;
    const struct yaml_node *b = *(const struct yaml_node *const *)right;
    int order = strcmp(a->key, b->key);
    if (order == 0)
        order = a->key_line < b->key_line ? -1 : a->key_line > b->key_line;
    return order != 0 ? order : a->key_column < b->key_column ? -1 : a->key_column > b->key_column;
}

/* Refuses a map that has a key twice.  By sorting, so that a hostile file of a million keys costs
 * no million times a million comparisons. */
static bool check_duplicates(const struct builder *builder, const struct yaml_node *map)
{
    size_t count = 0;
    for (const struct yaml_node *child = map->first; child != NULL; child = child->next)
        count++;
    auto_free const struct yaml_node **sorted = mem_zeroed(count, sizeof(struct yaml_node *));
    count = 0;
    for (const struct yaml_node *child = map->first; child != NULL; child = child->next)
        sorted[count++] = child;
    qsort(sorted, count, sizeof(struct yaml_node *), order_by_key);
    for (size_t i = 1; i < count; i++) {
        const struct yaml_node *node = sorted[i];
        if (strcmp(sorted[i - 1]->key, node->key) == 0)
            return error_set(builder->err, "%s:%u:%u: '%.100s' stands here twice",
                             builder->file->path, node->key_line, node->key_column, node->key);
    }
    return true;
}

/* Says which of YAML's traps `event` is, NULL for none. */
static const char *unsupported(const yaml_event_t *event)
{
    static const char *const anchors = "anchors and aliases are not supported";
    static const char *const tags = "tags are not supported";
    switch ((int)event->type) {
    case YAML_SCALAR_EVENT:
        if (memchr(event->data.scalar.value, '\0', event->data.scalar.length) != NULL)
            return "a NUL byte is not supported";
        if (event->data.scalar.anchor != NULL)
            return anchors;
        return event->data.scalar.tag != NULL ? tags : NULL;
    case YAML_SEQUENCE_START_EVENT:
        if (event->data.sequence_start.anchor != NULL)
            return anchors;
        return event->data.sequence_start.tag != NULL ? tags : NULL;
    case YAML_MAPPING_START_EVENT:
        if (event->data.mapping_start.anchor != NULL)
            return anchors;
        return event->data.mapping_start.tag != NULL ? tags : NULL;
    default:
        return anchors;
    }
}

static bool is_supported(const struct builder *builder, const yaml_event_t *event)
{
    const char *what = unsupported(event);
    return what == NULL || place_error(builder, &event->start_mark, what);
}

/* Turns the event of a key into the key's text, NULL with a sentence where it cannot be one. */
static const char *build_key(const struct builder *builder, const yaml_event_t *event)
{
    if (!is_supported(builder, event))
        return NULL;
    if (event->type != YAML_SCALAR_EVENT) {
        (void)place_error(builder, &event->start_mark, "a key must be plain text");
        return NULL;
    }
    return arena_copy(builder->file->nodes, (const char *)event->data.scalar.value,
                      event->data.scalar.length);
}

/* Reads one child (key and value in a map) whose first event is `event`. */
/* NOLINTNEXTLINE(misc-no-recursion): at most DEPTH_MAX deep */
static struct yaml_node *build_child(const struct builder *builder, const struct yaml_node *parent,
                                     const yaml_event_t *event, unsigned depth)
{
    if (parent->kind == YAML_LIST)
        return build(builder, event, depth);
    const char *key = build_key(builder, event);
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
    child->key_line = (unsigned)event->start_mark.line + 1;
    child->key_column = (unsigned)event->start_mark.column + 1;
    return child;
}

/* NOLINTNEXTLINE(misc-no-recursion): at most DEPTH_MAX deep */
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

static struct yaml_node *build_scalar(const struct builder *builder, const yaml_event_t *event)
{
    struct yaml_node *node = node_new(builder, YAML_SCALAR, event);
    node->text = arena_copy(builder->file->nodes, (const char *)event->data.scalar.value,
                            event->data.scalar.length);
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    return node;
}

/* Builds the node that starts with `event`; NULL with a sentence on failure. */
/* NOLINTNEXTLINE(misc-no-recursion): at most DEPTH_MAX deep */
static struct yaml_node *build(const struct builder *builder, const yaml_event_t *event,
                               unsigned depth)
{
    if (!is_supported(builder, event))
        return NULL;
    if (depth > DEPTH_MAX) {
        (void)place_error(builder, &event->start_mark, "nested too deeply");
        return NULL;
    }
    if (event->type == YAML_SCALAR_EVENT)
        return build_scalar(builder, event);
    bool list = event->type == YAML_SEQUENCE_START_EVENT;
    struct yaml_node *node = node_new(builder, list ? YAML_LIST : YAML_MAP, event);
    bool ok = build_children(builder, node, depth) && (list || check_duplicates(builder, node));
    return ok ? node : NULL;
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

/* True where the document has no content: nothing, comments, or only its `---` mark. */
static bool is_empty(const struct yaml_node *root)
{
    return root == NULL || (root->kind == YAML_SCALAR && !root->quoted && root->text[0] == '\0');
}

bool yaml_parse(struct yaml_file *ret_file, const char *path, const char *data, size_t size,
                struct error *err)
{
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return error_set(err, "%s: cannot start the YAML parser", path);
    yaml_parser_set_input_string(&parser, (const unsigned char *)data, size);
    struct yaml_file file = {.path = mem_text(path), .nodes = arena_new()};
    struct builder builder = {
        .file = &file, .parser = &parser, .err = err, .data = data, .size = size};
    bool ok = build_file(&builder);
    yaml_parser_delete(&parser);
    if (!ok) {
        yaml_done(&file);
        return false;
    }
    if (is_empty(file.root)) {
        file.root = arena_zeroed(file.nodes, 1, sizeof *file.root);
        file.root->kind = YAML_MAP;
        file.root->line = file.root->column = 1;
    }
    *ret_file = file;
    return true;
}

/* Reads all of a stream; NULL with errno where that fails. */
static char *read_all(FILE *stream, size_t *ret_size)
{
    size_t size = 0, capacity = 1 << 14;
    char *data = mem_alloc(capacity);
    for (size_t got = 1; got > 0 && size <= FILE_MAX_BYTES; size += got) {
        if (size == capacity) {
            capacity *= 2;
            data = mem_resize(data, capacity, 1);
        }
        errno = 0;
        got = fread(data + size, 1, capacity - size, stream);
    }
    *ret_size = size;
    if (!ferror(stream) && size <= FILE_MAX_BYTES)
        return data;
    if (errno == 0)
        errno = EFBIG;
    free(data);
    return NULL;
}

bool yaml_read(struct yaml_file *ret_file, const char *path, struct error *err)
{
    FILE *stream = fopen(path, "re");
    if (stream == NULL)
        return error_set(err, "%s: %s", path, strerror(errno));
    size_t size = 0;
    auto_free char *data = read_all(stream, &size);
    int failure = errno;
    (void)fclose(stream);
    if (data == NULL)
        return error_set(err, "%s: %s", path, strerror(failure));
    return yaml_parse(ret_file, path, data, size, err);
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
    if (!yaml_expect(file, map, YAML_MAP, err))
        return false;
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
