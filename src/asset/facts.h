/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "asset/assets.h"
#include "asset/silence.h"

/* What was seen of one vendor on one machine: all that a verdict is made of. */

enum {
    FACTS_SERVICES = 4
};

struct facts {
    const struct vendor *vendor;
    uint32_t asset, next; /* numbers in the table: its machine, the machine's next vendor */

    const struct service *services[FACTS_SERVICES]; /* the most used ones, and how much they are */
    uint16_t service_counts[FACTS_SERVICES];
    const struct service *embedded; /* one that names an embedder; NULL none */

    int64_t first_ns, last_ns; /* of what tells of a product; before that, of visits */
    int64_t occasion_ns, contact_occasion_ns;
    uint16_t occasions;                 /* moments five minutes or more apart */
    uint16_t contact_occasions;         /* the same without look-ups */
    uint16_t hours;                     /* different hours with contact */
    uint16_t calm_hours;                /* of them such in which the machine did little else */
    int32_t hour;                       /* the latest */
    uint32_t day_hours;                 /* bit n: the n-th hour of a day (UTC) */
    uint32_t contacts, lookups, visits; /* visits: web sites and the like */
    uint64_t bytes_out, bytes_in;
    uint32_t small_flows, other_flows; /* finished ones, by their size */
    uint64_t names; /* bit set for the hash of each name below a look-up domain */
    uint8_t best[PURPOSE_COUNT],
        looked[PURPOSE_COUNT];    /* certainty of the best flow and look-up, in 255ths */
    uint16_t uploads, unanswered; /* unanswered: tries in a row */
    float beacon_p;               /* the lowest chance; 1 none */
    float probability;
    int64_t period_ns;
    struct silence silence;
    int64_t since_ns, removed_ns;
    const struct vendor *replaced_by, *replaces;
    uint32_t behind; /* machines that use this one for the vendor */
    uint8_t pending; /* changes in the queue */
    uint8_t state, role;
    bool opaque;         /* nameless conversations with the vendor's network */
    bool vendor_network; /* named ones with it */
    bool certificate, port, bulk, blocked, told_blocked;
};

/* Fills an empty record. */
void facts_begin(struct facts *facts, const struct vendor *vendor, int64_t ts_ns);
/* Adds a contact.  Returns true where it tells of a product (false: a web visit, an uncertain trace). */
bool facts_add(struct facts *facts, const struct asset_contact *contact);
/* Counts a moment at which the product showed itself, `contact`: by a flow.  facts_add() does so itself. */
void facts_add_moment(struct facts *facts, int64_t ts_ns, bool contact);
/* Counts a use of the service, for the product's name.  facts_add() does so itself. */
void facts_add_service(struct facts *facts, const struct service *service);
/* The machine's hour with the latest contact was a calm one, if it was `hour`. */
void facts_add_calm(struct facts *facts, int32_t hour);
/* Returns the certainty that the purpose was seen, of flow and look-up together, 0 to 1. */
double facts_purpose(const struct facts *facts, enum purpose purpose);
/* Returns the most used service with a product name, or NULL. */
const struct service *facts_product(const struct facts *facts);
/* True where a product for machines that people use was seen, or nothing says otherwise. */
bool facts_is_endpoint(const struct facts *facts);
