/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * proc.c - what the files of /proc say. Those about the machine come from the process
 * server; those about the program are known here.
 *
 * A text is printed from its beginning for every read and only the part wanted is kept:
 * nothing is stored, and it may be as long as it likes.
 */
#include "node.h"
#include "process.h"
#include "sys.h"
#include "rt.h"

#include <stdarg.h>
#include <stdio.h>

#define TEXT_BYTES 1536 /* of the process server's longest text */

/* A printer that drops the first `skip` bytes and those beyond `room`. */
struct text {
    char *to;
    size_t skip, room, used;
};

static void text_add(struct text *x, const char *from, size_t bytes)
{
    size_t skipped = bytes < x->skip ? bytes : x->skip;
    size_t kept = bytes - skipped;

    x->skip -= skipped;
    if (kept > x->room - x->used)
        kept = x->room - x->used;
    memcpy(x->to + x->used, from + skipped, kept);
    x->used += kept;
}

__attribute__((format(printf, 2, 3))) static void text_print(struct text *x, const char *format,
                                                             ...)
{
    char line[192];
    va_list list;
    int length;

    va_start(list, format);
    length = vsnprintf(line, sizeof(line), format, list);
    va_end(list);
    text_add(x, line, (size_t)length < sizeof(line) ? (size_t)length : sizeof(line) - 1);
}

static unsigned ticks(const struct task *t)
{
    uint64_t executed = 0;

    thread_times(t->thread, &executed);
    return (unsigned)(executed / (1000000000u / LINUX_HZ));
}

static void print_stat(struct text *out, const struct task *t)
{
    const struct person *p = t->person;
    const struct supervisor_status *s = t->status;
    struct vm_numbers n;

    vm_numbers(t, &n);
    text_print(out, "%u (%s) R 1 %u %u 0 -1 0 %u 0 %u 0 %u 0 0 0 20 0 1 0 0 ", (unsigned)p->pid,
               p->name, (unsigned)p->pid, (unsigned)p->pid, (unsigned)s->fault_zero,
               (unsigned)s->fault_file, ticks(t));
    text_print(out, "%lu %lu 18446744073709551615 ", (unsigned long)n.mapped * PAGE_SIZE,
               (unsigned long)n.resident);
    for (unsigned i = 0; i < 27; i++)
        text_add(out, "0 ", 2);
    text_add(out, "0\n", 2);
}

static void print_status(struct text *out, const struct task *t)
{
    const struct person *p = t->person;
    struct vm_numbers n;

    vm_numbers(t, &n);
    text_print(out, "Name:\t%s\nState:\tR (running)\nTgid:\t%u\nPid:\t%u\nPPid:\t1\n", p->name,
               (unsigned)p->pid, (unsigned)p->pid);
    text_print(out, "Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nFDSize:\t%u\n", (unsigned)FDS);
    text_print(out, "VmSize:\t%8lu kB\nVmRSS:\t%8lu kB\nRssFile:\t%8lu kB\n",
               (unsigned long)n.mapped * 4, (unsigned long)n.resident * 4,
               (unsigned long)n.file * 4);
    text_print(out, "VmData:\t%8lu kB\nVmStk:\t%8lu kB\nVmExe:\t%8lu kB\nThreads:\t1\n",
               (unsigned long)n.data * 4, (unsigned long)n.stack * 4, (unsigned long)n.text * 4);
    text_print(out, "SigPnd:\t%016llx\nSigBlk:\t%016llx\n", (unsigned long long)p->signals.pending,
               (unsigned long long)p->signals.blocked);
}

