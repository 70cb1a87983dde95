/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

#include "behave/score.h"
#include "net/addr.h"

struct service;
struct vendor;

/* How a machine was heard: each is a series of its own, because they beat differently.  Also the words of events. */
#define WAKE_CHANNEL_LIST(X)                                                                       \
    X(CONNECT, "connect") /* a connection starts; datagrams after a pause */                       \
    X(MESSAGE, "message") /* the client speaks again inside a long TCP connection */               \
    X(LOOKUP, "lookup")   /* a name is asked for */                                                \
    X(ATTEMPT, "attempt") /* a connection that nobody answers */

enum wake_channel {
#define WAKE_CHANNEL_ENUM(name, text) WAKE_##name,
    WAKE_CHANNEL_LIST(WAKE_CHANNEL_ENUM) WAKE_CHANNEL_COUNT
#undef WAKE_CHANNEL_ENUM
};

/* Whom the machine talks to, most telling first. */
enum subject_kind {
    SUBJECT_SERVICE,   /* a vendor's service, or its network (service NULL) */
    SUBJECT_DOMAIN,    /* a registrable domain */
    SUBJECT_ENDPOINT,  /* nameless: address, port, protocol */
    SUBJECT_CONNECTION /* one TCP connection; only in series of messages */
};

struct subject {
    enum subject_kind kind;
    const struct vendor *vendor;
    const struct service *service;
    const char *domain;
};

enum change_kind {
    CHANGE_BEAT_FOUND,   /* a series became periodic */
    CHANGE_BEAT_CHANGED, /* its period is another one now */
    CHANGE_BEAT_STOPPED, /* silent for longer than its period and misses explain, while the machine was on */
    CHANGE_BEAT_RETURNED, /* periodic again after it had stopped */
    CHANGE_UPLOAD,
    CHANGE_SESSION /* a connection has stayed open for long */
};

/* What became of a pair.  Borrowed texts are good until the pairs are used again. */
struct change {
    enum change_kind kind;
    enum wake_channel channel;
    int64_t ts_ns; /* of the packet that showed it */
    struct subject subject;
    struct addr asset, endpoint; /* the latest endpoint */
    uint16_t asset_port, endpoint_port;
    uint8_t protocol;
    const char *name;                        /* host name used last; NULL none */
    const char *certificate;                 /* subject of the server's; NULL not known */
    uint64_t wakes;                          /* of this series, ever */
    int64_t first_ns;                        /* first wake-up; upload and session: start */
    int64_t last_ns;                         /* last wake-up; upload and session: so far */
    struct score score;                      /* the beat; upload and session: unset */
    int64_t period_before_ns;                /* CHANGED: what it was; else 0 */
    uint64_t bytes_out, bytes_in, usual_out; /* UPLOAD */
};

/* Returns the word for events ("connect"). */
const char *wake_channel_text(enum wake_channel channel);
