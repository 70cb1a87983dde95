/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

struct exchange;
struct talk;
struct text;
struct tls_plan;

/* Writes one QUIC version 1 connection on a UDP talk: Initial packets that decrypt (RFC 9001),
 * opaque Handshake packets, then short-header packets.  A ClientHello that is too long for one
 * datagram spans two. */
void quic_run(struct talk *talk, const struct tls_plan *plan, const struct text *name,
              const struct exchange *exchange);
/* Sends the ClientHello three times, to nobody. */
void quic_unanswered(struct talk *talk, const struct tls_plan *plan, const struct text *name);
