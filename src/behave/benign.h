/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

struct change;

/* Says why a beat is nothing to worry about, in a few words ("clock", "operating system update"), or returns NULL where
 * nothing explains it.  Static text. */
const char *benign_reason(const struct change *change);
