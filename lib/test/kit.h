/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kit.h - what kernel tests are made of: memory, slots and objects that end with the test.
 *
 * A ktest is a root task: it boots in init's place, with lib/root. Each TEST gets an empty
 * table of slots and all the memory of the *arena*, one Untyped. Afterwards the arena is
 * revoked, so a test cleans nothing up; that everything in it can be revoked is checked
 * after each test.
 *
 * Tests run at KIT_PRIORITY, below all peers: what a test sets in motion has come to
 * rest when its next line runs.
 */
#ifndef TEST_KIT_H
#define TEST_KIT_H

#include "rt.h"
#include "unit.h"

#define KIT_PRIORITY   2u
#define KIT_ARENA_BITS 22u
#define KIT_SLOTS_BITS 15u                  /* 1024 slots */
#define KIT_VA         0x20000000ul         /* where tests map what they like */
#define KIT_LEAF_BYTES ((uintptr_t)1 << 21) /* what one leaf table spans */

/* The test's Untyped; it is the test's to retype and revoke. */
cap_t kit_arena(void);
/* Neighbouring empty slots of the test's table. */
cap_t kit_slots(unsigned count);
/* One object; the test fails if it cannot be made. */
cap_t kit_object(unsigned type, unsigned log2_size);
/* Neighbouring 4K frames, zeroed. */
cap_t kit_frames(unsigned count);
/* A capability derived from another: the same with fewer rights, or with a badge. */
cap_t kit_derive(cap_t from, uint32_t rights, word_t badge);

/* An address space that holds this program's image (shared, its variables too). */
cap_t kit_space(void);
/* An empty one. */
cap_t kit_space_empty(void);
/* The frame (init's own) of a page of this program's image. */
cap_t kit_image_frame(const void *page);
/* The page tables that [va, va + bytes) lacks, so that Frames can be mapped there. */
void kit_tables(cap_t space, uintptr_t va, uintptr_t bytes);

#define CHECK_OK(call)          CHECK_ERR(call, ERR_OK)
#define CHECK_ERR(call, wanted) kit_error(__FILE__, __LINE__, #call, (call), (wanted))
void kit_error(const char *file, int line, const char *text, enum err is, enum err want);

/* What the kernel answered in step `step` of whoever asks becomes part of the test's transcript:
 * the runner compares those of two kernels. */
void kit_saw(unsigned step, const struct answer *a, const word_t word[MESSAGE_WORDS]);

/* The kind of capability in a slot: enum object_type, OBJ_NULL if it is empty. */
unsigned kit_type(cap_t cap);
struct cap_facts kit_facts(cap_t cap);

#endif
