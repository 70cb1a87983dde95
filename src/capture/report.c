/* SPDX-License-Identifier: Apache-2.0 */
/* The sentences and counters of one run.  Sentences are bounded, because a folder may hold a million broken
 * files; the counters go on.
 * File names are made visible: those in a folder may hold escape sequences for the terminal. */
#include "capture/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"

void report_done(struct report *report)
{
    for (size_t i = 0; i < report->count; i++)
        free(report->sentences[i]);
    free(report->sentences);
    report->sentences = NULL;
    report->count = 0;
}

void report_add(struct report *report, enum capture_result result, const char *format, ...)
{
    if (result > report->result)
        report->result = result;
    if (report->count >= CAPTURE_PROBLEMS_MAX)
        return;
    struct error sentence;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(sentence.text, sizeof sentence.text, format, arguments);
    va_end(arguments);
    struct text shown = {0};
    text_add_visible(&shown, sentence.text, strlen(sentence.text));
    report->sentences = mem_resize(report->sentences, report->count + 1, sizeof *report->sentences);
    report->sentences[report->count++] = mem_text(text_string(&shown));
    text_done(&shown);
}
