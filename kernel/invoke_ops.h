/* SPDX-License-Identifier: GPL-2.0-or-later */
/* invoke_ops.h - SYS_INVOKE. */
#ifndef KERNEL_INVOKE_OPS_H
#define KERNEL_INVOKE_OPS_H

#include "captable.h"

/* word[8] in and out. Results beside enum err: ERR_RESTART. */
unsigned invoke(struct thread *t, cap_t address, unsigned op, word_t *word);

#endif
