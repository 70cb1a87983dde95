/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "alert/event.h"

struct text;

/* Renders events as one line of JSON each, in a superset of Suricata's EVE (no newline at the end).  Every function
 * appends to `out` one whole object.  Published as schema/event.schema.json; strings from the wire are escaped. */

/* `seq` counts this sensor's events without holes. */
void eve_alert(const struct event_source *source, const struct alert *alert, uint64_t seq,
               struct text *out);
/* What has become of a vendor's product on a machine. */
void eve_asset(const struct event_source *source, const struct asset_event *event, uint64_t seq,
               struct text *out);
/* A finished flow. */
void eve_flow(const struct event_source *source, const struct flow_event *event, uint64_t seq,
              struct text *out);
/* Counters at `ts_ns`; `stats` in an order in which equal path beginnings stand together. */
void eve_stats(const struct event_source *source, int64_t ts_ns, const struct stat *stats,
               size_t count, uint64_t seq, struct text *out);
/* Events or packets known to be lost: what, how many, why. */
void eve_gap(const struct event_source *source, const struct gap_event *event, uint64_t seq,
             struct text *out);
