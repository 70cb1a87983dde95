/* SPDX-License-Identifier: Apache-2.0 */
/* The table of vendors for people. */
#include <inttypes.h>

#include "base/text.h"
#include "match/explain.h"
#include "match/layout.h"
#include "match/set.h"

enum {
    ID_COLUMNS = 21,
    NAME_COLUMNS = 21
};

static void add_totals(const struct signatures_info *info, struct text *out)
{
    struct text line = {0};
    text_addf(&line,
              "vendors %zu, services %zu, names %zu, networks %zu, other indicators %zu, "
              "negatives %zu, regimes %zu; newest %s, version %s",
              info->vendors, info->services, info->names, info->networks, info->others,
              info->negatives, info->regimes, info->newest[0] != '\0' ? info->newest : "unknown",
              info->digest);
    layout_add_words(out, "", 0, text_string(&line));
    text_done(&line);
}

void match_list(const struct signatures *set, struct text *out)
{
    layout_add_cell(out, ID_COLUMNS, "id");
    text_add_char(out, ' ');
    layout_add_cell(out, NAME_COLUMNS, "name");
    text_add(out, " in serv  names nets  not revised\n");
    for (size_t i = 0; i < set->vendors.count; i++) {
        const struct vendor_record *record = set->vendors.items[i];
        const struct vendor *vendor = &record->vendor;
        layout_add_cell(out, ID_COLUMNS, vendor->id);
        text_add_char(out, ' ');
        layout_add_cell(out, NAME_COLUMNS, vendor->name);
        text_addf(out, " %2s %4zu %6zu %4zu %4zu %s\n",
                  vendor->jurisdiction[0] != '\0' ? vendor->jurisdiction : "-", record->services,
                  record->names, record->networks, record->negatives, vendor->revised);
    }
    add_totals(&set->info, out);
}
