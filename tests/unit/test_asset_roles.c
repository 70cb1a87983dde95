/* SPDX-License-Identifier: Apache-2.0 */
/* Who speaks for whom, and whose engine it is. */
#include "asset_rig.h"

static void stand(struct assets *assets, unsigned server, unsigned client, enum asset_stand kind,
                  const struct vendor *vendor, int64_t minute)
{
    struct asset_standing standing = {.ts_ns = rig_time(minute),
                                      .server = rig_addr(server),
                                      .client = rig_addr(client),
                                      .kind = kind,
                                      .vendor = vendor};
    assets_stand_before(assets, &standing);
}

static void serve(struct assets *assets, unsigned server, unsigned client, uint16_t port,
                  int64_t minute)
{
    struct asset_standing standing = {.ts_ns = rig_time(minute),
                                      .server = rig_addr(server),
                                      .client = rig_addr(client),
                                      .kind = ASSET_STAND_SERVICE,
                                      .vendor = &rig_kaspersky,
                                      .service = &rig_server,
                                      .port = port};
    assets_stand_before(assets, &standing);
}

START_TEST(proxy_speaks_for_those_that_asked)
{
    struct assets *assets = rig_new();
    for (int i = 0; i < 12; i++) {
        const struct service *service = i % 2 == 0 ? &rig_update : &rig_ksn;
        for (unsigned client = 11; client <= 13; client++) {
            stand(assets, 1, client, ASSET_STAND_PROXY, &rig_kaspersky, i * 20);
            rig_speak(assets, client, service, i * 20);
        }
        stand(assets, 1, 14, ASSET_STAND_PROXY, NULL, i * 20);
        rig_speak(assets, 1, service, i * 20);
    }
    struct verdict verdict = rig_verdict(assets, 1, &rig_kaspersky);
    ck_assert_int_eq(verdict.role, VERDICT_SPEAKS_FOR);
    ck_assert_uint_eq(verdict.behind, 3);
    ck_assert_int_eq(verdict.state, VERDICT_INSTALLED);
    ck_assert_int_eq(rig_verdict(assets, 12, &rig_kaspersky).role, VERDICT_AGENT);
    ck_assert_int_eq(rig_verdict(assets, 12, &rig_kaspersky).state, VERDICT_INSTALLED);
    ck_assert_uint_eq(rig_drain(assets), 4);
    assets_free(assets);
}
END_TEST

START_TEST(what_no_client_asked_for_is_the_proxys_own)
{
    struct assets *assets = rig_new();
    stand(assets, 1, 11, ASSET_STAND_PROXY, &rig_kaspersky, 0);
    rig_agent(assets, 1, &rig_eset_update, &rig_livegrid, 0, 5 * RIG_HOUR);
    struct asset_change change = rig_change(assets, ASSET_INSTALLED);
    ck_assert_ptr_eq(change.verdict.vendor, &rig_eset);
    ck_assert_int_eq(change.verdict.role, VERDICT_AGENT);
    assets_free(assets);
}
END_TEST

START_TEST(agent_that_turns_out_to_be_a_proxy_is_told_again)
{
    struct assets *assets = rig_new();
    rig_agent(assets, 1, &rig_update, &rig_ksn, 0, 5 * RIG_HOUR);
    ck_assert_int_eq(rig_change(assets, ASSET_INSTALLED).verdict.role, VERDICT_AGENT);
    stand(assets, 1, 11, ASSET_STAND_PROXY, &rig_kaspersky, 5 * RIG_HOUR);
    struct asset_change change = rig_change(assets, ASSET_UPDATED);
    ck_assert_int_eq(change.verdict.role, VERDICT_SPEAKS_FOR);
    ck_assert_uint_eq(change.verdict.behind, 1);
    assets_free(assets);
}
END_TEST

START_TEST(gateway_speaks_for_all_behind_it)
{
    struct assets *assets = rig_new();
    stand(assets, 1, 11, ASSET_STAND_GATEWAY, NULL, 0);
    stand(assets, 1, 12, ASSET_STAND_GATEWAY, NULL, 0);
    rig_speak(assets, 1, &rig_nimbus, 1);
    rig_speak(assets, 1, &rig_livegrid, 2);
    rig_agent(assets, 1, &rig_update, &rig_ksn, 0, 5 * RIG_HOUR);
    struct asset_change change = rig_change(assets, ASSET_INSTALLED);
    ck_assert_int_eq(change.verdict.role, VERDICT_SPEAKS_FOR);
    ck_assert_uint_eq(change.verdict.behind, 2);
    assets_free(assets);
}
END_TEST

START_TEST(client_of_an_internal_server_that_contacts_the_vendor_has_the_product)
{
    struct assets *assets = rig_new();
    for (int i = 0; i < 8; i++) {
        rig_speak(assets, 1, i % 2 == 0 ? &rig_update : &rig_ksn, i * 30);
        serve(assets, 1, 11, 13000, i * 30 + 1);
        serve(assets, 1, 12, 13000, i * 30 + 2);
    }
    struct verdict client = rig_verdict(assets, 11, &rig_kaspersky);
    ck_assert_int_eq(client.role, VERDICT_BEHIND);
    ck_assert_int_eq(client.state, VERDICT_INSTALLED);
    struct addr server = rig_addr(1);
    ck_assert_str_eq(client.product, "Server");
    ck_assert(client.has_speaker && addr_equal(&client.speaker, &server));
    ck_assert_str_eq(rig_reason(&client, "internal-service")->value, "1 ports");
    ck_assert_ptr_nonnull(rig_reason(&client, "speaker"));
    struct verdict verdict = rig_verdict(assets, 1, &rig_kaspersky);
    ck_assert_int_eq(verdict.role, VERDICT_SPEAKS_FOR);
    ck_assert_uint_eq(verdict.behind, 2);
    assets_free(assets);
}
END_TEST

