/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * invoke.h - invocations of kernel objects (SYS_INVOKE).
 *
 * arg0 names the object's capability, arg1 is the operation, the message words carry its
 * arguments, and come back with its results. All may answer NO_CAP (the address, or one among the
 * arguments, names no slot or an empty one; a run leaves its table), WRONG_TYPE and NO_RIGHT; a
 * number that is no operation BAD_CALL. A refused invocation has changed nothing.
 *
 * Long operations are restarted: they do a bounded number of steps, then let an interrupt in and
 * run the system call again, with their progress in the tree, in the object, or in the words. A
 * call returns only when it is done. Runs stop at the first error; word 0 then tells how many were
 * done, and what was done stays.
 */
#ifndef ABI_INVOKE_H
#define ABI_INVOKE_H

/* X(invocation, "object", "rights", "words in", "words out", "other errors", "what it does") */
#define INVOKE_TABLE(X)                                                                            \
    X(CAP_DERIVE, "any", "", "dst, rights, badge, part, log2 size, count", "done",                 \
      "BAD_ARG, NOT_EMPTY, HAS_CHILDREN, TOO_DEEP, DYING",                                         \
      "derive `count` (1..512) capabilities into the empty run at dst. Size 0: from "              \
      "neighbouring slots, whole. Size n: parts `part`, part+1, ... of 2^n bytes of one "          \
      "Frame. An Untyped only whole, unused; a PageTable never. Badge: Endpoint, "                 \
      "Notification; kept if the source has one already. Thread: the highest priority it "         \
      "may set. Bits of `rights` that are none pass nothing on")                                   \
    X(CAP_MOVE, "any", "", "dst, count", "done", "BAD_ARG, NOT_EMPTY, DYING, HAS_CHILDREN",        \
      "move capabilities (1..512), each with at most 64 children, to the empty run at dst; not "   \
      "Untyped, not CapTable")                                                                     \
    X(CAP_REVOKE, "any", "", "", "", "HELD",                                                       \
      "delete everything derived from the capability; a container is not emptied")                 \
    X(CAP_DELETE, "any", "", "count", "done", "BAD_ARG, HELD",                                     \
      "revoke, then empty the slot, for each of a run (1..512); with the origin the object "       \
      "dies. Empty slots are skipped")                                                             \
    X(CAP_INSPECT, "any", "", "",                                                                  \
      "type | rights<<8 | log2 size<<16 | flags<<24, badge or free bytes or page mapped, "         \
      "space tag mapped",                                                                          \
      "", "describe a slot; an empty one is type 0. Flags: enum inspect_flag")                     \
    X(UNTYPED_RETYPE, "Untyped", "", "type, log2 size, dst, count", "done",                        \
      "BAD_ARG, NO_MEMORY, NOT_EMPTY, TOO_DEEP, DYING",                                            \
      "make count (1..256) objects; the size is read for Untyped, CapTable and Frame. "            \
      "Kernel objects are cleared always, Frames where kernel objects lived. Of a device's "       \
      "memory only Untyped and Frame")                                                             \
    X(FRAME_CLEAR, "Frame", "WRITE", "count", "done", "BAD_ARG",                                   \
      "zero the frames of a run (1..512)")                                                         \
    X(FRAME_COPY, "Frame", "WRITE; READ of the source", "source frame", "", "BAD_ARG",             \
      "copy equal-sized contents")                                                                 \
    X(FRAME_HARVEST, "Frame", "", "count, flags", "done", "BAD_ARG, NO_BUFFER",                    \
      "accessed and dirty bits of each of a run of frames (1..512) with all their mappings, "      \
      "one byte each into the buffer (enum harvest_bit)")                                          \
    X(FRAME_PHYS, "Frame", "DMA", "count", "done", "BAD_ARG, NO_BUFFER",                           \
      "where the memory of each of a run of frames (1..PHYSICAL_MAX) is, into the buffer")         \
    X(FRAME_HOLD, "Frame", "DMA", "count", "done", "BAD_ARG, DYING",                               \
      "revocation waits for these frames (1..512)")                                                \
    X(FRAME_RELEASE, "Frame", "DMA", "count", "done", "BAD_ARG", "drop the holds")                 \
    X(FRAME_READ, "Frame", "READ", "offset, bytes", "bytes", "BAD_ARG, NO_BUFFER",                 \
      "contents (<= BUFFER_BYTES) into the buffer; no mapping needed")                             \
    X(FRAME_WRITE, "Frame", "WRITE", "offset, bytes", "bytes", "BAD_ARG, NO_BUFFER",               \
      "the buffer's bytes (<= BUFFER_BYTES) into the frame")                                       \
    X(SPACE_MAP, "Space", "MAP", "map items", "items done, level missing",                         \
      "BAD_ARG, NO_TABLE, MAPPED, NOT_EMPTY, TOO_DEEP, DYING",                                     \
      "map what the items say (message.h)")                                                        \
    X(SPACE_UNMAP, "Space", "MAP", "address, pages", "pages that were mapped", "BAD_ARG",          \
      "holes are skipped; the capabilities stay")                                                  \
    X(SPACE_PROTECT, "Space", "MAP", "address, pages, rights", "pages changed",                    \
      "BAD_ARG, NO_RIGHT", "never exceeds a capability's rights; holes are skipped")               \
    X(SPACE_HARVEST, "Space", "MAP", "address, pages (1..512), flags", "pages",                    \
      "BAD_ARG, NO_BUFFER", "one byte a page into the buffer (enum harvest_bit)")                  \
    X(SPACE_COPY, "Space", "COPY of both", "address, other Space, its address, bytes",             \
      "bytes done", "FAULT",                                                                       \
      "copy from the object named to the other Space, checking each page as the user would; "      \
      "stops with FAULT at the first page refused")                                                \
    X(THREAD_BIND, "Thread", "WRITE", "BINDING(...) | ..., a capability or 0 for each", "",        \
      "BAD_ARG, BUSY, TOO_DEEP, DYING",                                                            \
      "derive capabilities into the thread's own slots, or empty them: at most 7, in the order "   \
      "of enum binding; all or none")                                                              \
    X(THREAD_START, "Thread", "WRITE", "ip, sp, argument, thread pointer", "",                     \
      "BUSY, NO_CAP, DYING", "set the registers and let it run; needs a space")                    \
    X(THREAD_STOP, "Thread", "WRITE", "", "", "", "off the processor, cancelled out of any wait")  \
    X(THREAD_RESUME, "Thread", "WRITE", "", "", "BUSY, NO_CAP, DYING",                             \
      "run on, from the registers as they stand")                                                  \
    X(THREAD_READ, "Thread", "READ", "", "", "BUSY, NO_BUFFER",                                    \
      "its registers into the caller's buffer (regs.h); it may not be running")                    \
    X(THREAD_WRITE, "Thread", "WRITE", "", "", "BUSY, NO_BUFFER, DYING",                           \
      "the caller's buffer into its registers")                                                    \
    X(THREAD_SETUP, "Thread", "WRITE",                                                             \
      "priority, flags, fault deadline in ms (0 = none), badge of its faults and traps", "",       \
      "BAD_ARG, NO_RIGHT (THREAD_POWER that the caller lacks), DYING",                             \
      "a priority up to the highest that the capability may set, 1..63 (of a Thread just made: "   \
      "the highest that its maker was ever given); a deadline up to an hour")                      \
    X(THREAD_TIMES, "Thread", "READ", "", "instructions executed, state, faults", "",              \
      "accounting; the instructions are two words, low first, on 32-bit ports")                    \
    X(REPLY_COPY, "Reply", "",                                                                     \
      "lease | to-lease<<8, offset in it, Frame/Space/Reply, offset or address in it, "            \
      "bytes, lease of that Reply",                                                                \
      "bytes done", "BAD_ARG, NO_RIGHT, GONE, FAULT",                                              \
      "copy between memory lent with the call and a Frame, a Space (COPY) or another lease; "      \
      "stops with FAULT at the first page absent or forbidden")                                    \
    X(REPLY_STATE, "Reply", "", "", "enum reply_state, lease bytes 0, lease bytes 1", "",          \
      "what the Reply holds")                                                                      \
    X(IRQ_BIND, "Irq", "WRITE", "Notification, bits", "", "BAD_ARG, TOO_DEEP, DYING",              \
      "deliver the line as these bits; the Notification (WRITE) has no badge of its own")          \
    X(IRQ_ACK, "Irq", "WRITE", "", "value delivered", "",                                          \
      "the driver serves it now: unmask the line. Measuring runs: how far the counter "            \
      "expected was when the interrupt was delivered last; what came later is to wait for "        \
      "its own interrupt")                                                                         \
    X(IRQ_EXPECT, "Irq", "WRITE; READ of the Frame",                                               \
      "Frame, offset of the driver's counter, offset of the device's", "", "BAD_ARG",              \
      "measuring runs: all requests in the driver's 16-bit counter were submitted. The "           \
      "interrupt is delivered a fixed number of instructions after the first of them, when "       \
      "the device's has come as far (the machine idles till then), and not while the "             \
      "driver has counted further than it has stated. Otherwise nothing")

