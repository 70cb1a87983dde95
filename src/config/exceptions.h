/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

struct error;
struct policy;
struct text;
struct yaml_file;
struct yaml_node;

/* Reads the list `node` (of `policy.allow:` or `policy.suppress:`) and puts its entries in the
 * place of those of the same kind.  Allowed entries stand before suppressed ones, so that both
 * matching means allowed.  False with the place and the mistake, and nothing changed. */
bool exceptions_read(struct policy *policy, bool allow, const struct yaml_file *file,
                     const struct yaml_node *node, struct error *err);
/* Removes the entries of that kind. */
void exceptions_clear(struct policy *policy, bool allow);
/* Writes the entries of that kind as a YAML list in one line. */
void exceptions_print(const struct policy *policy, bool allow, struct text *out);
