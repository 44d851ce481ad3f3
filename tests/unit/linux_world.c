/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux_world.c - see linux_world.h: the VM's functions, both servers and the kernel's few
 * calls, as far as the personality uses them.
 */
#include "linux_world.h"

#include "boot.h"
#include "node.h"
#include "rt.h"
#include "start.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define TASK_SPACE 1000u
#define TASK_FILE  1001u
#define TASK_PROC  1002u

struct world world;
struct event world_event;
struct world_file world_files[8];
struct string_list world_argv = {"/bin/prog\0one\0", 14}, world_environment = {"A=1\0", 4};

/* ---- memory ---- */

void *world_at(uint64_t address)
{
    CHECK(address >= BASE && address < BASE + sizeof(world.memory));
    return world.memory + (address - BASE);
}

uint64_t world_put(size_t offset, const void *from, size_t bytes)
{
    memcpy(world.memory + offset, from, bytes);
    return BASE + offset;
}

uint64_t world_text(size_t offset, const char *text)
{
    return world_put(offset, text, strlen(text) + 1);
}

static enum page_mark mark_of(uint64_t address)
{
    if (address < BASE || address - BASE >= sizeof(world.memory))
        return PAGE_HOLE;
    return world.mark[(address - BASE) / PAGE_SIZE];
}

static bool allows(uint64_t address, bool write, bool absent)
{
    switch (mark_of(address)) {
    case PAGE_THERE:
        return true;
    case PAGE_ABSENT:
        return absent;
    case PAGE_READ_ONLY:
        return !write;
    default:
        return false;
    }
}

static bool vm_waits(void)
{
    return world.vm_pending > 0 && world.vm_pending-- > 0;
}

/* Byte by byte: stops where Linux would. */
static enum err copy(uint64_t at, void *own, size_t bytes, bool out, bool absent, size_t *done)
{
    for (*done = 0; *done < bytes; ++*done) {
        uint8_t *mine = (uint8_t *)own + *done;

        if (!allows(at + *done, out, absent))
            return ERR_FAULT;
        if (out)
            *(uint8_t *)world_at(at + *done) = *mine;
        else
            *mine = *(uint8_t *)world_at(at + *done);
    }
    return ERR_OK;
}

enum err vm_copy_in(struct task *t, void *to, uintptr_t from, size_t bytes, size_t *done)
{
    (void)t;
    *done = 0;
    return vm_waits() ? ERR_PENDING : copy(from, to, bytes, false, true, done);
}

enum err vm_copy_out(struct task *t, uintptr_t to, const void *from, size_t bytes, size_t *done)
{
    (void)t;
    *done = 0;
    return vm_waits() ? ERR_PENDING : copy(to, (void *)(uintptr_t)from, bytes, true, true, done);
}

enum err vm_copy_string(struct task *t, char *to, uintptr_t from, size_t room, size_t *length)
{
    size_t done;

    (void)t;
    if (vm_waits())
        return ERR_PENDING;
    for (*length = 0; *length < room; ++*length) {
        if (copy(from + *length, to + *length, 1, false, true, &done) != ERR_OK)
            return ERR_FAULT;
        if (to[*length] == '\0')
            return ERR_OK;
    }
    return ERR_NAME_LONG;
}

enum err vm_present(struct task *t, uintptr_t address, size_t bytes, bool write, size_t *ready)
{
    (void)t;
    world.presents++;
    if (vm_waits())
        return ERR_PENDING;
    if (!allows(address, write, true))
        return ERR_FAULT;
    if (mark_of(address) == PAGE_ABSENT)
        world.mark[(address - BASE) / PAGE_SIZE] = PAGE_THERE;
    *ready = PAGE_SIZE - address % PAGE_SIZE;
    if (*ready > bytes)
        *ready = bytes;
    return ERR_OK;
}

/* ---- mappings: what was asked for is kept for the test to see ---- */

enum err vm_map(struct task *t, const struct vm_mapping *m, uintptr_t *at)
{
    (void)t;
    world.mapped = *m;
    *at = m->flags & VM_FIXED ? m->address : BASE + 60 * PAGE_SIZE;
    return world.map_answer;
}

/* ---- one anonymous object; the host's memory is its pages ---- */

#define OBJECT_PAGES 16u

struct object {
    uint64_t pages;
    uint8_t byte[OBJECT_PAGES * PAGE_SIZE];
};
static struct object object;

