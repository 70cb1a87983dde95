/* SPDX-License-Identifier: Apache-2.0 */
#include "classify/dns.h"
#include "classify_wire.h"
#include "run.h"

/* The record is large, so one for the whole program; each test writes it first. */
static struct dns_message *message_new(void)
{
    struct dns_message *message = malloc(sizeof *message);
    ck_assert_ptr_nonnull(message);
    memset(message, 0xa5, sizeof *message);
    return message;
}

static void put_header(struct wire *wire, unsigned flags, unsigned questions, unsigned answers)
{
    wire_number(wire, 0x1234, 2);
    wire_number(wire, flags, 2);
    wire_number(wire, questions, 2);
    wire_number(wire, answers, 2);
    wire_number(wire, 0, 4);
}

static void put_labels(struct wire *wire, const char *name)
{
    while (*name != '\0') {
        size_t size = strcspn(name, ".");
        wire_number(wire, size, 1);
        wire_bytes(wire, name, size);
        name += size + (name[size] == '.');
    }
}

static void put_name(struct wire *wire, const char *name)
{
    put_labels(wire, name);
    wire_number(wire, 0, 1);
}

static void put_question(struct wire *wire, const char *name, unsigned type)
{
    put_name(wire, name);
    wire_number(wire, type, 2);
    wire_number(wire, 1, 2);
}

/* All of a record but its owner and data. */
static size_t put_record(struct wire *wire, unsigned type, unsigned class_of, uint32_t ttl_s)
{
    wire_number(wire, type, 2);
    wire_number(wire, class_of, 2);
    wire_number(wire, ttl_s, 4);
    return wire_open(wire, 2);
}

static void put_address4(struct wire *wire, unsigned owner, unsigned last)
{
    wire_number(wire, 0xc000 | owner, 2);
    size_t data = put_record(wire, DNS_TYPE_A, 1, 300);
    wire_number(wire, 0xc0000200 | last, 4);
    wire_close(wire, data, 2);
}

static bool parse(const struct wire *wire, struct dns_message *ret)
{
    uint8_t *copy = exact_copy(wire->data, wire->size);
    bool ok = dns_parse(copy, wire->size, ret);
    free(copy);
    return ok;
}

static void check_address(const struct dns_answer *answer, const char *name, const char *address)
{
    char text[ADDR_TEXT_MAX];
    addr_text(&answer->addr, text);
    ck_assert_str_eq(text, address);
    ck_assert_str_eq(answer->name, name);
    ck_assert_str_eq(answer->target, "");
}

START_TEST(query_gives_its_question)
{
    struct wire wire = {.size = 0};
    put_header(&wire, 0x0100, 1, 0);
    put_question(&wire, "Update.ESET.Com", DNS_TYPE_AAAA);
    struct dns_message *message = message_new();
    ck_assert(parse(&wire, message));
    ck_assert_uint_eq(message->id, 0x1234);
    ck_assert(!message->response && !message->malformed);
    ck_assert_str_eq(message->question, "update.eset.com");
    ck_assert_uint_eq(message->question_type, DNS_TYPE_AAAA);
    ck_assert_uint_eq(message->question_class, 1);
    ck_assert_uint_eq(message->answer_count, 0);
    free(message);
}
END_TEST

START_TEST(alias_chain_and_all_addresses_are_kept)
{
    struct wire wire = {.size = 0};
    put_header(&wire, 0x8580, 1, 4);
    put_question(&wire, "a.example.com", DNS_TYPE_A);
    wire_number(&wire, 0xc00c, 2);
    size_t data = put_record(&wire, DNS_TYPE_CNAME, 1, 0x80000001);
    size_t target = wire.size;
    put_labels(&wire, "B");
    wire_number(&wire, 0xc00e, 2); /* example.com */
    wire_close(&wire, data, 2);
    put_address4(&wire, (unsigned)target, 1);
    put_address4(&wire, (unsigned)target, 2);
    wire_number(&wire, 0xc000 | target, 2);
    data = put_record(&wire, DNS_TYPE_AAAA, 1, 60);
    wire_number(&wire, 0x20010db800000000, 8);
    wire_number(&wire, 5, 8);
    wire_close(&wire, data, 2);
    struct dns_message *message = message_new();
    ck_assert(parse(&wire, message));
    ck_assert(message->response && message->authoritative && !message->malformed);
    ck_assert_uint_eq(message->answer_count, 4);
    ck_assert_str_eq(message->answers[0].name, "a.example.com");
    ck_assert_str_eq(message->answers[0].target, "b.example.com");
    ck_assert_uint_eq(message->answers[0].ttl_s, 0);
    check_address(&message->answers[1], "b.example.com", "192.0.2.1");
    check_address(&message->answers[2], "b.example.com", "192.0.2.2");
    check_address(&message->answers[3], "b.example.com", "2001:db8::5");
    ck_assert_uint_eq(message->answers[1].ttl_s, 300);
    free(message);
}
END_TEST

