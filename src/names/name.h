/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Where the name of an endpoint comes from, strongest first.  Also the words of `name_source` in
 * events. */
#define NAME_SOURCE_LIST(X)                                                                        \
    X(SNI, "sni")                                                                                  \
    X(HTTP, "http")                                                                                \
    X(QUERY, "dns-query") /* the look-up itself is the contact */                                  \
    X(CERTIFICATE, "certificate")                                                                  \
    X(DNS, "dns")             /* the client's own latest look-up that gave this address */         \
    X(DNS_OTHER, "dns-other") /* another client's look-up */                                       \
    X(FILE, "capture-file")   /* name resolution block of the capture */                           \
    X(NETWORK, "network")     /* only the network's owner is known */                              \
    X(NONE, "none")

enum name_source {
#define NAME_SOURCE_ENUM(name, text) NAME_SOURCE_##name,
    NAME_SOURCE_LIST(NAME_SOURCE_ENUM)
#undef NAME_SOURCE_ENUM
};

/* A name for an address. */
struct name {
    /* What the client asked for (start of the CNAME chain); borrowed until the
     * next call into names/. */
    const char *text;
    const char *canonical; /* end of the CNAME chain, NULL where there was none */
    enum name_source source;
    int64_t seen_ns; /* when the answer came */
    bool expired;    /* past its TTL (clients keep using names longer) */
};