enum err vm_object_make(struct task *t, uint64_t pages, struct object **o)
{
    (void)t;
    if (world.object_answer != ERR_OK)
        return world.object_answer;
    memset(&object, 0, sizeof(object));
    object.pages = pages;
    *o = &object;
    world.objects++;
    return ERR_OK;
}

void vm_object_drop(struct task *t, struct object *o)
{
    (void)t;
    CHECK(o == &object && world.objects > 0);
    world.objects--;
}

enum err vm_object_resize(struct task *t, struct object *o, uint64_t pages)
{
    (void)t;
    if (pages > OBJECT_PAGES)
        return ERR_BIG;
    memset(o->byte + pages * PAGE_SIZE, 0, (OBJECT_PAGES - pages) * PAGE_SIZE);
    o->pages = pages;
    return ERR_OK;
}

/* Every page is pending once, when the world says that the VM waits. */
static enum err object_copy(const struct object *o, uint64_t offset, void *to, const void *from,
                            size_t bytes, size_t *done)
{
    *done = 0;
    CHECK(offset + bytes <= o->pages * PAGE_SIZE);
    if (vm_waits())
        return ERR_PENDING;
    memcpy(to, from, bytes);
    *done = bytes;
    return ERR_OK;
}

enum err vm_object_read(struct task *t, struct object *o, uint64_t offset, void *to, size_t bytes,
                        size_t *done)
{
    (void)t;
    return object_copy(o, offset, to, o->byte + offset, bytes, done);
}

enum err vm_object_write(struct task *t, struct object *o, uint64_t offset, const void *from,
                         size_t bytes, size_t *done)
{
    (void)t;
    return object_copy(o, offset, o->byte + offset, from, bytes, done);
}

enum err vm_unmap(struct task *t, uintptr_t address, size_t bytes)
{
    (void)t;
    world.unmapped++;
    return address % PAGE_SIZE || bytes == 0 ? ERR_BAD_ARG : ERR_OK;
}

enum err vm_protect(struct task *t, uintptr_t address, size_t bytes, unsigned rights)
{
    (void)t;
    world.mapped = (struct vm_mapping){.address = address, .bytes = bytes, .rights = rights};
    return address < BASE ? ERR_NO_MEMORY : ERR_OK;
}

uintptr_t vm_brk(struct task *t, uintptr_t wanted)
{
    (void)t;
    return wanted;
}

enum err vm_remap(struct task *t, uintptr_t address, size_t old_bytes, size_t new_bytes,
                  unsigned flags, uintptr_t *at)
{
    (void)t;
    world.mapped = (struct vm_mapping){.address = address, .bytes = new_bytes, .flags = flags};
    if (!(flags & VM_FIXED))
        *at = address;
    return old_bytes < new_bytes && !(flags & VM_REMAP_MOVE) ? ERR_NO_MEMORY : ERR_OK;
}

enum err vm_advise(struct task *t, uintptr_t address, size_t bytes, enum vm_advice advice)
{
    (void)t;
    (void)address;
    (void)bytes;
    world.dropped += advice == VM_DONTNEED;
    return ERR_OK;
}

void vm_flush_code(struct task *t, uintptr_t address, size_t bytes)
{
    (void)t;
    world.mapped.address = address;
    world.mapped.bytes = bytes;
}

enum err vm_sync(struct task *t, uintptr_t address, size_t bytes, unsigned flags)
{
    (void)t;
    (void)bytes;
    (void)flags;
    return address < BASE ? ERR_NO_MEMORY : ERR_OK;
}

enum err vm_incore(struct task *t, uintptr_t address, size_t pages, uint8_t *out)
{
    (void)t;
    for (size_t i = 0; i < pages; i++)
        out[i] = mark_of(address + i * PAGE_SIZE) == PAGE_THERE;
    return ERR_OK;
}

enum err vm_lock(struct task *t, uintptr_t address, size_t bytes, enum vm_lock how)
{
    (void)t;
    world.mapped =
        (struct vm_mapping){.address = address, .bytes = bytes, .flags = how ? VM_LOCKED : 0};
    return ERR_OK;
}

enum err vm_lock_all(struct task *t, enum vm_lock now, enum vm_lock future)
{
    (void)t;
    world.lock_now = now;
    world.lock_future = future;
    return ERR_OK;
}

