/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "asset/chance.h"
#include "asset/table.h"

/* What stands around a machine, from the tables: other vendors on it, servers that it uses. */

/* Fills what matters for the facts.  `ret_speaker`: number of the server whose internal service of the vendor the machine uses, or
 * TABLE_NONE; NULL allowed. */
void around_fill(const struct table *table, const struct facts *facts,
                 struct surroundings *ret_around, uint32_t *ret_speaker);
/* True where `newer` came on the same machine when `gone` went, and does the same. */
bool around_replaces(const struct facts *newer, const struct facts *gone);
