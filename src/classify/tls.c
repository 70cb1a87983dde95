/* SPDX-License-Identifier: Apache-2.0 */
/* Reader of TLS records and of the handshake messages that name things.
 *
 *   record:    type 1 | version 2 | length 2 | handshake bytes...
 *   handshake: type 1 | length 3 | body...              (runs on over the record's end)
 *   hello:     version 2 | random 32 | session id | ciphers | compressions | extensions
 *
 * Idea: the walk over records takes the whole stream so far each time and keeps no state, so that
 * the caller has nothing to reset after a gap; a message inside one record is handed out where it
 * stands, only one that spans records is copied.
 * Invariants: every length is taken through the cursor, each turn of a loop takes at least one
 * byte.
 * Rejected: a state machine fed with segments (faster by one re-read of a few hundred bytes, and
 * twice the code).
 * Cost: a ClientHello 0.1 us, with fingerprints 1 us.
 * Source: RFC 5246 section 7.4, RFC 8446 sections 4 and 5, RFC 6066 section 3, RFC 7301, RFC 9001
 * section 8.2. */
#include "classify/tls.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "classify/ja.h"
#include "classify/label.h"
#include "net/domain.h"

enum {
    RECORD_HEADER = 5,
    RECORD_MAX = 16384 + 2048, /* RFC 5246 section 6.2.3 */
    MESSAGE_HEADER = 4,
    CONTENT_ALERT = 21,
    CONTENT_HANDSHAKE = 22,
    ALERT_WARNING = 1,
    VERSION_TLS12 = 0x0303,
    VERSION_TLS13 = 0x0304
};

enum extension {
    EXTENSION_SERVER_NAME = 0,
    EXTENSION_GROUPS = 10,
    EXTENSION_POINT_FORMATS = 11,
    EXTENSION_SIGNATURES = 13,
    EXTENSION_ALPN = 16,
    EXTENSION_PRE_SHARED_KEY = 41,
    EXTENSION_SUPPORTED_VERSIONS = 43,
    EXTENSION_QUIC = 0x39,
    EXTENSION_QUIC_DRAFT = 0xffa5,
    EXTENSION_ECH = 0xfe0d
};

/* A client that shows several versions shows drafts of 1.3 (0x7fNN, Facebook's 0xfbNN) among them. */
static uint16_t version_of_draft(uint16_t version)
{
    return version >> 8 == 0x7f || version >> 8 == 0xfb ? VERSION_TLS13 : version;
}

static bool record_header_plausible(uint8_t type, uint16_t version, uint16_t length)
{
    bool usual = version >= 0x0300 && version <= VERSION_TLS13;
    return type >= 20 && type <= 23 && (usual || version >> 8 == 0x7f) && length > 0 &&
           length <= RECORD_MAX;
}

bool tls_plausible(struct bytes stream)
{
    /* What has not come yet is what it would be at best. */
    uint8_t head[RECORD_HEADER + 1] = {CONTENT_HANDSHAKE, 3, 1, 0, 2, 1};
    struct bytes come = bytes_slice_upto(&stream, sizeof head);
    if (come.bad || bytes_left(&come) == 0)
        return false;
    memcpy(head, come.at, bytes_left(&come));
    struct bytes cursor = bytes_of(head, sizeof head);
    uint8_t type = bytes_u8(&cursor);
    uint16_t version = bytes_be16(&cursor);
    uint16_t length = bytes_be16(&cursor);
    uint8_t message = bytes_peek(&cursor, 0);
    if (type == CONTENT_ALERT)
        return length == 2 && message <= 2 && record_header_plausible(type, version, length);
    /* A connection begins with a hello: 0 HelloRequest, 1 client, 2 server. */
    return type == CONTENT_HANDSHAKE && message <= 2 &&
           record_header_plausible(type, version, length);
}