START_TEST(service_record_gives_hints_and_alias)
{
    struct wire wire = {.size = 0};
    put_header(&wire, 0x8180, 1, 2);
    put_question(&wire, "a.example.com", DNS_TYPE_HTTPS);
    wire_number(&wire, 0xc00c, 2);
    size_t data = put_record(&wire, DNS_TYPE_HTTPS, 1, 60);
    wire_number(&wire, 1, 2);                /* service form */
    wire_number(&wire, 0, 1);                /* target: the owner */
    wire_number(&wire, 0x00010003026832, 7); /* alpn: h2 */
    wire_number(&wire, 0x00040008c0000201, 8);
    wire_number(&wire, 0xc0000202, 4);
    wire_number(&wire, 0x00060010, 4);
    wire_number(&wire, 0x20010db800000000, 8);
    wire_number(&wire, 7, 8);
    wire_close(&wire, data, 2);
    put_name(&wire, "alias.example.net");
    data = put_record(&wire, DNS_TYPE_SVCB, 1, 60);
    wire_number(&wire, 0, 2);
    put_name(&wire, "Real.example.net");
    wire_close(&wire, data, 2);
    struct dns_message *message = message_new();
    ck_assert(parse(&wire, message));
    ck_assert(!message->malformed);
    ck_assert_uint_eq(message->answer_count, 4);
    check_address(&message->answers[0], "a.example.com", "192.0.2.1");
    check_address(&message->answers[1], "a.example.com", "192.0.2.2");
    check_address(&message->answers[2], "a.example.com", "2001:db8::7");
    ck_assert_uint_eq(message->answers[2].type, DNS_TYPE_AAAA);
    ck_assert_str_eq(message->answers[3].name, "alias.example.net");
    ck_assert_str_eq(message->answers[3].target, "real.example.net");
    ck_assert_uint_eq(message->answers[3].type, DNS_TYPE_SVCB);
    free(message);
}
END_TEST

START_TEST(multicast_bits_in_the_class_are_dropped)
{
    struct wire wire = {.size = 0};
    put_header(&wire, 0x8400, 0, 1);
    put_name(&wire, "printer.local");
    size_t data = put_record(&wire, DNS_TYPE_A, 0x8001, 120);
    wire_number(&wire, 0xc0000209, 4);
    wire_close(&wire, data, 2);
    struct dns_message *message = message_new();
    ck_assert(parse(&wire, message));
    ck_assert_uint_eq(message->answer_count, 1);
    check_address(&message->answers[0], "printer.local", "192.0.2.9");
    ck_assert_str_eq(message->question, "");

    wire.size = 0;
    put_header(&wire, 0, 2, 0);
    put_name(&wire, "_ipp._tcp.local");
    wire_number(&wire, DNS_TYPE_PTR, 2);
    wire_number(&wire, 0x8001, 2);
    put_question(&wire, "other.local", DNS_TYPE_PTR);
    ck_assert(parse(&wire, message));
    ck_assert_str_eq(message->question, "_ipp._tcp.local");
    ck_assert_uint_eq(message->question_class, 1);
    ck_assert(!message->malformed);
    free(message);
}
END_TEST

START_TEST(bytes_of_no_host_name_empty_the_name)
{
    static const char *const labels[] = {"a.b", "a:443", "a b", "a\x01", "a\xc3\xa9", "127.0.0.1"};
    struct dns_message *message = message_new();
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        struct wire wire = {.size = 0};
        put_header(&wire, 0x0100, 1, 0);
        wire_number(&wire, strlen(labels[i]), 1);
        wire_text(&wire, labels[i]);
        put_question(&wire, "com", DNS_TYPE_A);
        ck_assert(parse(&wire, message));
        ck_assert_str_eq(message->question, "");
    }
    struct wire wire = {.size = 0};
    put_header(&wire, 0x0100, 1, 0);
    put_question(&wire, "192.0.2.1", DNS_TYPE_A); /* an address, as labels */
    ck_assert(parse(&wire, message));
    ck_assert_str_eq(message->question, "");
    wire.size = 0;
    put_header(&wire, 0x0100, 1, 0);
    put_question(&wire, "", DNS_TYPE_NS); /* the root */
    ck_assert(parse(&wire, message));
    ck_assert_str_eq(message->question, "");
    ck_assert_uint_eq(message->question_type, DNS_TYPE_NS);
    free(message);
}
END_TEST

