/* SPDX-License-Identifier: Apache-2.0 */
/* QUIC version 1.
 *
 * Only Initial packets can be read by others, because their keys come from the first destination
 * connection id; those are built and encrypted for real (RFC 9001 section 5).  A browser's hello
 * is cut into CRYPTO frames out of order with PING and PADDING between them, as browsers do to keep
 * middleboxes honest.  Everything later is random bytes behind correct headers. */
#include "quic.h"

#include <nettle/aes.h>
#include <nettle/gcm.h>
#include <nettle/hkdf.h>
#include <nettle/hmac.h>
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "exchange.h"
#include "pattern.h"
#include "talk.h"
#include "tls.h"
#include "wire.h"

enum {
    CID_SIZE = 8,
    TAG_SIZE = 16,
    DATAGRAM = 1250,
    CRYPTO_MAX = 1150, /* bytes of handshake in one datagram */
    HELLO_TRIES = 3,
    FRAME_PADDING = 0,
    FRAME_PING = 1,
    FRAME_ACK = 2,
    FRAME_CRYPTO = 6
};

struct keys {
    uint8_t key[16], iv[12], hp[16];
};

struct quic {
    struct talk *talk;
    struct keys keys[2];         /* by enum side */
    uint8_t cid[2][CID_SIZE];    /* destination ids: of the server's choice, of the client's */
    uint8_t first_cid[CID_SIZE]; /* the client's random first destination */
    uint8_t client_cid_size;     /* browsers choose none */
    uint32_t next_number[2];
};

/* HKDF-Expand-Label (RFC 8446 section 7.1) with an empty context. */
static void expand_label(const uint8_t secret[static SHA256_DIGEST_SIZE], const char *label,
                         uint8_t *ret_key, size_t size)
{
    struct hmac_sha256_ctx ctx;
    struct text info = {0};
    wire_u16(&info, size);
    wire_u8(&info, 6 + strlen(label));
    text_add(&info, "tls13 ");
    text_add(&info, label);
    wire_u8(&info, 0);
    hmac_sha256_set_key(&ctx, SHA256_DIGEST_SIZE, secret);
    (void)hkdf_expand(&ctx, (nettle_hash_update_func *)hmac_sha256_update,
                      (nettle_hash_digest_func *)hmac_sha256_digest, SHA256_DIGEST_SIZE,
                      info.length, (const uint8_t *)info.data, size, ret_key);
    text_done(&info);
}

static void derive_keys(struct quic *quic)
{
    static const uint8_t salt[] = {0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17,
                                   0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a};
    static const char *const labels[] = {"client in", "server in"};
    struct hmac_sha256_ctx ctx;
    uint8_t initial[SHA256_DIGEST_SIZE], traffic[SHA256_DIGEST_SIZE];
    hmac_sha256_set_key(&ctx, sizeof salt, salt);
    hkdf_extract(&ctx, (nettle_hash_update_func *)hmac_sha256_update,
                 (nettle_hash_digest_func *)hmac_sha256_digest, SHA256_DIGEST_SIZE, CID_SIZE,
                 quic->first_cid, initial);
    for (unsigned side = 0; side < 2; side++) {
        struct keys *keys = &quic->keys[side];
        expand_label(initial, labels[side], traffic, sizeof traffic);
        expand_label(traffic, "quic key", keys->key, sizeof keys->key);
        expand_label(traffic, "quic iv", keys->iv, sizeof keys->iv);
        expand_label(traffic, "quic hp", keys->hp, sizeof keys->hp);
    }
}

static void add_varint(struct text *out, uint64_t value)
{
    if (value < 64)
        wire_u8(out, value);
    else
        wire_u16(out, 0x4000 | value);
}

/* Adds the long header up to the length; returns the place of the two-byte length. */
static size_t add_long_header(const struct quic *quic, enum side from, unsigned type,
                              struct text *out)
{
    bool client = from == SIDE_CLIENT;
    bool first = client && type == 0 && quic->next_number[SIDE_SERVER] == 0;
    uint8_t to_size = client ? CID_SIZE : quic->client_cid_size;
    uint8_t from_size = client ? quic->client_cid_size : CID_SIZE;
    wire_u8(out, 0xc3U | type << 4); /* packet number of 4 bytes */
    wire_u32(out, 1);
    wire_u8(out, to_size);
    text_add_bytes(out, first ? quic->first_cid : quic->cid[client ? SIDE_SERVER : SIDE_CLIENT],
                   to_size);
    wire_u8(out, from_size);
    text_add_bytes(out, quic->cid[from], from_size);
    if (type == 0)
        wire_u8(out, 0); /* no token */
    return wire_open(out, 2);
}

/* Encrypts `frames` in place of the packet's end and masks the header (RFC 9001 section 5.3, 5.4).
 * */
