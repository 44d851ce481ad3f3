/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sys.h - the kernel's calls as C functions. Costs nothing that the trap does
 * not cost; argument meanings and errors are in lib/abi/message.h and invoke.h.
 */
#ifndef RT_SYS_H
#define RT_SYS_H

#include "buffer.h"
#include "invoke.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uintptr_t word_t;

/* What every call answers. */
struct answer {
    enum err err;
    unsigned kind; /* KIND_OF, KIND_CAPS */
    word_t badge;
};

/* word[8] is the message sent, and after the call the one received. */
struct answer sys_call(cap_t endpoint, uint32_t info, cap_t send, cap_t recv, word_t *word);
struct answer sys_reply_recv(cap_t reply, uint32_t info, cap_t send, cap_t recv, word_t *word);
struct answer sys_recv(uint32_t info, cap_t recv, word_t *word);
enum err sys_reply(cap_t reply, uint32_t info, cap_t send, const word_t *word);
enum err sys_signal(cap_t notification);
/* Waits for bits (0: the thread's bound notification); with INFO_DEADLINE in info. */
struct answer sys_wait(cap_t notification, uint32_t info);
enum err sys_invoke(cap_t object, unsigned op, word_t *word); /* word[8] in and out */
void sys_counters(uint64_t out[4]);
void sys_log(const char *text, unsigned bytes);
void sys_yield(void);
/* The end of the machine; returns if the caller may not say so. */
void sys_power(unsigned how, unsigned status);

/* Invocations, one function each; `done` may be NULL. */
enum err cap_derive(cap_t from, cap_t to, uint32_t rights, word_t badge);
enum err cap_derive_run(cap_t from, cap_t to, uint32_t rights, unsigned count, unsigned *done);
enum err cap_derive_parts(cap_t frame, cap_t to, uint32_t rights, unsigned part, unsigned log2_size,
                          unsigned count, unsigned *done);
enum err cap_move(cap_t from, cap_t to, unsigned count);
enum err cap_revoke(cap_t cap);
enum err cap_delete(cap_t first, unsigned count);
struct cap_facts {
    unsigned type, rights, log2_size, flags; /* enum object_type, right, inspect_flag */
    word_t detail, space;
};
enum err cap_inspect(cap_t cap, struct cap_facts *facts);
enum err untyped_retype(cap_t untyped, unsigned type, unsigned log2_size, cap_t to, unsigned count,
                        unsigned *done);
enum err frame_clear_run(cap_t first, unsigned count);
enum err frame_copy(cap_t to, cap_t from);
/* Of a run of 1..PHYSICAL_MAX frames, in bytes. */
enum err frame_phys(cap_t first, unsigned count, uint64_t *physical);
enum err frame_hold(cap_t first, unsigned count);
enum err frame_release(cap_t first, unsigned count);
enum err frame_read(cap_t frame, unsigned offset, void *to, unsigned bytes);
enum err frame_write(cap_t frame, unsigned offset, const void *from, unsigned bytes);
enum err frame_harvest(cap_t first, unsigned count, unsigned flags, uint8_t *out);
/* Maps `count` neighbouring frames, or one PageTable (count 1). ERR_NO_TABLE: *level. */
enum err space_map(cap_t space, cap_t first, uintptr_t va, unsigned count, unsigned rights,
                   unsigned flags, unsigned *level);
enum err space_unmap(cap_t space, uintptr_t va, unsigned pages);
enum err space_protect(cap_t space, uintptr_t va, unsigned pages, unsigned rights);
enum err space_harvest(cap_t space, uintptr_t va, unsigned pages, unsigned flags, uint8_t *out);
enum err space_copy(cap_t to, uintptr_t to_va, cap_t from, uintptr_t from_va, size_t bytes,
                    size_t *done);
enum err thread_bind(cap_t thread, unsigned binding, cap_t cap);
/* cap[BIND_COUNT], at each binding's place what it is to be; CAP_NULL: as it is. In calls of 7: up
 * to 7 are bound all or none. */
enum err thread_bind_all(cap_t thread, const cap_t *cap);
enum err thread_start(cap_t thread, uintptr_t ip, uintptr_t sp, uintptr_t arg, uintptr_t tls);
enum err thread_stop(cap_t thread);
enum err thread_resume(cap_t thread);
enum err thread_read(cap_t thread);  /* into my buffer's reg[] */
enum err thread_write(cap_t thread); /* from my buffer's reg[] */
enum err thread_setup(cap_t thread, unsigned priority, unsigned flags, unsigned deadline_ms,
                      word_t badge);
enum err thread_times(cap_t thread, uint64_t *instructions);
/* Between lease `lease` of a held call and a frame; to_lease: frame -> lease. */
enum err reply_copy_frame(cap_t reply, unsigned lease, bool to_lease, uint64_t offset, cap_t frame,
                          unsigned frame_offset, size_t bytes, size_t *done);
/* Between a lease and my own memory. */
enum err reply_copy(cap_t reply, unsigned lease, bool to_lease, uint64_t offset, void *own,
                    size_t bytes, size_t *done);
enum err irq_bind(cap_t irq, cap_t notification, word_t bits);
enum err irq_ack(cap_t irq, uint16_t *delivered); /* may be NULL */
/* Offsets of 16-bit counters: requests `made` and stated hereby, and those `answered`. */
enum err irq_expect(cap_t irq, cap_t frame, unsigned made, unsigned answered);

/* The calling thread's buffer (mapped at BUFFER_VA by whoever built the server). */
struct buffer *sys_buffer(void);

/* Info of a receive or a wait until `deadline` (ns on now_ns()'s clock; 0: for ever), which the
 * buffer then has. The same as that of this thread's last one costs a server next to nothing. */
uint32_t sys_until(uint64_t deadline);

#endif
