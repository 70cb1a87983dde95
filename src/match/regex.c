/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions by PCRE2, with its compiler to machine code where the system allows it (a failure
 * there only costs speed).
 *
 * 1. The texts are hostile: they match as bytes (never as UTF-8), and steps, depth and heap are
 *    limited, so that the worst text costs about 0.15 ms an expression (0.03 ms as machine code).
 * 2. Code and match context are shared by threads; the match data of a call is its own, made once
 *    a call.
 * 3. Every expression is tried: ~40 ns each when it fails at the start, as an anchored one does.
 *    Thousands would need a filter on their literals; vendors need dozens.
 * See pcre2api(3), pcre2jit(3). */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "match/regex.h"

#include <pcre2.h>
#include <stdlib.h>

#include "base/memory.h"

enum {
    EXPRESSION_MAX = 1024, /* bytes */
    NESTING_MAX = 32,
    STEPS_MAX = 10000,
    DEPTH_LIMIT = 1000,
    HEAP_KIB = 1024
};

struct expression {
    pcre2_code *code;
    bool native; /* there is machine code, which is then called without pcre2_match()'s checks */
    uint32_t mark;
};

struct regex_list {
    struct expression *items;
    size_t count, capacity;
    pcre2_compile_context *compiling;
    pcre2_match_context *matching;
};

static void *check(void *object)
{
    if (object == NULL)
        abort(); /* out of memory, as in base/memory.h */
    return object;
}

struct regex_list *regex_list_new(void)
{
    struct regex_list *list = mem_zeroed(1, sizeof *list);
    list->compiling = check(pcre2_compile_context_create(NULL));
    (void)pcre2_set_max_pattern_length(list->compiling, EXPRESSION_MAX);
    (void)pcre2_set_parens_nest_limit(list->compiling, NESTING_MAX);
    list->matching = check(pcre2_match_context_create(NULL));
    (void)pcre2_set_match_limit(list->matching, STEPS_MAX);
    (void)pcre2_set_depth_limit(list->matching, DEPTH_LIMIT);
    (void)pcre2_set_heap_limit(list->matching, HEAP_KIB);
    return list;
}

void regex_list_free(struct regex_list *list)
{
    if (list == NULL)
        return;
    for (size_t i = 0; i < list->count; i++)
        pcre2_code_free(list->items[i].code);
    free(list->items);
    pcre2_compile_context_free(list->compiling);
    pcre2_match_context_free(list->matching);
    free(list);
}

bool regex_list_add(struct regex_list *list, const char *expression, uint32_t mark,
                    char ret_message[static 128], size_t *ret_offset)
{
    const uint32_t options =
        PCRE2_NEVER_UTF | PCRE2_NEVER_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_NO_AUTO_CAPTURE;
    int failure = 0;
    PCRE2_SIZE offset = 0;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)expression, PCRE2_ZERO_TERMINATED, options,
                                     &failure, &offset, list->compiling);
    if (code == NULL) {
        (void)pcre2_get_error_message(failure, (PCRE2_UCHAR *)ret_message, 128);
        *ret_offset = offset;
        return false;
    }
    bool native = pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) == 0;
    if (list->count == list->capacity) {
        list->capacity = list->capacity * 2 + 8;
        list->items = mem_resize(list->items, list->capacity, sizeof *list->items);
    }
    list->items[list->count++] = (struct expression){.code = code, .native = native, .mark = mark};
    return true;
}

size_t regex_list_match(const struct regex_list *list, const char *text, size_t length,
                        uint32_t *ret_marks, size_t max)
{
    if (list->count == 0)
        return 0;
    pcre2_match_data *data = check(pcre2_match_data_create(1, NULL));
    size_t found = 0;
    for (size_t i = 0; i < list->count && found < max; i++) {
        const struct expression *item = &list->items[i];
        PCRE2_SPTR subject = (PCRE2_SPTR)text;
        int result = item->native
                         ? pcre2_jit_match(item->code, subject, length, 0, 0, data, list->matching)
                         : pcre2_match(item->code, subject, length, 0, 0, data, list->matching);
        if (result >= 0)
            ret_marks[found++] = item->mark;
    }
    pcre2_match_data_free(data);
    return found;
}
