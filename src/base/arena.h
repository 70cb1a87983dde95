/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>

/* Memory of many small things that die together, such as a signature set or the tree of a file: given
 * out piece by piece, released at once.  Filled by one thread; afterwards any number may read. */
struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena);
/* Returns `count` * `size` bytes of zeros, aligned to 8. */
void *arena_zeroed(struct arena *arena, size_t count, size_t size);
/* Returns a NUL-terminated copy of `length` bytes. */
char *arena_copy(struct arena *arena, const char *text, size_t length);
/* Returns the arena's NUL-terminated copy of `length` bytes.  Equal texts are the same pointer. */
const char *arena_text(struct arena *arena, const char *text, size_t length);
/* Drops what only arena_text() needs; no arena_text() after this. */
void arena_settle(struct arena *arena);
/* Returns the bytes that the arena holds. */
size_t arena_bytes(const struct arena *arena);
