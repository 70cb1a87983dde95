/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

#include "net/addr.h"

/* The machines that answer look-ups.  A resolver's own look-ups are its clients', so they must not make it look like a
 * machine with the vendor's software. */
struct resolvers;

struct resolvers *resolvers_new(void);
void resolvers_free(struct resolvers *resolvers);
void resolvers_add(struct resolvers *resolvers, const struct addr *addr);
bool resolvers_has(const struct resolvers *resolvers, const struct addr *addr);
