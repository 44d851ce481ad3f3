/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * main.c - from the loader to init's first instruction.
 *
 * The kernel makes init's own objects from memory it takes once, hands all the rest out as
 * Untyped, one Irq a line, and never allocates again.
 */
#include "cap_ops.h"
#include "ipc.h"
#include "irq.h"
#include "ranges.h"
#include "space.h"
#include "thread_ops.h"

/* Init's priority: it acts when a server has died, before anybody else. */
#define INIT_PRIORITY (PRIORITIES - 1)

/* What is being built. */
struct birth {
    const struct boot *boot;
    struct ranges ranges;
    struct slot *root; /* init's root table */
    unsigned next;     /* first empty slot */
    struct thread *thread;
    struct space *space;
    struct bootinfo *info;
    uint64_t taken; /* bytes for init's own objects */
};

static void *take(struct birth *b, uint64_t bytes, uint64_t align)
{
    void *p = window((paddr_t)ranges_take(&b->ranges, bytes, align));

    arch_clear(p, bytes);
    b->taken += bytes;
    return p;
}

static uint32_t object_ref(const void *p)
{
    return (uint32_t)(window_paddr(p) >> SLOT_BITS);
}

static void root_cap(struct slot *s, unsigned type, unsigned bits, uint32_t obj, uint32_t flags)
{
    tree_insert(NULL, s, type | HEAD_SIZE(bits) | HEAD_RIGHTS(RIGHT_ALL) | HEAD_ORIGIN | flags,
                obj);
}

/* What refs and physical addresses name ends there. */
#define NAMED_END ((uint64_t)(paddr_t)0x1fffffffff + 1)
#define BEYOND    (1ull << 48)

static void ranges_begin(struct birth *b)
{
    const struct boot *boot = b->boot;

    for (unsigned i = 0; i < boot->ram_count; i++)
        ranges_add(&b->ranges, boot->ram[i].base, boot->ram[i].size, UNTYPED_RAM);
    for (unsigned i = 0; i < boot->reserved_count; i++)
        ranges_remove(&b->ranges, boot->reserved[i].base, boot->reserved[i].size);
    ranges_remove(&b->ranges, boot->kernel.base, boot->kernel.size);
    ranges_remove(&b->ranges, NAMED_END, BEYOND);
    ranges_mark(&b->ranges, ARCH_WINDOW_END, BEYOND, UNTYPED_HIGH);
    ranges_mark(&b->ranges, boot->archive.base, boot->archive.size, UNTYPED_ARCHIVE);
    ranges_mark(&b->ranges, boot->tree.base, boot->tree.size, UNTYPED_ARCHIVE);
    for (unsigned i = 0; i < boot->init_count; i++)
        ranges_remove(&b->ranges, boot->init[i].base, (uint64_t)boot->init[i].pages << PAGE_BITS);
    ranges_mark(&b->ranges, boot->loader.base, boot->loader.size, UNTYPED_DEVICE);
}

/* The loader's memory, with the boot structure in it, was kept until now. */
static void loader_free(struct birth *b)
{
    for (unsigned i = 0; i < b->ranges.count; i++) {
        if (b->ranges.range[i].kind == UNTYPED_DEVICE)
            b->ranges.range[i].kind = UNTYPED_RAM;
    }
}

static void make_objects(struct birth *b)
{
    struct slot *s;

    b->root = take(b, KERNEL_BITS(INIT_ROOT_BITS), KERNEL_BITS(INIT_ROOT_BITS));
    b->space = take(b, KERNEL_BITS(ARCH_SPACE_BITS), KERNEL_BITS(ARCH_SPACE_BITS));
    b->thread = take(b, PAGE_SIZE, PAGE_SIZE);
    b->next = INIT_IMAGE_FIRST;
    s = b->root;
    root_cap(&s[INIT_ROOT], OBJ_CAPTABLE, INIT_ROOT_BITS, object_ref(b->root), 0);
    root_cap(&s[INIT_SPACE], OBJ_SPACE, ARCH_SPACE_BITS, object_ref(b->space), 0);
    root_cap(&s[INIT_THREAD], OBJ_THREAD, 10, object_ref(b->thread), 0);
    s[INIT_THREAD].word[0] = PRIORITIES - 1;
    space_init(b->space);
    thread_bind(b->thread, BINDING(BIND_ROOT) | BINDING(BIND_SPACE),
                (struct slot *[]){&s[INIT_ROOT], &s[INIT_SPACE]});
}

