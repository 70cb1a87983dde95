/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* A pool of strings, each kept once and counted.  Names repeat (a few thousand server names stand
 * behind millions of flows), so a flow keeps a pointer of 8 bytes instead of its own copy.
 * Not for threads: one pool per pipeline. */
struct intern;

struct intern *intern_new(void);
void intern_free(struct intern *pool);

/* Returns the pooled, NUL-terminated copy of `length` bytes (at most 65535; more is cut) and counts
 * one reference to it.  The pointer stays good until the last reference is dropped. */
const char *intern_take(struct intern *pool, const char *bytes, size_t length);
/* Counts one more reference to a string of this pool; NULL is allowed and returned. */
const char *intern_again(struct intern *pool, const char *string);
/* Drops one reference; NULL is allowed. */
void intern_drop(struct intern *pool, const char *string);
/* Returns how many different strings the pool holds, and the bytes that they take. */
size_t intern_count(const struct intern *pool);
size_t intern_bytes(const struct intern *pool);
