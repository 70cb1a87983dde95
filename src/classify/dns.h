/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/addr.h"
#include "net/domain.h"

enum dns_type {
    DNS_TYPE_A = 1,
    DNS_TYPE_NS = 2,
    DNS_TYPE_CNAME = 5,
    DNS_TYPE_PTR = 12,
    DNS_TYPE_TXT = 16,
    DNS_TYPE_AAAA = 28,
    DNS_TYPE_SRV = 33,
    DNS_TYPE_SVCB = 64,
    DNS_TYPE_HTTPS = 65,
    DNS_TYPE_ANY = 255
};

enum {
    DNS_ANSWERS_MAX = 64 /* A, AAAA and CNAME answers that are kept; more are counted only */
};

/* One A, AAAA or CNAME record of the answer section (also of mDNS answers, and the address hints of HTTPS records). */
struct dns_answer {
    char name[DOMAIN_MAX]; /* owner, normalised; "" where it is no host name */
    char target
        [DOMAIN_MAX]; /* CNAME (or alias-form HTTPS/SVCB) target, normalised; "" for addresses */
    struct addr addr; /* A and AAAA */
    uint32_t ttl_s;
    uint16_t type;
};

/* One DNS message (RFC 1035; mDNS RFC 6762 and LLMNR RFC 4795 share the form).  A fixed-size record: about 37 KiB,
 * so keep one, not one for each flow. */
struct dns_message {
    uint16_t id;
    bool response, authoritative, truncated;
    uint8_t opcode, rcode;
    uint16_t question_type;
    uint16_t question_class;   /* without mDNS's top bit, which asks for a unicast answer */
    char question[DOMAIN_MAX]; /* normalised; "" where there is none or it is no host name */
    uint16_t question_count;   /* by the header */
    uint16_t answer_total;     /* by the header */
    unsigned answer_count;     /* kept in `answers` */
    struct dns_answer answers[DNS_ANSWERS_MAX];
    bool malformed; /* cut or broken after what is given here */
};

/* Reads one message (without the two length bytes of TCP).  Returns false where not even header and question can be
 * read, or where it cannot be DNS (opcode, counts); a message that is cut or broken later gives what
 * came before, with `malformed` set.  Only the counts, the question and the first `answer_count` answers of `*ret_message` are
 * written.  Of several questions (mDNS) the first is given; of an UPDATE no answers.  Compression pointers may only point
 * backwards and are followed at most 64 times. */
bool dns_parse(const uint8_t *data, size_t size, struct dns_message *ret_message);

/* Returns "A", "AAAA", ..., or "TYPE123" written into `buffer`. */
const char *dns_type_text(uint16_t type, char buffer[static 12]);
/* Returns "NOERROR", "NXDOMAIN", ..., or "RCODE12" written into `buffer`. */
const char *dns_rcode_text(uint8_t rcode, char buffer[static 12]);
/* True for a response that says there is nothing to connect to: no such name, refused, no address for an address question, or
 * only addresses that lead nowhere (0.0.0.0, 127.0.0.1, ::, ::1), as filtering resolvers answer.  Not for a failing server. */
bool dns_refused(const struct dns_message *message);
