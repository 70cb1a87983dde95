/* SPDX-License-Identifier: Apache-2.0 */
/* What a flow's facts say about vendors: each fact has its table, and each answer is a short list
 * of hits.
 *
 * 1. Nothing here allocates or writes to the set, but for PCRE2's match data in HTTP flows.
 * 2. Names and addresses name one value, the most specific; negatives silence it.  Facts that only
 *    support (agents, paths, headers, certificates) give all services that list them.
 * Cost: name ~100 ns, address one probe per prefix length in use, agent ~2 ns a byte. */
#include "match/match.h"

#include <stdlib.h>
#include <string.h>

#include "match/host.h"
#include "match/set.h"

enum {
    TEXT_MAX = 4096, /* bytes of an agent or a path that are looked at */
    CERTIFICATE_MAX = 4096,
    KEY_MAX = 128,       /* longest header or protocol name that can match */
    EXPRESSIONS_MAX = 32 /* matching expressions that are kept for one text */
};

struct answer {
    const struct signatures *set;
    struct hit *hits; /* HITS_MAX of them */
    size_t count;
};

/* Appends the services of one value: the chain's first hit alone where it is a negative. */
static void add_chain(struct answer *answer, uint32_t mark, enum indicator indicator,
                      unsigned length)
{
    for (; mark != 0 && answer->count < HITS_MAX; mark = answer->set->marks[mark].next) {
        struct hit hit = set_hit(answer->set, mark, indicator, length);
        answer->hits[answer->count++] = hit;
        if (hit.negative != NULL)
            return;
    }
}

static bool same_item(const struct hit *a, const struct hit *b)
{
    return a->service == b->service && a->negative == b->negative && a->network == b->network;
}

static bool better(const struct hit *a, const struct hit *b)
{
    return a->confidence != b->confidence ? a->confidence > b->confidence : a->length > b->length;
}

/* Puts a hit in its place by confidence and length; of the hits of one service only the best
 * stays. */
static void offer(struct answer *answer, uint32_t mark, enum indicator indicator, unsigned length)
{
    struct hit hit = set_hit(answer->set, mark, indicator, length);
    size_t end = answer->count;
    for (size_t i = 0; i < answer->count; i++) {
        if (!same_item(&answer->hits[i], &hit))
            continue;
        if (!better(&hit, &answer->hits[i]))
            return;
        end = i;
    }
    size_t at = end;
    while (at > 0 && better(&hit, &answer->hits[at - 1]))
        at--;
    if (at == HITS_MAX)
        return;
    size_t last = end < HITS_MAX ? end : HITS_MAX - 1;
    memmove(&answer->hits[at + 1], &answer->hits[at], (last - at) * sizeof hit);
    answer->hits[at] = hit;
    if (last == answer->count)
        answer->count++;
}

static void offer_chain(struct answer *answer, uint32_t mark, enum indicator indicator,
                        unsigned length)
{
    for (; mark != 0; mark = answer->set->marks[mark].next)
        offer(answer, mark, indicator, length);
}

size_t match_name(const struct signatures *set, const char *name,
                  struct hit ret_hits[static HITS_MAX])
{
    struct candidate found[CANDIDATES_MAX];
    size_t count = host_find(set, name, found);
    if (count == 0)
        return 0;
    struct answer answer = {.set = set, .hits = ret_hits};
    add_chain(&answer, found[0].mark, found[0].indicator, found[0].length);
    if (ret_hits[0].negative != NULL || ret_hits[0].confidence != CONFIDENCE_UNSURE)
        return answer.count;
    for (size_t i = 1; i < count; i++) {
        const struct owner *owner = &set->owners[set->marks[found[i].mark].owner];
        if (owner->negative != NULL)
            break;
        if (owner->confidence == CONFIDENCE_UNSURE)
            continue;
        add_chain(&answer, found[i].mark, found[i].indicator, found[i].length);
        while (answer.count > 0 && ret_hits[answer.count - 1].confidence == CONFIDENCE_UNSURE &&
               ret_hits[answer.count - 1].value != ret_hits[0].value)
            answer.count--; /* what else lists the shorter value is no better than the winner */
        break;
    }
    return answer.count;
}

size_t match_address(const struct signatures *set, const struct addr *addr, uint32_t asn,
                     struct hit ret_hits[static HITS_MAX])
{
    struct answer answer = {.set = set, .hits = ret_hits};
    uint32_t mark = 0;
    uint8_t bits = 0;
    if (prefix_map_find(set->prefixes, addr, &mark, &bits)) {
        bool is4 = addr_is4(addr) && bits >= 96;
        add_chain(&answer, mark, INDICATOR_PREFIX, is4 ? bits - 96U : bits);
        return answer.count;
    }
    if (asn == 0)
        return 0;
    char key[ASN_KEY_SIZE];
    asn_key(asn, key);
    add_chain(&answer, set_find_keyed(set, KEYED_ASN, key, sizeof key), INDICATOR_ASN, 0);
    return answer.count;
}

static uint32_t find_port(const struct signatures *set, uint8_t protocol, uint16_t port)
{
    char key[PORT_KEY_SIZE];
    port_key(protocol, port, key);
    return set_find_keyed(set, KEYED_PORT, key, sizeof key);
}

size_t match_port(const struct signatures *set, uint8_t protocol, uint16_t port,
                  struct hit ret_hits[static HITS_MAX])
{
    struct answer answer = {.set = set, .hits = ret_hits};
    add_chain(&answer, find_port(set, protocol, port), INDICATOR_PORT, 0);
    return answer.count;
}

