/* SPDX-License-Identifier: Apache-2.0 */
/* Says in words what match_name() and match_address() decide, from the same candidates, so that the
 * explanation cannot differ from the match.  For people who ask why a host is (not) reported. */
#include "match/explain.h"

#include <string.h>

#include "base/text.h"
#include "match/host.h"
#include "match/layout.h"
#include "match/set.h"
#include "net/domain.h"

enum {
    LABEL_COLUMNS = 14,
    LOSER_COLUMNS = 4,
    MAPPED_BITS = 96 /* IPv4 prefixes in the mapped range */
};

struct report {
    const struct signatures *set;
    struct text *out;
    struct text line; /* for composing */
    bool losers;      /* their heading is written */
};

/* Adds "  label   value" and nothing where the value is NULL. */
static void field(struct report *report, const char *label, const char *value)
{
    if (value != NULL)
        layout_add_words(report->out, label, LABEL_COLUMNS, value);
}

/* Adds the composed line under `label` and empties it. */
static void field_line(struct report *report, const char *label)
{
    field(report, label, text_string(&report->line));
    text_clear(&report->line);
}

static const struct owner *owner_of(const struct report *report, uint32_t mark)
{
    return &report->set->owners[report->set->marks[mark].owner];
}

/* "name (id)" */
static void add_named(struct text *line, const char *name, const char *id)
{
    text_addf(line, "%s (%s)", name, id);
}

static void vendor_fields(struct report *report, const struct vendor *vendor)
{
    add_named(&report->line, vendor->name, vendor->id);
    if (vendor->jurisdiction[0] != '\0')
        text_addf(&report->line, ", jurisdiction %s", vendor->jurisdiction);
    field_line(report, "  vendor");
    for (size_t i = 0; vendor->regimes[i] != NULL; i++)
        text_addf(&report->line, "%s%s", i > 0 ? ", " : "", vendor->regimes[i]);
    if (vendor->regimes[0] != NULL)
        field_line(report, "  regimes");
}

static void embedder_field(struct report *report, const struct service *service)
{
    if (service->embedder_name == NULL)
        return;
    text_addf(&report->line, "carries %s's engine in %s", service->vendor->name,
              service->embedder_name);
    if (service->embedder_product != NULL)
        text_addf(&report->line, " %s", service->embedder_product);
    if (service->embedder_country[0] != '\0')
        text_addf(&report->line, " (%s)", service->embedder_country);
    field_line(report, "  embedded");
}

static void service_fields(struct report *report, const struct service *service)
{
    vendor_fields(report, service->vendor);
    add_named(&report->line, service->name, service->id);
    field_line(report, "  service");
    if (service->product != NULL) {
        text_addf(&report->line, "%s (%s, %s)", service->product_name, service->product,
                  service->product_kind);
        field_line(report, "  product");
    }
    field(report, "  purpose", purpose_text(service->purpose));
    embedder_field(report, service);
    field(report, "  confidence", confidence_text(service->confidence));
    field(report, "  source", service->source);
}

static void negative_fields(struct report *report, const struct negative *negative)
{
    text_addf(&report->line, "no product traffic: %s", negative->reason);
    field_line(report, "  verdict");
    field(report, "  note", negative->note);
    add_named(&report->line, negative->vendor->name, negative->vendor->id);
    field_line(report, "  listed by");
    field(report, "  confidence", confidence_text(negative->confidence));
    field(report, "  source", negative->source);
}

static void network_fields(struct report *report, const struct network *network)
{
    vendor_fields(report, network->vendor);
    text_add(&report->line, network->name);
    if (network->country[0] != '\0')
        text_addf(&report->line, " (registered in %s)", network->country);
    field_line(report, "  network");
    field(report, "  dated", network->dated != NULL ? network->dated : "unknown");
    field(report, "  confidence", confidence_text(network->confidence));
    field(report, "  source", network->source);
}

static void owner_fields(struct report *report, const struct owner *owner)
{
    if (owner->negative != NULL)
        negative_fields(report, owner->negative);
    else if (owner->service != NULL)
        service_fields(report, owner->service);
    else
        network_fields(report, owner->network);
}

/* "value (kind, 13 characters)" */
static void add_value(struct report *report, const struct candidate *candidate)
{
    const char *value = report->set->marks[candidate->mark].value;
    text_addf(&report->line, "%s (%s", value, indicator_text(candidate->indicator));
    if (candidate->indicator == INDICATOR_PREFIX)
        text_addf(&report->line, ", %u bits", candidate->length);
    else if (candidate->indicator != INDICATOR_ASN)
        text_addf(&report->line, ", %u literal characters", candidate->length);
    text_add_char(&report->line, ')');
}

/* Adds one line for a value that lost, with the reason. */
static void loser(struct report *report, const struct candidate *candidate, uint32_t mark,
                  const char *why)
{
    if (!report->losers)
        text_add(report->out, "  also listed:\n");
    report->losers = true;
    const struct owner *owner = owner_of(report, mark);
    add_value(report, candidate);
    text_addf(&report->line, ": %s", owner->vendor->id);
    if (owner->negative != NULL)
        text_addf(&report->line, ", negative %s", owner->negative->reason);
    else if (owner->service != NULL)
        text_addf(&report->line, ", %s, %s", owner->service->id,
                  purpose_text(owner->service->purpose));
    else
        text_addf(&report->line, ", %s", owner->network->name);
    text_addf(&report->line, ", %s; %s", confidence_text(owner->confidence), why);
    layout_add_words(report->out, "  -", LOSER_COLUMNS, text_string(&report->line));
    text_clear(&report->line);
}

