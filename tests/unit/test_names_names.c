/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/time.h"
#include "classify/dns.h"
#include "names/names.h"
#include "run.h"

static struct dns_message message; /* 37 KiB */

static struct addr parse(const char *text)
{
    struct addr addr;
    ck_assert_msg(addr_parse(text, &addr), "%s", text);
    return addr;
}

static void start(const char *question)
{
    memset(&message, 0, sizeof message);
    message.response = true;
    (void)snprintf(message.question, sizeof message.question, "%s", question);
}

static struct dns_answer *add(const char *name, uint16_t type, uint32_t ttl_s)
{
    ck_assert_uint_lt(message.answer_count, DNS_ANSWERS_MAX);
    struct dns_answer *answer = &message.answers[message.answer_count++];
    (void)snprintf(answer->name, sizeof answer->name, "%s", name);
    answer->type = type;
    answer->ttl_s = ttl_s;
    return answer;
}

static void add_addr(const char *name, const char *addr, uint32_t ttl_s)
{
    struct dns_answer *answer = add(name, strchr(addr, ':') ? DNS_TYPE_AAAA : DNS_TYPE_A, ttl_s);
    answer->addr = parse(addr);
}

static void add_cname(const char *name, const char *target)
{
    struct dns_answer *answer = add(name, DNS_TYPE_CNAME, 60);
    (void)snprintf(answer->target, sizeof answer->target, "%s", target);
}

static void learn(struct names *names, const char *client, double seconds)
{
    struct addr addr = parse(client);
    names_learn(names, &addr, &message, (int64_t)(seconds * (double)NS_PER_S));
}

static void learn_one(struct names *names, const char *client, const char *name, const char *addr,
                      double seconds)
{
    start(name);
    add_addr(name, addr, 60);
    learn(names, client, seconds);
}

static bool find(struct names *names, const char *client, const char *addr, double seconds,
                 struct name *ret_name)
{
    struct addr client_addr = parse(client), server = parse(addr);
    return names_find(names, &client_addr, &server, (int64_t)(seconds * (double)NS_PER_S),
                      ret_name);
}

/* The name that is found, "" for none. */
static const char *text_of(struct names *names, const char *client, const char *addr)
{
    struct name name;
    return find(names, client, addr, 1, &name) ? name.text : "";
}

static struct names *names_of(uint32_t entries_max)
{
    struct names_options options = {
        .entries_max = entries_max, .ttl_min_ns = 30 * NS_PER_S, .keep_ns = 3600 * NS_PER_S};
    return names_new(&options);
}

START_TEST(an_answer_names_its_addresses_for_the_client)
{
    struct names *names = names_of(100);
    start("update.example.com");
    add_addr("update.example.com", "192.0.2.1", 60);
    add_addr("update.example.com", "2001:db8::1", 60);
    learn(names, "10.0.0.1", 5);
    struct name name;
    ck_assert(find(names, "10.0.0.1", "192.0.2.1", 6, &name));
    ck_assert_str_eq(name.text, "update.example.com");
    ck_assert_ptr_null(name.canonical);
    ck_assert_int_eq(name.source, NAME_SOURCE_DNS);
    ck_assert(name.seen_ns == 5 * NS_PER_S);
    ck_assert(!name.expired);
    ck_assert(find(names, "10.0.0.1", "2001:db8::1", 6, &name));
    ck_assert(!find(names, "10.0.0.1", "192.0.2.2", 6, &name));
    ck_assert_uint_eq(names_counters(names)->answers, 2);
    ck_assert_uint_eq(names_counters(names)->entries, 4);
    names_free(names);
}
END_TEST

START_TEST(another_clients_answer_is_second_best)
{
    struct names *names = names_of(100);
    learn_one(names, "10.0.0.1", "a.example", "192.0.2.1", 0);
    learn_one(names, "10.0.0.2", "b.example", "192.0.2.1", 1);
    struct name name;
    ck_assert(find(names, "10.0.0.1", "192.0.2.1", 2, &name));
    ck_assert_str_eq(name.text, "a.example");
    ck_assert_int_eq(name.source, NAME_SOURCE_DNS);
    ck_assert(find(names, "10.0.0.3", "192.0.2.1", 2, &name));
    ck_assert_str_eq(name.text, "b.example"); /* the latest of any */
    ck_assert_int_eq(name.source, NAME_SOURCE_DNS_OTHER);
    names_free(names);
}
END_TEST

