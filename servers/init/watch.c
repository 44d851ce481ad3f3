/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch.c - init waits for servers' faults, and does what tests ask of it by the manifest:
 * make a server fault (kill-ms), tell who holds device capabilities (audit-ms).
 */
#include "watch.h"

#include "audit.h"
#include "fatal.h"

#include "regs.h"
#include "root.h"
#include "serve.h"

#define NS_PER_MS 1000000ull

static const struct manifest *manifest;
static struct child *children;
static uint64_t begun; /* ns */
static bool audited, killed[MANIFEST_SERVERS];

cap_t watch_begin(void)
{
    cap_t endpoint = make(OBJ_ENDPOINT, 0, 1);
    const cap_t bound[BIND_COUNT] = {
        [BIND_ENDPOINT] = endpoint,
        [BIND_REPLY] = make(OBJ_REPLY, 0, 1),
    };

    if (thread_bind_all(SLOT_THREAD, bound) != ERR_OK)
        fatal("init cannot receive faults");
    return endpoint;
}

static const char *cause_text(const struct call *c)
{
    static const char *const text[] = {
        [FAULT_NOT_PRESENT] = "nothing mapped at", [FAULT_PERMISSION] = "access not permitted at",
        [FAULT_NO_TABLE] = "nothing mapped at",    [FAULT_BUS] = "the bus refused",
        [FAULT_MISALIGNED] = "misaligned, at",     [FAULT_EXCEPTION] = "exception, detail",
        [FAULT_LATE] = "a late answer, at",
    };
    unsigned cause = FAULT_GET_CAUSE(c->word[FAULT_CAUSE]);

    return cause < sizeof(text) / sizeof(text[0]) ? text[cause] : "fault at";
}

/* The badge is the server's number plus one. */
static enum err on_call(struct server *s, struct call *c)
{
    (void)s;
    if (c->kind != KIND_FAULT || c->badge == 0 || c->badge > manifest->servers)
        return ERR_REFUSED;
    fatal("server %s died: %s 0x%lx, ip 0x%lx, sp 0x%lx", children[c->badge - 1].spec->name,
          cause_text(c), (unsigned long)c->word[FAULT_ADDRESS], (unsigned long)c->word[FAULT_IP],
          (unsigned long)c->word[FAULT_SP]);
}

static void on_notified(struct server *s, word_t bits)
{
    (void)s, (void)bits; /* none is bound */
}

/* Where nothing is mapped: it faults as a wild jump would. */
static void kill(struct child *c)
{
    log_line("%s is made to fault", c->spec->name);
    thread_stop(c->thread);
    thread_read(c->thread);
    sys_buffer()->reg[REG_IP] = 0;
    thread_write(c->thread);
    thread_resume(c->thread);
}

static bool due(uint32_t ms)
{
    return ms != 0 && now_ns() - begun >= ms * NS_PER_MS;
}

static void sooner(struct server *s, uint32_t ms)
{
    uint64_t at = begun + ms * NS_PER_MS;

    if (ms != 0 && (s->deadline == 0 || at < s->deadline))
        s->deadline = at;
}

/* Does what is due, and sets the deadline for what is not. */
static void on_late(struct server *s)
{
    s->deadline = 0;
    if (!audited && due(manifest->audit_ms)) {
        audited = true;
        audit_devices(manifest, children);
    }
    if (!audited)
        sooner(s, manifest->audit_ms);
    for (unsigned i = 0; i < manifest->servers; i++) {
        struct child *c = &children[i];

        if (c->thread == CAP_NULL || killed[i])
            continue;
        killed[i] = due(c->spec->kill_ms);
        if (killed[i])
            kill(c);
        else
            sooner(s, c->spec->kill_ms);
    }
}

void watch(const struct manifest *m, struct child *child)
{
    static struct server loop = {.call = on_call, .notified = on_notified, .late = on_late};

    manifest = m;
    children = child;
    begun = now_ns();
    on_late(&loop);
    loop.reply = SLOT_REPLY; /* never parked: the name is not used */
    serve(&loop);
}
