/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux_32_test.c - what only programs with 32-bit words meet: calls that have the older names or
 * the older records, offsets in two registers, and the frames of ARM's two instruction sets.
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
        {"/link", 0120777, "/dir/data", 9},
        {"/large", 0100644, data, 1ull << 31},
        {"/largest", 0100644, data, INT32_MAX},
    };

    for (unsigned i = 0; i < sizeof(data); i++)
        data[i] = (char)(i * 7 + (i >> 8));
    memcpy(world_files, files, sizeof(files));
    world_begin();
}

static int64_t opened(const char *path)
{
    return CALL(NR_open, world_text(0, path), 0, 0);
}

/* ---- the older names ---- */

TEST(old, names_are_seen_from_the_current_directory)
{
    int64_t fd;

    begin();
    CHECK_EQ(CALL(NR_chdir, world_text(0, "/dir")), 0);
    fd = opened("data");
    CHECK_EQ(fd, 3);
    CHECK_EQ(CALL(NR_read, fd, BASE + 4096, 10), 10);
    CHECK_EQ(CALL(NR_access, world_text(0, "data"), 4), 0);
    CHECK_EQ(CALL(NR_access, BASE, 1), -LINUX_EACCES);
    CHECK_EQ(CALL(NR_readlink, world_text(0, "/link"), BASE + 4096, 100), 9);
    CHECK(memcmp(world_at(BASE + 4096), "/dir/data", 9) == 0);
    CHECK_EQ(CALL(NR_readlink, BASE, BASE + 4096, 0), -LINUX_EINVAL);
}

TEST(old, changes_are_those_of_the_later_calls)
{
    begin();
    CHECK_EQ(CALL(NR_creat, world_text(0, "/new"), 0600), -LINUX_EROFS);
    CHECK_EQ(CALL(NR_mkdir, world_text(0, "/new"), 0755), -LINUX_EROFS);
    CHECK_EQ(CALL(NR_unlink, world_text(0, "/dir/data")), -LINUX_EROFS);
    CHECK_EQ(CALL(NR_rmdir, world_text(0, "/dir")), -LINUX_EROFS);
    CHECK_EQ(CALL(NR_rename, BASE, 8), -LINUX_EFAULT);
    CHECK_EQ(CALL(NR_link, BASE, 8), -LINUX_EFAULT);
    CHECK_EQ(CALL(NR_symlink, BASE, 8), -LINUX_EFAULT);
    CHECK_EQ(CALL(NR_creat, 8, 0600), -LINUX_EFAULT);
    CHECK_EQ(CALL(NR_rmdir, 8), -LINUX_EFAULT);
}

TEST(old, dup2_onto_itself_changes_nothing)
{
    int64_t fd;

    begin();
    fd = opened("/dir/data");
    CHECK_EQ(CALL(NR_dup2, fd, fd), fd);
    CHECK_EQ(CALL(NR_dup2, 9, 9), -LINUX_EBADF);
    CHECK_EQ(CALL(NR_dup2, fd, 9), 9);
    CHECK_EQ(CALL(NR_read, 9, BASE + 4096, 10), 10);
    CHECK_EQ(CALL(NR_dup2, fd, FDS), -LINUX_EBADF);
}

TEST(old, poll_counts_milliseconds)
{
    struct {
        int32_t fd;
        int16_t events, revents;
    } f = {0, 1, 0};
    uint64_t arg[6] = {BASE, 1, 5};

    begin();
    world_put(0, &f, sizeof(f));
    CHECK_EQ(world_try(NR_poll, arg, false), EVENT_PARK);
    CHECK_EQ(world.task.deadline, 5000000);
    world.now = 5000000;
    CHECK_EQ(world_try(NR_poll, arg, true), EVENT_ANSWER);
    CHECK_EQ(world_event.word[0], 0);
    arg[2] = 0xffffffff; /* for ever */
    CHECK_EQ(world_try(NR_poll, arg, false), EVENT_PARK);
    CHECK_EQ(world.task.deadline, 0);
    world.input = "x";
    CHECK_EQ(world_try(NR_poll, arg, true), EVENT_ANSWER);
    CHECK_EQ(world_event.word[0], 1);
    CHECK_EQ(CALL(NR_poll, BASE, 65, 0), -LINUX_EINVAL);
}

