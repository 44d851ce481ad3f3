/* SPDX-License-Identifier: GPL-2.0-or-later */
/* story.c - see story.h. */
#include "story.h"

#include "audit.h"
#include "buffer.h"
#include "invent.h"
#include "judge.h"
#include "machine.h"
#include "space.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

static jmp_buf failed;
static char reason[256];
static struct thread *actor[STORY_ACTORS];
static bool pending[STORY_ACTORS + 1]; /* a call waits to be gone on with; the last is init's */
static unsigned told;

const char *story_reason(void)
{
    return reason;
}

void model_fail(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(reason, sizeof(reason), format, args);
    va_end(args);
    longjmp(failed, 1);
}

static void machine_is_lost(const char *why)
{
    model_fail("%s", why);
}

/* ---- the stage ---- */

static void must(struct result r)
{
    EXPECT(r.err == ERR_OK, "the stage cannot be set: error %u", r.err);
}

static void make(cap_t untyped, unsigned type, unsigned bits, cap_t to)
{
    must(machine_invoke(untyped, OP_UNTYPED_RETYPE, type, bits, to, 1, 0, 0));
}

static void bind(cap_t thread, unsigned binding, cap_t cap)
{
    must(machine_invoke(thread, OP_THREAD_BIND, binding, cap, 0, 0, 0, 0));
}

static void actor_make(cap_t untyped, unsigned n)
{
    cap_t thread = STAGE_THREAD + n;

    make(untyped, OBJ_THREAD, 0, thread);
    make(untyped, OBJ_FRAME, PAGE_BITS, STAGE_BUFFER + n);
    make(untyped, OBJ_REPLY, 0, STAGE_REPLY + n);
    bind(thread, BIND_ROOT, INIT_ROOT);
    bind(thread, BIND_SPACE, INIT_SPACE);
    bind(thread, BIND_BUFFER, STAGE_BUFFER + n);
    bind(thread, BIND_REPLY, STAGE_REPLY + n);
    bind(thread, BIND_ENDPOINT, STAGE_ENDPOINT);
    must(machine_invoke(thread, OP_THREAD_SETUP, n ? 5 : 4, 0, 0, 0, 0, 0));
    must(machine_invoke(thread, OP_THREAD_START, 0x1000, 0x2000, 0, 0, 0, 0));
    actor[n] = machine_thread(thread);
}

/* Init stays ready at the lowest priority; the actors take turns above it. */
static void stage_set(void)
{
    cap_t own;
    struct slot *arena;

    machine_boot(MODEL_PAGES);
    sched_disarm();
    own = machine_untyped(17);
    make(own, OBJ_ENDPOINT, 0, STAGE_ENDPOINT);
    make(own, OBJ_NOTIFICATION, 0, STAGE_NOTIFICATION);
    must(machine_invoke(STAGE_NOTIFICATION, OP_CAP_DERIVE, STAGE_SIGNAL, RIGHT_WRITE, 4, 0, 0, 1));
    for (unsigned i = 0; i < STORY_ACTORS; i++)
        actor_make(own, i);
    invent_arena(machine_untyped(STAGE_ARENA_BITS));
    arena = machine_slot(invent_arena(0));
    judge_root(slot_ref(machine_slot(0x10001) - 1));
    book_open();
    book_enter(slot_ref(arena), NULL, OBJ_UNTYPED, RIGHT_ALL, slot_size(arena), arena->obj)
        ->origin = true;
    must(machine_invoke(INIT_THREAD, OP_THREAD_SETUP, 1, 0, 0, 0, 0, 0));
    memset(pending, 0, sizeof(pending));
    told = 0;
}

static unsigned who(void)
{
    for (unsigned i = 0; i < STORY_ACTORS; i++) {
        if (cpu.current == actor[i])
            return i;
    }
    return STORY_ACTORS;
}

/* ---- steps ---- */

/* One trap of the current thread's, whose registers hold the call. */
static void trap(void)
{
    struct thread *t = cpu.current;
    uint64_t *x = t->registers.x, ip = x[REG_IP];
    unsigned me = who();
    struct call c = {.object = (cap_t)x[REG_A0],
                     .op = (unsigned)x[REG_A0 + 1],
                     .bytes = ((struct buffer *)thread_buffer(t))->byte};

    for (unsigned i = 0; i < MESSAGE_WORDS; i++)
        c.in[i] = x[REG_WORD(i)];
    c.pages_before = (unsigned)x[REG_A0 + 2];
    judge_before(&c);
    x[REG_IP] = ip + 4;
    trap_syscall();
    c.pages = (unsigned)x[REG_A0 + 2];
    for (unsigned i = 0; i < MESSAGE_WORDS; i++)
        c.out[i] = x[REG_WORD(i)];
    c.restarted = pending[me] = x[REG_IP] == ip;
    c.err = (unsigned)x[REG_A0];
    judge_after(&c);
}

static void step_invoke(const struct step *s)
{
    uint64_t *x = cpu.current->registers.x;

    x[REG_NUMBER] = SYS_INVOKE;
    x[REG_A0] = s->object;
    x[REG_A0 + 1] = s->op;
    x[REG_A0 + 2] = 0;
    for (unsigned i = 0; i < MESSAGE_WORDS; i++)
        x[REG_WORD(i)] = i <= STORY_WORDS ? s->word[i] : 0;
    trap();
}

