/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "classify/label.h"
#include "flow/flow.h"

struct dns_message;
struct error;
struct packet;

enum classify_ndpi {
    CLASSIFY_NDPI_REST, /* only flows that our own readers do not name (default: fast) */
    CLASSIFY_NDPI_ALL   /* every flow: sub-protocols and risks for all */
};

struct classify_options {
    enum classify_ndpi ndpi;
    uint32_t states_max;   /* flows in classification at once; the oldest is given up past it */
    uint32_t stream_bytes; /* bytes kept of each direction of a TCP flow, 0-65536 */
    uint32_t tcp_packets;  /* packets with payload after which an unknown flow is given up */
    uint32_t udp_packets;
    int64_t
        patience_ns; /* bytes of a flow without an answer are kept so long, in packet time; 0: no limit */
    bool fingerprints; /* JA3 and JA4 for every hello, not only on demand */
};

struct classify_counters {
    uint64_t flows, dns_messages, client_hellos, certificates, quic_hellos, http_requests;
    uint64_t ndpi_packets, ndpi_flows, guessed, unknown, given_up, malformed;
    uint32_t states; /* in use now */
};

/* One classifier, one thread.  Owns the nDPI context and the state of flows in classification. */
struct classify;

/* Returns NULL with a sentence where the library cannot start. */
struct classify *classify_new(const struct classify_options *options, struct error *err);
void classify_free(struct classify *classify);

/* Looks at one packet of `flow`, which `side` sent.  Returns the label_seen bits that are new with this packet (0 most
 * of the time); flow->label then holds them.  With LABEL_REVERSED the caller has to turn the flow round.  After LABEL_DONE
 * flow->classified is set and packets of the flow need not be given any more; DNS flows are never done, each message
 * gives LABEL_DNS again. */
unsigned classify_packet(struct classify *classify, struct flow *flow, enum flow_side side,
                         const struct packet *packet);
/* The flow has ended (or is about to be reported): guesses what is still unknown by port and address.  Returns new bits. */
unsigned classify_end(struct classify *classify, struct flow *flow);
/* The flow matters: computes its JA3 and JA4 and has nDPI look at it too, at what was kept and at what still comes, so
 * that its protocol stack and risks become known.  To be called right after the classify_packet() that gave
 * the reason, with the same arguments. */
void classify_deepen(struct classify *classify, struct flow *flow, enum flow_side side,
                     const struct packet *packet);
/* Returns the protocol stack in the library's words ("TLS.Avast"), worked out from the name at the first call; NULL where
 * nothing is known. */
const char *classify_stack(struct classify *classify, struct flow *flow);
/* Releases what the classifier keeps for the flow (state and label). */
void classify_forget(struct classify *classify, struct flow *flow);
/* Drops the details of a finished flow's label (all but app, names and numbers) to save memory; NULL label: nothing. */
void classify_compact(struct flow *flow);
/* Returns the DNS message of the last classify_packet() that gave LABEL_DNS; with several in one TCP segment, `index` from 0; NULL past the last.
 * Borrowed until the next call. */
const struct dns_message *classify_dns(const struct classify *classify, unsigned index);
const struct classify_counters *classify_counters(const struct classify *classify);
/* Returns the library's text for risk bit `bit` (0-63), NULL where there is none. */
const char *classify_risk_text(const struct classify *classify, unsigned bit);
/* Returns the version of libndpi in use. */
const char *classify_ndpi_version(void);
