/* SPDX-License-Identifier: Apache-2.0 */
/* What makes a verdict, and what does not. */
#include "asset_rig.h"

START_TEST(agent_of_two_purposes_is_installed)
{
    struct assets *assets = rig_new();
    rig_agent(assets, 1, &rig_update, &rig_ksn, 8 * RIG_HOUR, 11 * RIG_HOUR);
    struct asset_change change = rig_change(assets, ASSET_INSTALLED);
    ck_assert_ptr_eq(change.verdict.vendor, &rig_kaspersky);
    ck_assert_str_eq(change.verdict.product, "Endpoint");
    ck_assert_str_eq(change.verdict.product_kind, "endpoint");
    ck_assert_int_eq(change.verdict.role, VERDICT_AGENT);
    ck_assert_int_eq(change.verdict.state, VERDICT_INSTALLED);
    ck_assert(change.verdict.probability >= 0.9);
    ck_assert(change.verdict.since_ns == change.ts_ns);
    ck_assert(change.verdict.first_ns == rig_time(8 * RIG_HOUR + 1));
    rig_no_change(assets);
    assets_free(assets);
}
END_TEST

START_TEST(few_contacts_spread_over_a_day_are_enough)
{
    struct assets *assets = rig_new();
    rig_speak(assets, 1, &rig_update, 8 * RIG_HOUR);
    for (int i = 1; i < 5; i++)
        rig_speak(assets, 1, &rig_ksn, (8 + 2 * i) * RIG_HOUR);
    (void)rig_change(assets, ASSET_INSTALLED);
    assets_free(assets);
}
END_TEST

START_TEST(nameless_conversations_with_the_vendors_network_are_enough_when_they_recur)
{
    struct assets *assets = rig_new();
    for (int i = 0; i < 9; i++) {
        struct asset_contact contact = rig_opaque(1, &rig_kaspersky, 9 * RIG_HOUR + i * 15);
        assets_contact(assets, &contact);
    }
    struct asset_change change = rig_change(assets, ASSET_INSTALLED);
    ck_assert_ptr_null(change.verdict.product);
    ck_assert_ptr_nonnull(rig_reason(&change.verdict, "vendor-network"));
    assets_free(assets);
}
END_TEST

START_TEST(nameless_traffic_of_which_the_start_was_missed_is_not)
{
    struct assets *assets = rig_new();
    for (int i = 0; i < 40; i++) {
        struct asset_contact contact = rig_opaque(1, &rig_kaspersky, 9 * RIG_HOUR + i * 15);
        contact.weight = 0.28;
        assets_contact(assets, &contact);
    }
    rig_no_change(assets);
    assets_free(assets);
}
END_TEST

START_TEST(one_decoy_is_not)
{
    struct assets *assets = rig_new();
    rig_look(assets, 1, &rig_ksn, 100);
    rig_speak(assets, 1, &rig_ksn, 100);
    rig_speak(assets, 1, &rig_update, 101);
    rig_no_change(assets);
    struct verdict verdict = rig_verdict(assets, 1, &rig_kaspersky);
    ck_assert_int_eq(verdict.state, VERDICT_CANDIDATE);
    ck_assert(verdict.probability <= 0.6);
    ck_assert_str_eq(rig_reason(&verdict, "held-back")->value, "one occasion only");
    assets_free(assets);
}
END_TEST

START_TEST(visits_to_web_sites_and_portals_never_are)
{
    struct assets *assets = rig_new();
    for (int i = 0; i < 500; i++) {
        struct asset_contact site = rig_spoken(1, &rig_any, i * 30);
        site.vendor_network = true;
        assets_contact(assets, &site);
        rig_speak(assets, 1, &rig_portal, i * 30 + 10);
        struct asset_contact weak = rig_spoken(1, &rig_update, i * 30 + 20);
        weak.weak = true;
        assets_contact(assets, &weak);
        struct asset_beacon beat = {.ts_ns = rig_time(i * 30 + 21),
                                    .asset = rig_addr(1),
                                    .vendor = &rig_kaspersky,
                                    .period_ns = RIG_MIN,
                                    .p_value = 1e-6};
        assets_beacon(assets, &beat);
        struct addr addr = rig_addr(1);
        assets_upload(assets, &addr, &rig_kaspersky, NULL, rig_time(i * 30 + 22));
    }
    rig_no_change(assets);
    struct verdict verdict = rig_verdict(assets, 1, &rig_kaspersky);
    ck_assert(verdict.probability <= 0.1);
    ck_assert_str_eq(rig_reason(&verdict, "held-back")->value,
                     "web sites, portals or certificates only");
    assets_free(assets);
}
END_TEST

