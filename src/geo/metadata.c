/* SPDX-License-Identifier: Apache-2.0 */
/* The checks that a geo database must pass before libmaxminddb maps it.
 *
 * Reason: libmaxminddb (seen in 1.7.1) multiplies the number of nodes with their size in 32 bits and
 * follows the tree while it opens the file, so a file that claims 2^32 - 1 nodes makes it read wherever
 * the tree points.  Nothing can be asked of the library before that, so the metadata is read here.
 *
 * Invariants: (1) what is found here is what the library will find: the last marker in the last 128
 * KiB, the first entry of a key; (2) what could be read differently (pointers as keys or as the
 * numbers) is refused; no known writer makes such files.
 *
 * Source: MaxMind DB File Format Specification 2.0. */
#include "geo/metadata.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/memory.h"

enum {
    TAIL_SIZE = 128 * 1024, /* the metadata lies within these last bytes */
    TREE_GAP = 16,          /* zero bytes between the tree and the data */
    TYPE_EXTENDED = 0,
    TYPE_POINTER = 1,
    TYPE_STRING = 2,
    TYPE_UINT16 = 5,
    TYPE_UINT32 = 6,
    TYPE_MAP = 7,
    TYPE_UINT64 = 9,
    TYPE_ARRAY = 11,
    TYPE_BOOLEAN = 14
};

static const char marker[] = "\xab\xcd\xefMaxMind.com";

struct metadata {
    uint64_t nodes;
    uint64_t record_bits;
};

/* The control bytes in front of a value.
 *
 *   type 3 bits | size 5 bits     type 0: the next byte is type - 7
 *   size 29, 30, 31: 1, 2, 3 bytes more, which count from 29, 285, 65821 */
struct control {
    unsigned type;
    uint32_t size;
};

static struct control read_control(struct bytes *bytes)
{
    uint8_t first = bytes_u8(bytes);
    struct control control = {.type = first >> 5U, .size = first & 0x1fU};
    if (control.type == TYPE_POINTER) { /* 2 bits of the 5 tell the bytes that follow */
        control.size = (control.size >> 3U) + 1;
        return control;
    }
    if (control.type == TYPE_EXTENDED)
        control.type = 7U + bytes_u8(bytes);
    if (control.size == 29)
        control.size = 29U + bytes_u8(bytes);
    else if (control.size == 30)
        control.size = 285U + bytes_be16(bytes);
    else if (control.size == 31)
        control.size = 65821U + bytes_be24(bytes);
    return control;
}

/* Steps over one value with all that is in it.  Each value takes a byte, so bytes bound the loop. */
static void skip_value(struct bytes *bytes)
{
    uint64_t values = 1;
    for (; values > 0 && !bytes->bad; values--) {
        struct control control = read_control(bytes);
        if (control.type == TYPE_MAP)
            values += (uint64_t)control.size * 2;
        else if (control.type == TYPE_ARRAY)
            values += control.size;
        else if (control.type != TYPE_BOOLEAN)
            bytes_skip(bytes, control.size);
    }
}

/* Reads an unsigned number; anything else makes the cursor bad. */
static uint64_t read_number(struct bytes *bytes)
{
    struct control control = read_control(bytes);
    bool number =
        control.type == TYPE_UINT16 || control.type == TYPE_UINT32 || control.type == TYPE_UINT64;
    if (!number || control.size > 8)
        bytes_spoil(bytes);
    uint64_t value = 0;
    for (uint32_t i = 0; i < control.size && !bytes->bad; i++)
        value = value << 8U | bytes_u8(bytes);
    return value;
}

/* Reads the metadata's map; false where it is none, ends early, or lacks one of the two numbers. */
static bool read_metadata(struct bytes bytes, struct metadata *ret_metadata)
{
    struct metadata found = {0};
    struct control map = read_control(&bytes);
    if (map.type != TYPE_MAP)
        return false;
    for (uint32_t i = 0; i < map.size && !bytes.bad; i++) {
        struct control key = read_control(&bytes);
        const uint8_t *name = bytes_take(&bytes, key.size);
        if (key.type != TYPE_STRING || name == NULL)
            return false;
        bool nodes = key.size == 10 && memcmp(name, "node_count", 10) == 0;
        bool bits = key.size == 11 && memcmp(name, "record_size", 11) == 0;
        uint64_t *number = nodes ? &found.nodes : &found.record_bits;
        if ((nodes || bits) && *number == 0)
            *number = read_number(&bytes);
        else
            skip_value(&bytes);
    }
    *ret_metadata = found;
    return !bytes.bad && found.nodes > 0 && found.record_bits > 0;
}

/* Returns what follows the last marker, bad where there is none. */
static struct bytes find_metadata(const uint8_t *tail, size_t size)
{
    const size_t length = sizeof marker - 1;
    struct bytes rest = {.bad = true};
    const uint8_t *end = tail + size;
    for (const uint8_t *at = tail; at != NULL;) {
        at = memmem(at, (size_t)(end - at), marker, length);
        if (at != NULL) {
            at += length;
            rest = bytes_of(at, (size_t)(end - at));
        }
    }
    return rest;
}

static bool check_content(const char *path, int file, uint64_t size, struct error *err)
{
    size_t wanted = size < TAIL_SIZE ? (size_t)size : TAIL_SIZE;
    auto_free uint8_t *tail = mem_alloc(wanted);
    ssize_t got = pread(file, tail, wanted, (off_t)(size - wanted));
    if (got < 0)
        return error_set(err, "%s: cannot read the geo database: %s", path, strerror(errno));
    struct bytes bytes = find_metadata(tail, (size_t)got);
    if (bytes.bad)
        return error_set(err, "%s: no MaxMind-format database", path);
    uint64_t before = size - bytes_left(&bytes) - (sizeof marker - 1);
    struct metadata metadata;
    if (!read_metadata(bytes, &metadata))
        return error_set(err, "%s: broken geo database: its metadata makes no sense", path);
    if (metadata.record_bits != 24 && metadata.record_bits != 28 && metadata.record_bits != 32)
        return error_set(err, "%s: broken geo database: records of %llu bits", path,
                         (unsigned long long)metadata.record_bits);
    /* Two records to a node.  The library counts in 32 bits, nodes first. */
    uint64_t tree = metadata.nodes <= UINT32_MAX ? metadata.nodes * metadata.record_bits / 4 : size;
    if (tree > UINT32_MAX || tree + TREE_GAP > before)
        return error_set(err, "%s: broken geo database: it claims %llu nodes in %llu bytes", path,
                         (unsigned long long)metadata.nodes, (unsigned long long)size);
    return true;
}

bool metadata_check(const char *path, struct error *err)
{
    /* Without O_NONBLOCK a pipe would wait for somebody to write. */
    auto_close int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat info;
    if (file < 0 || fstat(file, &info) != 0)
        return error_set(err, "%s: cannot open the geo database: %s", path, strerror(errno));
    if (S_ISDIR(info.st_mode))
        return error_set(err, "%s: is a directory, not a geo database", path);
    if (!S_ISREG(info.st_mode))
        return error_set(err, "%s: is not a regular file, so no geo database", path);
    if (info.st_size == 0)
        return error_set(err, "%s: is empty, so no geo database", path);
    return check_content(path, file, (uint64_t)info.st_size, err);
}
