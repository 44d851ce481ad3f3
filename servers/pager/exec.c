/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exec.c - a new image: segments, stack, an empty heap.
 *
 *   VM_LOWEST   segments, then the heap, upwards
 *   STACK_TOP   the stack, downwards; mappings, upwards
 *
 * The upper end of the stack and the first mappings share a leaf table, and all of a small
 * program hangs below one middle table. A program linked so high that it would meet the stack
 * moves stack and mappings up behind itself.
 */
#include "rt.h"
#include "state.h"

#include <stdlib.h>

#define TABLE_BYTES  (2u << 20) /* what a leaf table spans, on both ports */
#define STACK_TOP    (0x20000000u + TABLE_BYTES / 2)
#define STACK_PAGES  32u /* mapped at first; it grows by faults */
#define STACK_MARGIN (16 * PAGE_SIZE)
#define HEAP_ROOM    (64u << 20) /* kept free behind a program that is linked high */

static bool segment_ok(const struct vm *vm, const struct vm_segment *s)
{
    if (s->memory == 0 || s->bytes > s->memory || s->address < VM_LOWEST || s->address >= vm->top ||
        s->memory > vm->top - s->address)
        return false;
    if (s->bytes == 0)
        return true;
    return (s->address - s->offset) % PAGE_SIZE == 0 && s->offset + s->bytes >= s->offset &&
           (s->offset + s->bytes) / PAGE_SIZE < UINT32_MAX;
}

static bool segments_overlap(const struct vm_segment *a, const struct vm_segment *b)
{
    return page_down(a->address) < page_up(b->address + b->memory) &&
           page_down(b->address) < page_up(a->address + a->memory);
}

/* *end: where the last one ends. */
static bool image_ok(const struct vm *vm, const struct vm_image *image, uintptr_t *end)
{
    *end = VM_LOWEST;
    for (unsigned i = 0; i < image->segments; i++) {
        const struct vm_segment *s = &image->segment[i];

        if (!segment_ok(vm, s))
            return false;
        for (unsigned j = 0; j < i; j++)
            if (segments_overlap(s, &image->segment[j]))
                return false;
        if (page_up(s->address + s->memory) > *end)
            *end = page_up(s->address + s->memory);
    }
    return image->segments > 0;
}

/* Where the stack of `limit` bytes ends; 0: nowhere. */
static uintptr_t stack_place(const struct vm *vm, uintptr_t image_end, uint64_t limit)
{
    uintptr_t top = STACK_TOP;

    if (limit > vm->top / 4)
        return 0;
    if (image_end > top || top - image_end < limit + VM_STACK_GAP) {
        top = image_end + HEAP_ROOM + (uintptr_t)limit + VM_STACK_GAP;
        top = (top | (TABLE_BYTES - 1)) + 1 + TABLE_BYTES / 2;
    }
    return top < vm->top - TABLE_BYTES ? top : 0;
}

static void add(struct vm *vm, struct region r)
{
    if (r.start < r.end)
        regions_add(&vm->regions, &r);
}

/* Up to three regions: whole pages of the object, the page where it ends, zeros. */
static void segment_map(struct vm *vm, const struct vm_segment *s, struct object *object)
{
    uintptr_t data_end = s->address + s->bytes;
    bool zeros = s->memory > s->bytes && s->bytes > 0;
    struct region r = {.start = page_down(s->address),
                       .end = zeros ? page_down(data_end) : page_up(data_end),
                       .object = object,
                       .index = (uint32_t)(s->offset / PAGE_SIZE),
                       .area = ++vm->areas,
                       .rights = (uint8_t)(s->rights == 0 ? 0 : s->rights | VM_READ),
                       .rights_max = VM_READ | VM_WRITE | VM_EXECUTE};

    if (s->bytes == 0)
        r.end = r.start;
    add(vm, r);
    if (zeros && data_end % PAGE_SIZE != 0) {
        r.index += (uint32_t)((r.end - r.start) / PAGE_SIZE);
        r.start = r.end;
        r.end += PAGE_SIZE;
        r.tail = (uint16_t)(data_end % PAGE_SIZE);
        add(vm, r);
    }
    r.start = r.end;
    r.end = page_up(s->address + s->memory);
    r.object = NULL;
    r.index = r.area = r.tail = 0;
    add(vm, r);
}

static void everything_goes(struct task *t)
{
    struct vm *vm = t->vm;

    pages_drop(t, 0, vm->top);
    regions_fini(&vm->regions);
    vm->heap = vm->heap_end = 0;
}

enum err vm_exec(struct task *t, struct vm_image *image)
{
    struct vm *vm = t->vm;
    uint64_t limit = image->stack_bytes != 0 ? image->stack_bytes : VM_STACK_LIMIT;
    struct object *object;
    uintptr_t end, top;

    if (!image_ok(vm, image, &end))
        return ERR_NOT_EXEC;
    top = stack_place(vm, end, limit);
    if (top == 0)
        return ERR_NOT_EXEC;
    object = malloc(sizeof(*object));
    if (object == NULL)
        return ERR_NO_MEMORY;
    everything_goes(t);
    if (!regions_reserve(&vm->regions, 3 * image->segments + 1)) {
        free(object);
        return ERR_NO_MEMORY;
    }
    *object = (struct object){.server = t->file, .handle = image->handle, .regions = 1};
    for (unsigned i = 0; i < image->segments; i++)
        segment_map(vm, &image->segment[i], object);
    object_drop(&vm->regions, object); /* it may be that no segment needs it */
    add(vm, (struct region){.start = top - STACK_PAGES * PAGE_SIZE,
                            .end = top,
                            .rights = VM_READ | VM_WRITE,
                            .rights_max = VM_READ | VM_WRITE | VM_EXECUTE,
                            .flags = REGION_GROWS});
    vm->heap = vm->heap_end = end;
    vm->map_low = top + STACK_MARGIN;
    vm->limit_stack = limit;
    image->stack = top;
    return ERR_OK;
}
