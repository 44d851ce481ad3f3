/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lend.h - capabilities of cached pages for a client.
 */
#ifndef FILE_LEND_H
#define FILE_LEND_H

#include "cache.h"
#include "protocol.h"

#define LEND_MAX RUN_MAX

/* false: no slots. */
bool lend_init(void);

/* Answers `c` with capabilities of `count` (1..LEND_MAX) pages: read-only ones, or writable. */
enum err lend_pages(struct call *c, struct page **page, uint32_t count, bool writable);

#endif
