/* SPDX-License-Identifier: Apache-2.0 */
/* How sure it is that software of a vendor is installed.
 *
 * Being in contact (docs/evidence.md) and being installed are two things: a decoy, a saved page or a visitor makes contacts
 * too.  What tells an agent is that it comes back on its own, for more than one purpose, at hours and in rhythms that are
 * no person's, to the vendor's own machines.  Each such fact is a reason with a weight, the chance that it alone means an agent,
 * and reasons combine as independent chances, 1 - product of (1 - weight), as all evidence here does.  The weights are such that no
 * two kinds of facts reach 0.9, and most kinds come by degrees.
 *
 * Facts against are limits instead of weights (`enum hold`), since no number of visits to a web site makes an agent.
 *
 * Grip: coming back proves as much as the indicator that recognises it is sure; all reasons that rest on repetition are scaled by
 * the best certainty seen, up to a half, so that weak indicators never add up.
 *
 * Decoys: a generator sends names of several vendors, each now and then, wherever they lead.  Where two or more vendors are
 * seen on a machine in a way that a generator can have, none is believed unless it stands out: the vendor's own network more than once in a while, its
 * certificate, its port, an update's body, three purposes, or many times the others' occasions.
 *
 * Rejected: log-odds with a prior (the same decisions, but its rows say nothing to a reader, and the events' other evidence adds
 * up differently); learning the weights (no labelled traffic of most vendors exists). */
#include "asset/chance.h"

#include <math.h>

#include "base/memory.h"

enum {
    CLOCK_HOURS = 14, /* of a day: nobody sits there so long */
    SMALL_FLOWS = 5,
    SKETCH_NAMES = 3,
    DISTINCT_OCCASIONS = 8, /* with three purposes no decoy */
    CROWD_OCCASIONS = 12,   /* what stands out of a crowd of vendors has so many, */
    CROWD_TIMES = 4,        /* and so many times those of the others */
    PAIR_OCCASIONS = 6,     /* beside one other */
    PAIR_TIMES = 3,
    OWN_OCCASIONS = 3 /* of an agent beside one behind a server */
};

/* A purpose counts from this certainty. */
static const double purpose_floor = 0.3;

/* How much of a product a purpose tells.  Accounts and mixed names are met by people too. */
static double purpose_share(enum purpose purpose)
{
    static const double shares[PURPOSE_COUNT] = {
        [PURPOSE_UPDATE] = 1.0,     [PURPOSE_CLOUD_REPUTATION] = 1.0,
        [PURPOSE_TELEMETRY] = 1.0,  [PURPOSE_SAMPLE_UPLOAD] = 1.0,
        [PURPOSE_LICENSING] = 0.9,  [PURPOSE_URL_CHECK] = 1.0,
        [PURPOSE_MANAGEMENT] = 1.0, [PURPOSE_PUSH] = 1.0,
        [PURPOSE_ACCOUNT] = 0.3,    [PURPOSE_TRUSTED_TIME] = 0.9,
        [PURPOSE_OEM_UPDATE] = 1.0, [PURPOSE_LOCAL_INTERCEPTION] = 0.5,
        [PURPOSE_MIXED] = 0.3,      [PURPOSE_NETWORK_OWNER] = 0.5,
    };
    return shares[purpose];
}

static double strength(const struct facts *facts, enum purpose purpose)
{
    double share = purpose_share(purpose);
    if (purpose == PURPOSE_NETWORK_OWNER && facts->opaque)
        share = 1.0;
    return facts_purpose(facts, purpose) * share;
}

double chance_lead(const struct facts *facts)
{
    double lead = 0.0;
    for (unsigned i = 0; i < PURPOSE_COUNT; i++)
        lead = fmax(lead, strength(facts, i));
    return lead;
}

unsigned chance_purposes(const struct facts *facts)
{
    unsigned count = 0;
    for (unsigned i = 0; i < PURPOSE_COUNT; i++)
        count += strength(facts, i) >= purpose_floor;
    return count;
}

static unsigned services_of(const struct facts *facts)
{
    unsigned count = 0;
    for (unsigned i = 0; i < FACTS_SERVICES; i++)
        count += facts->service_counts[i] > 0;
    return count;
}

static unsigned names_of(const struct facts *facts)
{
    return (unsigned)__builtin_popcountll(facts->names);
}

/* Steps that begin at `from`: the weight of the last one that is not above the count. */
struct step {
    unsigned from;
    double weight;
};

static double step_weight(const struct step *steps, size_t count, unsigned value)
{
    double weight = 0.0;
    for (size_t i = 0; i < count && value >= steps[i].from; i++)
        weight = steps[i].weight;
    return weight;
}