void vm_set_limit(struct task *t, enum vm_limit which, uint64_t bytes)
{
    (void)t;
    if (which == VM_LIMIT_SPACE)
        world.limit_space = bytes;
}

enum err vm_exec(struct task *t, struct vm_image *image)
{
    (void)t;
    if (vm_waits())
        return ERR_PENDING;
    world.image = *image;
    CHECK(image->segments <= 4);
    memcpy(world.segment, image->segment, image->segments * sizeof(world.segment[0]));
    image->stack = SP;
    return world.map_answer;
}

void vm_numbers(const struct task *t, struct vm_numbers *n)
{
    (void)t;
    *n = (struct vm_numbers){.mapped = 100, .resident = 10, .heap = 0x5000, .heap_end = 0x6000};
}

bool vm_next(const struct task *t, uintptr_t address, struct vm_mapping *m)
{
    static const struct vm_mapping all[] = {
        {.address = 0x10000, .bytes = 0x2000, .rights = VM_READ | VM_EXECUTE, .handle = 7},
        {.address = 0x20000, .bytes = 0x1000, .rights = VM_READ | VM_WRITE, .flags = VM_GROWSDOWN}};

    (void)t;
    for (unsigned i = 0; i < 2; i++) {
        if (all[i].address + all[i].bytes <= address)
            continue;
        *m = all[i];
        return true;
    }
    return false;
}

void vm_wait(struct task *t)
{
    (void)t; /* what is pending comes by asking often enough */
}

void vm_finish(struct task *t)
{
    (void)t;
}

/* ---- leases ---- */

/* Between a server and what was lent; stops at pages that are not there. */
static enum err lease_copy(const struct passing *pass, size_t offset, void *own, size_t bytes,
                           bool out, size_t *done)
{
    const struct lease *l = &pass->lease[0];

    *done = 0;
    CHECK_EQ(pass->leases, 1);
    CHECK(l->rights & (out ? RIGHT_WRITE : RIGHT_READ));
    if (offset > l->bytes || bytes > l->bytes - offset)
        return ERR_BAD_ARG;
    if (l->space != SLOT_SPACE)
        return copy(l->address + offset, own, bytes, out, false, done);
    if (out)
        memcpy((char *)(uintptr_t)l->address + offset, own, bytes);
    else
        memcpy(own, (const char *)(uintptr_t)l->address + offset, bytes);
    *done = bytes;
    return ERR_OK;
}

/* ---- the file server: handle = number in world_files + 1 + 100 * number of opening ---- */

static struct {
    unsigned file; /* + 1; 0 = closed */
    uint64_t offset;
} handles[32];

static struct world_file *handle_file(uint32_t handle)
{
    CHECK(handle >= 1 && handle < 32 && handles[handle].file > 0);
    return &world_files[handles[handle].file - 1];
}

static uint32_t handle_new(unsigned file)
{
    for (uint32_t h = 1; h < 32; h++)
        if (handles[h].file == 0) {
            handles[h].file = file + 1;
            handles[h].offset = 0;
            world.open_handles++;
            return h;
        }
    return 0;
}

static enum err open_found(unsigned i, const struct file_open_req *q, struct file_open_reply *r)
{
    const struct world_file *f = &world_files[i];
    uint32_t type = f->mode & LINUX_S_IFMT;

    if (q->flags & FILE_EXCLUSIVE)
        return ERR_EXISTS;
    if (type == LINUX_S_IFLNK && q->flags & FILE_NOFOLLOW && !(q->flags & FILE_PATH))
        return ERR_LOOP;
    if (q->flags & FILE_SMALL && f->bytes > INT32_MAX)
        return ERR_BIG;
    if (q->flags & FILE_DIRECTORY && type != LINUX_S_IFDIR)
        return ERR_NOT_DIR;
    if (q->flags & FILE_WRITE)
        return type == LINUX_S_IFDIR ? ERR_IS_DIR : ERR_READ_ONLY;
    *r = (struct file_open_reply){
        .handle = handle_new(i), .mode = f->mode, .size_low = (uint32_t)f->bytes};
    return r->handle ? ERR_OK : ERR_LIMIT;
}