START_TEST(name_at_and_over_the_longest)
{
    struct dns_message *message = message_new();
    for (unsigned last = 61; last <= 63; last++) {
        struct wire wire = {.size = 0};
        put_header(&wire, 0x0100, 1, 0);
        for (unsigned label = 0; label < 4; label++) {
            unsigned size = label < 3 ? 63 : last;
            wire_number(&wire, size, 1);
            for (unsigned i = 0; i < size; i++)
                wire_text(&wire, "x");
        }
        wire_number(&wire, 0, 1);
        wire_number(&wire, 0x00010001, 4);
        ck_assert(parse(&wire, message));
        ck_assert_uint_eq(strlen(message->question), last == 61 ? 253 : 0);
    }
    free(message);
}
END_TEST

/* Puts one A record whose owner is `owner` behind a question. */
static unsigned answers_of_owner(unsigned owner, bool *ret_malformed)
{
    struct wire wire = {.size = 0};
    put_header(&wire, 0x8180, 1, 1);
    put_question(&wire, "a.example.com", DNS_TYPE_A);
    put_address4(&wire, owner, 1);
    struct dns_message *message = message_new();
    ck_assert(parse(&wire, message));
    *ret_malformed = message->malformed;
    unsigned count = message->answer_count;
    free(message);
    return count;
}

START_TEST(pointers_go_backwards_only)
{
    bool malformed = false;
    ck_assert_uint_eq(answers_of_owner(12, &malformed), 1);
    ck_assert(!malformed);
    ck_assert_uint_eq(answers_of_owner(31, &malformed), 0); /* itself */
    ck_assert(malformed);
    ck_assert_uint_eq(answers_of_owner(33, &malformed), 0); /* forward */
    ck_assert(malformed);
    ck_assert_uint_eq(answers_of_owner(4, &malformed), 0); /* into the header */
    ck_assert(malformed);
}
END_TEST

START_TEST(pointer_chain_has_a_budget)
{
    struct dns_message *message = message_new();
    for (unsigned pointers = 64; pointers <= 65; pointers++) {
        struct wire wire = {.size = 0};
        put_header(&wire, 0x8180, 1, 2);
        put_question(&wire, "a", DNS_TYPE_A);
        wire_number(&wire, 0, 1); /* a record whose data is a ladder of pointers */
        size_t data = put_record(&wire, DNS_TYPE_TXT, 1, 1);
        unsigned previous = 12;
        for (unsigned i = 1; i < pointers; i++) {
            unsigned here = (unsigned)wire.size;
            wire_number(&wire, 0xc000 | previous, 2);
            previous = here;
        }
        wire_close(&wire, data, 2);
        put_address4(&wire, previous, 1);
        ck_assert(parse(&wire, message));
        ck_assert_uint_eq(message->answer_count, pointers == 64);
        ck_assert_int_eq(message->malformed, pointers != 64);
    }
    free(message);
}
END_TEST

START_TEST(broken_record_does_not_cost_the_next)
{
    struct wire wire = {.size = 0};
    put_header(&wire, 0x8180, 1, 4);
    put_question(&wire, "a.example.com", DNS_TYPE_A);
    wire_number(&wire, 0xc00c, 2);
    size_t data = put_record(&wire, DNS_TYPE_A, 1, 300);
    wire_number(&wire, 1, 3); /* an address of three bytes */
    wire_close(&wire, data, 2);
    wire_number(&wire, 0xc00c, 2);
    data = put_record(&wire, DNS_TYPE_CNAME, 1, 300);
    put_labels(&wire, "runs-into-the-next-record");
    wire_close(&wire, data, 2);
    wire_number(&wire, 0xc00c, 2);
    data = put_record(&wire, DNS_TYPE_A, 3, 300); /* class CHAOS */
    wire_number(&wire, 1, 4);
    wire_close(&wire, data, 2);
    put_address4(&wire, 12, 7);
    struct dns_message *message = message_new();
    ck_assert(parse(&wire, message));
    ck_assert(message->malformed);
    ck_assert_uint_eq(message->answer_count, 1);
    check_address(&message->answers[0], "a.example.com", "192.0.2.7");
    free(message);
}
END_TEST

