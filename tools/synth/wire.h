/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct text;

/* Writing of network bytes at the end of a text.  Values are big-endian; higher bits are cut. */
void wire_u8(struct text *out, uint64_t value);
void wire_u16(struct text *out, uint64_t value);
void wire_u24(struct text *out, uint64_t value);
void wire_u32(struct text *out, uint64_t value);
void wire_u64(struct text *out, uint64_t value);
/* The same, least byte first. */
void wire_le16(struct text *out, uint64_t value);
void wire_le32(struct text *out, uint64_t value);
void wire_fill(struct text *out, uint8_t byte, size_t count);

/* Overwrites `width` bytes (1-4) at offset `at` with `value`. */
void wire_patch(struct text *out, size_t at, unsigned width, uint64_t value);

/* Leaves room for a length of `width` bytes and returns its place for wire_close(), which writes
 * how many bytes have followed since. */
size_t wire_open(struct text *out, unsigned width);
void wire_close(struct text *out, size_t mark, unsigned width);

/* Adds `size` bytes to an Internet checksum in progress (RFC 1071); every part but the last must be
 * of even size. */
uint32_t wire_sum(const void *bytes, size_t size, uint32_t sum);
/* Folds and complements the sum. */
uint16_t wire_checksum(uint32_t sum);