/* ---- offsets ---- */

TEST(wide, offsets_are_told_in_memory)
{
    int64_t fd, *told;

    begin();
    told = world_at(BASE + 64);
    fd = opened("/dir/data");
    CHECK_EQ(CALL(NR_llseek, fd, 0, 1000, BASE + 64, 0), 0);
    CHECK_EQ(*told, 1000);
    CHECK_EQ(CALL(NR_llseek, fd, 0xffffffff, (uint32_t)-10, BASE + 64, 1), 0);
    CHECK_EQ(*told, 990);
    CHECK_EQ(CALL(NR_llseek, fd, 0xffffffff, 0xffffffff, BASE + 64, 0), -LINUX_EINVAL);
    CHECK_EQ(CALL(NR_llseek, fd, 2, 0, BASE + 64, 0), 0);
    CHECK_EQ(*told, 2ll << 32);
    CHECK_EQ(CALL(NR_lseek, fd, 0, 1), -LINUX_EOVERFLOW);
    CHECK_EQ(CALL(NR_llseek, fd, 0, 0, 8, 0), -LINUX_EFAULT);
    CHECK_EQ(CALL(NR_lseek, fd, (uint32_t)-4, 2), (int64_t)sizeof(data) - 4);
}

TEST(wide, files_are_opened_only_by_those_who_can_name_all_of_them)
{
    const unsigned path_only = LINUX_O_PATH;

    begin();
    CHECK_EQ(opened("/large"), -LINUX_EOVERFLOW);
    CHECK_EQ(CALL(NR_creat, BASE, 0600), -LINUX_EOVERFLOW);
    CHECK_EQ(CALL(NR_openat, LINUX_AT_FDCWD, BASE, 0), -LINUX_EOVERFLOW);
    CHECK_EQ(world.open_handles, 0);
    CHECK_EQ(CALL(NR_open, BASE, ABI_O_LARGEFILE), 3);
    CHECK_EQ(CALL(NR_open, BASE, path_only), 4);
    CHECK_EQ(opened("/largest"), 5);
}

TEST(wide, offsets_of_memory_are_told_in_memory)
{
    int64_t fd, *told;

    begin();
    told = world_at(BASE + 64);
    fd = CALL(NR_memfd_create, world_text(0, "m"), 0);
    CHECK_EQ(CALL(NR_ftruncate, fd, 0, 100, 0), 0);
    CHECK_EQ(CALL(NR_llseek, fd, 0, 10, BASE + 64, 0), 0);
    CHECK_EQ(*told, 10);
    CHECK_EQ(CALL(NR_llseek, fd, 0, 1, BASE + 64, 1), 0);
    CHECK_EQ(*told, 11);
    CHECK_EQ(CALL(NR_llseek, fd, 0xffffffff, (uint32_t)-2, BASE + 64, 2), 0);
    CHECK_EQ(*told, 98);
}

TEST(wide, offsets_are_two_registers)
{
    int64_t fd;

    begin();
    fd = opened("/dir/data");
    CHECK_EQ(read_at(fd, BASE + 4096, 100, 2000), 100);
    CHECK(memcmp(world_at(BASE + 4096), data + 2000, 100) == 0);
    CHECK_EQ(read_at(fd, BASE + 4096, 100, 1ull << 32), 0);
    CHECK_EQ(read_at(fd, BASE + 4096, 100, 1ull << 63), -LINUX_EINVAL);
    CHECK_EQ(CALL(NR_truncate, world_text(0, "/dir/data"), 7, 0, 0x80000000), -LINUX_EINVAL);
    CHECK_EQ(CALL(NR_truncate32, BASE, 0x80000000), -LINUX_EINVAL);
    CHECK_EQ(CALL(NR_fadvise64_64, fd, 5, 0, 0, 0, 0), 0);
    CHECK_EQ(CALL(NR_fadvise64_64, fd, 6, 0, 0, 0, 0), -LINUX_EINVAL);
    CHECK_EQ(CALL(NR_fadvise64_64, 77, 0, 0, 0, 0, 0), -LINUX_EBADF);
}

