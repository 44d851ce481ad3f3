/* SPDX-License-Identifier: GPL-2.0-or-later */
/* service.h - the frame protocol's handlers. */
#ifndef FRAME_SERVICE_H
#define FRAME_SERVICE_H

#include "frames.h"
#include "serve.h"

/* Wires the loop to the memory; the caller has chosen s->offered. */
void service_init(struct server *s, struct frames *f);

#endif
