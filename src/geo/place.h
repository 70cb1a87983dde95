/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Where an address is, by the databases.  Texts are NUL-terminated copies, "" where unknown. */
struct place {
    char country[3];            /* where the endpoint is, ISO 3166-1 alpha-2 */
    char registered_country[3]; /* where the network is registered */
    char city[64];              /* English name */
    uint32_t asn;               /* 0 unknown */
    char as_org[96];
    bool disagree;         /* databases name different countries */
    char other_country[3]; /* the second opinion where they disagree */
};
