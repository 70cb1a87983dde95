/* SPDX-License-Identifier: Apache-2.0 */
/* `telltale beacons`: logs and tables in, one scored series a line on standard output, a summary on standard error.
 *
 * What a file is is found by its first bytes; `kinds` has one row for each way to read one.  All files of a run fill one set
 * of series, so that a log that was cut at midnight is one series.  Scoring begins when all is read. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "capture/source.h"
#include "commands.h"
#include "exit.h"
#include "listen.h"
#include "logs/logs.h"
#include "logs/series.h"
#include "scores.h"

/* What the command line says. */
struct wishes {
    const char *kind;        /* --format: `capture`, the name of a format, or NULL */
    enum logs_format format; /* of logs */
    struct series_limits limits;
    double level;     /* --p-value */
    double min_score; /* --min-score */
    bool periodic, by_score, quiet, help;
};

struct beacons {
    struct wishes wishes;
    struct series_set *set;
    uint64_t skipped; /* malformed lines */
    size_t files;     /* that were read, wholly or in part */
    bool unreadable, partial;
};

enum input_status {
    INPUT_READ,
    INPUT_PARTIAL,
    INPUT_UNREADABLE
};

/* A way to read an input into series.  `read` fills `err` for all but INPUT_READ, with the place. */
struct kind {
    const char *name;
    bool (*recognises)(struct source *source);
    enum input_status (*read)(struct beacons *beacons, const char *path, struct source *source,
                              struct error *err);
};

enum {
    CHUNK = 64 * 1024 /* bytes of output that are written at once */
};

static bool is_capture(struct source *source)
{
    static const uint8_t magics[][4] = {
        {0xa1, 0xb2, 0xc3, 0xd4}, {0xd4, 0xc3, 0xb2, 0xa1}, /* pcap, microseconds */
        {0xa1, 0xb2, 0x3c, 0x4d}, {0x4d, 0x3c, 0xb2, 0xa1}, /* pcap, nanoseconds */
        {0xa1, 0xb2, 0xcd, 0x34}, {0x34, 0xcd, 0xb2, 0xa1}, /* pcap, with longer headers */
        {0x0a, 0x0d, 0x0d, 0x0a},                           /* pcapng */
    };
    if (!source_need(source, sizeof magics[0]))
        return false;
    for (size_t i = 0; i < COUNT_OF(magics); i++)
        if (memcmp(source->window.at, magics[i], sizeof magics[i]) == 0)
            return true;
    return false;
}

static enum input_status read_capture(struct beacons *beacons, const char *path,
                                      struct source *source, struct error *err)
{
    enum read_status status = listen_to_capture(source, beacons->set, err);
    if (status == READ_END)
        return INPUT_READ;
    (void)error_prefix(err, path);
    return status == READ_FOREIGN || status == READ_FAILED ? INPUT_UNREADABLE : INPUT_PARTIAL;
}

static bool is_anything(struct source *source)
{
    (void)source;
    return true;
}

static void say_skipped(const char *path, const struct logs_report *report)
{
    if (report->skipped == 0)
        return;
    (void)fprintf(stderr, "telltale: %s:%" PRIu64 ": %s", path, report->skipped_line,
                  report->skipped_why.text);
    if (report->skipped == 1)
        (void)fputs("; the line was skipped\n", stderr);
    else
        (void)fprintf(stderr, "; this and %" PRIu64 " more lines were skipped\n",
                      report->skipped - 1);
}

static enum input_status read_log(struct beacons *beacons, const char *path, struct source *source,
                                  struct error *err)
{
    struct logs_report report;
    enum logs_status status = logs_read(source, beacons->wishes.format, beacons->set, &report, err);
    if (status != LOGS_READ)
        (void)error_prefix(err, path);
    if (status == LOGS_UNREADABLE)
        return INPUT_UNREADABLE;
    say_skipped(path, &report);
    beacons->skipped += report.skipped;
    return status == LOGS_READ && report.skipped == 0 ? INPUT_READ : INPUT_PARTIAL;
}

static const struct kind kinds[] = {
    {"capture", is_capture, read_capture},
    {"log", is_anything, read_log}, /* the reader finds out which */
};

/* The kind that is asked for, or the first that recognises the input. */
static const struct kind *find_kind(const struct wishes *wishes, struct source *source)
{
    size_t kind = wishes->kind != NULL && strcmp(wishes->kind, kinds[0].name) != 0 ? 1 : 0;
    if (wishes->kind == NULL)
        while (kind + 1 < COUNT_OF(kinds) && !kinds[kind].recognises(source))
            kind++;
    return &kinds[kind];
}

static enum input_status read_input(struct beacons *beacons, const char *path, struct error *err)
{
    bool standard = strcmp(path, "-") == 0;
    int descriptor =
        standard ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        (void)error_set(err, "%s: %s", path, strerrordesc_np(errno));
        return INPUT_UNREADABLE;
    }
    struct source source;
    source_open(&source, descriptor, NULL);
    const char *shown = standard ? "standard input" : path;
    enum input_status status =
        find_kind(&beacons->wishes, &source)->read(beacons, shown, &source, err);
    source_close(&source);
    return status;
}

