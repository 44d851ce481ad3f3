/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arch.h - the contract between the portable kernel and a port.
 *
 * A port supplies, in its folder on the include path:
 *   pte.h     geometry of the page tables and the encoding of entries
 *   regs.h    struct registers (first member of a thread) and the order of buffer.reg[]
 *   cpu.h     struct fpu_state, the window's offset (ARCH_WINDOW), ARCH_SPACE_BITS,
 *             ARCH_PAGETABLE_BITS, ARCH_TABLE_ENTRIES, ARCH_USER_TOP, ARCH_ASIDS, and inline
 * versions of what stands below where that is cheaper and the functions below. Everything runs with
 * interrupts masked, on the processor's one kernel stack. The kernel never touches user addresses:
 * it goes through the window.
 *
 * Upcalls from the port's trap code (kernel/trap.h): trap_syscall, trap_fault,
 * trap_exception, trap_timer, trap_irq; the thread in cpu.current has its registers saved.
 * When they return the port resumes cpu.current, whoever that is by then.
 */
#ifndef KERNEL_ARCH_H
#define KERNEL_ARCH_H

#include "types.h"

#include "boot.h"
#include "cpu.h"
#include "message.h"
#include "pte.h"
#include "regs.h"

/* ---- the kernel's window on physical memory ---- */

static inline void *window(paddr_t pa)
{
    return (void *)(uintptr_t)(pa + ARCH_WINDOW);
}

static inline paddr_t window_paddr(const void *p)
{
    return (paddr_t)((uintptr_t)p - ARCH_WINDOW);
}

/*
 * In cpu.h: void *arch_view(paddr_t pa, unsigned n): memory as the kernel sees it, up to the end of
 * the page. What lies beyond the window (ARCH_WINDOW_END), which only Frames do, is seen by the
 * temporary page n until the next view by that one.
 */
enum view { VIEW_TO, VIEW_FROM, VIEW_BUFFER };

/* ---- start ---- */

/* Trap vector, clock, interrupt controller, console, from the loader's findings.
 * Before: the port's entry code has set up the window and the stack. After: arch_log works,
 * all interrupt lines are masked, the loader's identity mapping is gone. */
void arch_init(const struct boot *boot);

/* Resume cpu.current for the first time; does not return. */
_Noreturn void arch_enter_user(void);

/* ---- debug console, end ---- */

void arch_putc(char c);
_Noreturn void arch_halt(void); /* after a panic: power off with a failing status if possible */
/* The end that somebody who may asked for. */
_Noreturn void arch_power(enum power how, unsigned status);

/* ---- registers of a stopped thread ---- */

/* Arguments 0..3 and the number of a native thread's system call. */
word_t arch_arg(const struct registers *r, unsigned n);
void arch_set_arg(struct registers *r, unsigned n, word_t value); /* before arch_restart() */
unsigned arch_syscall_number(const struct registers *r);
void arch_set_tls(struct registers *r, word_t value);    /* the thread pointer */
word_t arch_word(const struct registers *r, unsigned n); /* message word 0..7 */
word_t *arch_words(struct registers *r);                 /* all of them */
void arch_set_word(struct registers *r, unsigned n, word_t value);
/* The answer registers of a system call; the message words stay, all other registers that a
 * call does not preserve become zero. */
void arch_answer(struct registers *r, unsigned err, word_t badge, unsigned kind);
/* The trap is to be executed again: the ip goes back onto the trap instruction. Trap entry
 * leaves the ip behind it for system calls, on the instruction for faults. */
void arch_restart(struct registers *r);
/* A foreign thread's system call: number, six arguments, ip of the trap. */
void arch_trap_words(const struct registers *r, word_t word[MESSAGE_WORDS]);
void arch_trap_result(struct registers *r, word_t result);
vaddr_t arch_ip(const struct registers *r);
vaddr_t arch_sp(const struct registers *r);
/* A fresh user context: everything else zero. */
void arch_registers_init(struct registers *r, vaddr_t ip, vaddr_t sp, word_t arg, word_t tls);
/* To and from the buffer's order (regs.h); write ignores what a user may not choose.
 * f is the saved FPU state. */
void arch_registers_read(const struct registers *r, const struct fpu_state *f, uint64_t *out);
void arch_registers_write(struct registers *r, struct fpu_state *f, const uint64_t *in);

/*
 * ---- ways out of a trap, for kernel/fast.c, which does them last ----
 *
 * A port's do not return; the host's does what they say to saved registers, and does.
 * `to` are the registers of cpu.current, whose call or receive is answered with status, badge and
 * kind; its words are told by the name. Fault and trap take ip, sp and words from the thread that
 * trapped, whose registers are all saved.
 */
