/* SPDX-License-Identifier: Apache-2.0 */
/* The single values of signature files: each is checked here and goes into its table.  Everything
 * that would never match, or match everything, is an error at start-up. */
#include "match/value.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"
#include "match/host.h"

enum {
    PROTOCOL_TCP = 6,
    PROTOCOL_UDP = 17,
    PORT_SPAN_MAX = 1024, /* a wider range says nothing */
    JA3_LENGTH = 32,
    WORD_LENGTH_MAX = 100
};

static bool add_host(struct signatures *set, const char *value, uint32_t owner, struct error *err)
{
    const char *fault = host_fault(value);
    if (fault != NULL)
        return error_set(err, "bad host name '%.100s': %s", value, fault);
    host_add(set, value, owner);
    return true;
}

/* Reads `tcp/443` or `udp/1000-1099`. */
static bool parse_ports(const char *value, uint8_t *ret_protocol, uint64_t *ret_low,
                        uint64_t *ret_high)
{
    bool tcp = strncmp(value, "tcp/", 4) == 0;
    if (!tcp && strncmp(value, "udp/", 4) != 0)
        return false;
    char low[8] = {0};
    size_t length = strcspn(value + 4, "-");
    if (length >= sizeof low)
        return false;
    memcpy(low, value + 4, length);
    const char *high = value[4 + length] == '-' ? value + 5 + length : low;
    *ret_protocol = tcp ? PROTOCOL_TCP : PROTOCOL_UDP;
    return number_parse_u64(low, 65535, ret_low) && number_parse_u64(high, 65535, ret_high) &&
           *ret_low > 0 && *ret_low <= *ret_high;
}

static bool add_port(struct signatures *set, const char *value, uint32_t owner, struct error *err)
{
    uint8_t protocol = 0;
    uint64_t low = 0, high = 0;
    if (!parse_ports(value, &protocol, &low, &high))
        return error_set(err, "bad port '%.60s': write tcp/443, udp/443 or tcp/1000-1099", value);
    if (high - low >= PORT_SPAN_MAX)
        return error_set(err, "bad port '%.60s': a range has at most 1024 ports", value);
    for (uint64_t port = low; port <= high; port++) {
        char key[PORT_KEY_SIZE];
        port_key(protocol, (uint16_t)port, key);
        set_add_keyed(set, KEYED_PORT, key, sizeof key, value, owner);
    }
    return true;
}

static bool add_expression(struct signatures *set, struct regex_list *list, const char *value,
                           uint32_t owner, struct error *err)
{
    uint32_t mark = 0;
    set_add_mark(set, &mark, value, owner);
    char message[128];
    size_t offset = 0;
    if (regex_list_add(list, value + 3, mark, message, &offset))
        return true;
    return error_set(err, "bad expression '%.100s': %s at offset %zu", value + 3, message, offset);
}

static bool add_agent(struct signatures *set, const char *value, uint32_t owner, struct error *err)
{
    if (strncmp(value, "re:", 3) == 0)
        return add_expression(set, set->agent_expressions, value, owner, err);
    size_t length = strlen(value);
    if (length < NEEDLE_MIN)
        return error_set(err, "bad user agent '%s': at least 4 characters are needed", value);
    set_add_needle(set, &set->agents, value, length, value, owner);
    return true;
}

static bool add_uri(struct signatures *set, const char *value, uint32_t owner, struct error *err)
{
    if (strncmp(value, "re:", 3) == 0)
        return add_expression(set, set->uri_expressions, value, owner, err);
    if (value[0] != '/' || value[1] == '\0')
        return error_set(err, "bad path '%.100s': write '/' and more, or 're:' and an expression",
                         value);
    set_add_keyed(set, KEYED_URI, value, strlen(value), value, owner);
    return true;
}

/* Adds a word under its lower-case form. */
static void add_word(struct signatures *set, enum keyed table, const char *value, uint32_t owner)
{
    char key[WORD_LENGTH_MAX];
    size_t length = strlen(value);
    for (size_t i = 0; i < length; i++)
        key[i] = (char)tolower((unsigned char)value[i]);
    set_add_keyed(set, table, key, length, value, owner);
}