static void protect(const struct keys *keys, struct text *packet, size_t start, size_t number_at,
                    const struct text *frames)
{
    struct gcm_aes128_ctx gcm;
    struct aes128_ctx aes;
    uint8_t nonce[12], mask[16];
    memcpy(nonce, keys->iv, sizeof nonce);
    for (unsigned i = 0; i < 4; i++)
        nonce[8 + i] ^= (uint8_t)packet->data[number_at + i];
    size_t header = number_at + 4 - start;
    size_t body_at = packet->length;
    wire_fill(packet, 0, frames->length + TAG_SIZE);
    uint8_t *bytes = (uint8_t *)packet->data;
    gcm_aes128_set_key(&gcm, keys->key);
    gcm_aes128_set_iv(&gcm, sizeof nonce, nonce);
    gcm_aes128_update(&gcm, header, bytes + start);
    gcm_aes128_encrypt(&gcm, frames->length, bytes + body_at, (const uint8_t *)frames->data);
    gcm_aes128_digest(&gcm, TAG_SIZE, bytes + body_at + frames->length);
    aes128_set_encrypt_key(&aes, keys->hp);
    aes128_encrypt(&aes, sizeof mask, mask, bytes + number_at + 4);
    bytes[start] ^= mask[0] & 0x0f;
    for (unsigned i = 0; i < 4; i++)
        bytes[number_at + i] ^= mask[1 + i];
}

/* Adds one Initial packet to the datagram. */
static void add_initial(struct quic *quic, enum side from, const struct text *frames,
                        struct text *datagram)
{
    size_t start = datagram->length;
    size_t length_at = add_long_header(quic, from, 0, datagram);
    size_t number_at = datagram->length;
    wire_u32(datagram, quic->next_number[from]++);
    wire_patch(datagram, length_at, 2, 0x4000 | (4 + frames->length + TAG_SIZE));
    protect(&quic->keys[from], datagram, start, number_at, frames);
}

/* Adds one Handshake packet of random bytes that fills the datagram to `size`. */
static void add_handshake(struct quic *quic, enum side from, size_t size, struct text *datagram)
{
    size_t length_at = add_long_header(quic, from, 2, datagram);
    size_t left = size - datagram->length;
    wire_patch(datagram, length_at, 2, 0x4000 | left);
    random_bytes(quic->talk->random, datagram, left);
}

static void send(struct quic *quic, enum side from, struct text *datagram)
{
    talk_send_udp(quic->talk, from, datagram->data, datagram->length);
    quic->talk->now_ns += 50 * NS_PER_US;
    text_clear(datagram);
}

static void add_crypto(struct text *frames, const struct text *message, size_t at, size_t size)
{
    wire_u8(frames, FRAME_CRYPTO);
    add_varint(frames, at);
    add_varint(frames, size);
    text_add_bytes(frames, message->data + at, size);
}

static void add_ack(struct text *frames, uint32_t largest)
{
    wire_u8(frames, FRAME_ACK);
    add_varint(frames, largest);
    add_varint(frames, 120); /* delay */
    add_varint(frames, 0);   /* ranges */
    add_varint(frames, largest);
}

/* Adds bytes [at, at + size) of the message, in three frames out of order where `shuffle`. */
static void add_message(struct text *frames, const struct text *message, size_t at, size_t size,
                        bool shuffle)
{
    if (!shuffle || size < 90) {
        add_crypto(frames, message, at, size);
        return;
    }
    size_t third = size / 3;
    add_crypto(frames, message, at + 2 * third, size - 2 * third);
    wire_u8(frames, FRAME_PING);
    add_crypto(frames, message, at, third);
    wire_fill(frames, FRAME_PADDING, 7);
    add_crypto(frames, message, at + third, third);
}

/* Sends the ClientHello in as many padded datagrams as it needs. */
static void send_hello(struct quic *quic, const struct text *message, bool shuffle)
{
    struct text frames = {0}, datagram = {0};
    size_t overhead = 1 + 4 + 1 + CID_SIZE + 1 + quic->client_cid_size + 1 + 2 + 4 + TAG_SIZE;
    for (size_t at = 0; at < message->length; at += CRYPTO_MAX) {
        size_t left = message->length - at;
        text_clear(&frames);
        add_message(&frames, message, at, left < CRYPTO_MAX ? left : CRYPTO_MAX, shuffle);
        if (frames.length + overhead < DATAGRAM)
            wire_fill(&frames, FRAME_PADDING, DATAGRAM - overhead - frames.length);
        add_initial(quic, SIDE_CLIENT, &frames, &datagram);
        send(quic, SIDE_CLIENT, &datagram);
    }
    text_done(&frames);
    text_done(&datagram);
}

