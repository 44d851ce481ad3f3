/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * figures.c - see figures.h.
 */
#include "figures.h"

#include "object.h"

#include <stdio.h>
#include <string.h>

#define HZ     100u
#define SECOND 1000000000u

/* Text that grows; what does not fit is cut off. */
struct text {
    char *to;
    size_t used, room;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *t, const char *format, ...)
{
    va_list list;
    int length;

    va_start(list, format);
    length = vsnprintf(t->to + t->used, t->room - t->used, format, list);
    va_end(list);
    t->used += (size_t)length < t->room - t->used ? (size_t)length : t->room - t->used - 1;
}

static void add_end(struct text *t, const struct figures *f)
{
    static const char *const kind[] = {"exited", "signal", "quire", "quire", "quire"};
    const struct run *last = &f->programs->run[f->programs->runs - 1];

    add(t, "exit.kind %s\nexit.code %u\n", kind[last->kind], end_status(last->kind, last->code));
}

static void add_run(struct text *t, unsigned i, const struct run *r)
{
    add(t, "runs.%u.exit %u\nruns.%u.instructions %llu\n", i, end_status(r->kind, r->code), i,
        (unsigned long long)r->instructions);
    add(t, "runs.%u.starved %llu\n", i, (unsigned long long)r->starved);
    add(t, "runs.%u.faults %u\nruns.%u.disk %u\n", i, (unsigned)r->faults, i, (unsigned)r->reads);
}

static void add_memory(struct text *t, const struct statement *s)
{
    add(t, "memory.total %u\n", (unsigned)s->total);
#define X(part) add(t, "memory." #part " %u\n", (unsigned)s->part);
    MEMORY_PARTS(X)
#undef X
}

/* Pages that left memory: of the supervisors, and of the file server's cache. */
static void add_evictions(struct text *t, const struct supervisor_status *s,
                          const volatile struct file_status *file)
{
    add(t, "evictions.clean %u\nevictions.dirty %u\nevictions.anon %u\n",
        (unsigned)(s->evicted_clean + file->evicted_clean),
        (unsigned)(s->evicted_dirty + file->evicted_dirty), (unsigned)s->evicted_anon);
}

static void add_supervisors(struct text *t, const struct supervisor_status *s)
{
    add(t, "faults.zero %u\nfaults.file %u\nfaults.cow %u\nfaults.stack %u\n",
        (unsigned)s->fault_zero, (unsigned)s->fault_file, (unsigned)s->fault_cow,
        (unsigned)s->fault_stack);
    add(t, "faults.swapin %u\nfaults.soft %u\nfaults.refused %u\n", (unsigned)s->fault_swapin,
        (unsigned)s->fault_soft, (unsigned)s->fault_refused);
    add(t, "syscalls %u\n", (unsigned)s->syscalls);
}

static unsigned sum_of(const volatile uint32_t *messages)
{
    unsigned sum = 0;

    for (unsigned i = 0; i < PROTOCOL_OPS_MAX; i++)
        sum += messages[i];
    return sum;
}

static void add_servers(struct text *t, const struct figures *f)
{
    const volatile struct file_status *file = f->sources->file;

    add(t, "cache.hits %u\ncache.misses %u\ndisk.reads %u\ndisk.writes %u\n", (unsigned)file->hits,
        (unsigned)file->misses, (unsigned)file->disk_reads, (unsigned)file->disk_writes);
    add(t, "disk.in_flight_peak %u\ncache.read_ahead %u\n", (unsigned)file->in_flight_peak,
        (unsigned)file->read_ahead);
    add(t, "messages.frame %u\nmessages.file %u\nmessages.object %u\nmessages.process %u\n",
        sum_of(f->sources->frame->messages), sum_of(file->messages), sum_of(file->object_messages),
        sum_of(f->server->messages[PROTOCOL_process]));
}

static void add_swap(struct text *t, const volatile struct swap_status *swap)
{
    if (swap == NULL)
        return;
    add(t, "swap.out %u\nswap.in %u\nswap.reads %u\nswap.writes %u\n", (unsigned)swap->out,
        (unsigned)swap->in, (unsigned)swap->disk_reads, (unsigned)swap->disk_writes);
    add(t, "swap.hits %u\nswap.misses %u\nswap.read_ahead %u\nswap.lost %u\nmessages.swap %u\n",
        (unsigned)swap->hits, (unsigned)swap->misses, (unsigned)swap->read_ahead,
        (unsigned)swap->lost, sum_of(swap->messages));
}

static void add_instructions(struct text *t, const struct figures *f)
{
    uint64_t counter[4];

    sys_counters(counter);
    add(t, "instructions.total %llu\ninstructions.idle %llu\ninstructions.boot_to_program %llu\n",
        (unsigned long long)(counter[COUNTER_CYCLES] - counter[COUNTER_IDLE]),
        (unsigned long long)counter[COUNTER_IDLE], (unsigned long long)f->first_instruction);
}

