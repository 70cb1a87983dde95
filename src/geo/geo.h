/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/place.h"
#include "net/addr.h"

struct error;

/* One or more MaxMind-format databases asked as one.  The first database that has a field wins; a
 * later one that names another country is a disagreement, and its city is left out.  An organisation
 * is only taken together with its AS number.  Thread: read-only databases, but a cache inside, so one
 * per thread.  A database in use must be replaced by renaming, not written over. */
struct geo;

struct geo_source {
    const char *path;
    const char *type; /* the file's own database_type, without control characters */
    int64_t built_ns; /* build date */
    uint32_t nodes;
    uint64_t faults; /* look-ups that met damage in the file, and therefore nothing else */
};

/* Opens `count` databases.  NULL with a sentence naming the file where one cannot be used.  Zero
 * databases are allowed: every look-up then finds nothing. */
struct geo *geo_open(const char *const *paths, size_t count, struct error *err);
/* Closes the databases and releases everything; NULL is allowed. */
void geo_close(struct geo *geo);
/* Finds the place of `addr`.  False (place cleared) where no database knows it.  Special-purpose
 * addresses are never looked up.  Damage found on the way is counted and otherwise means nothing
 * found.  The same address gives the same answer whatever was asked before. */
bool geo_find(struct geo *geo, const struct addr *addr, struct place *ret_place);
/* Returns database `index` in the order given, borrowed until geo_close(); NULL past the last. */
const struct geo_source *geo_source(const struct geo *geo, size_t index);
