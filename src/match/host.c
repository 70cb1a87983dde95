/* SPDX-License-Identifier: Apache-2.0 */
/* Host names: exact, below a suffix, or by a pattern.
 *
 * One table holds every listed name and all its parents (`upd.k.com` brings `k.com` and `com`).  A
 * look-up walks the name from its last label to its first and stops at the first parent that
 * nobody listed, so that a name of no vendor costs two or three probes, whatever the number of
 * signatures.  The hash of a parent goes into that of its child: every byte is hashed once.
 *
 * 1. A parent is compared only at a label's start: `notk.com` is no `.k.com`.
 * 2. A pattern is tried only on names that end with its literal domain; `*` and `?` never match a
 *    dot, so that the simple backtracking to the last star is exact, and linear for the patterns
 *    of our files.
 * Rejected: an automaton over all names (twenty times the memory), sorted reversed names (a miss
 * costs the logarithm of their number in cache misses).  About 40 ns for a name of no vendor;
 * a match 90 ns with 100 names and 210 ns with 100,000 (cache misses). */
#include "match/host.h"

#include <stdbool.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "net/addr.h"

enum {
    LABEL_MAX = 63,
    NAME_MAX_LENGTH = 253
};

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* Where the literal domain of a pattern starts: after the last label that has a wildcard. */
static const char *literal_domain(const char *name)
{
    const char *start = name;
    for (const char *wild = strpbrk(name, "*?"); wild != NULL; wild = strpbrk(start, "*?")) {
        start = strchr(wild, '.');
        if (start == NULL)
            return name + strlen(name);
        start++;
    }
    return start;
}

