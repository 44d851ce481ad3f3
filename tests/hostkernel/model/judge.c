/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge.c - capabilities: derive, move, retype, revoke, delete, bind, hold. See judge.h. */
#include "judge.h"

#include "judge_space.h"
#include "thread.h"

static ref_t root;

void judge_root(ref_t at)
{
    root = at;
}

unsigned found_run(cap_t address, size_t n, struct found *p)
{
    unsigned slots = CAPTABLE_SLOTS(INIT_ROOT_BITS);
    ref_t first = root;

    p->table = NULL;
    if (CAP_TABLE(address)) {
        if (CAP_TABLE(address) >= slots)
            return ERR_NO_CAP;
        p->table = book_at(root + CAP_TABLE(address));
        if (!p->table || p->table->type != OBJ_CAPTABLE)
            return ERR_NO_CAP;
        slots = CAPTABLE_SLOTS(p->table->size);
        first = p->table->obj;
    }
    p->first = first + CAP_SLOT(address);
    return address == CAP_NULL || CAP_SLOT(address) + n > slots ? ERR_NO_CAP : ERR_OK;
}

unsigned found_writable(const struct found *p)
{
    return p->table && book_dying(p->table) ? ERR_DYING : ERR_OK;
}

struct entry *judge_entry(cap_t address)
{
    struct found p;

    return found_run(address, 1, &p) == ERR_OK ? book_at(p.first) : NULL;
}

static unsigned run_check(size_t count, size_t done)
{
    return count >= 1 && count <= 512 && done <= count ? ERR_OK : ERR_BAD_ARG;
}

static void expect_error(const struct call *c, unsigned want)
{
    EXPECT(!c->restarted && c->err == want, "error %u, not %u", c->err, want);
}

/* ---- derive, move ---- */

unsigned derive_check(const struct entry *from)
{
    if (from->depth >= DEPTH_MAX)
        return ERR_TOO_DEEP;
    if (book_dying(from))
        return ERR_DYING;
    if (from->type == OBJ_UNTYPED)
        return from->watermark ? ERR_HAS_CHILDREN : ERR_OK;
    return from->type == OBJ_PAGETABLE ? ERR_WRONG_TYPE : ERR_OK;
}

static void derive_whole(struct entry *from, ref_t to, unsigned rights, uint32_t badge)
{
    struct entry *e =
        book_enter(to, from, from->type, from->rights & rights, from->size, from->obj);

    e->badge = from->badge ? from->badge : badge;
    if (from->type == OBJ_THREAD)
        e->badge = badge && badge < from->badge ? badge : from->badge;
    else if (from->type == OBJ_UNTYPED)
        from->watermark = 1u << (from->size - SLOT_BITS);
    if (from->type != OBJ_THREAD && from->type != OBJ_ENDPOINT && from->type != OBJ_NOTIFICATION)
        e->badge = 0;
}

static unsigned derive_one(const word_t *in, ref_t src, ref_t dst, size_t i)
{
    unsigned size = (unsigned)in[4];
    struct entry *from = book_at(size ? src : src + (ref_t)i), *to = book_at(dst + (ref_t)i);
    unsigned err;

    if (!size) {
        if (!from)
            return ERR_NO_CAP;
        err = to ? ERR_NOT_EMPTY : derive_check(from);
        if (err == ERR_OK)
            derive_whole(from, dst + (ref_t)i, (unsigned)in[1], (uint32_t)in[2]);
        return err;
    }
    if (from->type != OBJ_FRAME)
        return ERR_WRONG_TYPE;
    if (size < PAGE_BITS || size > from->size || in[3] + i >= 1ull << (from->size - size))
        return ERR_BAD_ARG;
    err = to ? ERR_NOT_EMPTY : derive_check(from);
    if (err == ERR_OK)
        book_enter(dst + (ref_t)i, from, OBJ_FRAME, from->rights & (unsigned)in[1], size,
                   from->obj + (uint32_t)((in[3] + i) << (size - PAGE_BITS)));
    return err;
}

