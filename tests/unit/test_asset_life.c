/* SPDX-License-Identifier: Apache-2.0 */
/* Silence, removal, return, replacement. */
#include "asset_rig.h"

/* An agent from Monday 8:00 on, on a machine that is on from 8:00 to 18:00 for `days` days. */
static void work_days(struct assets *assets, unsigned asset, int64_t first_day, int64_t days)
{
    for (int64_t day = first_day; day < first_day + days; day++)
        rig_agent(assets, asset, &rig_update, &rig_ksn, day * RIG_DAY + 8 * RIG_HOUR,
                  day * RIG_DAY + 18 * RIG_HOUR);
}

static void idle_days(struct assets *assets, unsigned asset, int64_t first_day, int64_t days)
{
    for (int64_t day = first_day; day < first_day + days; day++)
        rig_idle(assets, asset, day * RIG_DAY + 8 * RIG_HOUR, day * RIG_DAY + 18 * RIG_HOUR);
}

START_TEST(agent_that_falls_silent_is_removed)
{
    struct assets *assets = rig_new();
    work_days(assets, 1, 0, 3);
    (void)rig_change(assets, ASSET_INSTALLED);
    idle_days(assets, 1, 3, 1);
    rig_no_change(assets);
    struct verdict verdict = rig_verdict(assets, 1, &rig_kaspersky);
    ck_assert_int_eq(verdict.state, VERDICT_QUIET);
    idle_days(assets, 1, 4, 1);
    struct asset_change change = rig_change(assets, ASSET_REMOVED);
    ck_assert_int_eq(change.verdict.state, VERDICT_REMOVED);
    ck_assert(change.verdict.silence < 0.001);
    ck_assert(change.verdict.expected > 7.0);
    ck_assert(change.verdict.removed_ns == change.ts_ns);
    ck_assert(change.ts_ns - change.verdict.last_ns >= NS_PER_DAY);
    idle_days(assets, 1, 5, 1);
    rig_no_change(assets);
    assets_free(assets);
}
END_TEST

START_TEST(nights_weekends_and_absence_are_no_silence)
{
    struct assets *assets = rig_new();
    work_days(assets, 1, 0, 5);
    (void)rig_change(assets, ASSET_INSTALLED);
    assets_tick(assets, rig_time(7 * RIG_DAY));
    work_days(assets, 1, 7, 2);
    rig_no_change(assets);
    ck_assert_int_eq(rig_verdict(assets, 1, &rig_kaspersky).state, VERDICT_INSTALLED);
    for (int64_t day = 9; day < 40; day++)
        assets_tick(assets, rig_time(day * RIG_DAY));
    rig_no_change(assets);
    ck_assert_int_eq(rig_verdict(assets, 1, &rig_kaspersky).state, VERDICT_QUIET);
    rig_speak(assets, 1, &rig_ksn, 40 * RIG_DAY);
    rig_no_change(assets);
    ck_assert_int_eq(rig_verdict(assets, 1, &rig_kaspersky).state, VERDICT_INSTALLED);
    assets_free(assets);
}
END_TEST

START_TEST(an_agent_that_speaks_only_at_work_survives_a_weekend_of_an_idle_machine)
{
    struct assets *assets = rig_new();
    for (int64_t day = 0; day < 5; day++) {
        rig_agent(assets, 1, &rig_update, &rig_ksn, day * RIG_DAY + 9 * RIG_HOUR,
                  day * RIG_DAY + 17 * RIG_HOUR);
        rig_idle(assets, 1, day * RIG_DAY + 17 * RIG_HOUR, (day + 1) * RIG_DAY + 9 * RIG_HOUR);
    }
    (void)rig_change(assets, ASSET_INSTALLED);
    rig_idle(assets, 1, 5 * RIG_DAY + 9 * RIG_HOUR, 6 * RIG_DAY + 9 * RIG_HOUR);
    rig_no_change(assets);
    assets_free(assets);
}
END_TEST

START_TEST(blocked_tries_are_signs_of_life)
{
    struct assets *assets = rig_new();
    work_days(assets, 1, 0, 3);
    (void)rig_change(assets, ASSET_INSTALLED);
    for (int64_t day = 3; day < 8; day++) {
        for (int64_t hour = 8; hour < 18; hour++) {
            rig_seen(assets, 1, day * RIG_DAY + hour * RIG_HOUR);
            struct asset_contact try = rig_spoken(1, &rig_update, day * RIG_DAY + hour * RIG_HOUR);
            try.spoken = try.answered = false;
            try.blocked = true;
            assets_contact(assets, &try);
            assets_tick(assets, rig_time(day * RIG_DAY + hour * RIG_HOUR));
        }
    }
    ck_assert(rig_change(assets, ASSET_UPDATED).verdict.blocked);
    rig_no_change(assets);
    assets_free(assets);
}
END_TEST

