/* SPDX-License-Identifier: Apache-2.0 */
/* One table: long name, letter, the setting or flag behind it, and its help. */
#include "options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "exit.h"

enum flag {
    FLAG_NONE,
    FLAG_CONFIG,
    FLAG_SET,
    FLAG_GEO,
    FLAG_NO_GEO,
    FLAG_REDIS,
    FLAG_FLOWS,
    FLAG_QUIET,
    FLAG_FAIL,
    FLAG_INTERFACE,
    FLAG_HELP
};

struct row {
    const char *name;
    char letter;
    const char *argument; /* NULL: takes none */
    const char *setting;  /* option that is set to the argument; NULL: see flag */
    enum flag flag;
    unsigned uses;
    const char *help;
};

enum {
    ALL = OPTIONS_REPLAY | OPTIONS_SENSOR | OPTIONS_OTHER,
    RUN = OPTIONS_REPLAY | OPTIONS_SENSOR
};

static const struct row rows[] = {
    {"interface", 'i', "IFACE", NULL, FLAG_INTERFACE, OPTIONS_SENSOR, "interface to watch"},
    {"config", 'c', "FILE", NULL, FLAG_CONFIG, ALL, "configuration and policy (YAML)"},
    {"set", 'o', "NAME=VALUE", NULL, FLAG_SET, ALL,
     "one setting, over the file ('telltale config help')"},
    {"signatures", 's', "DIR", "signatures.directory", FLAG_NONE, ALL,
     "vendor signatures instead of the shipped ones"},
    {"geo", 'g', "FILE", NULL, FLAG_GEO, ALL,
     "MaxMind-format database; may be repeated, the first wins"},
    {"no-geo", 0, NULL, NULL, FLAG_NO_GEO, ALL, "use no database"},
    {"filter", 'f', "EXPRESSION", "capture.filter", FLAG_NONE, RUN,
     "only packets that match (pcap-filter(7))"},
    {"events", 'e', "PATH", "events.file", FLAG_NONE, RUN,
     "write events to PATH ('-' is standard output, the default)"},
    {"redis", 'r', "URL", NULL, FLAG_REDIS, RUN,
     "publish to redis://HOST:PORT/DB or unix:///PATH instead"},
    {"redis-mode", 0, "MODES", "redis.mode", FLAG_NONE, RUN,
     "list, channel, stream, or several with commas"},
    {"redis-key", 0, "KEY", "redis.key", FLAG_NONE, RUN, "key or channel to publish to"},
    {"flows", 0, NULL, NULL, FLAG_FLOWS, RUN, "write a record for every flow too"},
    {"fail-on-alert", 0, NULL, NULL, FLAG_FAIL, OPTIONS_REPLAY,
     "exit with 1 where anything was alerted"},
    {"quiet", 'q', NULL, NULL, FLAG_QUIET, RUN, "no progress, no summary"},
    {"help", 'h', NULL, NULL, FLAG_HELP, ALL, "this text"},
};

/* The command line, and what stands on it before it is applied: the file is read first, wherever -c stands. */
struct pending {
    enum options_use use;
    int argc;
    char **argv;
    const char *config;
    struct text geo;
    bool redis, events;
};

void options_print(FILE *out, enum options_use use)
{
    (void)fputs("\noptions:\n", out);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct row *row = &rows[i];
        if ((row->uses & use) == 0)
            continue;
        char left[64];
        (void)snprintf(left, sizeof left, "--%s%s%s", row->name, row->argument != NULL ? " " : "",
                       row->argument != NULL ? row->argument : "");
        (void)fprintf(out, "  %c%c %-24s%s\n", row->letter != 0 ? '-' : ' ',
                      row->letter != 0 ? row->letter : ' ', left, row->help);
    }
}