TEST(wide, mappings_are_offset_in_pages)
{
    int64_t fd;

    begin();
    fd = opened("/dir/data");
    CHECK(CALL(NR_mmap2, 0, 4096, 1, LINUX_MAP_PRIVATE, fd, 0x200000) > 0);
    CHECK_EQ(world.mapped.offset, 0x200000000);
}

/* ---- records ---- */

TEST(record, of_the_system_is_no_longer_than_programs_have_room_for)
{
    begin();
    memset(world_at(BASE), 0x55, 80);
    CHECK_EQ(CALL(NR_sysinfo, BASE), 0);
    CHECK_EQ(*(const uint32_t *)world_at(BASE + 52), 1); /* mem_unit */
    CHECK_EQ(*(const uint8_t *)world_at(BASE + 63), 0);
    CHECK_EQ(*(const uint8_t *)world_at(BASE + 64), 0x55);
}

TEST(record, attributes_are_those_of_stat64)
{
    struct abi_stat *s;

    begin();
    s = world_at(BASE + 4096);
    CHECK_EQ(CALL(NR_stat64, world_text(0, "/link"), BASE + 4096), 0);
    CHECK_EQ(s->mode, 0100644);
    CHECK_EQ(s->size, sizeof(data));
    CHECK_EQ(CALL(NR_lstat64, world_text(0, "/link"), BASE + 4096), 0);
    CHECK_EQ(s->mode, 0120777);
    CHECK_EQ(CALL(NR_lstat64, BASE, 8), -LINUX_EFAULT);
}

TEST(record, statfs64_is_known_by_its_size)
{
    begin();
    CHECK_EQ(CALL(NR_statfs64, world_text(0, "/dir"), 83, BASE + 4096), -LINUX_EINVAL);
    CHECK_EQ(CALL(NR_fstatfs64, 1, 83, BASE + 4096), -LINUX_EINVAL);
    memset(world_at(BASE + 4096), 0x55, 100);
    CHECK_EQ(CALL(NR_fstatfs64, 1, 88, BASE + 4096), 0);
    CHECK_EQ(((char *)world_at(BASE + 4096))[83], 0);
    CHECK_EQ(((char *)world_at(BASE + 4096))[84], 0x55);
    CHECK_EQ(CALL(NR_statfs64, world_text(0, "/dir"), 84, BASE + 4096), 0);
}

TEST(record, times_are_narrow_or_half_filled)
{
    struct linux_timespec_32 narrow = {2, 5}, *told;
    struct linux_timespec wide = {2, 5 | 0x1234ll << 32}; /* as the C library leaves it */

    begin();
    world_put(64, &wide, sizeof(wide));
    CHECK_EQ(world_try(NR_clock_nanosleep, (const uint64_t[6]){1, 0, BASE + 64}, false),
             EVENT_PARK);
    CHECK_EQ(world.task.deadline, 2000000005);

    begin();
    world_put(64, &narrow, sizeof(narrow));
    CHECK_EQ(world_try(NR_nanosleep32, (const uint64_t[6]){BASE + 64}, false), EVENT_PARK);
    CHECK_EQ(world.task.deadline, 2000000005);
    narrow.nanoseconds = -1;
    world_put(64, &narrow, sizeof(narrow));
    CHECK_EQ(CALL(NR_nanosleep32, BASE + 64), -LINUX_EINVAL);

    begin();
    world.now = 3000000007;
    told = world_at(BASE + 64);
    memset(told, 0x55, 16);
    CHECK_EQ(CALL(NR_clock_gettime32, 1, BASE + 64), 0);
    CHECK_EQ(told[0].seconds, 3);
    CHECK_EQ(told[0].nanoseconds, 7);
    CHECK_EQ(told[1].seconds, 0x55555555);
}

