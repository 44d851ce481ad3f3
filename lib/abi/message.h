/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * message.h - system calls, their registers, messages and map items.
 *
 * A system call has a number, four arguments and eight message words; it answers with three values
 * and eight words. All other registers that the C calling convention does not preserve return as
 * zero.
 *
 *              number  arg 0..3  words     status badge kind
 *   riscv64    a7      a0..a3    s2..s9    a0     a1    a2
 *   armv7      r12     r0..r3    r4..r11   r0     r1    r2
 *
 * A run is the capability address of the first of `count` neighbouring slots in one table; the
 * counts stand in the info word. "offer" names the empty slots that the receiver offers. REPLY and
 * REPLY_RECV with reply 0 use the thread's bound Reply. RECV and REPLY_RECV listen on the thread's
 * bound Endpoint and bound Notification. A number that is no system call is answered BAD_CALL. A
 * call that is refused has changed nothing but what SPACE_MAP says. Interrupts may come between the
 * capabilities of a run that travels: what its owner takes away meanwhile does not arrive, and if
 * the other side goes meanwhile (GONE, CANCELLED) a part has travelled.
 */
#ifndef ABI_MESSAGE_H
#define ABI_MESSAGE_H

#include "cap.h"
#include "error.h"

#define MESSAGE_WORDS 8   /* of 32 or 64 bits: registers */
#define RUN_MAX       64u /* capabilities in one message, slots in one offered run */
#define LEASE_MAX     2u  /* ranges of memory lent with a call */

/* X(call, "arg0", "arg1", "arg2", "arg3", "words", "errors", "what it does") */
#define SYSCALL_TABLE(X)                                                                           \
    X(CALL, "Endpoint", "info", "run", "offer", "the message; the answer",                         \
      "NO_CAP, WRONG_TYPE, NO_RIGHT, BAD_ARG, NO_BUFFER, GONE, CANCELLED",                         \
      "sends, and waits for the answer; needs WRITE")                                              \
    X(REPLY_RECV, "Reply or 0", "info", "run", "offer", "the answer, or map items; a message",     \
      "those of REPLY but for GONE, and those of RECV",                                            \
      "answers, then receives; receives nothing if the answer was refused")                        \
    X(RECV, "", "info", "", "offer", "-; a message",                                               \
      "NO_CAP (no Endpoint bound), NO_REPLY, BAD_ARG, NO_BUFFER, TIMEOUT, GONE, CANCELLED",        \
      "takes the notification's bits, else the first waiting caller, else waits")                  \
    X(REPLY, "Reply or 0", "info", "run", "",                                                      \
      "the answer, or map items; items done, level missing",                                       \
      "NO_CAP, WRONG_TYPE, NO_RIGHT, BAD_ARG, NO_REPLY, GONE, LATE, those of SPACE_MAP",           \
      "answers who is held, who then runs on; at an error it stays held")                          \
    X(SIGNAL, "Notification", "", "", "", "", "NO_CAP, WRONG_TYPE, NO_RIGHT",                      \
      "sets the bits of the capability's badge; needs WRITE")                                      \
    X(WAIT, "Notification or 0", "info", "", "", "",                                               \
      "NO_CAP, WRONG_TYPE, NO_RIGHT, NO_BUFFER, TIMEOUT, GONE, CANCELLED",                         \
      "takes all bits as the badge, or waits for some; 0 is the bound one; needs READ")            \
    X(INVOKE, "object", "invocation", "", "", "arguments; results", "see invoke.h",                \
      "asks something of an object")                                                               \
    X(COUNTERS, "", "", "", "", "-; enum counter", "", "reads the clocks")                         \
    X(LOG, "bytes", "", "", "", "text, low byte first", "NO_RIGHT (no THREAD_LOG), BAD_ARG",       \
      "writes up to all bytes of the words to the debug console")                                  \
    X(YIELD, "", "", "", "", "", "", "lets others of its priority run first")                      \
    X(NOTHING, "", "", "", "", "", "", "does nothing, to be measured")                             \
    X(TLS, "thread pointer", "", "", "", "", "",                                                   \
      "the caller's, for machines on which user mode cannot write it")                             \
    X(POWER, "enum power", "status", "", "", "", "NO_RIGHT (no THREAD_POWER), BAD_ARG",            \
      "the machine's end: does not return. The status is told where the machine has a way to")

enum syscall {
#define X(name, ...) SYS_##name,
    SYSCALL_TABLE(X)
#undef X
        SYS_COUNT
};

/*
 * The info word (32 bits on every port):
 *   0..6    capabilities sent: 0..64
 *   7..13   slots offered for capabilities received: 0..64
 *   14..15  how they are sent (enum transfer)
 *   16..17  leases, in the buffer: 0..2 (calls only)
 *   18      the buffer's `deadline` limits the wait (RECV, REPLY_RECV, WAIT, CALL never)
 *   19      the answer's words are map items (replies to faults and traps only)
 *   20      resume the foreign thread as its registers stand: no result, no step
 *   21      with bit 18: the time is that of this thread's last receive, whose timer runs on if it
 *           still does (REPLY_RECV: keeps an answer and the wait behind it on the short way)
 *   24..31  rights mask for derived capabilities
 */
#define INFO_SEND(n)   ((uint32_t)(n)&0x7fu)
#define INFO_RECV(n)   (((uint32_t)(n)&0x7fu) << 7)
#define INFO_MODE(m)   ((uint32_t)(m) << 14)
#define INFO_LEASES(n) ((uint32_t)(n) << 16)
#define INFO_DEADLINE  (1u << 18)
#define INFO_MAPS      (1u << 19)
#define INFO_AS_IS     (1u << 20)
#define INFO_SAME_TIME (1u << 21)
#define INFO_RIGHTS(r) ((uint32_t)(r) << 24)

