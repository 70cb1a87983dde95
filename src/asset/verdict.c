/* SPDX-License-Identifier: Apache-2.0 */
/* The words of verdicts. */
#include "asset/verdict.h"

const char *verdict_role_text(enum verdict_role role)
{
    static const char *const words[] = {[VERDICT_AGENT] = "agent",
                                        [VERDICT_SPEAKS_FOR] = "speaks-for",
                                        [VERDICT_EMBEDDED] = "embedded",
                                        [VERDICT_BEHIND] = "behind"};
    return words[role];
}

const char *verdict_state_text(enum verdict_state state)
{
    static const char *const words[] = {[VERDICT_CANDIDATE] = "candidate",
                                        [VERDICT_INSTALLED] = "installed",
                                        [VERDICT_QUIET] = "quiet",
                                        [VERDICT_REMOVED] = "removed",
                                        [VERDICT_RETURNED] = "returned"};
    return words[state];
}

const char *asset_change_text(enum asset_change_kind kind)
{
    static const char *const words[] = {[ASSET_INSTALLED] = "installed",
                                        [ASSET_REMOVED] = "removed",
                                        [ASSET_RETURNED] = "returned",
                                        [ASSET_REPLACED] = "replaced",
                                        [ASSET_UPDATED] = "updated"};
    return words[kind];
}
