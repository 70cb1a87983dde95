/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct packet;

/* Internal to decode/: the memory of packets just seen, to know a second delivery of the same
 * packet (see copies.c for what counts as the same).  128 KiB, one for each decoder. */
struct copies;

/* `window_ns`: how far apart deliveries of one packet are, at most. */
struct copies *copies_new(int64_t window_ns);
void copies_free(struct copies *copies);

/* Returns true where `packet` was seen just before, and remembers it otherwise.  `fragment` is 0
 * for a packet with transport header; for a fragment it is any number that tells pieces of a
 * datagram apart, and the packet's payload is the piece. */
bool copies_seen(struct copies *copies, const struct packet *packet, uint64_t fragment);
