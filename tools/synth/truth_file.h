/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>
#include <stdio.h>

#include "base/text.h"

struct json;

/* What the writers of the truth file share. */
struct truth_file {
    FILE *stream;
    char *path;
    struct text line;
    uint64_t rows, contacts;
};

/* Writes the line and begins the next. */
void truth_flush(struct truth_file *truth);
void truth_add_time(struct json *json, const char *key, int64_t ts_ns);
