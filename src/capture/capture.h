/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct addr;
struct error;
struct frame;

enum {
    CAPTURE_PROBLEMS_MAX = 1000 /* sentences that are kept */
};

/* Zero in a number means its default. */
struct capture_options {
    const char *filter;    /* a pcap-filter(7) expression; NULL or empty: everything */
    uint32_t snaplen;      /* live: bytes kept of a frame; default 65535 */
    uint64_t buffer_bytes; /* live: the kernel's buffer; default 64 MiB, at most 2 GiB */
    bool promiscuous;      /* live */
    int64_t
        timeout_ns; /* live: how long to wait before an idle frame; default 100 ms, at least 1 ms */
    /* Is given every name of name resolution blocks (pcapng), in file order; may be NULL.  The name is
     * as it stands in the file, at most 255 bytes.  Both pointers are borrowed for the call. */
    void (*on_name)(void *context, const struct addr *addr, const char *name);
    void *on_name_context;
};

enum capture_status {
    CAPTURE_FRAME,
    CAPTURE_IDLE, /* live: nothing came for timeout_ns; the frame is idle and carries the wall clock */
    CAPTURE_END /* the last file ended, the interface went away, or capture_break() was called */
};

/* What became of the input as a whole; the worst of its parts. */
enum capture_result {
    CAPTURE_OK,
    CAPTURE_TRUNCATED, /* an input is cut or damaged, or an interface went away: results are partial */
    CAPTURE_UNREADABLE /* an input could not be read or is no capture */
};

struct capture_progress {
    uint64_t
        bytes_read; /* of the files as they lie on disk (packed bytes of packed files); a file that ended early counts whole */
    uint64_t bytes_total; /* of all files; 0: not known (standard input, pipes, live) */
    uint64_t frames, filtered;
    size_t files_done, files_total;
    const char *file; /* being read, borrowed until the next capture_next(); NULL: none, or live */
};

struct capture_counters {
    uint64_t frames;           /* handed out */
    uint64_t bytes;            /* captured bytes of these */
    uint64_t filtered;         /* frames of files that the filter refused; numbered all the same */
    uint64_t truncated_files;  /* cut */
    uint64_t damaged_files;    /* contradict themselves */
    uint64_t unreadable_files; /* missing, not permitted, or named by the user and no capture */
    uint64_t skipped_files;    /* found in a directory and no capture */
    uint64_t kernel_received;  /* live */
    uint64_t kernel_drops;     /* live, or as pcapng statistics say (isb_osdrop) */
    uint64_t interface_drops;  /* live, or as pcapng statistics say (isb_ifdrop) */
};

/* A run of frames from files or from one interface.  Used by one thread, but for capture_break(). */
struct capture;

/* Prepares to read `count` paths (at least one) in their order: files (pcap, pcapng; plain, gzip, zstd),
 * `-` for standard input, and directories, which stand for the regular files in them and in
 * folders below them, sorted by name, without hidden ones.  Frames are numbered on over all files, filtered
 * ones included.  A file that is missing or broken is not an error here: it becomes a
 * sentence for capture_problem(), and reading goes on with the next.
 * Returns NULL and a sentence where the filter is wrong or standard input cannot be used as asked.
 * The options are copied, but for the callback's context. */
struct capture *capture_open_files(const char *const *paths, size_t count,
                                   const struct capture_options *options, struct error *err);
/* Opens an interface.  Returns NULL and a sentence where there is none of that name, it is down,
 * the permission is missing or the filter is wrong. */
struct capture *capture_open_live(const char *interface, const struct capture_options *options,
                                  struct error *err);
/* Accepts NULL. */
void capture_close(struct capture *capture);

/* Gives the next frame; its bytes stay good until the next call.  The time lies within 2^62 ns of
 * 1970, so that differences do not overflow.  After CAPTURE_END every call gives CAPTURE_END. */
enum capture_status capture_next(struct capture *capture, struct frame *ret_frame);
/* Makes capture_next() return CAPTURE_END soon (within 100 ms, also where it waits for input).
 * May be called from a signal handler and from other threads. */
void capture_break(struct capture *capture);

/* Says how far the reading is. */
void capture_progress(const struct capture *capture, struct capture_progress *ret_progress);
/* Live: asks the kernel for its counters. */
void capture_counters(struct capture *capture, struct capture_counters *ret_counters);
enum capture_result capture_result(const struct capture *capture);
/* Returns true and sentence `index` (from 0, in the order of events) of what went wrong so far. */
bool capture_problem(const struct capture *capture, size_t index, struct error *ret_problem);
