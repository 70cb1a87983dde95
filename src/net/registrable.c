/* SPDX-License-Identifier: Apache-2.0 */
/* A direct-mapped memory of answers, by a 64-bit hash of the name under a random seed: two names of one hash are rarer than
 * a broken memory cell, and nobody outside can make them. */
#include "net/registrable.h"

#include <libpsl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "net/domain.h"

enum {
    ENTRIES = 8192 /* power of two */
};

_Static_assert(DOMAIN_MAX <= UINT8_MAX, "an offset into a name is a byte");

struct entry {
    uint64_t hash; /* 0: empty */
    uint8_t offset;
};

struct registrable {
    uint64_t seed;
    struct entry entries[ENTRIES];
};

struct registrable *registrable_new(void)
{
    struct registrable *registrable = mem_zeroed(1, sizeof *registrable);
    registrable->seed = hash_seed();
    return registrable;
}

void registrable_free(struct registrable *registrable)
{
    free(registrable);
}

const char *registrable_of(struct registrable *registrable, const char *name)
{
    uint64_t hash = hash_bytes(name, strlen(name), registrable->seed) | 1;
    struct entry *entry = &registrable->entries[hash >> 1 & (ENTRIES - 1)];
    if (entry->hash != hash) {
        const char *part = psl_registrable_domain(psl_builtin(), name);
        size_t offset = part != NULL ? (size_t)(part - name) : 0;
        *entry = (struct entry){.hash = hash, .offset = (uint8_t)offset};
    }
    return name + entry->offset;
}
