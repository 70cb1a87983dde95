/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "match/set.h"

/* Reads one value of an indicator list and adds it.  On failure returns false with a sentence (no
 * place) in `err`. */
typedef bool value_adder(struct signatures *set, const char *value, uint32_t owner,
                         struct error *err);

/* The keys that list indicators, and what reads their values. */
struct value_kind {
    const char *key;
    value_adder *add;
};

/* The lists of a service, a network and a negative; the end has key NULL. */
extern const struct value_kind service_values[];
extern const struct value_kind network_values[];
extern const struct value_kind negative_values[];
