/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux_wait_test.c - calls that wait for descriptors or for signals, and those about ranges of
 * files.
 */
#include "linux_shape.h"
#include "linux_world.h"

static char data[3000];

static void begin(void)
{
    static const struct world_file files[8] = {
        {"/", 040755, "", 0},
        {"/dir", 040755, "", 0},
        {"/dir/data", 0100644, data, sizeof(data)},
    };

    memcpy(world_files, files, sizeof(files));
    world_begin();
}

static int64_t open_at(const char *path, unsigned flags)
{
    return CALL(NR_openat, LINUX_AT_FDCWD, world_text(0, path), flags, 0);
}

static void handler_set(unsigned signal, unsigned flags)
{
    struct abi_action action = {.handler = 0x44440, .flags = flags};

    CHECK_EQ(CALL(NR_rt_sigaction, signal, world_put(0, &action, sizeof(action)), 0, 8), 0);
}

TEST(wait, select_waits_for_input_or_the_time)
{
    abi_word_t in[4] = {1 << 0 | 1 << 1}, out[4] = {1 << 1}, *told, *written;
    struct linux_timespec t = {1, 0}, *left;
    uint64_t arg[6] = {2};

    begin();
    arg[1] = world_put(0, in, sizeof(in));
    arg[4] = world_put(128, &t, sizeof(t));
    told = world_at(BASE);
    written = world_at(BASE + 64);
    left = world_at(BASE + 128);
    CHECK_EQ(world_try(NR_pselect6, arg, false), EVENT_PARK);
    CHECK_EQ(world.task.deadline, 1000000000);
    CHECK_EQ(told[0], in[0]);
    world.now = 400000000;
    world.input = "x";
    CHECK_EQ(world_try(NR_pselect6, arg, true), EVENT_ANSWER);
    CHECK_EQ(world_event.word[0], 1);
    CHECK_EQ(told[0], 1);
    CHECK_EQ(left->nanoseconds, 600000000);

    world.input = NULL;
    CHECK_EQ(world_try(NR_pselect6, arg, false), EVENT_PARK);
    world.now = 1000000000;
    CHECK_EQ(world_try(NR_pselect6, arg, true), EVENT_ANSWER);
    CHECK_EQ(world_event.word[0], 0);
    CHECK_EQ(told[0], 0);
    CHECK_EQ(left->nanoseconds, 0);

    arg[1] = arg[4] = 0;
    arg[2] = world_put(64, out, sizeof(out));
    CHECK_EQ(CALL(NR_pselect6, 2, 0, arg[2], 0, 0, 0), 1);
    CHECK_EQ(written[0], 1 << 1);
    written[0] |= 1 << 5; /* not among those that are asked about, */
    CHECK_EQ(CALL(NR_pselect6, 5, 0, arg[2], 0, 0, 0), 1);
    CHECK_EQ(written[0], 1 << 1);
    written[0] |= 1 << 5; /* and among them, but closed */
    CHECK_EQ(CALL(NR_pselect6, 6, 0, arg[2], 0, 0, 0), -LINUX_EBADF);
    CHECK_EQ(CALL(NR_pselect6, -1, 0, arg[2], 0, 0, 0), -LINUX_EINVAL);
    CHECK_EQ(CALL(NR_pselect6, 1, 8, 0, 0, 0, 0), -LINUX_EFAULT);
    CHECK_EQ(CALL(NR_pselect6, 1, 0, 0, 0, 8, 0), -LINUX_EFAULT);
    CHECK_EQ(CALL(NR_pselect6, 1, 0, 0, 0, 0, 8), -LINUX_EFAULT);
    written[0] = 1 << 1; /* more than there may be: all */
    CHECK_EQ(CALL(NR_pselect6, 1 << 20, 0, arg[2], 0, 0, 0), 1);
}

