/* SPDX-License-Identifier: Apache-2.0 */
/* Reader of QUIC Initial packets of the client, up to the ClientHello in their CRYPTO frames.
 *
 *   first 1 | version 4 | dcid length 1, dcid | scid length 1, scid
 *           | token length varint, token | length varint | packet number 1-4, sealed frames, tag 16
 *
 * Idea: the keys follow from the client's first destination connection id, so the first Initial
 * is opened with its own; later ones carry the server's id and are opened with the kept keys,
 * and where these fail (after a Retry) with their own again.
 * Invariants: (1) nothing is stored from a packet whose tag does not match, so nobody
 * off the path can spoil a hello; (2) bytes of the CRYPTO stream stand where their offset says, with a bit
 * for each that has come, so order and overlap do not matter; (3) a cut packet has no tag, and
 * is only used where all that is there of it parses as frames of a hello; (4) the fixed bit
 * (0x40) is not looked at: peers may clear it (RFC 9287), and the version says enough.
 * Rejected: a list of ranges instead of bits (Chrome sends a dozen shuffled fragments; a list has
 * cases, bits have none).
 * Cost: see quic.h.  Source: RFC 9000 sections 12, 17, 19; RFC 9001 section 5; RFC 9369. */
#include "classify/quic.h"

#include <string.h>

enum {
    PACKETS_MAX = 16,  /* coalesced in one datagram */
    HEADER_MAX = 2048, /* with a token */
    PLAIN_MAX = 4096,  /* no path carries larger Initials */
    HELLO_HEADER = 4,
    CLIENT_HELLO = 1
};

enum packet_type {
    PACKET_INITIAL,
    PACKET_ZERO_RTT,
    PACKET_HANDSHAKE,
    PACKET_RETRY
};

enum frame_type {
    FRAME_PADDING = 0x00,
    FRAME_PING = 0x01,
    FRAME_ACK = 0x02,
    FRAME_ACK_ECN = 0x03,
    FRAME_CRYPTO = 0x06,
    FRAME_CLOSE = 0x1c
};

/* A packet with a long header. */
struct long_packet {
    uint32_t version;
    enum packet_type type;
    struct bytes dcid;
    struct bytes whole; /* from the first byte to the packet's end, as far as captured */
    size_t number_at;   /* offset of the packet number */
    bool cut;
    uint64_t missing; /* bytes of the packet that the capture lacks */
};

/* Versions that show that this is QUIC, readable or not. */
static bool version_known(uint32_t version)
{
    bool google = version >> 16 == 0x5130 || version >> 16 == 0x5430; /* Q0xx, T0xx */
    bool draft = version >> 8 == 0xff0000 && (version & 0xff) != 0;
    bool facebook = version >> 4 == 0xfaceb00;
    bool reserved = (version & 0x0f0f0f0f) == 0x0a0a0a0a;
    return quic_keys_known(version) || google || draft || facebook || reserved;
}

uint32_t quic_version(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size);
    uint8_t first = bytes_u8(&in);
    uint32_t version = bytes_be32(&in);
    return in.bad || (first & 0x80) == 0 ? 0 : version;
}

bool quic_plausible(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size);
    if (!version_known(quic_version(data, size)))
        return false;
    bytes_skip(&in, 5);
    uint8_t dcid = bytes_u8(&in);
    bytes_skip(&in, dcid);
    uint8_t scid = bytes_u8(&in);
    return !in.bad && dcid <= QUIC_CID_MAX && scid <= QUIC_CID_MAX;
}

static uint64_t read_varint(struct bytes *in)
{
    uint8_t first = bytes_u8(in);
    uint64_t value = first & 0x3f;
    for (unsigned more = (1U << (first >> 6)) - 1; more > 0; more--)
        value = value << 8 | bytes_u8(in);
    return value;
}

