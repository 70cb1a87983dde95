/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "route.h"

struct talk;
struct text;

/* How a connection ends, or fails. */
enum tcp_end {
    TCP_END_FIN,
    TCP_END_RESET,
    TCP_END_OPEN /* it is still open when the capture ends */
};

/* One TCP connection while it is written (RFC 9293). */
struct tcp {
    struct talk *talk;    /* borrowed */
    uint32_t sequence[2]; /* next byte of each side */
    enum side last;       /* who sent last: the other one needs a round trip to answer */
};

/* Makes the three-way handshake. */
void tcp_open(struct tcp *tcp, struct talk *talk);
/* Sends `size` bytes in segments, with the other side's acknowledgements.  The talk's time moves
 * on; a change of direction takes a round trip (for the server) or a little thought (for the
 * client). */
void tcp_send(struct tcp *tcp, enum side from, const void *bytes, size_t size);
void tcp_send_text(struct tcp *tcp, enum side from, const struct text *bytes);
/* Lets `idle_ns` pass; where `keep_alive_ns` is not 0, with a probe by the client each so often. */
void tcp_idle(struct tcp *tcp, int64_t idle_ns, int64_t keep_alive_ns);
void tcp_close(struct tcp *tcp, enum tcp_end end);
/* A SYN that is answered by RST, and a SYN that nobody answers (with its three repetitions). */
void tcp_refused(struct talk *talk);
void tcp_unanswered(struct talk *talk);
