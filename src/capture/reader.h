/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct addr;
struct error;
struct frame;
struct source;

enum {
    READER_FRAME_MAX = 256 * 1024, /* most bytes of a frame, as libpcap's MAXIMUM_SNAPLEN */
    READER_INTERFACES_MAX = 65536, /* most interfaces of a pcapng section */
    READER_NAME_MAX =
        256 /* longest name of a name resolution block, with its NUL; longer are left out */
};

enum read_status {
    READ_FRAME,     /* a frame was read */
    READ_END,       /* the input ended where it may, or reading was stopped */
    READ_TRUNCATED, /* the input ends inside something */
    READ_DAMAGED,   /* the input contradicts itself; what follows cannot be found */
    READ_FOREIGN,   /* no capture file at all */
    READ_FAILED     /* the operating system could not read it */
};

/* What a file says beside its frames; all of it optional and only in pcapng. */
struct read_extras {
    void (*on_name)(void *context, const struct addr *addr, const char *name); /* may be NULL */
    void *context;
    uint64_t kernel_drops;    /* frames that the capturing system says it lost */
    uint64_t interface_drops; /* frames that the interface says it lost */
};

/* Reads the frames of one pcap or pcapng input.  Borrows the source and the extras. */
struct reader;

/* Looks at the first bytes of `source`.  Cannot fail: what is wrong is what the first reader_next() says. */
struct reader *reader_new(struct source *source, struct read_extras *extras);
void reader_free(struct reader *reader);

/* Reads the next frame.  The bytes stay good until the next call.  Sets everything but `number`; the
 * time lies within TICKS_NS_MAX.  For anything but READ_FRAME and READ_END, `err` gets a sentence
 * without the file's name, and every later call gives the same status again. */
enum read_status reader_next(struct reader *reader, struct frame *ret_frame, struct error *err);

/* For the readers of the formats: what it means that `source` has no more bytes in the middle of `where`. */
enum read_status reader_short(const struct source *source, const char *where, struct error *err);