static bool add_header(struct signatures *set, const char *value, uint32_t owner, struct error *err)
{
    static const char token[] =
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ"; /* RFC 9110 section 5.6.2 */
    size_t length = strlen(value);
    if (strspn(value, token) != length || length > WORD_LENGTH_MAX)
        return error_set(err, "bad header '%.100s': write only its name", value);
    add_word(set, KEYED_HEADER, value, owner);
    return true;
}

static bool add_ndpi(struct signatures *set, const char *value, uint32_t owner, struct error *err)
{
    size_t length = strlen(value);
    if (strcspn(value, " \t\n") != length || length > WORD_LENGTH_MAX)
        return error_set(err, "bad nDPI name '%.100s': write one word", value);
    add_word(set, KEYED_NDPI, value, owner);
    return true;
}

static bool add_ja3(struct signatures *set, const char *value, uint32_t owner, struct error *err)
{
    if (strlen(value) != JA3_LENGTH || strspn(value, "0123456789abcdef") != JA3_LENGTH)
        return error_set(err, "bad JA3 '%.60s': write 32 hexadecimal digits in lower case", value);
    set_add_keyed(set, KEYED_JA3, value, JA3_LENGTH, value, owner);
    return true;
}

/* Returns what is behind `issuer:` or `subject:` and the table that it belongs to; NULL for
 * anything else. */
static const char *certificate_side(struct signatures *set, const char *value,
                                    struct needles **ret_needles)
{
    bool issuer = strncmp(value, "issuer:", 7) == 0;
    if (!issuer && strncmp(value, "subject:", 8) != 0)
        return NULL;
    *ret_needles = issuer ? &set->issuers : &set->subjects;
    return strchr(value, ':') + 1;
}

/* Each fragment needs an attribute, `=` and a value; the first one is looked up, the others are
 * compared. */
static bool add_certificate(struct signatures *set, const char *value, uint32_t owner,
                            struct error *err)
{
    struct needles *needles = NULL;
    const char *at = certificate_side(set, value, &needles);
    if (at == NULL)
        return error_set(err, "bad certificate '%.100s': write issuer:CN=... or subject:CN=...",
                         value);
    const char *first = at + strspn(at, " ");
    for (bool more = true; more;) {
        at += strspn(at, " ");
        size_t length = strcspn(at, ",");
        const char *equals = memchr(at, '=', length);
        if (equals == NULL || equals == at || (at == first && length < NEEDLE_MIN))
            return error_set(
                err, "bad certificate '%.100s': '%.*s' is no part of a name such as CN=Example",
                value, (int)length, at);
        more = at[length] == ',';
        at += length + more;
    }
    set_add_needle(set, needles, first, strcspn(first, ","), value, owner);
    return true;
}

static bool add_asn(struct signatures *set, const char *value, uint32_t owner, struct error *err)
{
    uint64_t asn = 0;
    if (strncmp(value, "AS", 2) != 0 || !number_parse_u64(value + 2, UINT32_MAX, &asn) || asn == 0)
        return error_set(err, "bad AS number '%.60s': write AS and digits", value);
    char key[ASN_KEY_SIZE];
    asn_key((uint32_t)asn, key);
    set_add_keyed(set, KEYED_ASN, key, sizeof key, value, owner);
    return true;
}

static bool add_prefix(struct signatures *set, const char *value, uint32_t owner, struct error *err)
{
    struct prefix prefix;
    if (!prefix_parse(value, &prefix))
        return error_set(
            err, "bad prefix '%.60s': write an address and a length, no bits set behind it", value);
    set_add_prefix(set, &prefix, value, owner);
    return true;
}

const struct value_kind service_values[] = {
    {"hosts", add_host}, {"ports", add_port},     {"user_agents", add_agent},
    {"uris", add_uri},   {"headers", add_header}, {"certificates", add_certificate},
    {"ja3", add_ja3},    {"ndpi", add_ndpi},      {NULL, NULL}};

const struct value_kind network_values[] = {
    {"asns", add_asn}, {"prefixes", add_prefix}, {NULL, NULL}};

const struct value_kind negative_values[] = {{"hosts", add_host},
                                             {"prefixes", add_prefix},
                                             {"asns", add_asn},
                                             {"ja3", add_ja3},
                                             {NULL, NULL}};
