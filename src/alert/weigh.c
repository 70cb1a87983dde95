/* SPDX-License-Identifier: Apache-2.0 */
/* Weights of evidence.
 *
 * A weight is the chance that the evidence alone is right about "software of this vendor was in contact with this
 * service".  The indicator's own confidence gives the base, the channel scales it:
 *   - a name spoken in a handshake counts almost fully; looked up only, less than half, because one decoy or a
 *     saved web page makes look-ups too, so that it takes two different facts to reach the usual threshold of 0.5;
 *   - a whole-vendor suffix is mostly web sites, so it never reaches the threshold, not even with the network;
 *   - a network says something only where no name speaks against it;
 *   - a port, a URI shape or a user agent alone never reaches the threshold.
 * Chances combine as independent ones.  Rejected: adding points (no meaning above 1), and learning the weights
 * (no labelled traffic of most vendors exists). */
#include "alert/weigh.h"

#include "base/memory.h"

static double base_of(enum confidence confidence)
{
    static const double bases[] = {
        [CONFIDENCE_UNSURE] = 0.40, [CONFIDENCE_SEEN] = 0.85, [CONFIDENCE_DOCUMENTED] = 0.95};
    return bases[confidence];
}

/* What kind of service the name stands for: portals and certificate servers are met by browsers too. */
static double purpose_factor(const struct service *service)
{
    if (service == NULL)
        return 1.0;
    if (service->browser)
        return 0.40;
    switch (service->purpose) {
    case PURPOSE_VENDOR_SUFFIX:
    case PURPOSE_PKI:
        return 0.25;
    case PURPOSE_MIXED:
        return 0.40;
    case PURPOSE_ACCOUNT:
        return 0.70;
    case PURPOSE_UPDATE:
    case PURPOSE_CLOUD_REPUTATION:
    case PURPOSE_TELEMETRY:
    case PURPOSE_SAMPLE_UPLOAD:
    case PURPOSE_LICENSING:
    case PURPOSE_URL_CHECK:
    case PURPOSE_MANAGEMENT:
    case PURPOSE_PUSH:
    case PURPOSE_TRUSTED_TIME:
    case PURPOSE_OEM_UPDATE:
    case PURPOSE_LOCAL_INTERCEPTION:
    case PURPOSE_NETWORK_OWNER:
    case PURPOSE_COUNT:
        break;
    }
    return 1.0;
}

static double name_factor(const struct hit *hit, const struct weigh_context *context)
{
    static const double channels[] = {[WEIGH_SPOKEN] = 0.90,
                                      [WEIGH_LOOKUP] = 0.45,
                                      [WEIGH_RECALLED] = 0.75,
                                      [WEIGH_ATTEMPTED] = 0.35};
    return channels[context->channel] * purpose_factor(hit->service);
}

static double network_factor(const struct hit *hit, const struct weigh_context *context)
{
    double factor = hit->indicator == INDICATOR_PREFIX ? 0.65 : 0.60;
    if (context->other_name)
        return 0.15;
    if (!context->nameless)
        return 0.10; /* the name has spoken already */
    if (context->middle || !context->both_sides)
        return 0.30;
    return factor;
}

double weigh_hit(const struct hit *hit, const struct weigh_context *context)
{
    double base = base_of(hit->confidence);
    switch (hit->indicator) {
    case INDICATOR_NAME_EXACT:
    case INDICATOR_NAME_SUFFIX:
    case INDICATOR_NAME_GLOB:
        return base * name_factor(hit, context);
    case INDICATOR_PREFIX:
    case INDICATOR_ASN:
        return base * network_factor(hit, context);
    case INDICATOR_CERTIFICATE:
        return base * 0.80 * purpose_factor(hit->service);
    case INDICATOR_HEADER:
        return base * 0.70;
    case INDICATOR_USER_AGENT:
    case INDICATOR_NDPI:
        return base * 0.50;
    case INDICATOR_URI:
        return base * 0.30;
    case INDICATOR_PORT:
        return 0.15;
    case INDICATOR_JA3:
        return base * 0.30;
    case INDICATOR_COUNT:
        break;
    }
    return 0.0;
}

double weigh_repeats(unsigned occasions)
{
    static const double weights[] = {0.0, 0.0, 0.20, 0.30, 0.40};
    return occasions < COUNT_OF(weights) ? weights[occasions] : 0.50;
}

double weigh_names(unsigned names)
{
    return names < 3 ? 0.0 : names < 6 ? 0.35 : 0.50;
}

double weigh_beat(double p_value)
{
    if (p_value > 0.01)
        return 0.0;
    return p_value > 1e-4 ? 0.40 : 0.50;
}

double weigh_combine(const struct evidence *rows, size_t count)
{
    double doubt = 1.0;
    for (size_t i = 0; i < count; i++)
        doubt *= 1.0 - rows[i].weight;
    return 1.0 - doubt;
}
