/* SPDX-License-Identifier: Apache-2.0 */
/* A bounded set of addresses in a prefix map.  Past the bound nothing more is learned: a network has a handful of
 * resolvers.  Only machines that answered are learned, so that nobody is made a resolver by being asked. */
#include "resolvers.h"

#include <stdlib.h>

#include "base/memory.h"
#include "net/prefix.h"

enum {
    RESOLVERS_MAX = 4096
};

struct resolvers {
    struct prefix_map *set;
};

struct resolvers *resolvers_new(void)
{
    struct resolvers *resolvers = mem_zeroed(1, sizeof *resolvers);
    resolvers->set = prefix_map_new();
    return resolvers;
}

void resolvers_free(struct resolvers *resolvers)
{
    if (resolvers == NULL)
        return;
    prefix_map_free(resolvers->set);
    free(resolvers);
}

void resolvers_add(struct resolvers *resolvers, const struct addr *addr)
{
    if (prefix_map_count(resolvers->set) >= RESOLVERS_MAX || addr_is_group(addr))
        return;
    struct prefix prefix = {.addr = *addr, .bits = 128};
    prefix_map_set(resolvers->set, &prefix, 1);
}

bool resolvers_has(const struct resolvers *resolvers, const struct addr *addr)
{
    struct prefix prefix = {.addr = *addr, .bits = 128};
    uint32_t value = 0;
    return prefix_map_get(resolvers->set, &prefix, &value);
}
