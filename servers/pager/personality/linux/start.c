/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * start.c - a program begins: its file is opened and checked, its segments become regions,
 * its stack is written, its thread let go.
 *
 * Nothing runs yet, so what is pending is waited for. What is wrong with the file is one
 * line in the log and an end that the process server reports; nothing is half started.
 */
#include "person.h"
#include "boot.h"
#include "elf.h"
#include "process.h"
#include "rt.h"
#include "start.h"

#include <stdio.h>

#define STACK_BYTES (8u << 20)
#define INFINITE    UINT64_MAX

enum { LIMIT_STACK = 3, LIMIT_CORE = 4, LIMIT_NOFILE = 7 };

static const struct elf_rules rules = {.machine = ABI_ELF_MACHINE,
                                       .word_bits = ABI_WORD_BITS,
                                       .lowest = ABI_USER_LOW,
                                       .highest = ABI_USER_TOP,
                                       .base = ABI_USER_BASE};

/* The program's file, until it is mapped. */
struct program {
    struct task *task;
    const char *path;
    uint32_t handle;
    uint64_t bytes;
    struct elf elf;
};

_Noreturn static void refuse(const struct program *p, enum process_end end, const char *cause)
{
    log_line("pid %u: cannot run %s: %s", (unsigned)p->task->person->pid, p->path, cause);
    person_exit(p->task, end, 0);
}

/* ---- the person ---- */

static void person_streams(struct person *p)
{
    for (unsigned stream = PROCESS_STDIN; stream <= PROCESS_STDERR; stream++) {
        struct description d = {
            .kind = DESC_CONSOLE,
            .which = (uint8_t)stream,
            .flags = stream == PROCESS_STDIN ? LINUX_O_RDONLY : LINUX_O_WRONLY,
            .mode = LINUX_S_IFIFO | 0600,
        };

        fd_open(&p->fds, &d, false);
    }
}

static void person_limits(struct person *p)
{
    for (unsigned i = 0; i < sizeof(p->limit) / sizeof(p->limit[0]); i++)
        p->limit[i][0] = p->limit[i][1] = INFINITE;
    p->limit[LIMIT_STACK][0] = STACK_BYTES;
    p->limit[LIMIT_CORE][0] = 0;
    p->limit[LIMIT_NOFILE][0] = p->limit[LIMIT_NOFILE][1] = FDS;
}

/* The machine's seed, the pid and the time; in a measuring run nothing that varies. */
static void person_random(struct person *p)
{
    bool measure = start_block()->flags & BOOT_MEASURE;
    uint32_t bytes = 0;
    const void *seed = start_property("seed", &bytes);
    uint64_t now = now_ns();

    random_seed(&p->random, &p->pid, sizeof(p->pid));
    if (measure)
        return;
    random_seed(&p->random, seed, bytes);
    random_seed(&p->random, &now, sizeof(now));
}

static struct string_list property_list(const char *name)
{
    struct string_list list = {0};

    list.at = start_property(name, &list.bytes);
    return list;
}

/* The last part of the path, as ps shows it. */
static void person_name(struct person *p)
{
    const char *slash = strrchr(p->argv.at, '/');

    snprintf(p->name, sizeof(p->name), "%s", slash ? slash + 1 : p->argv.at);
}

static uint64_t property_pair(const char *name)
{
    uint32_t bytes = 0;
    const uint8_t *at = start_property(name, &bytes);
    uint64_t value = 0;

    for (uint32_t i = 0; at && i < bytes && i < sizeof(value); i++)
        value = value << 8 | at[i];
    return value;
}

static struct person *person_new(void)
{
    struct window w;
    struct person *p;

    if (window_memory(&w, (sizeof(*p) + PAGE_SIZE - 1) / PAGE_SIZE) != ERR_OK)
        die("no memory for a program's state");
    p = w.at;
    p->pid = start_u32("pid", 1);
    p->epoch = property_pair("epoch");
    p->argv = property_list("argv");
    p->envp = property_list("environment");
    if (string_list_count(&p->argv) == 0)
        die("no program is named");
    p->umask = 022;
    p->cwd[0] = '/';
    person_name(p);
    signal_init(&p->signals);
    person_streams(p);
    person_limits(p);
    person_random(p);
    return p;
}

/* ---- the file ---- */

static enum err open_once(struct program *p, struct file_open_reply *r)
{
    size_t bytes = strlen(p->path);
    struct passing pass = lend_own(p->path, bytes, RIGHT_READ);
    struct file_open_req q = {

        .at = FILE_AT_ROOT, .flags = FILE_READ | FILE_EXECUTE, .path_bytes = (uint32_t)bytes};

    return file_open(p->task->file, &q, r, &pass);
}

static void program_open(struct program *p)
{
    struct file_open_reply r = {0};
    enum err e;

    while ((e = open_once(p, &r)) == ERR_PENDING)
        vm_wait(p->task);
    if (e == ERR_NOT_FOUND || e == ERR_NOT_DIR)
        refuse(p, PROCESS_NO_FILE, "no such file");
    if (e == ERR_IO || e == ERR_CORRUPT)
        refuse(p, PROCESS_SYSTEM, err_text(e));
    if (e != ERR_OK)
        refuse(p, PROCESS_NO_EXEC, err_text(e));
    if ((r.mode & LINUX_S_IFMT) != LINUX_S_IFREG)
        refuse(p, PROCESS_NO_EXEC, "it is no regular file");
    if (!(r.mode & LINUX_S_IXANY))
        refuse(p, PROCESS_NO_EXEC, "its mode does not allow execution");
    p->handle = r.handle;
    p->bytes = r.size_low | (uint64_t)r.size_high << 32;
}

