/* SPDX-License-Identifier: GPL-2.0-or-later */
/* types.h - the kernel's scalar types. Physical and virtual addresses never convert silently:
 * arch.h's window() and window_paddr() are the only ways between them. */
#ifndef KERNEL_TYPES_H
#define KERNEL_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uintptr_t paddr_t; /* memory beyond a word is no business of the kernel */
typedef uintptr_t vaddr_t;
typedef uintptr_t word_t; /* a message word */
typedef uint32_t ref_t;   /* physical address >> 5 of a slot or an object; 0 = none */
typedef uint32_t pfn_t;   /* physical address >> 12 */

#define KERNEL_BITS(n) (1ull << (n))

#endif
