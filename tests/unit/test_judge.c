/* SPDX-License-Identifier: Apache-2.0 */
/* What a conversation says about a vendor, from the packets to the alert: names, where they come from, and what
 * silences them. */
#include "pipeline_talks.h"

START_TEST(spoken_name_is_the_strongest)
{
    struct stage *stage = stage_new();
    talk_tls(stage, ASSET, SERVER, "upd.acme.example", false);
    check_count(stage, "alert", 1);
    check_event(stage, 0, "\"name\":\"upd.acme.example\",\"name_source\":\"sni\"");
    check_event(stage, 0, "\"evidence\":[{\"kind\":\"server-name\"");
    check_event(stage, 0, "\"confidence\":0.855");
    check_event(stage, 0, "\"service\":\"update\"");
    check_event(stage, 0, "\"asset\":{\"ip\":\"10.0.0.5\",\"mac\":\"02:00:00:00:00:01\"}");
    check_event(stage, 0, "\"endpoint\":{\"ip\":\"203.0.113.7\",\"port\":443");
    check_event(stage, 0, "\"name_hidden\":false");
    check_event(stage, 0, "\"sni\":\"upd.acme.example\"");
    stage_free(stage);
}
END_TEST

START_TEST(http_host_names_the_service)
{
    struct stage *stage = stage_new();
    talk_http(stage, SERVER, "GET / HTTP/1.1\r\nHost: upd2.acme.example\r\n\r\n");
    check_count(stage, "alert", 1);
    check_event(stage, 0, "\"name_source\":\"http\"");
    check_event(stage, 0, "\"kind\":\"http-host\"");
    stage_free(stage);
}
END_TEST

START_TEST(one_look_up_is_no_contact_and_two_names_are)
{
    struct stage *stage = stage_new();
    talk_lookup(stage, ASSET, RESOLVER, "upd.acme.example", NULL);
    talk_lookup(stage, ASSET, RESOLVER, "upd.acme.example", NULL); /* asked again */
    check_count(stage, "alert", 0);
    talk_lookup(stage, ASSET, RESOLVER, "upd2.acme.example", NULL);
    check_count(stage, "alert", 1);
    check_event(stage, 0, "\"name\":\"upd2.acme.example\",\"name_source\":\"dns-query\"");
    check_event(stage, 0, "\"count\":2,\"flows\":0,\"lookups\":2");
    check_event(stage, 0, "\"dest_ip\":\"10.0.0.53\"");
    ck_assert_ptr_null(strstr(stage->events[0], "\"endpoint\":{\"ip\""));
    stage_free(stage);
}
END_TEST

START_TEST(clients_own_look_up_names_a_nameless_flow)
{
    struct stage *stage = stage_new();
    talk_lookup(stage, ASSET, RESOLVER, "upd.acme.example", SERVER);
    talk_unknown(stage, ASSET, SERVER, 9000, true);
    pipeline_finish(stage->pipeline);
    check_count(stage, "alert", 1);
    check_event(stage, 0, "\"name\":\"upd.acme.example\",\"name_source\":\"dns\"");
    check_event(stage, 0, "\"kind\":\"recalled-name\"");
    stage_free(stage);
}
END_TEST

START_TEST(another_clients_look_up_names_it_too)
{
    struct stage *stage = stage_new();
    talk_lookup(stage, "10.0.0.6", RESOLVER, "upd.acme.example", SERVER);
    talk_unknown(stage, ASSET, SERVER, 9000, true);
    pipeline_finish(stage->pipeline);
    check_count(stage, "alert", 1);
    check_event(stage, 0, "\"name_source\":\"dns-other\"");
    stage_free(stage);
}
END_TEST

START_TEST(name_of_the_capture_file_is_used_last)
{
    struct stage *stage = stage_new();
    struct addr addr;
    ck_assert(addr_parse(SERVER, &addr));
    pipeline_name(stage->pipeline, &addr, "upd.acme.example");
    talk_unknown(stage, ASSET, SERVER, 9000, true);
    pipeline_finish(stage->pipeline);
    check_count(stage, "alert", 1);
    check_event(stage, 0, "\"name_source\":\"capture-file\"");
    stage_free(stage);
}
END_TEST

START_TEST(nameless_protocol_to_the_vendors_network_is_a_contact)
{
    struct stage *stage = stage_new();
    talk_unknown(stage, ASSET, NETWORK, 9000, true);
    pipeline_finish(stage->pipeline);
    check_count(stage, "alert", 1);
    check_event(stage, 0, "\"name_source\":\"network\"");
    check_event(stage, 0, "\"service\":\"network\",\"purpose\":\"network_owner\"");
    check_event(stage, 0, "\"kind\":\"network-prefix\",\"value\":\"198.51.100.0/24\"");
    stage_free(stage);
}
END_TEST

