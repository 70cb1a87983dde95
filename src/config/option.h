/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;
struct text;

/* What an option's value is.  Lists stand last: their field is a pointer to items and a count. */
enum option_type {
    OPTION_BOOL,       /* bool */
    OPTION_U32,        /* uint32_t */
    OPTION_U64,        /* uint64_t */
    OPTION_SIZE,       /* uint64_t bytes */
    OPTION_DURATION,   /* int64_t nanoseconds */
    OPTION_FRACTION,   /* double */
    OPTION_TEXT,       /* char *, NULL for an empty text */
    OPTION_COUNTRY,    /* char[3], "" for none */
    OPTION_WORD,       /* one of `words`: its index as an enum */
    OPTION_FLAGS,      /* some of `words`: bit i of a uint32_t for word i; at least one */
    OPTION_TEXTS,      /* list of char * */
    OPTION_IDS,        /* list of char *, ids of vendors or regimes */
    OPTION_COUNTRIES,  /* list of char[3] */
    OPTION_PREFIXES,   /* list of struct prefix */
    OPTION_EXCEPTIONS, /* list of maps, only in a file: see exceptions.h */
    OPTION_TYPE_COUNT
};

/* One row of the table.  min, max and preset are written as an operator writes them and read by the
 * same reader, so that what the documentation says is what the program does. */
struct option {
    const char *name; /* group.key */
    enum option_type type;
    bool secret;              /* a URL whose password is never shown */
    size_t offset;            /* of the field in struct settings */
    size_t count_offset;      /* of its count, lists only */
    const char *min, *max;    /* NULL where the type has no range */
    const char *preset;       /* the default; entries of a list are separated by commas */
    const char *const *words; /* NULL-terminated, OPTION_WORD and OPTION_FLAGS */
    const char *help;         /* sentences for the sample file and the help */
    const char *example;      /* further comment lines for the sample file, may be NULL */
};

/* Returns what the type is called in messages and in the help ("duration"). */
const char *option_type_text(enum option_type type);
bool option_is_list(const struct option *option);

/* Sets the option's field inside `record` from `count` texts (exactly one unless it is a list;
 * flags take several too).  What the field held is released.  On failure the field is as it was,
 * the sentence names the offending text and the range, and `ret_bad` (may be NULL) is the index of
 * that text. */
bool option_assign(const struct option *option, void *record, const char *const *texts,
                   size_t count, struct error *err, size_t *ret_bad);
/* Sets the field from one text as `--set` has it: lists and flags are split at commas. */
bool option_assign_text(const struct option *option, void *record, const char *text,
                        struct error *err);
/* Releases what the field holds and sets it to zero. */
void option_clear(const struct option *option, void *record);
/* Writes the value as YAML, in the form that option_assign() reads (`[a, b]` for a list). */
void option_print(const struct option *option, const void *record, struct text *out);

/* True for an id as signatures have them: lower-case letters, digits and inner hyphens. */
bool option_is_id(const char *text);
/* True for one line of UTF-8 text without control characters, at most 4096 bytes: paths, names,
 * filters, reasons. */
bool option_is_line(const char *text);
/* Writes `text` as a YAML scalar, in quotes where it needs them. */
void option_print_text(const char *text, struct text *out);
