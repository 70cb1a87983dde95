/* SPDX-License-Identifier: Apache-2.0 */
/* Reads file after file as one stream of frames.
 *
 * A file that cannot be read, is cut or is damaged ends there; what was read of it stays, the report
 * gets a sentence, and the next file is opened.  A folder's files that are no captures are only
 * counted, unless the folder holds no capture at all, which is most likely a mistake.
 * Invariant: at most one file is open, and only between files_next() calls that gave a frame. */
#include "capture/files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "capture/capture.h"
#include "capture/frame.h"
#include "capture/paths.h"
#include "capture/reader.h"
#include "capture/report.h"
#include "capture/source.h"

struct files {
    struct path_list list;
    size_t current; /* entry that is read, or comes next */
    struct source source;
    struct reader *reader; /* owned; NULL: no file is open */
    struct read_extras extras;
    struct report *report;   /* borrowed */
    const atomic_bool *stop; /* borrowed */
    uint64_t frames;         /* of the open file */
    uint64_t bytes_done;     /* of the files before */
    size_t root_captures;    /* files of the same root that were captures, or failed otherwise */
};

struct files *files_open(const char *const *paths, size_t count,
                         const struct capture_options *options, struct report *report,
                         const atomic_bool *stop, struct error *err)
{
    struct files *files = mem_zeroed(1, sizeof *files);
    files->report = report;
    files->stop = stop;
    files->extras.on_name = options->on_name;
    files->extras.context = options->on_name_context;
    bool good = paths_expand(&files->list, paths, count, err);
    for (size_t i = 0; good && i < count; i++) {
        if (paths_is_stdin(paths[i]) && isatty(STDIN_FILENO) == 1)
            good = error_set(err, "-: standard input is a terminal, not a capture");
    }
    if (good)
        return files;
    files_close(files);
    return NULL;
}

static void close_current(struct files *files)
{
    if (files->reader == NULL)
        return;
    reader_free(files->reader);
    files->reader = NULL;
    source_close(&files->source);
}

void files_close(struct files *files)
{
    if (files == NULL)
        return;
    close_current(files);
    paths_done(&files->list);
    free(files);
}

static const struct path_entry *current_entry(const struct files *files)
{
    return &files->list.entries[files->current];
}

static const char *shown_path(const struct path_entry *entry)
{
    return paths_is_stdin(entry->path) ? "standard input" : entry->path;
}

/* Ends the current entry; at the end of a folder, complains where no file of it was a capture. */
static void leave_entry(struct files *files)
{
    const struct path_entry *entry = current_entry(files);
    files->bytes_done += entry->size;
    close_current(files);
    files->current++;
    bool last = files->current == files->list.count || current_entry(files)->root != entry->root;
    if (!last)
        return;
    if (files->root_captures == 0) {
        files->report->counters.unreadable_files++;
        report_add(files->report, CAPTURE_UNREADABLE, "%s: no capture file in this folder",
                   files->list.roots[entry->root]);
    }
    files->root_captures = 0;
}

static void note_unreadable(struct files *files, const char *what)
{
    files->root_captures++;
    files->report->counters.unreadable_files++;
    report_add(files->report, CAPTURE_UNREADABLE, "%s: %s", shown_path(current_entry(files)), what);
}

/* Opens the current entry.  False where that fails; the entry is then left. */
static bool open_current(struct files *files)
{
    const struct path_entry *entry = current_entry(files);
    const char *problem = entry->problem;
    int descriptor = -1;
    if (problem == NULL) {
        descriptor = paths_is_stdin(entry->path) ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                                                 : open(entry->path, O_RDONLY | O_CLOEXEC);
        if (descriptor < 0)
            problem = strerrordesc_np(errno);
    }
    if (problem != NULL) {
        note_unreadable(files, problem);
        leave_entry(files);
        return false;
    }
    (void)posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
    source_open(&files->source, descriptor, files->stop);
    files->reader = reader_new(&files->source, &files->extras);
    files->frames = 0;
    return true;
}

static void note_partial(struct files *files, const char *how, const struct error *why)
{
    report_add(files->report, CAPTURE_TRUNCATED, "%s: %s after frame %" PRIu64 " of this file: %s",
               shown_path(current_entry(files)), how, files->frames, why->text);
}

/* Files what the end of the current file means; the reader says it once more, with the reason. */
static void note_end(struct files *files)
{
    struct frame none;
    struct error why;
    enum read_status status = reader_next(files->reader, &none, &why);
    struct capture_counters *counters = &files->report->counters;
    if (status == READ_FOREIGN && current_entry(files)->found) {
        counters->skipped_files++;
        return;
    }
    switch (status) {
    case READ_FRAME:
    case READ_END:
        break;
    case READ_TRUNCATED:
        counters->truncated_files++;
        note_partial(files, "cut", &why);
        break;
    case READ_DAMAGED:
        counters->damaged_files++;
        note_partial(files, "damaged", &why);
        break;
    case READ_FOREIGN:
    case READ_FAILED:
        note_unreadable(files, why.text);
        break;
    }
    files->root_captures++;
}

bool files_next(struct files *files, struct frame *ret_frame)
{
    while (files->current < files->list.count) {
        if (atomic_load_explicit(files->stop, memory_order_relaxed))
            return false;
        if (files->reader == NULL && !open_current(files))
            continue;
        if (reader_next(files->reader, ret_frame, NULL) == READ_FRAME) {
            files->frames++;
            return true;
        }
        if (atomic_load_explicit(files->stop, memory_order_relaxed))
            return false; /* stopped inside the file: its end is not known */
        note_end(files);
        leave_entry(files);
    }
    return false;
}

void files_count(struct files *files)
{
    struct capture_counters *counters = &files->report->counters;
    counters->kernel_drops += files->extras.kernel_drops;
    counters->interface_drops += files->extras.interface_drops;
    files->extras.kernel_drops = 0;
    files->extras.interface_drops = 0;
}

void files_progress(const struct files *files, struct capture_progress *ret_progress)
{
    bool open = files->reader != NULL;
    ret_progress->bytes_total = files->list.bytes_total;
    uint64_t bytes = open ? files->source.raw_bytes : 0;
    if (open && ret_progress->bytes_total > 0 && bytes > current_entry(files)->size)
        bytes = current_entry(files)->size; /* it has grown since */
    ret_progress->bytes_read = files->bytes_done + bytes;
    ret_progress->files_done = files->current;
    ret_progress->files_total = files->list.count;
    ret_progress->file = open ? shown_path(current_entry(files)) : NULL;
}
