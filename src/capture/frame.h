/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Link types by their LINKTYPE_ number (https://www.tcpdump.org/linktypes.html), the ones that decode/ reads. */
enum link_type {
    LINK_NULL = 0,
    LINK_ETHERNET = 1,
    LINK_PPP = 9,
    LINK_RAW_12 = 12, /* older writers: their systems' DLT_RAW as it was */
    LINK_RAW_14 = 14,
    LINK_PPP_HDLC = 50,
    LINK_PPP_ETHER = 51,
    LINK_RAW = 101,
    LINK_C_HDLC = 104,
    LINK_IEEE802_11 = 105,
    LINK_LOOP = 108,
    LINK_LINUX_SLL = 113,
    LINK_IEEE802_11_PRISM = 119,
    LINK_IEEE802_11_RADIOTAP = 127,
    LINK_PPP_PPPD = 166,
    LINK_IPV4 = 228,
    LINK_IPV6 = 229,
    LINK_NFLOG = 239,
    LINK_LINUX_SLL2 = 276
};

/* One captured frame.  The bytes are borrowed until the next frame is asked for. */
struct frame {
    const uint8_t *data;
    size_t captured;    /* bytes at `data` */
    size_t length;      /* bytes on the wire, at least `captured` */
    int64_t ts_ns;      /* capture time; the only "now" */
    uint64_t number;    /* from 1, counted over the whole run */
    uint32_t link_type; /* LINKTYPE_ number, see enum link_type */
    uint32_t interface; /* index of the interface inside its source */
    bool idle;          /* no packet: a live capture's time-out with the wall clock in ts_ns */
};
