/* SPDX-License-Identifier: Apache-2.0 */
/* gzip and zstd in one interface.
 *
 * Both formats are streams of independent parts (members, frames) that may follow each other; tools
 * that compress in parallel or append to archives write many.  Between two parts the input may end,
 * anywhere else it is cut.  Zeros after the last gzip member are padding (tapes, tar), other bytes
 * are damage.
 *
 * Invariant: memory does not depend on how much comes out.  zlib needs 48 KiB; zstd its window, at
 * most 128 MiB (the library's own default limit; frames made with --long=28 and more are refused).
 * Rejected: gzread(3), which does not tell a cut file from a whole one and cannot say how far it read.
 * Source: RFC 1952 and RFC 8878. */
#include "capture/unpack.h"

#include <stdlib.h>

#define ZLIB_CONST /* zlib.h: input is read only */
#include <zlib.h>
#include <zstd.h>

#include "base/bytes.h"
#include "base/memory.h"

struct unpack {
    bool is_zstd;
    bool whole;         /* the last part ended exactly at the last byte taken */
    const char *damage; /* static text, or NULL */
    z_stream gzip;
    ZSTD_DStream *zstd;
};

enum {
    GZIP_ONLY = 15 + 16 /* windowBits: largest window, gzip header wanted */
};

static bool starts_gzip(const uint8_t *first, size_t size)
{
    return size >= 2 && first[0] == 0x1f && first[1] == 0x8b;
}

/* A zstd frame, or a skippable frame (RFC 8878 section 3.1.2), with which parallel compressors begin. */
static bool starts_zstd(const uint8_t *first, size_t size)
{
    struct bytes bytes = bytes_of(first, size);
    uint32_t magic = bytes_le32(&bytes);
    return !bytes.bad && (magic == ZSTD_MAGICNUMBER ||
                          (magic & ZSTD_MAGIC_SKIPPABLE_MASK) == ZSTD_MAGIC_SKIPPABLE_START);
}

struct unpack *unpack_new(const uint8_t *first, size_t size)
{
    bool gzip = starts_gzip(first, size);
    if (!gzip && !starts_zstd(first, size))
        return NULL;
    struct unpack *unpack = mem_zeroed(1, sizeof *unpack);
    unpack->is_zstd = !gzip;
    if (gzip) {
        if (inflateInit2(&unpack->gzip, GZIP_ONLY) != Z_OK)
            unpack->damage = "zlib cannot start";
    } else {
        unpack->zstd = ZSTD_createDStream();
        if (unpack->zstd == NULL)
            unpack->damage = "zstd cannot start";
    }
    return unpack;
}

void unpack_free(struct unpack *unpack)
{
    if (unpack == NULL)
        return;
    if (unpack->is_zstd)
        (void)ZSTD_freeDStream(unpack->zstd);
    else
        (void)inflateEnd(&unpack->gzip);
    free(unpack);
}

/* Between members: steps over padding and makes ready for the next one.  False where input is used up. */
static bool gzip_next_member(struct unpack *unpack, struct bytes *packed)
{
    while (bytes_left(packed) > 0 && bytes_peek(packed, 0) == 0)
        bytes_skip(packed, 1);
    if (bytes_left(packed) == 0)
        return false;
    (void)inflateReset(&unpack->gzip);
    unpack->whole = false;
    return true;
}

/* One call of zlib.  Returns the bytes made, and whether anything moved. */
static size_t gzip_step(struct unpack *unpack, struct bytes *packed, uint8_t *ret_data, size_t size,
                        bool *ret_moved)
{
    size_t given = bytes_left(packed);
    z_stream *stream = &unpack->gzip;
    stream->next_in = packed->at;
    stream->avail_in = (uInt)given;
    stream->next_out = ret_data;
    stream->avail_out = (uInt)size;
    int status = inflate(stream, Z_NO_FLUSH);
    bytes_skip(packed, given - stream->avail_in);
    size_t made = size - stream->avail_out;
    *ret_moved = made > 0 || stream->avail_in < given;
    unpack->whole = status == Z_STREAM_END;
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
        unpack->damage = stream->msg != NULL ? stream->msg : "unknown compression";
    return made;
}

/* An empty input is no reason to stop: zlib may hold back what did not fit the last time. */
static size_t gzip_run(struct unpack *unpack, struct bytes *packed, uint8_t *ret_data, size_t size)
{
    size_t made = 0;
    bool moved = true;
    while (moved && made < size && unpack->damage == NULL) {
        if (unpack->whole && !gzip_next_member(unpack, packed))
            break;
        made += gzip_step(unpack, packed, ret_data + made, size - made, &moved);
    }
    return made;
}

static size_t zstd_run(struct unpack *unpack, struct bytes *packed, uint8_t *ret_data, size_t size)
{
    ZSTD_outBuffer out = {.size = size};
    out.dst = ret_data;
    bool moved = true;
    while (moved && out.pos < size) {
        ZSTD_inBuffer in = {packed->at, bytes_left(packed), 0};
        size_t before = out.pos;
        if (unpack->whole && in.size == 0)
            break; /* a call now would begin a frame that may never come */
        size_t hint = ZSTD_decompressStream(unpack->zstd, &out, &in);
        bytes_skip(packed, in.pos);
        if (ZSTD_isError(hint)) {
            unpack->damage = ZSTD_getErrorName(hint);
            break;
        }
        moved = in.pos > 0 || out.pos > before;
        if (moved)
            unpack->whole = hint == 0;
    }
    return out.pos;
}

size_t unpack_run(struct unpack *unpack, struct bytes *packed, uint8_t *ret_data, size_t size)
{
    if (unpack->damage != NULL)
        return 0;
    return unpack->is_zstd ? zstd_run(unpack, packed, ret_data, size)
                           : gzip_run(unpack, packed, ret_data, size);
}

bool unpack_is_whole(const struct unpack *unpack)
{
    return unpack->whole;
}

const char *unpack_damage(const struct unpack *unpack)
{
    return unpack->damage;
}

const char *unpack_name(const struct unpack *unpack)
{
    return unpack->is_zstd ? "zstd" : "gzip";
}
