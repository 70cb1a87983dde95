/* SPDX-License-Identifier: Apache-2.0 */
/* Sentences for start-up errors, and the "did you mean" that goes with them. */
#include "base/error.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
    WORD_MAX = 63
};

bool error_set(struct error *err, const char *format, ...)
{
    if (err == NULL)
        return false;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(err->text, sizeof err->text, format, arguments);
    va_end(arguments);
    return false;
}

bool error_prefix(struct error *err, const char *prefix)
{
    if (err == NULL)
        return false;
    char old[sizeof err->text];
    memcpy(old, err->text, sizeof old);
    return error_set(err, "%s: %s", prefix, old);
}

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

/* Levenshtein distance by the two-row method; words longer than WORD_MAX are infinitely far away.
 */
static size_t edit_distance(const char *a, const char *b)
{
    size_t a_length = strlen(a), b_length = strlen(b);
    if (a_length > WORD_MAX || b_length > WORD_MAX)
        return SIZE_MAX;
    size_t row[WORD_MAX + 1];
    for (size_t j = 0; j <= b_length; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t above = row[j];
            row[j] = smallest(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[b_length];
}

const char *error_nearest(const char *word, const char *const *words)
{
    size_t limit = strlen(word) / 3;
    size_t best = (limit > 0 ? limit : 1) + 1;
    const char *nearest = NULL;
    for (size_t i = 0; words[i] != NULL; i++) {
        size_t distance = edit_distance(word, words[i]);
        if (distance < best) {
            best = distance;
            nearest = words[i];
        }
    }
    return nearest;
}
