/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a log, plain or packed: the first byte says in which format and how many are read at a time. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "capture/source.h"
#include "logs/logs.h"
#include "logs/series.h"

enum {
    INPUT_MAX = 64 * 1024, /* packed input grows a thousandfold */
    EVENTS_MAX = 10000,
    SERIES_MAX = 100
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_series(const struct series *series)
{
    assert(series->count > 0 && series->id_length > 0 && series->id_length <= SERIES_ID_MAX);
    assert(series->times_ns[0] >= -SERIES_TIME_MAX);
    assert(series->times_ns[series->count - 1] <= SERIES_TIME_MAX);
    for (size_t i = 1; i < series->count; i++)
        assert(series->times_ns[i - 1] <= series->times_ns[i]);
    assert(series->size_count <= series->count);
    assert(series->from_ns <= series->until_ns);
    if (series->until_ns != series->from_ns)
        assert(series->from_ns <= series->times_ns[0] &&
               series->times_ns[series->count - 1] <= series->until_ns);
    if (series->size_count > 0)
        assert(series_median_bytes(series) <= series->bytes);
}

static void check_set(const struct series_set *set)
{
    uint64_t events = 0;
    assert(series_set_size(set) <= SERIES_MAX);
    for (size_t i = 0; i < series_set_size(set); i++) {
        check_series(series_set_at(set, i));
        events += series_set_at(set, i)->count;
    }
    assert(events == series_set_counts(set)->events && events <= EVENTS_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    enum logs_format format = (enum logs_format)(data[0] % (LOGS_ZEEK + 1));
    size_t step = data[0] < 0x80 ? (size_t)data[0] + 1 : SOURCE_BLOCK;
    size_t length = size - 1 < INPUT_MAX ? size - 1 : INPUT_MAX;
    struct source source;
    struct series_limits limits = {.max_events = EVENTS_MAX, .max_series = SERIES_MAX};
    struct series_set *set = series_set_new(&limits);
    struct logs_report report;
    struct error err = {""};
    source_open_memory(&source, data + 1, length, step);
    enum logs_status status = logs_read(&source, format, set, &report, &err);
    assert((status == LOGS_READ) == (err.text[0] == '\0'));
    assert((report.skipped > 0) == (report.skipped_why.text[0] != '\0'));
    assert(status != LOGS_UNREADABLE || report.events == 0);
    series_set_finish(set);
    check_set(set);
    series_set_free(set);
    source_close(&source);
    return 0;
}
