/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "alert/event.h"
#include "asset/verdict.h"
#include "base/text.h"

struct asset_change;
struct assets;
struct change;
struct classify;
struct contact;
struct contacts;
struct geo;
struct judgement;
struct pairs;
struct pipeline_counters;
struct scene;
struct settings;
struct signatures;

/* What it takes to make events of findings: completes them with place and policy, numbers them, hands them on.  Part of a
 * pipeline; everything is borrowed but `line` and `geo_text`. */
struct raise {
    const struct settings *settings;
    struct geo *geo; /* NULL none */
    struct classify *classify;
    struct contacts *contacts;
    const struct pairs *pairs;
    const struct assets *assets;
    struct pipeline_counters *counters;
    void (*emit)(void *context, const char *kind, const char *line, size_t length);
    void *emit_context;
    struct event_source source;
    struct text geo_text, line;
    struct verdict verdict; /* of the alert that is being made */
    uint64_t seq;
};

/* Fills `source` from the settings and what was loaded; to be called once. */
void raise_describe(struct raise *raise, const struct signatures *signatures,
                    const char *interface);
/* Hands on the event that was rendered into raise->line, and empties that. */
void raise_emit(struct raise *raise, const char *event_type);
/* An alert about `contact`; `scene` and `judgement` NULL where no packet is at hand. */
void raise_contact(struct raise *raise, struct contact *contact, const struct scene *scene,
                   const struct judgement *judgement);
/* An alert about a change of behaviour, where it is one that the operator wants to know.  True where it was raised. */
bool raise_change(struct raise *raise, const struct change *change);
/* An alert that the machine of `contact` goes round the network's resolver. */
void raise_bypass(struct raise *raise, struct contact *contact, const struct scene *scene);
/* An event about a change of what is known of a machine; with it an alert, where the machine uses a vendor's product through a
 * server inside. */
void raise_asset(struct raise *raise, const struct asset_change *change);
