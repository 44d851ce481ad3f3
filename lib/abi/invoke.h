/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * invoke.h - invocations of kernel objects (SYS_INVOKE), stated once.
 *
 * arg0 names the object's capability, arg1 is the operation, the message words
 * carry its arguments, and come back with its results. A row is
 *   X(NAME, object, "words in", "words out", "what it does")
 *
 * Long operations are restarted: they do a bounded number of steps, then let
 * an interrupt in and run the system call again. A call returns only when it
 * is done. Runs stop at the first error; word 0 then tells how many were done,
 * and what was done stays.
 */
#ifndef ABI_INVOKE_H
#define ABI_INVOKE_H

#define INVOKE_TABLE(X)                                                                            \
    X(CAP_DERIVE, "any", "dst, rights, badge, part, log2 size, count", "done",                     \
      "derive `count` (1..512) capabilities into the empty run at dst. Size 0: from "              \
      "neighbouring slots, whole. Size n: parts `part`, part+1, ... of 2^n bytes of "              \
      "one Frame. An Untyped only whole, unused. Badge: Endpoint, Notification; kept "             \
      "if the source has one already")                                                             \
    X(CAP_MOVE, "any", "dst, count", "done",                                                       \
      "move capabilities (1..512) to the empty run at dst; not Untyped, not CapTable")             \
    X(CAP_REVOKE, "any", "", "",                                                                   \
      "delete everything derived from the capability; a container is not emptied")                 \
    X(CAP_DELETE, "any", "count", "done",                                                          \
      "revoke, then empty the slot; with the origin the object dies. Empty slots "                 \
      "are skipped")                                                                               \
    X(CAP_INSPECT, "any", "",                                                                      \
      "type | rights<<8 | log2 size<<16 | flags<<24, badge or "                                    \
      "free bytes or page mapped, space tag mapped",                                               \
      "describe a slot; an empty one is type 0. Flags: enum inspect_flag")                         \
    X(UNTYPED_RETYPE, "Untyped", "type, log2 size, dst, count", "done",                            \
      "make count (1..256) objects; the size is read for Untyped, CapTable and Frame")             \
    X(FRAME_CLEAR, "Frame", "count", "done", "zero the frames of a run; needs WRITE")              \
    X(FRAME_COPY, "Frame", "source frame", "", "copy equal-sized contents; WRITE, READ")           \
    X(FRAME_HARVEST, "Frame", "count, flags", "done",                                              \
      "accessed and dirty bits of each of a run of frames with all their mappings, "               \
      "one byte each into the buffer (enum harvest_bit)")                                          \
    X(FRAME_PHYS, "Frame", "", "physical address", "needs DMA")                                    \
    X(FRAME_HOLD, "Frame", "count", "done", "revocation waits for these frames; needs DMA")        \
    X(FRAME_RELEASE, "Frame", "count", "done", "drop the holds")                                   \
    X(FRAME_READ, "Frame", "offset, bytes", "bytes",                                               \
      "contents (<= BUFFER_BYTES) into the buffer; needs READ; no mapping needed")                 \
    X(FRAME_WRITE, "Frame", "offset, bytes", "bytes",                                              \
      "the buffer's bytes into the frame; needs WRITE")                                            \
    X(SPACE_MAP, "Space", "map items", "items done, level missing",                                \
      "map; see message.h. Needs MAP")                                                             \
    X(SPACE_UNMAP, "Space", "address, pages", "pages that were mapped",                            \
      "holes are skipped; the capabilities stay. Needs MAP")                                       \
    X(SPACE_PROTECT, "Space", "address, pages, rights", "pages changed",                           \
      "never exceeds a capability's rights; holes are skipped. Needs MAP")                         \
    X(SPACE_HARVEST, "Space", "address, pages (1..512), flags", "pages",                           \
      "one byte a page into the buffer (enum harvest_bit). Needs MAP")                             \
    X(SPACE_COPY, "Space", "address, other Space, its address, bytes", "bytes done",               \
      "copy from the object named to the other Space (COPY on both), checking each page "          \
      "as the user would; stops with ERR_FAULT at the first page refused")                         \
    X(THREAD_BIND, "Thread", "enum binding, capability or 0", "",                                  \
      "derive a capability into one of the thread's own slots, or empty it")                       \
    X(THREAD_START, "Thread", "ip, sp, argument, thread pointer", "",                              \
      "set the registers and let it run; needs a root table (unless foreign) and a space")         \
    X(THREAD_STOP, "Thread", "", "", "off the processor, cancelled out of any wait")               \
    X(THREAD_RESUME, "Thread", "", "", "run on, from the registers as they stand")                 \
    X(THREAD_READ, "Thread", "", "", "its registers into the caller's buffer (regs.h)")            \
    X(THREAD_WRITE, "Thread", "", "", "the caller's buffer into its registers")                    \
    X(THREAD_SETUP, "Thread",                                                                      \
      "priority, flags, fault deadline in ms (0 = none), badge "                                   \
      "of its faults and traps",                                                                   \
      "", "a priority up to the caller's highest (its Thread capability's)")                       \
    X(THREAD_TIMES, "Thread", "", "instructions executed, state, faults", "accounting")            \
    X(REPLY_COPY, "Reply",                                                                         \
      "lease | to-lease<<8, offset in it, Frame/Space/Reply, offset or "                           \
      "address in it, bytes, lease of that Reply",                                                 \
      "bytes done",                                                                                \
      "copy between memory lent with the call and a Frame, a Space (COPY) or another "             \
      "lease; stops with ERR_FAULT at the first page absent or forbidden")                         \
    X(REPLY_STATE, "Reply", "", "enum reply_state, lease bytes 0, lease bytes 1",                  \
      "what the Reply holds")                                                                      \
    X(IRQ_BIND, "Irq", "Notification, bits", "", "deliver the line as these bits")                 \
    X(IRQ_ACK, "Irq", "", "value delivered",                                                       \
      "the driver serves it now: unmask the line. Measuring runs: how far the counter "            \
      "expected was when the interrupt was delivered last; what came later is to wait for "        \
      "its own interrupt")                                                                         \
    X(IRQ_EXPECT, "Irq", "Frame, offset, value", "",                                               \
      "measuring runs: a request was submitted. The interrupt is delivered a fixed "               \
      "number of instructions from now, when the 16-bit counter at offset has reached "            \
      "value (the machine idles till then). Otherwise nothing")

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

enum thread_flag {
    THREAD_FOREIGN = 1 << 0, /* its traps are messages, not system calls */
    THREAD_LOG = 1 << 1,     /* SYS_LOG works */
};

enum inspect_flag {
    INSPECT_CHILDREN = 1 << 0,
    INSPECT_MAPPED = 1 << 1,
    INSPECT_ACCESSED = 1 << 2,
    INSPECT_DIRTY = 1 << 3,
    INSPECT_HELD = 1 << 4,
    INSPECT_DYING = 1 << 5,
    INSPECT_DEVICE = 1 << 6,
};

/* One byte a page. Flags of a harvest: HARVEST_A and/or HARVEST_D to clear. */
enum harvest_bit {
    HARVEST_PRESENT = 1 << 0,
    HARVEST_READ = 1 << 1,
    HARVEST_WRITE = 1 << 2,
    HARVEST_EXECUTE = 1 << 3,
    HARVEST_A = 1 << 6,
    HARVEST_D = 1 << 7,
};

enum reply_state { REPLY_FREE, REPLY_ARMED, REPLY_HOLDS, REPLY_EXPIRED };

#define REPLY_TO_LEASE (1u << 8)

#endif
