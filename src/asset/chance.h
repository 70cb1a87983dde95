/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "asset/facts.h"

/* From facts to a probability.  Pure arithmetic; docs/verdicts.md has the weights and worked examples. */

/* The kinds of reasons, in the order in which they are reported. */
enum reason {
    REASON_CONTACT,
    REASON_PURPOSES,
    REASON_OCCASIONS,
    REASON_HOURS,
    REASON_CLOCK,
    REASON_CALM,
    REASON_BEACON,
    REASON_NETWORK,
    REASON_CERTIFICATE,
    REASON_PORT,
    REASON_VOLUME,
    REASON_NAMES,
    REASON_EMBEDDER,
    REASON_INTERNAL,
    REASON_SPEAKER,
    REASON_COUNT
};

/* Why a verdict is held back however many reasons there are; in order of strictness. */
enum hold {
    HOLD_NONE,
    HOLD_FEW_OCCASIONS, /* on two occasions at most */
    HOLD_LOOKUPS,       /* looked up only, for one purpose */
    HOLD_PAIR,          /* two vendors side by side, as decoys would be */
    HOLD_CROWD,         /* three or more such */
    HOLD_ONE_OCCASION,
    HOLD_ONE_PORT, /* one internal port, of a server that does not contact the vendor */
    HOLD_WEB,      /* web sites, portals, certificates only */
    HOLD_COUNT
};

/* What stands around a machine. */
struct surroundings {
    bool gateway;            /* it forwards for others: nothing it says is its own */
    unsigned rivals;         /* other vendors on it that could be decoys */
    unsigned rival_most;     /* the most occasions of one of them, */
    unsigned rival_purposes; /* and the most purposes */
    /* The vendor's internal service that it uses: */
    unsigned ports;     /* how many different ones; 0 none */
    unsigned occasions; /* and on how many */
    unsigned hours;
    double speaker; /* certainty that the server contacts the vendor */
};

struct chance {
    double probability;
    enum verdict_role role;
    enum hold hold;
    double weights[REASON_COUNT];
};

/* Weighs the facts. */
void chance_weigh(const struct facts *facts, const struct surroundings *around,
                  struct chance *ret_chance);
/* Writes the reasons as text, those with a weight in the order of their kinds, then what holds back; returns how many. */
size_t chance_explain(const struct facts *facts, const struct surroundings *around,
                      const struct chance *chance,
                      struct verdict_reason ret_reasons[static VERDICT_REASONS_MAX]);
/* True where a generator of decoy names could have made all of the facts. */
bool chance_is_thin(const struct facts *facts);
/* Returns for how many purposes a product was seen. */
unsigned chance_purposes(const struct facts *facts);
/* Returns the certainty of the best that was seen of a product, 0 to 1. */
double chance_lead(const struct facts *facts);
/* Returns the probability above which a verdict held back so cannot come. */
double hold_limit(enum hold hold);
