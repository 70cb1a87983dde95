/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/error.h"
#include "base/time.h"
#include "bypass.h"
#include "match/match.h"
#include "net/addr.h"
#include "run.h"

#define T0 (INT64_C(1700000000) * NS_PER_S)

static const char text[] =
    "vendor: acme\nname: Acme\njurisdiction: RU\nrevised: 2026-01-02\nsources: {s: a source}\n"
    "fallback_resolvers: {addresses: [8.8.8.8, 1.1.1.1, 9.9.9.9], source: s}\n";

static struct signatures *signatures;
static struct bypass *bypass;
static int64_t now_ns;

static void begin(void)
{
    struct error err = {""};
    signatures = signatures_load_text("acme.yaml", text, strlen(text), &err);
    ck_assert_msg(signatures != NULL, "%s", err.text);
    bypass = bypass_new(signatures);
    now_ns = T0;
}

static void end(void)
{
    bypass_free(bypass);
    signatures_free(signatures);
}

static bool ask(const char *resolver, bool for_vendor)
{
    struct addr client, server;
    ck_assert(addr_parse("10.0.0.5", &client) && addr_parse(resolver, &server));
    now_ns += NS_PER_S;
    return bypass_ask(bypass, &client, for_vendor ? signatures_vendor(signatures, 0) : NULL,
                      &server, now_ns);
}

START_TEST(documented_order_after_the_own_resolver_is_told_once)
{
    begin();
    ck_assert(!ask("10.0.0.53", true));
    ck_assert(!ask("8.8.8.8", true));
    ck_assert(!ask("8.8.8.8", true)); /* the other address family */
    ck_assert(ask("1.1.1.1", true));
    ck_assert(!ask("9.9.9.9", true));
    ck_assert(!ask("10.0.0.53", true));
    ck_assert(!ask("8.8.8.8", true));
    ck_assert(!ask("1.1.1.1", true));
    now_ns += 2 * NS_PER_DAY;
    ck_assert(!ask("10.0.0.53", true));
    ck_assert(!ask("8.8.8.8", true));
    ck_assert(ask("9.9.9.9", true)); /* one may be left out */
    end();
}
END_TEST

START_TEST(other_orders_are_no_fallback)
{
    begin();
    ck_assert(!ask("10.0.0.53", true));
    ck_assert(!ask("1.1.1.1", true));
    ck_assert(!ask("8.8.8.8", true));
    ck_assert(!ask("10.0.0.53", true));
    ck_assert(!ask("8.8.4.4", true));
    ck_assert(!ask("10.0.0.54", true));
    end();
}
END_TEST

START_TEST(own_resolver_must_have_been_asked_before)
{
    begin();
    ck_assert(!ask("8.8.8.8", true));
    ck_assert(!ask("1.1.1.1", true));
    now_ns += 60 * 60 * NS_PER_S;
    ck_assert(!ask("10.0.0.53", true));
    now_ns += 60 * 60 * NS_PER_S;
    ck_assert(!ask("8.8.8.8", true));
    ck_assert(!ask("1.1.1.1", true));
    end();
}
END_TEST

START_TEST(machine_that_always_asks_them_bypasses_nothing)
{
    begin();
    ck_assert(!ask("8.8.8.8", false));
    ck_assert(!ask("1.1.1.1", false));
    ck_assert(!ask("10.0.0.53", true));
    ck_assert(!ask("8.8.8.8", true));
    ck_assert(!ask("1.1.1.1", true));
    ck_assert(!ask("9.9.9.9", true));
    end();
}
END_TEST

START_TEST(pause_ends_the_series)
{
    begin();
    ck_assert(!ask("10.0.0.53", true));
    ck_assert(!ask("8.8.8.8", true));
    now_ns += 20 * 60 * NS_PER_S;
    ck_assert(!ask("1.1.1.1", true));
    end();
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {documented_order_after_the_own_resolver_is_told_once,
                                  other_orders_are_no_fallback,
                                  own_resolver_must_have_been_asked_before,
                                  machine_that_always_asks_them_bypasses_nothing,
                                  pause_ends_the_series,
                                  NULL};
    return run_suite(suite_of("bypass", tests));
}