/* The handshake bytes of a stream of records, without the record headers. */
struct records {
    struct bytes stream;
    struct bytes record; /* what is left of the record that is being read */
    bool invalid;        /* something else than handshake came */
    bool started;        /* a handshake record has come */
};

/* Goes to the next handshake record.  False at the stream's end or where it is invalid. */
static bool records_next(struct records *records)
{
    while (bytes_left(&records->stream) >= RECORD_HEADER) {
        uint8_t type = bytes_u8(&records->stream);
        uint16_t version = bytes_be16(&records->stream);
        uint16_t length = bytes_be16(&records->stream);
        if (!record_header_plausible(type, version, length)) {
            records->invalid = true;
            return false;
        }
        struct bytes record = bytes_slice_upto(&records->stream, length);
        if (type == CONTENT_HANDSHAKE) {
            records->record = record;
            records->started = true;
            return bytes_left(&record) > 0;
        }
        bool warning = type == CONTENT_ALERT && length == 2 && !records->started;
        if (!warning || (bytes_left(&record) > 0 && bytes_peek(&record, 0) != ALERT_WARNING)) {
            records->invalid = true;
            return false;
        }
    }
    return false;
}

/* Takes up to `size` handshake bytes, into `out` unless it is NULL; returns how many there were. */
static size_t records_take(struct records *records, uint8_t *out, size_t size)
{
    size_t taken = 0;
    while (taken < size) {
        if (bytes_left(&records->record) == 0 && !records_next(records))
            break;
        struct bytes part = bytes_slice_upto(&records->record, size - taken);
        size_t part_size = bytes_left(&part);
        if (out != NULL && part.at != NULL)
            memcpy(out + taken, part.at, part_size);
        taken += part_size;
    }
    return taken;
}

/* Hands out the message of `size` bytes that begins here. */
static enum tls_result take_message(struct records *records, size_t size, uint8_t *buffer,
                                    size_t capacity, struct bytes *ret_body, bool *ret_cut)
{
    if (bytes_left(&records->record) >= size) {
        *ret_body = bytes_slice(&records->record, size);
        *ret_cut = false;
        return TLS_OK;
    }
    size_t wanted = size < capacity ? size : capacity;
    size_t got = records_take(records, buffer, wanted);
    *ret_body = bytes_of(buffer, got);
    *ret_cut = got < size;
    if (got == wanted)
        return TLS_OK;
    return records->invalid ? TLS_INVALID : TLS_MORE;
}

enum tls_result tls_find_message(struct bytes stream, uint8_t want, uint8_t *buffer,
                                 size_t capacity, struct bytes *ret_body, bool *ret_cut)
{
    struct records records = {.stream = stream};
    *ret_body = bytes_of(buffer, 0);
    *ret_cut = true;
    for (;;) {
        uint8_t header[MESSAGE_HEADER];
        if (records_take(&records, header, sizeof header) < sizeof header)
            return records.invalid ? TLS_INVALID : TLS_MORE;
        size_t size = (size_t)header[1] << 16 | (size_t)header[2] << 8 | header[3];
        if (header[0] == want)
            return take_message(&records, size, buffer, capacity, ret_body, ret_cut);
        if (records_take(&records, NULL, size) < size)
            return records.invalid ? TLS_INVALID : TLS_MORE;
    }
}

static void replace(char **text, char *with)
{
    free(*text);
    *text = with;
}

/* A vector of two-byte values behind a length of two bytes (one byte where `short_length`). */
static struct bytes list_of(struct bytes body, bool short_length)
{
    size_t length = short_length ? bytes_u8(&body) : bytes_be16(&body);
    struct bytes list = bytes_slice_upto(&body, length);
    return list;
}

/* A port behind the name is against the RFC, but some clients send one.  Any other colon makes
 * it no name: `good.example:x.evil.example` must not become good.example. */
