/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The registrable part of host names ("example.co.uk" of "a.b.example.co.uk"): the unit that one owner holds, by the Public
 * Suffix List as libpsl has it built in (https://publicsuffix.org).  Remembers what it was asked of late, because the list
 * takes a microsecond.  One thread. */
struct registrable;

struct registrable *registrable_new(void);
/* NULL is allowed. */
void registrable_free(struct registrable *registrable);
/* Returns the registrable part of a normalised name (net/domain.h), a pointer into it; the whole name where it has none. */
const char *registrable_of(struct registrable *registrable, const char *name);
