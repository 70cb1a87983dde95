/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum {
    DOMAIN_MAX = 254 /* 253 characters (RFC 1035 section 2.3.4) and a NUL */
};

/* Brings a host name to the form in which names are compared: ASCII lower case, no trailing dot,
 * no port (`name:443`).  Returns the length, or 0 where it is no host name: empty, longer than
 * 253 characters, an empty label, a label over 63, a byte that is no printable ASCII, white
 * space, or an IP address. */
size_t domain_normalise(const char *name, size_t length, char ret_name[static DOMAIN_MAX]);
