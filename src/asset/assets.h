/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "asset/verdict.h"

/* The machines on our side, and what security software each has.  Fed with observations in the order of packets; time is
 * theirs, steps backwards are tolerated.  After each call assets_next_change() hands out what it decided.  Machines that no
 * assets_seen() mentioned are made by the other observations too.  One thread. */
struct assets;

struct assets_options {
    uint32_t assets_max;   /* machines; the one unseen longest goes, those without verdict first */
    uint32_t verdicts_max; /* vendors of one machine, 1 to 255; the least likely one goes */
    double installed;      /* probability from which a verdict is sure, 0 to 1 */
};

struct assets_counters {
    uint32_t assets, verdicts, relations; /* kept now */
    uint64_t evicted_assets, evicted_verdicts, evicted_relations;
    uint64_t installed, removed, returned, replaced; /* changes so far */
    uint64_t lost_changes; /* their machine was evicted before they were fetched */
};

/* One flow or look-up that has to do with a vendor. */
struct asset_contact {
    int64_t ts_ns;
    struct addr asset;
    const struct vendor *vendor;
    const struct service *service; /* NULL: network only */
    double weight;                 /* certainty of this contact's evidence, 0 to 1 */
    uint64_t name_hash;            /* look-ups: of the name, with a fixed seed; 0 none */
    uint64_t bytes_out, bytes_in;  /* of the flow, once, when it has finished; else 0 */
    bool first;          /* first observation of this flow or look-up; later ones only add to it */
    bool lookup;         /* a look-up, not a flow */
    bool spoken;         /* the flow itself said the name (else recalled, or network only) */
    bool weak;           /* web site, portal, whole-vendor suffix: proves no product */
    bool answered;       /* the other side sent payload */
    bool blocked;        /* over without an answer: SYN only, refused, NXDOMAIN, sinkhole */
    bool below_domain;   /* look-ups: the name lies below a listed domain (suffix, pattern) */
    bool vendor_network; /* the endpoint lies in the vendor's network, or the name's usual place */
    bool certificate, port; /* the certificate matched; the port supports the service */
};

enum asset_stand {
    ASSET_STAND_PROXY,    /* the client sends requests through the server */
    ASSET_STAND_GATEWAY,  /* the server forwards (and hides) the client's packets */
    ASSET_STAND_RESOLVER, /* the server looks names up for the client */
    ASSET_STAND_SERVICE   /* the server offers a vendor's internal service: management, updates */
};

/* `client` was seen using `server`; both are ours. */
struct asset_standing {
    int64_t ts_ns;
    struct addr server, client;
    enum asset_stand kind;
    const struct vendor *vendor; /* SERVICE: whose; PROXY: whom the client asked for, NULL others */
    const struct service *service; /* SERVICE: the one that lists the port, NULL unknown */
    uint16_t port;                 /* SERVICE: the server's; those of the web prove nothing */
};

/* A series of one machine's contacts with a service (NULL: network only) that was found regular. */
struct asset_beacon {
    int64_t ts_ns;
    struct addr asset;
    const struct vendor *vendor;
    const struct service *service;
    int64_t period_ns;
    double p_value; /* chance of such regularity without a timer; above 0.01 it is ignored */
};

/* Makes an empty table; the options are copied. */
struct assets *assets_new(const struct assets_options *options);
/* Releases everything; NULL is allowed. */
void assets_free(struct assets *assets);

/* The machine was there: any flow of it, at start and end.  `mac` NULL: unknown.  O(1), 70 ns with 100,000 machines. */
void assets_seen(struct assets *assets, const struct addr *asset, int64_t ts_ns,
                 const uint8_t *mac);
/* Returns for how long the machine has been on, as far as it was seen; 0 for an unknown one.  Pauses of more than a quarter of an
 * hour do not count. */
int64_t assets_uptime(const struct assets *assets, const struct addr *asset);
/* Adds a contact and weighs its vendor again.  A name known to be no product traffic must not be reported here. */
void assets_contact(struct assets *assets, const struct asset_contact *contact);
/* A regular series: counts for a vendor that has been contacted. */
void assets_beacon(struct assets *assets, const struct asset_beacon *beacon);
/* A flow of `asset` to the vendor's service (NULL unknown) carried much more out than in. */
void assets_upload(struct assets *assets, const struct addr *asset, const struct vendor *vendor,
                   const struct service *service, int64_t ts_ns);
/* Somebody stands before somebody: contacts through the server are not its own agent's, and the client of a vendor's internal
 * service has the product. */
void assets_stand_before(struct assets *assets, const struct asset_standing *standing);
/* Looks for silence; does so at most once for each hour of packet time, so it may be called for each packet. */
void assets_tick(struct assets *assets, int64_t now_ns);
/* The end of the input: looks for silence whatever the hour. */
void assets_finish(struct assets *assets, int64_t now_ns);

/* Takes the next change, in the order of decisions; false where there is none.  Its verdict is as of this call. */
bool assets_next_change(struct assets *assets, struct asset_change *ret_change);

/* A place in the list of all verdicts. */
struct assets_place {
    uint32_t asset, verdict; /* begin with zeros */
    bool started;
};

/* Iterates over all verdicts, candidates too: machines by first sight, vendors by first contact.  `*place` begins as zeros; false
 * at the end.  No observation in between. */
bool assets_next_verdict(const struct assets *assets, struct assets_place *place,
                         struct verdict *ret_verdict);
/* Fills the verdict of one machine about one vendor; false where there is none. */
bool assets_find(const struct assets *assets, const struct addr *asset, const struct vendor *vendor,
                 struct verdict *ret_verdict);
const struct assets_counters *assets_counters(const struct assets *assets);
/* Returns the bytes that the tables take. */
size_t assets_bytes(const struct assets *assets);
