/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * main.c - a supervisor: the pager and the personality of one task, in one loop.
 *
 * Faults go to the VM and become maps, or signals, which the personality delivers. Traps go to
 * the personality. What has to wait is parked by the loop and comes again with the next
 * notification; we never wait ourselves once the program runs.
 */
#include "cpu.h"
#include "rt.h"
#include "start.h"
#include "state.h"
#include "swap.h"

#include <string.h>

#define MEMORY_BIT ((word_t)1 << 31) /* not one of those that our builder chose */

int main(void);

static enum event_end on_event(struct loop *l, struct event *e)
{
    struct task *t = l->owner;
    struct vm_signal signal;
    bool signalled = false;
    enum event_end end;

    t->vm->stall = STALL_NONE;
    end = e->kind == KIND_TRAP ? person_trap(t, e) : vm_fault(t, e, &signal, &signalled);
    if (signalled)
        end = person_signal(t, e, &signal);
    if (end == EVENT_PARK || e->stalled)
        stall_account(t, e, end);
    return end;
}

static void on_bits(struct loop *l, word_t bits)
{
    struct task *t = l->owner;

    if (bits & MEMORY_BIT)
        memory_wanted(t);
    if (bits & t->store_bits)
        store_ready(t);
    person_notified(t, bits);
}

static void on_late(struct loop *l)
{
    (void)l; /* what waited for it is parked and tried again */
}

static void on_refused(struct loop *l, enum err e)
{
    vm_refused(l->owner, e);
}

static const struct loop_ops ops = {
    .handle = on_event, .notified = on_bits, .late = on_late, .refused = on_refused};

/* ---- start ---- */

static bool said(const char *property, const char *word)
{
    const char *text = start_property(property, NULL);

    return text != NULL && strcmp(text, word) == 0;
}

/* How much room there is on disk for private pages, be it used or not. */
static uint32_t store_slots(cap_t store)
{
    struct swap_status_req q = {0};
    struct swap_status_reply r;
    struct passing x = {.recv = slots_alloc(1), .recv_count = 1};
    word_t word[MESSAGE_WORDS] = {0, sizeof(struct swap_status)};
    uint32_t slots = 0;

    if (x.recv == CAP_NULL || swap_status(store, &q, &r, &x) != ERR_OK)
        return 0;
    if (sys_invoke(x.recv, OP_FRAME_READ, word) == ERR_OK)
        slots = ((const struct swap_status *)(const void *)sys_buffer()->byte)->slots;
    if (cap_delete(x.recv, 1) == ERR_OK)
        slots_free(x.recv, 1);
    return slots;
}

/* Without a disk private pages have nowhere to go. */
static cap_t store_find(void)
{
    cap_t store = start_cap("swap", NULL);

    return store != CAP_NULL && store_slots(store) > 0 ? store : CAP_NULL;
}

/* Is it this program whose supervisor shall be deaf? */
static bool deaf(void)
{
    const char *path = start_property("argv", NULL); /* the first of them */

    return path != NULL && said("deaf", path);
}

static struct vm_config config_read(void)
{
    const char *policy = start_property("policy", NULL);

    return (struct vm_config){
        .top = (uintptr_t)ARCH_USER_TOP,
        .memory = SLOT_MEMORY,
        .store = store_find(),
        .policy = policy != NULL ? policy : "clock",
        .resident_pages = (uint32_t)(start_size("resident", 0) / PAGE_SIZE),
        .around = (unsigned)start_size("fault-around", 0),
        .exact = said("mode", "exact"),
        .trace = start_size("trace", 0) != 0,
        .deaf = deaf(),
        .seed = 1,
    };
}

static word_t session(const char *name, cap_t *cap)
{
    const struct start_cap *facts;

    *cap = start_cap(name, &facts);
    return *cap == CAP_NULL ? 0 : (word_t)1 << facts->value;
}

/* Without it others are told less, no more. */
static void memory_watch(struct vm *vm)
{
    struct window w;

    if (window_memory(&w, 2) != ERR_OK ||
        pool_watch(&vm->pool, SLOT_NOTIFICATION, MEMORY_BIT, w.frame) != ERR_OK)
        return;
    vm->told = w.at;
    vm->stalls = (void *)((char *)w.at + PAGE_SIZE);
}

/* Without it pages change hands when they go, and when they come. */
static void store_desk(struct vm *vm)
{
    struct swap_desk_req q = {0};
    struct swap_desk_reply r;
    struct passing x = {.recv = slots_alloc(1), .recv_count = 1};
    struct window w;

    if (vm->store == CAP_NULL || x.recv == CAP_NULL || swap_desk(vm->store, &q, &r, &x) != ERR_OK ||
        window_map(&w, x.recv, 1, RIGHT_READ | RIGHT_WRITE) != ERR_OK)
        return;
    vm->desk = w.at;
}

static bool task_begin(struct task *t)
{
    const struct vm_config config = config_read();
    struct window status;

    t->threads = 1;
    t->space = start_cap("task-space", NULL);
    t->thread = start_cap("task-thread", NULL);
    t->file_bits = session("file", &t->file);
    t->process_bits = session("process", &t->process);
    t->store_bits = session("swap", &t->swap);
    if (t->space == CAP_NULL || t->thread == CAP_NULL || t->file == CAP_NULL ||
        t->process == CAP_NULL || start_cap("status", NULL) == CAP_NULL)
        die("the start block lacks a capability");
    if (window_map(&status, start_cap("status", NULL), 1, RIGHT_READ | RIGHT_WRITE) != ERR_OK)
        die("no memory to map the status page");
    t->status = status.at;
    if (!vm_init(t, &config))
        return false;
    memory_watch(t->vm);
    store_desk(t->vm);
    return true;
}

int main(void)
{
    static struct task task;
    static struct loop loop = {.ops = &ops, .owner = &task, .deadline = &task.deadline};

    if (!task_begin(&task)) {
        struct process_exit_req q = {.kind = PROCESS_SYSTEM};
        struct process_exit_reply r;

        process_exit(task.process, &q, &r, NULL);
        die("cannot begin, cannot end");
    }
    loop.alone = task.threads == 1;
    person_start(&task);
    loop_run(&loop);
}
