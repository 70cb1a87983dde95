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

static int show(const struct options *options)
{
    struct text text = {0};
    config_show(&options->settings, &text);
    return print_text(&text);
}

static int sample(void)
{
    struct text text = {0};
    config_sample(&text);
    return print_text(&text);
}

static int run(struct options *options, struct error *err)
{
    const char *verb = options->arguments[0];
    if (strcmp(verb, "check") == 0)
        return check(options, err);
    if (strcmp(verb, "help") == 0)
        return help(options, err);
    return strcmp(verb, "show") == 0 ? show(options) : sample();
}

int command_config(int argc, char **argv)
{
    static const char *const verbs[] = {"check", "show", "sample", "help", NULL};
    static const struct verb_command command = {
        .name = "config", .verbs = verbs, .print_help = print_help, .run = run};
    return options_run_verb(&command, argc, argv);
}
