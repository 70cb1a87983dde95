/* SPDX-License-Identifier: Apache-2.0 */
/* `telltale config check|show|sample|help`. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "commands.h"
#include "config/settings.h"
#include "exit.h"
#include "knowledge.h"
#include "options.h"

static void print_help(void)
{
    (void)fputs(
        "Looks into the configuration.\n\n"
        "usage: telltale config check [FILE]   read it, and everything that it names\n"
        "       telltale config show           effective settings, and where each comes from\n"
        "       telltale config sample         a commented file with every setting at its default\n"
        "       telltale config help [NAME]    what a setting, or a group of them, means\n",
        stdout);
    options_print(stdout, OPTIONS_OTHER);
}

static int print_text(struct text *text)
{
    (void)fputs(text_string(text), stdout);
    text_done(text);
    return EXIT_OK;
}

static int check(struct options *options, struct error *err)
{
    if (options->argument_count > 1 &&
        !settings_read(&options->settings, options->arguments[1], err))
        return EXIT_USAGE;
    struct knowledge knowledge;
    if (!knowledge_load(&knowledge, options, err))
        return EXIT_USAGE;
    knowledge_done(&knowledge);
    (void)printf("%s: good\n",
                 options->settings.path != NULL ? options->settings.path : "defaults");
    return EXIT_OK;
}

static int help(const struct options *options, struct error *err)
{
    const char *name = options->argument_count > 1 ? options->arguments[1] : NULL;
    struct text text = {0};
    if (config_help(name, &text))
        return print_text(&text);
    text_done(&text);
    (void)error_set(err, "config help: no setting '%s'", name);
    return EXIT_USAGE;
}

static int run_verb(struct options *options, struct error *err)
{
    static const char *const verbs[] = {"check", "show", "sample", "help", NULL};
    const char *verb = options->arguments[0];
    struct text text = {0};
    if (strcmp(verb, "check") == 0)
        return check(options, err);
    if (strcmp(verb, "help") == 0)
        return help(options, err);
    if (strcmp(verb, "sample") == 0) {
        config_sample(&text);
        return print_text(&text);
    }
    if (strcmp(verb, "show") == 0) {
        config_show(&options->settings, &text);
        return print_text(&text);
    }
    const char *nearest = error_nearest(verb, verbs);
    (void)error_set(err, "config: unknown verb '%s'%s%s%s", verb,
                    nearest != NULL ? " (did you mean '" : "", nearest != NULL ? nearest : "",
                    nearest != NULL ? "'?)" : "");
    return EXIT_USAGE;
}

int command_config(int argc, char **argv)
{
    struct options options;
    struct error err = {{0}};
    int code = EXIT_USAGE;
    if (options_read(&options, OPTIONS_OTHER, argc, argv, &err)) {
        if (options.help) {
            print_help();
            code = EXIT_OK;
        } else if (options.argument_count == 0) {
            (void)error_set(&err,
                            "config: check, show, sample or help? ('telltale config --help')");
        } else {
            code = run_verb(&options, &err);
        }
        options_done(&options);
    }
    if (err.text[0] != '\0')
        (void)fprintf(stderr, "telltale: %s\n", err.text);
    return code;
}
