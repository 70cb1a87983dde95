/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/reader.h"

/* The state of reading one classic pcap file. */
struct pcap_file {
    bool big_endian;
    bool lengths_swapped;   /* written by version 2.0 to 2.2 */
    bool lengths_uncertain; /* written by version 2.3: swapped where they look so */
    uint32_t ns_per_fraction;
    uint32_t fraction_max;
    uint32_t link_type;
    size_t header_size; /* of a record */
};

/* True where the four bytes are a magic number of the format. */
bool pcap_file_is(const uint8_t magic[static 4]);
/* Reads the file header, whose magic number was recognised.  READ_FRAME means that it is good. */
enum read_status pcap_file_open(struct pcap_file *ret_file, struct source *source,
                                struct error *err);
/* As reader_next(). */
enum read_status pcap_file_next(const struct pcap_file *file, struct source *source,
                                struct frame *ret_frame, struct error *err);
