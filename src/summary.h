/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdio.h>

struct run;

/* Prints who talks to which vendor, where, how much and how sure: one block for each vendor, one line for each asset and service.
 * 80 columns where the names allow; bytes from the wire are made visible. */
void summary_print(FILE *out, struct run *run);
