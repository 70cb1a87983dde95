/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "match/match.h"

/* Pieces of signature files, and how the match tests load them. */

#define VENDOR                                                                                     \
    "vendor: acme\nname: Acme\njurisdiction: DE\nrevised: 2026-01-02\n"                            \
    "sources: {s: a source, t: another}\n"                                                         \
    "products: {p: {name: Product, kind: endpoint}, q: {name: Other, kind: vpn}}\n"
#define SERVICES "services:\n"
#define NOT      "not:\n"
#define NETWORKS "networks:\n"
/* One service on one line (line 7 of a file for the first), its lists from column 83 or so. */
#define ITEM(id, confidence, lists)                                                                \
    "  - {id: " id ", name: N, product: p, purpose: update, confidence: " confidence               \
    ", source: s, " lists "}\n"
#define NEGATIVE(lists) "  - {reason: website, confidence: seen, source: s, " lists "}\n"

static inline struct signatures *load_good(const char *text)
{
    struct error err = {""};
    struct signatures *set = signatures_load_text("acme.yaml", text, strlen(text), &err);
    ck_assert_msg(set != NULL, "%s", err.text);
    return set;
}

static inline void source_path(char *ret_path, size_t size, const char *relative)
{
    const char *source = getenv("TELLTALE_SOURCE");
    (void)snprintf(ret_path, size, "%s/%s", source != NULL ? source : ".", relative);
}

static inline struct signatures *load_good_directory(void)
{
    char path[1024];
    source_path(path, sizeof path, "tests/signatures/good");
    struct error err = {""};
    struct signatures *set = signatures_load(path, &err);
    ck_assert_msg(set != NULL, "%s", err.text);
    return set;
}
