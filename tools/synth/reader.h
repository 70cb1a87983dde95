/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/addr.h"

struct error;
struct hours;
struct span;
struct yaml_file;
struct yaml_node;

/* Reads the values of one map of a scenario.  The first mistake sets `bad` and the sentence; after
 * that every call does nothing, so a caller reads a whole map and checks once.  An absent key
 * leaves the result as it was: fill in defaults first. */
struct reader {
    const struct yaml_file *file;
    const struct yaml_node *map;
    struct error *err;
    bool bad;
};

/* Starts with the map `node` (NULL: an empty map), all of whose keys must be in `keys`. */
struct reader reader_of(const struct yaml_file *file, const struct yaml_node *node,
                        const char *const *keys, struct error *err);

/* Texts are borrowed from the file. */
void read_text(struct reader *reader, const char *key, const char **ret_text);
/* A text that is a pattern (pattern.h). */
void read_pattern(struct reader *reader, const char *key, const char **ret_text);
/* A list of texts (or one); more than `max` is a mistake. */
void read_texts(struct reader *reader, const char *key, const char **ret_texts, size_t max,
                unsigned *ret_count);
void read_unsigned(struct reader *reader, const char *key, unsigned max, unsigned *ret_value);
void read_u64(struct reader *reader, const char *key, uint64_t max, uint64_t *ret_value);
void read_share(struct reader *reader, const char *key, double max, double *ret_value);
void read_bool(struct reader *reader, const char *key, bool *ret_value);
/* A duration, which may be negative (`-30s`). */
void read_duration(struct reader *reader, const char *key, int64_t *ret_ns);
/* A size, or a range of sizes as `400-600`. */
void read_span(struct reader *reader, const char *key, struct span *ret_span);
void read_addr(struct reader *reader, const char *key, struct addr *ret_addr);
/* A list of addresses (or one). */
void read_addrs(struct reader *reader, const char *key, struct addr *ret_addrs, size_t max,
                unsigned *ret_count);
/* A vendor's id, as in signatures/: [a-z0-9-]+. */
void read_id(struct reader *reader, const char *key, const char **ret_id);
void read_ids(struct reader *reader, const char *key, const char **ret_ids, size_t max,
              unsigned *ret_count);
/* Hours of the day: `08:00-18:00`. */
void read_hours(struct reader *reader, const char *key, struct hours *ret_hours);
/* One of the NULL-terminated `words`; gives its index. */
void read_choice(struct reader *reader, const char *key, const char *const *words,
                 unsigned *ret_index);
/* A date, optionally with a time of day: `2026-03-02 08:00:00` (UTC). */
void read_moment(struct reader *reader, const char *key, int64_t *ret_ns);
/* Returns the value of a key that must be a list, or NULL where it is absent. */
const struct yaml_node *read_list(struct reader *reader, const char *key);
/* Marks the reader bad with a sentence about `node`; the first mistake stands. */
void reader_fail(struct reader *reader, const struct yaml_node *node, const char *what);
