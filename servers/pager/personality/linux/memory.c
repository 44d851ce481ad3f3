/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory.c - calls about memory: Linux's checks and flags, then the VM's functions.
 */
#include "node.h"

#define ALL_PROT (LINUX_PROT_READ | LINUX_PROT_WRITE | LINUX_PROT_EXEC | LINUX_PROT_GROWS)

static unsigned rights_of(uint64_t prot)
{
    unsigned rights = 0;

    if (prot & LINUX_PROT_READ)
        rights |= VM_READ;
    if (prot & LINUX_PROT_WRITE)
        rights |= VM_READ | VM_WRITE; /* no machine of ours has pages that are write-only */
    if (prot & LINUX_PROT_EXEC)
        rights |= VM_EXECUTE;
    return rights;
}

result_t call_brk(struct trap *x)
{
    return (result_t)vm_brk(x->task, x->arg[0]);
}

static unsigned flags_of(uint64_t flags)
{
    unsigned f = 0;

    if ((flags & LINUX_MAP_TYPE) != LINUX_MAP_PRIVATE)
        f |= VM_SHARED;
    if (flags & (LINUX_MAP_FIXED | LINUX_MAP_FIXED_NOREPLACE))
        f |= VM_FIXED;
    if (flags & LINUX_MAP_FIXED_NOREPLACE)
        f |= VM_NOREPLACE;
    if (flags & LINUX_MAP_GROWSDOWN)
        f |= VM_GROWSDOWN;
    if (flags & LINUX_MAP_POPULATE)
        f |= VM_POPULATE;
    if (flags & LINUX_MAP_LOCKED)
        f |= VM_LOCKED;
    return f;
}

static bool may_write(const struct description *d)
{
    return (d->flags & LINUX_O_ACCMODE) == LINUX_O_RDWR;
}

/* May this description be mapped so? */
static result_t object_fault(const struct description *d, uint64_t prot, bool shared)
{
    if (!d || d->flags & LINUX_O_PATH)
        return FAIL(EBADF);
    if ((d->flags & LINUX_O_ACCMODE) == LINUX_O_WRONLY)
        return FAIL(EACCES);
    if (shared && prot & LINUX_PROT_WRITE && !may_write(d))
        return FAIL(EACCES);
    if (d->kind == DESC_MEMORY || (d->kind == DESC_NODE && d->which == NODE_DEV_ZERO))
        return 0;
    if (d->kind != DESC_FILE || (d->mode & LINUX_S_IFMT) != LINUX_S_IFREG)
        return FAIL(ENODEV);
    return 0;
}

static result_t map_now(struct trap *x, struct vm_mapping *m)
{
    uintptr_t at;
    enum err e = vm_map(x->task, m, &at);

    return e == ERR_OK ? (result_t)at : result_of_vm(e);
}

/* The mapping keeps the file open by a handle of its own. */
static result_t map_file(struct trap *x, const struct description *d, struct vm_mapping *m)
{
    struct file_dup_req q = {.handle = d->handle};
    struct file_dup_reply r = {0};
    struct passing pass = {0};
    enum err e = file_dup(x->task->file, &q, &r, &pass);
    result_t result;

    if (e != ERR_OK)
        return result_of(e);
    m->handle = r.handle;
    if (may_write(d))
        m->flags |= VM_MAY_WRITE;
    result = map_now(x, m);
    if (result < 0 && result > -4096)
        handle_close(x->task, r.handle);
    return result;
}

/* Shared memory is an object. Where none can be had it is private memory: a program alone in its
 * address space cannot tell. */
static result_t map_anonymous(struct trap *x, struct vm_mapping *m)
{
    uint64_t pages = m->bytes / PAGE_SIZE + (m->bytes % PAGE_SIZE != 0);
    enum err e = ERR_NOT_FOUND;
    result_t result;

    m->offset = 0;
    if (m->flags & VM_SHARED)
        e = vm_object_make(x->task, pages, &m->object);
    if (e != ERR_OK && e != ERR_NOT_FOUND && e != ERR_NO_SPACE)
        return FAIL(ENOMEM);
    if (e != ERR_OK) {
        m->flags &= ~(unsigned)VM_SHARED;
        return map_now(x, m);
    }
    m->flags |= VM_MAY_WRITE;
    result = map_now(x, m);
    vm_object_drop(x->task, m->object);
    return result;
}

