/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

#include "net/domain.h"

/* Look-ups that carry their question in the name: reputation services that live in DNS ask about a file, an address or a
 * visited site by looking up a name made of it.  To a tunnel detector they look like a tunnel; here they are read. */
enum borne_kind {
    BORNE_HASH,    /* of a file, or another opaque token */
    BORNE_ADDRESS, /* an IPv4 address that was or will be contacted */
    BORNE_NAME     /* a host name that was or will be visited */
};

struct borne {
    enum borne_kind kind;
    char about[DOMAIN_MAX]; /* the hash, "52.222.149.109", "www.example.org" */
};

/* Reads what `name` (normalised) asks about.  False where it is no name of a service that is known to ask so. */
bool borne_read(const char *name, struct borne *ret_borne);
/* Returns the word for events: "hash", "address", "name". */
const char *borne_kind_text(enum borne_kind kind);
