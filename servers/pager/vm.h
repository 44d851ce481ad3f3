/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vm.h - the one header between the two halves of a supervisor: the memory of its task,
 * as the personality asks for it. The VM knows no system calls, the personality no policy.
 *
 * Addresses and sizes come from the program and are checked here: an answer other than
 * ERR_OK has changed nothing, but where it says how far it came. What the errors mean:
 *
 *   ERR_BAD_ARG    not page-aligned, empty, beyond the task's addresses, bad flags
 *   ERR_NO_MEMORY  no room in the address space or a limit; for protect, sync, lock and
 *                  advise also: a page of the range belongs to no mapping
 *   ERR_EXISTS     VM_NOREPLACE and something is there
 *   ERR_NO_ACCESS  the mapping may never have these rights
 *   ERR_FAULT      the program itself would get SIGSEGV or SIGBUS there
 *   ERR_PENDING    a page is on its way: park the trap, it is tried again when it came
 *   ERR_LIMIT      no frame is left for the task: end it with SIGKILL
 */
#ifndef PAGER_VM_H
#define PAGER_VM_H

#include "cap.h"
#include "error.h"
#include "loop.h"
#include "process.h"
#include "sys.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct object; /* a memory object; the personality only passes it on */
struct vm;     /* the memory's state; the personality does not look inside */
struct person; /* the personality's; the VM does not look inside */

/* The supervisor's one task: all state hangs here. */
struct task {
    struct vm *vm;
    struct person *person;
    cap_t space, thread; /* the task's, empty when the supervisor starts */
    unsigned threads;    /* that run its program */
    cap_t file, process; /* sessions: names and objects; console, exit */
    cap_t swap;          /* session for anonymous objects; CAP_NULL: there is no swap server */
    word_t file_bits;    /* raised in our notification when a pending call is worth repeating */
    word_t process_bits;
    word_t store_bits; /* the swap server's; 0: there is none */
    struct supervisor_status *status;
    uint64_t deadline; /* ns: parked events are then tried again, bits or not; 0 = never.
                        * The personality's; main.c arms the receive with it and clears it */
};

/* ---- mappings ---- */

enum vm_rights { VM_READ = RIGHT_READ, VM_WRITE = RIGHT_WRITE, VM_EXECUTE = RIGHT_EXECUTE };

enum vm_flag {
    VM_SHARED = 1 << 0,    /* else private */
    VM_FIXED = 1 << 1,     /* at `address`, replacing what is there; else a hint */
    VM_NOREPLACE = 1 << 2, /* with VM_FIXED: ERR_EXISTS instead of replacing */
    VM_GROWSDOWN = 1 << 3, /* a stack */
    VM_POPULATE = 1 << 4,  /* make the pages present now, as far as that needs no waiting */
    VM_LOCKED = 1 << 5,    /* never evicted */
    VM_MAY_WRITE = 1 << 6, /* VM_SHARED: the object is open for writing */
};

#define VM_ANONYMOUS 0u /* no object */

struct vm_mapping {
    uintptr_t address;
    size_t bytes; /* rounded up to pages */
    unsigned rights, flags;
    uint32_t handle;       /* of a memory object in the session task->file, or VM_ANONYMOUS */
    struct object *object; /* an anonymous one instead (vm_object_make); else NULL */
    uint64_t offset;       /* in it; page-aligned */
};

/* The handle becomes the VM's (hand it a file_dup of the program's); it is closed when its
 * last page is unmapped. After an error it is still the caller's. A shared object that is not
 * open for writing is mapped read-only: VM_WRITE with it is ERR_NO_ACCESS. */
enum err vm_map(struct task *t, const struct vm_mapping *m, uintptr_t *at);
enum err vm_unmap(struct task *t, uintptr_t address, size_t bytes);
enum err vm_protect(struct task *t, uintptr_t address, size_t bytes, unsigned rights);

/* Instruction fetch will see what was written there. Any range. */
void vm_flush_code(struct task *t, uintptr_t address, size_t bytes);

/* Moves the end of the heap; returns where it is now: unchanged if that cannot be. */
uintptr_t vm_brk(struct task *t, uintptr_t wanted);

