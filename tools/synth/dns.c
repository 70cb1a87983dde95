/* SPDX-License-Identifier: Apache-2.0 */
/* DNS questions and answers over UDP and TCP.
 *
 * Names are bytes: a scenario may ask for a name that no registry would sell, so nothing is checked
 * but the limits of the format.  Compression points back at the question and at each CNAME's
 * target. Source: RFC 1035 section 4. */
#include "dns.h"

#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "talk.h"
#include "tcp.h"
#include "wire.h"

enum {
    HEADER_SIZE = 12,
    LABEL_MAX = 63,
    NAME_MAX_WIRE = 254,
    POINTER = 0xc000,
    TYPE_CNAME = 5,
    TYPE_SOA = 6,
    CLASS_IN = 1,
    FLAGS_QUERY = 0x0100,
    FLAGS_ANSWER = 0x8180,
    FLAG_TRUNCATED = 0x0200,
    CODE_SERVFAIL = 2,
    CODE_NXDOMAIN = 3
};

struct question {
    uint16_t id;
    enum dns_type type;
};

void dns_add_name(struct text *out, const char *name, size_t length)
{
    size_t start = out->length;
    const char *end = name + length;
    while (name < end) {
        const char *dot = memchr(name, '.', (size_t)(end - name));
        size_t label = (size_t)((dot != NULL ? dot : end) - name);
        size_t kept = label < LABEL_MAX ? label : LABEL_MAX;
        if (out->length - start + kept + 1 > NAME_MAX_WIRE)
            break;
        if (kept > 0) {
            wire_u8(out, kept);
            text_add_bytes(out, name, kept);
        }
        name += label + 1;
    }
    wire_u8(out, 0);
}

static void add_head(struct text *out, const struct question *question, unsigned flags,
                     const struct text *name)
{
    wire_u16(out, question->id);
    wire_u16(out, flags);
    wire_u16(out, 1);
    wire_u16(out, 0);
    wire_u32(out, 0);
    dns_add_name(out, name->data, name->length);
    wire_u16(out, question->type);
    wire_u16(out, CLASS_IN);
}

/* Opens a record whose name stands at `name_at`; wire_close(out, result, 2) ends it. */
static size_t open_record(struct text *out, size_t name_at, unsigned type, int64_t ttl_ns)
{
    wire_u16(out, POINTER | name_at);
    wire_u16(out, type);
    wire_u16(out, CLASS_IN);
    wire_u32(out, (uint64_t)(ttl_ns / NS_PER_S));
    return wire_open(out, 2);
}

/* Adds the record that says who is in charge of a name that has nothing to answer. */
static void add_authority(struct text *out)
{
    static const char primary[] = "ns1.example.net", mailbox[] = "hostmaster.example.net";
    size_t mark = open_record(out, HEADER_SIZE, TYPE_SOA, 900 * NS_PER_S);
    dns_add_name(out, primary, sizeof primary - 1);
    dns_add_name(out, mailbox, sizeof mailbox - 1);
    wire_u32(out, 2026010101);
    wire_u32(out, 7200);
    wire_u32(out, 900);
    wire_u32(out, 1209600);
    wire_u32(out, 900);
    wire_close(out, mark, 2);
    wire_patch(out, 8, 2, 1);
}

/* Adds the CNAMEs; returns where the last target stands. */
static size_t add_chain(struct text *out, const struct dns_plan *plan, unsigned *count)
{
    size_t name_at = HEADER_SIZE;
    for (unsigned i = 0; i < plan->chain_count; i++) {
        size_t mark = open_record(out, name_at, TYPE_CNAME, plan->ttl_ns);
        name_at = out->length;
        dns_add_name(out, plan->chain[i], strlen(plan->chain[i]));
        wire_close(out, mark, 2);
        (*count)++;
    }
    return name_at;
}