static void make_getopt(enum options_use use, struct option *longs, char *shorts)
{
    *shorts++ = '-'; /* arguments between options come in order, as value 1 */
    *shorts++ = ':'; /* a missing value is told apart from an unknown option */
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct row *row = &rows[i];
        if ((row->uses & use) == 0)
            continue;
        *longs++ =
            (struct option){.name = row->name,
                            .has_arg = row->argument != NULL ? required_argument : no_argument,
                            .val = 256 + (int)i};
        if (row->letter == 0)
            continue;
        *shorts++ = row->letter;
        if (row->argument != NULL)
            *shorts++ = ':';
    }
    *longs = (struct option){0};
    *shorts = '\0';
}

static const struct row *row_of(int value)
{
    if (value >= 256)
        return &rows[value - 256];
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].letter == value)
            return &rows[i];
    return NULL;
}

static bool set_value(struct settings *settings, const char *name, const char *value,
                      struct error *err)
{
    struct text assignment = {0};
    text_addf(&assignment, "%s=%s", name, value);
    bool ok = settings_set(settings, text_string(&assignment), err);
    text_done(&assignment);
    return ok;
}

/* First pass: flags, and what has to be known before anything is applied. */
static void note_flag(struct options *options, struct pending *pending, const struct row *row,
                      const char *value)
{
    switch (row->flag) {
    case FLAG_CONFIG:
        pending->config = value;
        break;
    case FLAG_INTERFACE:
        options->interface = value;
        break;
    case FLAG_GEO:
        if (pending->geo.length > 0)
            text_add_char(&pending->geo, ',');
        text_add(&pending->geo, value);
        break;
    case FLAG_NO_GEO:
        options->no_geo = true;
        break;
    case FLAG_QUIET:
        options->quiet = true;
        break;
    case FLAG_FAIL:
        options->fail_on_alert = true;
        break;
    case FLAG_HELP:
        options->help = true;
        break;
    case FLAG_REDIS:
        pending->redis = true;
        break;
    case FLAG_NONE:
        pending->events = pending->events || strcmp(row->name, "events") == 0;
        break;
    case FLAG_SET:
    case FLAG_FLOWS:
        break;
    }
}

/* Second pass: what stands for a setting. */
static bool apply_row(struct options *options, const struct row *row, const char *value,
                      struct error *err)
{
    struct settings *settings = &options->settings;
    if (row->setting != NULL)
        return set_value(settings, row->setting, value, err);
    if (row->flag == FLAG_SET)
        return settings_set(settings, value, err);
    if (row->flag == FLAG_FLOWS)
        return settings_set(settings, "events.flow_records=true", err);
    return row->flag != FLAG_REDIS || set_value(settings, "redis.url", value, err);
}

/* `answer` is what getopt_long() returned: ':' for a missing value, '?' for the rest.  optopt is 0 where a long option is
 * unknown, and the option where a known one is wrong or a letter is unknown. */
static bool complain(char **argv, int answer, enum options_use use, struct error *err)
{
    const char *names[COUNT_OF(rows) + 1] = {NULL};
    size_t count = 0;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if ((rows[i].uses & use) != 0)
            names[count++] = rows[i].name;
    if (optopt >= 256 && answer == '?')
        return error_set(err, "option '--%s' takes no value", row_of(optopt)->name);
    if (optopt >= 256)
        return error_set(err, "option '--%s' needs a value", row_of(optopt)->name);
    if (answer == ':')
        return error_set(err, "option '-%c' needs a value", optopt);
    if (optopt != 0)
        return error_set(err, "unknown option '-%c'", optopt);
    const char *word = argv[optind - 1];
    const char *nearest = error_nearest(word + 2, names);
    return error_set(err, "unknown option '%s'%s%s%s", word,
                     nearest != NULL ? " (did you mean '--" : "", nearest != NULL ? nearest : "",
                     nearest != NULL ? "'?)" : "");
}

