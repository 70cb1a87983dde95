/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

/* Every frame's time lies between -TICKS_NS_MAX and TICKS_NS_MAX (2116-02-20), so that the
 * difference of two times never overflows.  What lies outside is held at the end. */
#define TICKS_NS_MAX (INT64_C(1) << 62)

/* Returns the nanoseconds of `seconds` and `ns` (any values), held at TICKS_NS_MAX. */
int64_t ticks_from_seconds(uint64_t seconds, uint64_t ns);
/* Returns the nanoseconds of a count of ticks.  `resolution` is the value of a pcapng if_tsresol option: the
 * negative power of ten in a second, or of two where the highest bit is set.  Any value is allowed. */
int64_t ticks_to_ns(uint64_t ticks, uint8_t resolution);
/* Returns `ts_ns` moved by `seconds` (a pcapng if_tsoffset, any value), held at the ends. */
int64_t ticks_shift(int64_t ts_ns, int64_t seconds);
