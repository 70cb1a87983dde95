/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <check.h>

/* Runs one suite with TAP on standard output and returns the exit code for main(). */
int run_suite(Suite *suite);

/* Makes a suite of one test case from a NULL-terminated list of tests. */
Suite *suite_of(const char *name, const TTest *const *tests);
