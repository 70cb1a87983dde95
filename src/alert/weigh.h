/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "alert/event.h"
#include "match/hit.h"

/* How a name came to be seen, for its weight. */
enum weigh_channel {
    WEIGH_SPOKEN,   /* in the flow itself: SNI, Host header */
    WEIGH_LOOKUP,   /* asked of a resolver, no contact */
    WEIGH_RECALLED, /* the client's earlier look-up named the address */
    WEIGH_ATTEMPTED /* the same, but the address never answered */
};

/* Circumstances of a flow that make its network or port more or less telling. */
struct weigh_context {
    enum weigh_channel channel;
    bool nameless;   /* no name was visible and none was looked up */
    bool other_name; /* a name was visible that is not the vendor's */
    bool both_sides; /* payload went both ways */
    bool middle;     /* TLS or HTTP whose start was not seen, so that a name may have been */
};

/* Returns the weight of one hit, 0 to below 1.  The table and its reasons stand in docs/evidence.md. */
double weigh_hit(const struct hit *hit, const struct weigh_context *context);
/* Returns the weight of having come back on `occasions` separate occasions (a minute or more apart). */
double weigh_repeats(unsigned occasions);
/* Returns the weight of `names` different names below one look-up domain: hashes in names are how reputation is asked over DNS. */
double weigh_names(unsigned names);
/* Returns the weight of a beat that chance explains with `p_value`: people do not come back at a period. */
double weigh_beat(double p_value);
/* Returns 1 - product of (1 - weight). */
double weigh_combine(const struct evidence *rows, size_t count);
