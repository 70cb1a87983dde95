/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>

#include "config/option.h"

/* One group of options: a key at the top of the file. */
struct option_group {
    const char *name;
    const char *help;
};

/* The table, in the order of the sample file; options of a group stand together. */
const struct option *table_options(size_t *ret_count);
const struct option_group *table_groups(size_t *ret_count);
/* Returns the option `group.key`, or NULL. */
const struct option *table_find(const char *name);
/* Returns the nearest right name for a wrong one (also where only the group is missing), or NULL.
 */
const char *table_nearest(const char *name);
/* Returns the key part of the option's name where it is in `group`, else NULL. */
const char *table_key(const struct option *option, const char *group);
