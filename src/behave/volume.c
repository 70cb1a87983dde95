/* SPDX-License-Identifier: Apache-2.0 */
/* A window that was an upload does not enter the average: the second sample sent is as much news as the first. */
#include "behave/volume.h"

enum {
    WINDOWS_KNOWN = 3 /* from so many windows on the average says what is usual */
};

#define NEWEST_SHARE 0.25 /* of the newest window in the average */

static void close_window(struct volume *volume)
{
    if (!volume->told) {
        double out = (double)volume->bytes_out;
        volume->usual_out = volume->windows == 0
                                ? out
                                : volume->usual_out + NEWEST_SHARE * (out - volume->usual_out);
        volume->windows += volume->windows < UINT32_MAX;
    }
    volume->bytes_out = volume->bytes_in = 0;
    volume->told = false;
}

static bool is_upload(const struct volume *volume, const struct volume_limits *limits)
{
    double out = (double)volume->bytes_out;
    if (volume->bytes_out < limits->bytes_out || out < limits->ratio * (double)volume->bytes_in)
        return false;
    return volume->windows < WINDOWS_KNOWN || out >= limits->unusual * volume->usual_out;
}

bool volume_add(struct volume *volume, int64_t ts_ns, uint64_t bytes_out, uint64_t bytes_in,
                const struct volume_limits *limits)
{
    bool empty = volume->bytes_out == 0 && volume->bytes_in == 0;
    bool over =
        ts_ns - volume->last_ns > VOLUME_PAUSE_NS || ts_ns - volume->from_ns > VOLUME_SPAN_NS;
    if (!empty && over)
        close_window(volume);
    if (empty || over)
        volume->from_ns = ts_ns;
    if (empty || ts_ns > volume->last_ns)
        volume->last_ns = ts_ns;
    volume->bytes_out += bytes_out;
    volume->bytes_in += bytes_in;
    if (volume->told || !is_upload(volume, limits))
        return false;
    volume->told = true;
    return true;
}
