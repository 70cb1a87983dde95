/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The closed vocabularies of signature files, each NULL-terminated; the first two in the order of
 * their enum. */
extern const char *const purpose_words[];
extern const char *const confidence_words[];
extern const char *const reason_words[];
extern const char *const kind_words[];
extern const char *const cover_words[];

/* Returns the place of `word` in the NULL-terminated `words`, or -1. */
int word_find(const char *const *words, const char *word);
/* True for the two capital letters of a country (ISO 3166-1 alpha-2; also EU, which the standard
 * keeps free for the Union). */
bool country_known(const char *code);
