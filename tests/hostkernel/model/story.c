/* SPDX-License-Identifier: GPL-2.0-or-later */
/* story.c - see story.h. */
#include "story.h"

#include "audit.h"
#include "buffer.h"
#include "invent.h"
#include "judge.h"
#include "machine.h"
#include "mmu.h"
#include "space.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

static jmp_buf failed;
static char reason[256];
static struct thread *actor[PLAYERS];
static bool pending[PLAYERS + 1]; /* a call waits to be gone on with; the last is init's */
static unsigned told, every;      /* interrupts are on at every n-th look */

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
    must(machine_invoke(thread, OP_THREAD_BIND, BINDING(binding), cap, 0, 0, 0, 0));
}

/* Thread, Reply or endpoint of a home of its own, so that it can die and be made anew. */
static void home_make(cap_t untyped, unsigned home, unsigned bits)
{
    make(untyped, OBJ_UNTYPED, bits, STAGE_HOME + home);
}

/* The bindings of player n that name that endpoint. */
static void endpoint_bind(unsigned n, unsigned endpoint)
{
    if (endpoint == (n < 2))
        bind(STAGE_THREAD + n, BIND_ENDPOINT, STAGE_ENDPOINT + endpoint);
    bind(STAGE_THREAD + n, endpoint ? BIND_FALLBACK : BIND_FAULT, STAGE_ENDPOINT + endpoint);
}

static void thread_begin(unsigned n)
{
    cap_t thread = STAGE_THREAD + n;

    make(STAGE_HOME + n, OBJ_THREAD, 0, thread);
    bind(thread, BIND_ROOT, INIT_ROOT);
    bind(thread, BIND_SPACE, STAGE_SPACE);
    bind(thread, BIND_FAULT_SPACE, STAGE_SPACE);
    bind(thread, BIND_BUFFER, STAGE_BUFFER + n);
    bind(thread, BIND_REPLY, STAGE_REPLY + n);
    endpoint_bind(n, 0);
    endpoint_bind(n, 1);
    if (n == 0)
        bind(thread, BIND_NOTIFICATION, STAGE_NOTIFICATION);
    must(machine_invoke(thread, OP_THREAD_SETUP, PLAYER_PRIORITY, 0,
                        player_faults_late(n) ? PLAYER_MS : 0, n + 1, 0, 0));
    must(machine_invoke(thread, OP_THREAD_START, 0x1000, 0x2000, 0, 0, 0, 0));
    actor[n] = machine_thread(thread);
}

static void reply_begin(unsigned n)
{
    make(STAGE_HOME + PLAYERS + n, OBJ_REPLY, 0, STAGE_REPLY + n);
}

static void endpoint_begin(unsigned n)
{
    make(STAGE_HOME + 2 * PLAYERS + n, OBJ_ENDPOINT, 0, STAGE_ENDPOINT + n);
    if (n == 0)
        must(machine_invoke(STAGE_ENDPOINT, OP_CAP_DERIVE, STAGE_BADGED, RIGHT_WRITE, PLAYER_BADGE,
                            0, 0, 1));
}

static void objects_make(cap_t own)
{
    for (unsigned n = 0; n < PLAYERS; n++) {
        home_make(own, n, 10);
        home_make(own, PLAYERS + n, 7);
        make(own, OBJ_FRAME, PAGE_BITS, STAGE_BUFFER + n);
        reply_begin(n);
    }
    for (unsigned n = 0; n < 2; n++) {
        home_make(own, 2 * PLAYERS + n, 6);
        endpoint_begin(n);
    }
    make(own, OBJ_SPACE, 0, STAGE_SPACE);
    make(own, OBJ_NOTIFICATION, 0, STAGE_NOTIFICATION);
    must(machine_invoke(STAGE_NOTIFICATION, OP_CAP_DERIVE, STAGE_SIGNAL, RIGHT_WRITE, PLAYER_SIGNAL,
                        0, 0, 1));
    for (unsigned n = 0; n < PLAYERS; n++)
        thread_begin(n);
}

static struct entry *book_root(cap_t untyped)
{
    const struct slot *s = machine_slot(untyped);
    struct entry *e = book_enter(slot_ref(s), NULL, OBJ_UNTYPED, RIGHT_ALL, slot_size(s), s->obj);

    e->origin = true;
    e->watermark = s->word[0];
    return e;
}

/* Init stays ready at the lowest priority; the players take turns above it. */
static void stage_set(void)
{
    cap_t own;
    struct entry *space;

    machine_unaudited = machine_quiet = true; /* a step is checked below */
    machine_boot(MODEL_PAGES);
    sched_disarm();
    own = machine_untyped(17);
    objects_make(own);
    invent_arena(machine_untyped(STAGE_ARENA_BITS));
    judge_root(slot_ref(machine_slot(0x10001) - 1));
    book_open();
    book_root(invent_arena(0));
    space = book_enter(slot_ref(machine_slot(STAGE_SPACE)), book_root(own), OBJ_SPACE, RIGHT_ALL,
                       ARCH_SPACE_BITS, machine_slot(STAGE_SPACE)->obj);
    space->origin = true;
    players_begin(actor, space);
    must(machine_invoke(INIT_THREAD, OP_THREAD_SETUP, 1, 0, 0, 0, 0, 0));
    memset(pending, 0, sizeof(pending));
    told = every = 0;
}