/* Takes `size` bytes, which may be more than any memory has. */
static struct bytes take_varint(struct bytes *in, uint64_t size)
{
    if (size > bytes_left(in))
        size = bytes_left(in) + 1; /* too many: goes bad */
    return bytes_slice(in, (size_t)size);
}

/* Version 2 turned the four types by one. */
static enum packet_type type_of(uint8_t first, uint32_t version)
{
    unsigned bits = first >> 4 & 3;
    return (enum packet_type)(version == QUIC_VERSION_2 ? (bits + 3) & 3 : bits);
}

/* Reads the header of the packet at `in` and steps over the packet.  False at a short header and
 * where the header is broken. */
static bool next_packet(struct bytes *in, bool cut, struct long_packet *ret)
{
    const uint8_t *start = in->at;
    *ret = (struct long_packet){.version = quic_version(in->at, bytes_left(in))};
    if (!quic_plausible(in->at, bytes_left(in)))
        return false;
    uint8_t first = bytes_u8(in);
    bytes_skip(in, 4);
    ret->type = type_of(first, ret->version);
    ret->dcid = bytes_slice(in, bytes_u8(in));
    bytes_skip(in, bytes_u8(in));
    ret->whole = bytes_of(start, 0);
    if (!quic_keys_known(ret->version) || ret->type == PACKET_RETRY) {
        bytes_skip(in, bytes_left(in));
        return true;
    }
    if (ret->type == PACKET_INITIAL)
        (void)take_varint(in, read_varint(in));
    uint64_t length = read_varint(in);
    if (in->bad)
        return false;
    ret->number_at = (size_t)(in->at - start);
    ret->cut = length > bytes_left(in);
    if (ret->cut && !cut)
        return false;
    ret->missing = ret->cut ? length - bytes_left(in) : 0;
    (void)take_varint(in, ret->cut ? bytes_left(in) : length);
    ret->whole = bytes_of(start, (size_t)(in->at - start));
    return true;
}

/* Sets the bits from `from` up to, not including, `to`. */
static void mark(uint8_t *bits, size_t from, size_t to)
{
    for (; from < to && from % 8 != 0; from++)
        bits[from / 8] |= (uint8_t)(1U << (from % 8));
    size_t bytes = from < to ? (to - from) / 8 : 0;
    memset(bits + from / 8, 0xff, bytes);
    for (from += 8 * bytes; from < to; from++)
        bits[from / 8] |= (uint8_t)(1U << (from % 8));
}

/* Returns how many bytes have come from the start without a gap. */
static size_t without_gap(const struct quic_crypto *crypto)
{
    size_t bytes = 0;
    while (bytes < sizeof crypto->have && crypto->have[bytes] == 0xff)
        bytes++;
    size_t count = 8 * bytes;
    while (count < QUIC_CRYPTO_MAX && (crypto->have[count / 8] >> (count % 8) & 1) != 0)
        count++;
    return count;
}

static void store(struct quic_crypto *crypto, uint64_t offset, struct bytes data)
{
    if (offset >= QUIC_CRYPTO_MAX)
        return;
    size_t size = bytes_left(&data);
    size_t room = QUIC_CRYPTO_MAX - (size_t)offset;
    size = size < room ? size : room;
    if (size == 0)
        return;
    memcpy(crypto->data + offset, data.at, size);
    mark(crypto->have, (size_t)offset, (size_t)offset + size);
}

static void skip_ack(struct bytes *in, bool ecn)
{
    (void)read_varint(in); /* largest */
    (void)read_varint(in); /* delay */
    uint64_t ranges = read_varint(in);
    (void)read_varint(in); /* first range */
    for (uint64_t i = 0; i < ranges && !in->bad; i++) {
        (void)read_varint(in);
        (void)read_varint(in);
    }
    for (unsigned i = 0; ecn && i < 3; i++)
        (void)read_varint(in);
}

