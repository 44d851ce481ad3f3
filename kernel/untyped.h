/* SPDX-License-Identifier: GPL-2.0-or-later */
/* untyped.h - retype. */
#ifndef KERNEL_UNTYPED_H
#define KERNEL_UNTYPED_H

#include "captable.h"

/* UNTYPED_RETYPE; progress is kept in word[4] and word[5] while it is restarted. */
unsigned untyped_retype(struct thread *t, struct slot *untyped, word_t *word);

#endif
