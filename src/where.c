/* SPDX-License-Identifier: Apache-2.0 */
/* A place in words, for the summary and for `signatures explain`. */
#include "where.h"

#include "base/text.h"
#include "geo/place.h"

void where_add(struct text *out, const struct place *place)
{
    if (place->city[0] != '\0')
        text_addf(out, "%s, ", place->city);
    text_add(out, place->country[0] != '\0' ? place->country : "country unknown");
    if (place->asn != 0)
        text_addf(out, ", AS%u", place->asn);
}