enum invocation {
#define X(name, ...) OP_##name,
    INVOKE_TABLE(X)
#undef X
        OP_COUNT
};

/* Capabilities bound to a thread: slots inside it. */
enum binding {
    BIND_ROOT,         /* CapTable: its capability addresses start here */
    BIND_SPACE,        /* Space it runs in */
    BIND_FAULT,        /* Endpoint (WRITE) told of its faults and, if foreign, its traps */
    BIND_FAULT_SPACE,  /* Space with MAP: what its faults' Replies may map into */
    BIND_FALLBACK,     /* Endpoint told when the first handler is late or gone */
    BIND_ENDPOINT,     /* Endpoint (READ) it receives from */
    BIND_REPLY,        /* Reply it receives into */
    BIND_NOTIFICATION, /* Notification (READ) received like a message */
    BIND_BUFFER,       /* 4K Frame (READ, WRITE): struct buffer */
    BIND_WATCH,        /* Notification (WRITE) signalled when it stops with no handler */
    BIND_COUNT
};
#define BINDING(binding) (1u << (binding)) /* in word 0 of THREAD_BIND */

enum thread_flag {
    THREAD_LOG = 1 << 0,     /* SYS_LOG works */
    THREAD_POWER = 1 << 1,   /* SYS_POWER works; given by threads that have it */
    THREAD_FOREIGN = 1 << 7, /* its traps are messages, not system calls */
};

