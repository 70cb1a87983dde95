/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "match/signature.h"

/* Vendors and their services, as signatures would have them. */

static const struct vendor rig_kaspersky = {.id = "kaspersky", .name = "Kaspersky"};
static const struct vendor rig_eset = {.id = "eset", .name = "ESET"};
static const struct vendor rig_bitdefender = {.id = "bitdefender", .name = "Bitdefender"};
static const struct vendor rig_avast = {
    .id = "avast", .name = "Avast", .parent = {.name = "Gen Digital Inc."}};
static const struct vendor rig_avira = {
    .id = "avira", .name = "Avira", .parent = {.name = "Gen Digital Inc."}};
static const struct vendor rig_defender = {.id = "microsoft-defender", .name = "Defender"};

#define RIG_SERVICE(owner, word, what)                                                             \
    {                                                                                              \
        .vendor = (owner), .id = (word), .name = (word), .product = "endpoint",                    \
        .product_name = "Endpoint", .product_kind = "endpoint", .purpose = (what),                 \
        .confidence = CONFIDENCE_DOCUMENTED                                                        \
    }

static const struct service rig_update = RIG_SERVICE(&rig_kaspersky, "update", PURPOSE_UPDATE);
static const struct service rig_ksn = RIG_SERVICE(&rig_kaspersky, "ksn", PURPOSE_CLOUD_REPUTATION);
static const struct service rig_stat = RIG_SERVICE(&rig_kaspersky, "stat", PURPOSE_TELEMETRY);
static const struct service rig_script =
    RIG_SERVICE(&rig_kaspersky, "script", PURPOSE_LOCAL_INTERCEPTION);
static const struct service rig_portal = {.vendor = &rig_kaspersky,
                                          .id = "portal",
                                          .name = "portal",
                                          .purpose = PURPOSE_ACCOUNT,
                                          .browser = true};
static const struct service rig_any = {
    .vendor = &rig_kaspersky, .id = "any", .name = "any", .purpose = PURPOSE_VENDOR_SUFFIX};
static const struct service rig_mixed = RIG_SERVICE(&rig_kaspersky, "mixed", PURPOSE_MIXED);
static const struct service rig_oem = {.vendor = &rig_kaspersky,
                                       .id = "oem",
                                       .name = "oem",
                                       .product = "engine",
                                       .product_name = "Engine in others",
                                       .product_kind = "engine",
                                       .purpose = PURPOSE_OEM_UPDATE,
                                       .embedder_id = "check-point",
                                       .embedder_name = "Check Point",
                                       .embedder_product = "ZoneAlarm"};
static const struct service rig_eset_update = RIG_SERVICE(&rig_eset, "update", PURPOSE_UPDATE);
static const struct service rig_livegrid =
    RIG_SERVICE(&rig_eset, "livegrid", PURPOSE_CLOUD_REPUTATION);
static const struct service rig_nimbus =
    RIG_SERVICE(&rig_bitdefender, "nimbus", PURPOSE_CLOUD_REPUTATION);
static const struct service rig_avast_iavs = RIG_SERVICE(&rig_avast, "iavs", PURPOSE_UPDATE);
static const struct service rig_avira_query =
    RIG_SERVICE(&rig_avira, "query", PURPOSE_CLOUD_REPUTATION);
static const struct service rig_wdcp = RIG_SERVICE(&rig_defender, "wdcp", PURPOSE_CLOUD_REPUTATION);
static const struct service rig_wd_update = RIG_SERVICE(&rig_defender, "update", PURPOSE_UPDATE);
static const struct service rig_server = {.vendor = &rig_kaspersky,
                                          .id = "server",
                                          .name = "server",
                                          .product = "server",
                                          .product_name = "Server",
                                          .product_kind = "server",
                                          .purpose = PURPOSE_MANAGEMENT};
