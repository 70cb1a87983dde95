/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Checked reading of numbers that people write.  Each returns false and leaves the result untouched
 * for anything but a whole, in-range number; white space is not accepted. */

/* Decimal, 0 to `max`. */
bool number_parse_u64(const char *text, uint64_t max, uint64_t *ret_value);
/* A span of time: a decimal number (a fraction is allowed) and a unit of ns, us, ms, s, min, h,
 * d; no unit means seconds. */
bool number_parse_duration(const char *text, int64_t *ret_ns);
/* A size: a whole number and a unit of B, KiB, MiB, GiB (or k, M, G, powers of 1024); no unit means
 * bytes. */
bool number_parse_size(const char *text, uint64_t *ret_bytes);
/* A finite decimal fraction between `min` and `max`, both included. */
bool number_parse_double(const char *text, double min, double max, double *ret_value);