result_t call_mmap(struct trap *x)
{
    uint64_t prot = x->arg[2], flags = x->arg[3], type = flags & LINUX_MAP_TYPE;
    struct vm_mapping m = {.address = x->arg[0],
                           .bytes = x->arg[1],
                           .rights = rights_of(prot),
                           .flags = flags_of(flags),
                           .offset = x->arg[5]};
    const struct description *d = fd_get(&x->person->fds, x->arg[4]);
    result_t fault;

    if (m.offset % PAGE_SIZE)
        return FAIL(EINVAL);
    if (!(flags & LINUX_MAP_ANONYMOUS)) {
        fault = object_fault(d, prot, type != LINUX_MAP_PRIVATE);
        if (fault)
            return fault;
    }
    if (type != LINUX_MAP_PRIVATE && type != LINUX_MAP_SHARED && type != LINUX_MAP_SHARED_VALIDATE)
        return FAIL(EINVAL);
    if (m.bytes == 0)
        return FAIL(EINVAL);
    if (m.bytes > (abi_word_t)-1 - PAGE_SIZE || m.offset + m.bytes < m.offset)
        return flags & LINUX_MAP_ANONYMOUS ? FAIL(ENOMEM) : FAIL(EOVERFLOW);
    if (flags & LINUX_MAP_HUGETLB)
        return FAIL(ENOMEM);
    if (flags & LINUX_MAP_ANONYMOUS || d->kind == DESC_NODE)
        return map_anonymous(x, &m);
    if (d->kind == DESC_FILE)
        return map_file(x, d, &m);
    m.object = d->memory;
    m.flags |= VM_MAY_WRITE;
    return map_now(x, &m);
}

/* The offset is in pages of 4 KiB, whatever a page has. */
result_t call_mmap2(struct trap *x)
{
    x->arg[5] *= 4096;
    return call_mmap(x);
}

result_t call_munmap(struct trap *x)
{
    return result_of_vm(vm_unmap(x->task, x->arg[0], x->arg[1]));
}

result_t call_mprotect(struct trap *x)
{
    if (x->arg[2] & ~(uint64_t)ALL_PROT || x->arg[0] % PAGE_SIZE)
        return FAIL(EINVAL);
    if (x->arg[1] == 0)
        return 0;
    return result_of_vm(vm_protect(x->task, x->arg[0], x->arg[1], rights_of(x->arg[2])));
}

result_t call_mremap(struct trap *x)
{
    uint64_t flags = x->arg[3], old = x->arg[1], new = x->arg[2];
    uintptr_t at = x->arg[4];
    unsigned f = 0;
    enum err e;

    if (flags & ~(uint64_t)(LINUX_MREMAP_MAYMOVE | LINUX_MREMAP_FIXED))
        return FAIL(EINVAL);
    if (flags & LINUX_MREMAP_FIXED && !(flags & LINUX_MREMAP_MAYMOVE))
        return FAIL(EINVAL);
    if (x->arg[0] % PAGE_SIZE || new == 0)
        return FAIL(EINVAL);
    if (flags & LINUX_MREMAP_MAYMOVE)
        f |= VM_REMAP_MOVE;
    if (flags & LINUX_MREMAP_FIXED)
        f |= VM_FIXED;
    e = vm_remap(x->task, x->arg[0], old, new, f, &at);
    return e == ERR_OK ? (result_t)at : result_of_vm(e);
}

/* X(Linux's number, what it is to the VM; those that are only hints are NORMAL) */
static const struct {
    uint8_t linux_advice, advice;
} advices[] = {
    {0, VM_NORMAL},         {1, VM_RANDOM},          {2, VM_SEQUENTIAL},
    {3, VM_WILLNEED},       {4, VM_DONTNEED},        {8, VM_FREE}, /* taken back at once */
    {10, VM_NORMAL},                                               /* DONTFORK */
    {11, VM_NORMAL},                                               /* DOFORK */
    {12, VM_NORMAL},        {13, VM_NORMAL},                       /* MERGEABLE, UNMERGEABLE */
    {14, VM_NORMAL},        {15, VM_NORMAL},                       /* HUGEPAGE, NOHUGEPAGE */
    {16, VM_NORMAL},        {17, VM_NORMAL},                       /* DONTDUMP, DODUMP */
    {20, VM_COLD},          {21, VM_PAGEOUT}, /* what follows waits for the pages: */
    {22, VM_POPULATE_READ}, {23, VM_POPULATE_WRITE},
};

