/* SPDX-License-Identifier: Apache-2.0 */
/* Network bytes at the end of a text, and the Internet checksum.  Lengths that come before what
 * they measure are left open and patched, so that no writer computes a size in advance. */
#include "wire.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"

static void add_big(struct text *out, uint64_t value, unsigned width)
{
    uint8_t bytes[8];
    for (unsigned i = 0; i < width; i++)
        bytes[i] = (uint8_t)(value >> (8 * (width - 1 - i)));
    text_add_bytes(out, bytes, width);
}

void wire_u8(struct text *out, uint64_t value)
{
    add_big(out, value, 1);
}

void wire_u16(struct text *out, uint64_t value)
{
    add_big(out, value, 2);
}

void wire_u24(struct text *out, uint64_t value)
{
    add_big(out, value, 3);
}

void wire_u32(struct text *out, uint64_t value)
{
    add_big(out, value, 4);
}

void wire_u64(struct text *out, uint64_t value)
{
    add_big(out, value, 8);
}

void wire_le16(struct text *out, uint64_t value)
{
    uint8_t bytes[2] = {(uint8_t)value, (uint8_t)(value >> 8)};
    text_add_bytes(out, bytes, sizeof bytes);
}

void wire_le32(struct text *out, uint64_t value)
{
    wire_le16(out, value);
    wire_le16(out, value >> 16);
}

void wire_fill(struct text *out, uint8_t byte, size_t count)
{
    uint8_t block[64];
    memset(block, byte, sizeof block);
    while (count > 0) {
        size_t part = count < sizeof block ? count : sizeof block;
        text_add_bytes(out, block, part);
        count -= part;
    }
}

void wire_patch(struct text *out, size_t at, unsigned width, uint64_t value)
{
    assert(at + width <= out->length);
    for (unsigned i = 0; i < width; i++)
        out->data[at + i] = (char)(uint8_t)(value >> (8 * (width - 1 - i)));
}

size_t wire_open(struct text *out, unsigned width)
{
    size_t mark = out->length;
    wire_fill(out, 0, width);
    return mark;
}

void wire_close(struct text *out, size_t mark, unsigned width)
{
    wire_patch(out, mark, width, out->length - mark - width);
}

uint32_t wire_sum(const void *bytes, size_t size, uint32_t sum)
{
    const uint8_t *p = bytes;
    uint64_t total = sum;
    for (size_t i = 0; i + 1 < size; i += 2)
        total += (uint64_t)p[i] << 8 | p[i + 1];
    if (size % 2 != 0)
        total += (uint64_t)p[size - 1] << 8;
    while (total > UINT32_MAX)
        total = (total & UINT32_MAX) + (total >> 32);
    return (uint32_t)total;
}

uint16_t wire_checksum(uint32_t sum)
{
    while (sum > UINT16_MAX)
        sum = (sum & UINT16_MAX) + (sum >> 16);
    return (uint16_t)~sum;
}
