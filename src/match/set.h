/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "match/dict.h"
#include "match/hit.h"
#include "match/match.h"
#include "match/needle.h"
#include "match/regex.h"
#include "net/prefix.h"

/* The inside of a signature set, for the loader, the matchers and the explanation.
 *
 * Every value that a file lists is a mark; the marks of one value are chained, negatives first,
 * then by confidence, then in file order.  A table's number is the first mark of such a chain; 0
 * is none. */

/* Which item of a file lists a value: a service, a network or a negative. */
struct owner {
    const struct vendor *vendor;
    const struct service *service;
    const struct network *network;
    const struct negative *negative;
    enum confidence confidence;
};

struct mark {
    const char *value; /* as the file has it */
    uint32_t owner;    /* index */
    uint32_t next;     /* in the chain, 0 at the end */
};

/* A pattern with wildcards, in the list of the literal domain that it ends with. */
struct glob {
    const char *pattern;
    uint32_t head;   /* characters before the literal domain, the dot included */
    uint32_t length; /* literal characters in all */
    uint32_t mark;
    uint32_t next; /* index + 1 in the same list */
};

/* Heads of an entry in the table of host names. */
enum {
    HOST_EXACT,
    HOST_SUFFIX,
    HOST_GLOBS /* index + 1 of a glob, not a mark */
};

/* The tables of plain keys.  Text keys are in lower case; ports are protocol and number, AS
 * numbers four bytes. */
enum keyed {
    KEYED_PORT,
    KEYED_ASN,
    KEYED_URI,
    KEYED_HEADER,
    KEYED_JA3,
    KEYED_NDPI,
    KEYED_COUNT
};

/* A path prefix in sorted order; `parent` is the longest other one that it starts with. */
struct uri {
    const char *text;
    uint32_t length;
    uint32_t mark;
    uint32_t parent; /* index + 1, 0 none */
};

/* A vendor and what its file holds. */
struct vendor_record {
    struct vendor vendor;
    size_t services, names, networks, negatives;
};

struct pointers {
    const void **items;
    size_t count, capacity;
};

struct signatures {
    struct arena *arena;
    struct pointers vendors, services, regimes;
    struct owner *owners;
    size_t owner_count, owner_capacity;
    struct mark *marks; /* [0] is not used */
    size_t mark_count, mark_capacity;
    struct dict hosts;
    struct glob *globs;
    size_t glob_count, glob_capacity;
    struct prefix_map *prefixes;
    struct dict keyed[KEYED_COUNT];
    struct uri *uris;
    struct needles agents, issuers, subjects;
    struct regex_list *agent_expressions, *uri_expressions;
    struct signatures_info info;
    char digest[17];
};

/* Makes an empty set. */
struct signatures *set_new(void);
/* Ends the adding: sorts, and gives back what only loading needs. */
void set_settle(struct signatures *set);

/* Appends a borrowed pointer. */
void pointers_add(struct pointers *pointers, const void *item);
/* Adds who lists values from here on; returns its number. */
uint32_t set_add_owner(struct signatures *set, const struct owner *owner);

/* Adds a value of `owner` to the chain that starts at `*head`.  A value that the owner has there
 * already stays once. */
void set_add_mark(struct signatures *set, uint32_t *head, const char *value, uint32_t owner);
void set_add_keyed(struct signatures *set, enum keyed table, const void *key, size_t size,
                   const char *value, uint32_t owner);
void set_add_prefix(struct signatures *set, const struct prefix *prefix, const char *value,
                    uint32_t owner);
/* Adds `value` under the `length` bytes of `text`, which have to be the arena's or the value's. */
void set_add_needle(struct signatures *set, struct needles *needles, const char *text,
                    size_t length, const char *value, uint32_t owner);
/* Returns the first mark of the chain, 0 where the key is not listed. */
uint32_t set_find_keyed(const struct signatures *set, enum keyed table, const void *key,
                        size_t size);

/* Ports and AS numbers as keys. */
enum {
    PORT_KEY_SIZE = 3,
    ASN_KEY_SIZE = 4
};
/* Write the key of a port, and of an AS, for the dictionary. */
void port_key(uint8_t protocol, uint16_t port, char ret_key[static PORT_KEY_SIZE]);
void asn_key(uint32_t asn, char ret_key[static ASN_KEY_SIZE]);

/* Makes the hit of one mark. */
struct hit set_hit(const struct signatures *set, uint32_t mark, enum indicator indicator,
                   unsigned length);
