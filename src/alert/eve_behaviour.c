/* SPDX-License-Identifier: Apache-2.0 */
/* What events say of behaviour: beats, uploads, sessions. */
#include <math.h>

#include "alert/eve_parts.h"
#include "base/json.h"
#include "base/time.h"
#include "behave/change.h"
#include "match/borne.h"

#define P_VALUE_MIN 1e-9 /* nothing is surer; also what nine digits can show */

static double seconds(int64_t span_ns)
{
    return (double)span_ns / (double)NS_PER_S;
}

/* What the beat did; NULL where the alert is about something else and the beat only stands beside it. */
static const char *state_text(const struct change *change)
{
    if (change == NULL)
        return NULL;
    switch (change->kind) {
    case CHANGE_BEAT_FOUND:
        return "new";
    case CHANGE_BEAT_CHANGED:
        return "changed";
    case CHANGE_BEAT_STOPPED:
        return "stopped";
    case CHANGE_BEAT_RETURNED:
        return "returned";
    case CHANGE_UPLOAD:
    case CHANGE_SESSION:
        break;
    }
    return NULL;
}

static void put_beat(struct json *json, const struct change *change, const struct score *score)
{
    const char *state = state_text(change);
    json_open_object(json, "beacon");
    json_text(json, "state", state);
    if (state != NULL)
        json_text(json, "channel", wake_channel_text(change->channel));
    json_double(json, "period_s", seconds(score->period_ns), 3);
    json_double(json, "period_error_s", seconds(score->period_error_ns), 3);
    if (state != NULL && change->period_before_ns != 0)
        json_double(json, "period_before_s", seconds(change->period_before_ns), 3);
    json_double(json, "jitter", score->jitter, 3);
    json_double(json, "missed", score->missed, 3);
    json_u64(json, "count", score->count);
    eve_put_time(json, "first", score->first_ns);
    eve_put_time(json, "last", score->last_ns);
    json_double(json, "p_value", fmax(score->p_value, P_VALUE_MIN), 9);
    if (state != NULL && change->subject.domain != NULL)
        json_text(json, "domain", change->subject.domain);
    if (state != NULL)
        json_text(json, "certificate", change->certificate);
    json_close_object(json);
}

static void put_upload(struct json *json, const struct change *change)
{
    json_open_object(json, "upload");
    json_u64(json, "bytes_out", change->bytes_out);
    json_u64(json, "bytes_in", change->bytes_in);
    json_u64(json, "usual_out", change->usual_out);
    eve_put_time(json, "first", change->first_ns);
    eve_put_time(json, "last", change->last_ns);
    json_close_object(json);
}

static void put_session(struct json *json, const struct change *change)
{
    json_open_object(json, "session");
    eve_put_time(json, "first", change->first_ns);
    eve_put_time(json, "last", change->last_ns);
    json_double(json, "open_s", seconds(change->last_ns - change->first_ns), 0);
    json_close_object(json);
}

void eve_put_borne(struct json *json, const struct alert *alert)
{
    struct borne borne;
    if (!alert->is_lookup || alert->name == NULL || !borne_read(alert->name, &borne))
        return;
    json_open_object(json, "asks_about");
    json_text(json, "kind", borne_kind_text(borne.kind));
    json_text(json, "value", borne.about);
    json_close_object(json);
}

void eve_put_behaviour(struct json *json, const struct alert *alert)
{
    const struct change *change = alert->change;
    if (state_text(change) != NULL)
        put_beat(json, change, &change->score);
    else if (alert->beat != NULL)
        put_beat(json, change, alert->beat);
    if (change != NULL && change->kind == CHANGE_UPLOAD)
        put_upload(json, change);
    if (change != NULL && change->kind == CHANGE_SESSION)
        put_session(json, change);
}
