/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * main.c - the monitor that chooses who dies: told, read, kill, explain.
 *
 * Nobody calls us. What is static here is so large that a stack would not hold it.
 */
#include "rt.h"
#include "serve.h"
#include "start.h"
#include "table.h"

int main(void);

#define MEMORY_BIT ((word_t)1)
#define ROWS       32u /* of one answer */
#define STEP_NS    1000000u

static const volatile struct frame_status *machine;
static const struct oom_policy *policy;
static struct rank rank;
static uint32_t told;          /* refusals without hope that we have acted on */
static bool said_nobody;       /* since somebody died last */
static uint32_t victim, freed; /* the bank that is dying, 0: none; its pages so far */

/* ---- the table of banks ---- */

static bool rows_show(void (*show)(struct rank *, const struct frame_bank_row *))
{
    static struct frame_bank_row row[ROWS];
    struct frame_banks_req q = {.count = ROWS};
    struct frame_banks_reply r;

    do {
        struct passing p = {.leases = 1};

        p.lease[0] = (struct lease){.space = SLOT_SPACE,
                                    .rights = RIGHT_WRITE,
                                    .address = (uintptr_t)row,
                                    .bytes = sizeof(row)};
        if (frame_banks(SLOT_MEMORY, &q, &r, &p) != ERR_OK)
            return false;
        for (uint32_t i = 0; i < r.rows && i < ROWS; i++)
            show(&rank, &row[i]);
        q.from = r.next;
    } while (r.next != 0);
    return true;
}

/* ---- the deed ---- */

static void explain(void)
{
    const struct frame_status now = *machine;
    char line[TABLE_LINE];

    table_verdict(&rank, &now, line);
    log_line("%s", line);
    table_head(line);
    log_line("%s", line);
    for (unsigned i = 0; i < rank.count && i < RANK_SHOWN; i++) {
        table_line(&rank.first[i], line);
        log_line("%s", line);
    }
}

/* A part of it; others run before the next one: those who want the memory, and who tells that it
 * is dead. */
static void kill_on(struct server *s)
{
    struct frame_kill_req q = {.bank = victim};
    struct frame_kill_reply r;
    enum err e = frame_kill(SLOT_MEMORY, &q, &r, NULL);

    freed += r.pages;
    if (e == ERR_PENDING) {
        s->deadline = now_ns() + STEP_NS;
        return;
    }
    /* its maker may have ended it before us */
    if (e == ERR_OK || e == ERR_BAD_HANDLE)
        log_line("%u pages are free again%s", (unsigned)freed,
                 e == ERR_OK ? "" : ", the rest by its maker");
    else
        log_line("the bank could not be ended: %s", err_text(e));
    victim = 0;
}

static void kill_begin(struct server *s, uint32_t bank)
{
    victim = bank;
    freed = 0;
    kill_on(s);
}

static void nobody(void)
{
    if (!said_nobody)
        log_line("no memory is left, and nobody may be killed");
    said_nobody = true;
}

static void look(struct server *s)
{
    uint32_t stuck = machine->stuck;

    if (stuck == told || victim != 0 || machine->dying > 0)
        return;
    told = stuck;
    rank_begin(&rank, policy, machine->total);
    if (!rows_show(rank_look) || !rows_show(rank_add)) {
        log_line("the frame server shows no table of banks");
        return;
    }
    if (rank_victim(&rank) == NULL) {
        nobody();
        return;
    }
    explain();
    kill_begin(s, rank_victim(&rank)->row.bank);
    said_nobody = false;
}

/* ---- start ---- */

static enum err machine_map(void)
{
    struct frame_status_req q = {0};
    struct frame_status_reply r;
    struct passing p = {.recv = slots_alloc(1), .recv_count = 1};
    struct window w;
    enum err e = p.recv == CAP_NULL ? ERR_NO_MEMORY : frame_status(SLOT_MEMORY, &q, &r, &p);

    if (e == ERR_OK)
        e = window_map(&w, p.recv, 1, RIGHT_READ);
    if (e == ERR_OK)
        machine = w.at;
    return e;
}

static enum err watch(void)
{
    struct frame_watch_req q = {0};
    struct frame_watch_reply r;
    struct passing p = {.send_count = 1, .mode = TRANSFER_MOVE};
    enum err e;

    p.send = slots_alloc(1);
    if (p.send == CAP_NULL)
        return ERR_NO_MEMORY;
    e = cap_derive(SLOT_NOTIFICATION, p.send, RIGHT_WRITE | RIGHT_GRANT, MEMORY_BIT);
    return e == ERR_OK ? frame_watch(SLOT_MEMORY, &q, &r, &p) : e;
}

static enum err on_call(struct server *s, struct call *c)
{
    (void)s, (void)c;
    return ERR_BAD_OP;
}

static void on_notified(struct server *s, word_t bits)
{
    (void)bits;
    look(s);
}

static void on_late(struct server *s)
{
    kill_on(s);
}

int main(void)
{
    static struct server server = {.call = on_call, .notified = on_notified, .late = on_late};
    const char *name = start_property("policy", NULL);
    enum err e;

    policy = oom_policy_named(name != NULL ? name : "linux-like");
    if (policy == NULL)
        die("there is no policy \"%s\"", name);
    e = machine_map();
    if (e == ERR_OK)
        e = watch();
    if (e != ERR_OK)
        die("the frame server cannot be watched: %s", err_text(e));
    told = machine->stuck;
    serve(&server);
}