#define INFO_GET_SEND(i)   ((i)&0x7fu)
#define INFO_GET_RECV(i)   (((i) >> 7) & 0x7fu)
#define INFO_GET_MODE(i)   (((i) >> 14) & 3u)
#define INFO_GET_LEASES(i) (((i) >> 16) & 3u)
#define INFO_GET_RIGHTS(i) ((i) >> 24)

enum transfer {
    TRANSFER_DERIVE, /* the receiver gets children with rights & mask */
    TRANSFER_MOVE,   /* the receiver gets the sender's capabilities */
    TRANSFER_GIVE,   /* the same, and the sender's slots keep children with rights & mask */
};

/* What was received: bits 0..7 of the kind register; bits 8..14 count the
 * capabilities that arrived. */
enum kind {
    KIND_NONE,         /* an answer, or nothing */
    KIND_CALL,         /* words as the caller sent them; badge of its capability */
    KIND_FAULT,        /* words: enum fault_word */
    KIND_TRAP,         /* words: enum trap_word; a foreign thread's system call */
    KIND_NOTIFICATION, /* badge: the bits that were set, now cleared */
};
#define KIND_OF(k)   ((k)&0xffu)
#define KIND_CAPS(k) (((k) >> 8) & 0x7fu)

/* A fault, as its handler sees it. */
enum fault_word {
    FAULT_CAUSE,    /* enum fault_cause | access << 8 (RIGHT_READ/WRITE/EXECUTE) | level << 16 */
    FAULT_ADDRESS,  /* the address accessed; for FAULT_EXCEPTION the machine's detail */
    FAULT_IP,       /* address of the instruction, which is run again when it is answered */
    FAULT_SP,       /* stack pointer */
    FAULT_ENTRY,    /* what the page's entry allows now: rights | A << 8 | D << 9; 0 = none */
    FAULT_SEQUENCE, /* counts this thread's faults */
    FAULT_CODE,     /* FAULT_EXCEPTION: the machine's cause number */
};

enum fault_cause {
    FAULT_NOT_PRESENT, /* nothing is mapped there, all tables are */
    FAULT_PERMISSION,  /* the mapping forbids the access */
    FAULT_NO_TABLE,    /* nothing there, and a PageTable is missing at `level` (0 = leaf table) */
    FAULT_BUS,         /* nothing answers at the physical address */
    FAULT_MISALIGNED,  /* no such access from this address: atomics, mostly */
    FAULT_EXCEPTION,   /* illegal instruction, breakpoint */
    FAULT_LATE,        /* told to the fallback handler: the first one missed its deadline */
};
#define FAULT_GET_CAUSE(w)  ((unsigned)(w)&0xffu)
#define FAULT_GET_ACCESS(w) ((unsigned)(w) >> 8 & 0xffu)
#define FAULT_GET_LEVEL(w)  ((unsigned)(w) >> 16 & 0xffu)

/* A foreign thread's system call. The answer's word 0 becomes its result, and it goes on behind
 * the trap. */
enum trap_word {
    TRAP_NUMBER,
    TRAP_ARG0,   /* the first of six arguments */
    TRAP_IP = 7, /* address of the trap instruction */
};

/*
 * Map items: what a Space is asked to map, in message words, so that the
 * common reply to a fault needs no memory. An item is two words:
 *
 *   word 0   first slot: one PageTable, or a run of Frames
 *   word 1   page address | count-1 (bits 0..5) | rights R W X (bits 6..8) |
 *            flags (bits 9..11)
 *
 * With MAP_COPY two words more: word 2 the first of `count` empty slots that
 * receive derived capabilities, which are what is mapped; word 3 is MAP_SAME
 * to derive all of them from the one capability in word 0 (the zero page), or
 * 0 to take neighbours. An item of zero words ends the list. In a reply at
 * most REPLY_PAGES pages are mapped; in SPACE_MAP 64 an item. Argument 2 (the
 * send run, which such a call has none of) is 0: while the call is being
 * restarted it counts the pages done.
 */
#define MAP_COPY    (1u << 9)  /* map derived capabilities */
#define MAP_REPLACE (1u << 10) /* unmap what is there first */
#define MAP_CLEAR   (1u << 11) /* zero the frames first (the capability needs WRITE) */
#define MAP_SAME    1u         /* in word 3 */
#define MAP_WHERE(va, count, rights, flags)                                                        \
    ((va) | ((unsigned long)(count)-1) | ((unsigned long)(rights) << 6) | (flags))
#define MAP_VA(w)     ((w) & ~0xffful)
#define MAP_COUNT(w)  (((unsigned)(w)&0x3fu) + 1)
#define MAP_RIGHTS(w) ((unsigned)(w) >> 6 & 7u)
#define MAP_FLAGS(w)  ((unsigned)(w)&0xe00u)
#define REPLY_PAGES   16u /* mapped by one reply at most */

enum power { POWER_OFF, POWER_RESTART, POWER_COUNT };

/* SYS_COUNTERS: words on return. On 32-bit ports each takes two words, low first. */
enum counter {
    COUNTER_NOW,    /* ns; deadlines are on this clock. Measuring runs: executed time only */
    COUNTER_CYCLES, /* instructions since power-on under -icount, idle included */
    COUNTER_IDLE,   /* the part of them spent idle */
    COUNTER_THREAD, /* executed by the calling thread */
};

#endif
