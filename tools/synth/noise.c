/* SPDX-License-Identifier: Apache-2.0 */
/* The small protocols: what runs in every office, and payloads without a protocol. */
#include "noise.h"

#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "base/time.h"
#include "dns.h"
#include "exchange.h"
#include "net/protocol.h"
#include "pattern.h"
#include "talk.h"
#include "tcp.h"
#include "wire.h"

/* Seconds from 1900 to 1970 (RFC 5905). */
#define NTP_EPOCH UINT64_C(2208988800)

enum {
    DHCP_OPTIONS_AT = 240,
    ECHO_COUNT = 4,
    ECHO_SIZE = 32,
    UDP_PART = 1200,
    UDP_TRIES = 3
};

static void send_text(struct talk *talk, enum side from, struct text *message)
{
    talk_send_udp(talk, from, message->data, message->length);
    text_clear(message);
}

static void add_ntp_time(struct text *out, int64_t ts_ns)
{
    uint64_t fraction = (uint64_t)(ts_ns % NS_PER_S);
    wire_u32(out, (uint64_t)(ts_ns / NS_PER_S) + NTP_EPOCH);
    wire_u32(out, (fraction << 32) / (uint64_t)NS_PER_S);
}

void noise_ntp(struct talk *talk)
{
    struct text message = {0};
    int64_t asked_ns = talk->now_ns;
    wire_u32(&message, 0x230006e8);
    wire_fill(&message, 0, 36);
    add_ntp_time(&message, asked_ns);
    send_text(talk, SIDE_CLIENT, &message);
    talk->now_ns += talk->route->rtt_ns;
    wire_u32(&message, 0x240206e8);
    wire_u32(&message, 0x00000120);
    wire_u32(&message, 0x00000080);
    wire_u32(&message, 0xc6120001);
    add_ntp_time(&message, asked_ns - 40 * NS_PER_S);
    add_ntp_time(&message, asked_ns);
    add_ntp_time(&message, talk->now_ns - talk->route->rtt_ns / 2);
    add_ntp_time(&message, talk->now_ns - talk->route->rtt_ns / 2 + 20000);
    send_text(talk, SIDE_SERVER, &message);
    text_done(&message);
}

void noise_mdns(struct talk *talk, const char *hostname)
{
    static const char printers[] = "_ipp._tcp.local";
    struct text message = {0}, local = {0};
    wire_u32(&message, 0);
    wire_u16(&message, 1);
    wire_fill(&message, 0, 6);
    dns_add_name(&message, printers, sizeof printers - 1);
    wire_u16(&message, DNS_PTR);
    wire_u16(&message, 1);
    send_text(talk, SIDE_CLIENT, &message);
    talk->now_ns += 120 * NS_PER_MS;
    text_addf(&local, "%s.local", hostname);
    wire_u32(&message, 0x8400);
    wire_u32(&message, 1); /* no question, one answer */
    wire_u32(&message, 0);
    dns_add_name(&message, local.data, local.length);
    wire_u16(&message, DNS_A);
    wire_u16(&message, 0x8001);
    wire_u32(&message, 120);
    wire_u16(&message, 4);
    text_add_bytes(&message, talk->party[SIDE_CLIENT].addr.bytes + 12, 4);
    send_text(talk, SIDE_CLIENT, &message);
    text_done(&message);
    text_done(&local);
}

static void add_dhcp(struct text *out, const struct talk *talk, enum side from, uint32_t id)
{
    bool reply = from == SIDE_SERVER;
    const struct party *client = &talk->party[SIDE_CLIENT];
    wire_u32(out, reply ? 0x02010600 : 0x01010600);
    wire_u32(out, id);
    wire_u32(out, 0);
    text_add_bytes(out, client->addr.bytes + 12, 4);
    if (reply)
        text_add_bytes(out, client->addr.bytes + 12, 4);
    else
        wire_u32(out, 0);
    wire_fill(out, 0, 8);
    text_add_bytes(out, client->mac, MAC_SIZE);
    wire_fill(out, 0, DHCP_OPTIONS_AT - 4 - 28 - MAC_SIZE);
    wire_u32(out, 0x63825363);
    wire_u24(out, reply ? 0x350105 : 0x350103); /* ACK, REQUEST */
}

