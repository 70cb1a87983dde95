/* SPDX-License-Identifier: Apache-2.0 */
/* Reads an input in large blocks and lends out windows of it.
 *
 * One buffer: the part that was read and not taken (less than one record) is moved to its start, the
 * next block is read behind it.  A record is therefore always in one piece and is handed out where it
 * lies; only the few bytes of the record at a block's end are ever copied.
 *
 * Invariants: (1) less than SOURCE_NEED_MAX bytes lie in the window when more are read, so a whole
 * block always fits; (2) memory is fixed when the source is opened, whatever the input says.
 *
 * Rejected: stdio, which adds a copy; a mapping of the file, which makes none, but costs a page table
 * entry for every 4 KiB, kills the process where somebody cuts the file, and was slower on one virtual
 * machine of two (2 GB of elephants in 0.51 s against 0.32 s).
 * Cost: one read(2) for 512 KiB, of which the processor's second-level cache still holds most when
 * the frames are looked at; 256 KiB and less are 8 % slower on elephants. */
#include "capture/source.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "capture/unpack.h"

enum {
    MAGIC_SIZE = 4, /* the longest magic number of a compression */
    WAIT_MS = 100   /* how late the stop flag may be seen while nothing comes */
};

static bool is_stopped(const struct source *source)
{
    return source->stop != NULL && atomic_load_explicit(source->stop, memory_order_relaxed);
}

/* Waits until read(2) would not block, in steps, so that a stop is seen.  False when stopped. */
static bool wait_readable(const struct source *source)
{
    struct pollfd waiting = {.fd = source->descriptor, .events = POLLIN};
    while (!is_stopped(source)) {
        int ready = poll(&waiting, 1, WAIT_MS);
        if (ready > 0 || (ready < 0 && errno != EINTR))
            return true; /* read(2) will say what is wrong */
    }
    return false;
}

static size_t read_memory(struct source *source, uint8_t *ret_data, size_t size)
{
    struct bytes part = bytes_slice_upto(&source->memory, size);
    size_t length = bytes_left(&part);
    if (length > 0)
        memcpy(ret_data, part.at, length);
    return length;
}

static size_t read_descriptor(struct source *source, uint8_t *ret_data, size_t size)
{
    while (!is_stopped(source)) {
        if (source->waits && !wait_readable(source))
            break;
        ssize_t length = read(source->descriptor, ret_data, size);
        if (length >= 0)
            return (size_t)length;
        if (errno != EINTR && errno != EAGAIN) {
            source->state = SOURCE_FAILED;
            source->reason = strerrordesc_np(errno);
            return 0;
        }
    }
    source->state = SOURCE_STOPPED;
    return 0;
}

/* Reads up to one block of the input as it is.  Returns 0 at its end, with the state set. */
static size_t read_raw(struct source *source, uint8_t *ret_data)
{
    size_t length = source->descriptor >= 0 ? read_descriptor(source, ret_data, source->step)
                                            : read_memory(source, ret_data, source->step);
    source->raw_bytes += length;
    if (length == 0 && source->state == SOURCE_OPEN)
        source->state = SOURCE_END;
    return length;
}

/* Fills `ret_data` with unpacked bytes, at most one block.  Returns 0 at the end, with the state set. */
static size_t read_unpacked(struct source *source, uint8_t *ret_data)
{
    for (;;) { /* each turn takes input, gives output or ends */
        if (is_stopped(source)) {
            source->state = SOURCE_STOPPED;
            return 0;
        }
        size_t made = unpack_run(source->unpack, &source->packed, ret_data, SOURCE_BLOCK);
        if (made > 0)
            return made;
        if (unpack_damage(source->unpack) != NULL) {
            source->state = SOURCE_DAMAGED;
            source->reason = unpack_damage(source->unpack);
            return 0;
        }
        size_t length = read_raw(source, source->packed_buffer);
        source->packed = bytes_of(source->packed_buffer, length);
        if (length == 0) {
            if (source->state == SOURCE_END && !unpack_is_whole(source->unpack))
                source->state = SOURCE_TRUNCATED;
            return 0;
        }
    }
}

/* Reads the first bytes; where they are compressed, moves them before the decompressor. */
static void look_for_packing(struct source *source)
{
    if (!source_need(source, MAGIC_SIZE) && source->state != SOURCE_END)
        return;
    struct bytes *window = &source->window;
    size_t size = bytes_left(window);
    source->unpack = unpack_new(window->at, size);
    if (source->unpack == NULL)
        return;
    source->packing = unpack_name(source->unpack);
    source->packed_buffer = mem_alloc(SOURCE_BLOCK + MAGIC_SIZE);
    memcpy(source->packed_buffer, window->at, size);
    source->packed = bytes_of(source->packed_buffer, size);
    *window = bytes_of(source->buffer, 0);
    source->state = SOURCE_OPEN;
}

void source_open(struct source *source, int descriptor, const atomic_bool *stop)
{
    assert(descriptor >= 0);
    *source = (struct source){.stop = stop, .descriptor = descriptor, .step = SOURCE_BLOCK};
    source->buffer = mem_alloc(SOURCE_NEED_MAX + SOURCE_BLOCK);
    source->window = bytes_of(source->buffer, 0);
    struct stat facts;
    source->waits = fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode);
    look_for_packing(source);
}

void source_open_memory(struct source *source, const void *data, size_t size, size_t step)
{
    assert(step > 0 && step <= SOURCE_BLOCK);
    *source = (struct source){.descriptor = -1, .memory = bytes_of(data, size), .step = step};
    source->buffer = mem_alloc(SOURCE_NEED_MAX + SOURCE_BLOCK);
    source->window = bytes_of(source->buffer, 0);
    look_for_packing(source);
}

void source_close(struct source *source)
{
    if (source->descriptor >= 0)
        (void)close(source->descriptor);
    unpack_free(source->unpack);
    free(source->packed_buffer);
    free(source->buffer);
    *source = (struct source){.descriptor = -1, .state = SOURCE_END};
}

/* Reads one more block behind what is left of the window. */
static void read_block(struct source *source)
{
    size_t left = bytes_left(&source->window);
    assert(left < SOURCE_NEED_MAX);
    if (left > 0)
        memmove(source->buffer, source->window.at, left);
    uint8_t *end = source->buffer + left;
    size_t length = source->unpack != NULL ? read_unpacked(source, end) : read_raw(source, end);
    source->window = bytes_of(source->buffer, left + length);
}

bool source_need(struct source *source, size_t size)
{
    assert(size <= SOURCE_NEED_MAX);
    while (bytes_left(&source->window) < size) {
        if (source->state != SOURCE_OPEN)
            return false;
        read_block(source);
    }
    return true;
}

bool source_skip(struct source *source, uint64_t size)
{
    while (size > bytes_left(&source->window)) {
        size -= bytes_left(&source->window);
        bytes_skip(&source->window, bytes_left(&source->window));
        if (!source_need(source, 1))
            return false;
    }
    bytes_skip(&source->window, (size_t)size);
    return true;
}
