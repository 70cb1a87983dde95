/* SPDX-License-Identifier: Apache-2.0 */
/* Events to a file or to standard output.
 *
 * Lines gather in a buffer and go out 64 KiB at a time or after 100 ms.  Invariants: (1) the buffer
 * holds whole lines, but for a pipe that took part of the first; (2) a regular file ends with a
 * whole line: what a full disk took of a line is cut off again; (3) lines leave the buffer only
 * when the kernel has them, so that a full disk costs nothing until the buffer reaches 1 MiB.  The
 * file is opened with O_APPEND, so that two writers and logrotate's copytruncate do no harm.  stdio
 * was rejected: after a short write it does not say how much has gone out. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "base/time.h"
#include "sink/kind.h"

enum {
    BUFFER_GOAL = 64 * 1024,
    BUFFER_MAX = 1024 * 1024
};

#define WAIT_NS (100 * NS_PER_MS)

struct file {
    char *path;
    int descriptor;
    bool standard_output, regular;
    bool broken;   /* the reader of the pipe is gone */
    uint64_t size; /* of a regular file, as far as we know */
    uint64_t rotate_bytes;
    unsigned keep;
    struct text buffer;
    int64_t clock_ns, waiting_since_ns;
};

static const char *file_name(const struct file *file)
{
    return file->standard_output ? "standard output" : file->path;
}

/* Looks at what has been opened.  A file that ends within a line (a crash, another program) gets a
 * newline, so that the first event does not join it. */
static void file_measure(struct file *file)
{
    struct stat status;
    if (fstat(file->descriptor, &status) != 0)
        return;
    file->regular = S_ISREG(status.st_mode);
    file->size = file->regular ? (uint64_t)status.st_size : 0;
    if (!file->regular || status.st_size == 0 || file->standard_output)
        return;
    auto_close int reader = open(file->path, O_RDONLY | O_CLOEXEC);
    char last = '\n';
    if (reader >= 0 && pread(reader, &last, 1, status.st_size - 1) == 1 && last != '\n' &&
        write(file->descriptor, "\n", 1) == 1)
        file->size++;
}

static int open_path(const char *path)
{
    return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0640);
}

struct sink *sink_open_file(const char *path, uint64_t rotate_bytes, unsigned keep,
                            struct error *err)
{
    bool standard_output = strcmp(path, "-") == 0;
    int descriptor = standard_output ? STDOUT_FILENO : open_path(path);
    if (descriptor < 0) {
        (void)error_set(err, "%s: %s", path, strerror(errno));
        return NULL;
    }
    struct file *file = mem_zeroed(1, sizeof *file);
    file->path = mem_text(path);
    file->descriptor = descriptor;
    file->standard_output = standard_output;
    file->rotate_bytes = standard_output ? 0 : rotate_bytes;
    file->keep = keep > 0 ? keep : 1;
    file_measure(file);
    return sink_new(&sink_file_kind, file);
}

/* Counts the lines that end in the first `size` bytes of the buffer as written, and removes them.
 */
static void buffer_consume(struct sink *sink, size_t size)
{
    struct file *file = sink->state;
    const char *at = file->buffer.data, *end = at + size;
    for (const char *newline = NULL; at < end; at = newline + 1) {
        newline = memchr(at, '\n', (size_t)(end - at));
        if (newline == NULL)
            break;
        sink->counters.written++;
    }
    sink->counters.bytes += size;
    file->size += size;
    file->buffer.length -= size;
    memmove(file->buffer.data, end, file->buffer.length + 1);
}

/* After a short write of `size` bytes: a regular file is cut back to its last whole line.  Returns
 * how much of the buffer is out. */
static size_t undo_partial_line(const struct file *file, size_t size)
{
    const char *newline = size > 0 ? memrchr(file->buffer.data, '\n', size) : NULL;
    size_t whole = newline != NULL ? (size_t)(newline + 1 - file->buffer.data) : 0;
    struct stat status;
    if (!file->regular || whole == size || fstat(file->descriptor, &status) != 0 ||
        ftruncate(file->descriptor, status.st_size - (off_t)(size - whole)) != 0)
        return size;
    return whole;
}

/* The reader of a pipe does not come back: what waits is lost, and so is all that follows. */
static void file_give_up(struct sink *sink)
{
    struct file *file = sink->state;
    file->broken = true;
    for (size_t i = 0; i < file->buffer.length; i++)
        sink->counters.dropped += file->buffer.data[i] == '\n';
    text_clear(&file->buffer);
}

