/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * output.h - writes to the disk, several in flight.
 *
 * Only the fiber of jobs writes (job.h): whatever is added here was decided there, and
 * output_end waits for all of it. Neighbours on the disk travel in one request.
 */
#ifndef FILE_OUTPUT_H
#define FILE_OUTPUT_H

#include "error.h"

#include <stdbool.h>
#include <stdint.h>

struct page;

void outputs_init(void);

/*
 * Writes `bytes` (whole sectors, at most a page) from a physical address; may wait for room. The
 * memory stays as it is until output_end. What belongs to a page marks that page's error.
 */
void output_add(uint64_t sector, uint64_t physical, uint32_t bytes, struct page *page);
/* Waits for all that was added. The first error since the last end. */
enum err output_end(void);
/* The same, and then until a power failure cannot undo it. */
enum err output_flush(void);

#endif