START_TEST(contact_after_removal_is_a_return)
{
    struct assets *assets = rig_new();
    work_days(assets, 1, 0, 3);
    idle_days(assets, 1, 3, 3);
    (void)rig_change(assets, ASSET_INSTALLED);
    (void)rig_change(assets, ASSET_REMOVED);
    struct asset_contact visit = rig_spoken(1, &rig_any, 6 * RIG_DAY);
    assets_contact(assets, &visit);
    rig_look(assets, 1, &rig_ksn, 6 * RIG_DAY); /* a look-up is not the agent's way to speak */
    rig_no_change(assets);
    rig_speak(assets, 1, &rig_update, 6 * RIG_DAY + 5);
    struct asset_change change = rig_change(assets, ASSET_RETURNED);
    ck_assert_int_eq(change.verdict.state, VERDICT_RETURNED);
    ck_assert(change.verdict.removed_ns != 0);
    /* The rate is learnt anew: two hours of silence are nothing. */
    idle_days(assets, 1, 6, 1);
    rig_no_change(assets);
    work_days(assets, 1, 7, 3);
    idle_days(assets, 1, 10, 1);
    ck_assert_int_eq(rig_verdict(assets, 1, &rig_kaspersky).state, VERDICT_QUIET);
    rig_speak(assets, 1, &rig_ksn, 10 * RIG_DAY + 20 * RIG_HOUR);
    ck_assert_int_eq(rig_verdict(assets, 1, &rig_kaspersky).state, VERDICT_RETURNED);
    rig_no_change(assets);
    assets_free(assets);
}
END_TEST

START_TEST(the_end_of_the_input_looks_for_silence_too)
{
    struct assets *assets = rig_new();
    work_days(assets, 1, 0, 3);
    (void)rig_change(assets, ASSET_INSTALLED);
    for (int64_t hour = 0; hour < 12; hour++)
        rig_seen(assets, 1, 4 * RIG_DAY + hour * RIG_HOUR);
    rig_no_change(assets);
    assets_finish(assets, rig_time(4 * RIG_DAY + 12 * RIG_HOUR));
    (void)rig_change(assets, ASSET_REMOVED);
    assets_free(assets);
}
END_TEST

static void eset_days(struct assets *assets, unsigned asset, int64_t first_day, int64_t days)
{
    for (int64_t day = first_day; day < first_day + days; day++)
        rig_agent(assets, asset, &rig_eset_update, &rig_livegrid, day * RIG_DAY + 8 * RIG_HOUR,
                  day * RIG_DAY + 18 * RIG_HOUR);
}

START_TEST(product_that_comes_when_another_goes_replaces_it)
{
    struct assets *assets = rig_new();
    work_days(assets, 1, 0, 3);
    eset_days(assets, 1, 3, 3);
    (void)rig_change(assets, ASSET_INSTALLED);
    (void)rig_change(assets, ASSET_INSTALLED);
    ck_assert_ptr_eq(rig_change(assets, ASSET_REMOVED).verdict.vendor, &rig_kaspersky);
    struct asset_change change = rig_change(assets, ASSET_REPLACED);
    ck_assert_ptr_eq(change.verdict.vendor, &rig_kaspersky);
    ck_assert_ptr_eq(change.verdict.replaced_by, &rig_eset);
    ck_assert_ptr_eq(rig_verdict(assets, 1, &rig_eset).replaces, &rig_kaspersky);
    rig_no_change(assets);
    assets_free(assets);
}
END_TEST

START_TEST(product_that_comes_after_the_removal_replaces_it_too)
{
    struct assets *assets = rig_new();
    work_days(assets, 1, 0, 3);
    idle_days(assets, 1, 3, 3);
    eset_days(assets, 1, 6, 1);
    (void)rig_change(assets, ASSET_INSTALLED);
    (void)rig_change(assets, ASSET_REMOVED);
    ck_assert_ptr_eq(rig_change(assets, ASSET_INSTALLED).verdict.vendor, &rig_eset);
    ck_assert_ptr_eq(rig_change(assets, ASSET_REPLACED).verdict.replaced_by, &rig_eset);
    assets_free(assets);
}
END_TEST

START_TEST(a_product_that_comes_weeks_later_replaces_nothing)
{
    struct assets *assets = rig_new();
    work_days(assets, 1, 0, 3);
    idle_days(assets, 1, 3, 9);
    eset_days(assets, 1, 12, 1);
    (void)rig_change(assets, ASSET_INSTALLED);
    (void)rig_change(assets, ASSET_REMOVED);
    (void)rig_change(assets, ASSET_INSTALLED);
    rig_no_change(assets);
    assets_free(assets);
}
END_TEST

