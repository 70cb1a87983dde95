/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/yaml.h"
#include "match/set.h"

struct error;

/* An id that names something in another file, checked when all files are read. */
struct reference {
    const char *path; /* where it stands */
    unsigned line, column;
    const char *id;   /* what it names */
    const char *from; /* the vendor or regime that names it */
    bool to_regime;   /* a vendor names a regime; else the other way round */
};

/* What reading one file needs.  Strings that it gives out are the set's. */
struct reader {
    struct signatures *set;
    const struct yaml_file *file;
    struct error *err;
    struct reference *references; /* owned by the loader, kept over all files */
    size_t reference_count, reference_capacity;
    struct vendor_record *record;               /* the vendor of this file */
    const struct yaml_node *sources, *products; /* of this file, NULL without */
};

/* The readers of one key of a map.  They return false with a sentence; where the key is absent
 * they return true and leave the result as it was. */
bool read_text(const struct reader *reader, const struct yaml_node *map, const char *key,
               const char **ret_text);
bool read_country(const struct reader *reader, const struct yaml_node *map, const char *key,
                  char ret_code[static 3]);
bool read_date(const struct reader *reader, const struct yaml_node *map, const char *key,
               const char **ret_text, int64_t *ret_ns);
/* An id of [a-z0-9-]. */
bool read_id(const struct reader *reader, const struct yaml_node *map, const char *key,
             const char **ret_id);
/* One of `words`; `what` names the kind of word in errors. */
bool read_word(const struct reader *reader, const struct yaml_node *map, const char *key,
               const char *const *words, int *ret_place);
/* A list of texts, NULL-terminated; an absent key gives an empty list. */
bool read_texts(const struct reader *reader, const struct yaml_node *map, const char *key,
                const char *const **ret_texts);

/* The key `source`, which must be there: ids of the file's sources, given as their texts. */
bool read_source(const struct reader *reader, const struct yaml_node *item,
                 const char **ret_source);

/* Says which of the NULL-terminated `keys` the map lacks; true where none. */
bool read_required(const struct reader *reader, const struct yaml_node *map,
                   const char *const *keys);
/* Checks that `map` is a map with these keys only. */
bool read_map(const struct reader *reader, const struct yaml_node *map, const char *const *keys);
/* Returns false and "unknown `what` 'x' (did you mean 'y'?)". */
bool unknown_word(const struct reader *reader, const struct yaml_node *node, const char *what,
                  const char *const *words);
/* The same, for the keys of `map` (NULL: none). */
bool unknown_key_of(const struct reader *reader, const struct yaml_node *node, const char *what,
                    const struct yaml_node *map);
/* Returns the number of children of a list or map. */
size_t child_count(const struct yaml_node *node);
/* Remembers that `node` names something in another file. */
void note_reference(struct reader *reader, const struct yaml_node *node, const char *from,
                    bool to_regime);

/* Read one file's root into the set. */
bool load_vendor(struct reader *reader, const struct yaml_node *root);
bool load_services(struct reader *reader, const struct yaml_node *list);
bool load_networks(struct reader *reader, const struct yaml_node *list);
bool load_negatives(struct reader *reader, const struct yaml_node *list);
bool load_regimes(struct reader *reader, const struct yaml_node *root);
