/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes;

/* One interface of a pcapng section, and the table of them. */
struct pcapng_interface {
    uint32_t link_type;
    uint32_t snaplen;      /* 0: no limit */
    uint8_t resolution;    /* if_tsresol */
    int64_t offset_s;      /* if_tsoffset */
    uint64_t ns_per_tick;  /* 0: must be worked out from `resolution` */
    uint64_t simple_max;   /* ticks up to here may be multiplied by it */
    uint64_t kernel_drops; /* as the newest statistics block has them */
    uint64_t interface_drops;
};

struct pcapng_interfaces {
    struct pcapng_interface *list; /* owned */
    uint32_t count, capacity;
};

/* Releases the list and clears it. */
void pcapng_interfaces_done(struct pcapng_interfaces *interfaces);
/* Forgets all interfaces: a section begins. */
void pcapng_interfaces_clear(struct pcapng_interfaces *interfaces);
/* Adds the interface that the first 8 bytes of `body` and its options describe.  False where there
 * are READER_INTERFACES_MAX already. */
bool pcapng_interfaces_add(struct pcapng_interfaces *interfaces, struct bytes *body,
                           bool big_endian);

/* Returns the time of `ticks` on this interface. */
int64_t pcapng_interface_time(const struct pcapng_interface *interface, uint64_t ticks);
/* Reads the options of a statistics block; returns through the pointers how many drops are new. */
void pcapng_interface_statistics(struct pcapng_interface *interface, struct bytes *options,
                                 bool big_endian, uint64_t *ret_kernel, uint64_t *ret_interface);

/* Fields in the byte order of the section. */
uint16_t pcapng_u16(struct bytes *bytes, bool big_endian);
uint32_t pcapng_u32(struct bytes *bytes, bool big_endian);
uint64_t pcapng_u64(struct bytes *bytes, bool big_endian);
