/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * request.h - requests of the disk for pages, put together block by block.
 *
 * Blocks added one after the other travel in one request as long as they are neighbours on
 * the disk. A request that fails is made again part by part, so that a bad sector costs the
 * page it is in and not its neighbours.
 */
#ifndef FILE_REQUEST_H
#define FILE_REQUEST_H

#include "cache.h"

void requests_init(void);

/* There is one that is not in flight. */
bool request_free(void);

/*
 * Asks for `bytes` at `sector` into the page at `offset`: p->parts grows. false: no request is
 * free; nothing has changed.
 */
bool request_add(struct page *p, uint64_t sector, uint32_t offset, uint32_t bytes);

/* Sends what was put together. */
void request_close(void);

/* All of the page's blocks were asked for: one of its parts ends. */
void request_page_end(struct page *p);

#endif
