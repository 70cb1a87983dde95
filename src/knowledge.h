/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

struct error;
struct geo;
struct options;
struct signatures;

/* What is loaded before anything runs: signatures, databases, and a policy that fits them. */
struct knowledge {
    struct signatures *signatures;
    struct geo *geo; /* NULL: none */
};

/* Loads everything that the options name, or what came with the program: next to it in the source tree, else in the
 * installed data folder; the environment variable TELLTALE_DATA names another folder.  A missing default database is no error: it
 * is said once on standard error.  False with a sentence. */
bool knowledge_load(struct knowledge *ret_knowledge, const struct options *options,
                    struct error *err);
void knowledge_done(struct knowledge *knowledge);