void noise_dhcp(struct talk *talk, const char *hostname)
{
    struct text message = {0};
    uint32_t id = (uint32_t)random_next(talk->random);
    add_dhcp(&message, talk, SIDE_CLIENT, id);
    size_t length = strnlen(hostname, 63);
    wire_u8(&message, 12);
    wire_u8(&message, length);
    text_add_bytes(&message, hostname, length);
    wire_u8(&message, 255);
    send_text(talk, SIDE_CLIENT, &message);
    talk->now_ns += 2 * NS_PER_MS;
    add_dhcp(&message, talk, SIDE_SERVER, id);
    wire_u16(&message, 0x3304);
    wire_u32(&message, 28800);
    wire_u16(&message, 0x3604);
    text_add_bytes(&message, talk->party[SIDE_SERVER].addr.bytes + 12, 4);
    wire_u8(&message, 255);
    send_text(talk, SIDE_SERVER, &message);
    text_done(&message);
}

static void send_echo(struct talk *talk, enum side from, unsigned sequence)
{
    bool four = addr_is4(&talk->party[SIDE_CLIENT].addr);
    struct text message = {0};
    unsigned type = four ? (from == SIDE_CLIENT ? 8 : 0) : (from == SIDE_CLIENT ? 128 : 129);
    wire_u16(&message, type << 8);
    wire_u16(&message, 0);
    wire_u16(&message, talk->party[SIDE_CLIENT].port);
    wire_u16(&message, sequence);
    for (unsigned i = 0; i < ECHO_SIZE; i++)
        wire_u8(&message, 'a' + i % 23);
    if (four)
        wire_patch(&message, 2, 2, wire_checksum(wire_sum(message.data, message.length, 0)));
    else
        talk_checksum(talk, from, PROTOCOL_ICMPV6, &message, 2);
    talk_send_ip(talk, from, four ? PROTOCOL_ICMP : PROTOCOL_ICMPV6, &message, talk->now_ns);
    text_done(&message);
}

void noise_ping(struct talk *talk)
{
    for (unsigned i = 1; i <= ECHO_COUNT; i++) {
        send_echo(talk, SIDE_CLIENT, i);
        talk->now_ns += talk->route->rtt_ns;
        send_echo(talk, SIDE_SERVER, i);
        talk->now_ns += NS_PER_S - talk->route->rtt_ns;
    }
}

static void send_arp(struct talk *talk, enum side from)
{
    const struct party *sender = &talk->party[from];
    const struct party *target = &talk->party[side_other(from)];
    static const uint8_t unknown[MAC_SIZE] = {0};
    struct text message = {0};
    wire_u16(&message, 1);
    wire_u16(&message, ETHERTYPE_IPV4);
    wire_u16(&message, 0x0604);
    wire_u16(&message, from == SIDE_CLIENT ? 1 : 2);
    text_add_bytes(&message, sender->mac, MAC_SIZE);
    text_add_bytes(&message, sender->addr.bytes + 12, 4);
    text_add_bytes(&message, from == SIDE_CLIENT ? unknown : target->mac, MAC_SIZE);
    text_add_bytes(&message, target->addr.bytes + 12, 4);
    talk_send_link(talk, from, ETHERTYPE_ARP, &message);
    text_done(&message);
}

void noise_arp(struct talk *talk)
{
    send_arp(talk, SIDE_CLIENT);
    talk->now_ns += 300 * NS_PER_US;
    send_arp(talk, SIDE_SERVER);
}

static void send_kexinit(struct tcp *tcp, enum side from)
{
    static const char *const lists[] = {"curve25519-sha256",
                                        "ssh-ed25519",
                                        "aes128-gcm@openssh.com",
                                        "aes128-gcm@openssh.com",
                                        "hmac-sha2-256",
                                        "hmac-sha2-256",
                                        "none",
                                        "none",
                                        "",
                                        ""};
    struct text body = {0}, packet = {0};
    wire_u8(&body, 20);
    random_bytes(tcp->talk->random, &body, 16);
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        wire_u32(&body, strlen(lists[i]));
        text_add(&body, lists[i]);
    }
    wire_fill(&body, 0, 5);
    size_t padding = 8 - (body.length + 5) % 8 + 8;
    wire_u32(&packet, body.length + 1 + padding);
    wire_u8(&packet, padding);
    text_add_bytes(&packet, body.data, body.length);
    wire_fill(&packet, 0, padding);
    tcp_send_text(tcp, from, &packet);
    text_done(&body);
    text_done(&packet);
}

