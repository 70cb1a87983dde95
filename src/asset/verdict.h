/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "match/signature.h"
#include "net/addr.h"

/* What is known about security software of one vendor on one machine: how sure, in what role, since when, whether it is still
 * there.  A verdict is a copy: it holds no memory and points only to signatures. */

enum {
    VERDICT_REASONS_MAX = 16,
    VERDICT_VALUE_MAX = 72
};

/* In what way the machine has to do with the vendor's product. */
enum verdict_role {
    VERDICT_AGENT,      /* its own agent speaks */
    VERDICT_SPEAKS_FOR, /* it stands before others: proxy, gateway, update or management server */
    VERDICT_EMBEDDED,   /* the vendor's engine inside another vendor's product: see `embedded` */
    VERDICT_BEHIND      /* uses the product through a server inside: see `speaker` */
};

enum verdict_state {
    VERDICT_CANDIDATE, /* not sure enough */
    VERDICT_INSTALLED, /* sure, in its role */
    VERDICT_QUIET,     /* was sure; silent for longer than usual, or the machine is not seen */
    VERDICT_REMOVED,   /* was sure; silent though the machine is there, beyond chance */
    VERDICT_RETURNED   /* sure again after a removal */
};

/* One reason, as in `struct evidence`; the text is kept here.  Weight 0: a reason against, which holds the others back. */
struct verdict_reason {
    const char *kind; /* static text */
    char value[VERDICT_VALUE_MAX];
    double weight; /* 0 to 1; they combine as independent chances */
};

struct verdict {
    struct addr asset;
    bool has_mac;
    uint8_t mac[6];
    const struct vendor *vendor;
    const char *product, *product_kind; /* of the best supported product; NULL unknown */
    const struct service *embedded; /* EMBEDDED: names the product around (embedder_*); else NULL */
    enum verdict_role role;
    enum verdict_state state;
    bool blocked; /* it tries and is not answered: the agent is there, a firewall stops it */

    double probability; /* 0 to 1 */
    struct verdict_reason reasons[VERDICT_REASONS_MAX];
    size_t reason_count;

    uint64_t contacts, lookups;   /* connections and look-ups that tell of a product */
    int64_t first_ns, last_ns;    /* of them */
    int64_t since_ns;             /* sure since; 0 never */
    uint64_t bytes_out, bytes_in; /* of finished flows */

    uint32_t behind;     /* SPEAKS_FOR: machines that were seen to use it for this vendor */
    struct addr speaker; /* BEHIND: the server that speaks for it */
    bool has_speaker;

    double
        expected; /* hours with contact that the silence should have had, by the agent's own rate */
    double silence; /* chance of such a silence from an agent that is there; 1 while it speaks */
    int64_t removed_ns; /* REMOVED: decided then; RETURNED: the removal before; else 0 */
    const struct vendor *replaced_by; /* what came when this went; NULL none */
    const struct vendor *replaces;    /* what went when this came; NULL none */
};

enum asset_change_kind {
    ASSET_INSTALLED, /* sure enough, in the verdict's role (SPEAKS_FOR too) */
    ASSET_REMOVED,
    ASSET_RETURNED,
    ASSET_REPLACED, /* follows the removal or the other's installation, whichever came later; the verdict is the old one's */
    ASSET_UPDATED   /* role or `blocked` changed */
};

struct asset_change {
    enum asset_change_kind kind;
    int64_t ts_ns; /* packet time of the decision */
    struct verdict verdict;
};

/* Return the word for events: "agent", "speaks-for", "embedded", "behind". */
const char *verdict_role_text(enum verdict_role role);
/* "candidate", "installed", "quiet", "removed", "returned". */
const char *verdict_state_text(enum verdict_state state);
/* "installed", "removed", "returned", "replaced", "updated". */
const char *asset_change_text(enum asset_change_kind kind);
