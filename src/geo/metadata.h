/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

struct error;

/* Looks at the file at `path` before libmaxminddb does: that it is a regular file that can be read,
 * that its metadata is sound, and that the tree it claims fits into it.  False and a sentence that
 * starts with the path where not. */
bool metadata_check(const char *path, struct error *err);
