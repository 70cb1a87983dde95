/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct error;

/* A YAML file as a tree whose every node knows its place, so that errors can say file, line and
 * column.  Scalars are plain text; what they mean is the reader's business (so `no` stays "no").
 * Anchors and aliases, several documents, tags and duplicate keys are refused: none of our files
 * needs them, and aliases are how small files become huge trees. */
enum yaml_kind {
    YAML_SCALAR,
    YAML_LIST,
    YAML_MAP
};

struct yaml_node {
    enum yaml_kind kind;
    unsigned line, column;         /* of the value, from 1 */
    unsigned key_line, key_column; /* of the key, where this is the value of a map */
    const char *key;               /* where this is the value of a map */
    const char *text;              /* scalar */
    bool quoted;                   /* scalar in quotes: "" is then an empty text, not an absence */
    struct yaml_node *first;       /* first child of a list or map, in file order */
    struct yaml_node *next;        /* next sibling */
};

struct yaml_file {
    char *path; /* as given, for messages */
    struct yaml_node *root;
    struct arena *nodes; /* owned: the tree and its texts */
};

/* Reads the file at `path`.  An empty file gives an empty map.  On success returns true and the
 * caller releases with yaml_done().  On failure nothing is left to release and `err` says
 * `path:line:column: what`. */
bool yaml_read(struct yaml_file *ret_file, const char *path, struct error *err);
/* The same from memory; `path` is only for messages. */
bool yaml_parse(struct yaml_file *ret_file, const char *path, const char *data, size_t size,
                struct error *err);
void yaml_done(struct yaml_file *file);

/* Returns the value of `key` in a map, or NULL. */
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);
/* Writes `path:line:column: ` and the formatted sentence for `node`; returns false. */
bool yaml_error(const struct yaml_file *file, const struct yaml_node *node, struct error *err,
                const char *format, ...) __attribute__((format(printf, 4, 5)));
/* True where `map` is a map and every key is one of the NULL-terminated `keys`; else says which
 * is not, where, and the nearest right word. */
bool yaml_check_keys(const struct yaml_file *file, const struct yaml_node *map,
                     const char *const *keys, struct error *err);
/* Checks the kind: false and a sentence ("'hosts' must be a list") where it is another. */
bool yaml_expect(const struct yaml_file *file, const struct yaml_node *node, enum yaml_kind kind,
                 struct error *err);