static void read_inputs(struct beacons *beacons, char **paths)
{
    for (; *paths != NULL; paths++) {
        struct error err = {""};
        enum input_status status = read_input(beacons, *paths, &err);
        if (err.text[0] != '\0')
            (void)fprintf(stderr, "telltale: %s\n", err.text);
        beacons->unreadable = beacons->unreadable || status == INPUT_UNREADABLE;
        beacons->partial = beacons->partial || status == INPUT_PARTIAL;
        beacons->files += status != INPUT_UNREADABLE;
    }
    const struct series_counts *counts = series_set_counts(beacons->set);
    if (counts->dropped_events == 0)
        return;
    beacons->partial = true;
    (void)fprintf(stderr,
                  "telltale: %" PRIu64 " events were left out: more than --max-events %" PRIu64
                  " or of more series than --max-series %" PRIu64 "\n",
                  counts->dropped_events, beacons->wishes.limits.max_events,
                  beacons->wishes.limits.max_series);
}

static void write_chunk(struct text *out)
{
    (void)fwrite(text_string(out), 1, out->length, stdout);
    text_clear(out);
}

/* False where standard output does not take it. */
static bool write_scores(const struct wishes *wishes, const struct scores *scores)
{
    struct text out = {0};
    for (size_t i = 0; i < scores->count; i++) {
        const struct scored *scored = &scores->all[i];
        if (scored->score.score < wishes->min_score ||
            (wishes->periodic && scored->verdict != SCORES_PERIODIC))
            continue;
        scores_write(scored, &out);
        if (out.length >= CHUNK)
            write_chunk(&out);
    }
    write_chunk(&out);
    text_done(&out);
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return true;
    (void)fprintf(stderr, "telltale: standard output: %s\n", strerrordesc_np(errno));
    return false;
}

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

static void print_summary(const struct beacons *beacons, const struct scores *scores)
{
    uint64_t events = series_set_counts(beacons->set)->events;
    (void)fprintf(stderr, "%zu series of %" PRIu64 " event%s in %zu file%s: %zu periodic",
                  scores->count, events, plural(events), beacons->files, plural(beacons->files),
                  scores->periodic);
    if (scores->too_few > 0)
        (void)fprintf(stderr, ", %zu of too few events", scores->too_few);
    if (beacons->skipped > 0)
        (void)fprintf(stderr, "; %" PRIu64 " line%s skipped", beacons->skipped,
                      plural(beacons->skipped));
    (void)fputc('\n', stderr);
}

static int exit_code(const struct beacons *beacons, bool written)
{
    if (!written)
        return EXIT_SINK;
    if (beacons->unreadable)
        return EXIT_UNREADABLE;
    return beacons->partial ? EXIT_TRUNCATED : EXIT_OK;
}

static int run(const struct wishes *wishes, char **paths)
{
    struct beacons beacons = {.wishes = *wishes, .set = series_set_new(&wishes->limits)};
    struct scores scores;
    read_inputs(&beacons, paths);
    series_set_finish(beacons.set);
    scores_init(&scores, beacons.set, wishes->level);
    if (wishes->by_score)
        scores_sort(&scores);
    bool written = write_scores(wishes, &scores);
    if (!wishes->quiet)
        print_summary(&beacons, &scores);
    scores_done(&scores);
    series_set_free(beacons.set);
    return exit_code(&beacons, written);
}

static void print_help(void)
{
    (void)printf(
        "Scores how much like a machine's beat series of events are: connections, look-ups, whatever\n"
        "has a time.\n\n"
        "usage: telltale beacons [OPTION]... FILE...\n\n"
        "FILE is a capture (pcap, pcapng), a Zeek log, EVE or other JSON lines, a table with tabs or commas\n"
        "(plain or packed with gzip or zstd), or '-' for standard input.  All files are one run.  docs/series.md describes the\n"
        "formats, and the JSON object that is written for each series.\n\n"
        "options:\n"
        "  -F --format NAME           do not guess: %s, capture\n"
        "  -p --p-value X             call periodic what is so at this share of false ones (0.01)\n"
        "     --periodic              write only what is periodic\n"
        "     --min-score X           write only what scores at least X (0 to 1)\n"
        "     --sort ORDER            first (order of appearance, the default) or score\n"
        "     --max-events N          keep at most N events (50000000; about 16 bytes each)\n"
        "     --max-series N          keep at most N series (2000000; about 200 bytes each)\n"
        "  -q --quiet                 no summary\n"
        "  -h --help                  this text\n"
        "\nexit codes: 0 done, 2 usage, 3 an input is unreadable, 4 an input is cut or damaged, or lines\n"
        "were skipped (partial results), 5 standard output does not take the results\n",
        logs_format_names());
}