static enum err on_open(const struct file_open_req *q, struct file_open_reply *r,
                        const struct passing *pass)
{
    char path[FILE_PATH_MAX + 1] = "", whole[2 * FILE_PATH_MAX];
    size_t done;

    if (lease_copy(pass, 0, path, q->path_bytes, false, &done) != ERR_OK)
        return ERR_FAULT;
    snprintf(whole, sizeof(whole), "%s%s%s",
             path[0] == '/' || q->at == FILE_AT_ROOT ? "" : handle_file(q->at)->path,
             path[0] == '/' ? "" : "/", path);
    for (unsigned i = 0; world_files[i].path; i++) {
        if (strcmp(world_files[i].path, whole) != 0)
            continue;
        if ((world_files[i].mode & LINUX_S_IFMT) == LINUX_S_IFLNK && !(q->flags & FILE_NOFOLLOW))
            for (unsigned j = 0; world_files[j].path; j++)
                if (strcmp(world_files[j].path, world_files[i].data) == 0)
                    return open_found(j, q, r);
        return open_found(i, q, r);
    }
    return q->flags & FILE_CREATE ? ERR_READ_ONLY : ERR_NOT_FOUND;
}

static enum err on_read(const struct file_read_req *q, struct file_read_reply *r,
                        const struct passing *pass)
{
    const struct world_file *f = handle_file(q->handle);
    uint64_t at = q->flags & FILE_AT_OFFSET ? q->offset_low | (uint64_t)q->offset_high << 32
                                            : handles[q->handle].offset;
    size_t bytes = at >= f->bytes ? 0 : f->bytes - at, done;
    enum err e;

    CHECK(q->bytes <= 65536);
    r->end = bytes < q->bytes;
    if (bytes > q->bytes)
        bytes = q->bytes;
    if (bytes > world.file_room) {
        bytes = world.file_room;
        r->end = 0;
    }
    e = lease_copy(pass, q->lease_offset, (char *)(uintptr_t)f->data + at, bytes, true, &done);
    r->end &= done == bytes;
    r->done = (uint32_t)done;
    if (!(q->flags & FILE_AT_OFFSET))
        handles[q->handle].offset += done;
    return e;
}

static enum err on_seek(const struct file_seek_req *q, struct file_seek_reply *r)
{
    int64_t to = (int64_t)(q->offset_low | (uint64_t)q->offset_high << 32);

    if (q->whence == FILE_CURRENT)
        to += (int64_t)handles[q->handle].offset;
    if (q->whence == FILE_END)
        to += (int64_t)handle_file(q->handle)->bytes;
    if (to < 0)
        return ERR_BAD_ARG;
    handles[q->handle].offset = (uint64_t)to;
    r->offset_low = (uint32_t)to;
    r->offset_high = (uint32_t)((uint64_t)to >> 32);
    return ERR_OK;
}

static enum err on_stat(const struct file_stat_req *q, const struct passing *pass)
{
    const struct world_file *f = handle_file(q->handle);
    struct file_attributes a = {.size = f->bytes, .mode = f->mode, .inode = 12, .links = 1};
    size_t done;

    return lease_copy(pass, 0, &a, sizeof(a), true, &done);
}

static enum err file_answer(uint32_t op, const void *q, void *r, const struct passing *pass)
{
    const struct file_link_req *link = q;
    const struct file_dup_req *dup = q;
    const struct file_close_req *close = q;
    size_t done;

    world.file_calls++;
    if (world.file_pending > 0 && world.file_pending-- > 0)
        return ERR_PENDING;
    switch (op) {
    case file_OP_open:
        return on_open(q, r, pass);
    case file_OP_read:
        return on_read(q, r, pass);
    case file_OP_seek:
        return on_seek(q, r);
    case file_OP_stat:
        return on_stat(q, pass);
    case file_OP_close:
        handle_file(close->handle);
        handles[close->handle].file = 0;
        world.open_handles--;
        return ERR_OK;
    case file_OP_dup:
        ((struct file_dup_reply *)r)->handle = handle_new(handles[dup->handle].file - 1);
        return ERR_OK;
    case file_OP_link:
        done = strlen(handle_file(link->handle)->data);
        done = done < link->bytes ? done : link->bytes;
        ((struct file_link_reply *)r)->bytes = (uint32_t)done;
        return lease_copy(pass, 0, (void *)(uintptr_t)handle_file(link->handle)->data, done, true,
                          &done);
    case file_OP_list:
        ((struct file_list_reply *)r)->bytes = 5;
        return lease_copy(pass, 0, "entry", 5, true, &done);
    case file_OP_times:
        world.times = *(const struct file_times_req *)q;
        return ERR_OK;
    case file_OP_change:
        world.change = *(const struct file_change_req *)q;
        return ERR_OK;
    case file_OP_sync:
        world.syncs++;
        return ERR_OK;
    case file_OP_remove:
    case file_OP_mkdir:
        return ERR_READ_ONLY; /* the volume is */
    case file_OP_volume:
        ((struct file_volume_reply *)r)->flags = FILE_VOLUME_READ_ONLY;
        return ERR_OK;
    default:
        return ERR_BAD_OP;
    }
}