/* Goes over the command line once; `apply` false is the first pass. */
static bool walk(struct options *options, struct pending *pending, bool apply, struct error *err)
{
    int argc = pending->argc;
    char **argv = pending->argv;
    struct option longs[COUNT_OF(rows) + 1];
    char shorts[COUNT_OF(rows) * 2 + 3];
    make_getopt(pending->use, longs, shorts);
    opterr = 0;
    optind = 0; /* start anew */
    options->argument_count = 0;
    for (;;) {
        int answer = getopt_long(argc, argv, shorts, longs, NULL);
        if (answer == -1)
            break;
        if (answer == '?' || answer == ':')
            return complain(argv, answer, pending->use, err);
        if (answer == 1) {
            options->arguments[options->argument_count++] = optarg;
            continue;
        }
        const struct row *row = row_of(answer);
        if (!apply)
            note_flag(options, pending, row, optarg);
        else if (!apply_row(options, row, optarg, err))
            return false;
    }
    while (optind < argc)
        options->arguments[options->argument_count++] = argv[optind++];
    return true;
}

static bool apply_all(struct options *options, struct pending *pending, struct error *err)
{
    if (!walk(options, pending, false, err))
        return false;
    if (options->help)
        return true;
    if (pending->config != NULL && !settings_read(&options->settings, pending->config, err))
        return false;
    if (pending->geo.length > 0 &&
        !set_value(&options->settings, "geo.databases", text_string(&pending->geo), err))
        return false;
    /* Who names Redis wants the events there, and not on the terminal too. */
    if (pending->redis && !pending->events &&
        !set_value(&options->settings, "events.file", "", err))
        return false;
    return walk(options, pending, true, err);
}

bool options_read(struct options *ret_options, enum options_use use, int argc, char **argv,
                  struct error *err)
{
    struct options options = {0};
    struct pending pending = {.use = use, .argc = argc, .argv = argv};
    settings_init(&options.settings);
    options.arguments = mem_zeroed((size_t)argc + 1, sizeof *options.arguments);
    bool ok = apply_all(&options, &pending, err);
    text_done(&pending.geo);
    if (!ok) {
        options_done(&options);
        return false;
    }
    *ret_options = options;
    return true;
}

void options_done(struct options *options)
{
    settings_done(&options->settings);
    free(options->arguments);
}

/* Joins the words as "a, b or c". */
static void add_choice(struct text *text, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++) {
        const char *between = i == 0 ? "" : words[i + 1] != NULL ? ", " : " or ";
        text_addf(text, "%s%s", between, words[i]);
    }
}

static int run_verb(const struct verb_command *command, struct options *options, struct error *err)
{
    if (options->argument_count == 0) {
        struct text choice = {0};
        add_choice(&choice, command->verbs);
        (void)error_set(err, "%s: %s? ('telltale %s --help')", command->name, text_string(&choice),
                        command->name);
        text_done(&choice);
        return EXIT_USAGE;
    }
    const char *verb = options->arguments[0];
    for (size_t i = 0; command->verbs[i] != NULL; i++)
        if (strcmp(verb, command->verbs[i]) == 0)
            return command->run(options, err);
    const char *nearest = error_nearest(verb, command->verbs);
    (void)error_set(err, "%s: unknown verb '%s'%s%s%s", command->name, verb,
                    nearest != NULL ? " (did you mean '" : "", nearest != NULL ? nearest : "",
                    nearest != NULL ? "'?)" : "");
    return EXIT_USAGE;
}

int options_run_verb(const struct verb_command *command, int argc, char **argv)
{
    struct options options;
    struct error err = {{0}};
    int code = EXIT_USAGE;
    if (options_read(&options, OPTIONS_OTHER, argc, argv, &err)) {
        if (options.help) {
            command->print_help();
            code = EXIT_OK;
        } else {
            code = run_verb(command, &options, &err);
        }
        options_done(&options);
    }
    if (err.text[0] != '\0')
        (void)fprintf(stderr, "telltale: %s\n", err.text);
    return code;
}
