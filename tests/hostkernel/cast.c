/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cast.c - see cast.h. */
#include "cast.h"

#include "unit.h"

static cap_t untyped;

unsigned cast_retype(unsigned type, unsigned bits, cap_t to, unsigned count)
{
    return machine_invoke(untyped, OP_UNTYPED_RETYPE, type, bits, to, count, 0, 0).err;
}

static void make(unsigned type, unsigned bits, cap_t to)
{
    CHECK_EQ(cast_retype(type, bits, to, 1), ERR_OK);
}

static void derive(cap_t from, cap_t to, unsigned rights, word_t badge)
{
    CHECK_EQ(machine_invoke(from, OP_CAP_DERIVE, to, rights, badge, 0, 0, 1).err, ERR_OK);
}

static void bind(cap_t thread, unsigned binding, cap_t cap)
{
    CHECK_EQ(machine_invoke(thread, OP_THREAD_BIND, BINDING(binding), cap, 0, 0, 0, 0).err, ERR_OK);
}

static void setup(cap_t thread, unsigned priority, word_t badge)
{
    CHECK_EQ(machine_invoke(thread, OP_THREAD_SETUP, priority, 0, 0, badge, 0, 0).err, ERR_OK);
    bind(thread, BIND_ROOT, INIT_ROOT);
    CHECK_EQ(machine_invoke(thread, OP_THREAD_START, 0x1000, 0x2000, 0, 0, 0, 0).err, ERR_OK);
}

struct thread *cast_server(void)
{
    return machine_thread(CAST_SERVER);
}

struct thread *cast_client(void)
{
    return machine_thread(CAST_CLIENT);
}

static void make_objects(void)
{
    make(OBJ_THREAD, 0, CAST_SERVER);
    make(OBJ_THREAD, 0, CAST_CLIENT);
    make(OBJ_ENDPOINT, 0, CAST_ENDPOINT);
    make(OBJ_ENDPOINT, 0, CAST_FALLBACK_ENDPOINT);
    make(OBJ_REPLY, 0, CAST_REPLY);
    make(OBJ_REPLY, 0, CAST_REPLY2);
    make(OBJ_NOTIFICATION, 0, CAST_NOTIFICATION);
    make(OBJ_SPACE, 0, CAST_SPACE);
    make(OBJ_PAGETABLE, 0, CAST_TABLE1);
    make(OBJ_PAGETABLE, 0, CAST_TABLE0);
    make(OBJ_FRAME, PAGE_BITS, CAST_SERVER_BUFFER);
    make(OBJ_FRAME, PAGE_BITS, CAST_CLIENT_BUFFER);
    derive(CAST_ENDPOINT, CAST_BADGED, RIGHT_WRITE | RIGHT_GRANT, CAST_BADGE);
    derive(CAST_NOTIFICATION, CAST_SIGNAL, RIGHT_WRITE, CAST_BIT);
}

void cast_make(void)
{
    cast_make_in(4096);
}

void cast_make_in(unsigned pages)
{
    machine_boot(pages);
    untyped = machine_untyped(20);
    make_objects();
    bind(CAST_SERVER, BIND_SPACE, INIT_SPACE);
    bind(CAST_SERVER, BIND_ENDPOINT, CAST_ENDPOINT);
    bind(CAST_SERVER, BIND_REPLY, CAST_REPLY);
    bind(CAST_SERVER, BIND_BUFFER, CAST_SERVER_BUFFER);
    bind(CAST_CLIENT, BIND_SPACE, CAST_SPACE);
    bind(CAST_CLIENT, BIND_FAULT, CAST_ENDPOINT);
    bind(CAST_CLIENT, BIND_FAULT_SPACE, CAST_SPACE);
    bind(CAST_CLIENT, BIND_BUFFER, CAST_CLIENT_BUFFER);
    setup(CAST_SERVER, 9, 0);
    setup(CAST_CLIENT, 5, CAST_BADGE + 1);
}

void cast_begin(void)
{
    machine_call(SYS_WAIT, CAST_NOTIFICATION, 0, 0, 0, NULL);
    CHECK(cpu.current == cast_server());
}

void cast_meet(void)
{
    cast_begin();
    machine_call(SYS_RECV, 0, INFO_RECV(4), 0, CAST_FREE + 100, NULL);
    CHECK(cpu.current == cast_client());
}