TEST(record, times_of_files_are_in_any_fraction)
{
    int32_t micro[4] = {5, 999999, -6, 0};

    begin();
    world_text(0, "/dir/data");
    world_put(64, micro, sizeof(micro));
    CHECK_EQ(CALL(NR_utimes, BASE, BASE + 64), 0);
    CHECK_EQ(world.times.what, FILE_ATIME | FILE_MTIME);
    CHECK_EQ(world.times.atime_low, 5);
    CHECK_EQ(world.times.atime_high, 0);
    CHECK_EQ(world.times.mtime_low, (uint32_t)-6);
    CHECK_EQ(world.times.mtime_high, UINT32_MAX);
    CHECK_EQ(CALL(NR_utimes, BASE, 0), 0);
    CHECK_EQ(world.times.what, FILE_ATIME_NOW | FILE_MTIME_NOW);
    CHECK_EQ(CALL(NR_futimesat, opened("/dir"), world_text(0, "/dir/data"), BASE + 64), 0);
    CHECK_EQ(world.times.what, FILE_ATIME | FILE_MTIME);
    CHECK_EQ(CALL(NR_utimes, BASE, 8), -LINUX_EFAULT);
    micro[3] = 1000000;
    world_put(64, micro, sizeof(micro));
    CHECK_EQ(CALL(NR_utimes, BASE, BASE + 64), -LINUX_EINVAL);
    micro[3] = 0x3ffffffe; /* to leave a time is what only the later calls can be told */
    world_put(64, micro, sizeof(micro));
    CHECK_EQ(CALL(NR_utimes, BASE, BASE + 64), -LINUX_EINVAL);
}

TEST(record, times_of_waits_are_in_any_fraction)
{
    struct linux_timespec_32 nano = {2, 5}, micro = {2, 1500000}, *left;
    uint64_t arg[6] = {0, 0, 0, 0, BASE + 64};
    uint64_t set = SIGNAL_BIT(LINUX_SIGUSR1);

    begin();
    left = world_at(BASE + 64);
    world_put(64, &nano, sizeof(nano));
    CHECK_EQ(world_try(NR_pselect6_32, arg, false), EVENT_PARK);
    CHECK_EQ(world.task.deadline, 2000000005);
    world.now = 2000000005;
    CHECK_EQ(world_try(NR_pselect6_32, arg, true), EVENT_ANSWER);
    CHECK_EQ(left->seconds | left->nanoseconds, 0);

    begin();
    world_put(64, &micro, sizeof(micro));
    CHECK_EQ(world_try(NR_select, arg, false), EVENT_PARK);
    CHECK_EQ(world.task.deadline, 3500000000);
    world.now = 3500000000;
    CHECK_EQ(world_try(NR_select, arg, true), EVENT_ANSWER);
    micro.nanoseconds = -1;
    world_put(64, &micro, sizeof(micro));
    CHECK_EQ(CALL(NR_select, 0, 0, 0, 0, BASE + 64), -LINUX_EINVAL);

    begin();
    world_put(0, &set, sizeof(set));
    world_put(64, &nano, sizeof(nano));
    CHECK_EQ(world_try(NR_rt_sigtimedwait32, (const uint64_t[6]){BASE, 0, BASE + 64, 8}, false),
             EVENT_PARK);
    CHECK_EQ(world.task.deadline, 2000000005);
}

TEST(record, numbers_of_users_are_short_or_not)
{
    const uint16_t *id;

    begin();
    id = world_at(BASE + 64);
    memset(world_at(BASE + 64), 0x55, 8);
    CHECK_EQ(CALL(NR_getresuid16, BASE + 64, BASE + 66, BASE + 68), 0);
    CHECK_EQ(id[0] | id[1] | id[2], 0);
    CHECK_EQ(id[3], 0x5555);
    CHECK_EQ(CALL(NR_chown16, world_text(0, "/dir/data"), 0x12345, 0xffff), 0);
    CHECK_EQ(world.change.what, FILE_UID); /* and no group */
    CHECK_EQ(world.change.uid, 0x2345);
    CHECK_EQ(CALL(NR_chown, BASE, -1, 0xffff), 0);
    CHECK_EQ(world.change.what, FILE_GID);
    CHECK_EQ(world.change.gid, 0xffff);
    CHECK_EQ(CALL(NR_lchown16, BASE, 0xffff, 7), 0);
    CHECK_EQ(world.change.what, FILE_GID);
    CHECK_EQ(CALL(NR_fchown16, opened("/dir/data"), 8, 9), 0);
    CHECK_EQ(world.change.what, FILE_UID | FILE_GID);
    CHECK_EQ(CALL(NR_getuid16, 0) | CALL(NR_setresgid16, 1, 2, 3), 0);
}