static const char *byte_fault(const char *name)
{
    for (const char *at = name; *at != '\0'; at++) {
        if (*at >= 'A' && *at <= 'Z')
            return "host names are in lower case";
        if (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')
            return "white space in a host name";
        if ((unsigned char)*at >= 0x80)
            return "write international names in their xn-- form";
        if (!is_name_byte(*at) && strchr(".*?", *at) == NULL)
            return "a character that host names do not have";
    }
    return NULL;
}

static const char *label_fault(const char *name)
{
    for (const char *label = name;; label++) {
        size_t length = strcspn(label, ".");
        if (length == 0)
            return "an empty label";
        if (length > LABEL_MAX)
            return "a label of more than 63 characters";
        label += length;
        if (*label == '\0')
            return NULL;
    }
}

const char *host_fault(const char *value)
{
    const char *name = value[0] == '.' ? value + 1 : value;
    if (name[0] == '\0')
        return "an empty name";
    struct addr addr;
    if (addr_parse(name, &addr))
        return "an address; it belongs under 'prefixes'";
    const char *fault = byte_fault(name);
    if (fault == NULL)
        fault = label_fault(name);
    if (fault != NULL)
        return fault;
    if (strlen(name) > NAME_MAX_LENGTH)
        return "longer than 253 characters";
    const char *domain = literal_domain(name);
    if (domain != name && name != value)
        return "either a leading dot or wildcards, not both";
    if (strchr(domain, '.') == NULL)
        return "at least two labels are needed, the last two without wildcards";
    return NULL;
}

/* Returns the start of the label that ends before `end`. */
static size_t label_start(const char *name, size_t end)
{
    const char *dot = end > 0 ? memrchr(name, '.', end) : NULL;
    return dot != NULL ? (size_t)(dot - name) + 1 : 0;
}

/* Adds `domain` and its parents; returns the domain's entry. */
static struct dict_entry *add_domain(struct dict *hosts, const char *domain)
{
    size_t length = strlen(domain);
    uint64_t hash = 0;
    for (size_t end = length;;) {
        size_t start = label_start(domain, end);
        hash = hash_bytes(domain + start, end - start, hash);
        struct dict_entry *entry = dict_add(hosts, hash, domain + start, length - start);
        if (start == 0)
            return entry;
        end = start - 1;
    }
}

static void add_glob(struct signatures *set, const char *pattern, const char *domain,
                     uint32_t owner)
{
    struct dict_entry *entry = add_domain(&set->hosts, domain);
    for (uint32_t i = entry->heads[HOST_GLOBS]; i != 0; i = set->globs[i - 1].next) {
        if (set->globs[i - 1].pattern == pattern) { /* texts of the arena are unique */
            set_add_mark(set, &set->globs[i - 1].mark, pattern, owner);
            return;
        }
    }
    if (set->glob_count == set->glob_capacity) {
        set->glob_capacity = set->glob_capacity * 2 + 16;
        set->globs = mem_resize(set->globs, set->glob_capacity, sizeof *set->globs);
    }
    struct glob *glob = &set->globs[set->glob_count++];
    *glob = (struct glob){
        .pattern = pattern, .head = (uint32_t)(domain - pattern), .next = entry->heads[HOST_GLOBS]};
    for (const char *at = pattern; *at != '\0'; at++)
        glob->length += *at != '*' && *at != '?';
    set_add_mark(set, &glob->mark, pattern, owner);
    entry->heads[HOST_GLOBS] = (uint32_t)set->glob_count;
}

void host_add(struct signatures *set, const char *value, uint32_t owner)
{
    const char *name = value[0] == '.' ? value + 1 : value;
    const char *domain = literal_domain(name);
    if (domain != name) {
        add_glob(set, value, domain, owner);
        return;
    }
    struct dict_entry *entry = add_domain(&set->hosts, name);
    set_add_mark(set, &entry->heads[name != value ? HOST_SUFFIX : HOST_EXACT], value, owner);
}

/* Matches the pattern's head with the name's; `*` is one or more characters, and no wildcard is a
 * dot. */
static bool glob_fits(const char *pattern, size_t pattern_length, const char *name, size_t length)
{
    size_t p = 0, n = 0, star = SIZE_MAX, resume = 0;
    while (n < length) {
        char c = '\0';
        if (p < pattern_length)
            c = pattern[p];
        bool wild = (c == '*' || c == '?') && name[n] != '.';
        if (wild && c == '*') {
            star = p;
            resume = n + 1;
        }
        if (wild || c == name[n]) {
            p++;
            n++;
            continue;
        }
        if (star == SIZE_MAX || name[resume] == '.')
            return false;
        p = star + 1;
        n = ++resume;
    }
    return p == pattern_length;
}

static bool is_negative(const struct signatures *set, uint32_t mark)
{
    return set->owners[set->marks[mark].owner].negative != NULL;
}

/* True where `a` wins over `b`: an exact name; then the longer; then a negative; then a pattern. */
static bool wins(const struct signatures *set, const struct candidate *a, const struct candidate *b)
{
    bool a_exact = a->indicator == INDICATOR_NAME_EXACT;
    if (a_exact != (b->indicator == INDICATOR_NAME_EXACT))
        return a_exact;
    if (a->length != b->length)
        return a->length > b->length;
    bool a_negative = is_negative(set, a->mark);
    if (a_negative != is_negative(set, b->mark))
        return a_negative;
    return a->indicator == INDICATOR_NAME_GLOB && b->indicator == INDICATOR_NAME_SUFFIX;
}

struct search {
    const struct signatures *set;
    struct candidate *found;
    size_t count;
};

/* Puts a candidate in its place; the last one falls out where there are too many. */
static void offer(struct search *search, enum indicator indicator, unsigned length, uint32_t mark)
{
    struct candidate candidate = {.indicator = indicator, .length = length, .mark = mark};
    size_t at = search->count;
    while (at > 0 && wins(search->set, &candidate, &search->found[at - 1]))
        at--;
    if (at == CANDIDATES_MAX)
        return;
    size_t kept = search->count < CANDIDATES_MAX ? search->count : CANDIDATES_MAX - 1;
    memmove(&search->found[at + 1], &search->found[at], (kept - at) * sizeof candidate);
    search->found[at] = candidate;
    search->count = kept + 1;
}

/* Tries what is listed for the parent of `name` that starts at `start`. */
static void try_entry(struct search *search, const struct dict_entry *entry, const char *name,
                      size_t start)
{
    if (entry->heads[HOST_SUFFIX] != 0)
        offer(search, INDICATOR_NAME_SUFFIX, entry->length, entry->heads[HOST_SUFFIX]);
    if (start == 0 && entry->heads[HOST_EXACT] != 0)
        offer(search, INDICATOR_NAME_EXACT, entry->length, entry->heads[HOST_EXACT]);
    const struct glob *globs = search->set->globs;
    for (uint32_t i = start > 0 ? entry->heads[HOST_GLOBS] : 0; i != 0; i = globs[i - 1].next) {
        const struct glob *glob = &globs[i - 1];
        if (glob_fits(glob->pattern, glob->head, name, start))
            offer(search, INDICATOR_NAME_GLOB, glob->length, glob->mark);
    }
}

size_t host_find(const struct signatures *set, const char *name,
                 struct candidate ret_found[static CANDIDATES_MAX])
{
    struct search search = {.set = set, .found = ret_found};
    size_t length = strlen(name);
    uint64_t hash = 0;
    for (size_t end = length;;) {
        size_t start = label_start(name, end);
        hash = hash_bytes(name + start, end - start, hash);
        const struct dict_entry *entry = dict_find(&set->hosts, hash, name + start, length - start);
        if (entry == NULL)
            break;
        try_entry(&search, entry, name, start);
        if (start == 0)
            break;
        end = start - 1;
    }
    return search.count;
}
