/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "asset/facts.h"
#include "asset/presence.h"
#include "base/index.h"

/* Where machines, their facts and their relations are kept, and what goes when it is full.  Records have numbers; pointers to them
 * stay good until the next call that makes one. */

#define TABLE_NONE UINT32_MAX /* no number */

enum {
    RELATION_PORTS = 3,
    RELATIONS_MAX = 8 /* servers of one client */
};

/* What a machine is worth when room is needed, least first. */
enum asset_class {
    CLASS_PLAIN,     /* no vendor */
    CLASS_CANDIDATE, /* vendors, none sure */
    CLASS_SURE,
    CLASS_COUNT
};

struct asset {
    struct addr addr; /* this and the next two are all that a flow touches */
    int64_t last_ns;
    struct presence presence;
    uint8_t mac[6];
    bool has_mac, gateway, resolver;
    uint8_t facts_count, relation_count;
    uint8_t class;
    uint32_t before, after; /* by first sight */
    uint32_t older, newer;  /* of its class, by last sight (in hours) */
    uint32_t facts;         /* by first contact */
    uint32_t clients;       /* relations in which it is the server, newest first */
    uint32_t servers;       /* relations in which it is the client */
};

/* A client that uses a server. */
struct relation {
    const struct vendor *vendor; /* NULL: forwards for it */
    uint32_t server, client;
    uint32_t next_client, previous_client; /* of the server */
    uint32_t next_server, previous_server; /* of the client */
    int64_t last_ns, occasion_ns;
    int32_t hour;
    uint16_t occasions, hours;
    uint16_t ports[RELATION_PORTS];
};

/* Records of one kind: an array that grows, and the numbers that are free again. */
struct slots {
    void *records;  /* owned */
    uint32_t *free; /* owned */
    uint32_t count, capacity, free_count;
};

struct table {
    struct assets_options options;
    struct assets_counters counters;
    struct slots assets, facts, relations;
    struct index index; /* hash of the address: number */
    uint64_t seed;
    uint32_t first, last; /* by first sight */
    uint32_t oldest[CLASS_COUNT], newest[CLASS_COUNT];
};

/* Makes empty tables; the options are copied. */
void asset_table_init(struct table *table, const struct assets_options *options);
/* Releases what the tables hold. */
void asset_table_done(struct table *table);

/* Return the record of a number. */
struct asset *asset_table_asset(const struct table *table, uint32_t number);
struct facts *asset_table_facts(const struct table *table, uint32_t number);
struct relation *asset_table_relation(const struct table *table, uint32_t number);

/* Returns the machine's number, or TABLE_NONE. */
uint32_t asset_table_find(const struct table *table, const struct addr *addr);
/* Returns the machine's number; a new one may evict another. */
uint32_t asset_table_make(struct table *table, const struct addr *addr, int64_t ts_ns);
/* The machine was seen in another hour: it is the newest of its class. */
void asset_table_touch(struct table *table, uint32_t asset);
/* Puts the machine into the class that its verdicts make. */
void asset_table_sort(struct table *table, uint32_t asset);

/* Returns the number of the machine's facts about the vendor, or TABLE_NONE. */
uint32_t asset_table_find_facts(const struct table *table, uint32_t asset,
                                const struct vendor *vendor);
/* Returns it, made where there is none; at the bound the machine's least likely facts go. */
uint32_t asset_table_make_facts(struct table *table, uint32_t asset, const struct vendor *vendor,
                                int64_t ts_ns);
/* Returns the relation's number, made where there is none; at the bound the client's least recent one goes. */
uint32_t asset_table_relate(struct table *table, uint32_t server, uint32_t client,
                            const struct vendor *vendor, int64_t ts_ns);
/* Returns how many clients the machine forwards for. */
uint32_t asset_table_clients(const struct table *table, uint32_t asset);
/* Returns the bytes that the tables take. */
size_t asset_table_bytes(const struct table *table);