static void judge_derive(const struct call *c)
{
    size_t count = c->in[5], i = c->in[6], end = c->out[c->restarted ? 6 : 0];
    unsigned err = run_check(count, i);
    struct found src, dst;

    if (err == ERR_OK)
        err = found_run(c->object, c->in[4] ? 1 : count, &src);
    if (err == ERR_OK)
        err = found_run((cap_t)c->in[0], count, &dst);
    if (err == ERR_OK)
        err = found_writable(&dst);
    if (err != ERR_OK) {
        expect_error(c, err);
        return;
    }
    for (; i < end; i++)
        EXPECT(derive_one(c->in, src.first, dst.first, i) == ERR_OK, "derived number %zu", i);
    if (!c->restarted)
        expect_error(c, i < count ? derive_one(c->in, src.first, dst.first, i) : ERR_OK);
}

static unsigned move_one(ref_t from, ref_t to)
{
    struct entry *e = book_at(from);

    if (!e)
        return ERR_NO_CAP;
    if (e->type == OBJ_UNTYPED || e->type == OBJ_CAPTABLE)
        return ERR_WRONG_TYPE;
    if (book_at(to))
        return ERR_NOT_EMPTY;
    if (book_dying(e))
        return ERR_DYING;
    if (book_children(e) > 64)
        return ERR_HAS_CHILDREN;
    book_move(e, to);
    return ERR_OK;
}

bool judge_transfer(ref_t from, ref_t to, unsigned mode, unsigned rights)
{
    struct entry *e = book_at(from);

    if (!e || book_at(to) || (mode != TRANSFER_MOVE && derive_check(e) != ERR_OK))
        return false;
    if (mode != TRANSFER_DERIVE) {
        if (move_one(from, to) != ERR_OK)
            return false;
        e = book_at(to);
    }
    if (mode != TRANSFER_MOVE)
        derive_whole(e, mode == TRANSFER_GIVE ? from : to, rights, 0);
    return true;
}

static void judge_move(const struct call *c)
{
    size_t count = c->in[1], i = c->in[2], end = c->out[c->restarted ? 2 : 0];
    unsigned err = run_check(count, i);
    struct found src, dst;

    if (err == ERR_OK)
        err = found_run(c->object, count, &src);
    if (err == ERR_OK)
        err = found_run((cap_t)c->in[0], count, &dst);
    if (err == ERR_OK)
        err = found_writable(&dst);
    if (err != ERR_OK) {
        expect_error(c, err);
        return;
    }
    for (; i < end; i++)
        EXPECT(move_one(src.first + (ref_t)i, dst.first + (ref_t)i) == ERR_OK, "moved number %zu",
               i);
    if (!c->restarted)
        expect_error(c, i < count ? move_one(src.first + (ref_t)i, dst.first + (ref_t)i) : ERR_OK);
}

/* ---- retype ---- */

static unsigned size_of(unsigned type, unsigned asked)
{
    static const uint8_t fixed[OBJ_COUNT] = {
        [OBJ_THREAD] = 10, [OBJ_ENDPOINT] = 6, [OBJ_NOTIFICATION] = 6,
        [OBJ_REPLY] = 7,   [OBJ_SPACE] = 13,   [OBJ_PAGETABLE] = 13};
    unsigned low = type == OBJ_UNTYPED ? UNTYPED_MIN_BITS : 12;

    if (type >= OBJ_COUNT)
        return 0;
    if (type != OBJ_UNTYPED && type != OBJ_FRAME && type != OBJ_CAPTABLE)
        return fixed[type];
    return asked >= low && asked <= (type == OBJ_CAPTABLE ? CAPTABLE_MAX_BITS : UNTYPED_MAX_BITS)
               ? asked
               : 0;
}