/* One item, as init itself would map it; missing tables are supplied. */
static void map(struct birth *b, unsigned slot, vaddr_t va, unsigned rights)
{
    word_t word[MESSAGE_WORDS] = {slot, MAP_WHERE(va, 1, rights, 0)};
    struct map_request m = {.space = b->space, .t = b->thread, .word = word, .pages_max = 1};
    unsigned err;

    while ((err = space_map(&m)) == ERR_NO_TABLE) {
        unsigned table = b->next++;
        word_t fill[MESSAGE_WORDS] = {table, MAP_WHERE(va, 1, 0, 0)};
        struct map_request t = {.space = b->space, .t = b->thread, .word = fill, .pages_max = 1};
        void *p = take(b, KERNEL_BITS(ARCH_PAGETABLE_BITS), KERNEL_BITS(ARCH_PAGETABLE_BITS));

        root_cap(&b->root[table], OBJ_PAGETABLE, ARCH_PAGETABLE_BITS, object_ref(p), 0);
        if (space_map(&t) != ERR_OK)
            break;
    }
    if (err != ERR_OK)
        panic("boot: cannot map init at %lx", (unsigned long)va);
}

static void map_frame_at(struct birth *b, unsigned slot, paddr_t pa, vaddr_t va, unsigned rights)
{
    root_cap(&b->root[slot], OBJ_FRAME, PAGE_BITS, (uint32_t)(pa >> PAGE_BITS), 0);
    map(b, slot, va, rights);
}

static void map_image(struct birth *b)
{
    unsigned pages = 0;

    for (unsigned i = 0; i < b->boot->init_count; i++)
        pages += b->boot->init[i].pages;
    b->next += pages; /* the frames stand together, tables behind them */
    for (unsigned i = 0, slot = INIT_IMAGE_FIRST; i < b->boot->init_count; i++) {
        const struct boot_segment *seg = &b->boot->init[i];

        for (unsigned page = 0; page < seg->pages; page++)
            map_frame_at(b, slot++, seg->base + (paddr_t)page * PAGE_SIZE,
                         (vaddr_t)seg->va + (vaddr_t)page * PAGE_SIZE, seg->rights);
    }
    b->info->image_first = INIT_IMAGE_FIRST;
    b->info->image_count = pages;
}

/* Stack, buffer, what the kernel tells it, and the table of its heap. */
static void map_rest(struct birth *b)
{
    unsigned rw = RIGHT_READ | RIGHT_WRITE;
    vaddr_t stack = INIT_STACK_TOP - INIT_STACK_PAGES * PAGE_SIZE;

    for (unsigned i = 0; i < BOOTINFO_PAGES; i++)
        map_frame_at(b, b->next++, window_paddr(b->info) + i * PAGE_SIZE,
                     BOOTINFO_VA + i * PAGE_SIZE, RIGHT_READ);
    for (unsigned i = 0; i < INIT_STACK_PAGES; i++)
        map_frame_at(b, b->next++, window_paddr(take(b, PAGE_SIZE, PAGE_SIZE)),
                     stack + i * PAGE_SIZE, rw);
    map_frame_at(b, INIT_BUFFER, window_paddr(take(b, PAGE_SIZE, PAGE_SIZE)), INIT_BUFFER_VA, rw);
    thread_bind(b->thread, BINDING(BIND_BUFFER), (struct slot *[]){&b->root[INIT_BUFFER]});
}

static void make_irqs(struct birth *b)
{
    unsigned lines = b->boot->irq_lines < IRQ_LINES ? b->boot->irq_lines : IRQ_LINES;

    b->info->irq_first = b->next;
    b->info->irq_count = lines;
    for (unsigned i = 0; i < lines; i++)
        root_cap(&b->root[b->next++], OBJ_IRQ, 0, i, 0);
}

