/* SPDX-License-Identifier: Apache-2.0 */
/* The pcapng format: a run of blocks.
 *
 *     block       type 4 | total length 4 | body, padded to 4 | total length 4
 *     section     magic 4 | major 2 | minor 2 | section length 8 | options
 *     interface   link type 2 | reserved 2 | snaplen 4 | options
 *     enhanced    interface 4 | ticks 8 | captured 4 | length 4 | data | options
 *     simple      length 4 | data
 *     old packet  interface 2 | drops 2 | ticks 8 | captured 4 | length 4 | data | options
 *     names       (type 2 | length 2 | address and names)* | 0 2 | 0 2 | options
 *     statistics  interface 4 | ticks 8 | options
 *
 * A block is never wanted whole: a frame is handed out as soon as its data is there, and what
 * follows it is stepped over at the next call, so a block may be longer than the buffer.
 *
 * Invariants: (1) `body_left` counts the bytes between the cursor and the block's closing length;
 * nothing is taken from the body but through body_take(); (2) every turn of the loop takes at least 12
 * bytes of input; (3) memory grows with interfaces only, up to READER_INTERFACES_MAX.
 * The section length is not used: blocks say better where a section ends.  A simple packet block has
 * no time; it gets that of the frame before it.
 * Cost: about 15 ns a frame.  Source: draft-ietf-opsawg-pcapng. */
#include "capture/pcapng_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/memory.h"
#include "capture/frame.h"
#include "capture/pcapng_interface.h"
#include "capture/source.h"
#include "net/addr.h"

#define BLOCK_SECTION    UINT32_C(0x0a0d0d0a)
#define BLOCK_INTERFACE  UINT32_C(1)
#define BLOCK_OLD_PACKET UINT32_C(2)
#define BLOCK_SIMPLE     UINT32_C(3)
#define BLOCK_NAMES      UINT32_C(4)
#define BLOCK_STATISTICS UINT32_C(5)
#define BLOCK_ENHANCED   UINT32_C(6)
#define BYTE_ORDER_MAGIC UINT32_C(0x1a2b3c4d)

enum {
    BLOCK_HEAD_SIZE = 8,
    BLOCK_TAIL_SIZE = 4,
    BLOCK_SIZE_MIN = BLOCK_HEAD_SIZE + BLOCK_TAIL_SIZE,
    SECTION_FIXED_SIZE = 16,
    INTERFACE_FIXED_SIZE = 8,
    STATISTICS_FIXED_SIZE = 12,
    PACKET_FIXED_SIZE = 20, /* enhanced and old */
    NAME_HEAD_SIZE = 4,
    NAME_IPV4 = 1,
    NAME_IPV6 = 2,
    VERSION_MAJOR = 1,
    DROPS_UNKNOWN = 0xffff,
    OPTIONS_READ_MAX = 64 * 1024 /* what lies behind is stepped over */
};

struct pcapng_file {
    struct source *source;      /* borrowed */
    struct read_extras *extras; /* borrowed */
    struct pcapng_interfaces interfaces;
    bool big_endian;
    bool in_block;            /* the head was read, the tail was not */
    uint32_t block_size;      /* total, as the head says */
    uint64_t body_left;       /* bytes of the body not yet taken */
    int64_t last_ts_ns;       /* of the newest frame with a time */
    struct error *err;        /* of the call that runs */
    enum read_status trouble; /* READ_FRAME while all is well */
};

bool pcapng_file_is(const uint8_t magic[static 4])
{
    struct bytes bytes = bytes_of(magic, 4);
    return bytes_be32(&bytes) == BLOCK_SECTION;
}

struct pcapng_file *pcapng_file_new(struct source *source, struct read_extras *extras)
{
    struct pcapng_file *file = mem_zeroed(1, sizeof *file);
    file->source = source;
    file->extras = extras;
    return file;
}

void pcapng_file_free(struct pcapng_file *file)
{
    if (file == NULL)
        return;
    pcapng_interfaces_done(&file->interfaces);
    free(file);
}

/* Notes what is wrong; returns false, so that `return damaged(...)` reads well. */
static bool damaged(struct pcapng_file *file, const char *what)
{
    file->trouble = READ_DAMAGED;
    return error_set(file->err, "%s", what);
}

static bool cut(struct pcapng_file *file, const char *where)
{
    file->trouble = reader_short(file->source, where, file->err);
    return false;
}

/* Takes `size` bytes of the body.  False where the block or the input has fewer. */
static bool body_take(struct pcapng_file *file, size_t size, struct bytes *ret_part)
{
    if (size > file->body_left)
        return damaged(file, "a block is too short for what it must hold");
    struct bytes *window = &file->source->window;
    if (bytes_left(window) < size && !source_need(file->source, size))
        return cut(file, "a block");
    *ret_part = bytes_slice(window, size);
    file->body_left -= size;
    return true;
}