/* Writes the whole buffer.  False where some of it stays. */
static bool file_drain(struct sink *sink)
{
    struct file *file = sink->state;
    size_t done = 0;
    int problem = 0;
    while (done < file->buffer.length && problem == 0) {
        ssize_t count =
            write(file->descriptor, file->buffer.data + done, file->buffer.length - done);
        if (count > 0)
            done += (size_t)count;
        else if (count == 0 || errno != EINTR)
            problem = count == 0 ? EIO : errno;
    }
    if (problem != 0)
        done = undo_partial_line(file, done);
    if (file->buffer.length > 0)
        buffer_consume(sink, done);
    if (problem == EPIPE)
        file_give_up(sink);
    if (problem != 0)
        return sink_trouble(sink, "%s: %s", file_name(file), strerror(problem));
    sink->troubled = false;
    return true;
}

/* Takes `descriptor` for the old one. */
static void file_replace(struct sink *sink, int descriptor)
{
    struct file *file = sink->state;
    (void)close(file->descriptor);
    file->descriptor = descriptor;
    sink->counters.reconnects++;
    file_measure(file);
}

static void file_reopen(struct sink *sink)
{
    struct file *file = sink->state;
    (void)file_drain(sink);
    if (file->standard_output)
        return;
    int descriptor = open_path(file->path);
    if (descriptor < 0) {
        (void)sink_trouble(sink, "%s: %s", file->path, strerror(errno));
        return;
    }
    file_replace(sink, descriptor);
}

/* Moves PATH.1 ... up by one, PATH to PATH.1, and begins PATH anew.  Where that fails the old file
 * grows on. */
static void file_rotate(struct sink *sink)
{
    struct file *file = sink->state;
    struct text from = {0}, to = {0};
    for (unsigned i = file->keep; i > 0; i--) {
        text_clear(&from);
        text_clear(&to);
        text_add(&from, file->path);
        if (i > 1)
            text_addf(&from, ".%u", i - 1);
        text_addf(&to, "%s.%u", file->path, i);
        if (rename(text_string(&from), text_string(&to)) != 0 && (errno != ENOENT || i == 1))
            (void)sink_trouble(sink, "%s: cannot be renamed: %s", text_string(&from),
                               strerror(errno));
    }
    text_done(&from);
    text_done(&to);
    int descriptor = open_path(file->path);
    if (descriptor >= 0)
        file_replace(sink, descriptor);
    else
        (void)sink_trouble(sink, "%s: %s", file->path, strerror(errno));
}

static bool file_write(struct sink *sink, const char *line, size_t length)
{
    struct file *file = sink->state;
    size_t more = length + 1;
    uint64_t whole = file->size + file->buffer.length;
    bool full =
        file->rotate_bytes > 0 && file->regular && whole > 0 && whole + more > file->rotate_bytes;
    if (full && file_drain(sink))
        file_rotate(sink);
    bool fits = file->buffer.length == 0 || file->buffer.length + more <= BUFFER_MAX;
    if ((!fits && !file_drain(sink)) || file->broken) {
        sink->counters.dropped++;
        return false;
    }
    if (file->buffer.length == 0)
        file->waiting_since_ns = file->clock_ns;
    text_add_bytes(&file->buffer, line, length);
    text_add_char(&file->buffer, '\n');
    if (file->buffer.length < BUFFER_GOAL && !sink->troubled)
        return true;
    return file_drain(sink);
}

static void file_flush(struct sink *sink)
{
    struct file *file = sink->state;
    if (file->buffer.length > 0)
        (void)file_drain(sink);
}

static void file_tick(struct sink *sink, int64_t clock_ns)
{
    struct file *file = sink->state;
    file->clock_ns = clock_ns;
    if (clock_ns - file->waiting_since_ns < WAIT_NS)
        return;
    file->waiting_since_ns = clock_ns;
    file_flush(sink);
}

static void file_close(struct sink *sink)
{
    struct file *file = sink->state;
    file_flush(sink);
    if (!file->standard_output)
        (void)close(file->descriptor);
    text_done(&file->buffer);
    free(file->path);
    free(file);
}

const struct sink_kind sink_file_kind = {.write = file_write,
                                         .flush = file_flush,
                                         .tick = file_tick,
                                         .reopen = file_reopen,
                                         .close = file_close};