static void send_random(struct tcp *tcp, enum side from, uint64_t size)
{
    struct text bytes = {0};
    random_bytes(tcp->talk->random, &bytes, (size_t)size);
    if (bytes.length > 0)
        tcp_send_text(tcp, from, &bytes);
    text_done(&bytes);
}

void noise_ssh(struct tcp *tcp, const struct exchange *exchange)
{
    static const char client[] = "SSH-2.0-OpenSSH_9.2p1\r\n", server[] = "SSH-2.0-OpenSSH_9.6\r\n";
    static const uint8_t ecdh_init[] = {0, 0, 0, 44, 6, 30, 0, 0, 0, 32};
    static const uint8_t new_keys[] = {0, 0, 0, 12, 10, 21, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    struct random *random = tcp->talk->random;
    tcp_send(tcp, SIDE_CLIENT, client, sizeof client - 1);
    tcp_send(tcp, SIDE_SERVER, server, sizeof server - 1);
    send_kexinit(tcp, SIDE_CLIENT);
    send_kexinit(tcp, SIDE_SERVER);
    struct text init = {0};
    text_add_bytes(&init, ecdh_init, sizeof ecdh_init);
    random_bytes(random, &init, 32);
    wire_fill(&init, 0, 6);
    tcp_send_text(tcp, SIDE_CLIENT, &init);
    text_done(&init);
    tcp_send(tcp, SIDE_CLIENT, new_keys, sizeof new_keys);
    for (unsigned i = 0; i < exchange->repeat; i++) {
        if (i > 0)
            tcp_idle(tcp, exchange_pause(exchange, random), exchange->keep_alive_ns);
        send_random(tcp, SIDE_CLIENT, span_pick(&exchange->up, random));
        send_random(tcp, SIDE_SERVER, span_pick(&exchange->down, random));
    }
}

static void fill_payload(struct text *out, const char *pattern, const struct span *span,
                         struct random *random)
{
    text_clear(out);
    uint64_t size = span_pick(span, random);
    if (pattern != NULL)
        pattern_expand(pattern, random, out);
    if (out->length < size)
        random_bytes(random, out, (size_t)size - out->length);
}

void noise_opaque_tcp(struct tcp *tcp, const struct opaque_plan *plan,
                      const struct exchange *exchange)
{
    struct random *random = tcp->talk->random;
    struct text bytes = {0};
    for (unsigned i = 0; i < exchange->repeat; i++) {
        if (i > 0)
            tcp_idle(tcp, exchange_pause(exchange, random), exchange->keep_alive_ns);
        fill_payload(&bytes, plan->send, &exchange->up, random);
        if (bytes.length > 0)
            tcp_send_text(tcp, SIDE_CLIENT, &bytes);
        fill_payload(&bytes, plan->receive, &exchange->down, random);
        if (bytes.length > 0)
            tcp_send_text(tcp, SIDE_SERVER, &bytes);
    }
    text_done(&bytes);
}

static void send_parts(struct talk *talk, enum side from, const struct text *bytes)
{
    for (size_t at = 0; at < bytes->length; at += UDP_PART) {
        size_t left = bytes->length - at;
        talk_send_udp(talk, from, bytes->data + at, left < UDP_PART ? left : UDP_PART);
        talk->now_ns += 60 * NS_PER_US;
    }
}

void noise_unanswered_udp(struct talk *talk, const struct opaque_plan *plan,
                          const struct exchange *exchange)
{
    struct text bytes = {0};
    fill_payload(&bytes, plan->send, &exchange->up, talk->random);
    for (unsigned i = 0; i < UDP_TRIES; i++) {
        send_parts(talk, SIDE_CLIENT, &bytes);
        talk->now_ns += NS_PER_S << i;
    }
    text_done(&bytes);
}

void noise_opaque_udp(struct talk *talk, const struct opaque_plan *plan,
                      const struct exchange *exchange)
{
    struct text bytes = {0};
    for (unsigned i = 0; i < exchange->repeat; i++) {
        if (i > 0)
            talk->now_ns += exchange_pause(exchange, talk->random);
        fill_payload(&bytes, plan->send, &exchange->up, talk->random);
        send_parts(talk, SIDE_CLIENT, &bytes);
        talk->now_ns += talk->route->rtt_ns;
        fill_payload(&bytes, plan->receive, &exchange->down, talk->random);
        send_parts(talk, SIDE_SERVER, &bytes);
    }
    text_done(&bytes);
}