static void make_untyped(struct birth *b, uint64_t base, unsigned bits, unsigned kind,
                         unsigned device)
{
    struct bootinfo_untyped *u = &b->info->untyped[b->info->untyped_count];

    if ((uintptr_t)(u + 1) > (uintptr_t)b->info + BOOTINFO_PAGES * PAGE_SIZE ||
        b->next == CAPTABLE_SLOTS(INIT_ROOT_BITS))
        return; /* what cannot be named is not handed out */
    root_cap(&b->root[b->next], OBJ_UNTYPED, bits, (uint32_t)(base >> SLOT_BITS),
             kind == UNTYPED_DEVICE ? HEAD_DEVICE : 0);
    *u = (struct bootinfo_untyped){.base = base,
                                   .slot = b->next++,
                                   .log2_size = (uint8_t)bits,
                                   .kind = (uint8_t)kind,
                                   .device = (uint16_t)device};
    b->info->untyped_count++;
}

/* The largest aligned powers of two that make it up. */
static void make_untypeds(struct birth *b, uint64_t base, uint64_t end, unsigned kind,
                          unsigned device)
{
    while (base < end) {
        unsigned bits = PAGE_BITS;

        while (bits < UNTYPED_MAX_BITS && !(base & (KERNEL_BITS(bits + 1) - 1)) &&
               KERNEL_BITS(bits + 1) <= end - base)
            bits++;
        make_untyped(b, base, bits, kind, device);
        base += KERNEL_BITS(bits);
    }
}

/* A device's registers, unless they are memory, the kernel's own, or another device's. */
static void make_devices(struct birth *b)
{
    const struct boot *boot = b->boot;
    struct ranges used = b->ranges;

    for (unsigned i = 0; i < boot->ram_count; i++)
        ranges_add(&used, boot->ram[i].base, boot->ram[i].size, 0);
    ranges_add(&used, boot->intc.base, boot->intc.size, 0);
    for (unsigned i = 0; i < boot->device_count; i++) {
        uint64_t base = boot->device[i].base & ~(uint64_t)(PAGE_SIZE - 1);
        uint64_t end = (boot->device[i].base + boot->device[i].size + PAGE_SIZE - 1) &
                       ~(uint64_t)(PAGE_SIZE - 1);

        b->info->device[i] = boot->device[i];
        if (end <= base || end > NAMED_END || ranges_overlap(&used, base, end - base) ||
            used.count == RANGES_MAX)
            continue;
        ranges_add(&used, base, end - base, 0);
        make_untypeds(b, base, end, UNTYPED_DEVICE, i);
    }
    b->info->device_count = boot->device_count;
}

static void tell(struct birth *b)
{
    const struct boot *boot = b->boot;
    struct bootinfo *info = b->info;

    info->magic = BOOT_MAGIC;
    info->version = BOOT_VERSION;
    info->flags = boot->flags;
    info->timebase = boot->timebase;
    info->archive = boot->archive;
    info->tree = boot->tree;
    info->kernel_bytes = boot->kernel.size + b->taken;
    for (unsigned i = 0; i < boot->ram_count; i++)
        info->ram_bytes += boot->ram[i].size;
    for (unsigned i = 0; i < boot->reserved_count; i++)
        info->firmware_bytes += boot->reserved[i].size;
    arch_copy(info->cmdline, boot->cmdline, sizeof(info->cmdline));
}

/* All other RAM. */
static void make_memory(struct birth *b)
{
    for (unsigned i = 0; i < b->ranges.count; i++) {
        const struct range *g = &b->ranges.range[i];

        make_untypeds(b, g->base, g->end, g->kind, 0);
    }
    b->info->free_first = b->next;
}

static struct birth birth;

void kernel_main(const struct boot *boot, uint64_t entered)
{
    struct birth *b = &birth;

    *b = (struct birth){.boot = boot};
    cpu.flags = boot->flags;
    arch_init(boot);
    ranges_begin(b);
    b->info = take(b, BOOTINFO_PAGES * PAGE_SIZE, PAGE_SIZE);
    make_objects(b);
    map_image(b);
    map_rest(b);
    make_irqs(b);
    make_devices(b);
    tell(b);
    b->info->entered = entered;
    loader_free(b);
    make_memory(b);
    b->thread->base = b->thread->priority = b->thread->ceiling = INIT_PRIORITY;
    b->thread->flags = THREAD_LOG | THREAD_POWER;
    arch_registers_init(&b->thread->registers, (vaddr_t)boot->init_entry, INIT_STACK_TOP,
                        BOOTINFO_VA, 0);
    thread_ready(b->thread);
    sched_switch();
    arch_enter_user();
}