START_TEST(names_that_product_and_web_share_do_not_add_up)
{
    struct assets *assets = rig_new();
    for (int i = 0; i < 100; i++) {
        struct asset_contact contact = rig_spoken(1, &rig_mixed, i * 30);
        contact.weight = 0.34;
        assets_contact(assets, &contact);
    }
    rig_no_change(assets);
    assets_free(assets);
}
END_TEST

/* Names of several vendors, some of them again and again; channels: 1 look-ups, 2 flows, 3 both. */
static void run_decoys(uint64_t seed, unsigned channels, bool at_home)
{
    static const struct service *const decoys[] = {
        &rig_ksn,        &rig_update,      &rig_nimbus,     &rig_livegrid,
        &rig_avast_iavs, &rig_eset_update, &rig_avira_query};
    struct assets *assets = rig_new();
    uint64_t state = seed;
    int64_t minute = 0;
    for (int i = 0; i < (at_home ? 12 : 60); i++) {
        minute += 1 + rig_random(&state, at_home ? 120 : 30);
        const struct service *decoy = decoys[rig_random(&state, COUNT_OF(decoys))];
        if (at_home &&
            (decoy == &rig_update || decoy == &rig_eset_update || decoy == &rig_avira_query))
            continue; /* one name of each owner */
        if (channels & 1)
            rig_look(assets, 1, decoy, minute);
        struct asset_contact contact = rig_spoken(1, decoy, minute);
        contact.vendor_network = at_home;
        if (channels & 2)
            assets_contact(assets, &contact);
    }
    rig_no_change(assets);
    assets_free(assets);
}

START_TEST(decoys_of_several_vendors_are_not_believed)
{
    for (uint64_t seed = 0; seed < 50; seed++)
        for (unsigned channels = 1; channels <= 3; channels++)
            run_decoys(seed, channels, false);
}
END_TEST

START_TEST(nor_are_a_few_that_lead_to_the_vendors_themselves)
{
    for (uint64_t seed = 0; seed < 50; seed++)
        run_decoys(seed, 3, true);
}
END_TEST

START_TEST(decoys_beside_an_agent_do_not_hide_it)
{
    struct assets *assets = rig_new();
    for (int i = 0; i < 30; i++) {
        struct asset_contact contact = rig_spoken(1, &rig_ksn, i * 20);
        contact.vendor_network = true;
        assets_contact(assets, &contact);
        if (i % 10 == 5) {
            rig_speak(assets, 1, &rig_nimbus, i * 20 + 1);
            rig_speak(assets, 1, &rig_livegrid, i * 20 + 2);
            rig_speak(assets, 1, &rig_avast_iavs, i * 20 + 3);
        }
    }
    struct asset_change change = rig_change(assets, ASSET_INSTALLED);
    ck_assert_ptr_eq(change.verdict.vendor, &rig_kaspersky);
    rig_no_change(assets);
    struct verdict verdict = rig_verdict(assets, 1, &rig_bitdefender);
    ck_assert_str_eq(rig_reason(&verdict, "held-back")->value,
                     "several vendors are contacted in the same thin way");
    assets_free(assets);
}
END_TEST

START_TEST(an_agent_far_busier_than_decoys_stands_out)
{
    struct assets *assets = rig_new();
    rig_speak(assets, 1, &rig_nimbus, 1);
    rig_speak(assets, 1, &rig_livegrid, 2);
    for (int i = 0; i < 40; i++)
        rig_speak(assets, 1, i % 2 == 0 ? &rig_ksn : &rig_update, 10 + i * 20);
    ck_assert_ptr_eq(rig_change(assets, ASSET_INSTALLED).verdict.vendor, &rig_kaspersky);
    assets_free(assets);
}
END_TEST

START_TEST(two_vendors_of_one_purpose_each_are_decoys)
{
    struct assets *assets = rig_new();
    for (int i = 0; i < 30; i++) {
        rig_speak(assets, 1, &rig_ksn, i * 30);
        rig_speak(assets, 1, &rig_nimbus, i * 30 + 10);
    }
    rig_no_change(assets);
    assets_free(assets);
}
END_TEST