TEST(wait, with_another_mask_ends_by_a_signal_and_puts_the_mask_back)
{
    uint64_t set = SIGNAL_BIT(LINUX_SIGUSR1), none = 0;
    abi_word_t mask[2] = {BASE + 128, 8};
    const struct abi_frame *frame;

    for (unsigned i = 0; i < 4; i++) {
        begin();
        world.now = 1;
        handler_set(LINUX_SIGUSR1, LINUX_SA_SIGINFO);
        world_put(64, &set, sizeof(set));
        world_put(128, &none, sizeof(none));
        world_put(192, mask, sizeof(mask));
        world_put(256, &(struct linux_timespec){0}, sizeof(struct linux_timespec));
        CHECK_EQ(CALL(NR_rt_sigprocmask, LINUX_SIG_BLOCK, BASE + 64, 0, 8), 0);
        if (i < 2) { /* nothing comes: it is put back at once */
            CHECK_EQ(i ? CALL(NR_ppoll, 0, 0, BASE + 256, BASE + 128, 8)
                       : CALL(NR_pselect6, 0, 0, 0, 0, BASE + 256, BASE + 192),
                     0);
            CHECK_EQ(world.person.signals.blocked, set);
            continue;
        }
        CHECK_EQ(CALL(NR_kill, 5, LINUX_SIGUSR1), 0);
        CHECK_EQ(world_event.info, 0);
        CHECK_EQ(i == 2 ? CALL(NR_ppoll, 0, 0, 0, BASE + 128, 8)
                        : CALL(NR_pselect6, 0, 0, 0, 0, 0, BASE + 192),
                 -LINUX_EINTR);
        CHECK_EQ(world.reg[REG_IP], 0x44440);
        frame = world_at(world.reg[REG_SP]);
        CHECK_EQ(frame->mask, set);
        CHECK_EQ((int64_t)(abi_int_t)frame->reg[REG_RESULT], -LINUX_EINTR);
        world_try(NR_rt_sigreturn, (const uint64_t[6]){0}, false);
        CHECK_EQ(world.person.signals.blocked, set);
    }
    CHECK_EQ(CALL(NR_ppoll, 0, 0, 0, BASE + 128, 4), -LINUX_EINVAL);
    CHECK_EQ(CALL(NR_ppoll, 0, 0, 0, 8, 8), -LINUX_EFAULT);
    CHECK_EQ(world.person.signals.blocked, set);
}

TEST(wait, signals_may_be_taken_instead_of_delivered)
{
    uint64_t set = SIGNAL_BIT(LINUX_SIGUSR1) | SIGNAL_BIT(LINUX_SIGUSR2);
    struct linux_timespec t = {1, 0};
    uint64_t arg[6] = {BASE + 64, BASE + 256, BASE + 128, 8};
    const struct abi_siginfo *info;

    begin();
    handler_set(LINUX_SIGUSR1, LINUX_SA_SIGINFO);
    world_put(64, &set, sizeof(set));
    world_put(128, &t, sizeof(t));
    info = world_at(BASE + 256);
    CHECK_EQ(CALL(NR_rt_sigprocmask, LINUX_SIG_BLOCK, BASE + 64, 0, 8), 0);
    CHECK_EQ(world_try(NR_rt_sigtimedwait, arg, false), EVENT_PARK);
    CHECK_EQ(world.task.deadline, 1000000000);
    world.now = 1000000000;
    CHECK_EQ(world_try(NR_rt_sigtimedwait, arg, true), EVENT_ANSWER);
    CHECK_EQ((int64_t)(abi_int_t)world_event.word[0], -LINUX_EAGAIN);

    CHECK_EQ(CALL(NR_kill, 5, LINUX_SIGUSR2), 0);
    CHECK_EQ(CALL(NR_kill, 5, LINUX_SIGUSR1), 0);
    CHECK_EQ(CALL(NR_rt_sigtimedwait, BASE + 64, 8, 0, 8), -LINUX_EFAULT); /* and it stays */
    world.vm_pending = 2;
    CHECK_EQ(CALL(NR_rt_sigtimedwait, BASE + 64, BASE + 256, 0, 8), LINUX_SIGUSR1);
    CHECK_EQ(info->signo, LINUX_SIGUSR1);
    CHECK_EQ(info->code, LINUX_SI_USER);
    CHECK_EQ(info->from.pid, 5);
    CHECK_EQ(CALL(NR_rt_sigtimedwait, BASE + 64, 0, 0, 8), LINUX_SIGUSR2);
    CHECK_EQ(world.person.signals.pending, 0);
    CHECK_EQ(CALL(NR_rt_sigprocmask, LINUX_SIG_UNBLOCK, BASE + 64, 0, 8), 0);
    CHECK_EQ(world_event.info, 0); /* no handler is entered any more */
    CHECK_EQ(CALL(NR_rt_sigtimedwait, BASE + 64, 0, 0, 4), -LINUX_EINVAL);
    CHECK_EQ(CALL(NR_rt_sigtimedwait, 8, 0, 0, 8), -LINUX_EFAULT);
}

