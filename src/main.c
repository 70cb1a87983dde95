/* SPDX-License-Identifier: Apache-2.0 */
/* The front door: finds the subcommand and hands over. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "classify/classify.h"
#include "commands.h"
#include "exit.h"

struct command {
    const char *name;
    const char *summary;
    int (*run)(int argc, char **argv);
};

static const struct command commands[] = {
    {"replay", "read capture files and report who phones home", command_replay},
    {"sensor", "watch an interface until a signal comes", command_sensor},
    {"beacons", "score how periodic the series of other logs are", command_beacons},
    {"signatures", "check, list and explain the vendor signatures", command_signatures},
    {"config", "check, show and explain the configuration", command_config},
};

static void print_help(FILE *out)
{
    (void)fputs(
        "Finds security software that phones home: which machine, which vendor, where to, how sure.\n\n"
        "usage: telltale COMMAND [OPTION]... [ARGUMENT]...\n\ncommands:\n",
        out);
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        (void)fprintf(out, "  %-12s%s\n", commands[i].name, commands[i].summary);
    (void)fputs(
        "\n'telltale COMMAND --help' explains a command; 'telltale --version' says what this is.\n",
        out);
}

static int refuse(const char *word)
{
    const char *names[COUNT_OF(commands) + 1] = {NULL};
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        names[i] = commands[i].name;
    const char *nearest = error_nearest(word, names);
    (void)fprintf(stderr, "telltale: unknown command '%s'", word);
    if (nearest != NULL)
        (void)fprintf(stderr, " (did you mean '%s'?)", nearest);
    (void)fputs("; 'telltale --help' lists them\n", stderr);
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    /* A reader that goes away is the sinks' business, and no reason to die. */
    (void)signal(SIGPIPE, SIG_IGN);
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    const char *word = argv[1];
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
        print_help(stdout);
        return EXIT_OK;
    }
    if (strcmp(word, "--version") == 0 || strcmp(word, "version") == 0) {
        (void)printf("telltale %s (libndpi %s)\n", TELLTALE_VERSION, classify_ndpi_version());
        return EXIT_OK;
    }
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        if (strcmp(word, commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    return refuse(word);
}