static unsigned who(void)
{
    for (unsigned i = 0; i < PLAYERS; i++) {
        if (cpu.current == actor[i])
            return i;
    }
    return PLAYERS;
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
                     .goes_on = pending[me],
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
    pending[who()] = false;
    trap();
}

/* The player that runs, in the stage's Space: what the book forbids is a fault of its. */
static void touch_own(const struct entry *space, vaddr_t va, unsigned access)
{
    struct entry *e = book_frame_at(space->obj, (uint32_t)(va >> PAGE_BITS));
    bool may = judge_permits(space, va, access);

    if (may)
        judge_touch(space, va, access, true);
    else
        player_fault(who(), va, access, e != NULL);
    EXPECT(machine_touch(va, access) == may, "an access to %lx", (unsigned long)va);
}

/* A user of another Space, by its ASID. */
static void touch_other(const struct entry *entry, vaddr_t va, unsigned access)
{
    struct space *space = space_of(slot_at(entry->ref));
    bool works = false;
    size_t left;

    if (!space->context.dying) {
        space_enter(space);
        works = mmu_access(va, access);
        space_enter(space_of(thread_binding(cpu.current, BIND_SPACE)));
    }
    judge_touch(entry, va, access, works || walk_user(space, va, access, &left));
}

static void step_touch(const struct step *s)
{
    const struct entry *space = judge_entry((cap_t)s->object);

    if (!space || space->type != OBJ_SPACE)
        return;
    mmu_age();
    if (s->object == STAGE_SPACE && who() < PLAYERS) {
        pending[who()] = false;
        touch_own(space, s->word[0], (unsigned)s->op);
    } else {
        touch_other(space, s->word[0], (unsigned)s->op);
    }
}

static struct said said_by(const struct step *s)
{
    unsigned number = s->op & 0xff;
    bool replies = number == SYS_REPLY || number == SYS_REPLY_RECV;
    struct said said = {.number = number,
                        .endpoint = s->word[0] & 1,
                        .reply = (unsigned)(replies ? s->word[0] % (PLAYERS + 1) : PLAYERS),
                        .info = (uint32_t)s->word[1],
                        .send = (cap_t)(s->word[1] & INFO_MAPS ? 0 : s->word[2]),
                        .recv = (cap_t)s->word[3],
                        .deadline = now() + (s->op >> 8) * 1000000,
                        .badge = s->word[0] & 1 ? 0 : PLAYER_BADGE,
                        .word = {s->word[4], s->word[5], s->word[3], s->word[2] & MAP_SAME}};

    return said;
}

static cap_t object_of(const struct said *s)
{
    switch (s->number) {
    case SYS_CALL:
        return s->endpoint ? STAGE_ENDPOINT + 1 : STAGE_BADGED;
    case SYS_SIGNAL:
        return STAGE_SIGNAL;
    case SYS_WAIT:
        return STAGE_NOTIFICATION;
    default:
        return s->reply < PLAYERS ? STAGE_REPLY + s->reply : 0;
    }
}

/* Between the players only. Init frees whoever waits for good. */
static void step_ipc(const struct step *s)
{
    struct said said = said_by(s);
    cap_t thread = STAGE_THREAD + (cap_t)(s->object % PLAYERS), object = object_of(&said);
    struct buffer *buffer = thread_buffer(cpu.current);
    unsigned me = who();

    pending[me] = false;
    if (me == PLAYERS) {
        player_stop((unsigned)(s->object % PLAYERS));
        must(machine_invoke(thread, OP_THREAD_STOP, 0, 0, 0, 0, 0, 0));
        must(machine_invoke(thread, OP_THREAD_RESUME, 0, 0, 0, 0, 0, 0));
        return;
    }
    buffer->deadline = said.deadline;
    if (s->object & 1)
        machine_fast(said.number, object, said.info, said.send, said.recv, said.word);
    else
        machine_call(said.number, object, said.info, said.send, said.recv, said.word);
    player_call(me, &said);
}

static void step_bind(const struct step *s)
{
    unsigned me = who();

    if (me == PLAYERS)
        return;
    pending[me] = false;
    player_bind_reply(me, s->op % PLAYERS);
    bind(STAGE_THREAD + me, BIND_REPLY, STAGE_REPLY + s->op % PLAYERS);
}

static bool story_rests(void)
{
    return who() < PLAYERS && player_has_rest(who());
}

