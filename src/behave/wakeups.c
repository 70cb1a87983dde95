/* SPDX-License-Identifier: Apache-2.0 */
/* Bursts of connections to wake-ups.
 *
 * A beat is one wake-up of a program, and a program that wakes up opens several connections: to
 * look a name up, to several addresses, again after a refusal.  The gaps inside a burst say
 * nothing about the beat, so a burst is one moment, its first connection.
 *
 * The scan runs backwards, so that of a long series only what is kept is read. */
#include "behave/wakeups.h"

#include <assert.h>

#define S_PER_NS 1e-9

void wakeups_from_times(const int64_t *times_ns, size_t count, int64_t gap_ns,
                        struct wakeups *ret_wakeups)
{
    assert(count > 0);
    int64_t starts[SCORE_TIMES_MAX];
    size_t kept = 0;
    for (size_t i = count; i > 0 && kept < SCORE_TIMES_MAX; i--) {
        if (i == 1 || times_ns[i - 1] - times_ns[i - 2] >= gap_ns)
            starts[kept++] = times_ns[i - 1];
    }
    ret_wakeups->first_ns = kept > 0 ? starts[kept - 1] : times_ns[0];
    ret_wakeups->count = kept;
    for (size_t i = 0; i < kept; i++)
        ret_wakeups->at_s[i] = (double)(starts[kept - 1 - i] - ret_wakeups->first_ns) * S_PER_NS;
}

void wakeups_merge(const struct wakeups *fine, double gap_s, struct wakeups *ret_coarse)
{
    ret_coarse->first_ns = fine->first_ns;
    ret_coarse->count = 0;
    for (size_t i = 0; i < fine->count; i++) {
        if (i == 0 || fine->at_s[i] - fine->at_s[i - 1] >= gap_s)
            ret_coarse->at_s[ret_coarse->count++] = fine->at_s[i];
    }
}