START_TEST(answers_over_the_bound_are_counted_only)
{
    struct wire wire = {.size = 0};
    put_header(&wire, 0x8180, 1, DNS_ANSWERS_MAX + 9);
    put_question(&wire, "a.example.com", DNS_TYPE_A);
    for (unsigned i = 0; i < DNS_ANSWERS_MAX + 9; i++)
        put_address4(&wire, 12, i);
    struct dns_message *message = message_new();
    ck_assert(parse(&wire, message));
    ck_assert(!message->malformed);
    ck_assert_uint_eq(message->answer_count, DNS_ANSWERS_MAX);
    ck_assert_uint_eq(message->answer_total, DNS_ANSWERS_MAX + 9);
    free(message);
}
END_TEST

START_TEST(cut_message_gives_what_is_there)
{
    struct wire wire = {.size = 0};
    put_header(&wire, 0x8180, 1, 3);
    put_question(&wire, "a.example.com", DNS_TYPE_A);
    size_t question_end = wire.size;
    for (unsigned i = 1; i <= 3; i++)
        put_address4(&wire, 12, i);
    struct wire whole = wire;
    struct dns_message *message = message_new();
    for (wire.size = 0; wire.size <= whole.size; wire.size++) {
        bool ok = parse(&wire, message);
        ck_assert_int_eq(ok, wire.size >= question_end);
        if (!ok)
            continue;
        ck_assert_str_eq(message->question, "a.example.com");
        ck_assert_uint_eq(message->answer_count, (wire.size - question_end) / 16);
        ck_assert_int_eq(message->malformed, wire.size < whole.size);
    }
    free(message);
}
END_TEST

START_TEST(what_is_no_dns_is_refused)
{
    static const struct {
        unsigned flags, questions, answers;
        bool ok;
    } cases[] = {
        {0x0100, 1, 0, true},  {0x0130, 1, 0, true},   {0x2000, 1, 0, true},  /* notify */
        {0x2800, 1, 0, true},                                                 /* update */
        {0x1000, 1, 0, false}, {0x0800, 1, 0, false},  {0x7800, 1, 0, false}, /* other opcodes */
        {0x0140, 1, 0, false},                                                /* Z */
        {0x0100, 0, 0, false}, {0x0100, 65, 0, false}, {0x0102, 1, 0, false}, /* query, rcode */
        {0x8180, 0, 0, false}, {0x8185, 0, 0, true},   {0x8180, 1, 0xffff, false},
    };
    struct dns_message *message = message_new();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct wire wire = {.size = 0};
        put_header(&wire, cases[i].flags, cases[i].questions, cases[i].answers);
        if (cases[i].questions > 0)
            put_question(&wire, "a.example.com", DNS_TYPE_A);
        ck_assert_msg(parse(&wire, message) == cases[i].ok, "case %zu", i);
    }
    free(message);
}
END_TEST

/* A generator of our own, so that the bytes are the same on each machine. */
START_TEST(random_bytes_are_refused)
{
    struct dns_message *message = message_new();
    uint64_t state = 1;
    unsigned accepted = 0;
    for (unsigned round = 0; round < 20000; round++) {
        struct wire wire = {.size = 0};
        for (unsigned i = 0; i < 16; i++) {
            state = state * 6364136223846793005 + 1442695040888963407;
            wire_number(&wire, state >> 32, 4);
        }
        accepted += parse(&wire, message);
    }
    ck_assert_uint_eq(accepted, 0);
    free(message);
}
END_TEST

START_TEST(numbers_have_texts)
{
    char buffer[12];
    ck_assert_str_eq(dns_type_text(65, buffer), "HTTPS");
    ck_assert_str_eq(dns_type_text(65280, buffer), "TYPE65280");
    ck_assert_str_eq(dns_rcode_text(3, buffer), "NXDOMAIN");
    ck_assert_str_eq(dns_rcode_text(15, buffer), "RCODE15");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {query_gives_its_question,
                                  alias_chain_and_all_addresses_are_kept,
                                  service_record_gives_hints_and_alias,
                                  multicast_bits_in_the_class_are_dropped,
                                  bytes_of_no_host_name_empty_the_name,
                                  name_at_and_over_the_longest,
                                  pointers_go_backwards_only,
                                  pointer_chain_has_a_budget,
                                  broken_record_does_not_cost_the_next,
                                  answers_over_the_bound_are_counted_only,
                                  cut_message_gives_what_is_there,
                                  what_is_no_dns_is_refused,
                                  random_bytes_are_refused,
                                  numbers_have_texts,
                                  NULL};
    return run_suite(suite_of("classify_dns", tests));
}
