/* SPDX-License-Identifier: Apache-2.0 */
/* IP reassembly with bounded memory.
 *
 * The idea: each datagram keeps its pieces as a sorted list without overlaps, so that it is
 * whole exactly when the bytes in the list add up to its length.
 * Overlaps: in IPv6 they void the datagram, with the pieces that still come (RFC 5722), unless a
 * piece comes twice as it was.  In IPv4 the bytes that came first win and the new piece fills
 * only holes; operating systems differ here, so an overlap is counted as the sign of evasion or
 * of a broken sender that it is.
 * Bounds: bytes for all (a new piece first makes room, oldest datagram first), datagrams, 64 KiB
 * and PIECES_MAX pieces for each datagram, time since its first piece.  Memory may pass the
 * bound by one piece.
 * Invariants: (1) the list from `oldest` is in order of arrival; (2) a datagram in the table is
 * not whole; (3) pieces that the snapshot length cut never enter, for the holes that they leave
 * cannot be filled.
 * Rejected: one 64 KiB buffer for each datagram, with which a few thousand tiny pieces claim all
 * memory.
 * Cost: one hash look-up and two allocations for a fragment; nothing for other packets.
 * Sources: RFC 791, RFC 815, RFC 8200 section 4.5, RFC 5722. */
#include "decode/fragments.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/memory.h"
#include "decode/decode.h"

enum {
    DATAGRAM_MAX = 65535,
    PIECES_MAX = 128,
    BUCKETS = 1024,
    IPV6_HEADER_SIZE = 40
};

struct piece {
    struct piece *next;
    uint32_t start, end;
    uint8_t data[];
};

/* What makes two pieces belong together; without padding, so that its bytes can be hashed. */
struct datagram_key {
    struct addr src, dst;
    uint32_t id;
    uint32_t kind; /* IP version and protocol */
};

struct datagram {
    struct datagram_key key;
    struct datagram *chain;         /* in the same bucket */
    struct datagram *older, *newer; /* by arrival */
    struct piece *first;
    uint8_t *header; /* of the piece at offset 0; NULL before it came */
    size_t header_size;
    size_t memory;
    int64_t first_ns;
    uint32_t pieces;
    uint32_t covered; /* bytes in the list */
    uint32_t end;     /* length of the data; 0 before the last piece came */
    bool spoilt;      /* overlapped: takes no more pieces */
};

struct whole {
    struct whole *next;
    uint8_t data[];
};

struct fragments {
    struct decode_options options;
    struct decode_counters *counters;
    struct datagram *oldest, *newest;
    struct whole *given; /* since fragments_release() */
    size_t memory;
    size_t waiting;
    uint64_t seed;
    struct datagram *buckets[BUCKETS];
};

struct fragments *fragments_new(const struct decode_options *options,
                                struct decode_counters *counters)
{
    struct fragments *fragments = mem_zeroed(1, sizeof *fragments);
    fragments->options = *options;
    fragments->counters = counters;
    fragments->seed = hash_seed();
    return fragments;
}

static struct datagram **bucket_of(struct fragments *fragments, const struct datagram_key *key)
{
    return &fragments->buckets[hash_bytes(key, sizeof *key, fragments->seed) % BUCKETS];
}

static void account(struct fragments *fragments, struct datagram *datagram, size_t size)
{
    datagram->memory += size;
    fragments->memory += size;
}

/* Frees what the datagram holds, but not the datagram. */
static void datagram_clear(struct fragments *fragments, struct datagram *datagram)
{
    while (datagram->first != NULL) {
        struct piece *piece = datagram->first;
        datagram->first = piece->next;
        free(piece);
    }
    free(datagram->header);
    datagram->header = NULL;
    fragments->memory -= datagram->memory - sizeof *datagram;
    datagram->memory = sizeof *datagram;
}

static void datagram_drop(struct fragments *fragments, struct datagram *datagram)
{
    struct datagram **link = bucket_of(fragments, &datagram->key);
    while (*link != datagram)
        link = &(*link)->chain;
    *link = datagram->chain;
    *(datagram->older != NULL ? &datagram->older->newer : &fragments->oldest) = datagram->newer;
    *(datagram->newer != NULL ? &datagram->newer->older : &fragments->newest) = datagram->older;
    datagram_clear(fragments, datagram);
    fragments->memory -= sizeof *datagram;
    fragments->waiting--;
    free(datagram);
}

void fragments_release(struct fragments *fragments)
{
    while (fragments->given != NULL) {
        struct whole *whole = fragments->given;
        fragments->given = whole->next;
        free(whole);
    }
}

void fragments_free(struct fragments *fragments)
{
    if (fragments == NULL)
        return;
    fragments_release(fragments);
    while (fragments->oldest != NULL)
        datagram_drop(fragments, fragments->oldest);
    free(fragments);
}

size_t fragments_memory(const struct fragments *fragments)
{
    return fragments->memory;
}

