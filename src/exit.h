/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Exit codes of the program: a contract (README.md), so never renumbered. */
enum exit_code {
    EXIT_OK = 0,
    EXIT_ALERTS = 1,     /* --fail-on-alert was given and there were alerts */
    EXIT_USAGE = 2,      /* wrong option, configuration, signature or database */
    EXIT_UNREADABLE = 3, /* an input could not be read at all */
    EXIT_TRUNCATED = 4,  /* an input was cut or damaged: results are partial */
    EXIT_SINK = 5        /* events could not be delivered */
};
