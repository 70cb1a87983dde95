/* SPDX-License-Identifier: Apache-2.0 */
#include "resolvers.h"
#include "run.h"

static struct addr address(const char *text)
{
    struct addr addr;
    ck_assert(addr_parse(text, &addr));
    return addr;
}

START_TEST(those_that_were_added_are_known)
{
    struct resolvers *resolvers = resolvers_new();
    struct addr four = address("10.0.0.53"), six = address("2001:db8::53");
    ck_assert(!resolvers_has(resolvers, &four));
    resolvers_add(resolvers, &four);
    resolvers_add(resolvers, &four);
    resolvers_add(resolvers, &six);
    ck_assert(resolvers_has(resolvers, &four) && resolvers_has(resolvers, &six));
    struct addr next = address("10.0.0.54");
    ck_assert(!resolvers_has(resolvers, &next));
    resolvers_free(resolvers);
    resolvers_free(NULL);
}
END_TEST

START_TEST(group_addresses_are_nobody)
{
    struct resolvers *resolvers = resolvers_new();
    struct addr group = address("224.0.0.251");
    resolvers_add(resolvers, &group);
    ck_assert(!resolvers_has(resolvers, &group));
    resolvers_free(resolvers);
}
END_TEST

START_TEST(there_is_a_bound)
{
    struct resolvers *resolvers = resolvers_new();
    struct addr addr;
    for (unsigned i = 0; i < 5000; i++) {
        addr = addr_from4((const uint8_t[]){10, 1, (uint8_t)(i >> 8), (uint8_t)i});
        resolvers_add(resolvers, &addr);
    }
    ck_assert(!resolvers_has(resolvers, &addr));
    addr = address("10.1.0.0");
    ck_assert(resolvers_has(resolvers, &addr));
    resolvers_free(resolvers);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {those_that_were_added_are_known, group_addresses_are_nobody,
                                  there_is_a_bound, NULL};
    return run_suite(suite_of("resolvers", tests));
}