TEST(record, sendfile_has_offsets_of_both_widths)
{
    int64_t fd;

    begin();
    fd = opened("/dir/data");
    world_put(64, &(uint64_t){2990 | 7ull << 32}, 8);
    CHECK_EQ(CALL(NR_sendfile32, 1, fd, BASE + 64, 100), 10);
    CHECK_EQ(*(uint64_t *)world_at(BASE + 64), 3000 | 7ull << 32);
    world_put(64, &(uint64_t){2990}, 8);
    CHECK_EQ(CALL(NR_sendfile, 1, fd, BASE + 64, 100), 10);
    CHECK_EQ(*(uint64_t *)world_at(BASE + 64), 3000);
}

TEST(record, limits_of_a_word_are_none_at_its_end)
{
    uint32_t limit[2] = {1 << 20, 0xffffffff}, *told;

    begin();
    told = world_at(BASE + 64);
    world_put(0, limit, sizeof(limit));
    CHECK_EQ(CALL(NR_setrlimit, 9, BASE), 0);
    CHECK_EQ(world.person.limit[9][1], UINT64_MAX);
    CHECK_EQ(CALL(NR_getrlimit, 9, BASE + 64), 0);
    CHECK_EQ(told[0], 1 << 20);
    CHECK_EQ(told[1], 0xffffffff);
    world.person.limit[9][0] = 5ull << 32;
    CHECK_EQ(CALL(NR_getrlimit, 9, BASE + 64), 0);
    CHECK_EQ(told[0], 0xffffffff);
}

TEST(record, locks_have_a_wide_form_too)
{
    begin();
    CHECK_EQ(CALL(NR_fcntl, 1, LINUX_F_SETLK_WIDE, BASE), 0);
    CHECK_EQ(CALL(NR_fcntl32, 1, LINUX_F_SETLKW, BASE), 0);
}

/* ---- ARM's own calls ---- */

TEST(own, thread_pointer_is_set)
{
    begin();
    CHECK_EQ(CALL(0xf0005, 0x12345678), 0);
    CHECK_EQ(world.reg[REG_TLS], 0x12345678);
    CHECK_EQ(CALL(0xf0005, 0), 0);
    CHECK_EQ(world.reg[REG_TLS], 0);
}

TEST(own, code_that_was_written_is_made_seen)
{
    begin();
    CHECK_EQ(CALL(0xf0002, BASE, BASE + 100, 0), 0);
    CHECK_EQ(world.mapped.address, BASE);
    CHECK_EQ(world.mapped.bytes, 100);
    CHECK_EQ(CALL(0xf0002, BASE, BASE - 1, 0), -LINUX_EINVAL);
}

TEST(own, numbers_are_not_those_they_are_listed_by)
{
    begin();
    CHECK_EQ(CALL(ABI_OWN + 5, 0x1111), -LINUX_ENOSYS);
    CHECK_EQ(world.reg[REG_TLS], 0);
    CHECK_EQ(CALL(0xf0000, 0), -LINUX_ENOSYS);
    CHECK_EQ(CALL(0xf0010, 0), -LINUX_ENOSYS);
}

/* ---- frames ---- */

static void handler_set(uint32_t handler, uint32_t flags)
{
    struct abi_action action = {.handler = handler, .flags = flags, .restorer = 0x7770};

    CHECK_EQ(CALL(NR_rt_sigaction, LINUX_SIGSEGV, world_put(0, &action, sizeof(action)), 0, 8), 0);
}

