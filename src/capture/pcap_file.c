/* SPDX-License-Identifier: Apache-2.0 */
/* The classic pcap format: a header of 24 bytes, then records.
 *
 *     file header    magic 4 | major 2 | minor 2 | zone 4 | accuracy 4 | snaplen 4 | link type 4
 *     record         seconds 4 | fraction 4 | captured 4 | length 4 | data
 *     ... modified   the same, then interface 4 | protocol 2 | packet type 1 | padding 1 | data
 *
 * The magic number gives byte order, the fraction's unit (micro- or nanoseconds) and whether records
 * are of the longer kind that a patch for Linux wrote.  The fields zone, accuracy and snaplen are
 * read by nobody: writers put nonsense there.
 *
 * A fraction of a second or more (seen where writers mix up the units) is held just below the next
 * second, so that order is kept.  There is no way to find the next record after a wrong one: damage
 * ends the file.  Cost: about 10 ns a record.
 * Source: draft-ietf-opsawg-pcap, libpcap's pcap-savefile(5). */
#include "capture/pcap_file.h"

#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"
#include "capture/frame.h"
#include "capture/source.h"

enum {
    FILE_HEADER_SIZE = 24,
    RECORD_HEADER_SIZE = 16,
    RECORD_HEADER_SIZE_MODIFIED = 24,
    VERSION_MAJOR = 2
};

#define MAGIC_MICRO    UINT32_C(0xa1b2c3d4)
#define MAGIC_NANO     UINT32_C(0xa1b23c4d)
#define MAGIC_MODIFIED UINT32_C(0xa1b2cd34)
/* The upper bits of the link type field say how long a frame check sequence is. */
#define LINK_TYPE_MASK UINT32_C(0x03ffffff)

static uint32_t read_u32(struct bytes *bytes, bool big_endian)
{
    return big_endian ? bytes_be32(bytes) : bytes_le32(bytes);
}

static uint16_t read_u16(struct bytes *bytes, bool big_endian)
{
    return big_endian ? bytes_be16(bytes) : bytes_le16(bytes);
}

static bool is_magic(uint32_t magic)
{
    return magic == MAGIC_MICRO || magic == MAGIC_NANO || magic == MAGIC_MODIFIED;
}

bool pcap_file_is(const uint8_t magic[static 4])
{
    struct bytes big = bytes_of(magic, 4), little = big;
    return is_magic(bytes_be32(&big)) || is_magic(bytes_le32(&little));
}

enum read_status pcap_file_open(struct pcap_file *ret_file, struct source *source,
                                struct error *err)
{
    if (!source_need(source, FILE_HEADER_SIZE))
        return reader_short(source, "the file header", err);
    struct bytes header = bytes_slice(&source->window, FILE_HEADER_SIZE);
    struct bytes peek = header;
    bool big_endian = is_magic(bytes_be32(&peek));
    uint32_t magic = read_u32(&header, big_endian);
    unsigned major = read_u16(&header, big_endian);
    unsigned minor = read_u16(&header, big_endian);
    bytes_skip(&header, 12);
    uint32_t link_type = read_u32(&header, big_endian) & LINK_TYPE_MASK;
    if (major != VERSION_MAJOR) {
        (void)error_set(err, "pcap version %u.%u is not known (2.4 is)", major, minor);
        return READ_FOREIGN;
    }
    *ret_file = (struct pcap_file){
        .big_endian = big_endian,
        .lengths_swapped = minor < 3,
        .lengths_uncertain = minor == 3,
        .ns_per_fraction = magic == MAGIC_NANO ? 1 : (uint32_t)NS_PER_US,
        .fraction_max = magic == MAGIC_NANO ? 999999999 : 999999,
        .link_type = link_type,
        .header_size = magic == MAGIC_MODIFIED ? RECORD_HEADER_SIZE_MODIFIED : RECORD_HEADER_SIZE,
    };
    return READ_FRAME;
}

/* Files older than version 2.4 have the two lengths the other way round, or may have. */
static void swap_lengths(const struct pcap_file *file, uint32_t *captured, uint32_t *length)
{
    if (!file->lengths_swapped && !(file->lengths_uncertain && *captured > *length))
        return;
    uint32_t other = *captured;
    *captured = *length;
    *length = other;
}

enum read_status pcap_file_next(const struct pcap_file *file, struct source *source,
                                struct frame *ret_frame, struct error *err)
{
    struct bytes *window = &source->window;
    if (bytes_left(window) < file->header_size && !source_need(source, file->header_size)) {
        if (bytes_left(window) == 0 && source->state == SOURCE_END)
            return READ_END;
        return reader_short(source, "a record's header", err);
    }
    struct bytes header = *window;
    uint32_t seconds = read_u32(&header, file->big_endian);
    uint32_t fraction = read_u32(&header, file->big_endian);
    uint32_t captured = read_u32(&header, file->big_endian);
    uint32_t length = read_u32(&header, file->big_endian);
    swap_lengths(file, &captured, &length);
    if (captured > READER_FRAME_MAX) {
        (void)error_set(err, "a record claims %u captured bytes (at most %d are possible)",
                        captured, READER_FRAME_MAX);
        return READ_DAMAGED;
    }
    size_t size = file->header_size + captured;
    if (bytes_left(window) < size && !source_need(source, size))
        return reader_short(source, "a record", err);
    if (fraction > file->fraction_max)
        fraction = file->fraction_max;
    bytes_skip(window, file->header_size);
    ret_frame->data = bytes_take(window, captured);
    ret_frame->captured = captured;
    ret_frame->length = length > captured ? length : captured;
    ret_frame->ts_ns = (int64_t)seconds * NS_PER_S + (int64_t)fraction * file->ns_per_fraction;
    ret_frame->link_type = file->link_type;
    ret_frame->interface = 0;
    ret_frame->idle = false;
    return READ_FRAME;
}
