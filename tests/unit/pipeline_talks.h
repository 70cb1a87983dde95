/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Whole conversations for the tests of the pipeline. */

#include "pipeline_rig.h"

#define ASSET    "10.0.0.5"
#define RESOLVER "10.0.0.53"
#define SERVER   "203.0.113.7"  /* nobody's */
#define NETWORK  "198.51.100.7" /* the vendor's */

/* One TCP connection; sequence numbers run by themselves. */
struct line {
    const char *client, *server;
    uint16_t port, client_port;
    uint32_t seq[2];
};

static inline void line_send(struct stage *stage, struct line *line, bool up, uint8_t flags,
                             const void *data, size_t size)
{
    stage_ip(stage, up, line->client, line->server);
    wire_tcp(&stage->wire, up ? line->client_port : line->port, up ? line->port : line->client_port,
             flags);
    uint8_t *header = stage->wire.data + stage->wire.size - 20;
    for (unsigned i = 0; i < 4; i++) {
        header[4 + i] = (uint8_t)(line->seq[up ? 0 : 1] >> (24 - 8 * i));
        header[8 + i] = (uint8_t)(line->seq[up ? 1 : 0] >> (24 - 8 * i));
    }
    if (size > 0)
        wire_bytes(&stage->wire, data, size);
    line->seq[up ? 0 : 1] += (uint32_t)size + ((flags & (TCP_SYN | TCP_FIN)) != 0);
    stage_frame(stage);
}

/* Opens a connection from a new port. */
static inline struct line line_open(struct stage *stage, const char *client, const char *server,
                                    uint16_t port)
{
    struct line line = {.client = client,
                        .server = server,
                        .port = port,
                        .client_port = ++stage->port,
                        .seq = {1000, 9000}};
    line_send(stage, &line, true, TCP_SYN, NULL, 0);
    line_send(stage, &line, false, TCP_SYN | TCP_ACK, NULL, 0);
    line_send(stage, &line, true, TCP_ACK, NULL, 0);
    return line;
}

static inline void line_talk(struct stage *stage, struct line *line, bool up,
                             const struct talk *talk)
{
    line_send(stage, line, up, TCP_ACK | TCP_PSH, talk->data, talk->size);
}

static inline void line_close(struct stage *stage, struct line *line)
{
    line_send(stage, line, true, TCP_FIN | TCP_ACK, NULL, 0);
    line_send(stage, line, false, TCP_FIN | TCP_ACK, NULL, 0);
    line_send(stage, line, true, TCP_ACK, NULL, 0);
}

/* TLS 1.3 with or without a name; the connection is closed at the end. */
static inline void talk_tls(struct stage *stage, const char *client, const char *server,
                            const char *name, bool ech)
{
    struct talk hello = {.size = 0}, answer = {.size = 0};
    talk_client_hello(&hello, name, ech);
    talk_server_hello(&answer, true);
    struct line line = line_open(stage, client, server, 443);
    line_talk(stage, &line, true, &hello);
    line_talk(stage, &line, false, &answer);
    line_close(stage, &line);
}

static inline void talk_http(struct stage *stage, const char *server, const char *request)
{
    struct talk up = {.size = 0}, down = {.size = 0};
    talk_text(&up, request);
    talk_text(&down, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    struct line line = line_open(stage, ASSET, server, 80);
    line_talk(stage, &line, true, &up);
    line_talk(stage, &line, false, &down);
    line_close(stage, &line);
}

/* A look-up over UDP; `address` NULL: nobody answers. */
static inline void talk_lookup(struct stage *stage, const char *client, const char *resolver,
                               const char *name, const char *address)
{
    struct talk talk = {.size = 0};
    stage->port++;
    talk_query(&talk, stage->port, name, DNS_TYPE_A);
    stage_udp(stage, true, client, resolver, 53, &talk);
    if (address == NULL)
        return;
    talk.size = 0;
    talk_answer(&talk, stage->port, name, address);
    stage_udp(stage, false, client, resolver, 53, &talk);
}

/* Bytes that nobody knows, to and fro, with or without the start of the connection. */
static inline void talk_unknown(struct stage *stage, const char *client, const char *server,
                                uint16_t port, bool start)
{
    struct talk talk = {.size = 0};
    talk_text(&talk, "\xf7\xe9\x01 private \x02\x7f");
    struct line line = {
        .client = client, .server = server, .port = port, .client_port = ++stage->port};
    if (start)
        line = line_open(stage, client, server, port);
    for (unsigned i = 0; i < 6; i++)
        line_talk(stage, &line, i % 2 == 0, &talk);
    line_close(stage, &line);
}

/* Ends all flows, and checks how many events of the kind there were in all. */
static inline void check_count(struct stage *stage, const char *kind, size_t wanted)
{
    char type[64];
    size_t count = 0;
    (void)snprintf(type, sizeof type, "\"event_type\":\"%s\"", kind);
    for (size_t i = 0; i < stage->count; i++)
        count += strstr(stage->events[i], type) != NULL;
    ck_assert_msg(count == wanted, "%zu events of kind %s, not %zu:\n%s", count, kind, wanted,
                  stage->count > 0 ? stage->events[stage->count - 1] : "");
}

/* Checks that event `index` (from the end where negative) holds the text. */
static inline void check_event(const struct stage *stage, int index, const char *wanted)
{
    size_t at = index >= 0 ? (size_t)index : stage->count - (size_t)-index;
    ck_assert_msg(at < stage->count, "there are only %zu events", stage->count);
    ck_assert_msg(strstr(stage->events[at], wanted) != NULL, "no %s in %s", wanted,
                  stage->events[at]);
}
