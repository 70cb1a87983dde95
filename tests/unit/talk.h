/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What clients and servers say, built byte by byte, for the tests of whole flows. */

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "net/addr.h"

struct talk {
    uint8_t data[8192];
    size_t size;
};

static inline void talk_bytes(struct talk *talk, const void *bytes, size_t size)
{
    assert(talk->size + size <= sizeof talk->data);
    memcpy(talk->data + talk->size, bytes, size);
    talk->size += size;
}

static inline void talk_number(struct talk *talk, uint64_t value, unsigned size)
{
    for (unsigned i = size; i-- > 0;) {
        uint8_t byte = (uint8_t)(value >> (8 * i));
        talk_bytes(talk, &byte, 1);
    }
}

static inline void talk_text(struct talk *talk, const char *text)
{
    talk_bytes(talk, text, strlen(text));
}

/* Opens a length field of `size` bytes; talk_close() fills it with what has come since. */
static inline size_t talk_open(struct talk *talk, unsigned size)
{
    talk_number(talk, 0, size);
    return talk->size;
}

static inline void talk_close(struct talk *talk, size_t opened, unsigned size)
{
    size_t length = talk->size - opened;
    for (unsigned i = 0; i < size; i++)
        talk->data[opened - 1 - i] = (uint8_t)(length >> (8 * i));
}

/* --- TLS --------------------------------------------------------------------------------------- */

/* Opens a record with one handshake message of that type. */
static inline size_t talk_message_open(struct talk *talk, uint8_t type)
{
    talk_number(talk, 0x160303, 3);
    (void)talk_open(talk, 2);
    talk_number(talk, type, 1);
    return talk_open(talk, 3);
}

static inline void talk_message_close(struct talk *talk, size_t opened)
{
    talk_close(talk, opened, 3);
    talk_close(talk, opened - 4, 2);
}

static inline void talk_random(struct talk *talk)
{
    for (unsigned i = 0; i < 32; i++)
        talk_number(talk, i * 7 + 1, 1);
}

/* A ClientHello in one record; `name` NULL: without one; `ech`: with a hidden hello inside. */
static inline void talk_client_hello(struct talk *talk, const char *name, bool ech)
{
    size_t message = talk_message_open(talk, 1);
    talk_number(talk, 0x0303, 2);
    talk_random(talk);
    talk_number(talk, 0, 1);
    talk_number(talk, 0x00041301c02f, 6); /* two ciphers */
    talk_number(talk, 0x0100, 2);
    size_t extensions = talk_open(talk, 2);
    if (name != NULL) {
        talk_number(talk, 0, 2);
        size_t extension = talk_open(talk, 2);
        size_t list = talk_open(talk, 2);
        talk_number(talk, 0, 1);
        size_t text = talk_open(talk, 2);
        talk_text(talk, name);
        talk_close(talk, text, 2);
        talk_close(talk, list, 2);
        talk_close(talk, extension, 2);
    }
    if (ech)
        talk_number(talk, 0xfe0d000100, 5);
    talk_number(talk, 0x002b000504, 5);
    talk_number(talk, 0x03040303, 4);
    talk_number(talk, 0x0010000500030268, 8); /* ALPN h2 */
    talk_text(talk, "2");
    talk_close(talk, extensions, 2);
    talk_message_close(talk, message);
}

static inline void talk_server_hello(struct talk *talk, bool tls13)
{
    size_t message = talk_message_open(talk, 2);
    talk_number(talk, 0x0303, 2);
    talk_random(talk);
    talk_number(talk, 0, 1);
    talk_number(talk, tls13 ? 0x1301 : 0xc02f, 2);
    talk_number(talk, 0, 1);
    size_t extensions = talk_open(talk, 2);
    if (tls13)
        talk_number(talk, 0x002b00020304, 6);
    talk_close(talk, extensions, 2);
    talk_message_close(talk, message);
}

static inline void talk_certificate(struct talk *talk, const uint8_t *der, size_t size)
{
    size_t message = talk_message_open(talk, 11);
    size_t list = talk_open(talk, 3);
    talk_number(talk, size, 3);
    talk_bytes(talk, der, size);
    talk_close(talk, list, 3);
    talk_message_close(talk, message);
}

/* --- DNS --------------------------------------------------------------------------------------- */

static inline void talk_domain(struct talk *talk, const char *name)
{
    while (*name != '\0') {
        size_t length = strcspn(name, ".");
        talk_number(talk, length, 1);
        talk_bytes(talk, name, length);
        name += length + (name[length] == '.');
    }
    talk_number(talk, 0, 1);
}

static inline void talk_query(struct talk *talk, uint16_t id, const char *name, uint16_t type)
{
    talk_number(talk, id, 2);
    talk_number(talk, 0x01000001, 4);
    talk_number(talk, 0, 6);
    talk_domain(talk, name);
    talk_number(talk, type, 2);
    talk_number(talk, 1, 2);
}

/* A response with one address, for 300 s. */
static inline void talk_answer(struct talk *talk, uint16_t id, const char *name,
                               const char *address)
{
    struct addr addr;
    bool good = addr_parse(address, &addr);
    assert(good);
    (void)good;
    bool is4 = addr_is4(&addr);
    talk_number(talk, id, 2);
    talk_number(talk, 0x818000010001, 6);
    talk_number(talk, 0, 4);
    talk_domain(talk, name);
    talk_number(talk, is4 ? 1 : 28, 2);
    talk_number(talk, 0x0001c00c, 4);
    talk_number(talk, is4 ? 1 : 28, 2);
    talk_number(talk, 0x00010000012c, 6);
    talk_number(talk, is4 ? 4 : 16, 2);
    talk_bytes(talk, addr.bytes + (is4 ? 12 : 0), is4 ? 4 : 16);
}