static void add_answers(struct text *out, const struct dns_plan *plan, enum dns_type type,
                        const struct dns_answer *answer)
{
    unsigned count = 0;
    bool found = false;
    size_t name_at = add_chain(out, plan, &count);
    for (size_t i = 0; i < answer->addr_count; i++) {
        bool four = addr_is4(&answer->addrs[i]);
        if (type != (four ? DNS_A : DNS_AAAA))
            continue;
        size_t mark = open_record(out, name_at, type, plan->ttl_ns);
        text_add_bytes(out, answer->addrs[i].bytes + (four ? 12 : 0), four ? 4 : 16);
        wire_close(out, mark, 2);
        found = true;
        count++;
    }
    if (type == DNS_TXT && plan->answer != NULL) {
        size_t mark = open_record(out, name_at, type, plan->ttl_ns);
        size_t text = wire_open(out, 1);
        text_add_bytes(out, plan->answer, strnlen(plan->answer, 255));
        wire_close(out, text, 1);
        wire_close(out, mark, 2);
        found = true;
        count++;
    }
    wire_patch(out, 6, 2, count);
    if (!found)
        add_authority(out);
}

static void build_answer(struct text *out, const struct dns_plan *plan,
                         const struct question *question, const struct dns_answer *answer,
                         bool truncated)
{
    unsigned flags = FLAGS_ANSWER | (truncated ? FLAG_TRUNCATED : 0);
    if (plan->result == DNS_NXDOMAIN)
        flags |= CODE_NXDOMAIN;
    if (plan->result == DNS_SERVFAIL)
        flags |= CODE_SERVFAIL;
    add_head(out, question, flags, answer->name);
    if (truncated || plan->result == DNS_SERVFAIL)
        return;
    if (plan->result == DNS_ANSWER)
        add_answers(out, plan, question->type, answer);
    else
        add_authority(out);
}

static void pass_resolver_time(struct talk *talk)
{
    talk->now_ns += (int64_t)random_between(talk->random, 600000, 18000000);
}

static void ask_udp(struct talk *talk, const struct dns_plan *plan, const struct question *question,
                    const struct dns_answer *answer)
{
    struct text message = {0};
    add_head(&message, question, FLAGS_QUERY, answer->name);
    talk_send_udp(talk, SIDE_CLIENT, message.data, message.length);
    pass_resolver_time(talk);
    if (plan->result != DNS_SILENCE) {
        text_clear(&message);
        build_answer(&message, plan, question, answer, plan->over == DNS_TRUNCATED);
        talk_send_udp(talk, SIDE_SERVER, message.data, message.length);
    }
    talk->now_ns += 80 * NS_PER_US;
    text_done(&message);
}

static void ask_tcp(struct talk *talk, const struct dns_plan *plan, const struct question *question,
                    const struct dns_answer *answer)
{
    struct tcp tcp;
    struct text message = {0};
    talk->party[SIDE_CLIENT].port = (uint16_t)random_between(talk->random, 49152, 65535);
    tcp_open(&tcp, talk);
    size_t mark = wire_open(&message, 2);
    add_head(&message, question, FLAGS_QUERY, answer->name);
    wire_close(&message, mark, 2);
    tcp_send_text(&tcp, SIDE_CLIENT, &message);
    struct text body = {0};
    build_answer(&body, plan, question, answer, false);
    text_clear(&message);
    wire_u16(&message, body.length);
    text_add_bytes(&message, body.data, body.length);
    tcp_send_text(&tcp, SIDE_SERVER, &message);
    tcp_close(&tcp, TCP_END_FIN);
    text_done(&body);
    text_done(&message);
}

static void ask(struct talk *talk, const struct dns_plan *plan, enum dns_type type,
                const struct dns_answer *answer)
{
    struct question question = {.id = (uint16_t)random_next(talk->random), .type = type};
    talk->party[SIDE_CLIENT].port = (uint16_t)random_between(talk->random, 49152, 65535);
    if (plan->over != DNS_TCP)
        ask_udp(talk, plan, &question, answer);
    if (plan->over != DNS_UDP && plan->result != DNS_SILENCE)
        ask_tcp(talk, plan, &question, answer);
}

void dns_look_up(struct talk *talk, const struct dns_plan *plan, const struct dns_answer *answer)
{
    bool fails = plan->result == DNS_SILENCE || plan->result == DNS_SERVFAIL;
    unsigned tries = fails ? plan->tries : 1;
    for (unsigned i = 0; i < tries; i++) {
        if (i > 0)
            talk->now_ns += NS_PER_S << (i - 1);
        ask(talk, plan, plan->type, answer);
        if (plan->pair)
            ask(talk, plan, plan->type == DNS_A ? DNS_AAAA : DNS_A, answer);
    }
}
