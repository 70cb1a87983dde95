/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

struct error;
struct random;
struct text;

/* Texts of a scenario that become bytes on the wire.  `\xNN` is one byte (YAML cannot carry bytes
 * that are no UTF-8), `\\` a backslash; `{00-19}` a random number in the range with as many digits
 * as the first one has, `{hex 26}` and `{alnum 26}` so many random digits or letters. */

/* True where the pattern is well-formed; else a sentence. */
bool pattern_check(const char *pattern, struct error *err);
/* True where two expansions may differ. */
bool pattern_varies(const char *pattern);
/* Appends one expansion of a checked pattern. */
void pattern_expand(const char *pattern, struct random *random, struct text *out);
