/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct addr;
struct signatures;
struct vendor;

/* Who asks public resolvers although the network has its own: some products do so in a documented order once the system's
 * resolver does not know their servers, which a log of that resolver never shows.  One thread. */
struct bypass;

struct bypass *bypass_new(const struct signatures *signatures);
/* NULL is allowed. */
void bypass_free(struct bypass *bypass);
/* Notes that `client` asked `resolver` for a name of `vendor` (NULL: for another name, which shows that the resolver is the
 * machine's ordinary one).  True where it has now asked two of the vendor's fallback resolvers, in their order and after its own:
 * once a day for one machine. */
bool bypass_ask(struct bypass *bypass, const struct addr *client, const struct vendor *vendor,
                const struct addr *resolver, int64_t ts_ns);
