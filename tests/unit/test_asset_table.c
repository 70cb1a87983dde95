/* SPDX-License-Identifier: Apache-2.0 */
/* Bounds: what goes when the table is full, and that it is counted. */
#include <stdio.h>

#include "asset_rig.h"

static struct assets *small(uint32_t assets_max, uint32_t verdicts_max)
{
    struct assets_options options = {
        .assets_max = assets_max, .verdicts_max = verdicts_max, .installed = 0.9};
    return assets_new(&options);
}

static bool is_kept(const struct assets *assets, unsigned asset, const struct vendor *vendor)
{
    struct verdict verdict;
    struct addr addr = rig_addr(asset);
    return assets_find(assets, &addr, vendor, &verdict);
}

START_TEST(machines_without_verdict_go_first_then_candidates)
{
    struct assets *assets = small(3, 32);
    rig_agent(assets, 1, &rig_update, &rig_ksn, 0, 5 * RIG_HOUR);
    rig_speak(assets, 2, &rig_ksn, 5 * RIG_HOUR);
    rig_seen(assets, 3, 6 * RIG_HOUR);
    rig_seen(assets, 4, 7 * RIG_HOUR);
    rig_seen(assets, 5, 8 * RIG_HOUR);
    const struct assets_counters *counters = assets_counters(assets);
    ck_assert_uint_eq(counters->assets, 3);
    ck_assert_uint_eq(counters->evicted_assets, 2);
    ck_assert(is_kept(assets, 2, &rig_kaspersky));
    rig_speak(assets, 5, &rig_ksn, 8 * RIG_HOUR);
    rig_seen(assets, 6, 9 * RIG_HOUR);
    ck_assert(!is_kept(assets, 2, &rig_kaspersky));
    ck_assert(is_kept(assets, 1, &rig_kaspersky));
    ck_assert(is_kept(assets, 5, &rig_kaspersky));
    assets_free(assets);
}
END_TEST

START_TEST(of_equals_the_one_unseen_longest_goes)
{
    struct assets *assets = small(3, 32);
    for (unsigned i = 1; i <= 3; i++)
        rig_agent(assets, i, &rig_update, &rig_ksn, i * 5 * RIG_HOUR, (i + 1) * 5 * RIG_HOUR);
    rig_seen(assets, 1, 30 * RIG_HOUR);
    rig_agent(assets, 4, &rig_update, &rig_ksn, 31 * RIG_HOUR, 36 * RIG_HOUR);
    ck_assert(is_kept(assets, 1, &rig_kaspersky));
    ck_assert(!is_kept(assets, 2, &rig_kaspersky));
    ck_assert(is_kept(assets, 3, &rig_kaspersky));
    ck_assert_uint_eq(assets_counters(assets)->lost_changes, 1);
    (void)rig_change(assets, ASSET_INSTALLED);
    (void)rig_change(assets, ASSET_INSTALLED);
    (void)rig_change(assets, ASSET_INSTALLED);
    rig_no_change(assets);
    struct assets_place place = {0};
    struct verdict verdict;
    unsigned count = 0;
    while (assets_next_verdict(assets, &place, &verdict))
        count++;
    ck_assert_uint_eq(count, 3);
    assets_free(assets);
}
END_TEST

START_TEST(vendors_of_one_machine_are_bounded)
{
    struct assets *assets = small(10, 3);
    rig_agent(assets, 1, &rig_update, &rig_ksn, 0, 5 * RIG_HOUR);
    rig_speak(assets, 1, &rig_nimbus, 5 * RIG_HOUR);
    rig_speak(assets, 1, &rig_nimbus, 6 * RIG_HOUR);
    rig_speak(assets, 1, &rig_livegrid, 6 * RIG_HOUR);
    rig_speak(assets, 1, &rig_avast_iavs, 7 * RIG_HOUR);
    ck_assert(is_kept(assets, 1, &rig_kaspersky));
    ck_assert(is_kept(assets, 1, &rig_bitdefender));
    ck_assert(!is_kept(assets, 1, &rig_eset));
    ck_assert(is_kept(assets, 1, &rig_avast));
    ck_assert_uint_eq(assets_counters(assets)->verdicts, 3);
    ck_assert_uint_eq(assets_counters(assets)->evicted_verdicts, 1);
    assets_free(assets);
}
END_TEST

static void serve(struct assets *assets, unsigned server, unsigned client, int64_t minute)
{
    struct asset_standing standing = {.ts_ns = rig_time(minute),
                                      .server = rig_addr(server),
                                      .client = rig_addr(client),
                                      .kind = ASSET_STAND_SERVICE,
                                      .vendor = &rig_kaspersky,
                                      .port = 13000};
    assets_stand_before(assets, &standing);
}

START_TEST(servers_of_one_client_are_bounded)
{
    struct assets *assets = small(100, 32);
    for (unsigned server = 20; server < 30; server++) {
        rig_speak(assets, server, &rig_ksn, server);
        serve(assets, server, 1, server);
        serve(assets, 20, 1, server);
    }
    ck_assert_uint_eq(assets_counters(assets)->relations, 8);
    ck_assert_uint_eq(assets_counters(assets)->evicted_relations, 2);
    ck_assert_uint_eq(rig_verdict(assets, 20, &rig_kaspersky).behind, 1);
    ck_assert_uint_eq(rig_verdict(assets, 21, &rig_kaspersky).behind, 0);
    ck_assert_uint_eq(rig_verdict(assets, 29, &rig_kaspersky).behind, 1);
    assets_free(assets);
}
END_TEST