START_TEST(latest_answer_wins)
{
    struct names *names = names_of(100);
    learn_one(names, "10.0.0.1", "a.example", "192.0.2.1", 0);
    learn_one(names, "10.0.0.1", "b.example", "192.0.2.1", 1);
    ck_assert_str_eq(text_of(names, "10.0.0.1", "192.0.2.1"), "b.example");
    ck_assert_uint_eq(names_counters(names)->entries, 2);
    names_free(names);
}
END_TEST

START_TEST(chain_is_named_by_its_start_and_its_end)
{
    struct names *names = names_of(100);
    start("www.example.com");
    add_addr("edge.cdn.example", "192.0.2.1", 60); /* any order of records */
    add_cname("alias.example.net", "edge.cdn.example");
    add_cname("www.example.com", "alias.example.net");
    learn(names, "10.0.0.1", 0);
    struct name name;
    ck_assert(find(names, "10.0.0.1", "192.0.2.1", 1, &name));
    ck_assert_str_eq(name.text, "www.example.com");
    ck_assert_str_eq(name.canonical, "edge.cdn.example");
    learn_one(names, "10.0.0.1", "edge.cdn.example", "192.0.2.1", 1);
    ck_assert(find(names, "10.0.0.1", "192.0.2.1", 1, &name));
    ck_assert_ptr_null(name.canonical);
    names_free(names);
}
END_TEST

START_TEST(question_wins_where_two_chains_meet)
{
    struct names *names = names_of(100);
    start("b.example");
    add_cname("a.example", "edge.example");
    add_cname("b.example", "edge.example");
    add_addr("edge.example", "192.0.2.1", 60);
    learn(names, "10.0.0.1", 0);
    ck_assert_str_eq(text_of(names, "10.0.0.1", "192.0.2.1"), "b.example");
    names_free(names);
}
END_TEST

START_TEST(owner_off_the_chain_stands_for_itself)
{
    struct names *names = names_of(100);
    start("a.example");
    add_addr("other.example", "192.0.2.1", 60);
    add_cname("third.example", "fourth.example");
    add_addr("fourth.example", "192.0.2.2", 60);
    learn(names, "10.0.0.1", 0);
    ck_assert_str_eq(text_of(names, "10.0.0.1", "192.0.2.1"), "other.example");
    ck_assert_str_eq(text_of(names, "10.0.0.1", "192.0.2.2"), "third.example");
    names_free(names);
}
END_TEST

START_TEST(multicast_answers_name_hosts_for_everybody)
{
    struct names *names = names_of(100);
    start("");
    add_addr("printer.local", "10.0.0.9", 120);
    learn(names, "224.0.0.251", 0);
    struct name name;
    ck_assert(find(names, "10.0.0.1", "10.0.0.9", 1, &name));
    ck_assert_str_eq(name.text, "printer.local");
    ck_assert_int_eq(name.source, NAME_SOURCE_DNS_OTHER);
    ck_assert_uint_eq(names_counters(names)->entries, 1);
    names_free(names);
}
END_TEST

START_TEST(loops_of_aliases_end)
{
    struct names *names = names_of(100);
    start("a.example");
    add_cname("a.example", "b.example");
    add_cname("b.example", "a.example");
    add_cname("c.example", "c.example");
    add_addr("c.example", "192.0.2.1", 60);
    add_addr("b.example", "192.0.2.2", 60);
    learn(names, "10.0.0.1", 0);
    ck_assert_str_eq(text_of(names, "10.0.0.1", "192.0.2.1"), "c.example");
    ck_assert_str_eq(text_of(names, "10.0.0.1", "192.0.2.2"), "a.example");
    names_free(names);
}
END_TEST

START_TEST(longest_possible_chain_is_followed)
{
    struct names *names = names_of(200);
    start("n0.example");
    for (int i = 0; i < DNS_ANSWERS_MAX - 1; i++) {
        char from[32], to[32];
        (void)snprintf(from, sizeof from, "n%d.example", i);
        (void)snprintf(to, sizeof to, "n%d.example", i + 1);
        add_cname(from, to);
    }
    add_addr("n63.example", "192.0.2.1", 60);
    learn(names, "10.0.0.1", 0);
    ck_assert_str_eq(text_of(names, "10.0.0.1", "192.0.2.1"), "n0.example");
    names_free(names);
}
END_TEST