/* As far as an interrupt lets it. */
static void rest_take(bool fast)
{
    unsigned me = who();

    cpu.current->registers.x[REG_IP] += 4;
    machine_trap(fast);
    player_takes_rest(me);
}

static void made_anew(unsigned kind, unsigned n)
{
    if (kind == 0) {
        player_born(n);
        thread_begin(n);
    } else if (kind == 1) {
        reply_begin(n);
        if (player_has_reply(n))
            return;
        player_bind_reply(n, n);
        bind(STAGE_THREAD + n, BIND_REPLY, STAGE_REPLY + n);
    } else {
        endpoint_born();
        endpoint_begin(n);
        for (unsigned i = 0; i < PLAYERS; i++)
            endpoint_bind(i, n);
    }
}

/* Whoever runs deletes an object of the stage, perhaps itself, and others make it anew. */
static void step_die(const struct step *s)
{
    static const cap_t first[] = {STAGE_THREAD, STAGE_REPLY, STAGE_ENDPOINT};
    unsigned kind = s->object % 3, n = s->op % (kind == 2 ? 2 : PLAYERS);

    machine_interrupt_every(MACHINE_DEAF);
    memset(pending, 0, sizeof(pending));
    if (kind == 0)
        player_die(n);
    else if (kind == 1)
        reply_die(n);
    else
        endpoint_die(n);
    machine_invoke(first[kind] + n, OP_CAP_DELETE, 1, 0, 0, 0, 0, 0);
    EXPECT(slot_empty(machine_slot(first[kind] + n)), "it is still there");
    if (story_rests())
        rest_take(false);
    players_follow(now()); /* before other calls use their registers */
    made_anew(kind, n);
    machine_interrupt_every(every);
}

/* Whoever is to take the rest of a message does so now, if the step was its own. */
static bool rest_taken(const struct step *s)
{
    unsigned kind = s->kind;
    bool own = kind == STEP_INVOKE || kind == STEP_GO_ON || kind == STEP_TOUCH ||
               kind == STEP_IPC || kind == STEP_BIND || kind == STEP_DIE;

    if (!own || !story_rests())
        return false;
    rest_take(s->object & 1);
    return true;
}

static void step_tell(const struct step *s)
{
    if (rest_taken(s))
        return;
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
        every = (unsigned)s->word[0];
        machine_interrupt_every(every);
        break;
    case STEP_TOUCH:
        step_touch(s);
        break;
    case STEP_TIME:
        machine_time(s->word[0]);
        break;
    case STEP_BIND:
        step_bind(s);
        break;
    case STEP_DIE:
        step_die(s);
        break;
    default:
        step_ipc(s);
    }
}

static void check(void)
{
    const char *bad = audit_all(machine_slot(INIT_ROOT));

    if (!bad)
        bad = mmu_audit();
    EXPECT(!bad, "breaks %s", bad);
    players_follow(now());
    if (++told % STORY_COMPARE == 0)
        book_compare();
}

/* ---- stories ---- */

bool story_invent(struct story *s, uint64_t seed, unsigned steps)
{
    s->count = 0;
    s->svade = seed & 1;
    mmu_variant = s->svade ? MMU_SVADE : MMU_SVADU;
    machine_failed = machine_is_lost;
    if (setjmp(failed))
        return false;
    stage_set();
    invent_seed(seed);
    while (s->count < steps && s->count < STORY_MAX) {
        struct step *next = &s->step[s->count++];

        *next = (struct step){0};
        invent(next, pending[who()] || story_rests());
        step_tell(next);
        check();
    }
    return true;
}

bool story_tell(const struct story *s)
{
    volatile unsigned i;

    mmu_variant = s->svade ? MMU_SVADE : MMU_SVADU;
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
            shorter.svade = s->svade;
            if (story_tell(&shorter))
                from += n;
            else
                *s = shorter;
        }
    }
    story_tell(s); /* its reason is the one to be told */
}

static const char *const kinds[STEP_KINDS] = {"invoke", "go-on", "yield", "interrupts", "touch",
                                              "ipc",    "time",  "bind",  "die"};

void story_write(const struct story *s, FILE *to)
{
    fprintf(to, "machine %s\n", s->svade ? "svade" : "svadu");
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

    if (fscanf(from, "machine %15s", kind) != 1)
        return false;
    s->svade = strcmp(kind, "svade") == 0;
    for (s->count = 0; s->count < STORY_MAX && fscanf(from, "%15s", kind) == 1; s->count++) {
        struct step *p = &s->step[s->count];

        for (p->kind = 0; p->kind < STEP_KINDS && strcmp(kinds[p->kind], kind) != 0; p->kind++)
            ;
        if (p->kind == STEP_KINDS || fscanf(from, "%lx %lx", &p->object, &p->op) != 2)
            return false;
        for (unsigned w = 0; w <= STORY_WORDS; w++) {
            if (fscanf(from, "%lx", &p->word[w]) != 1)
                return false;
        }
    }
    return true;
}
