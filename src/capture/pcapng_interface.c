/* SPDX-License-Identifier: Apache-2.0 */
/* Interfaces of a pcapng section: link type, clock and drop counters, from options.
 *
 *     options   code 2 | length 2 | value, padded to 4 | ... | code 0 | length 0
 *
 * Nearly all files count micro- or nanoseconds since 1970; for them a time is one multiplication.
 * Anything else goes through ticks_to_ns().
 * Invariants: an option never reaches past its block; a broken list of options just ends early,
 * because no frame depends on its rest.
 * Source: draft-ietf-opsawg-pcapng, sections 3.5, 4.2 and 4.6. */
#include "capture/pcapng_interface.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "capture/reader.h"
#include "capture/ticks.h"

enum {
    OPTION_END = 0,
    OPTION_TSRESOL = 9,
    OPTION_TSOFFSET = 14,
    OPTION_IFDROP = 5,
    OPTION_OSDROP = 7,
    RESOLUTION_US = 6, /* the default */
    RESOLUTION_NS = 9,
    INTERFACES_START = 8
};

uint16_t pcapng_u16(struct bytes *bytes, bool big_endian)
{
    return big_endian ? bytes_be16(bytes) : bytes_le16(bytes);
}

uint32_t pcapng_u32(struct bytes *bytes, bool big_endian)
{
    return big_endian ? bytes_be32(bytes) : bytes_le32(bytes);
}

uint64_t pcapng_u64(struct bytes *bytes, bool big_endian)
{
    return big_endian ? bytes_be64(bytes) : bytes_le64(bytes);
}

/* Steps to the next option; false at the end of the list. */
static bool next_option(struct bytes *options, bool big_endian, uint16_t *ret_code,
                        struct bytes *ret_value)
{
    uint16_t code = pcapng_u16(options, big_endian);
    size_t length = pcapng_u16(options, big_endian);
    struct bytes value = bytes_slice(options, length);
    (void)bytes_slice_upto(options, (4 - length % 4) % 4);
    if (options->bad || code == OPTION_END)
        return false;
    *ret_code = code;
    *ret_value = value;
    return true;
}

static void read_options(struct pcapng_interface *interface, struct bytes *options, bool big_endian)
{
    uint16_t code = 0;
    struct bytes value = {0};
    while (next_option(options, big_endian, &code, &value)) {
        if (code == OPTION_TSRESOL && bytes_left(&value) >= 1)
            interface->resolution = bytes_u8(&value);
        else if (code == OPTION_TSOFFSET && bytes_left(&value) >= 8)
            interface->offset_s = (int64_t)pcapng_u64(&value, big_endian);
    }
}

/* Prepares the quick way for clocks in plain powers of ten. */
static void prepare_clock(struct pcapng_interface *interface)
{
    if (interface->resolution > RESOLUTION_NS || interface->offset_s != 0)
        return;
    interface->ns_per_tick = 1;
    for (unsigned i = interface->resolution; i < RESOLUTION_NS; i++)
        interface->ns_per_tick *= 10;
    interface->simple_max = (uint64_t)TICKS_NS_MAX / interface->ns_per_tick;
}

void pcapng_interfaces_done(struct pcapng_interfaces *interfaces)
{
    free(interfaces->list);
    *interfaces = (struct pcapng_interfaces){0};
}

void pcapng_interfaces_clear(struct pcapng_interfaces *interfaces)
{
    interfaces->count = 0;
}

bool pcapng_interfaces_add(struct pcapng_interfaces *interfaces, struct bytes *body,
                           bool big_endian)
{
    if (interfaces->count >= READER_INTERFACES_MAX)
        return false;
    if (interfaces->count == interfaces->capacity) {
        interfaces->capacity =
            interfaces->capacity > 0 ? interfaces->capacity * 2 : INTERFACES_START;
        interfaces->list =
            mem_resize(interfaces->list, interfaces->capacity, sizeof *interfaces->list);
    }
    struct pcapng_interface *interface = &interfaces->list[interfaces->count++];
    *interface = (struct pcapng_interface){.resolution = RESOLUTION_US};
    interface->link_type = pcapng_u16(body, big_endian);
    bytes_skip(body, 2);
    interface->snaplen = pcapng_u32(body, big_endian);
    read_options(interface, body, big_endian);
    prepare_clock(interface);
    return true;
}

int64_t pcapng_interface_time(const struct pcapng_interface *interface, uint64_t ticks)
{
    if (interface->ns_per_tick != 0 && ticks <= interface->simple_max)
        return (int64_t)(ticks * interface->ns_per_tick);
    return ticks_shift(ticks_to_ns(ticks, interface->resolution), interface->offset_s);
}

/* Counters in the file count from the interface's start; returns what came since the last block. */
static uint64_t count_new(uint64_t *known, uint64_t now)
{
    uint64_t added = now > *known ? now - *known : 0;
    *known = now > *known ? now : *known;
    return added;
}

void pcapng_interface_statistics(struct pcapng_interface *interface, struct bytes *options,
                                 bool big_endian, uint64_t *ret_kernel, uint64_t *ret_interface)
{
    uint16_t code = 0;
    struct bytes value = {0};
    *ret_kernel = 0;
    *ret_interface = 0;
    while (next_option(options, big_endian, &code, &value)) {
        if (bytes_left(&value) < 8)
            continue;
        uint64_t count = pcapng_u64(&value, big_endian);
        if (code == OPTION_IFDROP)
            *ret_interface += count_new(&interface->interface_drops, count);
        else if (code == OPTION_OSDROP)
            *ret_kernel += count_new(&interface->kernel_drops, count);
    }
}