START_TEST(vendors_of_one_owner_and_the_systems_own_are_no_rivals)
{
    struct assets *assets = rig_new();
    for (int i = 0; i < 10; i++) {
        rig_speak(assets, 1, &rig_avast_iavs, i * 60);
        rig_speak(assets, 1, &rig_avira_query, i * 60 + 10);
        rig_speak(assets, 1, &rig_wdcp, i * 60 + 20);
    }
    ck_assert_uint_eq(assets_counters(assets)->installed, 3);
    assets_free(assets);
}
END_TEST

START_TEST(a_saved_page_that_looks_a_script_host_up_is_not)
{
    struct assets *assets = rig_new();
    for (int i = 0; i < 40; i++) {
        struct asset_contact contact = rig_lookup(1, &rig_script, i * 180);
        contact.below_domain = true;
        contact.name_hash = (uint64_t)i + 1;
        assets_contact(assets, &contact);
    }
    rig_no_change(assets);
    ck_assert_uint_eq(rig_verdict(assets, 1, &rig_kaspersky).lookups, 0);
    assets_free(assets);
}
END_TEST

START_TEST(look_ups_for_one_purpose_are_not)
{
    struct assets *assets = rig_new();
    for (int i = 0; i < 200; i++)
        rig_look(assets, 1, &rig_ksn, i * 30);
    rig_no_change(assets);
    struct verdict verdict = rig_verdict(assets, 1, &rig_kaspersky);
    ck_assert_str_eq(rig_reason(&verdict, "held-back")->value, "looked up only, for one purpose");
    assets_free(assets);
}
END_TEST

START_TEST(look_ups_for_two_purposes_are_when_they_recur)
{
    struct assets *assets = rig_new();
    rig_look(assets, 1, &rig_ksn, 1);
    rig_look(assets, 1, &rig_update, 1);
    rig_no_change(assets);
    for (int i = 1; i < 24; i++)
        rig_look(assets, 1, i % 2 == 0 ? &rig_ksn : &rig_update, i * 40);
    (void)rig_change(assets, ASSET_INSTALLED);
    assets_free(assets);
}
END_TEST

START_TEST(reputation_asked_in_names_is)
{
    struct assets *assets = rig_new();
    for (int i = 0; i < 24; i++) {
        struct asset_contact contact = rig_lookup(1, &rig_livegrid, i * 10);
        contact.below_domain = true;
        contact.name_hash = (uint64_t)i * 7919;
        assets_contact(assets, &contact);
    }
    struct asset_change change = rig_change(assets, ASSET_INSTALLED);
    ck_assert_ptr_nonnull(rig_reason(&change.verdict, "look-up-names"));
    assets_free(assets);
}
END_TEST

START_TEST(what_a_resolver_looks_up_is_its_clients)
{
    struct assets *assets = rig_new();
    struct asset_standing standing = {.ts_ns = rig_time(0),
                                      .server = rig_addr(1),
                                      .client = rig_addr(2),
                                      .kind = ASSET_STAND_RESOLVER};
    assets_stand_before(assets, &standing);
    for (int i = 0; i < 24; i++)
        rig_look(assets, 1, i % 2 == 0 ? &rig_ksn : &rig_update, i * 40);
    struct verdict verdict;
    struct addr addr = rig_addr(1);
    ck_assert(!assets_find(assets, &addr, &rig_kaspersky, &verdict));
    rig_no_change(assets);
    assets_free(assets);
}
END_TEST

START_TEST(a_beat_makes_an_agent_of_one_purpose_sure)
{
    struct assets *assets = rig_new();
    for (int i = 0; i < 6; i++)
        rig_speak(assets, 1, &rig_livegrid, i * 60);
    rig_no_change(assets);
    struct asset_beacon beat = {.ts_ns = rig_time(6 * 60),
                                .asset = rig_addr(1),
                                .vendor = &rig_eset,
                                .service = &rig_livegrid,
                                .period_ns = 60 * RIG_MIN,
                                .p_value = 0.5};
    assets_beacon(assets, &beat);
    rig_no_change(assets);
    beat.p_value = 0.004;
    assets_beacon(assets, &beat);
    struct asset_change change = rig_change(assets, ASSET_INSTALLED);
    ck_assert_str_eq(rig_reason(&change.verdict, "beacon")->value, "each 3600 s, chance 0.004");
    beat.vendor = &rig_avast;
    assets_beacon(assets, &beat);
    beat.asset = rig_addr(9);
    assets_beacon(assets, &beat);
    rig_no_change(assets);
    assets_free(assets);
}
END_TEST

