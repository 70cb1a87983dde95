/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alert/event.h"
#include "flow/flow.h"
#include "match/hit.h"
#include "names/name.h"

struct dns_message;
struct geo;
struct label;
struct names;
struct signatures;

/* What is known to judge with; borrowed. */
struct judge {
    const struct signatures *signatures;
    struct names *names;
    struct geo *geo; /* NULL: no database */
};

/* What a flow or a look-up says about a vendor. */
struct judgement {
    const struct vendor *vendor;   /* NULL: nothing */
    const struct service *service; /* NULL: only the network */
    const char *name;   /* NULL none; borrowed from the label, or until the next call into names/ */
    const char *domain; /* indicator that matched the name, NULL none */
    enum name_source name_source;
    bool name_hidden; /* the flow is encrypted and shows no name of its own */
    bool weak;        /* nothing but a whole-vendor name, and perhaps its network */
    struct evidence rows[EVENT_EVIDENCE_MAX];
    size_t row_count;
};

/* Judges a flow by everything that is known of it now.  `endpoint` is the side outside, `endpoint_is_server` false where the
 * asset is the flow's server (then names say nothing).  True where a vendor came out. */
bool judge_flow(const struct judge *judge, const struct flow *flow, bool endpoint_is_server,
                int64_t ts_ns, struct judgement *ret_judgement);
/* Judges a look-up by its question. */
bool judge_lookup(const struct judge *judge, const struct dns_message *message,
                  struct judgement *ret_judgement);
/* Finds the name of the endpoint for records: spoken, then recalled; NULL none. */
const char *judge_name(const struct judge *judge, const struct flow *flow, int64_t ts_ns,
                       enum name_source *ret_source);