static bool is_unborn(const struct entry *u, const struct entry *e, unsigned bits)
{
    return e && e->type == OBJ_UNTYPED && e->size == bits && e->parent == u->ref &&
           !book_child(e) && e->watermark && e->origin;
}

static unsigned reserve(struct entry *u, ref_t to, unsigned bits)
{
    uint64_t unit = 1ull << (bits - SLOT_BITS), at = (u->watermark + unit - 1) & ~(unit - 1);
    struct entry *e;

    if (is_unborn(u, book_at(to), bits))
        return ERR_OK;
    if (book_at(to))
        return ERR_NOT_EMPTY;
    if (at + unit > 1ull << (u->size - SLOT_BITS))
        return ERR_NO_MEMORY;
    u->watermark = (uint32_t)(at + unit);
    e = book_enter(to, u, OBJ_UNTYPED, RIGHT_ALL, bits, u->obj + (uint32_t)at);
    e->origin = true;
    e->watermark = (uint32_t)unit;
    return ERR_OK;
}

static unsigned retype_one(struct entry *u, ref_t to, unsigned type, unsigned bits)
{
    unsigned err = reserve(u, to, bits);
    struct entry *e = book_at(to);

    if (err != ERR_OK)
        return err;
    e->type = (uint8_t)type;
    e->watermark = 0;
    if (type == OBJ_FRAME)
        e->obj >>= PAGE_BITS - SLOT_BITS;
    e->badge = type == OBJ_THREAD ? cpu.current->ceiling : 0;
    return ERR_OK;
}

static unsigned retype_check(const struct entry *u, unsigned bits)
{
    if (u->type != OBJ_UNTYPED)
        return ERR_WRONG_TYPE;
    if (!bits)
        return ERR_BAD_ARG;
    if (bits > u->size)
        return ERR_NO_MEMORY;
    if (u->depth >= DEPTH_MAX)
        return ERR_TOO_DEEP;
    return book_dying(u) ? ERR_DYING : ERR_OK;
}

static void judge_retype(const struct call *c, struct entry *u)
{
    unsigned type = (unsigned)c->in[0], bits = size_of(type, (unsigned)c->in[1]);
    size_t count = c->in[3], i = c->in[4], end = c->out[c->restarted ? 4 : 0];
    unsigned err = retype_check(u, bits);
    struct found to;

    if (err == ERR_OK && (count < 1 || count > 256 || i > count))
        err = ERR_BAD_ARG;
    if (err == ERR_OK)
        err = found_run((cap_t)c->in[2], count, &to);
    if (err == ERR_OK)
        err = found_writable(&to);
    if (err != ERR_OK) {
        expect_error(c, err);
        return;
    }
    for (; i < end; i++)
        EXPECT(retype_one(u, to.first + (ref_t)i, type, bits) == ERR_OK, "made number %zu", i);
    if (!c->restarted)
        expect_error(c, i < count ? retype_one(u, to.first + (ref_t)i, type, bits) : ERR_OK);
    else if (i < count && !book_at(to.first + (ref_t)i) &&
             !slot_empty(slot_at(to.first + (ref_t)i)))
        EXPECT(reserve(u, to.first + (ref_t)i, bits) == ERR_OK, "reserved number %zu", i);
}

/* ---- revoke, delete ---- */

static bool is_revoking(const struct entry *e)
{
    return slot_at(e->ref)->head & HEAD_REVOKING;
}

static void judge_revoke(const struct call *c, struct entry *e)
{
    if (c->restarted) {
        e->top |= is_revoking(e);
        return;
    }
    if (c->had_child || e->type != OBJ_CAPTABLE)
        e->top = e->inside = false;
    if (c->err == ERR_HELD && c->goes_on) /* a hold may have been dropped since it was met */
        EXPECT(c->blocked || book_child(e), "held by nothing");
    else
        EXPECT(c->blocked == 1 || (c->blocked == 2) == (c->err == ERR_HELD), "held: %u", c->err);
    expect_error(c, c->err == ERR_HELD ? ERR_HELD : ERR_OK);
    EXPECT(c->err == ERR_HELD || !book_child(e), "a child outlives its revocation");
}

