/* SPDX-License-Identifier: GPL-2.0-or-later */
/* irq.h - interrupt lines. */
#ifndef KERNEL_IRQ_H
#define KERNEL_IRQ_H

#include "captable.h"

#define IRQ_LINES   128u
/* Measuring runs: a completion is delivered this many ns (instructions) after its request. */
#define IRQ_LATENCY 20000u

unsigned irq_bind(struct thread *t, struct slot *s, word_t *word);
unsigned irq_ack(struct slot *s, word_t *word);
unsigned irq_expect(struct thread *t, struct slot *s, word_t *word);
void irq_raise(unsigned line);
/* Measuring runs: when the next expected completion is due (UINT64_MAX: none), and its delivery. */
uint64_t irq_due(void);
void irq_deliver_due(void);

#endif
