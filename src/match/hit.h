/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>

#include "match/signature.h"

/* What of a flow matched an indicator.  Also the words of `evidence.kind` in events. */
#define INDICATOR_LIST(X)                                                                          \
    X(NAME_EXACT, "name-exact")                                                                    \
    X(NAME_SUFFIX, "name-suffix")                                                                  \
    X(NAME_GLOB, "name-glob")                                                                      \
    X(PREFIX, "network-prefix")                                                                    \
    X(ASN, "network-as")                                                                           \
    X(PORT, "port")                                                                                \
    X(USER_AGENT, "user-agent")                                                                    \
    X(URI, "uri")                                                                                  \
    X(HEADER, "http-header")                                                                       \
    X(CERTIFICATE, "certificate")                                                                  \
    X(JA3, "ja3")                                                                                  \
    X(NDPI, "ndpi")

enum indicator {
#define INDICATOR_ENUM(name, text) INDICATOR_##name,
    INDICATOR_LIST(INDICATOR_ENUM) INDICATOR_COUNT
#undef INDICATOR_ENUM
};

enum {
    HITS_MAX = 8
};

/* One indicator that matched.  `value` is the indicator as the file has it. */
struct hit {
    const struct service *service;   /* NULL where negative, and for networks (see vendor) */
    const struct negative *negative; /* NULL where positive */
    const struct network *network;   /* NULL unless PREFIX or ASN, positive */
    const struct vendor *vendor;
    enum indicator indicator;
    enum confidence confidence;
    const char *value;
    const char *dated; /* networks: date of the list, NULL unknown */
    unsigned length;   /* how specific: literal characters matched, bits of the prefix */
};

/* Returns the word for events ("name-exact"). */
const char *indicator_text(enum indicator indicator);
