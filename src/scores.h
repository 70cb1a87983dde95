/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>

#include "behave/score.h"

struct series;
struct series_set;
struct text;

/* The scores of all series of a run, judged together: of a thousand series ten look periodic at 0.01 by chance, so what
 * counts is the share of false ones among those that are called periodic (Benjamini and Hochberg). */

enum scores_verdict {
    SCORES_TOO_FEW, /* fewer than SCORE_TIMES_MIN events: not scored */
    SCORES_APERIODIC,
    SCORES_PERIODIC
};

struct scored {
    const struct series *series; /* borrowed */
    struct score score;
    double q_value; /* the p-value adjusted for the number of series that were scored */
    enum scores_verdict verdict;
};

struct scores {
    struct scored *all; /* owned; in the order of the set */
    size_t count;
    size_t periodic, too_few;
};

/* Scores every series of a finished set; periodic is what has a q-value of at most `level`.  Released with scores_done(). */
void scores_init(struct scores *scores, const struct series_set *set, double level);
void scores_done(struct scores *scores);
/* Puts the highest score first; equal ones by p-value, then as they were. */
void scores_sort(struct scores *scores);
/* Adds one JSON object and an end of line (docs/series.md). */
void scores_write(const struct scored *scored, struct text *out);