bool match_supports_port(const struct signatures *set, const struct service *service,
                         uint8_t protocol, uint16_t port)
{
    uint32_t mark = find_port(set, protocol, port);
    for (; mark != 0; mark = set->marks[mark].next) {
        const struct service *other = set->owners[set->marks[mark].owner].service;
        /* Texts of one arena: the same product is the same pointer. */
        if (other == service || (other->vendor == service->vendor && service->product != NULL &&
                                 other->product == service->product))
            return true;
    }
    return false;
}

static void try_expressions(struct answer *answer, const struct regex_list *list, const char *text,
                            size_t length, enum indicator indicator)
{
    uint32_t marks[EXPRESSIONS_MAX];
    size_t count = regex_list_match(list, text, length, marks, EXPRESSIONS_MAX);
    for (size_t i = 0; i < count; i++)
        offer(answer, marks[i], indicator, 0); /* how much an expression pins down is unknown */
}

size_t match_user_agent(const struct signatures *set, const char *text,
                        struct hit ret_hits[static HITS_MAX])
{
    struct answer answer = {.set = set, .hits = ret_hits};
    struct needle_scan scan = {.text = text, .length = strnlen(text, TEXT_MAX)};
    const struct needle *needle;
    while ((needle = needles_next(&set->agents, &scan)) != NULL)
        offer_chain(&answer, needle->mark, INDICATOR_USER_AGENT, needle->length);
    try_expressions(&answer, set->agent_expressions, text, scan.length, INDICATOR_USER_AGENT);
    return answer.count;
}

/* Returns the longest listed prefix of `path`, NULL without one.  The greatest entry that is not
 * above the path starts with every listed prefix of the path, so that these are on its chain of
 * parents. */
static const struct uri *find_uri(const struct signatures *set, const char *path)
{
    size_t low = 0, high = set->keyed[KEYED_URI].count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(set->uris[middle].text, path) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (size_t at = low; at != 0; at = set->uris[at - 1].parent)
        if (strncmp(set->uris[at - 1].text, path, set->uris[at - 1].length) == 0)
            return &set->uris[at - 1];
    return NULL;
}

size_t match_uri(const struct signatures *set, const char *path,
                 struct hit ret_hits[static HITS_MAX])
{
    struct answer answer = {.set = set, .hits = ret_hits};
    const struct uri *uri = find_uri(set, path);
    if (uri != NULL)
        offer_chain(&answer, uri->mark, INDICATOR_URI, uri->length);
    try_expressions(&answer, set->uri_expressions, path, strnlen(path, TEXT_MAX), INDICATOR_URI);
    return answer.count;
}

/* Looks a word up in a table whose keys are in lower case. */
static size_t match_word(const struct signatures *set, enum keyed table, const char *word,
                         enum indicator indicator, struct hit *ret_hits)
{
    size_t length = strnlen(word, KEY_MAX + 1);
    if (length > KEY_MAX)
        return 0;
    char key[KEY_MAX];
    for (size_t i = 0; i < length; i++)
        key[i] = (char)(word[i] >= 'A' && word[i] <= 'Z' ? word[i] + ('a' - 'A') : word[i]);
    struct answer answer = {.set = set, .hits = ret_hits};
    add_chain(&answer, set_find_keyed(set, table, key, length), indicator, (unsigned)length);
    return answer.count;
}

size_t match_header(const struct signatures *set, const char *name,
                    struct hit ret_hits[static HITS_MAX])
{
    return match_word(set, KEYED_HEADER, name, INDICATOR_HEADER, ret_hits);
}

size_t match_ja3(const struct signatures *set, const char *hex,
                 struct hit ret_hits[static HITS_MAX])
{
    return match_word(set, KEYED_JA3, hex, INDICATOR_JA3, ret_hits);
}

size_t match_ndpi(const struct signatures *set, const char *name,
                  struct hit ret_hits[static HITS_MAX])
{
    return match_word(set, KEYED_NDPI, name, INDICATOR_NDPI, ret_hits);
}

/* True where `fragment` (such as `O=Name`) stands at the start of a part of the distinguished
 * name. */
static bool has_part(const char *name, const char *fragment, size_t length)
{
    for (const char *at = name; at != NULL;) {
        at += strspn(at, ", +");
        if (strncmp(at, fragment, length) == 0)
            return true;
        at = strpbrk(at, ",+");
    }
    return false;
}

/* Checks all fragments of `issuer:CN=..., O=...` or `subject:...`. */
static bool has_parts(const char *name, const char *value)
{
    const char *at = strchr(value, ':');
    while (at != NULL && *at != '\0') {
        at++;
        at += strspn(at, " ");
        size_t length = strcspn(at, ",");
        if (!has_part(name, at, length))
            return false;
        at += length;
    }
    return true;
}

static void try_certificate(struct answer *answer, const struct needles *needles, const char *name)
{
    if (name == NULL)
        return;
    struct needle_scan scan = {.text = name, .length = strnlen(name, CERTIFICATE_MAX)};
    const struct needle *needle;
    while ((needle = needles_next(needles, &scan)) != NULL) {
        uint32_t mark = needle->mark;
        for (; mark != 0; mark = answer->set->marks[mark].next) {
            const char *value = answer->set->marks[mark].value;
            if (has_parts(name, value))
                offer(answer, mark, INDICATOR_CERTIFICATE, (unsigned)strlen(value));
        }
    }
}

size_t match_certificate(const struct signatures *set, const char *subject, const char *issuer,
                         struct hit ret_hits[static HITS_MAX])
{
    struct answer answer = {.set = set, .hits = ret_hits};
    try_certificate(&answer, &set->subjects, subject);
    try_certificate(&answer, &set->issuers, issuer);
    return answer.count;
}
