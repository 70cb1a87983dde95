/* SPDX-License-Identifier: Apache-2.0 */
/* ClientHello and ServerHello messages, shared by TLS and QUIC.
 *
 * Keys and randoms are random bytes: nobody finishes these handshakes, but every length and every
 * code point is what a real client sends, so that fingerprints and parsers see the usual shapes. */
#include "hello.h"

#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "random.h"
#include "wire.h"

enum {
    HANDSHAKE_CLIENT_HELLO = 1,
    HANDSHAKE_SERVER_HELLO = 2,
    EXT_NAME = 0,
    EXT_STATUS = 5,
    EXT_GROUPS = 10,
    EXT_POINT_FORMATS = 11,
    EXT_SIGNATURES = 13,
    EXT_ALPN = 16,
    EXT_SCT = 18,
    EXT_MASTER_SECRET = 23,
    EXT_COMPRESS_CERT = 27,
    EXT_TICKET = 35,
    EXT_VERSIONS = 43,
    EXT_PSK_MODES = 45,
    EXT_KEY_SHARE = 51,
    EXT_QUIC = 57,
    EXT_APPLICATION = 17613,
    EXT_ECH = 0xfe0d,
    EXT_RENEGOTIATION = 0xff01,
    GROUP_P256 = 23,
    GROUP_P384 = 24,
    GROUP_X25519 = 29,
    GROUP_MLKEM = 0x11ec,
    MLKEM_SHARE = 1216
};

static bool is_browser(const struct hello *hello)
{
    return hello->style == HELLO_BROWSER || hello->style == HELLO_ECH;
}

static size_t open_extension(struct text *out, unsigned type)
{
    wire_u16(out, type);
    return wire_open(out, 2);
}

/* Adds an extension whose body is `size` ready bytes. */
static void add_extension(struct text *out, unsigned type, const void *body, size_t size)
{
    size_t mark = open_extension(out, type);
    text_add_bytes(out, body, size);
    wire_close(out, mark, 2);
}

static void add_u16s(struct text *out, const uint16_t *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        wire_u16(out, values[i]);
}

static uint16_t grease(struct random *random)
{
    return (uint16_t)(0x0a0a + 0x1010 * random_between(random, 0, 15));
}

static void add_name(const struct hello *hello, struct text *out)
{
    if (hello->name == NULL || hello->name->length == 0 || hello->style == HELLO_NAMELESS)
        return;
    size_t mark = open_extension(out, EXT_NAME);
    size_t list = wire_open(out, 2);
    wire_u8(out, 0);
    wire_u16(out, hello->name->length);
    text_add_bytes(out, hello->name->data, hello->name->length);
    wire_close(out, list, 2);
    wire_close(out, mark, 2);
}

static void add_alpn(const struct hello *hello, struct text *out)
{
    const char *names[2] = {hello->alpn, NULL};
    if (hello->alpn == NULL && is_browser(hello)) {
        names[0] = hello->quic ? "h3" : "h2";
        names[1] = hello->quic ? NULL : "http/1.1";
    }
    if (names[0] == NULL)
        return;
    size_t mark = open_extension(out, EXT_ALPN);
    size_t list = wire_open(out, 2);
    for (unsigned i = 0; i < 2 && names[i] != NULL; i++) {
        wire_u8(out, strlen(names[i]));
        text_add(out, names[i]);
    }
    wire_close(out, list, 2);
    wire_close(out, mark, 2);
}

static void add_groups(const struct hello *hello, unsigned first, struct text *out)
{
    static const uint16_t agent[] = {GROUP_X25519, GROUP_P256, GROUP_P384};
    static const uint16_t browser[] = {GROUP_MLKEM, GROUP_X25519, GROUP_P256, GROUP_P384};
    size_t mark = open_extension(out, EXT_GROUPS);
    size_t list = wire_open(out, 2);
    if (is_browser(hello)) {
        wire_u16(out, first);
        add_u16s(out, browser, COUNT_OF(browser));
    } else {
        add_u16s(out, agent, COUNT_OF(agent));
    }
    wire_close(out, list, 2);
    wire_close(out, mark, 2);
}

