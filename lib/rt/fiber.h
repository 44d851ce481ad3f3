/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fiber.h - stacks of one's own: switching between them within one thread, and where a
 * further thread of the same program begins.
 */
#ifndef RT_FIBER_H
#define RT_FIBER_H

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

/*
 * The ip for THREAD_START, the argument being a struct arch_thread that lives as long: sets
 * up what compiled code counts on, then calls run(arg), which must not return.
 */
struct arch_thread {
    void (*run)(void *);
    void *arg;
};
void arch_thread_entry(void);

#endif