enum inspect_flag {
    INSPECT_CHILDREN = 1 << 0, /* something is derived from it */
    INSPECT_MAPPED = 1 << 1,
    INSPECT_ACCESSED = 1 << 2, /* moved up from mappings that are gone */
    INSPECT_DIRTY = 1 << 3,    /* the same */
    INSPECT_HELD = 1 << 4,     /* for DMA */
    INSPECT_DYING = 1 << 5,    /* on the way of an unfinished revocation */
    INSPECT_DEVICE = 1 << 6,   /* a device's registers */
};

/* One byte a page. Flags of a harvest: HARVEST_A and/or HARVEST_D to clear. */
enum harvest_bit {
    HARVEST_PRESENT = 1 << 0, /* something is mapped; the next three: what it allows */
    HARVEST_READ = 1 << 1,
    HARVEST_WRITE = 1 << 2,
    HARVEST_EXECUTE = 1 << 3,
    HARVEST_A = 1 << 6, /* accessed since it was cleared */
    HARVEST_D = 1 << 7, /* written since it was cleared */
};

enum reply_state {
    REPLY_FREE,    /* nobody */
    REPLY_ARMED,   /* a server receives with it bound */
    REPLY_HOLDS,   /* a caller waits for its answer */
    REPLY_EXPIRED, /* the fault it held was late and went elsewhere */
};

#define REPLY_TO_LEASE (1u << 8) /* in word 0 of REPLY_COPY: into the lease */

#endif
