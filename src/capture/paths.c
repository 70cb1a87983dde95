/* SPDX-License-Identifier: Apache-2.0 */
/* From the paths that the user gave to the files to read, in a fixed order.
 *
 * Names are sorted by their bytes, not by the locale, so that the same folder gives the same frame
 * numbers on every machine; writers of ring buffers name their files so that this is time order.
 * Links to folders are not followed below a named folder: they may lead in circles. */
#include "capture/paths.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"

enum {
    ENTRIES_START = 16
};

/* Folders and what was found in them, still to be looked at; the next one is the last. */
struct waiting {
    struct waiting_item {
        char *path; /* owned */
        unsigned depth;
    } * items; /* owned */
    size_t count, capacity;
};

bool paths_is_stdin(const char *path)
{
    return strcmp(path, "-") == 0;
}

void paths_done(struct path_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->entries[i].path);
        free(list->entries[i].problem);
    }
    free(list->entries);
    for (size_t i = 0; i < list->root_count; i++)
        free(list->roots[i]);
    free(list->roots);
    *list = (struct path_list){0};
}

/* Adds an entry of unknown size, named by the user. */
static struct path_entry *add_entry(struct path_list *list, const char *path, size_t root)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity > 0 ? list->capacity * 2 : ENTRIES_START;
        list->entries = mem_resize(list->entries, list->capacity, sizeof *list->entries);
    }
    struct path_entry *entry = &list->entries[list->count++];
    *entry = (struct path_entry){.path = mem_text(path), .root = root};
    return entry;
}

static int is_visible(const struct dirent *item)
{
    return item->d_name[0] != '.';
}

static int compare_names(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* Adds `folder`/`name` to what must be looked at. */
static void push(struct waiting *waiting, const char *folder, const char *name, unsigned depth)
{
    if (waiting->count == waiting->capacity) {
        waiting->capacity = waiting->capacity > 0 ? waiting->capacity * 2 : ENTRIES_START;
        waiting->items = mem_resize(waiting->items, waiting->capacity, sizeof *waiting->items);
    }
    struct text path = {0};
    size_t length = strlen(folder);
    bool slash = length > 0 && folder[length - 1] == '/';
    text_addf(&path, "%s%s%s", folder, slash || name[0] == '\0' ? "" : "/", name);
    waiting->items[waiting->count++] = (struct waiting_item){mem_text(text_string(&path)), depth};
    text_done(&path);
}

/* Puts what is in a folder on the stack, the first name on top. */
static void read_folder(struct path_list *list, struct waiting *waiting,
                        const struct waiting_item *folder, size_t root)
{
    if (folder->depth > PATHS_DEPTH_MAX) {
        add_entry(list, folder->path, root)->problem = mem_text("too many folders deep; not read");
        return;
    }
    struct dirent **items = NULL;
    int count = scandir(folder->path, &items, is_visible, compare_names);
    if (count < 0) {
        add_entry(list, folder->path, root)->problem = mem_text(strerrordesc_np(errno));
        return;
    }
    for (int i = count; i-- > 0;) {
        push(waiting, folder->path, items[i]->d_name, folder->depth + 1);
        free(items[i]);
    }
    free(items);
}

static bool visit(struct path_list *list, struct waiting *waiting, const struct waiting_item *item,
                  size_t root, struct error *err)
{
    struct stat own, target;
    if (item->depth == 0 || (lstat(item->path, &own) == 0 && S_ISDIR(own.st_mode))) {
        read_folder(list, waiting, item, root);
        return true;
    }
    if (stat(item->path, &target) != 0 || !S_ISREG(target.st_mode))
        return true;
    if (list->count >= PATHS_FILES_MAX)
        return error_set(err, "%s: more than %d files in one run", item->path, PATHS_FILES_MAX);
    struct path_entry *entry = add_entry(list, item->path, root);
    entry->found = true;
    entry->size = (uint64_t)target.st_size;
    return true;
}

/* Adds the files below a folder in the order of a walk through the sorted tree. */
static bool expand_folder(struct path_list *list, const char *path, size_t root, struct error *err)
{
    struct waiting waiting = {0};
    bool good = true;
    push(&waiting, path, "", 0);
    while (waiting.count > 0) {
        struct waiting_item item = waiting.items[--waiting.count];
        good = good && visit(list, &waiting, &item, root, err);
        free(item.path);
    }
    free(waiting.items);
    return good;
}

static bool expand_path(struct path_list *list, const char *path, size_t root, struct error *err)
{
    struct stat facts;
    bool exists = !paths_is_stdin(path) && stat(path, &facts) == 0;
    if (!exists || !S_ISDIR(facts.st_mode)) {
        struct path_entry *entry = add_entry(list, path, root);
        if (exists && S_ISREG(facts.st_mode))
            entry->size = (uint64_t)facts.st_size;
        else if (exists || paths_is_stdin(path))
            list->bytes_total = UINT64_MAX; /* a stream: unknown */
        return true;
    }
    size_t before = list->count;
    if (!expand_folder(list, path, root, err))
        return false;
    if (list->count == before)
        add_entry(list, path, root)->problem = mem_text("no files in this folder");
    return true;
}

bool paths_expand(struct path_list *ret_list, const char *const *paths, size_t count,
                  struct error *err)
{
    *ret_list = (struct path_list){0};
    if (count == 0)
        return error_set(err, "no capture file is given");
    bool stdin_seen = false;
    ret_list->roots = mem_zeroed(count, sizeof *ret_list->roots);
    for (size_t i = 0; i < count; i++) {
        if (paths_is_stdin(paths[i]) && stdin_seen)
            return error_set(err, "-: standard input can be read only once");
        ret_list->roots[ret_list->root_count++] = mem_text(paths[i]);
        stdin_seen = stdin_seen || paths_is_stdin(paths[i]);
        if (!expand_path(ret_list, paths[i], i, err))
            return false;
    }
    bool unknown = ret_list->bytes_total == UINT64_MAX;
    ret_list->bytes_total = 0;
    for (size_t i = 0; i < ret_list->count && !unknown; i++)
        ret_list->bytes_total += ret_list->entries[i].size;
    return true;
}
