/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses as text, and which of them are never a machine on the Internet. */
#include "net/addr.h"

#include <arpa/inet.h>

#include "base/memory.h"

size_t addr_text(const struct addr *addr, char ret_text[static ADDR_TEXT_MAX])
{
    if (!addr_is4(addr)) {
        (void)inet_ntop(AF_INET6, addr->bytes, ret_text, ADDR_TEXT_MAX);
        return strlen(ret_text);
    }
    /* By hand: inet_ntop() goes through snprintf and costs ten times as much. */
    char *out = ret_text;
    for (size_t i = 12; i < 16; i++) {
        unsigned value = addr->bytes[i];
        if (value >= 100)
            *out++ = (char)('0' + value / 100);
        if (value >= 10)
            *out++ = (char)('0' + value / 10 % 10);
        *out++ = (char)('0' + value % 10);
        *out++ = i < 15 ? '.' : '\0';
    }
    return (size_t)(out - 1 - ret_text);
}

bool addr_parse(const char *text, struct addr *ret_addr)
{
    uint8_t bytes[16];
    if (inet_pton(AF_INET, text, bytes) == 1) {
        *ret_addr = addr_from4(bytes);
        return true;
    }
    if (inet_pton(AF_INET6, text, bytes) == 1) {
        *ret_addr = addr_from6(bytes);
        return true;
    }
    return false;
}

bool addr_is_group(const struct addr *addr)
{
    static const uint8_t zero[16] = {0};
    const uint8_t *b = addr->bytes;
    if (!addr_is4(addr))
        return b[0] == 0xff || memcmp(b, zero, 16) == 0;
    bool broadcast = b[12] == 255 && b[13] == 255 && b[14] == 255 && b[15] == 255;
    return (b[12] & 0xf0) == 0xe0 || broadcast || memcmp(b + 12, zero, 4) == 0;
}

struct range {
    uint8_t bytes[16];
    uint8_t bits;
};

static bool in_range(const uint8_t *bytes, const struct range *range)
{
    size_t whole = range->bits / 8;
    unsigned rest = range->bits % 8;
    if (memcmp(bytes, range->bytes, whole) != 0)
        return false;
    return rest == 0 || (bytes[whole] ^ range->bytes[whole]) >> (8 - rest) == 0;
}

bool addr_is_special(const struct addr *addr)
{
    static const struct range ranges4[] = {
        {{0}, 8},         {{10}, 8},       {{100, 64}, 10},      {{127}, 8},
        {{169, 254}, 16}, {{172, 16}, 12}, {{192, 0, 0}, 24},    {{192, 0, 2}, 24},
        {{192, 168}, 16}, {{198, 18}, 15}, {{198, 51, 100}, 24}, {{203, 0, 113}, 24},
        {{224}, 3}};
    static const struct range ranges6[] = {
        {{0}, 127},
        {{0xfc}, 7},
        {{0xfe, 0x80}, 10},
        {{0xfe, 0xc0}, 10}, /* site-local, RFC 3879 */
        {{0xff}, 8},
        {{0x20, 0x01, 0x0d, 0xb8}, 32},
        {{0x3f, 0xff}, 20},                    /* documentation, RFC 9637 */
        {{0x01}, 64},                          /* discard, RFC 6666 */
        {{0x00, 0x64, 0xff, 0x9b, 0, 1}, 48}}; /* local translation, RFC 8215 */
    bool is4 = addr_is4(addr);
    const uint8_t *bytes = is4 ? addr->bytes + 12 : addr->bytes;
    const struct range *ranges = is4 ? ranges4 : ranges6;
    size_t count = is4 ? COUNT_OF(ranges4) : COUNT_OF(ranges6);
    for (size_t i = 0; i < count; i++)
        if (in_range(bytes, &ranges[i]))
            return true;
    return false;
}