START_TEST(what_is_no_answer_is_ignored)
{
    struct names *names = names_of(100);
    start("a.example");
    add_addr("a.example", "192.0.2.1", 60);
    message.response = false;
    learn(names, "10.0.0.1", 0);
    message.response = true;
    message.opcode = 5;
    learn(names, "10.0.0.1", 0);
    ck_assert_uint_eq(names_counters(names)->entries, 0);
    start("a.example");
    add_addr("a.example", "0.0.0.0", 60); /* a block list's answer is no machine */
    add_addr("", "192.0.2.1", 60);
    add("a.example", DNS_TYPE_TXT, 60);
    learn(names, "10.0.0.1", 0);
    ck_assert_uint_eq(names_counters(names)->entries, 0);
    names_free(names);
}
END_TEST

START_TEST(names_are_marked_past_their_ttl_and_forgotten_later)
{
    struct names *names = names_of(100);
    start("a.example");
    add_addr("a.example", "192.0.2.1", 100);
    learn(names, "10.0.0.1", 0);
    struct name name;
    ck_assert(find(names, "10.0.0.1", "192.0.2.1", 100, &name));
    ck_assert(!name.expired);
    ck_assert(find(names, "10.0.0.1", "192.0.2.1", 100.5, &name));
    ck_assert(name.expired);
    ck_assert(find(names, "10.0.0.1", "192.0.2.1", 3700, &name));
    ck_assert(!find(names, "10.0.0.1", "192.0.2.1", 3701, &name));
    ck_assert_uint_eq(names_counters(names)->expired, 2);
    ck_assert_uint_eq(names_counters(names)->entries, 0);
    names_free(names);
}
END_TEST

START_TEST(short_and_absurd_ttls_count_as_the_least)
{
    static const uint32_t ttls[] = {0, 1, 0x80000000, UINT32_MAX};
    struct names *names = names_of(100);
    for (size_t i = 0; i < COUNT_OF(ttls); i++) {
        start("a.example");
        add_addr("a.example", "192.0.2.1", ttls[i]);
        learn(names, "10.0.0.1", 0);
        struct name name;
        ck_assert(find(names, "10.0.0.1", "192.0.2.1", 30, &name));
        ck_assert(!name.expired);
        ck_assert(find(names, "10.0.0.1", "192.0.2.1", 31, &name));
        ck_assert(name.expired);
    }
    names_free(names);
}
END_TEST

START_TEST(least_recently_used_goes_first_at_the_bound)
{
    struct names *names = names_of(6);
    learn_one(names, "10.0.0.1", "a.example", "192.0.2.1", 0);
    learn_one(names, "10.0.0.1", "b.example", "192.0.2.2", 0);
    learn_one(names, "10.0.0.1", "c.example", "192.0.2.3", 0);
    ck_assert_str_eq(text_of(names, "10.0.0.1", "192.0.2.1"), "a.example"); /* used */
    learn_one(names, "10.0.0.1", "d.example", "192.0.2.4", 0);
    ck_assert_uint_eq(names_counters(names)->entries, 6);
    ck_assert_uint_eq(names_counters(names)->evicted, 2);
    ck_assert_str_eq(text_of(names, "10.0.0.1", "192.0.2.1"), "a.example");
    ck_assert_str_eq(text_of(names, "10.0.0.9", "192.0.2.1"), ""); /* the two that went */
    ck_assert_str_eq(text_of(names, "10.0.0.9", "192.0.2.2"), "");
    ck_assert_str_eq(text_of(names, "10.0.0.1", "192.0.2.2"), "b.example");
    ck_assert_str_eq(text_of(names, "10.0.0.9", "192.0.2.3"), "c.example");
    ck_assert_str_eq(text_of(names, "10.0.0.1", "192.0.2.3"), "c.example");
    ck_assert_str_eq(text_of(names, "10.0.0.1", "192.0.2.4"), "d.example");
    names_free(names);
}
END_TEST

