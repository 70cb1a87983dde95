/* SPDX-License-Identifier: Apache-2.0 */
/* A table of machines that asked for a vendor's names, direct-mapped: two machines that share a place forget each other, which
 * costs a finding and never makes one.  A machine that asks a public resolver for other names too has it as its own, so that
 * what it asks there for the vendor shows nothing. */
#include "bypass.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/time.h"
#include "match/match.h"
#include "net/addr.h"

enum {
    PLACES = 4096, /* power of two */
    VENDORS_MAX = 8,
    RESOLVERS_MAX = 32 /* of one vendor; bits of `ordinary` */
};

#define OWN_BEFORE_NS (600 * NS_PER_S) /* its own resolver was asked at most so long before, */
#define STEP_NS       (300 * NS_PER_S) /* and one fallback at most so long after the other */

struct asker {
    struct addr client;
    const struct vendor *vendor;      /* NULL: the place is free */
    int64_t own_ns, last_ns, told_ns; /* 0 never */
    uint32_t ordinary;                /* bit of each fallback resolver that is its ordinary one */
    unsigned asked, last;             /* how many in a row, and the last one's place in the list */
};

struct bypass {
    const struct vendor *vendors[VENDORS_MAX];
    size_t vendor_count;
    uint64_t seed;
    struct asker askers[PLACES];
};

struct bypass *bypass_new(const struct signatures *signatures)
{
    struct bypass *bypass = mem_zeroed(1, sizeof *bypass);
    bypass->seed = hash_seed();
    const struct vendor *vendor = NULL;
    for (size_t i = 0; (vendor = signatures_vendor(signatures, i)) != NULL; i++)
        if (vendor->fallback_count > 0 && bypass->vendor_count < VENDORS_MAX)
            bypass->vendors[bypass->vendor_count++] = vendor;
    return bypass;
}

void bypass_free(struct bypass *bypass)
{
    free(bypass);
}

/* Returns the resolver's place in the vendor's list, or -1. */
static int place_of(const struct vendor *vendor, const struct addr *resolver)
{
    for (size_t i = 0; i < vendor->fallback_count && i < RESOLVERS_MAX; i++)
        if (addr_equal(&vendor->fallback_resolvers[i], resolver))
            return (int)i;
    return -1;
}

static struct asker *asker_of(struct bypass *bypass, const struct addr *client)
{
    uint64_t hash = hash_bytes(client->bytes, sizeof client->bytes, bypass->seed);
    return &bypass->askers[hash & (PLACES - 1)];
}

/* A list of a vendor is asked about for every look-up: only a hit costs more than comparing a few addresses. */
static void note_ordinary(struct bypass *bypass, const struct addr *client,
                          const struct addr *resolver)
{
    for (size_t i = 0; i < bypass->vendor_count; i++) {
        int place = place_of(bypass->vendors[i], resolver);
        if (place < 0)
            continue;
        struct asker *asker = asker_of(bypass, client);
        if (asker->vendor == NULL || !addr_equal(&asker->client, client))
            *asker = (struct asker){.client = *client, .vendor = bypass->vendors[i]};
        if (asker->vendor == bypass->vendors[i])
            asker->ordinary |= UINT32_C(1) << place;
    }
}

/* True where the fallback in `place` goes on with the series, or begins one. */
static bool follows(const struct asker *asker, unsigned place, int64_t ts_ns)
{
    if (asker->asked == 0)
        return asker->own_ns != 0 && ts_ns >= asker->own_ns &&
               ts_ns - asker->own_ns <= OWN_BEFORE_NS;
    return place > asker->last && ts_ns >= asker->last_ns && ts_ns - asker->last_ns <= STEP_NS;
}

bool bypass_ask(struct bypass *bypass, const struct addr *client, const struct vendor *vendor,
                const struct addr *resolver, int64_t ts_ns)
{
    if (vendor == NULL) {
        note_ordinary(bypass, client, resolver);
        return false;
    }
    if (vendor->fallback_count == 0)
        return false;
    struct asker *asker = asker_of(bypass, client);
    if (asker->vendor != vendor || !addr_equal(&asker->client, client))
        *asker = (struct asker){.client = *client, .vendor = vendor};
    int place = place_of(vendor, resolver);
    if (place < 0) {
        asker->own_ns = ts_ns;
        if (ts_ns - asker->last_ns > STEP_NS)
            asker->asked = 0;
        return false;
    }
    bool again = asker->asked > 0 && (unsigned)place == asker->last;
    if ((asker->ordinary >> place & 1) != 0 || again)
        return false;
    if (!follows(asker, (unsigned)place, ts_ns)) {
        asker->asked = 0;
        if (!follows(asker, (unsigned)place, ts_ns))
            return false;
    }
    asker->asked++;
    asker->last = (unsigned)place;
    asker->last_ns = ts_ns;
    if (asker->asked < 2 || (asker->told_ns != 0 && ts_ns - asker->told_ns < NS_PER_DAY))
        return false;
    asker->told_ns = ts_ns;
    return true;
}
