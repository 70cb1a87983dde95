/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "options.h"
#include "run.h"

enum {
    WORDS_MAX = 16
};

/* Reads a command line that is given as one text, split at blanks. */
static bool read_line(struct options *options, enum options_use use, const char *line,
                      struct error *err)
{
    static char words[512]; /* the options borrow it */
    char *argv[WORDS_MAX + 1] = {NULL};
    int argc = 0;
    (void)snprintf(words, sizeof words, "command %s", line);
    char *rest = NULL;
    for (char *word = strtok_r(words, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest))
        argv[argc++] = word;
    ck_assert_int_lt(argc, WORDS_MAX);
    return options_read(options, use, argc, argv, err);
}

static void read_good(struct options *options, enum options_use use, const char *line)
{
    struct error err = {""};
    ck_assert_msg(read_line(options, use, line, &err), "%s", err.text);
}

static void refuse(enum options_use use, const char *line, const char *sentence)
{
    struct options options;
    struct error err = {""};
    ck_assert_msg(!read_line(&options, use, line, &err), "%s", line);
    ck_assert_str_eq(err.text, sentence);
}

START_TEST(nothing_gives_the_defaults)
{
    struct options options;
    read_good(&options, OPTIONS_REPLAY, "");
    ck_assert(!options.no_geo && !options.quiet && !options.fail_on_alert && !options.help);
    ck_assert_uint_eq(options.argument_count, 0);
    ck_assert_ptr_null(options.interface);
    ck_assert_str_eq(options.settings.events.path, "-");
    ck_assert_ptr_null(options.settings.redis.url);
    options_done(&options);
}
END_TEST

START_TEST(every_option_has_its_effect)
{
    struct options options;
    read_good(&options, OPTIONS_REPLAY,
              "-s sigs -g one.mmdb --geo two.mmdb -f tcp -e out.json --flows -q --fail-on-alert");
    ck_assert_str_eq(options.settings.signatures.directory, "sigs");
    ck_assert_uint_eq(options.settings.geo.count, 2);
    ck_assert_str_eq(options.settings.geo.databases[0], "one.mmdb");
    ck_assert_str_eq(options.settings.geo.databases[1], "two.mmdb");
    ck_assert_str_eq(options.settings.capture.filter, "tcp");
    ck_assert_str_eq(options.settings.events.path, "out.json");
    ck_assert(options.settings.events.flow_records && options.quiet && options.fail_on_alert);
    options_done(&options);
    read_good(&options, OPTIONS_SENSOR,
              "--interface=eth1 --no-geo -r redis://h --redis-mode list,stream --redis-key k");
    ck_assert_str_eq(options.interface, "eth1");
    ck_assert(options.no_geo);
    ck_assert_str_eq(options.settings.redis.url, "redis://h");
    ck_assert_uint_eq(options.settings.redis.modes, SETTINGS_REDIS_LIST | SETTINGS_REDIS_STREAM);
    ck_assert_str_eq(options.settings.redis.key, "k");
    ck_assert_ptr_null(options.settings.events.path); /* there instead of the terminal */
    options_done(&options);
    read_good(&options, OPTIONS_REPLAY, "-r redis://h -e -");
    ck_assert_str_eq(options.settings.events.path, "-"); /* asked for both */
    options_done(&options);
    read_good(&options, OPTIONS_OTHER, "-o flow.tcp_idle=7s --set sensor.name=x");
    ck_assert_int_eq(options.settings.flow.tcp_idle_ns, INT64_C(7000000000));
    ck_assert_str_eq(options.settings.sensor.name, "x");
    options_done(&options);
    read_good(&options, OPTIONS_OTHER, "check --help");
    ck_assert(options.help);
    options_done(&options);
}
END_TEST

