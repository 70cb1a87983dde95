/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A list of Perl-compatible expressions that are all tried on one text.  Read-only once filled, so
 * that any number of threads may match. */
struct regex_list;

struct regex_list *regex_list_new(void);
void regex_list_free(struct regex_list *list);
/* Adds an expression that stands for `mark`.  On failure returns false, PCRE's message and the
 * offset in bytes from the start of the expression. */
bool regex_list_add(struct regex_list *list, const char *expression, uint32_t mark,
                    char ret_message[static 128], size_t *ret_offset);
/* Writes the marks of the expressions that match, at most `max`, in order of adding; returns how
 * many.  An expression that runs into its limits does not match. */
size_t regex_list_match(const struct regex_list *list, const char *text, size_t length,
                        uint32_t *ret_marks, size_t max);
