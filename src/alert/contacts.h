/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alert/event.h"
#include "behave/score.h"

/* Who talks to which service of which vendor: one record for each (asset, vendor, service), in which evidence, counts and
 * volume add up.  Decides when a contact is worth an alert: first when its confidence reaches the threshold, then again
 * after a pause if it goes on.  One thread. */

enum contact_verdict {
    CONTACT_QUIET, /* nothing to say (yet, or again) */
    CONTACT_RAISE  /* make an alert of it: contact_alert() */
};

struct contact;
struct contacts;

struct contacts_options {
    uint32_t
        contacts_max; /* records; at the bound the one unseen longest goes, never-raised ones first */
    double alert_confidence; /* 0 to 1 */
    int64_t again_after_ns;
};

struct contacts_counters {
    uint64_t raised, evicted;
    uint32_t contacts;
};

/* One observation: a flow, or a look-up. */
struct sighting {
    int64_t ts_ns;
    struct addr asset, endpoint;
    uint16_t asset_port, endpoint_port;
    uint8_t protocol;
    bool has_endpoint, has_mac, lookup;
    uint8_t asset_mac[6];
    struct addr resolver;
    const struct vendor *vendor;
    const struct service *service; /* NULL: network only */
    const char *name;              /* NULL none */
    const char *domain; /* look-ups: the indicator below which names are counted, NULL none */
    enum name_source name_source;
    bool first; /* the first sighting of this flow: later ones only add evidence */
    bool weak;  /* repetition proves nothing (whole-vendor suffix) */
    const struct evidence *rows;
    size_t row_count;
};

/* Makes an empty table; the options are copied. */
struct contacts *contacts_new(const struct contacts_options *options);
/* Releases all contacts; NULL is allowed. */
void contacts_free(struct contacts *contacts);

/* Adds what was seen to its contact, which is made where it is new.  `*ret_contact` is borrowed until the next call. */
enum contact_verdict contacts_add(struct contacts *contacts, const struct sighting *sighting,
                                  struct contact **ret_contact);
/* Returns the contact, or NULL where it is not (or no longer) kept; borrowed until the next call. */
struct contact *contacts_find(struct contacts *contacts, const struct addr *asset,
                              const struct vendor *vendor, const struct service *service);
/* Notes that the contact beats, or no longer does (NULL): one more reason, which replaces that of an earlier period. */
void contact_set_beat(struct contact *contact, const struct score *score);
/* What the end of a flow adds to its contact. */
struct contact_volume {
    uint64_t bytes_out, bytes_in;
    uint64_t lost_bytes; /* acknowledged but never seen */
    bool one_sided, truncated, name_hidden;
};

/* Adds a finished flow's volume to the contact of (asset, vendor, service), if it is still kept. */
void contacts_add_volume(struct contacts *contacts, const struct addr *asset,
                         const struct vendor *vendor, const struct service *service,
                         const struct contact_volume *volume);
/* Fills the parts of an alert that the contact knows, marks it as raised, and sets the event id. */
void contact_alert(struct contacts *contacts, struct contact *contact, int64_t ts_ns,
                   const char *sensor, struct alert *ret_alert);
/* Iterates over the contacts in the order in which they were first seen: NULL starts, NULL ends. */
struct contact *contacts_next(struct contacts *contacts, struct contact *contact);
/* True where the contact was raised and has gone on since: worth a last alert at the end of input. */
bool contact_has_news(const struct contact *contact);
/* Takes back the alert that contacts_add() asked for: the operator suppresses it; `name_only`: for its present name, so that
 * another name is asked about again. */
void contact_suppress(struct contact *contact, int64_t ts_ns, bool name_only);
/* Fills the alert's contact parts without marking anything: for reports.  False where its confidence is below the threshold. */
bool contact_peek(const struct contacts *contacts, struct contact *contact,
                  struct alert *ret_alert);
const struct contacts_counters *contacts_counters(const struct contacts *contacts);