/* Up to `bytes` at `offset` into our memory; fewer at the file's end. */
static size_t program_read(struct program *p, void *to, uint64_t offset, size_t bytes)
{
    size_t done = 0;

    while (done < bytes) {
        struct passing pass = lend_own((char *)to + done, bytes - done, RIGHT_WRITE);
        uint64_t at = offset + done;
        struct file_read_req q = {.handle = p->handle,
                                  .flags = FILE_AT_OFFSET,
                                  .bytes = (uint32_t)(bytes - done),
                                  .offset_low = (uint32_t)at,
                                  .offset_high = (uint32_t)(at >> 32)};
        struct file_read_reply r = {0};
        enum err e = file_read(p->task->file, &q, &r, &pass);

        if (e != ERR_OK && e != ERR_PENDING)
            refuse(p, PROCESS_SYSTEM, err_text(e));
        if (e == ERR_OK && r.done == 0)
            break;
        done += r.done;
        if (e == ERR_PENDING)
            vm_wait(p->task);
    }
    return done;
}

static void program_check(struct program *p)
{
    uint8_t *scratch = p->task->person->scratch;
    size_t got = program_read(p, scratch, 0, ELF_HEADER_BYTES);
    const char *fault = elf_read_header(&p->elf, &rules, scratch, got, p->bytes);

    if (!fault) {
        got = program_read(p, scratch, p->elf.table_offset, p->elf.table_bytes);
        fault = got < p->elf.table_bytes ? "truncated: the program headers are cut off"
                                         : elf_read_table(&p->elf, &rules, scratch);
    }
    if (fault)
        refuse(p, PROCESS_NO_EXEC, fault);
}

static uintptr_t program_map(struct program *p)
{
    struct vm_segment segment[ELF_SEGMENTS_MAX];
    struct vm_image image = {.handle = p->handle,
                             .segment = segment,
                             .segments = p->elf.segments,
                             .stack_bytes = STACK_BYTES};
    enum err e;

    for (unsigned i = 0; i < p->elf.segments; i++) {
        const struct elf_segment *s = &p->elf.segment[i];

        segment[i] = (struct vm_segment){.address = s->va,
                                         .offset = s->offset,
                                         .bytes = s->file_bytes,
                                         .memory = s->memory_bytes,
                                         .rights = s->rights};
    }
    while ((e = vm_exec(p->task, &image)) == ERR_PENDING)
        vm_wait(p->task);
    if (e == ERR_NO_MEMORY || e == ERR_LIMIT)
        refuse(p, PROCESS_SYSTEM, "not enough memory to map it");
    if (e != ERR_OK)
        refuse(p, PROCESS_NO_EXEC, err_text(e));
    return image.stack;
}

/* ---- the stack ---- */

static enum err put(void *task, uint64_t va, const void *from, size_t bytes)
{
    size_t done;
    enum err e;

    while ((e = vm_copy_out(task, va, from, bytes, &done)) == ERR_PENDING)
        vm_wait(task);
    return e;
}

static uint64_t program_stack(struct program *program, uint64_t top)
{
    struct person *p = program->task->person;
    const struct elf *elf = &program->elf;
    struct stack_plan plan = {
        .top = top, .word = sizeof(abi_word_t), .argv = p->argv, .envp = p->envp};
    uint64_t sp = 0;

    random_bytes(&p->random, plan.random, sizeof(plan.random));
    stack_auxiliary(&plan, LINUX_AT_PHDR, elf->table_va);
    stack_auxiliary(&plan, LINUX_AT_PHENT, elf->table_entry);
    stack_auxiliary(&plan, LINUX_AT_PHNUM, elf->table_count);
    stack_auxiliary(&plan, LINUX_AT_PAGESZ, PAGE_SIZE);
    stack_auxiliary(&plan, LINUX_AT_BASE, 0);
    stack_auxiliary(&plan, LINUX_AT_FLAGS, 0);
    stack_auxiliary(&plan, LINUX_AT_ENTRY, elf->entry);
    stack_auxiliary(&plan, LINUX_AT_UID, 0);
    stack_auxiliary(&plan, LINUX_AT_EUID, 0);
    stack_auxiliary(&plan, LINUX_AT_GID, 0);
    stack_auxiliary(&plan, LINUX_AT_EGID, 0);
    stack_auxiliary(&plan, LINUX_AT_HWCAP, ABI_HWCAP);
    stack_auxiliary(&plan, LINUX_AT_CLKTCK, LINUX_HZ);
    stack_auxiliary(&plan, LINUX_AT_SECURE, 0);
    if (stack_write(&plan, put, program->task, &sp) != ERR_OK)
        refuse(program, PROCESS_SYSTEM, "not enough memory for its stack");
    return sp;
}

void person_start(struct task *t)
{
    struct program p = {.task = t};
    struct process_started_req q = {0};
    struct process_started_reply r;
    struct passing pass = {0};
    uint64_t top, sp;
    enum err e;

    t->person = person_new();
    p.path = t->person->argv.at;
    program_open(&p);
    program_check(&p);
    top = program_map(&p);
    sp = program_stack(&p, top);
    e = process_started(t->process, &q, &r, &pass);
    if (e == ERR_OK)
        e = thread_start(t->thread, p.elf.entry, sp, 0, 0);
    if (e != ERR_OK)
        refuse(&p, PROCESS_SYSTEM, err_text(e));
}
