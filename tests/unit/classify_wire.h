/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Messages built byte by byte, for the tests of the readers in classify/. */
struct wire {
    uint8_t data[16384];
    size_t size;
};

static inline void wire_bytes(struct wire *wire, const void *bytes, size_t size)
{
    assert(wire->size + size <= sizeof wire->data);
    memcpy(wire->data + wire->size, bytes, size);
    wire->size += size;
}

static inline void wire_number(struct wire *wire, uint64_t value, unsigned size)
{
    for (unsigned i = size; i-- > 0;) {
        uint8_t byte = (uint8_t)(value >> (8 * i));
        wire_bytes(wire, &byte, 1);
    }
}

static inline void wire_text(struct wire *wire, const char *text)
{
    wire_bytes(wire, text, strlen(text));
}

/* Opens a length field of `size` bytes; wire_close() fills it with what has come since. */
static inline size_t wire_open(struct wire *wire, unsigned size)
{
    wire_number(wire, 0, size);
    return wire->size;
}

static inline void wire_close(struct wire *wire, size_t opened, unsigned size)
{
    struct wire length = {.size = 0};
    wire_number(&length, wire->size - opened, size);
    memcpy(wire->data + opened - size, length.data, size);
}

/* A copy on the heap of exactly `size` bytes, so that the sanitizer sees a read past the end. */
static inline uint8_t *exact_copy(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    assert(copy != NULL);
    if (size > 0)
        memcpy(copy, data, size);
    return copy;
}