static void add_signatures(struct text *out)
{
    static const uint16_t values[] = {0x0403, 0x0804, 0x0401, 0x0503,
                                      0x0805, 0x0501, 0x0806, 0x0601};
    size_t mark = open_extension(out, EXT_SIGNATURES);
    size_t list = wire_open(out, 2);
    add_u16s(out, values, COUNT_OF(values));
    wire_close(out, list, 2);
    wire_close(out, mark, 2);
}

static void add_share(struct text *out, unsigned group, size_t size, struct random *random)
{
    wire_u16(out, group);
    wire_u16(out, size);
    random_bytes(random, out, size);
}

static void add_key_shares(const struct hello *hello, unsigned first, struct random *random,
                           struct text *out)
{
    size_t mark = open_extension(out, EXT_KEY_SHARE);
    size_t list = wire_open(out, 2);
    if (is_browser(hello)) {
        add_share(out, first, 1, random);
        add_share(out, GROUP_MLKEM, MLKEM_SHARE, random);
    }
    add_share(out, GROUP_X25519, 32, random);
    wire_close(out, list, 2);
    wire_close(out, mark, 2);
}

static void add_versions(const struct hello *hello, unsigned first, struct text *out)
{
    size_t mark = open_extension(out, EXT_VERSIONS);
    size_t list = wire_open(out, 1);
    if (is_browser(hello))
        wire_u16(out, first);
    wire_u16(out, 0x0304);
    if (!hello->quic)
        wire_u16(out, 0x0303);
    wire_close(out, list, 1);
    wire_close(out, mark, 2);
}

/* Adds the outer form of an Encrypted ClientHello: HKDF-SHA256, AES-128-GCM. */
static void add_ech(struct random *random, struct text *out)
{
    size_t mark = open_extension(out, EXT_ECH);
    wire_u8(out, 0);
    wire_u16(out, 1);
    wire_u16(out, 1);
    random_bytes(random, out, 1); /* configuration */
    wire_u16(out, 32);
    random_bytes(random, out, 32); /* encapsulated key */
    wire_u16(out, 208);
    random_bytes(random, out, 208);
    wire_close(out, mark, 2);
}

static void add_quic(const struct hello *hello, struct text *out)
{
    size_t mark = open_extension(out, EXT_QUIC);
    static const uint8_t limits[] = {
        0x01, 0x04, 0x80, 0x00, 0x75, 0x30, /* idle time-out 30 s */
        0x04, 0x04, 0x80, 0xf0, 0x00, 0x00, /* initial_max_data */
        0x05, 0x04, 0x80, 0x60, 0x00, 0x00, /* stream data: local, remote, one-way */
        0x06, 0x04, 0x80, 0x60, 0x00, 0x00, 0x07, 0x04,
        0x80, 0x60, 0x00, 0x00, 0x08, 0x02, 0x40, 0x64, /* streams */
        0x09, 0x02, 0x40, 0x67};
    text_add_bytes(out, limits, sizeof limits);
    wire_u8(out, 0x0f); /* initial_source_connection_id */
    wire_u8(out, hello->cid_size);
    text_add_bytes(out, hello->cid, hello->cid_size);
    wire_close(out, mark, 2);
}

static void add_13(const struct hello *hello, unsigned first, struct random *random,
                   struct text *out)
{
    static const uint8_t modes[] = {1, 1};
    add_key_shares(hello, first, random, out);
    add_extension(out, EXT_PSK_MODES, modes, sizeof modes);
    add_versions(hello, first, out);
    if (hello->quic)
        add_quic(hello, out);
}

static void add_agent_extensions(const struct hello *hello, struct random *random, struct text *out)
{
    static const uint8_t formats[] = {1, 0}, none[] = {0};
    add_name(hello, out);
    add_extension(out, EXT_POINT_FORMATS, formats, sizeof formats);
    add_groups(hello, 0, out);
    add_extension(out, EXT_TICKET, none, 0);
    add_alpn(hello, out);
    add_extension(out, EXT_MASTER_SECRET, none, 0);
    add_signatures(out);
    if (hello->tls13)
        add_13(hello, 0, random, out);
    else
        add_extension(out, EXT_RENEGOTIATION, none, 1);
}