/* Adds the items that list the winning value: all of them, or the negative alone. */
static void winner(struct report *report, const struct candidate *candidate, const char *why)
{
    add_value(report, candidate);
    field_line(report, "  matches");
    field(report, "  why", why);
    uint32_t mark = candidate->mark;
    owner_fields(report, owner_of(report, mark));
    bool negative = owner_of(report, mark)->negative != NULL;
    while ((mark = report->set->marks[mark].next) != 0) {
        if (negative) {
            loser(report, candidate, mark, "a negative lists the same value");
            continue;
        }
        field(report, "  and also", "another item lists the same value:");
        owner_fields(report, owner_of(report, mark));
    }
}

static const char *why_first(const struct report *report, const struct candidate *found,
                             size_t count)
{
    if (count == 1)
        return "the only value that fits";
    if (found[0].indicator == INDICATOR_NAME_EXACT)
        return "the whole name is listed";
    if (found[0].length > found[1].length)
        return "the longest of the values that fit";
    return owner_of(report, found[0].mark)->negative != NULL
               ? "as long as another one, and negatives win"
               : "as long as another one, and patterns win over suffixes";
}

/* Returns the hit that match_name() gives besides the winner's, NULL without one. */
static const char *second_opinion(const struct hit *hits, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (strcmp(hits[i].value, hits[0].value) != 0)
            return hits[i].value;
    return NULL;
}

static void explain_name(struct report *report, const char *name)
{
    struct candidate found[CANDIDATES_MAX];
    size_t count = host_find(report->set, name, found);
    if (count == 0) {
        field(report, "  no match", "no signature lists this name or a parent of it");
        return;
    }
    struct hit hits[HITS_MAX];
    size_t hit_count = match_name(report->set, name, hits);
    const char *second = second_opinion(hits, hit_count);
    winner(report, &found[0], why_first(report, found, count));
    for (size_t i = 1; i < count; i++) {
        uint32_t mark = found[i].mark;
        const char *value = report->set->marks[mark].value;
        bool reported = second != NULL && strcmp(value, second) == 0;
        const char *why = found[i].length < found[0].length ? "shorter" : "weaker at equal length";
        for (; mark != 0; mark = report->set->marks[mark].next) {
            bool better = owner_of(report, mark)->confidence > CONFIDENCE_UNSURE;
            loser(report, &found[i], mark,
                  reported && better ? "shorter, but better known: reported too" : why);
        }
    }
}

/* Adds the prefixes shorter than `bits` that hold the address. */
static void shorter_prefixes(struct report *report, const struct addr *addr, unsigned bits)
{
    struct prefix prefix = {.addr = *addr};
    bool is4 = addr_is4(addr);
    for (unsigned length = 128; length-- > 0;) {
        prefix.addr.bytes[length / 8] &= (uint8_t)(0xff00U >> length % 8);
        prefix.bits = (uint8_t)length;
        uint32_t mark = 0;
        if (length >= bits || !prefix_map_get(report->set->prefixes, &prefix, &mark))
            continue;
        struct candidate candidate = {.indicator = INDICATOR_PREFIX,
                                      .length = is4 && length >= MAPPED_BITS ? length - MAPPED_BITS
                                                                             : length,
                                      .mark = mark};
        for (; mark != 0; mark = report->set->marks[mark].next)
            loser(report, &candidate, mark, "shorter");
    }
}

static void explain_address(struct report *report, const struct addr *addr, uint32_t asn)
{
    const struct signatures *set = report->set;
    char key[ASN_KEY_SIZE];
    asn_key(asn, key);
    struct candidate by_asn = {.indicator = INDICATOR_ASN,
                               .mark = set_find_keyed(set, KEYED_ASN, key, sizeof key)};
    uint32_t mark = 0;
    uint8_t bits = 0;
    if (prefix_map_find(set->prefixes, addr, &mark, &bits)) {
        bool is4 = addr_is4(addr) && bits >= MAPPED_BITS;
        struct candidate found = {.indicator = INDICATOR_PREFIX,
                                  .length = is4 ? bits - (unsigned)MAPPED_BITS : bits,
                                  .mark = mark};
        winner(report, &found, "the longest prefix that holds the address");
        shorter_prefixes(report, addr, bits);
        for (mark = by_asn.mark; mark != 0; mark = set->marks[mark].next)
            loser(report, &by_asn, mark, "a prefix wins over an AS");
    } else if (by_asn.mark != 0) {
        winner(report, &by_asn, "no listed prefix holds the address, but its AS is listed");
    } else {
        field(report, "  no match",
              asn != 0 ? "neither a prefix nor the AS is listed"
                       : "no prefix is listed, and the AS is not known");
    }
}

bool match_explain(const struct signatures *set, const char *name_or_address, uint32_t asn,
                   struct text *out)
{
    struct report report = {.set = set, .out = out};
    struct addr addr;
    char name[DOMAIN_MAX];
    layout_add_words(out, "", 0, name_or_address);
    bool known = true;
    if (addr_parse(name_or_address, &addr))
        explain_address(&report, &addr, asn);
    else if (domain_normalise(name_or_address, strlen(name_or_address), name) > 0)
        explain_name(&report, name);
    else
        known = false;
    if (!known)
        field(&report, "  no match", "this is neither a host name nor an address");
    text_done(&report.line);
    return known;
}
