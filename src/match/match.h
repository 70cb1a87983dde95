/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "match/hit.h"
#include "net/addr.h"

struct error;

/* A loaded, compiled set of signature files.  Read-only after loading, so that any number of
 * threads may use one. */
struct signatures;

struct signatures_info {
    size_t vendors; /* files with a jurisdiction: `shared` and `lookalikes` are none */
    size_t services, regimes;
    size_t names;       /* positive host values */
    size_t networks;    /* positive prefixes and AS numbers */
    size_t others;      /* ports, user agents, paths, headers, certificates, JA3, nDPI names */
    size_t negatives;   /* values below `not` */
    size_t bytes;       /* memory that the set takes, PCRE2's aside */
    const char *newest; /* newest `revised` date in the set */
    const char *digest; /* 16 hex digits over the content of all files: the version of the set */
};

/* Loads every *.yaml below `directory` (one level, in name order).  NULL with `file:line:column:
 * sentence` on the first error. */
struct signatures *signatures_load(const char *directory, struct error *err);
/* Loads one file's text (tests, fuzzing).  What it says of other files (regimes of a vendor,
 * vendors of a regime) is not checked. */
struct signatures *signatures_load_text(const char *path, const char *text, size_t size,
                                        struct error *err);
/* Releases the set and every record in it; NULL is allowed. */
void signatures_free(struct signatures *set);
const struct signatures_info *signatures_info(const struct signatures *set);

/* Finds what a host name says (normalised form, net/domain.h).  The longest match wins; where a
 * negative and a positive are equally long, the negative. An exact name is longer than a suffix or
 * glob of the same characters.  Several services may list the same value: all are returned (best
 * confidence first).  A winning negative is returned alone.  Where the winner is only `unsure`,
 * the next shorter value with a better confidence follows it, unless a negative stands between
 * them. Returns the number of hits, 0 to HITS_MAX. */
size_t match_name(const struct signatures *set, const char *name,
                  struct hit ret_hits[static HITS_MAX]);
/* Finds the vendor network of an address: longest prefix; with `asn` > 0 also by AS.  Negatives
 * (DDoS transit, shared CDN) win as above: a listed prefix of either sign beats an AS. */
size_t match_address(const struct signatures *set, const struct addr *addr, uint32_t asn,
                     struct hit ret_hits[static HITS_MAX]);
/* Finds the services that list this port; support only. `protocol` 6 or 17. */
size_t match_port(const struct signatures *set, uint8_t protocol, uint16_t port,
                  struct hit ret_hits[static HITS_MAX]);
/* True where `service`'s vendor lists this port for it (or for any service of the same product). */
bool match_supports_port(const struct signatures *set, const struct service *service,
                         uint8_t protocol, uint16_t port);
/* The next three: every indicator that stands in the text, best confidence first, then the
 * longest; one hit for a service.  Of `text` and `path` the first 4,096 bytes count; of path
 * prefixes only the longest that fits. */
size_t match_user_agent(const struct signatures *set, const char *text,
                        struct hit ret_hits[static HITS_MAX]);
/* `path` is the request target without scheme and authority. */
size_t match_uri(const struct signatures *set, const char *path,
                 struct hit ret_hits[static HITS_MAX]);
/* `name` of a request header, in any case. */
size_t match_header(const struct signatures *set, const char *name,
                    struct hit ret_hits[static HITS_MAX]);
/* Subject and issuer in the form of label_tls; either may be NULL. */
size_t match_certificate(const struct signatures *set, const char *subject, const char *issuer,
                         struct hit ret_hits[static HITS_MAX]);
/* `hex` in lower case.  A fingerprint that is listed as shared gives that negative alone. */
size_t match_ja3(const struct signatures *set, const char *hex,
                 struct hit ret_hits[static HITS_MAX]);
/* `name` is nDPI's name of the application protocol, in any case. */
size_t match_ndpi(const struct signatures *set, const char *name,
                  struct hit ret_hits[static HITS_MAX]);

/* Iteration for `list` and reports: index from 0, NULL past the end; in file order. */
const struct vendor *signatures_vendor(const struct signatures *set, size_t index);
const struct service *signatures_service(const struct signatures *set, size_t index);
const struct regime *signatures_regime(const struct signatures *set, size_t index);
/* Returns the regime with this id, or NULL. */
const struct regime *signatures_find_regime(const struct signatures *set, const char *id);