/* ---- the process server ---- */

static enum err on_write(const struct process_write_req *q, struct process_write_reply *r,
                         const struct passing *pass)
{
    size_t bytes = q->bytes, done;
    enum err e;

    CHECK(q->stream == PROCESS_STDOUT || q->stream == PROCESS_STDERR);
    if (bytes > world.output_room)
        bytes = world.output_room;
    CHECK(world.output_bytes[q->stream] + bytes <= sizeof(world.output[0]));
    e = lease_copy(pass, q->lease_offset, world.output[q->stream] + world.output_bytes[q->stream],
                   bytes, false, &done);
    world.output_bytes[q->stream] += done;
    r->done = (uint32_t)done;
    return e == ERR_OK && done < q->bytes ? ERR_PENDING : e;
}

static enum err on_input(const struct process_read_req *q, struct process_read_reply *r,
                         const struct passing *pass)
{
    size_t bytes = world.input ? strlen(world.input) : 0, done;
    enum err e;

    if (bytes == 0)
        return world.input_ended ? ERR_OK : ERR_PENDING;
    if (bytes > q->bytes)
        bytes = q->bytes;
    if (bytes == 0)
        return ERR_OK;
    e = lease_copy(pass, 0, (void *)(uintptr_t)world.input, bytes, true, &done);
    world.input += done;
    r->done = (uint32_t)done;
    return e;
}

static enum err on_text(const struct process_text_req *q, struct process_text_reply *r,
                        const struct passing *pass)
{
    char text[32];
    size_t done;

    r->bytes = (uint32_t)snprintf(text, sizeof(text), "text %u\n", (unsigned)q->which);
    return lease_copy(pass, 0, text, r->bytes, true, &done);
}

static enum err process_answer(uint32_t op, const void *q, void *r, const struct passing *pass)
{
    const struct process_exit_req *end = q;

    world.process_calls++;
    if (world.process_pending > 0 && world.process_pending-- > 0)
        return ERR_PENDING;
    switch (op) {
    case process_OP_exit:
        world.ended = true;
        world.end_kind = end->kind;
        world.end_code = end->code;
        longjmp(world.end, 1);
    case process_OP_started:
        return ERR_OK;
    case process_OP_write:
        return on_write(q, r, pass);
    case process_OP_read:
        return on_input(q, r, pass);
    case process_OP_text:
        return on_text(q, r, pass);
    case process_OP_memory:
        *(struct process_memory_reply *)r =
            (struct process_memory_reply){.total = 1000, .free = 500, .uptime_seconds = 3};
        return ERR_OK;
    default:
        return ERR_BAD_OP;
    }
}

enum err protocol_call(cap_t server, uint32_t op, const void *req, size_t req_bytes, void *reply,
                       size_t reply_bytes, struct passing *p)
{
    (void)req_bytes;
    memset(reply, 0, reply_bytes);
    if (server == TASK_FILE && op >> 16 == PROTOCOL_file)
        return file_answer(op & 0xffff, req, reply, p);
    CHECK(server == TASK_PROC && op >> 16 == PROTOCOL_process);
    return process_answer(op & 0xffff, req, reply, p);
}

/* ---- the kernel and the run-time ---- */

struct buffer *sys_buffer(void)
{
    static struct buffer buffer;

    return &buffer;
}

enum err thread_read(cap_t thread)
{
    (void)thread;
    memcpy(sys_buffer()->reg, world.reg, sizeof(world.reg));
    return ERR_OK;
}

enum err thread_write(cap_t thread)
{
    (void)thread;
    memcpy(world.reg, sys_buffer()->reg, sizeof(world.reg));
    return ERR_OK;
}