static double occasions_weight(unsigned occasions)
{
    static const struct step steps[] = {{2, 0.20}, {3, 0.35}, {4, 0.40},  {5, 0.50},  {6, 0.53},
                                        {7, 0.56}, {8, 0.60}, {12, 0.70}, {24, 0.75}, {48, 0.80}};
    return step_weight(steps, COUNT_OF(steps), occasions);
}

static double hours_weight(unsigned hours)
{
    static const struct step steps[] = {{2, 0.25}, {3, 0.35}, {4, 0.45},  {5, 0.50},
                                        {6, 0.55}, {8, 0.60}, {12, 0.70}, {24, 0.75}};
    return step_weight(steps, COUNT_OF(steps), hours);
}

static double calm_weight(unsigned hours)
{
    static const struct step steps[] = {{1, 0.20}, {2, 0.35}, {3, 0.50}};
    return step_weight(steps, COUNT_OF(steps), hours);
}

static double names_weight(unsigned names)
{
    static const struct step steps[] = {{3, 0.35}, {6, 0.50}, {16, 0.65}};
    return step_weight(steps, COUNT_OF(steps), names);
}

static double ports_weight(unsigned ports)
{
    static const struct step steps[] = {{1, 0.50}, {2, 0.75}, {3, 0.85}};
    return step_weight(steps, COUNT_OF(steps), ports);
}

/* Every further purpose counts by its certainty; a further service of the same purpose counts a third of one. */
static double purposes_weight(const struct facts *facts, double lead)
{
    double sum = 0.0;
    unsigned purposes = 0;
    for (unsigned i = 0; i < PURPOSE_COUNT; i++) {
        sum += strength(facts, i);
        purposes += facts_purpose(facts, i) > 0.0;
    }
    double further = sum - lead;
    unsigned services = services_of(facts);
    if (services > purposes && facts->contact_occasions >= 2)
        further += 0.3 * lead * (services - purposes);
    return further < 0.2 ? 0.0 : fmin(0.90, 1.0 - exp(-1.1 * further));
}

static double volume_weight(const struct facts *facts)
{
    if (facts->uploads > 0)
        return 0.30;
    if (facts->bulk)
        return 0.20;
    return facts->small_flows >= SMALL_FLOWS && facts->small_flows >= facts->other_flows ? 0.15
                                                                                         : 0.0;
}

static void weigh_own(const struct facts *facts, double lead, double *weights)
{
    double grip = fmin(1.0, lead / 0.5);
    weights[REASON_CONTACT] = 0.50 * lead;
    weights[REASON_PURPOSES] = purposes_weight(facts, lead);
    weights[REASON_OCCASIONS] = grip * occasions_weight(facts->occasions);
    weights[REASON_HOURS] = grip * hours_weight(facts->hours);
    if (__builtin_popcount(facts->day_hours) >= CLOCK_HOURS)
        weights[REASON_CLOCK] = grip * 0.40;
    weights[REASON_CALM] = grip * calm_weight(facts->calm_hours);
    if (facts->beacon_p <= 0.01F)
        weights[REASON_BEACON] = grip * (facts->beacon_p <= 0.001F ? 0.70 : 0.60);
    weights[REASON_NETWORK] = facts->opaque ? 0.65 : facts->vendor_network ? 0.35 : 0.0;
    weights[REASON_CERTIFICATE] = facts->certificate ? 0.30 : 0.0;
    weights[REASON_PORT] = facts->port ? 0.15 : 0.0;
    weights[REASON_VOLUME] = volume_weight(facts);
    weights[REASON_NAMES] = names_weight(names_of(facts));
    weights[REASON_EMBEDDER] = facts->embedded != NULL ? 0.30 : 0.0;
}

/* What the use of the vendor's service inside adds. */
static void weigh_internal(const struct surroundings *around, double *weights)
{
    weights[REASON_INTERNAL] = ports_weight(around->ports);
    weights[REASON_SPEAKER] = 0.65 * fmin(1.0, around->speaker / 0.5);
    weights[REASON_OCCASIONS] =
        fmax(weights[REASON_OCCASIONS], occasions_weight(around->occasions));
    weights[REASON_HOURS] = fmax(weights[REASON_HOURS], hours_weight(around->hours));
}