/* nDPI knows it at the first packet, when nobody can say yet whether there will be an answer. */
START_TEST(protocol_that_is_known_at_once_is_judged_by_its_answer_too)
{
    struct stage *stage = stage_new();
    struct talk banner = {.size = 0};
    talk_text(&banner, "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n");
    struct line line = line_open(stage, ASSET, NETWORK, 22);
    line_talk(stage, &line, true, &banner);
    line_talk(stage, &line, false, &banner);
    line_talk(stage, &line, true, &banner);
    line_close(stage, &line);
    uint8_t ntp[48] = {0x23};
    struct talk question = {.size = 0};
    talk_bytes(&question, ntp, sizeof ntp);
    stage_udp(stage, true, "10.0.0.6", NETWORK, 123, &question);
    question.data[0] = 0x24;
    stage_udp(stage, false, "10.0.0.6", NETWORK, 123, &question);
    stage_udp(stage, true, "10.0.0.7", NETWORK, 123, &question); /* nobody answers */
    pipeline_finish(stage->pipeline);
    check_count(stage, "alert", 2);
    check_event(stage, -1, "\"app_proto\":\"ntp\"");
    check_event(stage, -1, "\"asset\":{\"ip\":\"10.0.0.6\"");
    stage_free(stage);
}
END_TEST

START_TEST(connection_whose_start_was_missed_may_be_a_web_site)
{
    struct stage *stage = stage_new();
    talk_unknown(stage, ASSET, NETWORK, 443, false);
    pipeline_finish(stage->pipeline);
    check_count(stage, "alert", 0);
    ck_assert_ptr_nonnull(contacts_next(pipeline_contacts(stage->pipeline), NULL));
    stage_free(stage);
}
END_TEST

START_TEST(hidden_hello_is_named_by_the_clients_own_look_up)
{
    struct stage *stage = stage_new();
    talk_lookup(stage, ASSET, RESOLVER, "upd.acme.example", SERVER);
    talk_tls(stage, ASSET, SERVER, "cover.example", true);
    check_count(stage, "alert", 1);
    check_event(stage, 0, "\"name\":\"upd.acme.example\",\"name_source\":\"dns\"");
    check_event(stage, 0, "\"name_hidden\":true");
    stage_free(stage);
    /* Browsers send the extension as a decoy: a name that is known is taken at its word. */
    stage = stage_new();
    talk_lookup(stage, ASSET, RESOLVER, "other.example", SERVER);
    talk_tls(stage, ASSET, SERVER, "upd.acme.example", true);
    check_count(stage, "alert", 1);
    check_event(stage, 0, "\"name\":\"upd.acme.example\",\"name_source\":\"sni\"");
    check_event(stage, 0, "\"name_hidden\":false");
    stage_free(stage);
}
END_TEST

START_TEST(website_of_the_vendor_silences_network_and_user_agent)
{
    struct stage *stage = stage_new();
    for (unsigned i = 0; i < 8; i++) {
        talk_tls(stage, ASSET, NETWORK, "www.acme.example", false);
        talk_http(stage, NETWORK,
                  "GET /acme/db/x HTTP/1.1\r\nHost: www.acme.example\r\n"
                  "User-Agent: AcmeAgent/2\r\nX-Acme: 1\r\n\r\n");
        talk_lookup(stage, ASSET, RESOLVER, "www.acme.example", NETWORK);
        stage->now_ns += 120 * NS_PER_S;
    }
    pipeline_finish(stage->pipeline);
    check_count(stage, "alert", 0);
    ck_assert_ptr_null(contacts_next(pipeline_contacts(stage->pipeline), NULL));
    stage_free(stage);
}
END_TEST

START_TEST(whole_vendor_name_never_alerts_alone_with_network_or_repeated)
{
    struct stage *stage = stage_new();
    for (unsigned i = 0; i < 12; i++) {
        talk_tls(stage, ASSET, NETWORK, "blog7.acme.example", false);
        stage->now_ns += 300 * NS_PER_S;
    }
    pipeline_finish(stage->pipeline);
    check_count(stage, "alert", 0);
    ck_assert_ptr_nonnull(contacts_next(pipeline_contacts(stage->pipeline), NULL));
    stage_free(stage);
}
END_TEST

START_TEST(user_agent_and_uri_speak_for_an_unknown_host)
{
    struct stage *stage = stage_new();
    talk_http(
        stage, SERVER,
        "GET /acme/db/list HTTP/1.1\r\nHost: mirror.example\r\nUser-Agent: AcmeAgent/2\r\n\r\n");
    check_count(stage, "alert", 1);
    check_event(stage, 0, "\"kind\":\"user-agent\",\"value\":\"AcmeAgent\",\"weight\":0.475");
    check_event(stage, 0, "\"kind\":\"uri\",\"value\":\"/acme/db/\",\"weight\":0.285");
    check_event(stage, 0, "\"name\":\"mirror.example\"");
    talk_http(stage, SERVER, "GET / HTTP/1.1\r\nHost: m.example\r\nX-Acme: 1\r\n\r\n");
    check_count(stage, "alert", 1); /* the same contact: a header adds to it */
    stage_free(stage);
}
END_TEST

