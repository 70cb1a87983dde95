/* SPDX-License-Identifier: Apache-2.0 */
/* telltale-synth: writes a deterministic capture from a scenario file.  The same scenario and seed
 * give the same bytes on every machine. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"
#include "capture_out.h"
#include "play.h"
#include "scenario.h"
#include "truth.h"

enum {
    EXIT_USAGE = 2
};

struct options {
    const char *scenario, *output, *truth;
    const char *link;
    bool has_seed, nanoseconds, verbose;
    uint64_t seed;
};

static void print_help(void)
{
    (void)fputs(
        "Usage: telltale-synth SCENARIO.yaml -o FILE [OPTION...]\n"
        "Writes a deterministic capture: the same scenario and seed give the same bytes.\n"
        "\n"
        "  -o, --output FILE   capture to write; pcapng where the name ends in .pcapng\n"
        "  -t, --truth FILE    what is in the capture, as JSON lines\n"
        "  -s, --seed N        seed instead of the scenario's\n"
        "  -l, --link TYPE     link type of the first interface instead of the scenario's:\n"
        "                      ethernet, raw, null, loop, ppp, sll, sll2\n"
        "  -n, --nano          time stamps in nanoseconds\n"
        "  -v, --verbose       print packets, bytes and the peak of events in memory\n"
        "  -h, --help          this text\n",
        stdout);
}

static bool read_options(int argc, char **argv, struct options *options)
{
    static const struct option longs[] = {{"output", required_argument, NULL, 'o'},
                                          {"truth", required_argument, NULL, 't'},
                                          {"seed", required_argument, NULL, 's'},
                                          {"link", required_argument, NULL, 'l'},
                                          {"nano", no_argument, NULL, 'n'},
                                          {"verbose", no_argument, NULL, 'v'},
                                          {NULL, 0, NULL, 0}};
    int letter;
    while ((letter = getopt_long(argc, argv, "o:t:s:l:nv", longs, NULL)) != -1) {
        if (letter == 'o')
            options->output = optarg;
        else if (letter == 't')
            options->truth = optarg;
        else if (letter == 'l')
            options->link = optarg;
        else if (letter == 'n')
            options->nanoseconds = true;
        else if (letter == 'v')
            options->verbose = true;
        else if (letter == 's' && number_parse_u64(optarg, UINT64_MAX, &options->seed))
            options->has_seed = true;
        else
            return false;
    }
    options->scenario = optind + 1 == argc ? argv[optind] : NULL;
    return options->scenario != NULL && options->output != NULL;
}

static bool apply_link(struct capture_plan *plan, const char *word, struct error *err)
{
    static const struct {
        const char *word;
        enum link_type link;
    } links[] = {{"ethernet", LINK_ETHERNET}, {"raw", LINK_RAW}, {"null", LINK_NULL},
                 {"loop", LINK_LOOP},         {"ppp", LINK_PPP}, {"sll", LINK_SLL},
                 {"sll2", LINK_SLL2}};
    for (size_t i = 0; i < COUNT_OF(links); i++) {
        if (strcmp(links[i].word, word) == 0) {
            plan->interfaces[0].link = links[i].link;
            return true;
        }
    }
    return error_set(err, "unknown link type '%s'", word);
}

static bool write_capture(const struct scenario *scenario, const struct options *options,
                          struct error *err)
{
    struct capture_out *out = capture_out_open(options->output, &scenario->capture, err);
    struct truth_file *truth = NULL;
    if (out != NULL && options->truth != NULL)
        truth = truth_open(options->truth, err);
    bool ok = out != NULL && (options->truth == NULL || truth != NULL);
    if (ok) {
        size_t peak = play(scenario, out, truth);
        struct capture_total total = capture_out_total(out);
        if (options->verbose)
            (void)fprintf(stderr, "%llu packets, %llu bytes, at most %zu events in memory\n",
                          (unsigned long long)total.packets, (unsigned long long)total.bytes, peak);
    }
    ok = truth_close(truth, ok ? err : NULL) && ok;
    return capture_out_close(out, ok ? err : NULL) && ok;
}

int main(int argc, char **argv)
{
    struct options options = {0};
    struct scenario scenario;
    struct error err = {0};
    if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        print_help();
        return EXIT_SUCCESS;
    }
    if (!read_options(argc, argv, &options)) {
        (void)fputs("telltale-synth: need SCENARIO.yaml and -o FILE (see --help)\n", stderr);
        return EXIT_USAGE;
    }
    if (!scenario_read(&scenario, options.scenario, &err)) {
        (void)fprintf(stderr, "telltale-synth: %s\n", err.text);
        return EXIT_USAGE;
    }
    if (options.has_seed)
        scenario.seed = options.seed;
    if (options.nanoseconds)
        scenario.capture.nanoseconds = true;
    bool ok = options.link == NULL || apply_link(&scenario.capture, options.link, &err);
    ok = ok && scenario_check_links(&scenario, &err);
    ok = ok && write_capture(&scenario, &options, &err);
    scenario_done(&scenario);
    if (!ok)
        (void)fprintf(stderr, "telltale-synth: %s\n", err.text);
    return ok ? EXIT_SUCCESS : EXIT_USAGE;
}
