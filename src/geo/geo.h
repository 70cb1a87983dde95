/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/place.h"
#include "net/addr.h"

struct error;

/* One or more MaxMind-format databases asked as one.  The first database that has a field wins; a later one that names another
 * country is a disagreement.  Thread: read-only databases, but a cache inside, so one per thread. */
struct geo;

struct geo_source {
    const char *path;
    const char *type; /* the file's own database_type */
    int64_t built_ns; /* build date */
    uint32_t nodes;
};

/* Opens `count` databases.  NULL with a sentence naming the file where one cannot be used. Zero databases are allowed: every look-up then finds nothing. */
struct geo *geo_open(const char *const *paths, size_t count, struct error *err);
void geo_close(struct geo *geo);
/* Finds the place of `addr`.  False (place cleared) where no database knows it.  Special-purpose addresses are never looked up. */
bool geo_find(struct geo *geo, const struct addr *addr, struct place *ret_place);
/* Returns database `index`, NULL past the last. */
const struct geo_source *geo_source(const struct geo *geo, size_t index);
