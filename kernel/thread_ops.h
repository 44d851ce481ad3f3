/* SPDX-License-Identifier: GPL-2.0-or-later */
/* thread_ops.h - invocations of Threads; words as invoke.h has them. */
#ifndef KERNEL_THREAD_OPS_H
#define KERNEL_THREAD_OPS_H

#include "thread.h"

unsigned thread_invoke(struct thread *me, struct slot *cap, unsigned op, word_t *word);

#endif
