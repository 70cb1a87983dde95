/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/prefix.h"

/* What the operator cares about.  Signatures hold facts; this holds judgement.  Filled by config/, read-only after. */

/* One exception.  Empty fields match everything; at least one of vendor, name and asset is given. */
struct policy_exception {
    bool
        allow; /* true: wanted traffic, no alert ever; false: suppressed, counted and shown as such */
    char *vendor;        /* vendor id, NULL any */
    char *service;       /* service id, NULL any */
    char *name;          /* host name, or .suffix; NULL any */
    struct prefix asset; /* bits 0 with has_asset false: any */
    bool has_asset;
    char *reason;       /* required */
    int64_t expires_ns; /* 0 never; compared with packet time */
    unsigned line;      /* in the policy file, for messages */
};

struct policy {
    struct prefix *home_networks;
    size_t home_count;
    char home_country[3];     /* "" unknown */
    char (*jurisdictions)[3]; /* of concern */
    size_t jurisdiction_count;
    char **vendors; /* ids of concern */
    size_t vendor_count;
    char **regimes; /* ids of regimes in force */
    size_t regime_count;
    struct policy_exception *exceptions;
    size_t exception_count;
    double alert_confidence; /* contacts below it raise nothing; default 0.5 */
    int64_t again_after_ns;  /* an ongoing contact is reported again after this; default 24 h */
    bool
        only_concern; /* alert only on vendors and jurisdictions of concern (default: all vendors) */
    char *digest;     /* of the file's content, 16 hex digits; "default" without a file */
};

/* Releases what the policy holds and clears it. */
void policy_done(struct policy *policy);
/* True where the address lies in a home network. */
bool policy_is_home(const struct policy *policy, const struct addr *addr);
/* True where the country ("" is none), the vendor, or the regime is on the operator's list. */
bool policy_concerns_country(const struct policy *policy, const char *country);
bool policy_concerns_vendor(const struct policy *policy, const char *vendor_id);
bool policy_has_regime(const struct policy *policy, const char *regime_id);
/* Returns the first exception in force at `now_ns` that matches, or NULL.  `name` may be NULL. */
const struct policy_exception *policy_find_exception(const struct policy *policy,
                                                     const char *vendor_id, const char *service_id,
                                                     const char *name, const struct addr *asset,
                                                     int64_t now_ns);