static void step_touch(const struct step *s)
{
    const struct entry *space = judge_entry((cap_t)s->object);
    size_t left;

    if (space && space->type == OBJ_SPACE)
        judge_touch(space, s->word[0], (unsigned)s->op,
                    walk_user(space_of(slot_at(space->ref)), s->word[0], (unsigned)s->op, &left));
}

/* Between the actors only: they meet, wait, and answer. Init frees whoever waits for good. */
static void step_ipc(const struct step *s)
{
    struct thread *t = cpu.current;
    uint64_t *x = t->registers.x;
    unsigned number = (unsigned)s->op;

    pending[who()] = false;
    if (who() == STORY_ACTORS && number != SYS_SIGNAL) {
        cap_t thread = STAGE_THREAD + (cap_t)(s->object % STORY_ACTORS);

        machine_invoke(thread, OP_THREAD_STOP, 0, 0, 0, 0, 0, 0);
        machine_invoke(thread, OP_THREAD_RESUME, 0, 0, 0, 0, 0, 0);
        return;
    }
    x[REG_NUMBER] = number;
    x[REG_A0] = number == SYS_CALL     ? STAGE_ENDPOINT
                : number == SYS_SIGNAL ? STAGE_SIGNAL
                : number == SYS_WAIT   ? STAGE_NOTIFICATION
                                       : 0;
    x[REG_A0 + 1] = x[REG_A0 + 2] = x[REG_A0 + 3] = 0;
    x[REG_IP] += 4;
    machine_trap(s->object & 1);
}

static void step_tell(const struct step *s)
{
    switch (s->kind) {
    case STEP_INVOKE:
        step_invoke(s);
        break;
    case STEP_GO_ON:
        if (pending[who()])
            trap();
        break;
    case STEP_YIELD:
        sched_yield();
        sched_switch();
        break;
    case STEP_INTERRUPTS:
        machine_interrupt_every((unsigned)s->word[0]);
        break;
    case STEP_TOUCH:
        step_touch(s);
        break;
    default:
        step_ipc(s);
    }
}

static void check(void)
{
    const char *bad = audit_all(machine_slot(INIT_ROOT));

    EXPECT(!bad, "breaks %s", bad);
    if (++told % STORY_COMPARE == 0)
        book_compare();
}

/* ---- stories ---- */

bool story_invent(struct story *s, uint64_t seed, unsigned steps)
{
    s->count = 0;
    machine_failed = machine_is_lost;
    if (setjmp(failed))
        return false;
    stage_set();
    invent_seed(seed);
    while (s->count < steps && s->count < STORY_MAX) {
        struct step *next = &s->step[s->count++];

        *next = (struct step){0};
        invent(next, pending[who()]);
        step_tell(next);
        check();
    }
    return true;
}

bool story_tell(const struct story *s)
{
    volatile unsigned i;

    machine_failed = machine_is_lost;
    if (setjmp(failed))
        return false;
    stage_set();
    for (i = 0; i < s->count; i++) {
        step_tell(&s->step[i]);
        check();
    }
    book_compare();
    return true;
}

/* Chunks that are not needed go, the large ones first. */
void story_shorten(struct story *s)
{
    static struct story shorter;

    for (unsigned chunk = s->count / 2 + 1; chunk; chunk /= 2) {
        for (unsigned from = 0; from < s->count;) {
            unsigned n = from + chunk < s->count ? chunk : s->count - from;

            memcpy(shorter.step, s->step, from * sizeof(struct step));
            memcpy(shorter.step + from, s->step + from + n,
                   (s->count - from - n) * sizeof(struct step));
            shorter.count = s->count - n;
            if (story_tell(&shorter))
                from += n;
            else
                *s = shorter;
        }
    }
    story_tell(s); /* its reason is the one to be told */
}

static const char *const kinds[] = {"invoke", "go-on", "yield", "interrupts", "touch", "ipc"};

void story_write(const struct story *s, FILE *to)
{
    for (unsigned i = 0; i < s->count; i++) {
        const struct step *p = &s->step[i];

        fprintf(to, "%s %lx %lx", kinds[p->kind], p->object, p->op);
        for (unsigned w = 0; w <= STORY_WORDS; w++)
            fprintf(to, " %lx", p->word[w]);
        fprintf(to, "\n");
    }
}

bool story_read(struct story *s, FILE *from)
{
    char kind[16];

    for (s->count = 0; s->count < STORY_MAX && fscanf(from, "%15s", kind) == 1; s->count++) {
        struct step *p = &s->step[s->count];

        for (p->kind = 0; p->kind <= STEP_IPC && strcmp(kinds[p->kind], kind) != 0; p->kind++)
            ;
        if (p->kind > STEP_IPC || fscanf(from, "%lx %lx", &p->object, &p->op) != 2)
            return false;
        for (unsigned w = 0; w <= STORY_WORDS; w++) {
            if (fscanf(from, "%lx", &p->word[w]) != 1)
                return false;
        }
    }
    return true;
}