bool chance_is_thin(const struct facts *facts)
{
    if (facts->contacts == 0 && facts->lookups == 0)
        return false;
    bool marked = facts->opaque || facts->certificate || facts->port || facts->bulk ||
                  names_of(facts) >= SKETCH_NAMES;
    unsigned purposes = chance_purposes(facts);
    bool often = facts->occasions >= DISTINCT_OCCASIONS;
    /* A decoy that leads to the vendor itself is a single name, now and then. */
    bool at_home = facts->vendor_network && (purposes >= 2 || often);
    return !marked && !at_home && !(purposes >= 3 && often);
}

/* True where the occasions are at least `least`, and many times those of the rivals. */
static bool stands_out(const struct facts *facts, const struct surroundings *around, unsigned least,
                       unsigned times)
{
    return facts->occasions >= least && facts->occasions >= times * around->rival_most;
}

static enum hold crowd_hold(const struct facts *facts, const struct surroundings *around)
{
    bool passes_on =
        around->gateway || facts->behind > 0; /* then many vendors are to be expected */
    if (around->rivals == 0 || passes_on || !chance_is_thin(facts))
        return HOLD_NONE;
    if (stands_out(facts, around, CROWD_OCCASIONS, CROWD_TIMES))
        return HOLD_NONE;
    if (around->rivals >= 2)
        return HOLD_CROWD;
    /* Two products side by side have two purposes each, and a product beside a stray contact soon outnumbers it. */
    bool pair = around->rival_purposes >= 2 && facts->occasions >= PAIR_OCCASIONS;
    bool stray = stands_out(facts, around, PAIR_OCCASIONS, PAIR_TIMES);
    return chance_purposes(facts) >= 2 && (pair || stray) ? HOLD_NONE : HOLD_PAIR;
}

static enum hold hold_of(const struct facts *facts, const struct surroundings *around)
{
    if (around->ports > 0 && facts->contact_occasions < OWN_OCCASIONS)
        return around->ports < 2 && around->speaker < purpose_floor ? HOLD_ONE_PORT : HOLD_NONE;
    if (facts->contacts == 0 && facts->lookups == 0)
        return HOLD_WEB;
    if (facts->occasions < 2)
        return HOLD_ONE_OCCASION;
    enum hold crowd = crowd_hold(facts, around);
    if (crowd != HOLD_NONE)
        return crowd;
    unsigned purposes = chance_purposes(facts);
    if (facts->contact_occasions < 2 && purposes < 2 && names_of(facts) < 6)
        return HOLD_LOOKUPS;
    return facts->occasions < 3 && (purposes < 3 || facts->hours < 2) ? HOLD_FEW_OCCASIONS
                                                                      : HOLD_NONE;
}

double hold_limit(enum hold hold)
{
    static const double limits[HOLD_COUNT] = {
        [HOLD_NONE] = 1.0,      [HOLD_FEW_OCCASIONS] = 0.88, [HOLD_LOOKUPS] = 0.85,
        [HOLD_PAIR] = 0.80,     [HOLD_CROWD] = 0.70,         [HOLD_ONE_OCCASION] = 0.60,
        [HOLD_ONE_PORT] = 0.60, [HOLD_WEB] = 0.10,
    };
    return limits[hold];
}

/* Others' traffic first: what a machine passes on says nothing about itself. */
static enum verdict_role role_of(const struct facts *facts, const struct surroundings *around)
{
    if (around->gateway || facts->behind > 0)
        return VERDICT_SPEAKS_FOR;
    if (around->ports > 0 && facts->contact_occasions < OWN_OCCASIONS)
        return VERDICT_BEHIND;
    if (facts->embedded == NULL)
        return VERDICT_AGENT;
    /* The engine fetches updates from the vendor too; a product of the vendor's own does more. */
    unsigned own = chance_purposes(facts);
    own -= strength(facts, PURPOSE_OEM_UPDATE) >= purpose_floor;
    own -= strength(facts, PURPOSE_UPDATE) >= purpose_floor;
    own -= strength(facts, PURPOSE_NETWORK_OWNER) >= purpose_floor;
    return own >= 2 ? VERDICT_AGENT : VERDICT_EMBEDDED;
}

void chance_weigh(const struct facts *facts, const struct surroundings *around,
                  struct chance *ret_chance)
{
    *ret_chance = (struct chance){.role = role_of(facts, around), .hold = hold_of(facts, around)};
    weigh_own(facts, chance_lead(facts), ret_chance->weights);
    if (around->ports > 0)
        weigh_internal(around, ret_chance->weights);
    double doubt = 1.0;
    for (unsigned i = 0; i < REASON_COUNT; i++)
        doubt *= 1.0 - ret_chance->weights[i];
    ret_chance->probability = fmin(1.0 - doubt, hold_limit(ret_chance->hold));
}