static bool colon_is_port(const char *name, size_t length)
{
    const char *colon = memchr(name, ':', length);
    for (size_t i = colon != NULL ? (size_t)(colon - name) + 1 : length; i < length; i++)
        if (name[i] < '0' || name[i] > '9')
            return false;
    return true;
}

static void read_server_name(struct bytes body, struct tls_client_hello *ret)
{
    struct bytes list = list_of(body, false);
    while (bytes_left(&list) > 0) {
        uint8_t type = bytes_u8(&list);
        struct bytes name = bytes_slice(&list, bytes_be16(&list));
        if (list.bad)
            return;
        if (type != 0)
            continue;
        const char *text = (const char *)name.at;
        size_t length = bytes_left(&name);
        if (!colon_is_port(text, length) || domain_normalise(text, length, ret->server_name) == 0)
            ret->server_name[0] = '\0';
        return;
    }
}

static void forget_alpn(struct label_tls *label)
{
    for (unsigned i = 0; i < label->alpn_count; i++)
        replace(&label->alpn[i], NULL);
    label->alpn_count = 0;
}

static void read_alpn(struct bytes body, struct ja_hello *hello, struct label_tls *label)
{
    struct bytes list = list_of(body, false);
    for (bool first = true; bytes_left(&list) > 0; first = false) {
        struct bytes name = bytes_slice(&list, bytes_u8(&list));
        if (list.bad)
            return;
        if (first)
            hello->alpn = name;
        if (label->alpn_count < LABEL_ALPN_MAX && bytes_left(&name) > 0)
            label->alpn[label->alpn_count++] = mem_text_n((const char *)name.at, bytes_left(&name));
    }
}

static void read_versions(struct bytes body, struct ja_hello *hello, struct label_tls *label)
{
    struct bytes list = list_of(body, true);
    uint16_t highest = 0;
    uint16_t highest_known = 0;
    while (bytes_left(&list) >= 2) {
        uint16_t version = bytes_be16(&list);
        if (ja_is_grease(version))
            continue;
        uint16_t known = version_of_draft(version);
        highest = version > highest ? version : highest;
        highest_known = known > highest_known ? known : highest_known;
    }
    if (highest > 0) {
        hello->version = highest;
        label->version = highest_known;
    }
}

static void read_client_extension(uint16_t type, struct bytes body, struct ja_hello *hello,
                                  struct tls_client_hello *ret, struct label_tls *label)
{
    switch (type) {
    case EXTENSION_SERVER_NAME:
        if (!hello->server_name)
            read_server_name(body, ret);
        hello->server_name = true;
        break;
    case EXTENSION_ALPN:
        if (label->alpn_count == 0)
            read_alpn(body, hello, label);
        break;
    case EXTENSION_SUPPORTED_VERSIONS:
        read_versions(body, hello, label);
        break;
    case EXTENSION_ECH:
        label->ech = true;
        break;
    case EXTENSION_QUIC:
    case EXTENSION_QUIC_DRAFT:
        ret->quic_transport = true;
        break;
    case EXTENSION_GROUPS:
        hello->groups = list_of(body, false);
        break;
    case EXTENSION_POINT_FORMATS:
        hello->point_formats = list_of(body, true);
        break;
    case EXTENSION_SIGNATURES:
        hello->signatures = list_of(body, false);
        break;
    default:
        break;
    }
}

/* FNV-1a; only to know the session id again, so a collision costs one wrong `resumed`.  Never 0 but
 * for an empty id. */
static uint32_t session_mark(struct bytes id)
{
    uint32_t mark = 2166136261U;
    if (bytes_left(&id) == 0)
        return 0;
    while (bytes_left(&id) > 0)
        mark = (mark ^ bytes_u8(&id)) * 16777619U;
    return mark | 1;
}

