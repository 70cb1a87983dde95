/* SPDX-License-Identifier: Apache-2.0 */
/* TLS over TCP: version 1.2 with its certificate in the clear, 1.3 with only the hellos.
 *
 * After the key exchange everything is random bytes in records of the sizes that the usual ciphers
 * give (AES-GCM: 24 bytes more per record in 1.2, 17 in 1.3).  Source: RFC 5246, RFC 8446. */
#include "tls.h"

#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "certificate.h"
#include "exchange.h"
#include "pattern.h"
#include "talk.h"
#include "tcp.h"
#include "wire.h"

enum {
    RECORD_CHANGE = 20,
    RECORD_HANDSHAKE = 22,
    RECORD_DATA = 23,
    RECORD_MAX = 16384,
    HANDSHAKE_CERTIFICATE = 11,
    HANDSHAKE_SERVER_KEY = 12,
    HANDSHAKE_DONE = 14,
    HANDSHAKE_CLIENT_KEY = 16,
    FINISHED_12 = 40,
    FINISHED_13 = 53,
    OVERHEAD_12 = 24,
    OVERHEAD_13 = 17
};

static void add_record(struct text *out, unsigned type, unsigned version, const struct text *body)
{
    wire_u8(out, type);
    wire_u16(out, version);
    wire_u16(out, body->length);
    text_add_bytes(out, body->data, body->length);
}

static void add_opaque(struct text *out, unsigned type, struct random *random, size_t size)
{
    wire_u8(out, type);
    wire_u16(out, 0x0303);
    wire_u16(out, size);
    random_bytes(random, out, size);
}

static void add_change(struct text *out)
{
    wire_u8(out, RECORD_CHANGE);
    wire_u16(out, 0x0303);
    wire_u16(out, 1);
    wire_u8(out, 1);
}

/* Adds the Certificate message: the leaf, and the authority that issued it. */
static void add_certificates(struct text *out, const struct tls_plan *plan, struct random *random,
                             int64_t start_ns)
{
    struct text issuer = {0}, subject = {0}, names[TLS_ALT_NAMES_MAX] = {0};
    pattern_expand(plan->issuer != NULL ? plan->issuer : plan->subject, random, &issuer);
    pattern_expand(plan->subject, random, &subject);
    for (unsigned i = 0; i < plan->alt_name_count; i++)
        pattern_expand(plan->alt_names[i], random, &names[i]);
    struct certificate leaf = {.issuer = &issuer,
                               .subject = &subject,
                               .alt_names = names,
                               .alt_name_count = plan->alt_name_count,
                               .start_ns = start_ns - 30 * NS_PER_DAY};
    struct certificate authority = {
        .issuer = &issuer, .subject = &issuer, .start_ns = start_ns - 300 * NS_PER_DAY};
    wire_u8(out, HANDSHAKE_CERTIFICATE);
    size_t body = wire_open(out, 3);
    size_t list = wire_open(out, 3);
    size_t mark = wire_open(out, 3);
    certificate_add(out, &leaf, random);
    wire_close(out, mark, 3);
    if (!plan->alone && plan->issuer != NULL && strcmp(plan->issuer, plan->subject) != 0) {
        mark = wire_open(out, 3);
        certificate_add(out, &authority, random);
        wire_close(out, mark, 3);
    }
    wire_close(out, list, 3);
    wire_close(out, body, 3);
    for (unsigned i = 0; i < plan->alt_name_count; i++)
        text_done(&names[i]);
    text_done(&issuer);
    text_done(&subject);
}

/* Adds ServerKeyExchange: X25519, signed with RSA-PSS. */
static void add_server_key(struct text *out, struct random *random)
{
    wire_u8(out, HANDSHAKE_SERVER_KEY);
    size_t body = wire_open(out, 3);
    wire_u24(out, 0x03001d);
    wire_u8(out, 32);
    random_bytes(random, out, 32);
    wire_u16(out, 0x0804);
    wire_u16(out, 256);
    random_bytes(random, out, 256);
    wire_close(out, body, 3);
}

