/* SPDX-License-Identifier: Apache-2.0 */
/* Builds capture files for tests: every feature is written in code, so that a test shows the bytes it is
 * about. */
#include "capture_build.h"

#include <assert.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/memory.h"

void build_done(struct build *build)
{
    free(build->data);
    *build = (struct build){0};
}

void build_bytes(struct build *build, const void *bytes, size_t size)
{
    if (build->size + size > build->capacity) {
        build->capacity = (build->size + size) * 2;
        build->data = mem_resize(build->data, build->capacity, 1);
    }
    if (size > 0)
        memcpy(build->data + build->size, bytes, size);
    build->size += size;
}

void build_u8(struct build *build, uint8_t value)
{
    build_bytes(build, &value, 1);
}

void build_u16(struct build *build, uint16_t value)
{
    build_u8(build, (uint8_t)(build->big_endian ? value >> 8 : value & 0xff));
    build_u8(build, (uint8_t)(build->big_endian ? value & 0xff : value >> 8));
}

void build_u32(struct build *build, uint32_t value)
{
    build_u16(build, (uint16_t)(build->big_endian ? value >> 16 : value & 0xffff));
    build_u16(build, (uint16_t)(build->big_endian ? value & 0xffff : value >> 16));
}

void build_u64(struct build *build, uint64_t value)
{
    build_u32(build, (uint32_t)(build->big_endian ? value >> 32 : value & 0xffffffff));
    build_u32(build, (uint32_t)(build->big_endian ? value & 0xffffffff : value >> 32));
}

void build_fill(struct build *build, size_t size)
{
    for (size_t i = 0; i < size; i++)
        build_u8(build, (uint8_t)i);
}

void build_pad(struct build *build)
{
    while (build->size % 4 != 0)
        build_u8(build, 0);
}

void build_pcap_header(struct build *build, uint32_t magic, uint16_t minor, uint32_t link_type)
{
    build_u32(build, magic);
    build_u16(build, 2);
    build_u16(build, minor);
    build_u64(build, 0);
    build_u32(build, 65535);
    build_u32(build, link_type);
}

void build_pcap_record(struct build *build, uint32_t seconds, uint32_t fraction, uint32_t captured,
                       uint32_t length)
{
    build_u32(build, seconds);
    build_u32(build, fraction);
    build_u32(build, captured);
    build_u32(build, length);
    build_fill(build, captured);
}

void build_block_begin(struct build *build, uint32_t type)
{
    assert(build->size % 4 == 0);
    build->block = build->size;
    build_u32(build, type);
    build_u32(build, 0);
}

void build_block_end(struct build *build)
{
    build_pad(build);
    uint32_t size = (uint32_t)(build->size - build->block + 4);
    build_u32(build, size);
    memcpy(build->data + build->block + 4, build->data + build->size - 4, 4);
}

void build_section(struct build *build)
{
    build_block_begin(build, 0x0a0d0d0a);
    build_u32(build, 0x1a2b3c4d);
    build_u16(build, 1);
    build_u16(build, 0);
    build_u64(build, UINT64_MAX);
    build_block_end(build);
}

void build_option(struct build *build, uint16_t code, const void *value, uint16_t size)
{
    build_u16(build, code);
    build_u16(build, size);
    build_bytes(build, value, size);
    build_pad(build);
}

static void begin_interface(struct build *build, uint16_t link_type, uint32_t snaplen)
{
    build_block_begin(build, 1);
    build_u16(build, link_type);
    build_u16(build, 0);
    build_u32(build, snaplen);
}

void build_interface(struct build *build, uint16_t link_type, uint32_t snaplen)
{
    begin_interface(build, link_type, snaplen);
    build_block_end(build);
}

void build_clock(struct build *build, uint16_t link_type, uint8_t resolution, int64_t offset)
{
    begin_interface(build, link_type, 0);
    build_option(build, 2, "eth0", 4);
    build_option(build, 9, &resolution, 1);
    build_u16(build, 14);
    build_u16(build, 8);
    build_u64(build, (uint64_t)offset);
    build_option(build, 0, NULL, 0);
    build_block_end(build);
}

void build_enhanced(struct build *build, uint32_t interface, uint64_t ticks, uint32_t captured,
                    uint32_t length)
{
    build_block_begin(build, 6);
    build_u32(build, interface);
    build_u32(build, (uint32_t)(ticks >> 32));
    build_u32(build, (uint32_t)ticks);
    build_u32(build, captured);
    build_u32(build, length);
    build_fill(build, captured);
    build_block_end(build);
}

struct build build_gzip(const struct build *plain)
{
    struct build packed = {0};
    z_stream stream = {0};
    int status = deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    assert(status == Z_OK);
    packed.capacity = deflateBound(&stream, plain->size) + 64;
    packed.data = mem_alloc(packed.capacity);
    stream.next_in = plain->data;
    stream.avail_in = (uInt)plain->size;
    stream.next_out = packed.data;
    stream.avail_out = (uInt)packed.capacity;
    status = deflate(&stream, Z_FINISH);
    assert(status == Z_STREAM_END);
    packed.size = packed.capacity - stream.avail_out;
    (void)deflateEnd(&stream);
    return packed;
}

struct build build_zstd(const struct build *plain)
{
    struct build packed = {0};
    packed.capacity = ZSTD_compressBound(plain->size);
    packed.data = mem_alloc(packed.capacity);
    packed.size = ZSTD_compress(packed.data, packed.capacity, plain->data, plain->size, 1);
    assert(!ZSTD_isError(packed.size));
    return packed;
}

char *build_write(const struct build *build, const char *folder, const char *name)
{
    char path[4096];
    int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    assert(length > 0 && (size_t)length < sizeof path);
    FILE *stream = fopen(path, "wb");
    assert(stream != NULL);
    size_t written = build->size > 0 ? fwrite(build->data, 1, build->size, stream) : 0;
    assert(written == build->size);
    int status = fclose(stream);
    assert(status == 0);
    return mem_text(path);
}

char *build_folder(void)
{
    const char *base = getenv("TMPDIR");
    char path[4096];
    int length =
        snprintf(path, sizeof path, "%s/telltale-test-XXXXXX", base != NULL ? base : "/tmp");
    assert(length > 0 && (size_t)length < sizeof path);
    char *made = mkdtemp(path);
    assert(made != NULL);
    return mem_text(made);
}

static int remove_one(const char *path, const struct stat *facts, int kind, struct FTW *place)
{
    (void)facts;
    (void)kind;
    (void)place;
    return remove(path);
}

void build_remove(const char *folder)
{
    (void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