size_t fragments_waiting(const struct fragments *fragments)
{
    return fragments->waiting;
}

/* True where the datagram has waited too long, or where time has jumped back by as much. */
static bool is_late(const struct fragments *fragments, const struct datagram *datagram, int64_t now)
{
    bool is4 = datagram->key.kind >> 8 == 4;
    int64_t timeout =
        is4 ? fragments->options.fragment_timeout4_ns : fragments->options.fragment_timeout6_ns;
    int64_t age = 0;
    return __builtin_sub_overflow(now, datagram->first_ns, &age) || age > timeout || age < -timeout;
}

static void drop_oldest(struct fragments *fragments, uint64_t *counter)
{
    assert(fragments->oldest->older == NULL);
    (*counter)++;
    datagram_drop(fragments, fragments->oldest);
}

static void drop_late(struct fragments *fragments, int64_t now)
{
    while (fragments->oldest != NULL && is_late(fragments, fragments->oldest, now))
        drop_oldest(fragments, &fragments->counters->fragments_expired);
}

/* Drops the oldest datagrams until `size` bytes and one datagram more are within the bounds. */
static void make_room(struct fragments *fragments, size_t size)
{
    const struct decode_options *options = &fragments->options;
    while (fragments->oldest != NULL &&
           (fragments->memory + size > options->fragment_memory_bytes ||
            fragments->waiting >= options->fragment_datagrams))
        drop_oldest(fragments, &fragments->counters->fragments_dropped);
}

static struct datagram *datagram_find(struct fragments *fragments, const struct datagram_key *key)
{
    struct datagram *datagram = *bucket_of(fragments, key);
    while (datagram != NULL && memcmp(&datagram->key, key, sizeof *key) != 0)
        datagram = datagram->chain;
    return datagram;
}

static struct datagram *datagram_add(struct fragments *fragments, const struct datagram_key *key,
                                     int64_t now)
{
    struct datagram *datagram = mem_zeroed(1, sizeof *datagram);
    struct datagram **bucket = bucket_of(fragments, key);
    datagram->key = *key;
    datagram->first_ns = now;
    datagram->chain = *bucket;
    *bucket = datagram;
    datagram->older = fragments->newest;
    *(fragments->newest != NULL ? &fragments->newest->newer : &fragments->oldest) = datagram;
    fragments->newest = datagram;
    fragments->waiting++;
    account(fragments, datagram, sizeof *datagram);
    return datagram;
}

/* Returns the datagram that the piece belongs to, made where it is new. */
static struct datagram *datagram_of(struct fragments *fragments, const struct fragment *fragment)
{
    struct datagram_key key = {.src = fragment->src,
                               .dst = fragment->dst,
                               .id = fragment->id,
                               .kind = (uint32_t)fragment->ip_version << 8 | fragment->protocol};
    struct datagram *datagram = datagram_find(fragments, &key);
    if (datagram != NULL && is_late(fragments, datagram, fragment->ts_ns)) {
        fragments->counters->fragments_expired++;
        datagram_drop(fragments, datagram);
        datagram = NULL;
    }
    return datagram != NULL ? datagram : datagram_add(fragments, &key, fragment->ts_ns);
}

enum meeting {
    MEETING_NONE,
    MEETING_SAME, /* the very same piece */
    MEETING_OVERLAP
};

static enum meeting meeting_of(const struct datagram *datagram, const struct fragment *fragment)
{
    uint32_t end = fragment->offset + (uint32_t)fragment->size;
    for (const struct piece *piece = datagram->first; piece != NULL; piece = piece->next) {
        if (piece->end <= fragment->offset)
            continue;
        if (piece->start >= end)
            return MEETING_NONE;
        bool same = piece->start == fragment->offset && piece->end == end &&
                    memcmp(piece->data, fragment->data, fragment->size) == 0;
        return same ? MEETING_SAME : MEETING_OVERLAP;
    }
    return MEETING_NONE;
}

/* Puts the bytes from `start` to `end` of the piece in front of `*link`. */
static void piece_add(struct fragments *fragments, struct datagram *datagram, struct piece **link,
                      const struct fragment *fragment, uint32_t start, uint32_t end)
{
    size_t size = end - start;
    struct piece *piece = mem_alloc(sizeof *piece + size);
    piece->start = start;
    piece->end = end;
    memcpy(piece->data, fragment->data + (start - fragment->offset), size);
    piece->next = *link;
    *link = piece;
    datagram->pieces++;
    datagram->covered += (uint32_t)size;
    account(fragments, datagram, sizeof *piece + size);
}

/* Fills the holes that the piece covers.  Each turn passes one piece of the list. */
static void fill_holes(struct fragments *fragments, struct datagram *datagram,
                       const struct fragment *fragment)
{
    uint32_t at = fragment->offset;
    uint32_t end = at + (uint32_t)fragment->size;
    struct piece **link = &datagram->first;
    while (at < end && datagram->pieces < PIECES_MAX) {
        const struct piece *here = *link;
        uint32_t hole_end = here != NULL && here->start < end ? here->start : end;
        if (at < hole_end) {
            piece_add(fragments, datagram, link, fragment, at, hole_end);
            link = &(*link)->next;
        }
        if (here == NULL)
            break;
        at = here->end > at ? here->end : at;
        link = &(*link)->next;
    }
}

