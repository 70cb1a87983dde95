/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/addr.h"

struct talk;
struct text;

enum {
    DNS_CHAIN_MAX = 4,
    DNS_FALLBACK_MAX = 8,
    DNS_PORT = 53,
    DNS_PORT_MULTICAST = 5353
};

enum dns_transport {
    DNS_UDP,
    DNS_TCP,
    DNS_TRUNCATED /* UDP, answered with the TC bit and no records, then TCP */
};

enum dns_result {
    DNS_ANSWER,
    DNS_NXDOMAIN,
    DNS_EMPTY, /* NOERROR, no record */
    DNS_SILENCE,
    DNS_SERVFAIL
};

enum dns_type {
    DNS_A = 1,
    DNS_PTR = 12,
    DNS_TXT = 16,
    DNS_AAAA = 28,
    DNS_HTTPS = 65
};

/* How a name is looked up. */
struct dns_plan {
    bool skip;          /* the name is not looked up at all */
    enum dns_type type; /* of the first question */
    bool pair;          /* A and AAAA, as most clients ask */
    enum dns_transport over;
    enum dns_result result;
    int64_t ttl_ns;
    const char *chain[DNS_CHAIN_MAX]; /* CNAMEs between the name and its address */
    unsigned chain_count;
    const char *answer; /* the text of a TXT answer, or NULL */
    unsigned tries;     /* of a question that fails, at least 1; 1, 2, 4 s apart */
    struct addr fallback[DNS_FALLBACK_MAX]; /* asked in order where the resolver fails */
    unsigned fallback_count;
    unsigned fallback_answers; /* which of them answers, from 1; 0: none */
};

/* What the resolver knows of a name. */
struct dns_answer {
    const struct text *name; /* as bytes; labels are cut at 63, the whole at 255 */
    const struct addr *addrs;
    size_t addr_count;
};

/* Writes the look-up (one or two questions with their answers) as one conversation between the
 * client and its resolver.  The talk's time is then when the last answer came.  Source: RFC 1035,
 * RFC 7766. */
void dns_look_up(struct talk *talk, const struct dns_plan *plan, const struct dns_answer *answer);

/* Appends a name in wire form, its closing zero included. */
void dns_add_name(struct text *out, const char *name, size_t length);
