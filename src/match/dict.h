/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* A table from short byte strings to up to three small numbers (0 = none).  The caller hashes, so
 * that the parts of a host name can be hashed step by step.  Keys are borrowed. */
enum {
    DICT_HEADS = 3
};

struct dict_entry {
    const char *text;
    uint32_t length;
    uint32_t heads[DICT_HEADS];
};

struct dict_slot {
    uint32_t tag;   /* low half of the hash */
    uint32_t entry; /* index + 1, 0 free */
};

struct dict {
    struct dict_slot *slots; /* NULL while empty */
    size_t mask;
    struct dict_entry *entries; /* in the order of adding */
    uint32_t count, capacity;
};

/* Releases the table; its texts are the arena's. */
void dict_done(struct dict *dict);
/* Returns the entry of `text`, which is added (and borrowed) where it is new.  Valid until the
 * next dict_add(). */
struct dict_entry *dict_add(struct dict *dict, uint64_t hash, const char *text, size_t length);
/* Returns the entry of `text`, or NULL. */
const struct dict_entry *dict_find(const struct dict *dict, uint64_t hash, const char *text,
                                   size_t length);
/* Gives back what growing took too much; call once when all is in. */
void dict_settle(struct dict *dict);
/* Returns the bytes that the table takes. */
size_t dict_bytes(const struct dict *dict);
