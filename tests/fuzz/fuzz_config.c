/* SPDX-License-Identifier: Apache-2.0 */
/* A configuration file of any bytes: reading it ends, releases everything, and what is shown of it
 * reads back as the same policy. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "config/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_shown(const struct settings *settings)
{
    struct text shown = {0};
    struct settings again;
    struct error err = {""};
    config_show(settings, &shown);
    settings_init(&again);
    if (!settings_parse(&again, "shown", shown.data, shown.length, &err))
        abort();
    if (strcmp(settings->policy.digest, "default") != 0 &&
        strcmp(settings->policy.digest, again.policy.digest) != 0)
        abort();
    settings_done(&again);
    text_done(&shown);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct settings settings;
    struct error err = {""};
    settings_init(&settings);
    if (settings_parse(&settings, "fuzz", (const char *)data, size, &err))
        check_shown(&settings);
    else if (err.text[0] == '\0')
        abort();
    settings_done(&settings);
    return 0;
}
