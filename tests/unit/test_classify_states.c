/* SPDX-License-Identifier: Apache-2.0 */
/* States of flows in classification: how many, and for how long. */
#include "base/time.h"
#include "classify/state.h"
#include "classify_rig.h"

START_TEST(past_the_bound_the_oldest_flow_is_given_up)
{
    struct classify_options options = rig_options();
    options.states_max = 2;
    struct classify *classify = rig_classify(&options);
    struct rig rigs[3];
    for (unsigned i = 0; i < 3; i++) {
        rig_start(&rigs[i], classify, PROTOCOL_TCP, 4000);
        (void)rig_text(&rigs[i], FLOW_CLIENT, "\x01\x7f unheard of");
    }
    ck_assert(rigs[0].flow.classified);
    ck_assert(!rigs[1].flow.classified && !rigs[2].flow.classified);
    ck_assert_uint_eq(classify_counters(classify)->given_up, 1);
    ck_assert_uint_eq(classify_counters(classify)->states, 2);
    /* Its end is still told, so that it can be judged by what is known. */
    ck_assert_uint_eq(classify_end(classify, &rigs[0].flow), LABEL_DONE);
    ck_assert_uint_eq(classify_end(classify, &rigs[0].flow), 0);
    for (unsigned i = 0; i < 3; i++)
        rig_end(&rigs[i]);
    ck_assert_uint_eq(classify_counters(classify)->states, 0);
    classify_free(classify);
}
END_TEST

START_TEST(past_the_bound_a_flow_without_bytes_goes_first)
{
    struct classify_options options = rig_options();
    options.states_max = 2;
    options.patience_ns = 30 * NS_PER_S;
    struct classify *classify = rig_classify(&options);
    struct rig rigs[3];
    for (unsigned i = 0; i < 3; i++)
        rig_start(&rigs[i], classify, PROTOCOL_TCP, 4000);
    (void)rig_text(&rigs[0], FLOW_CLIENT, "\x01\x7f unheard of");
    rigs[1].later_ns = 20 * NS_PER_S;
    (void)rig_text(&rigs[1], FLOW_CLIENT, "\x01\x7f unheard of");
    rigs[1].later_ns = 60 * NS_PER_S;
    (void)rig_text(&rigs[1], FLOW_CLIENT,
                   "\x01\x7f and more"); /* both fell silent, this one speaks */
    ck_assert(rigs[0].flow.classify->silent && !rigs[1].flow.classify->silent);
    rigs[2].later_ns = 60 * NS_PER_S;
    (void)rig_text(&rigs[2], FLOW_CLIENT, "\x01\x7f unheard of");
    ck_assert(rigs[0].flow.classified);
    ck_assert(!rigs[1].flow.classified && !rigs[2].flow.classified);
    for (unsigned i = 0; i < 3; i++)
        rig_end(&rigs[i]);
    classify_free(classify);
}
END_TEST

START_TEST(flows_may_go_in_any_order_and_at_any_time)
{
    struct classify_options options = rig_options();
    static const unsigned orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                         {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    struct talk hello = {.size = 0}, server = {.size = 0};
    talk_client_hello(&hello, "same.example.com", false);
    talk_server_hello(&server, true);
    for (unsigned order = 0; order < 6; order++) {
        struct classify *classify = rig_classify(&options);
        struct rig rigs[3];
        for (unsigned i = 0; i < 3; i++) {
            rig_start(&rigs[i], classify, PROTOCOL_TCP, 443);
            (void)rig_send(&rigs[i], FLOW_CLIENT, hello.data, i == 0 ? 40 : hello.size);
        }
        (void)rig_talk(&rigs[2], FLOW_SERVER, &server); /* done, its state not yet released */
        for (unsigned i = 0; i < 2; i++) {
            struct rig *rig = &rigs[orders[order][i]];
            if (order % 2 == 0)
                (void)classify_end(classify, &rig->flow);
            rig_end(rig);
        }
        if (order < 3) { /* the last is still there when the classifier goes */
            rig_end(&rigs[orders[order][2]]);
            classify_free(classify);
            continue;
        }
        struct rig *rig = &rigs[orders[order][2]];
        classify_free(classify);
        label_free(rig->flow.label);
        free(rig->bytes);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {past_the_bound_the_oldest_flow_is_given_up,
                                  past_the_bound_a_flow_without_bytes_goes_first,
                                  flows_may_go_in_any_order_and_at_any_time, NULL};
    return run_suite(suite_of("classify_states", tests));
}
