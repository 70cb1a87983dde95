/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

enum {
    PATHS_DEPTH_MAX = 8,       /* folders below a named one that are entered */
    PATHS_FILES_MAX = 1000000, /* files of one run */
};

/* One file to read. */
struct path_entry {
    char *path; /* owned */
    char *
        problem; /* owned; a sentence where a folder could not be read, and then there is no file */
    size_t root; /* index of the path as the user gave it */
    bool found;  /* in a folder, not named by the user */
    uint64_t size; /* bytes, 0 where unknown */
};

struct path_list {
    struct path_entry *entries; /* owned, in reading order */
    size_t count, capacity;
    char **roots; /* owned; the paths as the user gave them */
    size_t root_count;
    uint64_t bytes_total; /* 0 where the size of some entry is unknown */
};

/* Replaces folders by what is in them (see capture_open_files()).  What cannot be opened is
 * found out when it is read; folders that cannot be read, are too deep or empty become entries with a problem.
 * Returns false and a sentence where there is no path, standard input is named twice or there are
 * too many files.  Release with paths_done() in any case. */
bool paths_expand(struct path_list *ret_list, const char *const *paths, size_t count,
                  struct error *err);
void paths_done(struct path_list *list);
/* True for `-`. */
bool paths_is_stdin(const char *path);