bool tls_read_client_hello(struct bytes body, bool quic, bool fingerprints,
                           struct tls_client_hello *ret_hello, struct label_tls *label)
{
    struct ja_hello hello = {.quic = quic};
    ret_hello->server_name[0] = '\0';
    ret_hello->quic_transport = false;
    forget_alpn(label);
    label->ech = false;
    label->ja3[0] = label->ja4[0] = '\0';
    hello.legacy_version = bytes_be16(&body);
    bytes_skip(&body, 32);
    struct bytes session = bytes_slice(&body, bytes_u8(&body));
    hello.ciphers = bytes_slice(&body, bytes_be16(&body));
    bytes_skip(&body, bytes_u8(&body));
    if (body.bad || hello.legacy_version >> 8 != 3)
        return false;
    hello.version = label->version = hello.legacy_version;
    label->client_session = session_mark(session);
    bool whole = true;
    if (bytes_left(&body) > 0) { /* TLS 1.0 hellos may end without */
        uint16_t length = bytes_be16(&body);
        whole = !body.bad && bytes_left(&body) >= length;
        hello.extensions = bytes_slice_upto(&body, length);
    }
    struct bytes extensions = hello.extensions;
    while (bytes_left(&extensions) > 0) {
        uint16_t type = bytes_be16(&extensions);
        struct bytes extension = bytes_slice(&extensions, bytes_be16(&extensions));
        if (extensions.bad)
            return false;
        read_client_extension(type, extension, &hello, ret_hello, label);
    }
    if (whole && fingerprints)
        ja_write(&hello, label);
    return whole;
}

static void read_server_extension(uint16_t type, struct bytes body, struct label_tls *label)
{
    if (type == EXTENSION_SUPPORTED_VERSIONS && bytes_left(&body) == 2) {
        label->version = version_of_draft(bytes_be16(&body));
    } else if (type == EXTENSION_PRE_SHARED_KEY) {
        label->resumed = true;
    } else if (type == EXTENSION_ALPN) {
        struct bytes list = list_of(body, false);
        struct bytes name = bytes_slice(&list, bytes_u8(&list));
        if (!list.bad && bytes_left(&name) > 0)
            replace(&label->server_alpn, mem_text_n((const char *)name.at, bytes_left(&name)));
    }
}

bool tls_read_server_hello(struct bytes body, struct label_tls *label)
{
    uint16_t version = bytes_be16(&body);
    /* Drafts of TLS 1.3 up to 21 show their version here, without session id and compression. */
    bool draft = version >> 8 == 0x7f;
    bytes_skip(&body, 32);
    struct bytes session = bytes_slice(&body, draft ? 0 : bytes_u8(&body));
    uint16_t cipher = bytes_be16(&body);
    bytes_skip(&body, draft ? 0 : 1);
    if (body.bad || (version >> 8 != 3 && !draft))
        return false;
    label->version = version_of_draft(version);
    label->cipher = cipher;
    label->handshake_done = true;
    label->resumed = false;
    struct bytes extensions = bytes_of(NULL, 0);
    bool whole = true;
    if (bytes_left(&body) > 0) {
        uint16_t length = bytes_be16(&body);
        whole = !body.bad && bytes_left(&body) >= length;
        extensions = bytes_slice_upto(&body, length);
    }
    while (bytes_left(&extensions) > 0) {
        uint16_t type = bytes_be16(&extensions);
        struct bytes extension = bytes_slice(&extensions, bytes_be16(&extensions));
        if (extensions.bad)
            return false;
        read_server_extension(type, extension, label);
    }
    uint32_t mark = session_mark(session);
    if (label->version <= VERSION_TLS12 && mark != 0 && mark == label->client_session)
        label->resumed = true;
    return whole;
}

bool tls_read_certificate(struct bytes body, struct label_tls *label)
{
    uint32_t total = bytes_be24(&body);
    struct bytes list = bytes_slice_upto(&body, total);
    uint32_t size = bytes_be24(&list);
    if (list.bad || size == 0 || size > total)
        return false;
    return x509_read(bytes_slice_upto(&list, size), label);
}