START_TEST(forgotten_names_make_room_without_an_eviction)
{
    struct names *names = names_of(100);
    learn_one(names, "10.0.0.1", "a.example", "192.0.2.1", 0);
    for (int i = 0; i < 10; i++)
        learn_one(names, "10.0.0.1", "b.example", "192.0.2.2", 10000 + i);
    learn_one(names, "10.0.0.1", "c.example", "192.0.2.3", 10020);
    ck_assert_uint_eq(names_counters(names)->expired, 2);
    ck_assert_uint_eq(names_counters(names)->evicted, 0);
    ck_assert_uint_eq(names_counters(names)->entries, 4);
    names_free(names);
}
END_TEST

START_TEST(names_of_the_capture_file_are_last_and_stay)
{
    struct names *names = names_of(100);
    struct addr addr = parse("192.0.2.1"), other = parse("192.0.2.2");
    names_learn_file(names, &addr, "Server.Example.");
    names_learn_file(names, &other, "not a name");
    names_learn_file(names, &other, "");
    struct name name;
    ck_assert(find(names, "10.0.0.1", "192.0.2.1", 9e8, &name));
    ck_assert_str_eq(name.text, "server.example");
    ck_assert_int_eq(name.source, NAME_SOURCE_FILE);
    ck_assert(!name.expired && name.seen_ns == 0);
    ck_assert(!find(names, "10.0.0.1", "192.0.2.2", 0, &name));
    learn_one(names, "10.0.0.2", "a.example", "192.0.2.1", 9e8);
    ck_assert(find(names, "10.0.0.1", "192.0.2.1", 9e8, &name));
    ck_assert_int_eq(name.source, NAME_SOURCE_DNS_OTHER);
    names_free(names);
}
END_TEST

START_TEST(the_least_bound_still_works)
{
    struct names *names = names_of(0);
    for (int i = 0; i < 10; i++) {
        char host[32], addr[32];
        (void)snprintf(host, sizeof host, "h%d.example", i);
        (void)snprintf(addr, sizeof addr, "192.0.2.%d", i + 1);
        learn_one(names, "10.0.0.1", host, addr, i);
        ck_assert_str_eq(text_of(names, "10.0.0.1", addr), host);
    }
    ck_assert_uint_eq(names_counters(names)->entries, 2);
    names_free(names);
    names_free(NULL);
}
END_TEST

/* Random learning and looking up in a small set: bounded, and never a wrong name. */
START_TEST(names_stay_right_under_churn)
{
    struct names *names = names_of(300);
    uint32_t state = 9;
    unsigned found = 0;
    for (int i = 0; i < 20000; i++) {
        state = state * 1664525U + 1013904223U;
        char host[32], addr[32], client[32];
        unsigned number = state >> 16 & 511;
        (void)snprintf(host, sizeof host, "h%u.example", number);
        (void)snprintf(addr, sizeof addr, "192.0.%u.%u", number >> 8, (number & 255) | 1);
        (void)snprintf(client, sizeof client, "10.0.0.%u", state >> 28);
        (void)snprintf(host, sizeof host, "h%u.example", number | 1);
        if (state >> 8 & 1) {
            learn_one(names, client, host, addr, 0.5);
            continue;
        }
        const char *text = text_of(names, client, addr);
        found += text[0] != '\0';
        ck_assert(text[0] == '\0' || strcmp(text, host) == 0);
        ck_assert_uint_le(names_counters(names)->entries, 300);
    }
    ck_assert_uint_gt(found, 1000);
    names_free(names);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {an_answer_names_its_addresses_for_the_client,
                            another_clients_answer_is_second_best,
                            latest_answer_wins,
                            chain_is_named_by_its_start_and_its_end,
                            question_wins_where_two_chains_meet,
                            owner_off_the_chain_stands_for_itself,
                            multicast_answers_name_hosts_for_everybody,
                            loops_of_aliases_end,
                            longest_possible_chain_is_followed,
                            what_is_no_answer_is_ignored,
                            names_are_marked_past_their_ttl_and_forgotten_later,
                            short_and_absurd_ttls_count_as_the_least,
                            least_recently_used_goes_first_at_the_bound,
                            forgotten_names_make_room_without_an_eviction,
                            names_of_the_capture_file_are_last_and_stay,
                            the_least_bound_still_works,
                            names_stay_right_under_churn,
                            NULL};
    return run_suite(suite_of("names_names", tests));
}