START_TEST(blocked_agent_is_installed_and_blocked)
{
    struct assets *assets = rig_new();
    for (int i = 0; i < 16; i++) {
        const struct service *service = i % 2 == 0 ? &rig_update : &rig_ksn;
        rig_look(assets, 1, service, i * 45);
        struct asset_contact contact = rig_spoken(1, service, i * 45);
        contact.spoken = contact.answered = false;
        contact.weight = 0.33;
        assets_contact(assets, &contact);
        contact.first = false;
        contact.blocked = true;
        assets_contact(assets, &contact);
    }
    ck_assert(rig_change(assets, ASSET_INSTALLED).verdict.blocked);
    rig_speak(assets, 1, &rig_update, 16 * 45);
    ck_assert(!rig_verdict(assets, 1, &rig_kaspersky).blocked);
    assets_tick(assets, rig_time(17 * 45));
    ck_assert(!rig_change(assets, ASSET_UPDATED).verdict.blocked);
    assets_free(assets);
}
END_TEST

/* Agents of all kinds for a day; machines on for 3 to 24 hours. */
START_TEST(agents_of_many_kinds_are_found_within_a_day)
{
    static const struct service *const services[] = {&rig_ksn, &rig_update, &rig_stat};
    unsigned found = 0, all = 0;
    for (uint64_t seed = 0; seed < 600; seed++) {
        struct assets *assets = rig_new();
        uint64_t state = seed;
        unsigned hours = seed % 3 == 0 ? 3 : 8 + rig_random(&state, 17);
        unsigned contacts = 6 + rig_random(&state, 60);
        unsigned kinds = 2 + rig_random(&state, 2);
        bool network = rig_random(&state, 2) == 0;
        bool named = seed % 4 != 3;
        int64_t minutes[80];
        for (unsigned i = 0; i < contacts; i++)
            minutes[i] = rig_random(&state, hours * RIG_HOUR);
        for (unsigned i = 0; i < contacts; i++)
            for (unsigned j = i + 1; j < contacts; j++)
                if (minutes[j] < minutes[i]) {
                    int64_t other = minutes[i];
                    minutes[i] = minutes[j];
                    minutes[j] = other;
                }
        for (unsigned i = 0; i < contacts; i++) {
            const struct service *service = services[i % 4 == 0 ? 1 : rig_random(&state, kinds)];
            struct asset_contact contact = named ? rig_spoken(1, service, minutes[i])
                                                 : rig_opaque(1, &rig_kaspersky, minutes[i]);
            contact.vendor_network = !named || network;
            if (named)
                rig_look(assets, 1, service, minutes[i]);
            assets_contact(assets, &contact);
        }
        all++;
        found += rig_drain(assets) > 0;
        assets_free(assets);
    }
    ck_assert_msg(found * 1000 >= all * 985, "%u of %u", found, all);
}
END_TEST

START_TEST(volume_certificate_and_port_support)
{
    struct assets *assets = rig_new();
    struct addr addr = rig_addr(1);
    for (int i = 0; i < 6; i++) {
        struct asset_contact contact = rig_spoken(1, &rig_ksn, 2 * i);
        contact.port = contact.certificate = true;
        assets_contact(assets, &contact);
        contact.first = false;
        contact.bytes_out = 900;
        contact.bytes_in = 4000;
        assets_contact(assets, &contact);
    }
    struct verdict verdict = rig_verdict(assets, 1, &rig_kaspersky);
    ck_assert_uint_eq(verdict.contacts, 6);
    ck_assert_uint_eq(verdict.bytes_out, 5400);
    ck_assert_uint_eq(verdict.bytes_in, 24000);
    ck_assert_str_eq(rig_reason(&verdict, "volume")->value, "6 small conversations");
    ck_assert_ptr_nonnull(rig_reason(&verdict, "certificate"));
    ck_assert_ptr_nonnull(rig_reason(&verdict, "port"));
    struct asset_contact update = rig_spoken(1, &rig_update, 13);
    update.bytes_in = 3000000;
    assets_contact(assets, &update);
    verdict = rig_verdict(assets, 1, &rig_kaspersky);
    ck_assert_str_eq(rig_reason(&verdict, "volume")->value, "an update's body");
    assets_upload(assets, &addr, &rig_kaspersky, &rig_ksn, rig_time(14));
    verdict = rig_verdict(assets, 1, &rig_kaspersky);
    ck_assert_str_eq(rig_reason(&verdict, "volume")->value, "1 uploads");
    assets_upload(assets, &addr, &rig_eset, &rig_livegrid, rig_time(14));
    assets_free(assets);
}
END_TEST