/* flags: VM_REMAP_MOVE: may move; VM_FIXED: to *at (implies MOVE). ERR_FAULT: not one mapping. */
#define VM_REMAP_MOVE (1u << 16)
enum err vm_remap(struct task *t, uintptr_t address, size_t old_bytes, size_t new_bytes,
                  unsigned flags, uintptr_t *at);

enum vm_advice {
    VM_NORMAL,
    VM_RANDOM,        /* no fault-around */
    VM_SEQUENTIAL,    /* as much as there is */
    VM_WILLNEED,      /* begin to bring in what was evicted, and what an object has */
    VM_DONTNEED,      /* drop: anonymous memory reads as zero, an object's pages are fetched anew */
    VM_FREE,          /* the same, of private anonymous memory only */
    VM_COLD,          /* was not referenced */
    VM_PAGEOUT,       /* evict, as far as that needs no waiting */
    VM_POPULATE_READ, /* make all of it present; */
    VM_POPULATE_WRITE, /* and writable. ERR_BAD_ARG: it may not be; ERR_PENDING: the same again */
};
/* As far as it is mapped; DONTNEED, FREE, COLD and PAGEOUT of a locked page: ERR_BAD_ARG. */
enum err vm_advise(struct task *t, uintptr_t address, size_t bytes, enum vm_advice advice);
/* msync: what was written to shared mappings is in their stores; ERR_PENDING: ask again. With
 * VM_SYNC_LATER it only checks, with VM_SYNC_FRESH a locked page is ERR_BUSY. ERR_IO. */
enum vm_sync_flag { VM_SYNC_LATER = 1 << 0, VM_SYNC_FRESH = 1 << 1 };
enum err vm_sync(struct task *t, uintptr_t address, size_t bytes, unsigned flags);
/* One byte a page, 1 = in memory. ERR_NO_MEMORY: a page belongs to no mapping. */
enum err vm_incore(struct task *t, uintptr_t address, size_t pages, uint8_t *out);
/* VM_LOCK_NOW: the pages are brought in; else each as it is touched. ERR_PENDING: ask again. */
enum vm_lock { VM_UNLOCK, VM_LOCK_NOW, VM_LOCK_LATER, VM_LOCK_KEEP };
enum err vm_lock(struct task *t, uintptr_t address, size_t bytes, enum vm_lock how);
/* All of it (VM_LOCK_NOW, as far as that needs no waiting; VM_LOCK_KEEP: as it is), and what will
 * be mapped. */
enum err vm_lock_all(struct task *t, enum vm_lock now, enum vm_lock future);

/* Bytes; of the whole address space (RLIMIT_AS) and of the stack (RLIMIT_STACK). */
enum vm_limit { VM_LIMIT_SPACE, VM_LIMIT_STACK };
void vm_set_limit(struct task *t, enum vm_limit which, uint64_t bytes);

/* ---- anonymous objects: memory that mappings and descriptors share ---- */

/*
 * One of so many pages, all zero, at the swap server. It lasts until its maker drops it and its
 * last mapping is gone. ERR_NOT_FOUND: there is no swap server; ERR_NO_SPACE: it
 * keeps no more of them; ERR_BIG: so many pages are too many.
 */
enum err vm_object_make(struct task *t, uint64_t pages, struct object **o);
void vm_object_drop(struct task *t, struct object *o);
/* ERR_BIG. What is cut off is gone for all that map it. */
enum err vm_object_resize(struct task *t, struct object *o, uint64_t pages);
/* Copies between our memory and an object, within its pages; *done bytes were copied, also with
 * an error: ERR_PENDING, ERR_LIMIT, ERR_IO. */
enum err vm_object_read(struct task *t, struct object *o, uint64_t offset, void *to, size_t bytes,
                        size_t *done);
enum err vm_object_write(struct task *t, struct object *o, uint64_t offset, const void *from,
                         size_t bytes, size_t *done);

/* ---- the task's memory, from outside ---- */