START_TEST(two_that_were_there_from_the_beginning_are_no_replacement)
{
    struct assets *assets = rig_new();
    work_days(assets, 1, 0, 1);
    for (int64_t day = 1; day < 4; day++)
        for (int64_t hour = 8; hour < 18; hour++) {
            rig_agent(assets, 2, &rig_update, &rig_ksn, day * RIG_DAY + hour * RIG_HOUR,
                      day * RIG_DAY + (hour + 1) * RIG_HOUR);
            rig_agent(assets, 2, &rig_eset_update, &rig_livegrid, day * RIG_DAY + hour * RIG_HOUR,
                      day * RIG_DAY + (hour + 1) * RIG_HOUR);
        }
    (void)rig_drain(assets);
    eset_days(assets, 2, 4, 3);
    (void)rig_change(assets, ASSET_REMOVED);
    rig_no_change(assets);
    assets_free(assets);
}
END_TEST

START_TEST(the_systems_own_protection_replaces_nothing)
{
    struct assets *assets = rig_new();
    work_days(assets, 1, 0, 3);
    for (int64_t day = 3; day < 6; day++)
        rig_agent(assets, 1, &rig_wd_update, &rig_wdcp, day * RIG_DAY + 8 * RIG_HOUR,
                  day * RIG_DAY + 18 * RIG_HOUR);
    (void)rig_change(assets, ASSET_INSTALLED);
    (void)rig_change(assets, ASSET_INSTALLED);
    (void)rig_change(assets, ASSET_REMOVED);
    rig_no_change(assets);
    assets_free(assets);
}
END_TEST

START_TEST(time_that_steps_back_changes_nothing)
{
    struct assets *assets = rig_new();
    work_days(assets, 1, 0, 3);
    (void)rig_change(assets, ASSET_INSTALLED);
    int64_t last_ns = rig_verdict(assets, 1, &rig_kaspersky).last_ns;
    rig_seen(assets, 1, 2 * RIG_DAY);
    rig_speak(assets, 1, &rig_ksn, 2 * RIG_DAY + 17 * RIG_HOUR);
    assets_tick(assets, rig_time(2 * RIG_DAY));
    ck_assert(rig_verdict(assets, 1, &rig_kaspersky).last_ns == last_ns);
    rig_no_change(assets);
    /* A clock that was years ahead and is set right. */
    rig_seen(assets, 1, 400 * RIG_DAY);
    rig_speak(assets, 1, &rig_ksn, 400 * RIG_DAY);
    assets_tick(assets, rig_time(400 * RIG_DAY));
    work_days(assets, 1, 3, 2);
    ck_assert_int_eq(rig_verdict(assets, 1, &rig_kaspersky).state, VERDICT_INSTALLED);
    idle_days(assets, 1, 5, 5);
    (void)rig_change(assets, ASSET_REMOVED);
    assets_free(assets);
}
END_TEST

START_TEST(equal_input_gives_equal_output)
{
    struct verdict verdicts[2];
    for (int run = 0; run < 2; run++) {
        struct assets *assets = rig_new();
        work_days(assets, 1, 0, 3);
        eset_days(assets, 1, 3, 3);
        memset(&verdicts[run], 0, sizeof verdicts[run]);
        verdicts[run] = rig_verdict(assets, 1, &rig_kaspersky);
        assets_free(assets);
    }
    ck_assert_uint_eq(verdicts[0].reason_count, verdicts[1].reason_count);
    for (size_t i = 0; i < verdicts[0].reason_count; i++)
        ck_assert_str_eq(verdicts[0].reasons[i].value, verdicts[1].reasons[i].value);
    ck_assert(verdicts[0].probability == verdicts[1].probability);
    ck_assert(verdicts[0].removed_ns == verdicts[1].removed_ns);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        agent_that_falls_silent_is_removed,
        nights_weekends_and_absence_are_no_silence,
        an_agent_that_speaks_only_at_work_survives_a_weekend_of_an_idle_machine,
        blocked_tries_are_signs_of_life,
        contact_after_removal_is_a_return,
        the_end_of_the_input_looks_for_silence_too,
        product_that_comes_when_another_goes_replaces_it,
        product_that_comes_after_the_removal_replaces_it_too,
        a_product_that_comes_weeks_later_replaces_nothing,
        two_that_were_there_from_the_beginning_are_no_replacement,
        the_systems_own_protection_replaces_nothing,
        time_that_steps_back_changes_nothing,
        equal_input_gives_equal_output,
        NULL};
    return run_suite(suite_of("asset_life", tests));
}
