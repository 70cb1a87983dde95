/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct signatures;
struct text;

/* Adds to `out` what the set says about a host name or an address (`asn` 0: unknown): the winner,
 * why it wins, where it comes from, and what it won over.  Lines of at most 80 columns for a
 * terminal; no control bytes.  Returns false, and says so in `out`, where the text is neither a
 * host name nor an address. */
bool match_explain(const struct signatures *set, const char *name_or_address, uint32_t asn,
                   struct text *out);
/* Adds a table of the vendors: id, name, jurisdiction, services, names, networks, negatives and
 * date of the last review; below it the totals.  As above: 80 columns. */
void match_list(const struct signatures *set, struct text *out);
