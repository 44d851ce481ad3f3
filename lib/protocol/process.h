/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * process.h - the process server's protocol (L4), as supervisors call it.
 *
 * A session is an Endpoint capability whose badge is the process id. The program
 * to run, its arguments and environment are in the supervisor's start block.
 */
#ifndef PROTOCOL_PROCESS_H
#define PROTOCOL_PROCESS_H

#include "protocol.h"

/* How a program ended. */
enum process_end {
    PROCESS_EXITED,  /* code 0..255 */
    PROCESS_SIGNAL,  /* code = signal number */
    PROCESS_NO_FILE, /* 127: no such program */
    PROCESS_NO_EXEC, /* 126: not an ELF, another machine's, malformed, not executable */
    PROCESS_SYSTEM,  /* 125: the system failed it */
};

struct process_exit_req {
    uint32_t kind; /* enum process_end */
    uint32_t code;
};
struct process_exit_reply {
    uint32_t none; /* never arrives: the supervisor is buried */
};

/* The program is about to execute its first instruction. */
struct process_started_req {
    uint32_t none;
};
struct process_started_reply {
    uint32_t pid;
};

enum process_stream { PROCESS_STDIN, PROCESS_STDOUT, PROCESS_STDERR };

/* Lease 0 (READ right) holds the bytes; at most 64 KiB. */
struct process_write_req {
    uint32_t stream, bytes, lease_offset;
};
struct process_write_reply {
    uint32_t done;
};
/* Lease 0 (WRITE right) receives them; ERR_PENDING until there are some; 0 = end. */
struct process_read_req {
    uint32_t stream, bytes;
};
struct process_read_reply {
    uint32_t done;
};

/* Text of a /proc file, through lease 0. */
enum process_text {
    PROCESS_MEMINFO,
    PROCESS_UPTIME,
    PROCESS_STAT,
    PROCESS_LOADAVG,
    PROCESS_MOUNTS,
    PROCESS_SCHEDSTAT,
    PROCESS_TEXTS
};
struct process_text_req {
    uint32_t which, bytes;
};
struct process_text_reply {
    uint32_t bytes;
};

/* For sysinfo(2), in pages. */
struct process_memory_req {
    uint32_t none;
};
struct process_memory_reply {
    uint32_t total, free, cached, uptime_seconds, processes;
};

#define process_OPS(OP)                                                                            \
    OP(process, exit, "the program has ended; the caller is buried")                               \
    OP(process, started, "the program starts now")                                                 \
    OP(process, write, "write to the console")                                                     \
    OP(process, read, "read from standard input")                                                  \
    OP(process, text, "the text of a file of /proc")                                               \
    OP(process, memory, "the machine's memory in numbers")

PROTOCOL(process, process_OPS)

/*
 * Written by a supervisor into its own status page (a frame it shares with the
 * process server), read when the program ends and by /proc.
 */
struct supervisor_status {
    uint64_t instructions;
    uint64_t starved; /* the instruction at which the wait for memory began; 0: none waits */
    uint32_t fault_zero, fault_file, fault_cow, fault_stack, fault_swapin, fault_soft,
        fault_refused;
    uint32_t evicted_clean, evicted_dirty, evicted_anon;
    uint32_t resident, resident_peak, pool;
    uint32_t syscalls;
};

#endif