/* Takes the options at the end of the body, or as many of them as are read. */
static bool body_take_options(struct pcapng_file *file, struct bytes *ret_options)
{
    uint64_t left = file->body_left;
    return body_take(file, left < OPTIONS_READ_MAX ? (size_t)left : OPTIONS_READ_MAX, ret_options);
}

/* Steps over the rest of the block that was begun and compares its two lengths. */
static bool end_block(struct pcapng_file *file)
{
    struct source *source = file->source;
    if (!file->in_block)
        return true;
    if (!source_skip(source, file->body_left) || !source_need(source, BLOCK_TAIL_SIZE))
        return cut(file, "a block");
    file->in_block = false;
    file->body_left = 0;
    if (pcapng_u32(&source->window, file->big_endian) != file->block_size)
        return damaged(file, "the two lengths of a block differ");
    return true;
}

/* A section header tells the byte order, also of its own length. */
static bool find_byte_order(struct pcapng_file *file)
{
    struct source *source = file->source;
    if (!source_need(source, BLOCK_HEAD_SIZE + 4))
        return cut(file, "a section header");
    struct bytes peek = source->window;
    bytes_skip(&peek, BLOCK_HEAD_SIZE);
    struct bytes little = peek;
    if (bytes_be32(&peek) == BYTE_ORDER_MAGIC)
        file->big_endian = true;
    else if (bytes_le32(&little) == BYTE_ORDER_MAGIC)
        file->big_endian = false;
    else
        return damaged(file, "a section header has no byte-order magic");
    return true;
}

/* Reads type and length of the next block.  False at the end of the input and for trouble. */
static bool begin_block(struct pcapng_file *file, uint32_t *ret_type)
{
    struct source *source = file->source;
    if (bytes_left(&source->window) < BLOCK_HEAD_SIZE && !source_need(source, BLOCK_HEAD_SIZE)) {
        if (bytes_left(&source->window) > 0 || source->state != SOURCE_END)
            return cut(file, "a block's header");
        file->trouble = READ_END;
        return false;
    }
    if (pcapng_file_is(source->window.at) && !find_byte_order(file))
        return false;
    *ret_type = pcapng_u32(&source->window, file->big_endian);
    file->block_size = pcapng_u32(&source->window, file->big_endian);
    if (file->block_size < BLOCK_SIZE_MIN || file->block_size % 4 != 0) {
        file->trouble = READ_DAMAGED;
        return error_set(file->err, "a block claims a length of %u bytes", file->block_size);
    }
    file->body_left = file->block_size - BLOCK_SIZE_MIN;
    file->in_block = true;
    return true;
}

static bool read_section(struct pcapng_file *file)
{
    struct bytes fixed = {0};
    if (!body_take(file, SECTION_FIXED_SIZE, &fixed))
        return false;
    bytes_skip(&fixed, 4);
    unsigned major = pcapng_u16(&fixed, file->big_endian);
    unsigned minor = pcapng_u16(&fixed, file->big_endian);
    if (major != VERSION_MAJOR) {
        file->trouble = READ_DAMAGED;
        return error_set(file->err, "pcapng version %u.%u is not known (1.0 is)", major, minor);
    }
    pcapng_interfaces_clear(&file->interfaces);
    return true;
}

static bool read_interface(struct pcapng_file *file)
{
    struct bytes body = {0};
    if (file->body_left < INTERFACE_FIXED_SIZE)
        return damaged(file, "an interface block is too short");
    if (!body_take_options(file, &body))
        return false;
    if (!pcapng_interfaces_add(&file->interfaces, &body, file->big_endian))
        return damaged(file, "a section has more than 65536 interfaces");
    return true;
}

static bool read_statistics(struct pcapng_file *file)
{
    struct bytes fixed = {0}, options = {0};
    if (!body_take(file, STATISTICS_FIXED_SIZE, &fixed) || !body_take_options(file, &options))
        return false;
    uint32_t index = pcapng_u32(&fixed, file->big_endian);
    if (index >= file->interfaces.count)
        return true; /* counters of nothing that we know */
    uint64_t kernel = 0, interface = 0;
    pcapng_interface_statistics(&file->interfaces.list[index], &options, file->big_endian, &kernel,
                                &interface);
    file->extras->kernel_drops += kernel;
    file->extras->interface_drops += interface;
    return true;
}

/* Hands out every name of one record: texts that end with a zero byte, one after another. */
static void give_names(const struct read_extras *extras, const struct addr *addr,
                       struct bytes names)
{
    while (bytes_left(&names) > 0) {
        const uint8_t *end = memchr(names.at, 0, bytes_left(&names));
        size_t length = end != NULL ? (size_t)(end - names.at) : bytes_left(&names);
        struct bytes name = bytes_slice(&names, length);
        (void)bytes_slice_upto(&names, 1);
        char text[READER_NAME_MAX];
        if (length == 0 || length >= sizeof text)
            continue;
        memcpy(text, name.at, length);
        text[length] = '\0';
        extras->on_name(extras->context, addr, text);
    }
}

