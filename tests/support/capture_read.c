/* SPDX-License-Identifier: Apache-2.0 */
/* Reads built files through the whole reader, from memory. */
#include "capture_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "capture/source.h"
#include "capture_build.h"
#include "net/addr.h"

static void add_name(void *context, const struct addr *addr, const char *name)
{
    struct reading *reading = context;
    char address[ADDR_TEXT_MAX];
    (void)addr_text(addr, address);
    size_t length = strlen(reading->names);
    (void)snprintf(reading->names + length, sizeof reading->names - length, "%s=%s;", address,
                   name);
}

static bool counts_up(const struct frame *frame)
{
    for (size_t i = 0; i < frame->captured; i++) {
        if (frame->data[i] != (uint8_t)i)
            return false;
    }
    return true;
}

struct reading read_build_cut(const struct build *build, size_t size, size_t step)
{
    struct reading reading = {.content_good = true};
    auto_free uint8_t *copy = mem_copy(build->data, size);
    struct source source;
    source_open_memory(&source, copy, size, step);
    struct read_extras extras = {.on_name = add_name, .context = &reading};
    struct reader *reader = reader_new(&source, &extras);
    struct frame frame;
    while ((reading.status = reader_next(reader, &frame, &reading.err)) == READ_FRAME) {
        reading.content_good = reading.content_good && counts_up(&frame);
        frame.data = NULL;
        if (reading.count < READING_FRAMES_MAX)
            reading.frames[reading.count] = frame;
        reading.count++;
    }
    reading.kernel_drops = extras.kernel_drops;
    reading.interface_drops = extras.interface_drops;
    reader_free(reader);
    source_close(&source);
    return reading;
}

struct reading read_build(const struct build *build, size_t step)
{
    return read_build_cut(build, build->size, step);
}
