/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct frame;
struct packet;

enum decode_status {
    DECODE_OK,      /* the packet is filled; packet.fragment: count it, there is no more in it */
    DECODE_NOT_IP,  /* nothing wrong, but no IP: ARP, LLDP, STP, encrypted 802.11, ... */
    DECODE_INVALID, /* malformed, or cut before the addresses; see decode_counters.events */
    DECODE_UNSUPPORTED, /* a link type that we do not read */
    DECODE_COPY         /* the same packet once more, by a second mirror port: do not process it */
};

struct decode_options {
    bool copies;                    /* recognise SPAN copies */
    int64_t copy_window_ns;         /* how far apart copies are, at most */
    unsigned tunnel_depth_max;      /* IP headers taken off, 0-32; what is deeper stays closed */
    uint64_t fragment_memory_bytes; /* for all datagrams in reassembly */
    uint32_t fragment_datagrams;    /* in reassembly at once, 1 to 2^20 */
    int64_t fragment_timeout4_ns;   /* from the first piece, in packet time */
    int64_t fragment_timeout6_ns;
};

/* What was decoded, by the names of Suricata's stats record (`decoder`).  Headers inside tunnels
 * count too, so that one frame can raise `ipv4` several times. */
#define DECODE_COUNTER_LIST(X)                                                                     \
    X(pkts)                                                                                        \
    X(bytes)                                                                                       \
    X(invalid)                                                                                     \
    X(not_ip)                                                                                      \
    X(unsupported)                                                                                 \
    X(ethernet)                                                                                    \
    X(arp)                                                                                         \
    X(sll)                                                                                         \
    X(sll2)                                                                                        \
    X(raw)                                                                                         \
    X(null)                                                                                        \
    X(ppp)                                                                                         \
    X(pppoe)                                                                                       \
    X(ieee80211)                                                                                   \
    X(nflog)                                                                                       \
    X(vlan)                                                                                        \
    X(vlan_qinq)                                                                                   \
    X(vlan_qinqinq)                                                                                \
    X(mpls)                                                                                        \
    X(ipv4)                                                                                        \
    X(ipv6)                                                                                        \
    X(tcp)                                                                                         \
    X(udp)                                                                                         \
    X(sctp)                                                                                        \
    X(icmpv4)                                                                                      \
    X(icmpv6)                                                                                      \
    X(other)                                                                                       \
    X(gre)                                                                                         \
    X(erspan)                                                                                      \
    X(ipip)                                                                                        \
    X(vxlan)                                                                                       \
    X(geneve)                                                                                      \
    X(teredo)                                                                                      \
    X(gtpu)                                                                                        \
    X(tunnel_depth_exceeded)                                                                       \
    X(fragments)                                                                                   \
    X(reassembled)                                                                                 \
    X(fragments_dropped)                                                                           \
    X(fragments_overlapping)                                                                       \
    X(fragments_expired)                                                                           \
    X(copies)                                                                                      \
    X(truncated)                                                                                   \
    X(max_pkt_size)

/* Why something was malformed, by the event names of the same record.  A malformed header inside a
 * tunnel counts here too, although the frame then gives the packet around it. */