enum err thread_start(cap_t thread, uintptr_t ip, uintptr_t sp, uintptr_t arg, uintptr_t tls)
{
    (void)thread;
    CHECK_EQ(arg, 0);
    CHECK_EQ(tls, 0);
    world.started = true;
    world.entry = ip;
    world.sp = sp;
    return ERR_OK;
}

enum err thread_times(cap_t thread, uint64_t *instructions)
{
    (void)thread;
    *instructions = 2500000000u;
    return ERR_OK;
}

uint64_t now_ns(void)
{
    return world.now;
}

const char *err_text(enum err e)
{
    static const char *const text[] = {
#define X(name, sentence) sentence,
        ERROR_TABLE(X)
#undef X
    };
    return text[e];
}

void log_line(const char *format, ...)
{
    size_t used = strlen(world.log);
    va_list list;

    va_start(list, format);
    vsnprintf(world.log + used, sizeof(world.log) - used, format, list);
    va_end(list);
    strncat(world.log, "\n", sizeof(world.log) - strlen(world.log) - 1);
}

void die(const char *format, ...)
{
    fprintf(stderr, "die: %s\n", format);
    abort();
}

enum err window_memory(struct window *w, unsigned pages)
{
    CHECK(pages * PAGE_SIZE >= sizeof(world.person));
    memset(&world.person, 0, sizeof(world.person));
    w->at = &world.person;
    return ERR_OK;
}

const struct start *start_block(void)
{
    static const struct start block = {.flags = BOOT_MEASURE};

    return &block;
}

uint32_t start_u32(const char *name, uint32_t otherwise)
{
    return strcmp(name, "pid") == 0 ? 5 : otherwise;
}

const void *start_property(const char *name, uint32_t *bytes)
{
    const struct string_list *l = strcmp(name, "argv") == 0          ? &world_argv
                                  : strcmp(name, "environment") == 0 ? &world_environment
                                                                     : NULL;

    if (!l)
        return NULL;
    *bytes = l->bytes;
    return l->at;
}

/* ---- the world ---- */

void world_begin(void)
{
    struct person *p = &world.person;

    memset(&world, 0, sizeof(world));
    memset(handles, 0, sizeof(handles));
    world.output_room = sizeof(world.output[0]);
    world.file_room = 65536;
    world.reg[REG_SP] = SP;
    world.reg[REG_IP] = BASE + 0x100;
    world.task = (struct task){.person = p,
                               .space = TASK_SPACE,
                               .file = TASK_FILE,
                               .process = TASK_PROC,
                               .status = &world.status};
    p->pid = 5;
    p->argv = world_argv;
    p->envp = world_environment;
    p->cwd[0] = '/';
    strcpy(p->name, "prog");
    for (unsigned i = 0; i < 16; i++)
        p->limit[i][0] = p->limit[i][1] = UINT64_MAX;
    signal_init(&p->signals);
    for (unsigned i = 0; i < 3; i++) {
        struct description d = {.kind = DESC_CONSOLE,
                                .which = (uint8_t)i,
                                .flags = i ? LINUX_O_WRONLY : LINUX_O_RDONLY,
                                .mode = LINUX_S_IFIFO | 0600};

        fd_open(&p->fds, &d, false);
    }
}

enum event_end world_try(unsigned number, const uint64_t arg[6], bool again)
{
    if (!again) {
        world_event = (struct event){.kind = KIND_TRAP};
        world_event.word[TRAP_NUMBER] = number;
        for (unsigned i = 0; i < 6; i++)
            world_event.word[TRAP_ARG0 + i] = arg[i];
        world_event.word[TRAP_IP] = world.reg[REG_IP];
    }
    world_event.again = again;
    return person_trap(&world.task, &world_event);
}

int64_t world_call(unsigned number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e,
                   uint64_t f)
{
    const uint64_t arg[6] = {a, b, c, d, e, f};
    enum event_end end = world_try(number, arg, false);

    for (unsigned i = 0; i < 100 && end == EVENT_PARK; i++)
        end = world_try(number, arg, true);
    CHECK_EQ(end, EVENT_ANSWER);
    return (int64_t)world_event.word[0];
}

enum event_end world_fault(enum vm_signal_kind kind, uint64_t address)
{
    const struct vm_signal s = {.kind = kind, .address = address, .ip = world.reg[REG_IP]};

    world_event = (struct event){.kind = KIND_FAULT};
    return person_signal(&world.task, &world_event, &s);
}
