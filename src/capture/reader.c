/* SPDX-License-Identifier: Apache-2.0 */
/* Recognises the format of an input and reads frames from it.
 *
 * Our own reader instead of libpcap's, because that one refuses files whose interfaces have different
 * link types, drops name resolution blocks and reads 4 KiB at a time.
 * Invariant: after anything but READ_FRAME, the same status is given again for ever. */
#include "capture/reader.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "capture/frame.h"
#include "capture/pcap_file.h"
#include "capture/pcapng_file.h"
#include "capture/source.h"

enum {
    MAGIC_SIZE = 4,
    SHOWN_BYTES = 8 /* of a file that is no capture */
};

struct reader {
    struct source *source;      /* borrowed */
    struct pcapng_file *blocks; /* owned; NULL for the classic format */
    struct pcap_file records;
    enum read_status status; /* READ_FRAME while frames may come */
    struct error last;       /* the sentence that goes with `status` */
};

enum read_status reader_short(const struct source *source, const char *where, struct error *err)
{
    switch (source->state) {
    case SOURCE_STOPPED:
        return READ_END;
    case SOURCE_FAILED:
        (void)error_set(err, "reading fails: %s", source->reason);
        return READ_FAILED;
    case SOURCE_DAMAGED:
        (void)error_set(err, "the %s data is damaged: %s", source->packing, source->reason);
        return READ_DAMAGED;
    case SOURCE_TRUNCATED:
        (void)error_set(err, "the %s data ends early, inside %s", source->packing, where);
        return READ_TRUNCATED;
    case SOURCE_OPEN:
    case SOURCE_END:
        break;
    }
    (void)error_set(err, "the input ends inside %s", where);
    return READ_TRUNCATED;
}

/* Says what the input begins with: as text where it is text, else in hexadecimal. */
static void describe_start(const struct source *source, struct error *err)
{
    struct text start = {0};
    size_t size = bytes_left(&source->window);
    size = size < SHOWN_BYTES ? size : SHOWN_BYTES;
    bool printable = true;
    for (size_t i = 0; i < size; i++) {
        uint8_t byte = bytes_peek(&source->window, i);
        printable = printable && byte >= ' ' && byte < 0x7f;
    }
    for (size_t i = 0; i < size; i++) {
        unsigned byte = bytes_peek(&source->window, i);
        if (printable)
            text_add_char(&start, (char)byte);
        else
            text_addf(&start, i > 0 ? " %02x" : "%02x", byte);
    }
    const char *quote = printable ? "\"" : "";
    (void)error_set(err, "not a capture file (starts with %s%s%s%s%s)", quote, text_string(&start),
                    quote, source->packing != NULL ? ", unpacked from " : "",
                    source->packing != NULL ? source->packing : "");
    text_done(&start);
}

static enum read_status describe_foreign(const struct source *source, struct error *err)
{
    if (source->state != SOURCE_OPEN && source->state != SOURCE_END)
        return reader_short(source, "the first bytes", err);
    if (bytes_left(&source->window) == 0)
        (void)error_set(err, "not a capture file (empty)");
    else
        describe_start(source, err);
    return READ_FOREIGN;
}

struct reader *reader_new(struct source *source, struct read_extras *extras)
{
    struct reader *reader = mem_zeroed(1, sizeof *reader);
    reader->source = source;
    bool readable = source_need(source, MAGIC_SIZE);
    if (readable && pcap_file_is(source->window.at))
        reader->status = pcap_file_open(&reader->records, source, &reader->last);
    else if (readable && pcapng_file_is(source->window.at))
        reader->blocks = pcapng_file_new(source, extras);
    else
        reader->status = describe_foreign(source, &reader->last);
    return reader;
}

void reader_free(struct reader *reader)
{
    if (reader == NULL)
        return;
    pcapng_file_free(reader->blocks);
    free(reader);
}

enum read_status reader_next(struct reader *reader, struct frame *ret_frame, struct error *err)
{
    if (reader->status == READ_FRAME) {
        reader->status =
            reader->blocks != NULL
                ? pcapng_file_next(reader->blocks, ret_frame, &reader->last)
                : pcap_file_next(&reader->records, reader->source, ret_frame, &reader->last);
        if (reader->status == READ_FRAME)
            return READ_FRAME;
    }
    if (err != NULL)
        *err = reader->last;
    return reader->status;
}