TEST(range, of_files_is_read_ahead_and_synced)
{
    int64_t fd;

    begin();
    fd = open_at("/dir/data", 0);
    CHECK_EQ(CALL(NR_readahead, fd, 0, 0, 0, 4096), 0);
    CHECK_EQ(CALL(NR_readahead, 0, 0, 0, 0, 4096), -LINUX_EINVAL);
    CHECK_EQ(CALL(NR_readahead, 1, 0, 0, 0, 4096), -LINUX_EBADF);
    CHECK_EQ(CALL(NR_readahead, 77, 0, 0, 0, 4096), -LINUX_EBADF);
    CHECK_EQ(sync_range(fd, 4096, 4096, 0), 0);
    CHECK_EQ(world.syncs, 0);
    CHECK_EQ(sync_range(fd, 5ull << 32, 4096, 2), 0);
    CHECK_EQ(world.syncs, 1);
    CHECK_EQ(sync_range(fd, 0, 0, 8), -LINUX_EINVAL);
    CHECK_EQ(sync_range(fd, 1ull << 63, 0, 2), -LINUX_EINVAL);
    CHECK_EQ(sync_range(fd, 0, 1ull << 63, 2), -LINUX_EINVAL);
    CHECK_EQ(sync_range(fd, (1ull << 63) - 1, 1, 2), -LINUX_EINVAL);
    CHECK_EQ(sync_range(1, 0, 0, 2), -LINUX_ESPIPE);
    CHECK_EQ(sync_range(77, 0, 0, 2), -LINUX_EBADF);
    world.file_pending = 3;
    CHECK_EQ(sync_range(fd, 0, 0, 7), 0);
    CHECK_EQ(world.syncs, 2);
}

TEST(range, of_memory_gets_room_and_is_on_its_disk)
{
    int64_t fd;

    begin();
    fd = CALL(NR_memfd_create, world_text(0, ""), 0);
    CHECK_EQ(allocate(fd, 0, 100, 50), 0);
    CHECK_EQ(CALL(NR_lseek, fd, 0, 2), 150);
    CHECK_EQ(allocate(fd, 0, 0, 50), 0);
    CHECK_EQ(CALL(NR_lseek, fd, 0, 2), 150);
    CHECK_EQ(allocate(fd, 1, 0, 500), -LINUX_EOPNOTSUPP);
    CHECK_EQ(allocate(fd, 0, 0, 0), -LINUX_EINVAL);
    CHECK_EQ(allocate(fd, 0, 1ull << 63, 1), -LINUX_EINVAL);
    CHECK_EQ(allocate(fd, 0, (1ull << 63) - 1, 1), -LINUX_EFBIG);
    CHECK_EQ(allocate(fd, 0, 0, 100 * PAGE_SIZE), -LINUX_EFBIG);
    CHECK_EQ(allocate(1, 0, 0, 1), -LINUX_ESPIPE);
    CHECK_EQ(allocate(0, 0, 0, 1), -LINUX_EBADF);
    CHECK_EQ(allocate(77, 0, 0, 1), -LINUX_EBADF);
    CHECK_EQ(allocate(open_at("/dev/null", LINUX_O_RDWR), 0, 0, 1), -LINUX_ENODEV);
    CHECK_EQ(allocate(open_at("/dir/data", 0), 0, 0, 1), -LINUX_EBADF);
    CHECK_EQ(sync_range(fd, 0, 0, 7), 0);
    CHECK_EQ(world.syncs, 0);
}

TEST(identity, all_users_and_groups_are_the_superuser)
{
    const uint32_t *id;

    begin();
    id = world_at(BASE + 64);
    memset(world_at(BASE + 64), 0x55, 16);
    CHECK_EQ(CALL(NR_getresuid, BASE + 64, BASE + 68, BASE + 72), 0);
    CHECK_EQ(id[0] | id[1] | id[2], 0);
    CHECK_EQ(id[3], 0x55555555);
    CHECK_EQ(CALL(NR_getresgid, BASE + 64, 8, BASE + 72), -LINUX_EFAULT);
    CHECK_EQ(CALL(NR_setresuid, 0, 0, 0), 0);
    CHECK_EQ(CALL(NR_setfsuid, 7), 0); /* what it was */
}
