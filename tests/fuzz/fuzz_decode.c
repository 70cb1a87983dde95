/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes the decode stage: every link type, tunnels, reassembly and copies.
 *
 * Input: one byte (low 5 bits pick the link type, 0x80 says that the wire had 40 bytes more than
 * were captured), then frames, each with its length (2 bytes, big-endian) in front; the last
 * takes what there is.  Each frame is a copy of exactly its size, so that the sanitizer sees a
 * read past its end. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "capture/frame.h"
#include "decode/decode.h"
#include "decode/packet.h"

enum {
    FRAMES_MAX = 64
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
    if (!good)
        abort();
}

static unsigned touch(const uint8_t *bytes, size_t size)
{
    unsigned sum = 0;
    for (size_t i = 0; i < size; i++)
        sum += bytes[i];
    return sum;
}

/* What decode.h and packet.h promise. */
static void check_packet(const struct packet *packet)
{
    volatile unsigned sum = touch(packet->l3, packet->l3_captured) +
                            touch(packet->l4, packet->l4_captured) +
                            touch(packet->payload, packet->payload_captured);
    (void)sum;
    check(packet->ip_version == 4 || packet->ip_version == 6);
    check(packet->l3 != NULL && packet->l3_captured <= packet->l3_length);
    check(packet->payload_captured <= packet->payload_length);
    check(packet->payload_captured <= packet->l4_captured);
    check(packet->l4_captured <= packet->l3_captured);
    check(packet->vlan_count <= PACKET_VLANS_MAX && packet->tunnel_depth <= 8);
    check(!packet->fragment ||
          (packet->l4 == NULL && packet->payload == NULL && packet->src_port == 0));
}

static void decode_one(struct decoder *decoder, struct bytes bytes, uint32_t link_type,
                       size_t missing, uint64_t number)
{
    size_t size = bytes_left(&bytes);
    uint8_t *copy = malloc(size > 0 ? size : 1);
    check(copy != NULL);
    if (size > 0)
        memcpy(copy, bytes.at, size);
    struct frame frame = {.data = copy,
                          .captured = size,
                          .length = size + missing,
                          .ts_ns = (int64_t)number * 40000,
                          .number = number,
                          .link_type = link_type};
    struct packet packet;
    if (decode_frame(decoder, &frame, &packet) == DECODE_OK)
        check_packet(&packet);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint32_t link_types[32] = {LINK_ETHERNET,
                                            LINK_RAW,
                                            LINK_NULL,
                                            LINK_LOOP,
                                            LINK_PPP,
                                            LINK_PPP_HDLC,
                                            LINK_PPP_ETHER,
                                            LINK_PPP_PPPD,
                                            LINK_IPV4,
                                            LINK_IPV6,
                                            LINK_LINUX_SLL,
                                            LINK_LINUX_SLL2,
                                            LINK_NFLOG,
                                            LINK_IEEE802_11,
                                            LINK_IEEE802_11_PRISM,
                                            LINK_IEEE802_11_RADIOTAP,
                                            LINK_C_HDLC};
    struct bytes input = bytes_of(data, size);
    uint8_t head = bytes_u8(&input);
    struct decode_options options = decode_options_default();
    options.fragment_memory_bytes = 8192;
    options.fragment_datagrams = 8;
    struct decoder *decoder = decoder_new(&options);
    for (uint64_t number = 1; number <= FRAMES_MAX && bytes_left(&input) >= 2; number++) {
        size_t length = bytes_be16(&input);
        decode_one(decoder, bytes_slice_upto(&input, length), link_types[head & 0x1f],
                   (head & 0x80) != 0 ? 40 : 0, number);
    }
    decoder_free(decoder);
    return 0;
}