START_TEST(port_supports_what_other_evidence_says)
{
    struct stage *stage = stage_new();
    struct talk hello = {.size = 0};
    talk_client_hello(&hello, "upd.acme.example", false);
    struct line line = line_open(stage, ASSET, SERVER, 4430);
    line_talk(stage, &line, true, &hello);
    check_count(stage, "alert", 1);
    check_event(stage, 0, "\"kind\":\"port\",\"value\":\"update\",\"weight\":0.15");
    line = line_open(stage, "10.0.0.6", SERVER, 4430); /* alone it is nothing */
    talk_unknown(stage, "10.0.0.7", SERVER, 4430, true);
    pipeline_finish(stage->pipeline);
    check_count(stage, "alert", 1);
    stage_free(stage);
}
END_TEST

START_TEST(names_below_a_look_up_domain_make_it_certain)
{
    struct stage *stage = stage_new();
    for (unsigned i = 0; i < 8; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "%08x.rep.acme.example", i * 2654435761U);
        talk_lookup(stage, ASSET, RESOLVER, name, "127.0.0.1");
    }
    pipeline_finish(stage->pipeline);
    check_count(stage, "alert", 2); /* new, and how it went on */
    check_event(stage, -1, "\"kind\":\"look-up-names\"");
    check_event(stage, -1, "more below .rep.acme.example");
    check_event(stage, -1, "\"state\":\"ongoing\",\"count\":8");
    stage_free(stage);
}
END_TEST

START_TEST(resolvers_own_look_ups_are_its_clients)
{
    struct stage *stage = stage_new();
    talk_lookup(stage, "10.0.0.9", RESOLVER, "plain.example", SERVER);
    talk_lookup(stage, RESOLVER, "192.0.2.53", "upd.acme.example", SERVER);
    talk_lookup(stage, RESOLVER, "192.0.2.53", "upd2.acme.example", SERVER);
    pipeline_finish(stage->pipeline);
    check_count(stage, "alert", 0);
    stage_free(stage);
}
END_TEST

START_TEST(answer_stands_for_a_question_out_of_sight)
{
    struct stage *stage = stage_new();
    struct talk talk = {.size = 0};
    talk_answer(&talk, 1, "upd.acme.example", SERVER);
    stage_udp(stage, false, ASSET, RESOLVER, 53, &talk);
    talk.size = 0;
    stage->port++;
    talk_answer(&talk, 2, "upd2.acme.example", SERVER);
    stage_udp(stage, false, ASSET, RESOLVER, 53, &talk);
    check_count(stage, "alert", 1);
    check_event(stage, 0, "\"asset\":{\"ip\":\"10.0.0.5\"");
    stage_free(stage);
}
END_TEST

START_TEST(neighbours_that_ask_each_other_are_no_contact)
{
    struct stage *stage = stage_new();
    struct talk talk = {.size = 0};
    for (unsigned i = 0; i < 4; i++) {
        talk.size = 0;
        talk_query(&talk, 0, i % 2 == 0 ? "upd.acme.example" : "upd2.acme.example", DNS_TYPE_A);
        stage->port = 5353;
        stage_udp(stage, true, ASSET, "224.0.0.251", 5353, &talk);
    }
    pipeline_finish(stage->pipeline);
    check_count(stage, "alert", 0);
    stage_free(stage);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {spoken_name_is_the_strongest,
                                  http_host_names_the_service,
                                  one_look_up_is_no_contact_and_two_names_are,
                                  clients_own_look_up_names_a_nameless_flow,
                                  another_clients_look_up_names_it_too,
                                  name_of_the_capture_file_is_used_last,
                                  nameless_protocol_to_the_vendors_network_is_a_contact,
                                  protocol_that_is_known_at_once_is_judged_by_its_answer_too,
                                  connection_whose_start_was_missed_may_be_a_web_site,
                                  hidden_hello_is_named_by_the_clients_own_look_up,
                                  website_of_the_vendor_silences_network_and_user_agent,
                                  whole_vendor_name_never_alerts_alone_with_network_or_repeated,
                                  user_agent_and_uri_speak_for_an_unknown_host,
                                  port_supports_what_other_evidence_says,
                                  names_below_a_look_up_domain_make_it_certain,
                                  resolvers_own_look_ups_are_its_clients,
                                  answer_stands_for_a_question_out_of_sight,
                                  neighbours_that_ask_each_other_are_no_contact,
                                  NULL};
    return run_suite(suite_of("judge", tests));
}