START_TEST(arguments_may_stand_anywhere)
{
    struct options options;
    read_good(&options, OPTIONS_REPLAY, "a.pcap -q - b.pcap -- --flows -x");
    ck_assert_uint_eq(options.argument_count, 5);
    static const char *const wanted[] = {"a.pcap", "-", "b.pcap", "--flows", "-x"};
    for (size_t i = 0; i < 5; i++)
        ck_assert_str_eq(options.arguments[i], wanted[i]);
    ck_assert(options.quiet && !options.settings.events.flow_records);
    options_done(&options);
}
END_TEST

START_TEST(command_line_goes_over_the_file)
{
    char path[] = "/tmp/telltale-options-XXXXXX";
    int descriptor = mkstemp(path);
    ck_assert_int_ge(descriptor, 0);
    FILE *stream = fdopen(descriptor, "w");
    (void)fputs("sensor: {name: file}\nflow: {tcp_idle: 11s}\nevents: {file: f.json}\n", stream);
    (void)fclose(stream);
    char line[256];
    struct options options;
    (void)snprintf(line, sizeof line, "-o sensor.name=line -c %s", path);
    read_good(&options, OPTIONS_REPLAY, line);
    ck_assert_str_eq(options.settings.sensor.name, "line");
    ck_assert_int_eq(options.settings.flow.tcp_idle_ns, INT64_C(11000000000));
    ck_assert_str_eq(options.settings.events.path, "f.json");
    options_done(&options);
    (void)snprintf(line, sizeof line, "-r redis://h --config=%s", path);
    read_good(&options, OPTIONS_REPLAY, line);
    ck_assert_ptr_null(options.settings.events.path);
    options_done(&options);
    (void)remove(path);
    refuse(OPTIONS_REPLAY, "-c /nowhere/file", "/nowhere/file: No such file or directory");
}
END_TEST

START_TEST(mistakes_are_named_with_the_nearest_right_word)
{
    refuse(OPTIONS_REPLAY, "--flowz", "unknown option '--flowz' (did you mean '--flows'?)");
    refuse(OPTIONS_REPLAY, "--bogus", "unknown option '--bogus'");
    refuse(OPTIONS_REPLAY, "-x", "unknown option '-x'");
    refuse(OPTIONS_REPLAY, "--no-geo -qx", "unknown option '-x'");
    refuse(OPTIONS_REPLAY, "a --config", "option '--config' needs a value");
    refuse(OPTIONS_REPLAY, "a -c", "option '-c' needs a value");
    refuse(OPTIONS_REPLAY, "a -qc", "option '-c' needs a value");
    refuse(OPTIONS_REPLAY, "--quiet=yes", "option '--quiet' takes no value");
    refuse(OPTIONS_REPLAY, "-o flow.tcp_idel=1s",
           "--set: unknown option 'flow.tcp_idel' (did you mean 'flow.tcp_idle'?)");
    refuse(OPTIONS_REPLAY, "--re x", "unknown option '--re'");
}
END_TEST

START_TEST(options_of_other_commands_are_unknown)
{
    refuse(OPTIONS_REPLAY, "-i eth0", "unknown option '-i'");
    refuse(OPTIONS_OTHER, "--flows", "unknown option '--flows'");
    refuse(OPTIONS_SENSOR, "--fail-on-alert", "unknown option '--fail-on-alert'");
}
END_TEST

START_TEST(help_lists_what_the_command_takes)
{
    char *data = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&data, &size);
    options_print(stream, OPTIONS_SENSOR);
    (void)fclose(stream);
    ck_assert_ptr_nonnull(strstr(data, "\n  -i --interface IFACE"));
    ck_assert_ptr_nonnull(strstr(data, "\n     --no-geo"));
    ck_assert_ptr_null(strstr(data, "--fail-on-alert"));
    free(data);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {nothing_gives_the_defaults,
                                  every_option_has_its_effect,
                                  arguments_may_stand_anywhere,
                                  command_line_goes_over_the_file,
                                  mistakes_are_named_with_the_nearest_right_word,
                                  options_of_other_commands_are_unknown,
                                  help_lists_what_the_command_takes,
                                  NULL};
    return run_suite(suite_of("options", tests));
}