static void add_browser_extensions(const struct hello *hello, struct random *random,
                                   struct text *out)
{
    static const uint8_t formats[] = {1, 0}, none[] = {0};
    static const uint8_t status[] = {1, 0, 0, 0, 0}, brotli[] = {2, 0, 2};
    static const uint8_t settings[] = {0, 3, 2, 'h', '2'};
    unsigned group = grease(random);
    add_extension(out, grease(random), none, 0);
    add_name(hello, out);
    add_extension(out, EXT_MASTER_SECRET, none, 0);
    add_extension(out, EXT_RENEGOTIATION, none, 1);
    add_groups(hello, group, out);
    add_extension(out, EXT_POINT_FORMATS, formats, sizeof formats);
    add_extension(out, EXT_TICKET, none, 0);
    add_alpn(hello, out);
    add_extension(out, EXT_STATUS, status, sizeof status);
    add_signatures(out);
    add_extension(out, EXT_SCT, none, 0);
    add_13(hello, group, random, out);
    add_extension(out, EXT_COMPRESS_CERT, brotli, sizeof brotli);
    if (!hello->quic)
        add_extension(out, EXT_APPLICATION, settings, sizeof settings);
    if (hello->style == HELLO_ECH)
        add_ech(random, out);
    unsigned last = grease(random);
    add_extension(out, last == 0x0a0a ? 0x1a1a : 0x0a0a, none, 1);
}

static void add_ciphers(const struct hello *hello, struct random *random, struct text *out)
{
    static const uint16_t new_ones[] = {0x1301, 0x1302, 0x1303};
    static const uint16_t old_ones[] = {0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9,
                                        0xcca8, 0xc013, 0xc014, 0x009c, 0x002f};
    size_t mark = wire_open(out, 2);
    if (is_browser(hello))
        wire_u16(out, grease(random));
    if (hello->tls13)
        add_u16s(out, new_ones, COUNT_OF(new_ones));
    if (!hello->quic)
        add_u16s(out, old_ones, COUNT_OF(old_ones));
    wire_close(out, mark, 2);
}

static void add_session(const struct hello *hello, struct text *out)
{
    bool present = hello->tls13 && !hello->quic;
    wire_u8(out, present ? HELLO_SESSION_SIZE : 0);
    if (present)
        text_add_bytes(out, hello->session, HELLO_SESSION_SIZE);
}

void hello_client(struct hello *hello, struct random *random, struct text *out)
{
    struct text session = {0};
    random_bytes(random, &session, HELLO_SESSION_SIZE);
    memcpy(hello->session, session.data, HELLO_SESSION_SIZE);
    text_done(&session);
    wire_u8(out, HANDSHAKE_CLIENT_HELLO);
    size_t body = wire_open(out, 3);
    wire_u16(out, 0x0303);
    random_bytes(random, out, 32);
    add_session(hello, out);
    add_ciphers(hello, random, out);
    wire_u16(out, 0x0100); /* no compression */
    size_t extensions = wire_open(out, 2);
    if (is_browser(hello))
        add_browser_extensions(hello, random, out);
    else
        add_agent_extensions(hello, random, out);
    wire_close(out, extensions, 2);
    wire_close(out, body, 3);
}

void hello_server(const struct hello *hello, struct random *random, struct text *out)
{
    static const uint8_t none[] = {0}, formats[] = {1, 0};
    wire_u8(out, HANDSHAKE_SERVER_HELLO);
    size_t body = wire_open(out, 3);
    wire_u16(out, 0x0303);
    random_bytes(random, out, 32);
    add_session(hello, out);
    wire_u16(out, hello->tls13 ? 0x1301 : 0xc02f);
    wire_u8(out, 0);
    size_t extensions = wire_open(out, 2);
    if (hello->tls13) {
        size_t mark = open_extension(out, EXT_KEY_SHARE);
        add_share(out, GROUP_X25519, 32, random);
        wire_close(out, mark, 2);
        mark = open_extension(out, EXT_VERSIONS);
        wire_u16(out, 0x0304);
        wire_close(out, mark, 2);
    } else {
        add_extension(out, EXT_RENEGOTIATION, none, 1);
        add_extension(out, EXT_POINT_FORMATS, formats, sizeof formats);
        add_extension(out, EXT_MASTER_SECRET, none, 0);
    }
    wire_close(out, extensions, 2);
    wire_close(out, body, 3);
}
