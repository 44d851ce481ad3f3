/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kit_run.h - between the runner and the kit.
 */
#ifndef TEST_KIT_RUN_H
#define TEST_KIT_RUN_H

#include "cap.h"

#include <stdbool.h>
#include <stdint.h>

void kit_begin(void);
/* NULL, or what the test left behind. */
const char *kit_end(void);

/* What the test saw (kit_saw): how many answers, and a sum over them in their order. */
struct transcript {
    unsigned answers;
    uint64_t sum;
};
struct transcript kit_transcript(void);

/* An empty slot of the root table; all are free again at kit_begin. */
cap_t kit_root_slot(void);

/* All peers are gone: their stacks and buffers are free again. */
void peers_begin(void);
/* Is the caller a peer? Then its check has failed, and it ends. */
bool peer_failed(const char *reason);

#endif
