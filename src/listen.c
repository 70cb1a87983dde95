/* SPDX-License-Identifier: Apache-2.0 */
/* A pipeline whose events nobody reads: what counts are the series that behave/ has at the end. */
#include "listen.h"

#include <ctype.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "behave/benign.h"
#include "behave/pairs.h"
#include "capture/frame.h"
#include "knowledge.h"
#include "logs/series.h"
#include "match/signature.h"
#include "net/protocol.h"
#include "options.h"
#include "pipeline.h"

static void forget_event(void *context, const char *kind, const char *line, size_t length)
{
    (void)context;
    (void)kind;
    (void)line;
    (void)length;
}

static void add_endpoint(struct text *out, const struct pair_view *view)
{
    char address[ADDR_TEXT_MAX];
    (void)addr_text(&view->endpoint, address);
    const char *protocol = protocol_text(view->protocol);
    text_addf(out, addr_is4(&view->endpoint) ? "%s:%u/" : "[%s]:%u/", address, view->endpoint_port);
    if (protocol == NULL)
        text_addf(out, "%u", view->protocol);
    for (const char *c = protocol; c != NULL && *c != '\0'; c++)
        text_add_char(out, (char)tolower((unsigned char)*c));
}

static void add_id(struct text *out, const struct pair_view *view)
{
    char asset[ADDR_TEXT_MAX];
    (void)addr_text(&view->asset, asset);
    text_addf(out, "%s -> ", asset);
    switch (view->subject.kind) {
    case SUBJECT_SERVICE:
        text_addf(out, "%s/%s", view->subject.vendor->id,
                  view->subject.service != NULL ? view->subject.service->id : "network");
        break;
    case SUBJECT_DOMAIN:
        text_add_visible(out, view->subject.domain, strlen(view->subject.domain));
        break;
    case SUBJECT_ENDPOINT:
        add_endpoint(out, view);
        break;
    case SUBJECT_CONNECTION:
        add_endpoint(out, view);
        text_addf(out, " from %u", view->asset_port);
        break;
    }
    text_addf(out, " %s", wake_channel_text(view->channel));
}

static void put_addr(struct json *json, const char *key, const struct addr *addr)
{
    char text[ADDR_TEXT_MAX];
    (void)addr_text(addr, text);
    json_text(json, key, text);
}

static void describe(struct text *out, const struct pair_view *view)
{
    struct change change = {.channel = view->channel,
                            .endpoint = view->endpoint,
                            .endpoint_port = view->endpoint_port,
                            .protocol = view->protocol,
                            .name = view->name};
    struct json json = {.out = out};
    json_open_object(&json, NULL);
    json_text(&json, "channel", wake_channel_text(view->channel));
    put_addr(&json, "asset", &view->asset);
    put_addr(&json, "endpoint", &view->endpoint);
    json_u64(&json, "port", view->endpoint_port);
    json_text(&json, "proto", protocol_text(view->protocol));
    json_text(&json, "name", view->name);
    if (view->subject.kind == SUBJECT_DOMAIN)
        json_text(&json, "domain", view->subject.domain);
    if (view->subject.vendor != NULL)
        json_text(&json, "vendor", view->subject.vendor->id);
    if (view->subject.service != NULL)
        json_text(&json, "service", view->subject.service->id);
    json_text(&json, "benign", benign_reason(&change));
    json_close_object(&json);
}

static void add_series(struct pairs *pairs, struct series_set *set)
{
    struct text id = {0}, about = {0};
    struct pair_view view;
    for (uint32_t number = 0; pairs_view(pairs, number, &view); number++) {
        if (view.count < SCORE_TIMES_MIN)
            continue;
        text_clear(&id);
        text_clear(&about);
        add_id(&id, &view);
        describe(&about, &view);
        size_t length = id.length < SERIES_ID_MAX ? id.length : SERIES_ID_MAX;
        for (size_t i = 0; i < view.count; i++) {
            struct series_event event = {.time_ns = view.times_ns[i], .bytes = -1};
            series_set_add(set, id.data, length, &event);
        }
        series_set_describe(set, id.data, length, about.data);
    }
    text_done(&id);
    text_done(&about);
}

static enum read_status read_frames(struct source *source, struct pipeline *pipeline,
                                    struct error *err)
{
    struct read_extras extras = {.on_name = pipeline_name, .context = pipeline};
    struct reader *reader = reader_new(source, &extras);
    struct frame frame;
    uint64_t frames = 0;
    enum read_status status = READ_END;
    while ((status = reader_next(reader, &frame, err)) == READ_FRAME) {
        frame.number = ++frames;
        pipeline_frame(pipeline, &frame);
    }
    reader_free(reader);
    return status;
}

enum read_status listen_to_capture(struct source *source, struct series_set *set, struct error *err)
{
    struct options options = {.settings = {.path = NULL}};
    struct knowledge knowledge = {0};
    enum read_status status = READ_FAILED;
    settings_init(&options.settings);
    if (knowledge_load(&knowledge, &options, err)) {
        struct pipeline_options wanted = {.settings = &options.settings,
                                          .signatures = knowledge.signatures,
                                          .geo = knowledge.geo,
                                          .follow_all = true,
                                          .emit = forget_event};
        struct pipeline *pipeline = pipeline_new(&wanted, err);
        if (pipeline != NULL) {
            status = read_frames(source, pipeline, err);
            pipeline_finish(pipeline);
            add_series(pipeline_pairs(pipeline), set);
        }
        pipeline_free(pipeline);
    }
    knowledge_done(&knowledge);
    settings_done(&options.settings);
    return status;
}