/* A CRYPTO frame.  In a cut packet its data may end early; `offset` 0 must begin a ClientHello. */
static bool read_crypto(struct bytes *in, bool cut, struct quic_crypto *crypto)
{
    uint64_t offset = read_varint(in);
    uint64_t length = read_varint(in);
    if (cut && !in->bad && length > bytes_left(in))
        length = bytes_left(in);
    struct bytes data = take_varint(in, length);
    if (in->bad)
        return cut;
    size_t size = bytes_left(&data);
    bool hello = offset > 0 || size == 0 ||
                 (bytes_peek(&data, 0) == CLIENT_HELLO && bytes_peek(&data, 1) == 0);
    if (cut && (!hello || offset > UINT16_MAX))
        return false;
    if (crypto != NULL)
        store(crypto, offset, data);
    return true;
}

/* Steps over padding, which is most of an Initial, in words; what is left of it comes byte by byte. */
static void skip_padding(struct bytes *in)
{
    struct bytes ahead = *in;
    while (bytes_left(&ahead) >= sizeof(uint64_t) && bytes_be64(&ahead) == 0)
        *in = ahead;
}

/* Walks the frames of one packet and stores their CRYPTO data, unless `crypto` is NULL.  Returns
 * false where they are not what an Initial may hold, and where a cut packet has no CRYPTO frame
 * to show for itself. */
static bool read_frames(struct bytes in, bool cut, struct quic_crypto *crypto)
{
    bool shown = !cut;
    while (bytes_left(&in) > 0) {
        switch (bytes_u8(&in)) {
        case FRAME_PADDING:
            skip_padding(&in);
            break;
        case FRAME_PING:
            break;
        case FRAME_ACK:
            skip_ack(&in, false);
            break;
        case FRAME_ACK_ECN:
            skip_ack(&in, true);
            break;
        case FRAME_CRYPTO:
            if (!read_crypto(&in, cut, crypto))
                return false;
            shown = true;
            break;
        case FRAME_CLOSE:
            (void)read_varint(&in); /* error code */
            (void)read_varint(&in); /* frame type */
            (void)take_varint(&in, read_varint(&in));
            break;
        default:
            return false;
        }
    }
    return shown && (cut || !in.bad);
}

/* Opens the packet into `plain` (PLAIN_MAX bytes).  Returns the frames, bad where the keys do
 * not fit. */
static struct bytes open_packet(const struct long_packet *packet, const struct quic_keys *keys,
                                uint8_t *plain)
{
    static const struct bytes none = {.bad = true};
    uint8_t header[HEADER_MAX];
    uint8_t mask[5];
    size_t at = packet->number_at;
    struct bytes in = packet->whole;
    const uint8_t *raw = bytes_take(&in, at + 4);
    const uint8_t *sample = bytes_take(&in, QUIC_SAMPLE_SIZE);
    if (raw == NULL || sample == NULL || at + 4 > sizeof header)
        return none;
    quic_keys_mask(keys, sample, mask);
    memcpy(header, raw, at + 4);
    header[0] ^= mask[0] & 0x0f;
    size_t number_size = (header[0] & 3U) + 1;
    struct quic_sealed sealed = {.header = header, .header_size = at + number_size};
    for (size_t i = 0; i < number_size; i++) {
        header[at + i] ^= mask[1 + i];
        sealed.number = sealed.number << 8 | header[at + i];
    }
    in = packet->whole;
    bytes_skip(&in, sealed.header_size);
    sealed.size = bytes_left(&in);
    size_t tag_size = packet->missing < QUIC_TAG_SIZE ? QUIC_TAG_SIZE - (size_t)packet->missing : 0;
    if (sealed.size < tag_size || sealed.size - tag_size > PLAIN_MAX)
        return none;
    sealed.size -= tag_size;
    /* Reserved bits: all that can be checked of a cut packet before its frames. */
    if (packet->cut && (header[0] & 0x0c) != 0)
        return none;
    sealed.data = bytes_take(&in, sealed.size);
    sealed.tag = packet->cut ? NULL : bytes_take(&in, QUIC_TAG_SIZE);
    if (sealed.data == NULL || !quic_keys_open(keys, &sealed, plain))
        return none;
    struct bytes frames = bytes_of(plain, sealed.size);
    if (packet->cut && !read_frames(frames, true, NULL))
        return none;
    return frames;
}