TEST(frame, of_a_handler_that_is_told_begins_with_what)
{
    uint64_t sp = SP;

    begin();
    handler_set(0x44440, LINUX_SA_SIGINFO | ABI_SA_RESTORER);
    CHECK_EQ(world_fault(VM_SIGNAL_NOTHING_THERE, 0x1234), EVENT_ANSWER);
    CHECK_EQ(world.reg[REG_IP], 0x44440);
    CHECK_EQ(world.reg[REG_RETURN], 0x7770);
    CHECK_EQ(world.reg[REG_ARG(1)], world.reg[REG_SP]);
    CHECK_EQ(world.reg[REG_ARG(2)], world.reg[REG_SP] + 128);
    CHECK_EQ(world.reg[REG_SP] % 8, 0);
    CHECK(world.reg[REG_SP] + sizeof(struct abi_frame) <= sp);
}

TEST(frame, of_another_handler_is_left_by_another_call)
{
    uint64_t before[REG_COUNT];
    const struct abi_frame *frame;

    begin();
    handler_set(0x44441, ABI_SA_RESTORER);
    for (unsigned i = 0; i < REG_COUNT; i++)
        if (i != REG_SP && i != REG_IP)
            world.reg[i] = 0x0400 + i;
    memcpy(before, world.reg, sizeof(before));
    CHECK_EQ(world_fault(VM_SIGNAL_NOTHING_THERE, 0x1234), EVENT_ANSWER);
    frame = world_at(world.reg[REG_SP] - offsetof(struct abi_frame, uc_flags));
    CHECK_EQ(frame->reg[1], before[REG_ARG(1)]);
    CHECK_EQ(frame->vfp.d[31], before[REG_F0 + 31]);
    CHECK_EQ(world.reg[REG_ARG(0)], LINUX_SIGSEGV);

    CHECK_EQ(world_try(NR_sigreturn, (const uint64_t[6]){0}, false), EVENT_ANSWER);
    CHECK_EQ(world_event.info, INFO_AS_IS);
    CHECK(memcmp(world.reg, before, sizeof(before)) == 0);
}

TEST(frame, enters_the_instruction_set_that_the_handler_is_in)
{
    begin();
    handler_set(0x44441, LINUX_SA_SIGINFO | ABI_SA_RESTORER);
    world.reg[REG_STATUS] = 0x0600fc10; /* within a Thumb block under a condition */
    CHECK_EQ(world_fault(VM_SIGNAL_NOTHING_THERE, 0), EVENT_ANSWER);
    CHECK_EQ(world.reg[REG_IP], 0x44440);
    CHECK_EQ(world.reg[REG_STATUS], STATUS_THUMB | 0x10);

    begin();
    handler_set(0x44440, LINUX_SA_SIGINFO | ABI_SA_RESTORER);
    world.reg[REG_STATUS] = STATUS_THUMB | 0x10;
    CHECK_EQ(world_fault(VM_SIGNAL_NOTHING_THERE, 0), EVENT_ANSWER);
    CHECK_EQ(world.reg[REG_STATUS], 0x10);
}

TEST(frame, returns_by_our_page_without_a_restorer)
{
    begin();
    handler_set(0x44440, 0);
    CHECK_EQ(world_fault(VM_SIGNAL_NOTHING_THERE, 0), EVENT_ANSWER);
    CHECK_EQ(world.reg[REG_RETURN], world.person.signals.trampoline);

    begin();
    handler_set(0x44440, LINUX_SA_SIGINFO);
    CHECK_EQ(world_fault(VM_SIGNAL_NOTHING_THERE, 0), EVENT_ANSWER);
    CHECK_EQ(world.reg[REG_RETURN], world.person.signals.trampoline + 8);
}

TEST(frame, without_its_record_leaves_floating_point_alone)
{
    struct abi_frame *frame;

    begin();
    handler_set(0x44440, LINUX_SA_SIGINFO | ABI_SA_RESTORER);
    world.reg[REG_F0] = 1;
    CHECK_EQ(world_fault(VM_SIGNAL_NOTHING_THERE, 0), EVENT_ANSWER);
    frame = world_at(world.reg[REG_SP]);
    frame->vfp.magic = 0;
    world.reg[REG_F0] = 2;
    world_try(NR_rt_sigreturn, (const uint64_t[6]){0}, false);
    CHECK_EQ(world.reg[REG_F0], 2);
}
