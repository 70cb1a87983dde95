/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the files of classify/ share and nobody else sees. */

#include <stdbool.h>
#include <stdint.h>

#include "classify/classify.h"
#include "classify/dpi.h"
#include "classify/stream.h"

enum {
    CLASSIFY_DNS_MAX = 4, /* DNS messages of one TCP segment that are handed on */
    SCRATCH_SIZE = 65536 + 64
};

/* Who reads the payload of a flow. */
enum reader {
    READER_PROBE, /* not known yet; nDPI looks meanwhile */
    READER_TLS,
    READER_HTTP,
    READER_DNS, /* over TCP */
    READER_QUIC
};

/* A flow while it is being classified.  Taken at the first payload byte, given back at the answer. */
struct classify_state {
    struct flow *flow;
    struct classify_state *older, *newer; /* by `since_ns`, for giving up the oldest */
    int64_t since_ns;                     /* first payload that it may hold */
    struct stream streams[2];
    struct quic_crypto *quic; /* while a QUIC hello is incomplete */
    struct dpi_flow *dpi;
    uint32_t fed[2];      /* bytes of each stream that nDPI has seen, */
    uint32_t fed_base[2]; /* counted from this sequence number */
    uint16_t payloads;    /* packets with payload so far */
    uint8_t reader;       /* enum reader */
    uint8_t spoken;       /* bit for each side that has sent payload */
    bool deep;            /* nDPI looks although our reader knows the protocol */
    bool shed;            /* gave its bytes back: nDPI has nothing to look at any more */
    bool silent;          /* in the list of those that hold no bytes */
    bool server_ended;    /* TLS: nothing readable will come from the server any more */
};

/* States from the oldest to the newest. */
struct state_list {
    struct classify_state *oldest, *newest;
};

struct classify {
    struct classify_options options;
    struct classify_counters counters;
    struct dpi *dpi;
    struct intern *texts;
    struct label
        look_up; /* shared by all flows that are nothing but DNS datagrams: it says no more */
    struct state_list holding;       /* states with bytes, or that may have some */
    struct state_list silent;        /* states that gave theirs back and got nothing since */
    struct classify_state *idle;     /* by `older` */
    struct classify_state *finished; /* done in the last call; released in the next */
    struct quic_crypto *spare_quic;  /* one is kept for reuse: it is large and short-lived */
    uint8_t *scratch;                /* SCRATCH_SIZE bytes: messages and packets put together */
    struct dns_message *dns[CLASSIFY_DNS_MAX];
    unsigned dns_count;
};

/* Return the flow's label, and its parts, which are made where they are missing. */
struct label *classify_label(struct flow *flow);
struct label_tls *classify_label_tls(struct flow *flow);
struct label_http *classify_label_http(struct flow *flow);
/* Returns the interned lower-case form of a protocol's name. */
const char *classify_lower(struct classify *classify, const char *text);
/* Sets label.server_name from bytes of the wire where they are a host name; returns LABEL_NAME where it is new. */
unsigned classify_set_name(struct classify *classify, struct flow *flow, const char *name,
                           size_t length);
/* Swaps what is kept for the two sides and returns LABEL_REVERSED; does nothing and returns 0 where a handshake has settled
 * who is who. */
unsigned classify_swap_sides(struct classify_state *state);

/* Readers: look at what is new from `side` and return new label_seen bits; LABEL_DONE where they are finished. */
unsigned reader_probe(struct classify *classify, struct classify_state *state, enum flow_side side,
                      const struct packet *packet);
unsigned reader_tls(struct classify *classify, struct classify_state *state, enum flow_side side,
                    const struct packet *packet);
unsigned reader_http(struct classify *classify, struct classify_state *state, enum flow_side side,
                     const struct packet *packet);
unsigned reader_dns(struct classify *classify, struct classify_state *state, enum flow_side side,
                    const struct packet *packet);
unsigned reader_quic(struct classify *classify, struct classify_state *state, enum flow_side side,
                     const struct packet *packet);
/* No more packets are looked at: takes what the part of a hello or request that came says; returns new bits. */
unsigned reader_last(struct classify *classify, struct classify_state *state);
/* Tries one UDP payload as DNS; LABEL_DNS (and LABEL_PROTOCOL the first time) where it is, else 0. */
unsigned reader_dns_datagram(struct classify *classify, struct flow *flow,
                             const struct packet *packet);

/* Returns what can be read from the start of `side` with this packet in it: the packet's own payload where nothing was kept
 * before (`*ret_direct`, then reader_keep() is to be called if it is not enough), else the stream. */
struct bytes reader_look(struct classify_state *state, enum flow_side side,
                         const struct packet *packet, bool *ret_direct);
/* Adds the packet's payload to the stream of `side`. */
void reader_keep(struct classify_state *state, enum flow_side side, const struct packet *packet);
/* Reads the ClientHello that stands in this packet or in what was kept once more, with fingerprints. */
void reader_fingerprint(struct classify *classify, struct classify_state *state,
                        const struct packet *packet);

/* Shows nDPI what is new in this packet, in order; true once it knows the protocol. */
bool inspect_packet(struct classify *classify, struct classify_state *state, enum flow_side side,
                    const struct packet *packet);
/* Takes nDPI's answer into the label; returns new bits. */
unsigned inspect_take(struct classify *classify, struct classify_state *state);