static void judge_delete(const struct call *c)
{
    size_t count = c->in[0], end = c->out[0];

    if (c->whole != ERR_OK) {
        expect_error(c, c->whole);
        return;
    }
    for (size_t i = 0; c->restarted && i < count; i++) {
        struct entry *e = book_at(c->first + (ref_t)i);

        if (e && is_revoking(e))
            e->top = e->inside = true;
    }
    if (c->restarted)
        return;
    for (size_t i = 0; i < end; i++)
        EXPECT(!book_at(c->first + (ref_t)i), "number %zu is still there", i);
    expect_error(c, end < count ? ERR_HELD : ERR_OK);
    if (end < count) {
        struct entry *e = book_at(c->first + (ref_t)end);

        EXPECT(e && book_blocked(e, true), "held by nothing");
        e->top = e->inside = false;
    }
}

static void doom_run(struct call *c)
{
    struct found run;

    c->whole = run_check(c->in[0], 0);
    if (c->whole == ERR_OK)
        c->whole = found_run(c->object, c->in[0], &run);
    for (size_t i = 0; c->whole == ERR_OK && i < c->in[0]; i++) {
        if (book_at(run.first + (ref_t)i))
            book_doom(book_at(run.first + (ref_t)i), true);
    }
}

/* ---- bind, hold ---- */

static const struct {
    uint8_t type, rights;
} rule[BIND_COUNT] = {
    [BIND_ROOT] = {OBJ_CAPTABLE, 0},
    [BIND_SPACE] = {OBJ_SPACE, 0},
    [BIND_FAULT] = {OBJ_ENDPOINT, RIGHT_WRITE},
    [BIND_FAULT_SPACE] = {OBJ_SPACE, RIGHT_MAP},
    [BIND_FALLBACK] = {OBJ_ENDPOINT, RIGHT_WRITE},
    [BIND_ENDPOINT] = {OBJ_ENDPOINT, RIGHT_READ},
    [BIND_REPLY] = {OBJ_REPLY, 0},
    [BIND_NOTIFICATION] = {OBJ_NOTIFICATION, RIGHT_READ},
    [BIND_BUFFER] = {OBJ_FRAME, RIGHT_READ | RIGHT_WRITE},
    [BIND_WATCH] = {OBJ_NOTIFICATION, RIGHT_WRITE},
};

unsigned judge_binding_type(unsigned binding)
{
    return rule[binding].type;
}

static ref_t binding_place(const struct entry *thread, size_t binding)
{
    return thread->obj + (ref_t)(offsetof(struct thread, bind) >> SLOT_BITS) + (ref_t)binding;
}

static bool bound_elsewhere(const struct entry *t, const struct entry *from)
{
    for (unsigned i = 0; i < book_count(); i++) {
        const struct entry *x = book_nth(i);
        ref_t at = x->origin && x->type == OBJ_THREAD ? binding_place(x, BIND_NOTIFICATION) : 0;

        if (at && x->obj != t->obj && book_at(at) && book_at(at)->obj == from->obj)
            return true;
    }
    return false;
}

static unsigned bind_check(const struct entry *t, size_t binding, cap_t address)
{
    const struct entry *from = judge_entry(address);

    if (!address)
        return ERR_OK;
    if (!from)
        return ERR_NO_CAP;
    if (from->type != rule[binding].type)
        return ERR_WRONG_TYPE;
    if ((from->rights & rule[binding].rights) != rule[binding].rights)
        return ERR_NO_RIGHT;
    if (binding == BIND_BUFFER && from->size != PAGE_BITS)
        return ERR_BAD_ARG;
    if (binding == BIND_NOTIFICATION && bound_elsewhere(t, from))
        return ERR_BUSY;
    return derive_check(from);
}