START_TEST(a_machine_goes_with_its_relations)
{
    struct assets *assets = small(4, 32);
    rig_agent(assets, 1, &rig_update, &rig_ksn, 0, 5 * RIG_HOUR);
    for (unsigned client = 11; client <= 13; client++)
        serve(assets, 1, client, 5 * RIG_HOUR + client);
    ck_assert_uint_eq(rig_verdict(assets, 1, &rig_kaspersky).behind, 3);
    serve(assets, 1, 14, 6 * RIG_HOUR);
    ck_assert_uint_eq(rig_verdict(assets, 1, &rig_kaspersky).behind, 3);
    ck_assert_uint_eq(assets_counters(assets)->relations, 3);
    assets_free(assets);
    /* The client takes the only place. */
    assets = small(1, 32);
    serve(assets, 1, 11, 0);
    ck_assert_uint_eq(assets_counters(assets)->assets, 1);
    ck_assert_uint_eq(assets_counters(assets)->relations, 0);
    assets_free(assets);
}
END_TEST

START_TEST(servers_that_go_leave_their_clients)
{
    struct assets *assets = small(4, 32);
    serve(assets, 1, 11, 0);
    serve(assets, 2, 11, 1);
    for (unsigned asset = 21; asset < 30; asset++)
        rig_seen(assets, asset, 120);
    ck_assert_uint_eq(assets_counters(assets)->relations, 0);
    ck_assert(is_kept(assets, 11, &rig_kaspersky));
    assets_free(assets);
}
END_TEST

START_TEST(memory_stays_small)
{
    struct assets_options options = {.assets_max = 20000, .verdicts_max = 32, .installed = 0.9};
    struct assets *assets = assets_new(&options);
    for (unsigned i = 0; i < 20000; i++)
        rig_speak(assets, i, &rig_ksn, i / 100);
    ck_assert_uint_eq(assets_counters(assets)->verdicts, 20000);
    /* Growth by half leaves at most a third unused. */
    ck_assert_uint_le(assets_bytes(assets) / 20000, 600);
    rig_speak(assets, 30000, &rig_ksn, 300);
    ck_assert_uint_eq(assets_counters(assets)->evicted_assets, 1);
    assets_free(assets);
}
END_TEST

START_TEST(changes_keep_their_order_while_some_are_taken)
{
    struct assets *assets = small(1000, 32);
    unsigned taken = 0;
    for (unsigned i = 1; i <= 60; i++) {
        rig_agent(assets, i, &rig_update, &rig_ksn, i * 5 * RIG_HOUR, (i + 1) * 5 * RIG_HOUR);
        if (i % 3 != 0)
            continue;
        struct asset_change change = rig_change(assets, ASSET_INSTALLED);
        struct addr addr = rig_addr(++taken);
        ck_assert(addr_equal(&change.verdict.asset, &addr));
    }
    ck_assert_uint_eq(rig_drain(assets), 60 - taken);
    assets_free(assets);
}
END_TEST

/* Whatever comes in whatever order: the tables stay whole, within their bounds, and all verdicts can be read. */
START_TEST(any_order_of_observations_keeps_the_tables_whole)
{
    static const struct service *const services[] = {&rig_ksn,      &rig_update, &rig_nimbus,
                                                     &rig_livegrid, &rig_wdcp,   &rig_oem};
    struct assets *assets = small(6, 2);
    uint64_t state = 5;
    int64_t minute = 0;
    for (int i = 0; i < 20000; i++) {
        minute += (int64_t)rig_random(&state, 40) - 5;
        unsigned asset = rig_random(&state, 12);
        const struct service *service = services[rig_random(&state, COUNT_OF(services))];
        struct asset_standing standing = {.ts_ns = rig_time(minute),
                                          .server = rig_addr(asset),
                                          .client = rig_addr(rig_random(&state, 12)),
                                          .kind = rig_random(&state, 4),
                                          .vendor = service->vendor,
                                          .port = (uint16_t)(13000 + rig_random(&state, 5))};
        struct asset_contact contact = rig_spoken(asset, service, minute);
        contact.vendor_network = true;
        switch (rig_random(&state, 4)) {
        case 0:
            rig_seen(assets, asset, minute);
            break;
        case 1:
            assets_stand_before(assets, &standing);
            break;
        default:
            assets_contact(assets, &contact);
        }
        assets_tick(assets, rig_time(minute));
        if (i % 7 == 0)
            (void)rig_drain(assets);
        const struct assets_counters *counters = assets_counters(assets);
        ck_assert_uint_le(counters->assets, 6);
        ck_assert_uint_le(counters->verdicts, 12);
        struct assets_place place = {0};
        struct verdict verdict;
        unsigned count = 0;
        while (assets_next_verdict(assets, &place, &verdict)) {
            ck_assert_uint_le(verdict.behind, 12);
            count++;
        }
        ck_assert_uint_eq(count, counters->verdicts);
    }
    assets_free(assets);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {machines_without_verdict_go_first_then_candidates,
                                  of_equals_the_one_unseen_longest_goes,
                                  vendors_of_one_machine_are_bounded,
                                  servers_of_one_client_are_bounded,
                                  a_machine_goes_with_its_relations,
                                  servers_that_go_leave_their_clients,
                                  memory_stays_small,
                                  changes_keep_their_order_while_some_are_taken,
                                  any_order_of_observations_keeps_the_tables_whole,
                                  NULL};
    return run_suite(suite_of("asset_table", tests));
}