#define DECODE_EVENT_LIST(X)                                                                       \
    X(TRUNCATED, "pkt_cut_in_headers")                                                             \
    X(LAYERS, "too_many_layers")                                                                   \
    X(ETHERNET_SHORT, "ethernet.pkt_too_small")                                                    \
    X(VLAN_SHORT, "vlan.header_too_small")                                                         \
    X(VLAN_COUNT, "vlan.too_many_layers")                                                          \
    X(LLC_SHORT, "llc.pkt_too_small")                                                              \
    X(PPP_SHORT, "ppp.pkt_too_small")                                                              \
    X(PPPOE_SHORT, "pppoe.pkt_too_small")                                                          \
    X(PPPOE_MALFORMED, "pppoe.malformed_tags")                                                     \
    X(NULL_SHORT, "null.pkt_too_small")                                                            \
    X(SLL_SHORT, "sll.pkt_too_small")                                                              \
    X(NFLOG_MALFORMED, "nflog.malformed")                                                          \
    X(IEEE80211_MALFORMED, "ieee80211.malformed")                                                  \
    X(IEEE80211_FCS, "ieee80211.bad_fcs")                                                          \
    X(MPLS_SHORT, "mpls.header_too_small")                                                         \
    X(MPLS_COUNT, "mpls.too_many_labels")                                                          \
    X(IP_VERSION, "ipraw.invalid_ip_version")                                                      \
    X(IPV4_SHORT, "ipv4.pkt_too_small")                                                            \
    X(IPV4_HEADER, "ipv4.hlen_too_small")                                                          \
    X(IPV4_LENGTH, "ipv4.iplen_smaller_than_hlen")                                                 \
    X(IPV4_VERSION, "ipv4.wrong_ip_version")                                                       \
    X(IPV6_SHORT, "ipv6.pkt_too_small")                                                            \
    X(IPV6_VERSION, "ipv6.wrong_ip_version")                                                       \
    X(IPV6_JUMBO, "ipv6.hopopts_jumbo_invalid")                                                    \
    X(IPV6_EXTENSION, "ipv6.trunc_exthdr")                                                         \
    X(IPV6_EXTENSION_COUNT, "ipv6.exthdr_too_many")                                                \
    X(IP_TRUNCATED, "ip.trunc_pkt")                                                                \
    X(FRAGMENT_MALFORMED, "ip.frag_malformed")                                                     \
    X(TCP_SHORT, "tcp.pkt_too_small")                                                              \
    X(TCP_HEADER, "tcp.hlen_too_small")                                                            \
    X(UDP_SHORT, "udp.pkt_too_small")                                                              \
    X(UDP_LENGTH, "udp.len_invalid")                                                               \
    X(SCTP_SHORT, "sctp.pkt_too_small")                                                            \
    X(ICMP_SHORT, "icmpv4.pkt_too_small")                                                          \
    X(ICMPV6_SHORT, "icmpv6.pkt_too_small")                                                        \
    X(GRE_SHORT, "gre.pkt_too_small")                                                              \
    X(GRE_VERSION, "gre.wrong_version")                                                            \
    X(ERSPAN_MALFORMED, "erspan.malformed")                                                        \
    X(TUNNEL_MALFORMED, "tunnel.malformed")

enum decode_event {
#define DECODE_EVENT_ENUM(name, text) DECODE_EVENT_##name,
    DECODE_EVENT_LIST(DECODE_EVENT_ENUM)
#undef DECODE_EVENT_ENUM
    DECODE_EVENTS
};

struct decode_counters {
#define DECODE_COUNTER_FIELD(name) uint64_t name;
    DECODE_COUNTER_LIST(DECODE_COUNTER_FIELD)
#undef DECODE_COUNTER_FIELD
    uint64_t events[DECODE_EVENTS];
};

/* Turns frames into packets.  Owns the fragments in reassembly and the memory of recent packets;
 * one for each capture thread, not for sharing. */
struct decoder;

/* Copies recognised within 1 ms, tunnels to 8 layers, 16 MiB and 4096 datagrams in reassembly
 * for 30 s (IPv4) and 60 s (IPv6). */
struct decode_options decode_options_default(void);

/* Makes a decoder; the options are copied. */
struct decoder *decoder_new(const struct decode_options *options);
/* Releases it with all that waits in it; NULL is allowed. */
void decoder_free(struct decoder *decoder);

/* Fills `ret_packet` with the innermost IP packet of `frame`: link header, tags, labels and
 * tunnels are taken off, fragments put together.
 *
 * What cannot be read inside a tunnel leaves the packet around it.  Bytes that the snapshot
 * length cut off are no error: the fields in front of the cut are filled and packet.truncated is
 * set.  Checksums are not verified, because sending machines leave them to their network cards.
 * `ret_packet` holds sense only after DECODE_OK; its pointers are borrowed until the next call
 * and die with the frame's bytes.  An idle frame is DECODE_NOT_IP and not counted. */
enum decode_status decode_frame(struct decoder *decoder, const struct frame *frame,
                                struct packet *ret_packet);

/* Returns the counters since decoder_new(); borrowed, they go on counting. */
const struct decode_counters *decode_counters(const struct decoder *decoder);
/* Returns the event's name for the stats record. */
const char *decode_event_text(enum decode_event event);