static void print_maps(struct text *out, const struct task *t)
{
    const struct person *p = t->person;
    struct vm_mapping m;
    struct vm_numbers n;

    vm_numbers(t, &n);
    for (uintptr_t at = 0; vm_next(t, at, &m); at = m.address + m.bytes) {
        uintptr_t end = m.address + m.bytes;
        const char *name = m.handle != VM_ANONYMOUS                 ? p->argv.at
                           : m.object != NULL                       ? "/dev/zero (deleted)"
                           : m.flags & VM_GROWSDOWN                 ? "[stack]"
                           : m.address < n.heap_end && end > n.heap ? "[heap]"
                                                                    : "";

        text_print(out, "%08lx-%08lx %c%c%c%c %08lx 00:01 %-10u %s\n", (unsigned long)m.address,
                   (unsigned long)end, m.rights & VM_READ ? 'r' : '-',
                   m.rights & VM_WRITE ? 'w' : '-', m.rights & VM_EXECUTE ? 'x' : '-',
                   m.flags & VM_SHARED ? 's' : 'p', (unsigned long)m.offset, (unsigned)m.handle,
                   name);
    }
}

static void print_statm(struct text *out, const struct task *t)
{
    struct vm_numbers n;

    vm_numbers(t, &n);
    text_print(out, "%lu %lu %lu %lu 0 %lu 0\n", (unsigned long)n.mapped, (unsigned long)n.resident,
               (unsigned long)n.file, (unsigned long)n.text, (unsigned long)n.data);
}

static void print_cmdline(struct text *out, const struct task *t)
{
    text_add(out, t->person->argv.at, t->person->argv.bytes);
}

static void print_environ(struct text *out, const struct task *t)
{
    text_add(out, t->person->envp.at, t->person->envp.bytes);
}

static void print_comm(struct text *out, const struct task *t)
{
    text_print(out, "%s\n", t->person->name);
}

static void print_cpuinfo(struct text *out, const struct task *t)
{
    (void)t;
    text_print(out, "processor\t: 0\nisa\t\t: " ABI_MACHINE "\n");
}

static void print_version(struct text *out, const struct task *t)
{
    (void)t;
    text_print(out, "Linux version 6.1.0-quire (" ABI_MACHINE ")\n");
}

static void print_server(struct text *out, const struct task *t, enum process_text which)
{
    char text[TEXT_BYTES] = "";
    struct passing pass = lend_own(text, sizeof(text), RIGHT_WRITE);
    struct process_text_req q = {.which = which, .bytes = sizeof(text)};
    struct process_text_reply r;

    if (process_text(t->process, &q, &r, &pass) == ERR_OK && r.bytes <= sizeof(text))
        text_add(out, text, r.bytes);
}

/* Who knows what a file says: a function here, or the process server under a number. */
static const struct {
    void (*print)(struct text *out, const struct task *t);
    enum process_text which;
} sources[NODE_COUNT] = {
    [NODE_PROC_CPUINFO] = {print_cpuinfo, 0},
    [NODE_PROC_LOADAVG] = {NULL, PROCESS_LOADAVG},
    [NODE_PROC_MEMINFO] = {NULL, PROCESS_MEMINFO},
    [NODE_PROC_MOUNTS] = {NULL, PROCESS_MOUNTS},
    [NODE_PROC_SCHEDSTAT] = {NULL, PROCESS_SCHEDSTAT},
    [NODE_PROC_STAT] = {NULL, PROCESS_STAT},
    [NODE_PROC_UPTIME] = {NULL, PROCESS_UPTIME},
    [NODE_PROC_VERSION] = {print_version, 0},
    [NODE_SELF_CMDLINE] = {print_cmdline, 0},
    [NODE_SELF_COMM] = {print_comm, 0},
    [NODE_SELF_ENVIRON] = {print_environ, 0},
    [NODE_SELF_MAPS] = {print_maps, 0},
    [NODE_SELF_STAT] = {print_stat, 0},
    [NODE_SELF_STATM] = {print_statm, 0},
    [NODE_SELF_STATUS] = {print_status, 0},
};

size_t proc_text(const struct task *t, int node, size_t skip, char *to, size_t room)
{
    struct text out = {.to = to, .skip = skip, .room = room};

    if ((node_table[node].mode & LINUX_S_IFMT) != LINUX_S_IFREG)
        return 0;
    if (sources[node].print)
        sources[node].print(&out, t);
    else
        print_server(&out, t, sources[node].which);
    return out.used;
}