START_TEST(two_internal_ports_are_enough_where_the_server_is_closed_off)
{
    struct assets *assets = rig_new();
    for (int i = 0; i < 16; i++)
        serve(assets, 1, 11, 13000, i * 15);
    rig_no_change(assets);
    struct verdict verdict = rig_verdict(assets, 11, &rig_kaspersky);
    ck_assert_str_eq(rig_reason(&verdict, "held-back")->value,
                     "one port, of a server that does not contact the vendor");
    for (int i = 0; i < 16; i++)
        serve(assets, 1, 11, i % 2 == 0 ? 13000 : 13111, 240 + i * 15);
    ck_assert_int_eq(rig_change(assets, ASSET_INSTALLED).verdict.role, VERDICT_BEHIND);
    rig_no_change(assets);
    assets_free(assets);
}
END_TEST

START_TEST(ports_of_the_web_prove_no_internal_service)
{
    struct assets *assets = rig_new();
    for (int i = 0; i < 30; i++) {
        rig_speak(assets, 1, &rig_ksn, i * 30);
        serve(assets, 1, 11, 8080, i * 30);
        serve(assets, 1, 11, 443, i * 30);
    }
    struct verdict verdict;
    struct addr addr = rig_addr(11);
    ck_assert(!assets_find(assets, &addr, &rig_kaspersky, &verdict));
    stand(assets, 1, 1, ASSET_STAND_PROXY, &rig_kaspersky, 0); /* nobody stands before himself */
    ck_assert_int_eq(rig_verdict(assets, 1, &rig_kaspersky).role, VERDICT_AGENT);
    assets_free(assets);
}
END_TEST

START_TEST(client_that_leaves_its_server_is_removed)
{
    struct assets *assets = rig_new();
    for (int hour = 0; hour < 60; hour++) {
        rig_seen(assets, 11, hour * RIG_HOUR);
        rig_speak(assets, 1, hour % 2 == 0 ? &rig_update : &rig_ksn, hour * RIG_HOUR);
        if (hour < 24)
            serve(assets, 1, 11, 13000, hour * RIG_HOUR + 1);
        assets_tick(assets, rig_time(hour * RIG_HOUR + 2));
    }
    struct asset_change change;
    bool removed = false;
    while (assets_next_change(assets, &change)) {
        struct addr addr = rig_addr(11);
        if (addr_equal(&change.verdict.asset, &addr))
            removed = change.kind == ASSET_REMOVED;
    }
    ck_assert(removed);
    serve(assets, 1, 11, 13000, 61 * RIG_HOUR);
    (void)rig_change(assets, ASSET_RETURNED);
    assets_free(assets);
}
END_TEST

START_TEST(agent_of_its_own_beside_a_server_stays_one)
{
    struct assets *assets = rig_new();
    rig_speak(assets, 11, &rig_ksn, 0);
    serve(assets, 1, 11, 13000, 1);
    rig_agent(assets, 11, &rig_update, &rig_ksn, RIG_HOUR, 5 * RIG_HOUR);
    ck_assert_int_eq(rig_verdict(assets, 11, &rig_kaspersky).role, VERDICT_AGENT);
    assets_free(assets);
}
END_TEST

START_TEST(engine_inside_another_product_is_embedded)
{
    struct assets *assets = rig_new();
    for (int i = 0; i < 12; i++) {
        rig_speak(assets, 1, &rig_oem, i * 120);
        rig_speak(assets, 1, &rig_update,
                  i * 120 + 2); /* the engine's bases come from the vendor, too */
    }
    struct asset_change change = rig_change(assets, ASSET_INSTALLED);
    ck_assert_int_eq(change.verdict.role, VERDICT_EMBEDDED);
    ck_assert_str_eq(change.verdict.embedded->embedder_product, "ZoneAlarm");
    ck_assert_str_eq(rig_reason(&change.verdict, "embedder")->value, "check-point");
    rig_no_change(assets);
    for (int i = 12; i < 14; i++) {
        rig_speak(assets, 1, &rig_ksn, i * 120);
        rig_speak(assets, 1, &rig_stat, i * 120);
    }
    change = rig_change(assets, ASSET_UPDATED);
    ck_assert_int_eq(change.verdict.role, VERDICT_AGENT);
    ck_assert_ptr_null(change.verdict.embedded);
    assets_free(assets);
}
END_TEST

START_TEST(product_is_the_one_used_most)
{
    struct assets *assets = rig_new();
    rig_speak(assets, 1, &rig_server, 0);
    rig_speak(assets, 1, &rig_portal, 1);
    struct verdict verdict = rig_verdict(assets, 1, &rig_kaspersky);
    ck_assert_str_eq(verdict.product, "Server");
    rig_speak(assets, 1, &rig_ksn, 2);
    rig_speak(assets, 1, &rig_update, 3);
    ck_assert_str_eq(rig_verdict(assets, 1, &rig_kaspersky).product, "Endpoint");
    assets_free(assets);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        proxy_speaks_for_those_that_asked,
        what_no_client_asked_for_is_the_proxys_own,
        agent_that_turns_out_to_be_a_proxy_is_told_again,
        gateway_speaks_for_all_behind_it,
        client_of_an_internal_server_that_contacts_the_vendor_has_the_product,
        two_internal_ports_are_enough_where_the_server_is_closed_off,
        ports_of_the_web_prove_no_internal_service,
        client_that_leaves_its_server_is_removed,
        agent_of_its_own_beside_a_server_stays_one,
        engine_inside_another_product_is_embedded,
        product_is_the_one_used_most,
        NULL};
    return run_suite(suite_of("asset_roles", tests));
}
