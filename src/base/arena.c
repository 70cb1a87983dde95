/* SPDX-License-Identifier: Apache-2.0 */
/* A bump allocator with interned texts.
 *
 * A set of 100,000 names is 100,000 small strings that die together: one by one, malloc would add
 * 16 bytes and base/intern.h another 24 to each 20-byte name.  Texts stand unaligned one after the
 * other.  The table that finds equal texts is only needed while loading (8 bytes a slot, at most
 * half full), and not there before the first such text. */
#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"

enum {
    CHUNK_SIZE = 1 << 16,
    FIRST_SLOTS = 256,
    ALIGNMENT = 8
};

struct chunk {
    struct chunk *next;
    size_t size, used; /* of data, bytes */
    _Alignas(ALIGNMENT) char data[];
};

struct arena {
    struct chunk *chunks; /* the one in use first */
    const char **slots;   /* interned texts, NULL free */
    size_t mask, count;
    size_t bytes;
};

struct arena *arena_new(void)
{
    return mem_zeroed(1, sizeof(struct arena));
}

void arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    for (struct chunk *chunk = arena->chunks; chunk != NULL;) {
        struct chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
    arena_settle(arena);
    free(arena);
}

void arena_settle(struct arena *arena)
{
    free(arena->slots);
    arena->slots = NULL;
}

size_t arena_bytes(const struct arena *arena)
{
    return arena->bytes;
}

/* Returns `size` free bytes; the offset in the chunk is a multiple of `alignment`. */
static char *take(struct arena *arena, size_t size, size_t alignment)
{
    struct chunk *chunk = arena->chunks;
    size_t start = chunk != NULL ? (chunk->used + alignment - 1) / alignment * alignment : 0;
    if (chunk == NULL || start > chunk->size || chunk->size - start < size) {
        size_t room = size > CHUNK_SIZE ? size : CHUNK_SIZE;
        chunk = mem_alloc(sizeof *chunk + room);
        chunk->next = arena->chunks;
        chunk->size = room;
        arena->chunks = chunk;
        arena->bytes += sizeof *chunk + room;
        start = 0;
    }
    chunk->used = start + size;
    return chunk->data + start;
}

void *arena_zeroed(struct arena *arena, size_t count, size_t size)
{
    char *piece = take(arena, count * size, ALIGNMENT);
    memset(piece, 0, count * size);
    return piece;
}

static size_t find_slot(const struct arena *arena, const char *text, size_t length)
{
    size_t i = hash_bytes(text, length, 0) & arena->mask;
    while (arena->slots[i] != NULL &&
           (strncmp(arena->slots[i], text, length) != 0 || arena->slots[i][length] != '\0'))
        i = (i + 1) & arena->mask;
    return i;
}

static void grow(struct arena *arena)
{
    const char **old = arena->slots;
    size_t old_count = old != NULL ? arena->mask + 1 : 0;
    size_t count = old != NULL ? old_count * 2 : FIRST_SLOTS;
    arena->slots = mem_zeroed(count, sizeof *arena->slots);
    arena->mask = count - 1;
    for (size_t i = 0; i < old_count; i++)
        if (old[i] != NULL)
            arena->slots[find_slot(arena, old[i], strlen(old[i]))] = old[i];
    free(old);
}

char *arena_copy(struct arena *arena, const char *text, size_t length)
{
    char *copy = take(arena, length + 1, 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

const char *arena_text(struct arena *arena, const char *text, size_t length)
{
    if (arena->slots == NULL || arena->count * 2 > arena->mask)
        grow(arena);
    length = strnlen(text, length); /* a NUL inside would make two texts look the same */
    size_t slot = find_slot(arena, text, length);
    if (arena->slots[slot] == NULL) {
        arena->slots[slot] = arena_copy(arena, text, length);
        arena->count++;
    }
    return arena->slots[slot];
}