enum {
    OPTION_PERIODIC = 256,
    OPTION_MIN_SCORE,
    OPTION_SORT,
    OPTION_MAX_EVENTS,
    OPTION_MAX_SERIES
};

static const struct option longs[] = {
    {"format", required_argument, NULL, 'F'},
    {"p-value", required_argument, NULL, 'p'},
    {"periodic", no_argument, NULL, OPTION_PERIODIC},
    {"min-score", required_argument, NULL, OPTION_MIN_SCORE},
    {"sort", required_argument, NULL, OPTION_SORT},
    {"max-events", required_argument, NULL, OPTION_MAX_EVENTS},
    {"max-series", required_argument, NULL, OPTION_MAX_SERIES},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static bool set_format(struct wishes *wishes, const char *name, struct error *err)
{
    wishes->kind = name;
    wishes->format = logs_format_named(name);
    return wishes->format != LOGS_UNKNOWN || strcmp(name, kinds[0].name) == 0 ||
           error_set(err, "--format '%s': there are %s, %s", name, logs_format_names(),
                     kinds[0].name);
}

static bool set_fraction(double *fraction, const char *name, const char *value, struct error *err)
{
    return number_parse_double(value, 0.0, 1.0, fraction) ||
           error_set(err, "--%s '%s': a number from 0 to 1 is wanted", name, value);
}

static bool set_count(uint64_t *count, const char *name, const char *value, struct error *err)
{
    uint64_t number = 0;
    if (!number_parse_u64(value, UINT64_MAX, &number) || number == 0)
        return error_set(err, "--%s '%s': a whole number above 0 is wanted", name, value);
    *count = number;
    return true;
}

static bool set_order(struct wishes *wishes, const char *order, struct error *err)
{
    wishes->by_score = strcmp(order, "score") == 0;
    return wishes->by_score || strcmp(order, "first") == 0 ||
           error_set(err, "--sort '%s': first or score is wanted", order);
}

static bool apply(struct wishes *wishes, int option, const char *value, struct error *err)
{
    switch (option) {
    case 'F':
        return set_format(wishes, value, err);
    case 'p':
        return set_fraction(&wishes->level, "p-value", value, err);
    case OPTION_MIN_SCORE:
        return set_fraction(&wishes->min_score, "min-score", value, err);
    case OPTION_SORT:
        return set_order(wishes, value, err);
    case OPTION_MAX_EVENTS:
        return set_count(&wishes->limits.max_events, "max-events", value, err);
    case OPTION_MAX_SERIES:
        return set_count(&wishes->limits.max_series, "max-series", value, err);
    case OPTION_PERIODIC:
        wishes->periodic = true;
        return true;
    case 'q':
        wishes->quiet = true;
        return true;
    default:
        wishes->help = true;
        return true;
    }
}

static bool complain(int answer, const char *word, struct error *err)
{
    const char *names[COUNT_OF(longs)] = {NULL};
    const char *name = NULL;
    for (size_t i = 0; longs[i].name != NULL; i++) {
        names[i] = longs[i].name;
        if (longs[i].val == optopt)
            name = longs[i].name;
    }
    if (answer == ':')
        return error_set(err, "beacons: option '--%s' needs a value", name);
    if (name != NULL)
        return error_set(err, "beacons: option '--%s' takes no value", name);
    if (optopt != 0)
        return error_set(err, "beacons: unknown option '-%c'", optopt);
    const char *nearest = error_nearest(word + 2, names);
    return error_set(err, "beacons: unknown option '%s'%s%s%s", word,
                     nearest != NULL ? " (did you mean '--" : "", nearest != NULL ? nearest : "",
                     nearest != NULL ? "'?)" : "");
}

/* Reads the command line; getopt leaves what is no option from `optind` on. */
static bool read_wishes(struct wishes *ret_wishes, int argc, char **argv, struct error *err)
{
    *ret_wishes =
        (struct wishes){.level = 0.01, .limits = {.max_events = 50000000, .max_series = 2000000}};
    optind = 0; /* GNU: begin anew */
    for (int option = 0; (option = getopt_long(argc, argv, ":F:p:qh", longs, NULL)) != -1;) {
        if (option == ':' || option == '?')
            return complain(option, argv[optind - 1], err);
        if (!apply(ret_wishes, option, optarg, err))
            return error_prefix(err, "beacons");
    }
    if (optind == argc && !ret_wishes->help)
        return error_set(err, "beacons: no file named ('telltale beacons --help')");
    return true;
}

int command_beacons(int argc, char **argv)
{
    struct wishes wishes;
    struct error err = {""};
    if (!read_wishes(&wishes, argc, argv, &err)) {
        (void)fprintf(stderr, "telltale: %s\n", err.text);
        return EXIT_USAGE;
    }
    if (wishes.help) {
        print_help();
        return EXIT_OK;
    }
    return run(&wishes, argv + optind);
}
