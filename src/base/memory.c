/* SPDX-License-Identifier: Apache-2.0 */
/* Allocation that aborts: see memory.h for why. */
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *mem_check(void *pointer, size_t size)
{
    if (pointer != NULL)
        return pointer;
    (void)fprintf(stderr, "telltale: out of memory (%zu bytes wanted)\n", size);
    abort();
}

void *mem_alloc(size_t size)
{
    return mem_check(malloc(size > 0 ? size : 1), size);
}

void *mem_aligned(size_t alignment, size_t size)
{
    return mem_check(aligned_alloc(alignment, size), size);
}

void *mem_zeroed(size_t count, size_t size)
{
    return mem_check(calloc(count > 0 ? count : 1, size > 0 ? size : 1), size);
}

void *mem_resize(void *old, size_t count, size_t size)
{
    return mem_check(reallocarray(old, count > 0 ? count : 1, size > 0 ? size : 1), size);
}

void *mem_copy(const void *bytes, size_t size)
{
    void *copy = mem_alloc(size);
    if (size > 0)
        memcpy(copy, bytes, size);
    return copy;
}

char *mem_text(const char *text)
{
    return text == NULL ? NULL : mem_copy(text, strlen(text) + 1);
}

char *mem_text_n(const char *text, size_t length)
{
    char *copy = mem_alloc(length + 1);
    if (length > 0)
        memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

void mem_cleanup_free(void *pointer)
{
    void *target = NULL;
    memcpy(&target, pointer, sizeof target);
    free(target);
}

void mem_cleanup_close(const int *descriptor)
{
    if (*descriptor >= 0)
        (void)close(*descriptor);
}
