/* SPDX-License-Identifier: Apache-2.0 */
/* The decode stage: one frame in, its innermost IP packet out.
 *
 * The idea: each protocol layer is one function that names the next (walk.h), and the loop below
 * is the only one that goes from layer to layer.  So there is no recursion, nesting is bounded
 * in one place, and whatever fails inside a tunnel falls back on the packet around it in one
 * place.
 * Invariants: (1) at most LAYERS_MAX layers are visited; (2) after DECODE_OK every field of the
 * packet is set; (3) packet pointers point into the frame, or into a datagram that fragments.c
 * keeps until the next call; (4) each frame raises exactly one of: a packet, not_ip, invalid,
 * unsupported, copies.
 * Rejected: a parse tree of all layers, which later stages would have to search; they want one
 * packet.
 * Cost: about 440 instructions for Ethernet/IPv4/TCP (20 ns on a busy machine), and the check for
 * copies (copies.c). */
#include "decode/decode.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/time.h"
#include "capture/frame.h"
#include "decode/copies.h"
#include "decode/fragments.h"
#include "decode/walk.h"

enum {
    LAYERS_MAX = 64 /* the deepest tunnels of eight layers, each with tags, take about 50 */
};

struct decoder {
    struct decode_options options;
    struct decode_counters counters;
    struct fragments *fragments;
    struct copies *copies; /* NULL where switched off */
};

struct decode_options decode_options_default(void)
{
    return (struct decode_options){
        .copies = true,
        .copy_window_ns = NS_PER_MS,
        .tunnel_depth_max = 8,
        .fragment_memory_bytes = UINT64_C(16) << 20,
        .fragment_datagrams = 4096,
        .fragment_timeout4_ns = 30 * NS_PER_S,
        .fragment_timeout6_ns = 60 * NS_PER_S,
    };
}

struct decoder *decoder_new(const struct decode_options *options)
{
    struct decoder *decoder = mem_zeroed(1, sizeof *decoder);
    decoder->options = *options;
    decoder->fragments = fragments_new(options, &decoder->counters);
    if (options->copies)
        decoder->copies = copies_new(options->copy_window_ns);
    return decoder;
}

void decoder_free(struct decoder *decoder)
{
    if (decoder == NULL)
        return;
    fragments_free(decoder->fragments);
    copies_free(decoder->copies);
    free(decoder);
}

const struct decode_counters *decode_counters(const struct decoder *decoder)
{
    return &decoder->counters;
}

const char *decode_event_text(enum decode_event event)
{
    static const char *const texts[] = {
#define EVENT_TEXT(name, text) [DECODE_EVENT_##name] = (text),
        DECODE_EVENT_LIST(EVENT_TEXT)
#undef EVENT_TEXT
    };
    return texts[event];
}

/* Sets what no IP header sets; ip.c sets the rest for each IP header that it meets. */
static void packet_begin(struct packet *packet, const struct frame *frame)
{
    packet->ts_ns = frame->ts_ns;
    packet->frame_number = frame->number;
    packet->frame_length = frame->length;
    memset(packet->vlans, 0, sizeof packet->vlans);
    packet->vlan_count = 0;
    packet->tunnel_depth = 0;
    packet->has_mac = false;
    memset(packet->src_mac, 0, sizeof packet->src_mac);
    memset(packet->dst_mac, 0, sizeof packet->dst_mac);
    packet->fragment = false;
    packet->reassembled = false;
    packet->truncated = false;
}

/* Goes from layer to layer until one of them ends the way, which is returned. */
static enum layer walk_layers(struct walk *walk, enum layer first)
{
    static enum layer (*const functions[])(struct walk *) = {
#define LAYER_FUNCTION(name, function) [LAYER_##name] = (function),
        LAYER_LIST(LAYER_FUNCTION)
#undef LAYER_FUNCTION
    };
    enum layer layer = first;
    for (unsigned i = 0; layer > LAYER_COPY; i++) {
        if (i == LAYERS_MAX)
            return walk_invalid(walk, DECODE_EVENT_LAYERS);
        layer = functions[layer](walk);
    }
    return layer;
}

/* Says what the end of the way means for the frame, and counts it. */
static enum decode_status finish(struct decode_counters *counters, const struct walk *walk,
                                 enum layer last)
{
    switch ((int)last) {
    case LAYER_END:
        break;
    case LAYER_NOT_IP:
        counters->not_ip++;
        return DECODE_NOT_IP;
    case LAYER_UNSUPPORTED:
        counters->unsupported++;
        return DECODE_UNSUPPORTED;
    case LAYER_COPY:
        counters->copies++;
        return DECODE_COPY;
    default:
        counters->invalid++;
        return DECODE_INVALID;
    }
    const struct packet *packet = walk->packet;
    bool new_bytes = packet->fragment || packet->reassembled; /* ip.c has looked at the pieces */
    if (walk->copies != NULL && !new_bytes && copies_seen(walk->copies, packet, 0)) {
        counters->copies++;
        return DECODE_COPY;
    }
    counters->truncated += packet->truncated;
    return DECODE_OK;
}

enum decode_status decode_frame(struct decoder *decoder, const struct frame *frame,
                                struct packet *ret_packet)
{
    if (frame->idle)
        return DECODE_NOT_IP;
    struct decode_counters *counters = &decoder->counters;
    counters->pkts++;
    counters->bytes += frame->length;
    if (frame->length > counters->max_pkt_size)
        counters->max_pkt_size = frame->length;
    fragments_release(decoder->fragments);

    packet_begin(ret_packet, frame);
    struct walk walk;
    walk.at = bytes_of(frame->data, frame->captured);
    walk.missing = frame->length > frame->captured ? frame->length - frame->captured : 0;
    walk.packet = ret_packet;
    walk.counters = counters;
    walk.options = &decoder->options;
    walk.fragments = decoder->fragments;
    walk.copies = decoder->copies;
    walk.guess = false;
    walk.has_outer = false;
    walk.rebuilt = false;

    enum layer last = walk_layers(&walk, link_first(frame->link_type));
    if (last != LAYER_END && last != LAYER_COPY && walk.has_outer) {
        *ret_packet = walk.outer;
        last = LAYER_END;
    }
    return finish(counters, &walk, last);
}
