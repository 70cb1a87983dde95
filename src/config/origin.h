/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "config/option.h"
#include "config/settings.h"

/* Where an option's value came from. */
enum origin_kind {
    ORIGIN_DEFAULT,
    ORIGIN_FILE,
    ORIGIN_SET
};

struct settings_origin {
    enum origin_kind kind;
    unsigned line; /* of the key, ORIGIN_FILE only */
};

/* Writes the value of any option, exceptions too, as YAML. */
void origin_print_value(const struct settings *settings, const struct option *option,
                        struct text *out);
/* Writes `default`, `site.yaml:12` or `--set`. */
void origin_print(const struct settings *settings, const struct option *option, struct text *out);
