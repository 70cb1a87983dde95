/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "capture/reader.h"

/* The state of reading one pcapng file. */
struct pcapng_file;

/* True where the four bytes are the type of a section header block. */
bool pcapng_file_is(const uint8_t magic[static 4]);
/* Borrows both until pcapng_file_free(). */
struct pcapng_file *pcapng_file_new(struct source *source, struct read_extras *extras);
void pcapng_file_free(struct pcapng_file *file);
/* As reader_next(). */
enum read_status pcapng_file_next(struct pcapng_file *file, struct frame *ret_frame,
                                  struct error *err);
