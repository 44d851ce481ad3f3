/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fiber.h - switching between stacks within one thread.
 */
#ifndef ARCH_FIBER_H
#define ARCH_FIBER_H

/*
 * Save what the C calling convention preserves on the current stack, its address in
 * *from, and go on where `to` was saved (or as arch_fiber_frame laid it out).
 */
void arch_fiber_switch(void **from, void *to);

/*
 * Lay a first frame on an empty stack; returns what to switch to. Then entry(arg) runs,
 * and must not return.
 */
void *arch_fiber_frame(void *stack_top, void (*entry)(void *), void *arg);

#endif