/* Copies between the task's memory and ours; *done bytes were copied, also with an error. */
enum err vm_copy_in(struct task *t, void *to, uintptr_t from, size_t bytes, size_t *done);
enum err vm_copy_out(struct task *t, uintptr_t to, const void *from, size_t bytes, size_t *done);
/* A string with its \0 into `room` bytes; *length without it. ERR_NAME_LONG: no \0 in them. */
enum err vm_copy_string(struct task *t, char *to, uintptr_t from, size_t room, size_t *length);

/*
 * Makes memory that is about to be lent present and, if `write`, writable: the first page
 * of the range and as many of the others as it can. *ready = bytes from `address` on that
 * are. To lend memory: call; on ERR_FAULT at some address, vm_present from there, call
 * again with the rest. ERR_FAULT, ERR_PENDING, ERR_LIMIT are about the first page.
 */
enum err vm_present(struct task *t, uintptr_t address, size_t bytes, bool write, size_t *ready);

/* ---- a new image ---- */

struct vm_segment {
    uint64_t offset;      /* in the object */
    uintptr_t address;    /* address and offset agree modulo the page size */
    size_t bytes, memory; /* in the object, then zeros up to `memory` */
    unsigned rights;
};

struct vm_image {
    uint32_t handle; /* of the object; becomes the VM's, as in vm_map */
    const struct vm_segment *segment;
    unsigned segments;
    size_t stack_bytes; /* its limit; 0 = 8 MiB */
    uintptr_t stack;    /* out: its top; write the arguments below it with vm_copy_out */
};

/* Throws away all memory, maps the segments (in any order), a stack and an empty heap.
 * ERR_NOT_EXEC: segments overlap, wrap, or lie outside the task's addresses; nothing is left
 * mapped then. */
enum err vm_exec(struct task *t, struct vm_image *image);

/* ---- numbers, for /proc and limits ---- */

struct vm_numbers {
    size_t mapped, resident, file, shared; /* pages: mapped at all; in memory; of objects */
    size_t out;                            /* at the swap server */
    size_t text, data, stack;              /* pages mapped of each */
    uintptr_t heap, heap_end;
};
void vm_numbers(const struct task *t, struct vm_numbers *n);
/* The first mapping that ends above `address` (/proc/self/maps); false: there is none. */
bool vm_next(const struct task *t, uintptr_t address, struct vm_mapping *m);

/* ---- faults and traps on their way through a supervisor (struct event: loop.h) ---- */

/* What a fault that no page can answer means to the program. */
struct vm_signal {
    enum vm_signal_kind {
        VM_SIGNAL_NOTHING_THERE, /* SIGSEGV, SEGV_MAPERR */
        VM_SIGNAL_FORBIDDEN,     /* SIGSEGV, SEGV_ACCERR */
        VM_SIGNAL_PAST_END,      /* SIGBUS, BUS_ADRERR: behind the end of the object */
        VM_SIGNAL_IO,            /* SIGBUS: the page could not be read */
        VM_SIGNAL_MISALIGNED,    /* SIGBUS, BUS_ADRALN */
        VM_SIGNAL_EXCEPTION,     /* SIGILL, SIGTRAP: by word[FAULT_CODE] */
        VM_SIGNAL_NO_MEMORY,     /* SIGKILL: the bank is exhausted and nothing can be taken */
    } kind;
    uintptr_t address, ip;
};

/* The personality's side; main.c calls it. */

/* Loads the program that the start block names, or reports to the process server why not.
 * Waits (vm_wait) for what is pending: there is nothing else to serve yet. */
void person_start(struct task *t);
/* A trap of one of the task's threads. */
enum event_end person_trap(struct task *t, struct event *e);
/* A fault that became a signal; e is the fault: deliver (EVENT_ANSWER, INFO_AS_IS) or end
 * the task. */
enum event_end person_signal(struct task *t, struct event *e, const struct vm_signal *s);
/* Bits of our notification arrived, before parked events are tried again. */
void person_notified(struct task *t, word_t bits);

/* Only before the first instruction of the program: waits until task->file_bits are raised. */
void vm_wait(struct task *t);
/* Only right before process_exit(): flushes what is to be told about the run. */
void vm_finish(struct task *t);

#endif
