/* SPDX-License-Identifier: Apache-2.0 */
/* Writes pcap (either resolution) and pcapng (several interfaces, name resolution block).
 *
 * Nothing of the machine goes into the file (no host name, no tool version), so the same scenario
 * gives the same bytes everywhere.  Always little-endian.  Source: draft-ietf-opsawg-pcap and
 * draft-ietf-opsawg-pcapng. */
#include "capture_out.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/time.h"
#include "queue.h"
#include "wire.h"

enum {
    BLOCK_SECTION = 0x0a0d0d0a,
    BLOCK_INTERFACE = 1,
    BLOCK_NAMES = 4,
    BLOCK_PACKET = 6
};

struct capture_out {
    FILE *stream;
    char *path;
    const struct capture_plan *plan;
    bool ng;
    struct text block; /* the block being built */
    struct capture_total total;
};

int64_t capture_plan_clock(const struct capture_plan *plan, int64_t ts_ns)
{
    int64_t clock_ns = ts_ns;
    for (unsigned i = 0; i < plan->step_count; i++)
        if (ts_ns >= plan->steps[i].at_ns)
            clock_ns += plan->steps[i].by_ns;
    return clock_ns;
}

static void flush(struct capture_out *out)
{
    (void)fwrite(out->block.data, 1, out->block.length, out->stream); /* ferror() at the close */
    text_clear(&out->block);
}

static void block_open(struct capture_out *out, uint32_t type)
{
    wire_le32(&out->block, type);
    wire_le32(&out->block, 0);
}

static void block_pad(struct text *block)
{
    wire_fill(block, 0, (4 - block->length % 4) % 4);
}

static void block_close(struct capture_out *out)
{
    struct text *block = &out->block;
    block_pad(block);
    size_t size = block->length + 4;
    wire_le32(block, size);
    for (unsigned i = 0; i < 4; i++)
        block->data[4 + i] = (char)(uint8_t)(size >> (8 * i));
    flush(out);
}

static void write_interface(struct capture_out *out, const struct capture_interface *interface)
{
    struct text *block = &out->block;
    block_open(out, BLOCK_INTERFACE);
    wire_le16(block, interface->link);
    wire_le16(block, 0);
    wire_le32(block, out->plan->snaplen);
    size_t length = strlen(interface->name);
    wire_le16(block, 2); /* if_name */
    wire_le16(block, length);
    text_add_bytes(block, interface->name, length);
    block_pad(block);
    wire_le16(block, 9); /* if_tsresol: 10^-n */
    wire_le16(block, 1);
    wire_u8(block, out->plan->nanoseconds ? 9 : 6);
    block_pad(block);
    wire_le32(block, 0); /* opt_endofopt */
    block_close(out);
}

static void write_names(struct capture_out *out)
{
    struct text *block = &out->block;
    block_open(out, BLOCK_NAMES);
    for (size_t i = 0; i < out->plan->name_count; i++) {
        const struct capture_name *entry = &out->plan->names[i];
        bool four = addr_is4(&entry->addr);
        size_t length = strlen(entry->name) + 1;
        wire_le16(block, four ? 1 : 2);
        wire_le16(block, (four ? 4 : 16) + length);
        text_add_bytes(block, entry->addr.bytes + (four ? 12 : 0), four ? 4 : 16);
        text_add_bytes(block, entry->name, length);
        block_pad(block);
    }
    wire_le32(block, 0); /* nrb_record_end */
    block_close(out);
}

static void write_ng_head(struct capture_out *out)
{
    struct text *block = &out->block;
    block_open(out, BLOCK_SECTION);
    wire_le32(block, 0x1a2b3c4d);
    wire_le16(block, 1);
    wire_le16(block, 0);
    wire_fill(block, 0xff, 8); /* section length not given */
    block_close(out);
    for (unsigned i = 0; i < out->plan->interface_count; i++)
        write_interface(out, &out->plan->interfaces[i]);
    if (out->plan->name_count > 0)
        write_names(out);
}

static void write_pcap_head(struct capture_out *out)
{
    struct text *block = &out->block;
    wire_le32(block, out->plan->nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4);
    wire_le16(block, 2);
    wire_le16(block, 4);
    wire_fill(block, 0, 8);
    wire_le32(block, out->plan->snaplen);
    wire_le32(block, out->plan->interfaces[0].link);
    flush(out);
}

struct capture_out *capture_out_open(const char *path, const struct capture_plan *plan,
                                     struct error *err)
{
    size_t length = strlen(path);
    bool ng = length > 7 && strcmp(path + length - 7, ".pcapng") == 0;
    if (!ng && (plan->interface_count > 1 || plan->name_count > 0)) {
        (void)error_set(err, "%s: several interfaces or names need a .pcapng file", path);
        return NULL;
    }
    FILE *stream = fopen(path, "wbe");
    if (stream == NULL) {
        (void)error_set(err, "%s: %s", path, strerror(errno));
        return NULL;
    }
    struct capture_out *out = mem_zeroed(1, sizeof *out);
    out->stream = stream;
    out->path = mem_text(path);
    out->plan = plan;
    out->ng = ng;
    if (ng)
        write_ng_head(out);
    else
        write_pcap_head(out);
    return out;
}

static void write_ng_packet(struct capture_out *out, int64_t clock_ns,
                            const struct frame_out *frame, uint32_t kept)
{
    uint64_t ticks = (uint64_t)(out->plan->nanoseconds ? clock_ns : clock_ns / NS_PER_US);
    struct text *block = &out->block;
    block_open(out, BLOCK_PACKET);
    wire_le32(block, frame->interface);
    wire_le32(block, ticks >> 32);
    wire_le32(block, ticks);
    wire_le32(block, kept);
    wire_le32(block, frame->size);
    text_add_bytes(block, frame->bytes, kept);
    block_close(out);
}

static void write_pcap_packet(struct capture_out *out, int64_t clock_ns,
                              const struct frame_out *frame, uint32_t kept)
{
    int64_t fraction = clock_ns % NS_PER_S;
    struct text *block = &out->block;
    wire_le32(block, (uint64_t)(clock_ns / NS_PER_S));
    wire_le32(block, (uint64_t)(out->plan->nanoseconds ? fraction : fraction / NS_PER_US));
    wire_le32(block, kept);
    wire_le32(block, frame->size);
    text_add_bytes(block, frame->bytes, kept);
    flush(out);
}

void capture_out_frame(struct capture_out *out, int64_t ts_ns, const struct frame_out *frame)
{
    int64_t clock_ns = capture_plan_clock(out->plan, ts_ns);
    uint32_t kept = frame->size < out->plan->snaplen ? frame->size : out->plan->snaplen;
    if (out->ng)
        write_ng_packet(out, clock_ns, frame, kept);
    else
        write_pcap_packet(out, clock_ns, frame, kept);
    struct capture_total *total = &out->total;
    if (total->packets == 0 || clock_ns < total->first_ns)
        total->first_ns = clock_ns;
    if (total->packets == 0 || clock_ns > total->last_ns)
        total->last_ns = clock_ns;
    total->packets++;
    total->bytes += frame->size;
}

struct capture_total capture_out_total(const struct capture_out *out)
{
    return out->total;
}

bool capture_out_close(struct capture_out *out, struct error *err)
{
    if (out == NULL)
        return true;
    bool failed = ferror(out->stream) != 0;
    failed = fclose(out->stream) != 0 || failed;
    bool ok = !failed || error_set(err, "%s: cannot write", out->path);
    text_done(&out->block);
    free(out->path);
    free(out);
    return ok;
}
