/* SPDX-License-Identifier: Apache-2.0 */
/* 802.11 data frames, bare or behind a radiotap, Prism or AVS header.
 *
 * Only unprotected data frames hold something that we can read; what an access point encrypts is
 * no IP to us.  Of an aggregate (A-MSDU) the first subframe is read, since one frame gives one
 * packet.
 * Sources: IEEE 802.11-2020 section 9.2 and 9.3.2; https://www.radiotap.org. */
#include <string.h>

#include "decode/walk.h"

enum {
    RADIOTAP_WORDS_MAX = 32,
    FCS_SIZE = 4
};

enum radiotap_flag {
    RADIOTAP_FCS = 0x10,     /* the frame ends with its checksum */
    RADIOTAP_PADDED = 0x20,  /* the 802.11 header is padded to four bytes */
    RADIOTAP_BAD_FCS = 0x40, /* ... which was found wrong */
};

/* Reads the flags field of a radiotap header (without its first eight bytes), 0 where there is
 * none. */
static uint8_t radiotap_flags(struct bytes header, uint32_t present)
{
    const uint8_t *start = header.at;
    uint32_t word = present;
    for (unsigned i = 0; (word & 0x80000000) != 0 && i < RADIOTAP_WORDS_MAX; i++)
        word = bytes_le32(&header);
    if ((present & 1) != 0) { /* time stamp: eight bytes, aligned */
        size_t used = (size_t)(header.at - start);
        bytes_skip(&header, ((used + 7) & ~(size_t)7) - used + 8);
    }
    return (present & 2) != 0 ? bytes_u8(&header) : 0;
}

static enum layer data_frame(struct walk *walk, bool padded);

/* Version (1), padding (1), length (2), bits of present fields (4 or more), the fields.
 * Little-endian. */
enum layer wireless_radiotap(struct walk *walk)
{
    struct bytes at = walk->at;
    bytes_skip(&at, 2);
    uint16_t length = bytes_le16(&at);
    uint32_t present = bytes_le32(&at);
    if (at.bad)
        return walk_cut(walk, DECODE_EVENT_IEEE80211_MALFORMED);
    struct bytes header = bytes_slice(&walk->at, length);
    if (walk->at.bad || length < 8)
        return walk_cut(walk, DECODE_EVENT_IEEE80211_MALFORMED);
    bytes_skip(&header, 8);
    uint8_t flags = radiotap_flags(header, present);
    if ((flags & RADIOTAP_BAD_FCS) != 0)
        return walk_invalid(walk, DECODE_EVENT_IEEE80211_FCS);
    if ((flags & RADIOTAP_FCS) != 0)
        walk_drop_tail(walk, FCS_SIZE);
    return data_frame(walk, (flags & RADIOTAP_PADDED) != 0);
}

/* Prism: message (4) and length (4) in the byte order of the capturing machine.  AVS, under the
 * same link type: a magic number (4) and the length (4), big-endian. */
enum layer wireless_prism(struct walk *walk)
{
    struct bytes at = walk->at;
    uint32_t message = bytes_be32(&at);
    uint32_t length = bytes_be32(&at);
    if ((message & 0xfffff000) != 0x80211000 && length > 0xffff)
        length = __builtin_bswap32(length);
    bytes_skip(&walk->at, length);
    if (at.bad || walk->at.bad || length < 8)
        return walk_cut(walk, DECODE_EVENT_IEEE80211_MALFORMED);
    return data_frame(walk, false);
}

enum layer wireless_frame(struct walk *walk)
{
    return data_frame(walk, false);
}

/* Notes who sent to whom: which of the four addresses say so depends on the two direction bits. */
static void note_addresses(struct packet *packet, const uint8_t *three, const uint8_t *fourth,
                           unsigned direction)
{
    bool to_system = (direction & 1) != 0;
    bool from_system = (direction & 2) != 0;
    const uint8_t *src = three + 6;
    if (from_system)
        src = fourth != NULL ? fourth : three + 12;
    memcpy(packet->src_mac, src, 6);
    memcpy(packet->dst_mac, to_system ? three + 12 : three, 6);
    packet->has_mac = true;
}

/* Frame control (2), duration (2), three addresses (18), sequence (2), then as control says:
 * fourth address (6), quality of service (2), high throughput (4). */
static enum layer data_frame(struct walk *walk, bool padded)
{
    enum {
        TYPE_MASK = 0x0f, /* version and type; 8 is data */
        NO_DATA = 0x40,
        QUALITY = 0x80,
        DIRECTION = 0x03,
        PROTECTED = 0x40,
        ORDER = 0x80,
        AGGREGATE = 0x80
    };
    walk->counters->ieee80211++;
    struct bytes *at = &walk->at;
    const uint8_t *start = at->at;
    uint8_t kind = bytes_u8(at);
    uint8_t flags = bytes_u8(at);
    bytes_skip(at, 2);
    if (at->bad)
        return walk_cut(walk, DECODE_EVENT_IEEE80211_MALFORMED);
    if ((kind & TYPE_MASK) != 8 || (kind & NO_DATA) != 0 || (flags & PROTECTED) != 0)
        return LAYER_NOT_IP;
    const uint8_t *addresses = bytes_take(at, 18);
    uint16_t sequence = bytes_le16(at);
    const uint8_t *fourth = (flags & DIRECTION) == DIRECTION ? bytes_take(at, 6) : NULL;
    uint8_t quality = 0;
    if ((kind & QUALITY) != 0) {
        quality = bytes_u8(at);
        bytes_skip(at, (flags & ORDER) != 0 ? 5 : 1);
    }
    if (padded && !at->bad)
        bytes_skip(at, -(size_t)(at->at - start) & 3);
    if (at->bad || addresses == NULL)
        return walk_cut(walk, DECODE_EVENT_IEEE80211_MALFORMED);
    if ((sequence & 0x0f) != 0)
        return LAYER_NOT_IP; /* a later fragment: it begins in the middle of a packet */
    note_addresses(walk->packet, addresses, fourth, flags & DIRECTION);
    if ((quality & AGGREGATE) == 0)
        return LAYER_LLC;
    bytes_skip(at, 12); /* subframe: destination, source, length */
    uint16_t length = bytes_be16(at);
    if (at->bad)
        return walk_cut(walk, DECODE_EVENT_IEEE80211_MALFORMED);
    walk_trim(walk, length);
    return LAYER_LLC;
}