/* The machine, then a part for each run. */
bool figures_part(const struct figures *f, unsigned part, char to[FIGURES_BYTES])
{
    struct text t = {.to = to, .room = FIGURES_BYTES};

    if (part > f->programs->runs)
        return false;
    if (part > 0) {
        add_run(&t, part - 1, &f->programs->run[part - 1]);
        return true;
    }
    add_end(&t, f);
    add_instructions(&t, f);
    add_memory(&t, &f->memory);
    add_supervisors(&t, &f->programs->sum);
    add_evictions(&t, &f->programs->sum, f->sources->file);
    add_servers(&t, f);
    add_swap(&t, f->sources->swap);
    return true;
}

/* ---- /proc ---- */

unsigned figures_running(const struct figures *f)
{
    unsigned count = 0;

    for (unsigned i = 0; i < TASKS; i++)
        count += f->programs->task[i].state == TASK_RUNNING;
    return count;
}

static void add_meminfo(struct text *t, const struct figures *f)
{
    static const struct swap_status none;
    const volatile struct swap_status *swap = f->sources->swap ? f->sources->swap : &none;
    const unsigned page = PAGE_SIZE / 1024;
    struct statement s;

    sources_statement(f->sources, &s);
    add(t, "MemTotal:       %8u kB\nMemFree:        %8u kB\nMemAvailable:   %8u kB\n",
        (unsigned)s.total * page, (unsigned)s.free * page, (unsigned)(s.free + s.cache) * page);
    add(t, "Buffers:        %8u kB\nCached:         %8u kB\nSwapCached:     %8u kB\n", 0u,
        (unsigned)s.cache * page, (unsigned)swap->frames * page);
    add(t, "AnonPages:      %8u kB\nPageTables:     %8u kB\nSwapTotal:      %8u kB\n",
        (unsigned)s.programs * page, (unsigned)s.tables * page, (unsigned)swap->slots * page);
    add(t, "SwapFree:       %8u kB\nShmem:          %8u kB\nSlab:           %8u kB\n",
        (unsigned)swap->slots_free * page, 0u, (unsigned)s.servers * page);
    add(t, "FreeFrames:     %8u kB\n", (unsigned)f->sources->frame->free_frames * page);
}

static void add_times(struct text *t, const struct figures *f)
{
    uint64_t counter[4], busy, idle;

    sys_counters(counter);
    idle = counter[COUNTER_IDLE] / (SECOND / HZ);
    busy = (counter[COUNTER_CYCLES] - counter[COUNTER_IDLE]) / (SECOND / HZ);
    for (unsigned line = 0; line < 2; line++) /* all processors, then the only one */
        add(t, "cpu%s %llu 0 0 %llu 0 0 0 0 0 0\n", line ? "0" : " ", (unsigned long long)busy,
            (unsigned long long)idle);
    add(t, "intr 0\nctxt 0\nbtime 0\nprocesses %u\nprocs_running %u\nprocs_blocked 0\n",
        (unsigned)f->programs->next_pid - PID_FIRST, figures_running(f));
}

static void add_uptime(struct text *t)
{
    uint64_t now = now_ns(), counter[4];

    sys_counters(counter);
    add(t, "%llu.%02u %llu.%02u\n", (unsigned long long)(now / SECOND),
        (unsigned)(now % SECOND / (SECOND / 100)),
        (unsigned long long)(counter[COUNTER_IDLE] / SECOND),
        (unsigned)(counter[COUNTER_IDLE] % SECOND / (SECOND / 100)));
}

/* The time that the processor worked, to the nanosecond: in a measuring run to the instruction. */
static void add_schedstat(struct text *t)
{
    add(t, "version 15\ntimestamp %llu\ncpu0 0 0 0 0 0 0 %llu 0 0\n",
        (unsigned long long)(now_ns() / (SECOND / HZ)), (unsigned long long)instructions());
}

size_t figures_text(const struct figures *f, enum process_text which, char *to, size_t room)
{
    struct text t = {.to = to, .room = room};

    switch (which) {
    case PROCESS_MEMINFO:
        add_meminfo(&t, f);
        break;
    case PROCESS_UPTIME:
        add_uptime(&t);
        break;
    case PROCESS_STAT:
        add_times(&t, f);
        break;
    case PROCESS_LOADAVG:
        add(&t, "0.00 0.00 0.00 %u/%u %u\n", figures_running(f), figures_running(f),
            (unsigned)f->programs->next_pid - 1);
        break;
    case PROCESS_MOUNTS:
        add(&t, "/dev/root / ext2 %s 0 0\nproc /proc proc rw 0 0\ndevtmpfs /dev devtmpfs rw 0 0\n",
            f->sources->file->read_only ? "ro" : "rw");
        break;
    case PROCESS_SCHEDSTAT:
        add_schedstat(&t);
        break;
    case PROCESS_TEXTS:
        break;
    }
    return t.used;
}
