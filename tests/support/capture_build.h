/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Capture files built in memory, in either byte order. */
struct build {
    uint8_t *data; /* owned */
    size_t size, capacity;
    bool big_endian;
    size_t block; /* where the open pcapng block begins */
};

void build_done(struct build *build);
void build_u8(struct build *build, uint8_t value);
void build_u16(struct build *build, uint16_t value);
void build_u32(struct build *build, uint32_t value);
void build_u64(struct build *build, uint64_t value);
void build_bytes(struct build *build, const void *bytes, size_t size);
/* Adds zeros up to a multiple of 4 bytes. */
void build_pad(struct build *build);

/* Classic pcap; a frame's bytes count up from `first`. */
void build_pcap_header(struct build *build, uint32_t magic, uint16_t minor, uint32_t link_type);
void build_pcap_record(struct build *build, uint32_t seconds, uint32_t fraction, uint32_t captured,
                       uint32_t length);
/* Adds `size` bytes that count up from 0. */
void build_fill(struct build *build, size_t size);

/* pcapng. */
void build_block_begin(struct build *build, uint32_t type);
void build_block_end(struct build *build);
void build_section(struct build *build);
void build_option(struct build *build, uint16_t code, const void *value, uint16_t size);
/* An interface in microseconds without options. */
void build_interface(struct build *build, uint16_t link_type, uint32_t snaplen);
/* An interface with if_tsresol and if_tsoffset. */
void build_clock(struct build *build, uint16_t link_type, uint8_t resolution, int64_t offset);
void build_enhanced(struct build *build, uint32_t interface, uint64_t ticks, uint32_t captured,
                    uint32_t length);

/* Returns the packed form; the caller releases it. */
struct build build_gzip(const struct build *plain);
struct build build_zstd(const struct build *plain);

/* Writes the bytes to a file in `folder`; returns its path, which the caller frees. */
char *build_write(const struct build *build, const char *folder, const char *name);
/* Makes a new folder for temporary files; returns its path, which the caller frees. */
char *build_folder(void);
/* Removes a folder and what is in it. */
void build_remove(const char *folder);
