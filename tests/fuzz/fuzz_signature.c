/* SPDX-License-Identifier: Apache-2.0 */
/* Loads the input as a signature file, and matches the input's lines as every kind of fact against
 * it and against a small fixed set.  The part up to the first NUL byte is the file (regimes where
 * it starts with `regimes`), what follows are the facts; without a NUL byte the whole input is
 * both. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "match/explain.h"
#include "match/match.h"
#include "net/domain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    FACTS_MAX = 64
};

static const char fixed_set[] =
    "vendor: fuzz\nname: F\njurisdiction: DE\nrevised: 2026-01-02\nsources: {s: x}\nservices:\n"
    "  - {id: a, name: A, purpose: update, confidence: unsure, source: s, hosts: [a.k.com, .k.com, "
    "\"a*b?c*.*.k.com\", .a.b.k.com], ports: [tcp/1-1024], user_agents: [abcd, 're:a+b$'], uris: "
    "[/a, /a/b, 're:(a|b)*c'], headers: [X-A], certificates: [\"issuer:CN=a, O=b\", "
    "\"subject:CN=a\"], ndpi: [A]}\n"
    "  - {id: b, name: B, purpose: update, confidence: seen, source: s, hosts: [.com.net, "
    ".k.com]}\n"
    "networks:\n  - {name: N, confidence: seen, source: s, prefixes: [10.0.0.0/8, \"2000::/3\"], "
    "asns: [AS1]}\n"
    "not:\n  - {reason: website, confidence: seen, source: s, hosts: [.b.k.com], prefixes: "
    "[10.1.0.0/16]}\n";

/* What every hit has to be, whatever the input. */
static void check_hits(const struct hit *hits, size_t count)
{
    if (count > HITS_MAX)
        abort();
    for (size_t i = 0; i < count; i++) {
        bool one =
            (hits[i].service != NULL) + (hits[i].negative != NULL) + (hits[i].network != NULL) == 1;
        if (!one || hits[i].vendor == NULL || hits[i].value == NULL)
            abort();
        if (hits[i].negative != NULL && count != 1)
            abort();
    }
}

static void match_one(const struct signatures *set, const char *fact)
{
    struct hit hits[HITS_MAX] = {0};
    char name[DOMAIN_MAX];
    struct addr addr;
    check_hits(hits, match_name(set, fact, hits));
    if (domain_normalise(fact, strlen(fact), name) > 0)
        check_hits(hits, match_name(set, name, hits));
    if (addr_parse(fact, &addr))
        check_hits(hits, match_address(set, &addr, 1, hits));
    check_hits(hits, match_user_agent(set, fact, hits));
    check_hits(hits, match_uri(set, fact, hits));
    check_hits(hits, match_header(set, fact, hits));
    check_hits(hits, match_ja3(set, fact, hits));
    check_hits(hits, match_ndpi(set, fact, hits));
    check_hits(hits, match_certificate(set, fact, fact, hits));
    struct text out = {0};
    (void)match_explain(set, fact, 1, &out);
    for (size_t i = 0; i < out.length; i++)
        if ((unsigned char)out.data[i] < ' ' && out.data[i] != '\n')
            abort();
    text_done(&out);
}

static void match_lines(const struct signatures *set, const char *facts, size_t size)
{
    const char *end = facts + size;
    for (int i = 0; i < FACTS_MAX && facts < end; i++) {
        const char *newline = memchr(facts, '\n', (size_t)(end - facts));
        size_t length = (size_t)((newline != NULL ? newline : end) - facts);
        char *fact = malloc(length + 1);
        if (fact == NULL)
            abort();
        memcpy(fact, facts, length);
        fact[length] = '\0';
        match_one(set, fact);
        free(fact);
        facts += length + 1;
    }
}

static struct signatures *load(const char *text, size_t size)
{
    struct error err = {""};
    struct signatures *set = signatures_load_text("fuzz.yaml", text, size, &err);
    if (set == NULL && strncmp(err.text, "fuzz.yaml", 9) != 0)
        abort();
    return set;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    const char *nul = size > 0 ? memchr(data, 0, size) : NULL;
    size_t file_size = nul != NULL ? (size_t)(nul - text) : size;
    size_t skipped = nul != NULL ? file_size + 1 : 0;
    struct signatures *set = load(text, file_size);
    if (set != NULL) {
        match_lines(set, text + skipped, size - skipped);
        struct text out = {0};
        match_list(set, &out);
        text_done(&out);
        signatures_free(set);
    }
    static struct signatures *fixed;
    if (fixed == NULL)
        fixed = load(fixed_set, sizeof fixed_set - 1);
    if (fixed == NULL)
        abort();
    match_lines(fixed, text + skipped, size - skipped);
    return 0;
}
