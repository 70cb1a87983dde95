/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

struct exchange;
struct talk;
struct tcp;
struct text;

/* What any office network carries: each writes one small conversation on a talk whose parties are
 * set. Addresses and ports are the caller's. */
void noise_ntp(struct talk *talk);
/* Asks everybody on the link for printers and says what the machine is called (RFC 6762). */
void noise_mdns(struct talk *talk, const char *hostname);
/* Renews a lease with the server (RFC 2131). */
void noise_dhcp(struct talk *talk, const char *hostname);
/* Four echo requests with their replies, a second apart (RFC 792, RFC 4443). */
void noise_ping(struct talk *talk);
/* Asks for the server's MAC address; IPv4 only (RFC 826). */
void noise_arp(struct talk *talk);
/* Banners, key exchange and encrypted packets of the sizes in `exchange` (RFC 4253). */
void noise_ssh(struct tcp *tcp, const struct exchange *exchange);
/* Bytes of a protocol that nobody knows: `send` and `receive` (patterns or NULL), then random bytes
 * up to the sizes in `exchange`. */
struct opaque_plan {
    const char *send, *receive;
};
void noise_opaque_tcp(struct tcp *tcp, const struct opaque_plan *plan,
                      const struct exchange *exchange);
/* Sends the first request three times, to nobody. */
void noise_unanswered_udp(struct talk *talk, const struct opaque_plan *plan,
                          const struct exchange *exchange);
void noise_opaque_udp(struct talk *talk, const struct opaque_plan *plan,
                      const struct exchange *exchange);
