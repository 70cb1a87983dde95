/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>

/* Allocation that cannot fail: running out of memory ends the process here, in one place, with a
 * sentence on standard error.  Tables are bounded by policy, so this is a last resort and no caller
 * has a branch for it.  All memory is released with free(). */

/* Frees the pointer when the variable leaves its scope. */
#define auto_free __attribute__((cleanup(mem_cleanup_free)))
/* Closes the file descriptor (unless negative) when the variable leaves its scope. */
#define auto_close      __attribute__((cleanup(mem_cleanup_close)))
#define MUST_CHECK      __attribute__((warn_unused_result))
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* 1 in builds that look for leaks, so that what ends with the program is released there only. */
#if defined(__SANITIZE_ADDRESS__)
#define MEM_LEAKS_WATCHED 1
#elif defined(__has_feature)
#define MEM_LEAKS_WATCHED __has_feature(address_sanitizer)
#else
#define MEM_LEAKS_WATCHED 0
#endif

/* Returns `size` bytes, not cleared; at least one byte. */
void *mem_alloc(size_t size) __attribute__((malloc, returns_nonnull));
/* Returns `size` bytes (a multiple of `alignment`) at a multiple of `alignment` (a power of two),
 * not cleared. */
void *mem_aligned(size_t alignment, size_t size) __attribute__((malloc, returns_nonnull));
/* Returns `count` * `size` bytes of zeros; an overflowing product counts as out of memory. */
void *mem_zeroed(size_t count, size_t size) __attribute__((malloc, returns_nonnull));
/* Resizes `old` (may be NULL) to `count` * `size` bytes. */
void *mem_resize(void *old, size_t count, size_t size) __attribute__((returns_nonnull));
/* Returns a copy of `size` bytes. */
void *mem_copy(const void *bytes, size_t size) __attribute__((malloc, returns_nonnull));
/* Returns a copy of `text` (NULL stays NULL). */
char *mem_text(const char *text);
/* Returns a NUL-terminated copy of the first `length` bytes of `text`. */
char *mem_text_n(const char *text, size_t length) __attribute__((returns_nonnull));

/* What auto_free calls, with a pointer to the variable. */
void mem_cleanup_free(void *pointer);
/* Closes the descriptor unless it is negative. */
void mem_cleanup_close(const int *descriptor);