void arch_resume_words(unsigned status, word_t badge, unsigned kind, struct registers *to);
void arch_resume_saved(unsigned status, word_t badge, unsigned kind, struct registers *to);
void arch_resume_trap(unsigned status, word_t badge, unsigned kind, struct registers *to);
void arch_resume_fault(unsigned status, word_t badge, unsigned kind, struct registers *to,
                       word_t cause, vaddr_t address, word_t sequence);
/* cpu.current goes on with all registers as they are saved. */
void arch_resume(void);
/* Nothing was done: the slow path. A call's arguments are as they were given. */
void arch_slow_call(word_t arg0, word_t arg1, word_t arg2, word_t arg3, unsigned number);
void arch_slow_fault(void);
void arch_slow_trap(void);

/* ---- FPU: at most one thread's state is in the registers ---- */

/* The thread that runs next is the FPU's owner (true) or not (false: first use traps, and the
 * port calls trap_fpu()). */
void arch_fpu_allow(bool owner);
void arch_fpu_save(struct fpu_state *f);
void arch_fpu_load(const struct fpu_state *f);

/* ---- address spaces ---- */

/* Make a root table the kernel has cleared usable: enters the kernel's part of the space. */
void arch_root_init(void *root);
/* static inline in cpu.h:
 * word_t arch_space_handle(paddr_t root, unsigned asid): what tells the processor of both;
 * void arch_space_enter(word_t handle, unsigned asid): before: root is initialised. After: this
 * core uses no translation of another space for users. Does nothing if it is current. */
/* The space that a dying root is current in is left for the kernel's own. */
void arch_space_leave(paddr_t root);
/* After: no core uses a stale translation of the page (all pages) of that space. */
void arch_flush_page(unsigned asid, vaddr_t va);
void arch_flush_space(unsigned asid);
/* The same for all; the kernel's own space is current then. */
void arch_flush_all(void);
/* In cpu.h: void arch_sync_instructions(paddr_t pa, size_t bytes): the frame's new contents will be
 * seen by instruction fetch. */

/* ---- memory, in whole words, pages or lines: faster than byte loops ---- */

void arch_clear(void *p, size_t bytes);                   /* multiples of 64 */
void arch_copy_page(void *to, const void *from);          /* 4 KiB */
void arch_copy(void *to, const void *from, size_t bytes); /* any alignment */

/* ---- time and idling ---- */

uint64_t arch_now(void);    /* ns since power-on, the machine's clock */
uint64_t arch_cycles(void); /* instructions since power-on, idle included (under -icount) */
/* In cpu.h: void arch_spent(word_t *since, uint64_t *sum): adds those since it was called last. */
/* One interrupt at or after that time; UINT64_MAX = none. */
void arch_timer_set(uint64_t ns);
/* Wait until an interrupt is pending (interrupts stay masked: it is not taken). */
void arch_idle(void);
/* An interrupt is pending: a long operation should let it in. */
bool arch_interrupt_pending(void);
/* Serve what is pending without a trap: calls trap_timer() and trap_irq(). */
void arch_poll(void);
/* Waste instructions until arch_cycles() - start is a multiple of the clock's period, so that
 * a wait of unknown length leaves the phase of timer interrupts unchanged (measuring runs). */
void arch_align(uint64_t start);

/* ---- interrupt lines ---- */

void arch_irq_mask(unsigned line);
void arch_irq_unmask(unsigned line);

/* ---- atomic changes of entries: the hardware may set A and D at any time ---- */
/* pte.h: pte_t; pte_exchange(pte_t *, pte_t new) -> old; pte_clear_bits(pte_t *, pte_t) -> old;
 * pte_set_bits(pte_t *, pte_t) -> old. And the encoding:
 *   PTE_LEVELS                     3 on Sv39; level 0 holds the smallest leaves
 *   pte_index(va, level), pte_span(level) (log2 of bytes an entry maps), pte_base(va, level)
 *   (va rounded down to that span), pte_leaf_exists(level), pte_permissions_exist(rights)
 *   (none, and W without R, do not), pte_is_user(va) (it is below ARCH_USER_TOP)
 *   pte_table(paddr), pte_leaf(paddr, rights, accessed, dirty, level), PTE_NONE
 *   pte_valid(e), pte_is_table(e, level), pte_paddr(e)
 *   pte_rights(e), pte_accessed(e), pte_dirty(e), PTE_A, PTE_D, pte_permissions(rights)
 *   pte_harvest(e)                the byte of enum harvest_bit for an entry
 *   PTE_PERMISSIONS               mask of the bits that pte_permissions() sets
 */

#endif
