/* SPDX-License-Identifier: Apache-2.0 */
/* The closed vocabularies of signature files.  Words rather than free text, so that a typing error
 * is an error at start-up and not a rule that never fires.  Countries: ISO 3166-1, as of 2024. */
#include "match/words.h"

#include <string.h>

#include "match/hit.h"
#include "match/signature.h"

#define WORD_ITEM(name, text) text,

const char *const purpose_words[] = {PURPOSE_LIST(WORD_ITEM) NULL};

const char *const confidence_words[] = {"unsure", "seen", "documented", NULL};

const char *const reason_words[] = {"website",
                                    "blog",
                                    "download",
                                    "pki",
                                    "mail",
                                    "shared_cdn",
                                    "lookalike_malware",
                                    "lookalike",
                                    "ddos_transit",
                                    "oem_gateway",
                                    "synthetic_lookalike",
                                    "public_resolver",
                                    "unverified_name",
                                    "injected_script",
                                    "shared_fingerprint",
                                    NULL};

const char *const kind_words[] = {"endpoint", "mobile", "gateway", "server", "management",
                                  "cleaner",  "engine", "vpn",     "other",  NULL};

const char *const cover_words[] = {"branded", "embedded", "successor", NULL};

static const char *const indicator_words[] = {INDICATOR_LIST(WORD_ITEM)};

/* Three characters each, so that one search finds a code at a multiple of three. */
static const char countries[] =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ "
    "BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM "
    "DO DZ EC EE EG EH ER ES ET EU FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR "
    "GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM "
    "KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP "
    "MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL "
    "PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST "
    "SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG "
    "VI VN VU WF WS YE YT ZA ZM ZW ";

int word_find(const char *const *words, const char *word)
{
    for (int i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return -1;
}

bool country_known(const char *code)
{
    if (strlen(code) != 2)
        return false;
    for (size_t i = 0; i + 2 < sizeof countries; i += 3)
        if (memcmp(countries + i, code, 2) == 0)
            return true;
    return false;
}

const char *purpose_text(enum purpose purpose)
{
    return purpose_words[purpose];
}

const char *confidence_text(enum confidence confidence)
{
    return confidence_words[confidence];
}

const char *indicator_text(enum indicator indicator)
{
    return indicator_words[indicator];
}
