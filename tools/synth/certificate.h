/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct random;
struct text;

/* What a certificate says.  Names are `CN=..., O=..., C=..` as RFC 4514 writes them, as bytes. */
struct certificate {
    const struct text *issuer, *subject;
    const struct text *alt_names; /* DNS names */
    size_t alt_name_count;
    int64_t start_ns; /* valid from here for a year */
};

/* Appends the DER form (RFC 5280): version 3, RSA 2048.  Key and signature are random bytes. */
void certificate_add(struct text *out, const struct certificate *certificate,
                     struct random *random);
