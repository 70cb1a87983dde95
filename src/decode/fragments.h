/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/addr.h"

struct bytes;
struct decode_counters;
struct decode_options;

/* Internal to decode/: IP reassembly (see fragments.c for what happens to overlaps).  One for
 * each decoder. */
struct fragments;

/* One piece as ip.c found it.  All bytes are borrowed for the call. */
struct fragment {
    struct addr src, dst;
    uint32_t id;
    uint8_t ip_version;
    uint8_t protocol; /* IPv4: part of what makes the datagram; IPv6: 0 */
    /* What stands in front of each piece: the IPv4 header, or the IPv6 headers up to the fragment
     * header. */
    const uint8_t *header;
    size_t header_size;
    size_t next_at; /* IPv6: where in `header` the fragment header is announced ... */
    uint8_t next;   /* ... and what to write there instead */
    uint32_t offset;
    bool more;
    bool cut; /* the snapshot length took bytes off its end */
    const uint8_t *data;
    size_t size;
    int64_t ts_ns;
};

/* Makes an empty table; the options are copied, `counters` must live as long. */
struct fragments *fragments_new(const struct decode_options *options,
                                struct decode_counters *counters);
/* Releases the table with what waits in it; NULL is allowed. */
void fragments_free(struct fragments *fragments);

/* Adds one piece.  Returns true where it made its datagram whole: `ret_datagram` is then the IP
 * header, with its length corrected and every trace of fragmentation removed (IPv4: checksum 0),
 * and the data behind it; good until fragments_release().  Counts what it drops. */
bool fragments_add(struct fragments *fragments, const struct fragment *fragment,
                   struct bytes *ret_datagram);

/* Frees the datagrams that fragments_add() gave out. */
void fragments_release(struct fragments *fragments);

/* Returns the memory in use, in bytes, and the datagrams that wait for more. */
size_t fragments_memory(const struct fragments *fragments);
size_t fragments_waiting(const struct fragments *fragments);