/* Opens the packet with the keys of one connection id, which become the connection's where they
 * fit. */
static struct bytes try_dcid(struct quic_crypto *crypto, const struct long_packet *packet,
                             struct bytes dcid, uint8_t *plain)
{
    struct quic_keys keys;
    size_t length = bytes_left(&dcid);
    if (!quic_keys_derive(packet->version, dcid.at, length, &keys))
        return (struct bytes){.bad = true};
    struct bytes frames = open_packet(packet, &keys, plain);
    if (!frames.bad && dcid.at != NULL) {
        crypto->keys = keys;
        crypto->version = packet->version;
        crypto->keyed = true;
        crypto->dcid_length = (uint8_t)length;
        memmove(crypto->original_dcid, dcid.at, length);
    }
    return frames;
}

static enum quic_result hello_result(const struct quic_crypto *crypto)
{
    size_t come = without_gap(crypto);
    if (come > 0 && crypto->data[0] != CLIENT_HELLO)
        return QUIC_SEEN;
    if (come < HELLO_HEADER)
        return QUIC_MORE;
    struct bytes in = bytes_of(crypto->data + 1, 3);
    size_t wanted = bytes_be24(&in) + (size_t)HELLO_HEADER;
    return come >= wanted || come == QUIC_CRYPTO_MAX ? QUIC_HELLO : QUIC_MORE;
}

static bool has_id(const struct quic_crypto *crypto, const struct bytes *id)
{
    size_t length = bytes_left(id);
    return length == crypto->dcid_length && id->at != NULL &&
           memcmp(id->at, crypto->original_dcid, length) == 0;
}

static enum quic_result read_initial(struct quic_crypto *crypto, const struct long_packet *packet)
{
    uint8_t plain[PLAIN_MAX];
    struct bytes frames = {.bad = true};
    if (crypto->keyed && crypto->version == packet->version)
        frames = open_packet(packet, &crypto->keys, plain);
    else if (crypto->keyed)
        frames =
            try_dcid(crypto, packet, bytes_of(crypto->original_dcid, crypto->dcid_length), plain);
    bool same =
        crypto->keyed && crypto->version == packet->version && has_id(crypto, &packet->dcid);
    if (frames.bad && !same)
        frames = try_dcid(crypto, packet, packet->dcid, plain);
    if (frames.bad)
        return QUIC_SEEN;
    (void)read_frames(frames, packet->cut, crypto);
    return hello_result(crypto);
}

enum quic_result quic_read(struct quic_crypto *crypto, const uint8_t *data, size_t size, bool cut)
{
    struct bytes in = bytes_of(data, size);
    enum quic_result result = QUIC_NOT;
    struct long_packet packet;
    for (unsigned i = 0; i < PACKETS_MAX && bytes_left(&in) > 0; i++) {
        if (!next_packet(&in, cut, &packet))
            break;
        enum quic_result one = QUIC_SEEN;
        if (packet.type == PACKET_INITIAL && quic_keys_known(packet.version))
            one = read_initial(crypto, &packet);
        result = one > result ? one : result;
    }
    return result;
}

struct bytes quic_client_hello(const struct quic_crypto *crypto)
{
    size_t come = without_gap(crypto);
    if (come <= HELLO_HEADER || crypto->data[0] != CLIENT_HELLO)
        return bytes_of(crypto->data, 0);
    struct bytes in = bytes_of(crypto->data + 1, come - 1);
    size_t wanted = bytes_be24(&in);
    return bytes_slice_upto(&in, wanted);
}