START_TEST(reasons_combine_to_the_probability)
{
    struct assets *assets = rig_new();
    for (int i = 0; i < 40; i++)
        for (int j = 0; j < 30; j++)
            rig_seen(assets, 1, i * 60 + j);
    rig_agent(assets, 1, &rig_update, &rig_ksn, 40 * RIG_HOUR, 80 * RIG_HOUR);
    struct verdict verdict = rig_verdict(assets, 1, &rig_kaspersky);
    double doubt = 1.0;
    for (size_t i = 0; i < verdict.reason_count; i++)
        doubt *= 1.0 - verdict.reasons[i].weight;
    ck_assert_double_eq_tol(verdict.probability, 1.0 - doubt, 1e-12);
    ck_assert_str_eq(rig_reason(&verdict, "purposes")->value, "update, cloud_reputation");
    ck_assert_str_eq(rig_reason(&verdict, "around-the-clock")->value, "24 hours of the day");
    ck_assert_ptr_nonnull(rig_reason(&verdict, "unattended"));
    ck_assert_ptr_null(rig_reason(&verdict, "held-back"));
    assets_free(assets);
}
END_TEST

START_TEST(verdicts_come_by_first_sight_of_machine_and_vendor)
{
    struct assets *assets = rig_new();
    const uint8_t mac[6] = {2, 0, 0, 0, 0, 7};
    struct addr addr = rig_addr(7);
    struct assets_place place = {0};
    struct verdict verdict;
    ck_assert(!assets_next_verdict(assets, &place, &verdict));
    rig_seen(assets, 9, 0);
    assets_seen(assets, &addr, rig_time(0), mac);
    rig_speak(assets, 3, &rig_ksn, 1);
    rig_speak(assets, 7, &rig_nimbus, 2);
    rig_speak(assets, 7, &rig_ksn, 3);
    ck_assert(assets_next_verdict(assets, &place, &verdict));
    ck_assert(addr_equal(&verdict.asset, &addr));
    ck_assert_ptr_eq(verdict.vendor, &rig_bitdefender);
    ck_assert(verdict.has_mac);
    ck_assert_mem_eq(verdict.mac, mac, 6);
    ck_assert(assets_next_verdict(assets, &place, &verdict));
    ck_assert_ptr_eq(verdict.vendor, &rig_kaspersky);
    ck_assert(assets_next_verdict(assets, &place, &verdict));
    addr = rig_addr(3);
    ck_assert(addr_equal(&verdict.asset, &addr));
    ck_assert(!verdict.has_mac);
    ck_assert(!assets_next_verdict(assets, &place, &verdict));
    assets_free(assets);
    assets_free(NULL);
}
END_TEST

START_TEST(words_are_those_of_events)
{
    ck_assert_str_eq(verdict_role_text(VERDICT_SPEAKS_FOR), "speaks-for");
    ck_assert_str_eq(verdict_state_text(VERDICT_RETURNED), "returned");
    ck_assert_str_eq(asset_change_text(ASSET_REPLACED), "replaced");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        agent_of_two_purposes_is_installed,
        few_contacts_spread_over_a_day_are_enough,
        nameless_conversations_with_the_vendors_network_are_enough_when_they_recur,
        nameless_traffic_of_which_the_start_was_missed_is_not,
        one_decoy_is_not,
        visits_to_web_sites_and_portals_never_are,
        names_that_product_and_web_share_do_not_add_up,
        decoys_of_several_vendors_are_not_believed,
        nor_are_a_few_that_lead_to_the_vendors_themselves,
        decoys_beside_an_agent_do_not_hide_it,
        an_agent_far_busier_than_decoys_stands_out,
        two_vendors_of_one_purpose_each_are_decoys,
        vendors_of_one_owner_and_the_systems_own_are_no_rivals,
        a_saved_page_that_looks_a_script_host_up_is_not,
        look_ups_for_one_purpose_are_not,
        look_ups_for_two_purposes_are_when_they_recur,
        reputation_asked_in_names_is,
        what_a_resolver_looks_up_is_its_clients,
        a_beat_makes_an_agent_of_one_purpose_sure,
        blocked_agent_is_installed_and_blocked,
        agents_of_many_kinds_are_found_within_a_day,
        volume_certificate_and_port_support,
        reasons_combine_to_the_probability,
        verdicts_come_by_first_sight_of_machine_and_vendor,
        words_are_those_of_events,
        NULL};
    return run_suite(suite_of("asset_assets", tests));
}
