/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

/* One sentence for the person who made the mistake: place and offending text.  Start-up functions
 * fill it and return false or NULL; main.c prints it.  Never used for what a packet or a peer
 * does. */
struct error {
    char text[512];
};

/* Writes the sentence (cut at the buffer's end) and returns false, so that `return error_set(...)`
 * reads well.  `err` may be NULL. */
bool error_set(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts "`prefix`: " before the sentence that is already there and returns false. */
bool error_prefix(struct error *err, const char *prefix);

/* Returns the entry of the NULL-terminated `words` that is nearest to `word` (edit distance at most
 * a third of its length, at least one), or NULL where none is near.  For "did you mean". */
const char *error_nearest(const char *word, const char *const *words);
