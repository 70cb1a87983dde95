/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/addr.h"

/* The facts of a signature file, as records that hits point to.  Read-only; they live as long as
 * the set that loaded them. */

#define PURPOSE_LIST(X)                                                                            \
    X(UPDATE, "update")                                                                            \
    X(CLOUD_REPUTATION, "cloud_reputation")                                                        \
    X(TELEMETRY, "telemetry")                                                                      \
    X(SAMPLE_UPLOAD, "sample_upload")                                                              \
    X(LICENSING, "licensing")                                                                      \
    X(URL_CHECK, "url_check")                                                                      \
    X(MANAGEMENT, "management")                                                                    \
    X(PUSH, "push")                                                                                \
    X(ACCOUNT, "account")                                                                          \
    X(TRUSTED_TIME, "trusted_time")                                                                \
    X(PKI, "pki")                                                                                  \
    X(OEM_UPDATE, "oem_update")                                                                    \
    X(LOCAL_INTERCEPTION, "local_interception")                                                    \
    X(MIXED, "mixed")                                                                              \
    X(VENDOR_SUFFIX, "vendor_suffix")                                                              \
    X(NETWORK_OWNER, "network_owner")

enum purpose {
#define PURPOSE_ENUM(name, text) PURPOSE_##name,
    PURPOSE_LIST(PURPOSE_ENUM) PURPOSE_COUNT
#undef PURPOSE_ENUM
};

enum confidence {
    CONFIDENCE_UNSURE,
    CONFIDENCE_SEEN,
    CONFIDENCE_DOCUMENTED
};

struct entity {
    const char *name;
    char country[3]; /* ISO 3166-1 alpha-2, "" unknown */
};

struct regime_deadline {
    const char *what;
    unsigned days;  /* after the day of issue; 0 unknown */
    int64_t due_ns; /* 0 unknown */
};

struct regime {
    const char *id, *title, *authority;
    const char *note, *source; /* NULL unknown */
    char country[3];
    enum confidence confidence; /* UNSURE where date or scope were not checked, else DOCUMENTED */
    int64_t issued_ns;          /* 0 unknown */
    const char *const *covers;  /* NULL-terminated: branded, embedded, successor */
    const char *const *vendors; /* NULL-terminated vendor ids */
    const struct regime_deadline *deadlines;
    size_t deadline_count;
};

struct vendor {
    const char *id, *name;
    const char *legal_entity; /* NULL unknown */
    char jurisdiction[3];     /* "" where the file is no vendor (shared, lookalikes) */
    struct entity parent;     /* name NULL where none */
    const struct entity *entities;
    size_t entity_count;
    const char *const *brands;  /* NULL-terminated */
    const char *const *regimes; /* NULL-terminated ids */
    const char *revised;        /* date text */
    const char *file;           /* path as loaded */
    /* Public resolvers that the product asks, in this order, where the machine's own fails. */
    const struct addr *fallback_resolvers;
    size_t fallback_count;
};

/* One service of a vendor's product: the unit in which contacts are counted and alerted. */
struct service {
    const struct vendor *vendor;
    const char *id, *name;
    const char *product, *product_name, *product_kind; /* NULL unknown */
    enum purpose purpose;
    bool browser; /* people's browsers meet it too: a portal, a console */
    enum confidence confidence;
    const char *source; /* text, never NULL */
    const char *embedder_id, *embedder_name,
        *embedder_product; /* OEM: whose product carries the engine; NULL none */
    char embedder_country[3];
    uint32_t
        number; /* dense, stable for one set of files: signature_id is derived from ids, not this */
};

/* One negative: names and networks of the vendor that are no product traffic. */
struct negative {
    const struct vendor *vendor;
    const char *reason, *note, *source;
    enum confidence confidence;
};

/* Address space of a vendor.  Weaker than a name, and it ages: see `dated`. */
struct network {
    const struct vendor *vendor;
    const char *name, *source;
    const char *dated; /* date of the list, NULL unknown */
    enum confidence confidence;
    char country[3]; /* where it is registered, "" unknown */
};

/* Return the word of the signature files. */
const char *purpose_text(enum purpose purpose);
const char *confidence_text(enum confidence confidence);