result_t call_madvise(struct trap *x)
{
    for (unsigned i = 0; i < sizeof(advices) / sizeof(advices[0]); i++) {
        if ((int64_t)x->arg[2] != advices[i].linux_advice)
            continue;
        if (x->arg[0] % PAGE_SIZE)
            return FAIL(EINVAL);
        if (x->arg[1] == 0)
            return 0;
        return result_of_vm(
            vm_advise(x->task, x->arg[0], x->arg[1], (enum vm_advice)advices[i].advice));
    }
    return FAIL(EINVAL);
}

static unsigned sync_of(uint64_t flags)
{
    return (flags & LINUX_MS_SYNC ? 0 : VM_SYNC_LATER) |
           (flags & LINUX_MS_INVALIDATE ? VM_SYNC_FRESH : 0);
}

result_t call_msync(struct trap *x)
{
    uint64_t flags = x->arg[2];

    if (flags & ~(uint64_t)(LINUX_MS_ASYNC | LINUX_MS_INVALIDATE | LINUX_MS_SYNC) ||
        (flags & LINUX_MS_ASYNC && flags & LINUX_MS_SYNC) || x->arg[0] % PAGE_SIZE)
        return FAIL(EINVAL);
    return x->arg[1] == 0 ? 0
                          : result_of_vm(vm_sync(x->task, x->arg[0], x->arg[1], sync_of(flags)));
}

/* The pages that the range touches, were it empty: so does Linux. */
static result_t lock(struct trap *x, enum vm_lock how)
{
    uint64_t inside = x->arg[0] % PAGE_SIZE, bytes = x->arg[1] + inside;

    if (bytes < inside || bytes > UINTPTR_MAX - PAGE_SIZE)
        return FAIL(EINVAL);
    return result_of_vm(vm_lock(x->task, x->arg[0] - inside, bytes, how));
}

result_t call_mlock(struct trap *x)
{
    return lock(x, VM_LOCK_NOW);
}

result_t call_mlock2(struct trap *x)
{
    if (x->arg[2] & ~(uint64_t)LINUX_MLOCK_ONFAULT)
        return FAIL(EINVAL);
    return lock(x, x->arg[2] ? VM_LOCK_LATER : VM_LOCK_NOW);
}

result_t call_munlock(struct trap *x)
{
    return lock(x, VM_UNLOCK);
}

result_t call_mlockall(struct trap *x)
{
    uint64_t flags = x->arg[0];
    enum vm_lock how = flags & LINUX_MCL_ONFAULT ? VM_LOCK_LATER : VM_LOCK_NOW;

    if (flags & ~(uint64_t)(LINUX_MCL_CURRENT | LINUX_MCL_FUTURE | LINUX_MCL_ONFAULT) ||
        !(flags & (LINUX_MCL_CURRENT | LINUX_MCL_FUTURE)))
        return FAIL(EINVAL);
    return result_of_vm(vm_lock_all(x->task, flags & LINUX_MCL_CURRENT ? how : VM_LOCK_KEEP,
                                    flags & LINUX_MCL_FUTURE ? how : VM_UNLOCK));
}

result_t call_munlockall(struct trap *x)
{
    return result_of_vm(vm_lock_all(x->task, VM_UNLOCK, VM_UNLOCK));
}

result_t call_flush_code(struct trap *x)
{
    if (x->arg[1] < x->arg[0] || x->arg[2] > 1)
        return FAIL(EINVAL);
    vm_flush_code(x->task, x->arg[0], x->arg[1] - x->arg[0]);
    return 0;
}

result_t call_mincore(struct trap *x)
{
    struct person *p = x->person;
    uint64_t pages = x->arg[1] / PAGE_SIZE + (x->arg[1] % PAGE_SIZE != 0);
    result_t fault = 0;

    if (x->arg[0] % PAGE_SIZE)
        return FAIL(EINVAL);
    for (uint64_t done = 0; done < pages && !fault;) {
        size_t count = pages - done < PERSON_SCRATCH ? pages - done : PERSON_SCRATCH;

        fault = result_of_vm(vm_incore(x->task, x->arg[0] + done * PAGE_SIZE, count, p->scratch));
        if (!fault)
            fault = user_write(x, x->arg[2] + done, p->scratch, count);
        done += count;
    }
    return fault;
}
