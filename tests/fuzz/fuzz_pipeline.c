/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes the whole way from frames to events, with the shipped signatures.
 *
 * Input: one byte (low 3 bits pick the link type, 0x80 shows every flow to nDPI, 0x40 says that the wire had 20 bytes more
 * than were captured), then frames, each with its length (2 bytes, big-endian) and a step in time (1 byte; from 0xf0 on far
 * ones, back too) in front.  Each frame is a copy of exactly its size, so that the sanitizer sees a read past its end, and
 * each event has to be one line of valid JSON and carry the next number. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/time.h"
#include "capture/frame.h"
#include "config/settings.h"
#include "match/match.h"
#include "pipeline.h"

enum {
    FRAMES_MAX = 512,
    DEPTH_MAX = 16
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
    if (!good)
        abort();
}

/* --- A strict reader of JSON (RFC 8259) that keeps nothing -------------------------------------- */

struct checker {
    const char *at, *end;
};

static bool check_value(struct checker *checker, unsigned depth);

static bool take(struct checker *checker, char wanted)
{
    if (checker->at == checker->end || *checker->at != wanted)
        return false;
    checker->at++;
    return true;
}

static bool take_word(struct checker *checker, const char *word)
{
    size_t length = strlen(word);
    if ((size_t)(checker->end - checker->at) < length || memcmp(checker->at, word, length) != 0)
        return false;
    checker->at += length;
    return true;
}

static size_t take_digits(struct checker *checker)
{
    const char *start = checker->at;
    while (checker->at < checker->end && *checker->at >= '0' && *checker->at <= '9')
        checker->at++;
    return (size_t)(checker->at - start);
}

static bool check_number(struct checker *checker)
{
    (void)take(checker, '-');
    if (!take(checker, '0') && take_digits(checker) == 0)
        return false;
    return !take(checker, '.') || take_digits(checker) > 0;
}

static bool check_escape(struct checker *checker)
{
    if (checker->at == checker->end)
        return false;
    char kind = *checker->at++;
    if (kind != 'u')
        return kind != '\0' && strchr("\"\\/bfnrt", kind) != NULL;
    for (unsigned i = 0; i < 4; i++)
        if (checker->at == checker->end || strchr("0123456789abcdefABCDEF", *checker->at++) == NULL)
            return false;
    return true;
}

static bool check_string(struct checker *checker)
{
    if (!take(checker, '"'))
        return false;
    while (!take(checker, '"')) {
        size_t length = text_utf8_length(checker->at, (size_t)(checker->end - checker->at));
        if (length == 0 || (unsigned char)*checker->at < 0x20 || *checker->at == 0x7f)
            return false;
        bool escape = *checker->at == '\\';
        checker->at += length;
        if (escape && !check_escape(checker))
            return false;
    }
    return true;
}

/* An object or an array, behind its opening bracket. */
static bool check_members(struct checker *checker, char close, unsigned depth)
{
    if (take(checker, close))
        return true;
    do {
        if (close == '}' && !(check_string(checker) && take(checker, ':')))
            return false;
        if (!check_value(checker, depth + 1))
            return false;
    } while (take(checker, ','));
    return take(checker, close);
}

static bool check_value(struct checker *checker, unsigned depth)
{
    if (checker->at == checker->end || depth > DEPTH_MAX)
        return false;
    switch (*checker->at) {
    case '{':
        checker->at++;
        return check_members(checker, '}', depth);
    case '[':
        checker->at++;
        return check_members(checker, ']', depth);
    case '"':
        return check_string(checker);
    case 't':
        return take_word(checker, "true");
    case 'f':
        return take_word(checker, "false");
    case 'n':
        return take_word(checker, "null");
    default:
        return check_number(checker);
    }
}

static void on_event(void *context, const char *kind, const char *line, size_t length)
{
    uint64_t *events = context;
    struct checker checker = {.at = line, .end = line + length};
    check(strlen(line) == length && kind[0] != '\0');
    check(line[0] == '{' && check_value(&checker, 0) && checker.at == checker.end);
    char seq[48];
    (void)snprintf(seq, sizeof seq, "\"seq\":%" PRIu64, (*events)++);
    check(strstr(line, seq) != NULL);
}

/* --- The run ----------------------------------------------------------------------------------- */

/* Kept over all inputs: loading takes longer than a run. */
static struct signatures *load(void)
{
    static struct signatures *set;
    if (set != NULL)
        return set;
    char path[1024];
    struct error err = {""};
    const char *source = getenv("TELLTALE_SOURCE");
    (void)snprintf(path, sizeof path, "%s/signatures", source != NULL ? source : ".");
    set = signatures_load(path, &err);
    if (set == NULL)
        (void)fprintf(stderr, "%s\n", err.text);
    check(set != NULL);
    return set;
}

static struct pipeline *
start(struct settings *settings,
      uint64_t *events, /* NOLINT(readability-non-const-parameter): emit writes it */
      bool all)
{
    struct error err = {""};
    settings_init(settings);
    check(settings_set(settings, "events.flow_records=true", &err));
    check(settings_set(settings, "flow.active=60s", &err));
    check(settings_set(settings, "policy.alert_confidence=0.2", &err));
    check(!all || settings_set(settings, "classify.ndpi=all", &err));
    struct pipeline_options options = {
        .settings = settings, .signatures = load(), .emit = on_event, .emit_context = events};
    struct pipeline *pipeline = pipeline_new(&options, &err);
    check(pipeline != NULL);
    return pipeline;
}

static int64_t step_ns(uint8_t step)
{
    static const int64_t far[] = {-NS_PER_S, -NS_PER_DAY,   -1000 * NS_PER_DAY, 0,
                                  NS_PER_S,  10 * NS_PER_S, 61 * NS_PER_S,      NS_PER_DAY};
    return step >= 0xf0 ? far[step & 7] : step * NS_PER_MS;
}

static void feed(struct pipeline *pipeline, struct bytes bytes, struct frame frame, size_t missing)
{
    size_t size = bytes_left(&bytes);
    uint8_t *copy = mem_copy(bytes.at, size);
    frame.data = copy;
    frame.captured = size;
    frame.length = size + missing;
    pipeline_frame(pipeline, &frame);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint32_t link_types[8] = {LINK_ETHERNET,   LINK_RAW, LINK_LINUX_SLL, LINK_NULL,
                                           LINK_LINUX_SLL2, LINK_PPP, LINK_IPV4,      LINK_IPV6};
    struct bytes input = bytes_of(data, size);
    uint8_t head = bytes_u8(&input);
    struct settings settings;
    uint64_t events = 0;
    struct pipeline *pipeline = start(&settings, &events, (head & 0x80) != 0);
    struct frame frame = {.ts_ns = INT64_C(1700000000) * NS_PER_S,
                          .link_type = link_types[head & 7]};
    while (frame.number < FRAMES_MAX && bytes_left(&input) > 3) {
        size_t length = bytes_be16(&input);
        frame.ts_ns += step_ns(bytes_u8(&input));
        frame.number++;
        feed(pipeline, bytes_slice_upto(&input, length), frame, (head & 0x40) != 0 ? 20 : 0);
    }
    pipeline_finish(pipeline);
    struct pipeline_capture capture = {.frames = frame.number};
    pipeline_stats(pipeline, &capture);
    check(events == pipeline_counters(pipeline)->events);
    pipeline_free(pipeline);
    settings_done(&settings);
    return 0;
}