/* True where the piece cannot belong to any datagram. */
static bool is_malformed(const struct fragment *fragment)
{
    return fragment->size == 0 || fragment->offset + fragment->size > DATAGRAM_MAX ||
           fragment->header_size + fragment->size > DATAGRAM_MAX ||
           (fragment->more && fragment->size % 8 != 0);
}

/* True where the piece and the datagram disagree about where the data ends. */
static bool contradicts(const struct datagram *datagram, const struct fragment *fragment)
{
    uint32_t end = fragment->offset + (uint32_t)fragment->size;
    if (datagram->end != 0)
        return fragment->more ? end > datagram->end : end != datagram->end;
    uint32_t seen = 0;
    for (const struct piece *piece = datagram->first; piece != NULL; piece = piece->next)
        seen = piece->end;
    return !fragment->more && seen > end;
}

static void keep_header(struct fragments *fragments, struct datagram *datagram,
                        const struct fragment *fragment)
{
    datagram->header = mem_copy(fragment->header, fragment->header_size);
    datagram->header_size = fragment->header_size;
    if (fragment->ip_version == 6)
        datagram->header[fragment->next_at] = fragment->next;
    account(fragments, datagram, fragment->header_size);
}

static void put_be16(uint8_t *at, size_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

/* Makes the datagram from its pieces and drops it from the table.  Returns false where it is
 * longer than its length field can say. */
static bool complete(struct fragments *fragments, struct datagram *datagram,
                     struct bytes *ret_datagram)
{
    bool is6 = datagram->key.kind >> 8 == 6;
    size_t size = datagram->header_size + datagram->end;
    size_t length = is6 ? size - IPV6_HEADER_SIZE : size;
    if (length > DATAGRAM_MAX) {
        fragments->counters->fragments_dropped++;
        datagram_drop(fragments, datagram);
        return false;
    }
    struct whole *whole = mem_alloc(sizeof *whole + size);
    memcpy(whole->data, datagram->header, datagram->header_size);
    for (const struct piece *piece = datagram->first; piece != NULL; piece = piece->next)
        memcpy(whole->data + datagram->header_size + piece->start, piece->data,
               piece->end - piece->start);
    put_be16(whole->data + (is6 ? 4 : 2), length);
    if (!is6) {
        put_be16(whole->data + 6, 0);  /* flags and offset */
        put_be16(whole->data + 10, 0); /* checksum */
    }
    whole->next = fragments->given;
    fragments->given = whole;
    fragments->counters->reassembled++;
    datagram_drop(fragments, datagram);
    *ret_datagram = bytes_of(whole->data, size);
    return true;
}

/* Takes the piece into its datagram; false where that was the end of the piece. */
static bool take(struct fragments *fragments, struct datagram *datagram,
                 const struct fragment *fragment)
{
    enum meeting meeting = meeting_of(datagram, fragment);
    if (meeting == MEETING_SAME)
        return false;
    bool overlap = meeting == MEETING_OVERLAP;
    bool wrong = contradicts(datagram, fragment);
    fragments->counters->fragments_overlapping += overlap;
    if ((overlap || wrong) && fragment->ip_version == 6) {
        datagram_clear(fragments, datagram);
        datagram->spoilt = true;
    }
    if (wrong || datagram->spoilt) {
        fragments->counters->fragments_dropped++;
        return false;
    }
    if (!fragment->more)
        datagram->end = fragment->offset + (uint32_t)fragment->size;
    if (fragment->offset == 0 && datagram->header == NULL)
        keep_header(fragments, datagram, fragment);
    fill_holes(fragments, datagram, fragment);
    if (datagram->pieces < PIECES_MAX)
        return true;
    fragments->counters->fragments_dropped++;
    datagram_drop(fragments, datagram);
    return false;
}

bool fragments_add(struct fragments *fragments, const struct fragment *fragment,
                   struct bytes *ret_datagram)
{
    struct decode_counters *counters = fragments->counters;
    if (fragment->cut || is_malformed(fragment)) {
        counters->events[DECODE_EVENT_FRAGMENT_MALFORMED] += !fragment->cut;
        counters->fragments_dropped++;
        return false;
    }
    drop_late(fragments, fragment->ts_ns);
    make_room(fragments, sizeof(struct datagram) + sizeof(struct piece) + fragment->size +
                             fragment->header_size);
    struct datagram *datagram = datagram_of(fragments, fragment);
    if (!take(fragments, datagram, fragment))
        return false;
    bool whole =
        datagram->end != 0 && datagram->covered == datagram->end && datagram->header != NULL;
    return whole && complete(fragments, datagram, ret_datagram);
}