static void send_client_hello(struct tcp *tcp, struct hello *hello)
{
    struct text message = {0}, record = {0};
    hello_client(hello, tcp->talk->random, &message);
    add_record(&record, RECORD_HANDSHAKE, 0x0301, &message);
    tcp_send_text(tcp, SIDE_CLIENT, &record);
    text_done(&message);
    text_done(&record);
}

/* Rest of the 1.2 handshake, from ServerHello on. */
static void finish_12(struct tcp *tcp, const struct tls_plan *plan, const struct hello *hello,
                      int64_t start_ns)
{
    struct random *random = tcp->talk->random;
    struct text message = {0}, flight = {0};
    hello_server(hello, random, &message);
    if (plan->subject != NULL)
        add_certificates(&message, plan, random, start_ns);
    add_server_key(&message, random);
    wire_u32(&message, (uint32_t)HANDSHAKE_DONE << 24);
    add_record(&flight, RECORD_HANDSHAKE, 0x0303, &message);
    tcp_send_text(tcp, SIDE_SERVER, &flight);
    text_clear(&message);
    text_clear(&flight);
    wire_u32(&message, (uint32_t)HANDSHAKE_CLIENT_KEY << 24 | 33);
    wire_u8(&message, 32);
    random_bytes(random, &message, 32);
    add_record(&flight, RECORD_HANDSHAKE, 0x0303, &message);
    add_change(&flight);
    add_opaque(&flight, RECORD_HANDSHAKE, random, FINISHED_12);
    tcp_send_text(tcp, SIDE_CLIENT, &flight);
    text_clear(&flight);
    add_change(&flight);
    add_opaque(&flight, RECORD_HANDSHAKE, random, FINISHED_12);
    tcp_send_text(tcp, SIDE_SERVER, &flight);
    text_done(&message);
    text_done(&flight);
}

static void finish_13(struct tcp *tcp, const struct tls_plan *plan, const struct hello *hello)
{
    struct random *random = tcp->talk->random;
    struct text message = {0}, flight = {0};
    hello_server(hello, random, &message);
    add_record(&flight, RECORD_HANDSHAKE, 0x0303, &message);
    add_change(&flight);
    add_opaque(&flight, RECORD_DATA, random, plan->flight);
    tcp_send_text(tcp, SIDE_SERVER, &flight);
    text_clear(&flight);
    add_change(&flight);
    add_opaque(&flight, RECORD_DATA, random, FINISHED_13);
    tcp_send_text(tcp, SIDE_CLIENT, &flight);
    text_done(&message);
    text_done(&flight);
}

void tls_send_data(struct tcp *tcp, const struct tls_plan *plan, enum side from, uint64_t size)
{
    size_t overhead = plan->tls13 ? OVERHEAD_13 : OVERHEAD_12;
    struct text flight = {0};
    while (size > 0) {
        size_t part = size < RECORD_MAX ? (size_t)size : RECORD_MAX;
        add_opaque(&flight, RECORD_DATA, tcp->talk->random, part + overhead);
        size -= part;
    }
    if (flight.length > 0)
        tcp_send_text(tcp, from, &flight);
    text_done(&flight);
}

void tls_run(struct tcp *tcp, const struct tls_plan *plan, const struct text *name,
             const struct exchange *exchange, int64_t start_ns)
{
    struct random *random = tcp->talk->random;
    struct text outer = {0};
    if (plan->outer != NULL)
        pattern_expand(plan->outer, random, &outer);
    struct hello hello = {.style = plan->style,
                          .tls13 = plan->tls13,
                          .name = plan->style == HELLO_ECH ? &outer : name,
                          .alpn = plan->alpn};
    send_client_hello(tcp, &hello);
    if (plan->tls13)
        finish_13(tcp, plan, &hello);
    else
        finish_12(tcp, plan, &hello, start_ns);
    text_done(&outer);
    for (unsigned i = 0; i < exchange->repeat; i++) {
        if (i > 0)
            tcp_idle(tcp, exchange_pause(exchange, random), exchange->keep_alive_ns);
        tls_send_data(tcp, plan, SIDE_CLIENT, span_pick(&exchange->up, random));
        tls_send_data(tcp, plan, SIDE_SERVER, span_pick(&exchange->down, random));
    }
}
