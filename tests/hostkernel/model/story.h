/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * story.h - sequences of steps of several threads, told to the kernel and to the book at once.
 *
 * A story is invented from a seed, may be shortened while it still fails, and is written as text
 * that can be read back: one step a line, as told in README.md.
 */
#ifndef MODEL_STORY_H
#define MODEL_STORY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define STORY_WORDS 5u
#define STORY_MAX   2048u

enum step_kind {
    STEP_INVOKE,
    STEP_GO_ON,
    STEP_YIELD,
    STEP_INTERRUPTS,
    STEP_TOUCH,
    STEP_IPC,
    STEP_TIME,
    STEP_BIND,
    STEP_DIE,
    STEP_KINDS
};

struct step {
    uint64_t kind, object, op, word[STORY_WORDS + 1];
};

struct story {
    bool svade; /* on a machine that leaves accessed and dirty to the kernel */
    unsigned count;
    struct step step[STORY_MAX];
};

/* Boots, and invents up to `steps` steps as it goes. False: it failed, at its last step. */
bool story_invent(struct story *s, uint64_t seed, unsigned steps);
bool story_tell(const struct story *s);
/* Why the last one failed. */
const char *story_reason(void);
void story_shorten(struct story *s);
void story_write(const struct story *s, FILE *to);
bool story_read(struct story *s, FILE *from);

#endif
