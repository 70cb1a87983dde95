/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "capture/reader.h"

struct error;
struct series_set;
struct source;

/* Reads a capture with the whole engine, at its default settings, and adds each series of wake-ups that it hears to `set`: who
 * wakes up for whom, and how.  The ids are `ASSET -> WHOM CHANNEL`.  Adds what came before where the capture is cut or damaged.
 * Anything but READ_END comes with a sentence without the file's name. */
enum read_status listen_to_capture(struct source *source, struct series_set *set,
                                   struct error *err);
