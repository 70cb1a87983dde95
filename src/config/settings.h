/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alert/policy.h"

struct error;
struct settings_origin;
struct text;

/* Everything that an operator can set: one YAML file, and `--set name=value` over it.  Plain data,
 * grouped by the stage that main.c copies it to; after reading it is never written again.  Names,
 * ranges, defaults and meanings stand in one place, the table of src/config/table.c.
 *
 * An option `flow.tcp_idle` is the key `tcp_idle` under `flow:` and the field flow.tcp_idle_ns.
 * Texts that are empty are NULL. */

enum settings_ndpi {
    SETTINGS_NDPI_REST, /* only flows that our own readers do not name */
    SETTINGS_NDPI_ALL
};

/* Bits of redis.modes. */
enum settings_redis_mode {
    SETTINGS_REDIS_LIST = 1,
    SETTINGS_REDIS_CHANNEL = 2,
    SETTINGS_REDIS_STREAM = 4
};

struct settings {
    struct {
        char *name; /* "telltale" by default, not the host's name: replays give the same events
                       anywhere */
        int64_t stats_interval_ns; /* 0: none */
    } sensor;
    struct {
        char *filter; /* NULL: every packet */
        uint32_t snaplen;
        uint64_t buffer_bytes;
        bool promiscuous;
        int64_t timeout_ns;
    } capture;
    struct {
        uint64_t fragment_bytes;
        uint32_t fragment_datagrams;
        bool recognise_copies;
        int64_t copy_window_ns;
        uint32_t tunnel_depth;
    } decode;
    struct {
        uint32_t flows_max;
        int64_t tcp_idle_ns, tcp_new_idle_ns, tcp_closed_ns, udp_idle_ns, dns_idle_ns, icmp_idle_ns,
            other_idle_ns;
        int64_t active_ns; /* 0: no records of flows that go on */
    } flow;
    struct {
        enum settings_ndpi ndpi;
        uint32_t states_max, stream_bytes, tcp_packets, udp_packets;
        int64_t patience_ns;
        bool fingerprints;
    } classify;
    struct {
        uint32_t entries_max;
        int64_t ttl_min_ns, keep_ns;
    } names;
    struct {
        char *directory; /* NULL: the one that was installed with the program */
    } signatures;
    struct {
        char **databases; /* paths */
        size_t count;
        int64_t old_after_ns; /* warn about a database that is older */
    } geo;
    struct {
        uint32_t pairs_max;
        double p_value;
        uint64_t upload_bytes;
        int64_t session_ns; /* 0: none */
    } behave;
    struct {
        uint32_t assets_max;
        double installed; /* probability */
    } asset;
    struct {
        char *path; /* "-": standard output; NULL: none */
        uint64_t rotate_bytes;
        uint32_t keep;
        bool flow_records;
    } events;
    struct {
        char *url; /* NULL: no Redis.  May hold a password: never print it, see config_show() */
        uint32_t modes; /* bits of enum settings_redis_mode */
        char *key;
        char *list_key, *channel_key, *stream_key; /* NULL: `key` */
        char *field;
        char *password_file;
        uint64_t stream_max; /* 0: unbounded */
        uint64_t queue_bytes;
        int64_t flush_ns, timeout_ns;
        uint32_t batch;
        bool left_push;
    } redis;
    struct policy policy;

    char *path;                      /* of the file, for messages; NULL without one */
    struct settings_origin *origins; /* of each option, in the order of the table */
};

/* Sets every option to its default.  Release with settings_done(). */
void settings_init(struct settings *settings);
/* Reads the file at `path` over what is there; lists are replaced, not added to.  False with
 * `path:line:column: what` on the first mistake; the settings are then good for settings_done()
 * only. */
bool settings_read(struct settings *settings, const char *path, struct error *err);
/* The same from memory; `path` is only for messages. */
bool settings_parse(struct settings *settings, const char *path, const char *data, size_t size,
                    struct error *err);
/* Sets one option from `name=value`, as `--set` gives it; the entries of a list are separated by
 * commas. False with a sentence, and nothing changed. */
bool settings_set(struct settings *settings, const char *assignment, struct error *err);
void settings_done(struct settings *settings);

/* The ids that the signatures hold, as NULL-terminated lists; a NULL list is not checked against.
 */
struct config_known {
    const char *const *vendors, *const *services, *const *regimes;
};

/* Checks that every vendor, service and regime that the policy names exists.  To be called once the
 * signatures are loaded.  False with the place, the id and the nearest right one. */
bool config_check_policy(const struct settings *settings, const struct config_known *known,
                         struct error *err);

/* Writes the commented sample file: every option, commented out at its default, so that the file
 * changes nothing until a line is uncommented. */
void config_sample(struct text *out);
/* Writes the effective settings as YAML, each with where it came from: `default`, `site.yaml:12` or
 * `--set`.  A password in the Redis URL is shown as `***`. */
void config_show(const struct settings *settings, struct text *out);
/* Writes one line for each option (name, type, range, default) and its meaning below; with `name`
 * only for the option of that name or the options of that group.  False (nothing written) where
 * there is none. */
bool config_help(const char *name, struct text *out);
