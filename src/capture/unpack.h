/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes;

/* A stream of gzip members or zstd frames, unpacked piece by piece.  One object for each input, used
 * by one thread. */
struct unpack;

/* Returns a decompressor where the input's first bytes are those of gzip or zstd, else NULL. */
struct unpack *unpack_new(const uint8_t *first, size_t size);
void unpack_free(struct unpack *unpack);

/* Unpacks from `packed` (which is moved on) into at most `size` bytes at `ret_data`.
 * Returns the number of bytes made; 0 means that more input is needed, or damage. */
size_t unpack_run(struct unpack *unpack, struct bytes *packed, uint8_t *ret_data, size_t size);

/* True where the input may end here: every member or frame is whole. */
bool unpack_is_whole(const struct unpack *unpack);
/* Returns what is wrong with the packed data, or NULL; once damaged, nothing more is made. */
const char *unpack_damage(const struct unpack *unpack);
/* Returns `gzip` or `zstd`. */
const char *unpack_name(const struct unpack *unpack);