static void read_name_record(const struct read_extras *extras, unsigned type, struct bytes record)
{
    size_t size = type == NAME_IPV4 ? 4 : 16;
    const uint8_t *address = bytes_take(&record, size);
    if (address == NULL || (type != NAME_IPV4 && type != NAME_IPV6))
        return;
    struct addr addr = type == NAME_IPV4 ? addr_from4(address) : addr_from6(address);
    give_names(extras, &addr, record);
}

static bool read_names(struct pcapng_file *file)
{
    if (file->extras->on_name == NULL)
        return true;
    while (file->body_left >= NAME_HEAD_SIZE) {
        struct bytes head = {0}, record = {0};
        if (!body_take(file, NAME_HEAD_SIZE, &head))
            return false;
        unsigned type = pcapng_u16(&head, file->big_endian);
        size_t length = pcapng_u16(&head, file->big_endian);
        if (type == 0)
            break;
        if (!body_take(file, (length + 3) & ~(size_t)3, &record))
            return false;
        read_name_record(file->extras, type, bytes_slice_upto(&record, length));
    }
    return true;
}

/* Takes `captured` bytes of the body as the frame's. */
static bool take_frame(struct pcapng_file *file, uint32_t index, uint32_t captured, uint32_t length,
                       struct frame *ret_frame)
{
    struct bytes data = {0};
    if (captured > READER_FRAME_MAX) {
        file->trouble = READ_DAMAGED;
        return error_set(file->err, "a packet claims %u captured bytes (at most %d are possible)",
                         captured, READER_FRAME_MAX);
    }
    if (index >= file->interfaces.count)
        return damaged(file, "a packet names an interface that the section does not have");
    if (!body_take(file, captured, &data))
        return false;
    ret_frame->data = data.at;
    ret_frame->captured = captured;
    ret_frame->length = length > captured ? length : captured;
    ret_frame->link_type = file->interfaces.list[index].link_type;
    ret_frame->interface = index;
    ret_frame->ts_ns = file->last_ts_ns;
    ret_frame->idle = false;
    return true;
}

/* The enhanced packet block and its forerunner, which differ in the first four bytes. */
static bool read_packet(struct pcapng_file *file, bool old, struct frame *ret_frame)
{
    struct bytes fixed = {0};
    if (!body_take(file, PACKET_FIXED_SIZE, &fixed))
        return false;
    bool big_endian = file->big_endian;
    uint32_t index = old ? pcapng_u16(&fixed, big_endian) : pcapng_u32(&fixed, big_endian);
    unsigned drops = old ? pcapng_u16(&fixed, big_endian) : 0;
    uint64_t high = pcapng_u32(&fixed, big_endian);
    uint64_t ticks = high << 32 | pcapng_u32(&fixed, big_endian);
    uint32_t captured = pcapng_u32(&fixed, big_endian);
    uint32_t length = pcapng_u32(&fixed, big_endian);
    if (!take_frame(file, index, captured, length, ret_frame))
        return false;
    if (drops != DROPS_UNKNOWN)
        file->extras->interface_drops += drops;
    file->last_ts_ns = pcapng_interface_time(&file->interfaces.list[index], ticks);
    ret_frame->ts_ns = file->last_ts_ns;
    return true;
}

static bool read_simple(struct pcapng_file *file, struct frame *ret_frame)
{
    struct bytes fixed = {0};
    if (!body_take(file, 4, &fixed))
        return false;
    uint32_t length = pcapng_u32(&fixed, file->big_endian);
    uint32_t snaplen = file->interfaces.count > 0 ? file->interfaces.list[0].snaplen : 0;
    uint32_t captured = snaplen != 0 && snaplen < length ? snaplen : length;
    if (captured > file->body_left)
        captured = (uint32_t)file->body_left;
    return take_frame(file, 0, captured, length, ret_frame);
}

/* Reads the body of one block.  True where it was a packet; else file->trouble says how it went. */
static bool read_block(struct pcapng_file *file, uint32_t type, struct frame *ret_frame)
{
    switch (type) {
    case BLOCK_ENHANCED:
        return read_packet(file, false, ret_frame);
    case BLOCK_OLD_PACKET:
        return read_packet(file, true, ret_frame);
    case BLOCK_SIMPLE:
        return read_simple(file, ret_frame);
    case BLOCK_SECTION:
        (void)read_section(file);
        return false;
    case BLOCK_INTERFACE:
        (void)read_interface(file);
        return false;
    case BLOCK_STATISTICS:
        (void)read_statistics(file);
        return false;
    case BLOCK_NAMES:
        (void)read_names(file);
        return false;
    default:
        return false; /* end_block() steps over it */
    }
}

enum read_status pcapng_file_next(struct pcapng_file *file, struct frame *ret_frame,
                                  struct error *err)
{
    uint32_t type = 0;
    file->err = err;
    while (end_block(file) && begin_block(file, &type)) {
        if (read_block(file, type, ret_frame))
            return READ_FRAME;
        if (file->trouble != READ_FRAME)
            break;
    }
    return file->trouble;
}
