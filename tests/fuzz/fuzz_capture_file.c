/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a capture file, plain or packed: the first byte says how many are read at a time. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "capture/frame.h"
#include "capture/reader.h"
#include "capture/source.h"
#include "capture/ticks.h"
#include "net/addr.h"

enum {
    INPUT_MAX = 64 * 1024 /* packed input grows a thousandfold */
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void add_name(void *context, const struct addr *addr, const char *name)
{
    size_t *names = context;
    size_t length = 0;
    while (name[length] != '\0')
        length++;
    assert(length > 0 && length < READER_NAME_MAX);
    *names += length + addr->bytes[0];
}

/* Looks at every byte of the frame, so that the sanitizer does too. */
static void check_frame(const struct frame *frame)
{
    assert(frame->captured <= READER_FRAME_MAX);
    assert(frame->length >= frame->captured);
    assert(frame->ts_ns <= TICKS_NS_MAX && frame->ts_ns >= -TICKS_NS_MAX);
    size_t sum = 0;
    for (size_t i = 0; i < frame->captured; i++)
        sum += frame->data[i];
    assert(sum <= UINT8_MAX * frame->captured);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    size_t step = data[0] < 0x80 ? (size_t)data[0] + 1 : SOURCE_BLOCK;
    size_t length = size - 1 < INPUT_MAX ? size - 1 : INPUT_MAX;
    struct source source;
    source_open_memory(&source, data + 1, length, step);
    size_t names = 0;
    struct read_extras extras = {.on_name = add_name, .context = &names};
    struct reader *reader = reader_new(&source, &extras);
    struct frame frame;
    struct error err = {""};
    enum read_status status = READ_FRAME;
    while ((status = reader_next(reader, &frame, &err)) == READ_FRAME)
        check_frame(&frame);
    assert(status == READ_END || err.text[0] != '\0');
    assert(reader_next(reader, &frame, &err) == status);
    reader_free(reader);
    source_close(&source);
    return 0;
}
