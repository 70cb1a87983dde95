/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One reason for a verdict.  `kind` says what was looked at, `value` what was found, `weight` how much it adds: weights
 * combine as independent chances, confidence = 1 - product of (1 - weight). */
struct evidence {
    const char *kind;  /* static text */
    const char *value; /* borrowed */
    double weight;     /* 0 to 1 */
};