/* The server's answer, and the client's last two handshake datagrams. */
static void finish(struct quic *quic, const struct tls_plan *plan, const struct hello *hello)
{
    struct talk *talk = quic->talk;
    struct text message = {0}, frames = {0}, datagram = {0};
    uint32_t seen = quic->next_number[SIDE_CLIENT] - 1;
    talk->now_ns += talk->route->rtt_ns;
    hello_server(hello, talk->random, &message);
    add_ack(&frames, seen);
    add_crypto(&frames, &message, 0, message.length);
    add_initial(quic, SIDE_SERVER, &frames, &datagram);
    add_handshake(quic, SIDE_SERVER, DATAGRAM, &datagram);
    send(quic, SIDE_SERVER, &datagram);
    if (plan->flight > DATAGRAM) {
        add_handshake(quic, SIDE_SERVER, DATAGRAM, &datagram);
        send(quic, SIDE_SERVER, &datagram);
    }
    text_clear(&frames);
    add_ack(&frames, 0);
    wire_fill(&frames, FRAME_PADDING, 40);
    add_initial(quic, SIDE_CLIENT, &frames, &datagram);
    add_handshake(quic, SIDE_CLIENT, 1200, &datagram);
    send(quic, SIDE_CLIENT, &datagram);
    text_done(&message);
    text_done(&frames);
    text_done(&datagram);
}

/* Sends one packet with a short header and `size` random bytes. */
static void send_short(struct quic *quic, enum side from, size_t size)
{
    struct random *random = quic->talk->random;
    struct text datagram = {0};
    wire_u8(&datagram, 0x40 | random_between(random, 0, 63));
    if (from == SIDE_CLIENT)
        text_add_bytes(&datagram, quic->cid[SIDE_SERVER], CID_SIZE);
    else
        text_add_bytes(&datagram, quic->cid[SIDE_CLIENT], quic->client_cid_size);
    random_bytes(random, &datagram, size + 20);
    send(quic, from, &datagram);
    text_done(&datagram);
}

static void send_data(struct quic *quic, enum side from, uint64_t size)
{
    for (unsigned count = 1; size > 0; count++) {
        size_t part = size < 1200 ? (size_t)size : 1200;
        send_short(quic, from, part);
        size -= part;
        if (count % 8 == 0 || size == 0)
            send_short(quic, side_other(from), 6); /* acknowledgement */
    }
}

static void fill_cids(struct quic *quic)
{
    struct text ids = {0};
    random_bytes(quic->talk->random, &ids, sizeof quic->cid + sizeof quic->first_cid);
    memcpy(quic->cid[SIDE_SERVER], ids.data, CID_SIZE);
    memcpy(quic->cid[SIDE_CLIENT], ids.data + CID_SIZE, CID_SIZE);
    memcpy(quic->first_cid, ids.data + sizeof quic->cid, CID_SIZE);
    text_done(&ids);
}

/* Chooses ids and keys and builds the ClientHello. */
static void begin(struct quic *quic, const struct tls_plan *plan, const struct text *name,
                  struct hello *ret_hello, struct text *message)
{
    struct talk *talk = quic->talk;
    struct text outer = {0};
    fill_cids(quic);
    derive_keys(quic);
    if (plan->outer != NULL)
        pattern_expand(plan->outer, talk->random, &outer);
    *ret_hello = (struct hello){.style = plan->style,
                                .tls13 = true,
                                .quic = true,
                                .name = plan->style == HELLO_ECH ? &outer : name,
                                .alpn = plan->alpn != NULL ? plan->alpn : "h3",
                                .cid = quic->cid[SIDE_CLIENT],
                                .cid_size = quic->client_cid_size};
    hello_client(ret_hello, talk->random, message);
    ret_hello->name = NULL; /* the server's part does not need it */
    text_done(&outer);
}

static struct quic quic_of(struct talk *talk, const struct tls_plan *plan)
{
    bool browser = plan->style == HELLO_BROWSER || plan->style == HELLO_ECH;
    return (struct quic){.talk = talk, .client_cid_size = browser ? 0 : CID_SIZE};
}

void quic_run(struct talk *talk, const struct tls_plan *plan, const struct text *name,
              const struct exchange *exchange)
{
    struct quic quic = quic_of(talk, plan);
    struct hello hello;
    struct text message = {0};
    begin(&quic, plan, name, &hello, &message);
    send_hello(&quic, &message, quic.client_cid_size == 0);
    finish(&quic, plan, &hello);
    text_done(&message);
    for (unsigned i = 0; i < exchange->repeat; i++) {
        if (i > 0)
            talk->now_ns += exchange_pause(exchange, talk->random);
        send_data(&quic, SIDE_CLIENT, span_pick(&exchange->up, talk->random));
        talk->now_ns += talk->route->rtt_ns;
        send_data(&quic, SIDE_SERVER, span_pick(&exchange->down, talk->random));
    }
}

void quic_unanswered(struct talk *talk, const struct tls_plan *plan, const struct text *name)
{
    struct quic quic = quic_of(talk, plan);
    struct hello hello;
    struct text message = {0};
    begin(&quic, plan, name, &hello, &message);
    for (unsigned i = 0; i < HELLO_TRIES; i++) {
        send_hello(&quic, &message, quic.client_cid_size == 0);
        talk->now_ns += NS_PER_S << i;
    }
    text_done(&message);
}
