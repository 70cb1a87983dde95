/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "config/settings.h"

struct error;

/* What a command line says.  Options that only stand for a setting are rows of one table (options.c); the rest are the
 * fields below. */
struct options {
    struct settings settings;
    bool no_geo, quiet, fail_on_alert, help;
    const char *interface;  /* sensor: -i */
    const char **arguments; /* what is no option; the array is owned, the texts are argv's */
    size_t argument_count;
};

/* Which options a command takes. */
enum options_use {
    OPTIONS_REPLAY = 1,
    OPTIONS_SENSOR = 2,
    OPTIONS_OTHER = 4 /* signatures, config: only what is loaded */
};

/* Reads the configuration file (if one is named) and the command line over it.  False with a sentence; then nothing is
 * left to release. */
bool options_read(struct options *ret_options, enum options_use use, int argc, char **argv,
                  struct error *err);
void options_done(struct options *options);
/* Prints the option list of a command. */
void options_print(FILE *out, enum options_use use);

/* A command that is a verb and its arguments, as `signatures` and `config` are. */
struct verb_command {
    const char *name;
    const char *const *verbs; /* NULL-terminated */
    void (*print_help)(void);
    /* Is called with a known verb as options->arguments[0]; returns an exit code. */
    int (*run)(struct options *options, struct error *err);
};

/* Reads the command line, prints the help, or runs the verb; prints the sentence of what went wrong.  Returns the exit code. */
int options_run_verb(const struct verb_command *command, int argc, char **argv);