/* What was checked of all is done with each. */
static void bind_one(const struct entry *t, size_t binding, cap_t address)
{
    ref_t to = binding_place(t, binding);

    if (book_at(to))
        book_strike(book_at(to));
    if (address)
        derive_whole(judge_entry(address), to, RIGHT_ALL, 0);
}

static void judge_bind(const struct call *c, struct entry *t)
{
    unsigned err = ERR_OK, n = 1;

    if (t->type != OBJ_THREAD)
        err = ERR_WRONG_TYPE;
    else if (!(t->rights & RIGHT_WRITE))
        err = ERR_NO_RIGHT;
    else if (book_dying(t))
        err = ERR_DYING;
    else if (c->in[0] >> BIND_COUNT)
        err = ERR_BAD_ARG;
    for (size_t b = 0; err == ERR_OK && b < BIND_COUNT; b++) {
        if (c->in[0] >> b & 1)
            err = n == MESSAGE_WORDS ? ERR_BAD_ARG : bind_check(t, b, (cap_t)c->in[n++]);
    }
    expect_error(c, err);
    for (size_t b = 0, at = 1; err == ERR_OK && b < BIND_COUNT; b++) {
        if (c->in[0] >> b & 1)
            bind_one(t, b, (cap_t)c->in[at++]);
    }
}

static void judge_hold(const struct call *c)
{
    bool hold = c->op == OP_FRAME_HOLD;
    size_t count = c->in[0], i = c->in[1], end = c->restarted ? c->out[1] : count;
    unsigned err = run_check(count, i);
    struct found run;

    if (err == ERR_OK)
        err = found_run(c->object, count, &run);
    for (; err == ERR_OK && i < end; i++) {
        struct entry *e = book_at(run.first + (ref_t)i);

        if (!e || e->type != OBJ_FRAME)
            err = ERR_WRONG_TYPE;
        else if (!(e->rights & RIGHT_DMA))
            err = ERR_NO_RIGHT;
        else if (hold && book_dying(e))
            err = ERR_DYING;
        if (err != ERR_OK)
            break;
        e->held = hold;
    }
    if (c->restarted)
        EXPECT(err == ERR_OK, "error %u before the interrupt", err);
    else
        expect_error(c, err);
}

/* ---- all ---- */

void judge_before(struct call *c)
{
    struct found found;
    struct entry *e = judge_entry(c->object);

    c->place = found_run(c->object, 1, &found);
    c->first = found.first;
    c->had_child = e && book_child(e);
    c->blocked = e && c->op == OP_CAP_REVOKE && c->had_child ? book_blocked(e, false) : 0;
    if (c->op == OP_CAP_DELETE)
        doom_run(c);
    else if (c->op == OP_CAP_REVOKE && e)
        book_doom(e, false);
}

void judge_after(struct call *c)
{
    struct entry *e = judge_entry(c->object);

    if (c->op == OP_CAP_DELETE || c->op == OP_CAP_REVOKE) {
        e = NULL;
        book_follow();
    }
    if (c->place != ERR_OK)
        expect_error(c, ERR_NO_CAP);
    else if (c->op == OP_CAP_DELETE)
        judge_delete(c);
    else if (c->op == OP_CAP_MOVE)
        judge_move(c);
    else if (!book_at(c->first))
        expect_error(c, ERR_NO_CAP);
    else if (c->op == OP_CAP_REVOKE)
        judge_revoke(c, book_at(c->first));
    else if (c->op == OP_CAP_DERIVE)
        judge_derive(c);
    else if (c->op == OP_UNTYPED_RETYPE)
        judge_retype(c, e);
    else if (c->op == OP_THREAD_BIND)
        judge_bind(c, e);
    else if (c->op == OP_FRAME_HOLD || c->op == OP_FRAME_RELEASE)
        judge_hold(c);
    else
        judge_space(c, e);
    book_doom_again();
}
