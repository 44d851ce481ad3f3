/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file_client.c - the file server asked by messages: what is right, what is not, what has
 * to wait.
 *
 * The image is made by tools/testlib/disk.py: /hello ("hello, quire\n"), /dir/{a,b,c},
 * /link -> hello, /dir/up -> .., /loop -> loop, /big (BIG_BYTES, each 32-bit word its own
 * number; /bad and /cold are like it), /holes (each second of 64 pages is filled with its number;
 * then a hole).
 */
#include "client.h"
#include "file.h"
#include "start.h"

#include <string.h>

#define BIG_BYTES (8u << 20)

static cap_t server, session;
static uint32_t session_number;
static char memory[65536 + 8192];

static enum err session_make(cap_t *made, uint32_t *number)
{
    struct file_session_req q = {.bit = 3, .bank = 7};
    struct file_session_reply r;
    struct passing p = {.send_count = 1, .recv_count = 1, .mode = TRANSFER_MOVE};
    enum err e;

    server = start_cap("file", NULL);
    p.send = slots_alloc(1);
    p.recv = slots_alloc(1);
    CHECK_OK(cap_derive(SLOT_NOTIFICATION, p.send, RIGHT_WRITE | RIGHT_GRANT, 0));
    e = file_session(server, &q, &r, &p);
    *made = p.recv;
    *number = r.session;
    return e;
}

static void wait_ready(void)
{
    struct answer a = sys_wait(CAP_NULL, 0);

    CHECK_EQ(a.err, ERR_OK);
    CHECK_EQ(a.badge, 1 << 3);
}

static enum err open_at(uint32_t at, const char *path, uint32_t flags, struct file_open_reply *r)
{
    struct file_open_req q = {.at = at, .flags = flags, .path_bytes = (uint32_t)strlen(path)};
    struct passing p = {.leases = 1,
                        .lease = {{.space = SLOT_SPACE,
                                   .rights = RIGHT_READ,
                                   .address = (uintptr_t)path,
                                   .bytes = strlen(path)}}};
    enum err e;

    while ((e = file_open(session, &q, r, &p)) == ERR_PENDING)
        wait_ready();
    return e;
}

static uint32_t opened(const char *path, uint32_t flags)
{
    struct file_open_reply r;

    CHECK_OK(open_at(FILE_AT_ROOT, path, flags, &r));
    return r.handle;
}

static enum err read_once(uint32_t handle, uint32_t flags, uint64_t offset, uint32_t bytes,
                          uint32_t *done)
{
    struct file_read_req q = {.handle = handle,
                              .flags = flags,
                              .bytes = bytes,
                              .offset_low = (uint32_t)offset,
                              .offset_high = (uint32_t)(offset >> 32)};
    struct file_read_reply r;
    struct passing p = {.leases = 1,
                        .lease = {{.space = SLOT_SPACE,
                                   .rights = RIGHT_WRITE,
                                   .address = (uintptr_t)memory,
                                   .bytes = sizeof(memory)}}};
    enum err e = file_read(session, &q, &r, &p);

    *done = r.done;
    return e;
}

static enum err read_all(uint32_t handle, uint32_t flags, uint64_t offset, uint32_t bytes,
                         uint32_t *done)
{
    enum err e;

    while ((e = read_once(handle, flags, offset, bytes, done)) == ERR_PENDING)
        wait_ready();
    return e;
}

static enum err get_once(uint32_t handle, uint32_t index, uint32_t count, cap_t slots,
                         struct object_get_reply *r, unsigned *received)
{
    struct object_get_req q = {.handle = handle, .index = index, .count = count};
    struct passing p = {.recv = slots, .recv_count = (uint8_t)count};
    enum err e = object_get(session, &q, r, &p);

    *received = p.received;
    return e;
}

static enum err get_all(uint32_t handle, uint32_t index, uint32_t count, cap_t slots,
                        struct object_get_reply *r, unsigned *received)
{
    enum err e;

    while ((e = get_once(handle, index, count, slots, r, received)) == ERR_PENDING)
        wait_ready();
    return e;
}

static struct file_status status_now(void)
{
    static struct window w;
    struct file_status_req q = {0};
    struct file_status_reply r;
    struct passing p = {.recv_count = 1};

    if (w.at == NULL) {
        p.recv = slots_alloc(1);
        CHECK_OK(file_status(server, &q, &r, &p));
        CHECK_OK(window_map(&w, p.recv, 1, RIGHT_READ));
    }
    return *(const volatile struct file_status *)w.at;
}

static enum err stat_of(uint32_t handle, struct file_attributes *a)
{
    struct file_stat_req q = {.handle = handle};
    struct file_stat_reply r;
    struct passing p = {
        .leases = 1,
        .lease = {{SLOT_SPACE, RIGHT_WRITE, (uintptr_t)a, sizeof(*a)}},
    };

    return file_stat(session, &q, &r, &p);
}

static enum err close_handle(uint32_t handle)
{
    struct file_close_req q = {.handle = handle};
    struct file_close_reply r;

    return file_close(session, &q, &r, NULL);
}

static uint64_t words_wrong(const char *at, uint64_t first, unsigned bytes)
{
    uint64_t wrong = 0;

    for (unsigned i = 0; i < bytes / 4; i++) {
        uint32_t word;

        memcpy(&word, at + 4 * i, 4);
        wrong += word != first + i;
    }
    return wrong;
}

/* ---- sessions ---- */

TEST(session, is_made_with_a_notification)
{
    CHECK_OK(session_make(&session, &session_number));
}

TEST(session, needs_one_notification_that_may_be_signalled)
{
    struct file_session_req q = {.bit = 3};
    struct file_session_reply r;
    struct passing p = {.mode = TRANSFER_MOVE, .recv = slots_alloc(1), .recv_count = 1};
    cap_t sent = slots_alloc(1);

    CHECK_ERR(file_session(server, &q, &r, &p), ERR_BAD_ARG);
    p.send = sent;
    p.send_count = 1;
    CHECK_OK(cap_derive(SLOT_NOTIFICATION, sent, RIGHT_READ | RIGHT_GRANT, 0));
    CHECK_ERR(file_session(server, &q, &r, &p), ERR_NO_RIGHT);
    CHECK_OK(cap_derive(SLOT_ENDPOINT, sent, RIGHT_ALL, 0));
    CHECK_ERR(file_session(server, &q, &r, &p), ERR_WRONG_TYPE);
    CHECK_OK(cap_derive(SLOT_NOTIFICATION, sent, RIGHT_WRITE | RIGHT_GRANT, 0));
    q.bit = 32;
    CHECK_ERR(file_session(server, &q, &r, &p), ERR_BAD_ARG);
}

TEST(session, cannot_make_or_end_sessions)
{
    struct file_end_req end = {.session = session_number};
    struct file_end_reply r;
    struct file_session_req make = {.bit = 1};
    struct file_session_reply made;

    CHECK_ERR(file_end(session, &end, &r, NULL), ERR_REFUSED);
    CHECK_ERR(file_session(session, &make, &made, NULL), ERR_REFUSED);
}

TEST(session, is_needed_to_open)
{
    struct file_open_req q = {.path_bytes = 1};
    struct file_open_reply r;

    CHECK_ERR(file_open(server, &q, &r, NULL), ERR_REFUSED);
}

TEST(session, ends_with_its_handles_and_its_capability)
{
    struct file_open_reply r;
    struct file_end_req q;
    struct file_end_reply ended;
    cap_t first = session, second;

    CHECK_OK(session_make(&second, &q.session));
    session = second;
    CHECK_OK(open_at(FILE_AT_ROOT, "/hello", FILE_READ, &r));
    CHECK_OK(open_at(FILE_AT_ROOT, "/dir", FILE_READ, &r));
    session = first;

    CHECK_OK(file_end(server, &q, &ended, NULL));
    CHECK_EQ(ended.handles, 2);
    CHECK_ERR(file_end(server, &q, &ended, NULL), ERR_BAD_HANDLE);
    CHECK_ERR(close_handle(0xffffffffu), ERR_BAD_HANDLE);
    session = second;
    CHECK_ERR(close_handle(1), ERR_NO_CAP);
    session = first;
}

TEST(session, does_not_know_other_operations)
{
    word_t word[MESSAGE_WORDS] = {PROTOCOL_OP(PROTOCOL_file, file_OP_COUNT)};

    CHECK_OK(sys_call(session, 0, 0, 0, word).err);
    CHECK_EQ(word[0], ERR_BAD_OP);
    word[0] = PROTOCOL_OP(PROTOCOL_process, 0);
    CHECK_OK(sys_call(session, 0, 0, 0, word).err);
    CHECK_EQ(word[0], ERR_BAD_OP);
    word[0] = ~(word_t)0;
    CHECK_OK(sys_call(session, 0, 0, 0, word).err);
    CHECK_EQ(word[0], ERR_BAD_OP);
}

/* ---- names ---- */

TEST(names, are_found_along_paths)
{
    static const char *const path[] = {
        "/hello",       "hello", "//dir/../hello", "/./dir/.././hello",
        "/../../hello", "/link", "/dir/up/hello"};
    struct file_open_reply r;

    for (unsigned i = 0; i < sizeof(path) / sizeof(path[0]); i++) {
        CHECK_OK(open_at(FILE_AT_ROOT, path[i], FILE_READ, &r));
        CHECK_EQ(r.mode & 0xf000u, 0x8000);
        CHECK_EQ(r.size_low, 13);
        CHECK_OK(close_handle(r.handle));
    }
}

TEST(names, are_relative_to_a_directory)
{
    uint32_t dir = opened("/dir", FILE_DIRECTORY);
    struct file_open_reply r;

    CHECK_OK(open_at(dir, "a", FILE_READ, &r));
    CHECK_OK(close_handle(r.handle));
    CHECK_OK(open_at(dir, "/dir/a", FILE_READ, &r));
    CHECK_ERR(open_at(r.handle, "a", FILE_READ, &r), ERR_NOT_DIR);
    CHECK_ERR(open_at(999, "a", FILE_READ, &r), ERR_BAD_HANDLE);
    CHECK_OK(close_handle(dir));
}

TEST(names, that_do_not_exist_are_told_apart)
{
    static const struct {
        const char *path;
        uint32_t flags;
        enum err err;
    } wrong[] = {
        {"/nothing", 0, ERR_NOT_FOUND},   {"/nothing/at/all", 0, ERR_NOT_FOUND},
        {"", 0, ERR_NOT_FOUND},           {"/hello/x", 0, ERR_NOT_DIR},
        {"/hello/", 0, ERR_NOT_DIR},      {"/hello", FILE_DIRECTORY, ERR_NOT_DIR},
        {"/loop", 0, ERR_LOOP},           {"/link", FILE_NOFOLLOW, ERR_LOOP},
        {"/dir", FILE_WRITE, ERR_IS_DIR}, {"/hello", 1u << 30, ERR_BAD_ARG},
    };
    struct file_open_reply r;

    for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        CHECK_ERR(open_at(FILE_AT_ROOT, wrong[i].path, wrong[i].flags, &r), wrong[i].err);
}

TEST(names, that_are_too_long_are_refused)
{
    struct file_open_reply r;

    memset(memory, 'x', 1100);
    memory[0] = '/';
    memory[1100] = '\0';
    CHECK_ERR(open_at(FILE_AT_ROOT, memory, 0, &r), ERR_NAME_LONG);
    memory[1000] = '\0';
    CHECK_ERR(open_at(FILE_AT_ROOT, memory, 0, &r), ERR_NAME_LONG);
    memory[200] = '\0';
    CHECK_ERR(open_at(FILE_AT_ROOT, memory, 0, &r), ERR_NOT_FOUND);
}

TEST(names, come_from_memory_that_can_be_read)
{
    struct file_open_req q = {.path_bytes = 10};
    struct file_open_reply r;
    struct passing p = {.leases = 1, .lease = {{SLOT_SPACE, RIGHT_READ, 0x7ff00000, 10}}};

    CHECK_ERR(file_open(session, &q, &r, NULL), ERR_BAD_ARG);
    CHECK_ERR(file_open(session, &q, &r, &p), ERR_FAULT);
    p.lease[0] = (struct lease){SLOT_SPACE, RIGHT_WRITE, (uintptr_t)memory, 10};
    CHECK_ERR(file_open(session, &q, &r, &p), ERR_NO_RIGHT);
    p.lease[0] = (struct lease){SLOT_SPACE, RIGHT_READ, (uintptr_t)memory, 9};
    memset(memory, 'y', 10);
    CHECK_ERR(file_open(session, &q, &r, &p), ERR_BAD_ARG);
}

TEST(names, of_links_are_told)
{
    uint32_t link = opened("/link", FILE_PATH | FILE_NOFOLLOW);
    struct file_link_req q = {.handle = link, .bytes = 100};
    struct file_link_reply r;
    struct passing p = {.leases = 1, .lease = {{SLOT_SPACE, RIGHT_WRITE, (uintptr_t)memory, 100}}};
    enum err e;

    while ((e = file_link(session, &q, &r, &p)) == ERR_PENDING)
        wait_ready();
    CHECK_OK(e);
    CHECK_EQ(r.bytes, 5);
    CHECK(memcmp(memory, "hello", 5) == 0);
    q.bytes = 2;
    CHECK_OK(file_link(session, &q, &r, &p));
    CHECK_EQ(r.bytes, 2);
    q.handle = opened("/hello", FILE_READ);
    CHECK_ERR(file_link(session, &q, &r, &p), ERR_BAD_ARG);
}

TEST(names, of_a_directory_are_listed)
{
    uint32_t dir = opened("/dir", FILE_READ | FILE_DIRECTORY);
    struct file_list_req q = {.handle = dir, .bytes = 64};
    struct file_list_reply r;
    struct passing p = {.leases = 1, .lease = {{SLOT_SPACE, RIGHT_WRITE, (uintptr_t)memory, 64}}};
    unsigned entries = 0, letters = 0;
    enum err e;

    for (;;) {
        while ((e = file_list(session, &q, &r, &p)) == ERR_PENDING)
            wait_ready();
        CHECK_OK(e);
        if (r.bytes == 0)
            break;
        for (unsigned at = 0; at < r.bytes; entries++) {
            uint16_t bytes;

            memcpy(&bytes, memory + at + 16, 2);
            CHECK(bytes >= 24 && bytes % 8 == 0 && at + bytes <= r.bytes);
            letters += memory[at + 20] == '\0' && memory[at + 19] >= 'a' && memory[at + 19] <= 'c';
            at += bytes;
        }
    }
    CHECK_EQ(entries, 6); /* . .. a b c up */
    CHECK_EQ(letters, 3);
    q.bytes = 10;
    CHECK_OK(file_list(session, &q, &r, &p));
    CHECK_EQ(r.bytes, 0);
    q.handle = opened("/dir", FILE_READ);
    CHECK_ERR(file_list(session, &q, &r, &p), ERR_BAD_ARG);
    q.handle = opened("/hello", FILE_READ);
    CHECK_ERR(file_list(session, &q, &r, &p), ERR_NOT_DIR);
}

TEST(names, have_attributes)
{
    struct file_attributes a;

    CHECK_OK(stat_of(opened("/hello", FILE_PATH), &a));
    CHECK_EQ(a.size, 13);
    CHECK_EQ(a.mode & 0xf000u, 0x8000);
    CHECK_EQ(a.links, 1);
    CHECK(a.blocks512 > 0 && a.blocks512 <= 8);
    CHECK_OK(stat_of(opened("/", FILE_PATH), &a));
    CHECK_EQ(a.inode, 2);
    CHECK_ERR(stat_of(0, &a), ERR_BAD_HANDLE);
    CHECK_ERR(stat_of(opened("/", 0), (void *)0x7ff00000), ERR_FAULT);
}

/* ---- reading ---- */

TEST(read, moves_the_offset_to_the_end)
{
    uint32_t handle = opened("/hello", FILE_READ), done;

    CHECK_OK(read_all(handle, 0, 0, 5, &done));
    CHECK_EQ(done, 5);
    CHECK_OK(read_all(handle, 0, 0, 100, &done));
    CHECK_EQ(done, 8);
    CHECK(memcmp(memory, ", quire\n", 8) == 0);
    CHECK_OK(read_all(handle, 0, 0, 100, &done));
    CHECK_EQ(done, 0);
}

TEST(read, at_an_offset_moves_nothing)
{
    uint32_t handle = opened("/hello", FILE_READ), done;

    CHECK_OK(read_all(handle, FILE_AT_OFFSET, 7, 5, &done));
    CHECK(memcmp(memory, "quire", 5) == 0);
    CHECK_OK(read_all(handle, 0, 0, 5, &done));
    CHECK(memcmp(memory, "hello", 5) == 0);
    CHECK_OK(read_all(handle, FILE_AT_OFFSET, 1ull << 60, 5, &done));
    CHECK_EQ(done, 0);
}

TEST(read, shares_the_offset_with_a_dup)
{
    uint32_t handle = opened("/hello", FILE_READ), done;
    struct file_dup_req q = {.handle = handle};
    struct file_dup_reply r;

    CHECK_OK(file_dup(session, &q, &r, NULL));
    CHECK_OK(read_all(handle, 0, 0, 7, &done));
    CHECK_OK(close_handle(handle));
    CHECK_OK(read_all(r.handle, 0, 0, 5, &done));
    CHECK(memcmp(memory, "quire", 5) == 0);
    CHECK_ERR(read_all(handle, 0, 0, 5, &done), ERR_BAD_HANDLE);
}

TEST(read, seeks_within_and_behind_the_file)
{
    uint32_t handle = opened("/hello", FILE_READ), done;
    struct file_seek_req q = {.handle = handle,
                              .whence = FILE_END,
                              .offset_low = (uint32_t)-6,
                              .offset_high = UINT32_MAX};
    struct file_seek_reply r;

    CHECK_OK(file_seek(session, &q, &r, NULL));
    CHECK_EQ(r.offset_low, 7);
    CHECK_OK(read_all(handle, 0, 0, 5, &done));
    CHECK(memcmp(memory, "quire", 5) == 0);
    q = (struct file_seek_req){.handle = handle, .whence = FILE_CURRENT, .offset_low = 1000};
    CHECK_OK(file_seek(session, &q, &r, NULL));
    CHECK_EQ(r.offset_low, 1012);
    CHECK_OK(read_all(handle, 0, 0, 5, &done));
    CHECK_EQ(done, 0);
    q.offset_low = (uint32_t)-2000;
    q.offset_high = UINT32_MAX;
    CHECK_ERR(file_seek(session, &q, &r, NULL), ERR_BAD_ARG);
    q.whence = 3;
    CHECK_ERR(file_seek(session, &q, &r, NULL), ERR_BAD_ARG);
}

TEST(read, refuses_what_is_no_open_file)
{
    uint32_t done;

    CHECK_ERR(read_all(0, 0, 0, 1, &done), ERR_BAD_HANDLE);
    CHECK_ERR(read_all(12345, 0, 0, 1, &done), ERR_BAD_HANDLE);
    CHECK_ERR(read_all(opened("/hello", FILE_PATH), 0, 0, 1, &done), ERR_BAD_HANDLE);
    CHECK_ERR(read_all(opened("/dir", FILE_READ), 0, 0, 1, &done), ERR_IS_DIR);
    CHECK_ERR(read_all(opened("/hello", FILE_READ), 2, 0, 1, &done), ERR_BAD_ARG);
}

TEST(read, stops_at_the_first_page_absent)
{
    uint32_t handle = opened("/big", FILE_READ), done;
    static struct window w;
    struct file_read_req q = {.handle = handle, .bytes = 3 * PAGE_SIZE};
    struct file_read_reply r;
    struct passing p = {.leases = 1};

    CHECK_OK(window_memory(&w, 2));
    CHECK_OK(space_unmap(SLOT_SPACE, (uintptr_t)w.at + PAGE_SIZE, 1));
    p.lease[0] = (struct lease){SLOT_SPACE, RIGHT_WRITE, (uintptr_t)w.at + 100, sizeof(memory)};
    CHECK_OK(read_all(handle, FILE_AT_OFFSET, 0, 3 * PAGE_SIZE, &done)); /* now in memory */
    CHECK_ERR(file_read(session, &q, &r, &p), ERR_FAULT);
    CHECK_EQ(r.done, PAGE_SIZE - 100);
    CHECK_EQ(r.moved, PAGE_SIZE - 100);
    CHECK_EQ(words_wrong((char *)w.at + 100, 0, PAGE_SIZE - 100), 0);
}

TEST(read, gives_a_large_file_by_64_KiB)
{
    uint32_t handle = opened("/big", FILE_READ), done;
    uint64_t at = 0;

    for (; at < BIG_BYTES; at += done) {
        CHECK_OK(read_all(handle, 0, 0, 1u << 20, &done));
        CHECK_EQ(done, 65536);
        CHECK_EQ(words_wrong(memory, at / 4, done), 0);
    }
    CHECK_OK(read_all(handle, 0, 0, 1, &done));
    CHECK_EQ(done, 0);
}

TEST(read, is_done_at_once_the_second_time)
{
    uint32_t handle = opened("/big", FILE_READ), done;
    struct file_status before = status_now(), after;

    if (before.cache_max < 2 * BIG_BYTES / PAGE_SIZE)
        return; /* a run with a smaller cache */
    for (uint64_t at = 0; at < BIG_BYTES; at += done)
        CHECK_OK(read_once(handle, 0, 0, 65536, &done));
    after = status_now();
    CHECK_EQ(after.disk_reads, before.disk_reads);
    CHECK_EQ(after.hits - before.hits, BIG_BYTES / PAGE_SIZE);
    CHECK_EQ(after.misses, before.misses);
}

TEST(read, gives_zeros_where_the_file_has_holes)
{
    uint32_t handle = opened("/holes", FILE_READ), done;

    for (unsigned page = 0; page < 70; page++) {
        CHECK_OK(read_all(handle, 0, 0, PAGE_SIZE, &done));
        CHECK_EQ(done, PAGE_SIZE);
        for (unsigned i = 0; i < PAGE_SIZE; i += 511)
            CHECK_EQ(memory[i], page < 64 && page % 2 == 0 ? page : 0);
    }
    CHECK_OK(read_all(handle, 0, 0, PAGE_SIZE, &done));
    CHECK_EQ(done, 100);
    CHECK_EQ(memory[99], 0);
}

TEST(read, never_has_more_pages_than_the_cache_may)
{
    struct file_status s = status_now();

    CHECK(s.cache_pages <= s.cache_max);
    if (s.cache_max < BIG_BYTES / PAGE_SIZE)
        CHECK(s.evicted_clean > 0);
}

TEST(read, fails_only_for_the_page_of_a_bad_sector)
{
    uint32_t handle = opened("/bad", FILE_READ), done;
    uint64_t bad = start_size("bad-page", UINT64_MAX);

    for (uint64_t page = 0; page < 64; page++) {
        enum err e = read_all(handle, FILE_AT_OFFSET, page * PAGE_SIZE, PAGE_SIZE, &done);

        CHECK_ERR(e, page == bad ? ERR_IO : ERR_OK);
        if (e == ERR_OK)
            CHECK_EQ(words_wrong(memory, page * (PAGE_SIZE / 4), PAGE_SIZE), 0);
    }
}

/* ---- mapping ---- */

TEST(object, gives_pages_in_order)
{
    uint32_t handle = opened("/big", FILE_READ);
    cap_t slots = slots_alloc(16);
    struct object_get_reply r;
    unsigned received;
    struct cap_facts facts;
    uint32_t done;

    CHECK_OK(read_all(handle, FILE_AT_OFFSET, 3 * PAGE_SIZE, 65536, &done)); /* now in memory */
    CHECK_OK(get_once(handle, 3, 16, slots, &r, &received));
    CHECK_EQ(r.got, 16);
    CHECK_EQ(r.hit, 1);
    CHECK_EQ(received, 16);
    for (unsigned i = 0; i < 16; i++) {
        CHECK_OK(frame_read(slots + i, 0, memory, PAGE_SIZE));
        CHECK_EQ(words_wrong(memory, (3 + i) * (PAGE_SIZE / 4), PAGE_SIZE), 0);
    }
    CHECK_OK(cap_inspect(slots, &facts));
    CHECK_EQ(facts.rights, RIGHT_READ | RIGHT_EXECUTE | RIGHT_GRANT);
    CHECK_OK(cap_delete(slots, 16));
    slots_free(slots, 16);
}

TEST(object, is_served_while_the_disk_works)
{
    uint32_t cold = opened("/cold", FILE_READ), hot = opened("/hello", FILE_READ), done;
    cap_t slots = slots_alloc(1);
    struct object_get_reply r;
    struct file_status s;
    unsigned received;

    CHECK_OK(read_all(hot, FILE_AT_OFFSET, 0, 1, &done));
    CHECK_ERR(read_once(cold, FILE_AT_OFFSET, 0, 65536, &done), ERR_PENDING);
    CHECK_ERR(read_once(cold, FILE_AT_OFFSET, 65536, 65536, &done), ERR_PENDING);
    s = status_now();
    CHECK(s.in_flight > 0);
    CHECK(s.in_flight_peak >= (s.cache_max < 2000 ? 1 : 4));

    CHECK_OK(get_once(hot, 0, 1, slots, &r, &received));

    CHECK(status_now().in_flight > 0);
    CHECK_EQ(received, 1);
    CHECK_OK(cap_delete(slots, 1));
    slots_free(slots, 1);
    CHECK_OK(read_all(cold, FILE_AT_OFFSET, 65536, 65536, &done));
    CHECK_EQ(words_wrong(memory, 65536 / 4, done), 0);
}

TEST(object, ends_where_the_file_does)
{
    uint32_t handle = opened("/hello", FILE_READ), big = opened("/big", FILE_READ);
    cap_t slots = slots_alloc(4);
    struct object_get_reply r;
    unsigned received;

    CHECK_OK(get_all(handle, 0, 4, slots, &r, &received));
    CHECK_EQ(r.got, 1);
    CHECK_OK(frame_read(slots, 0, memory, PAGE_SIZE));
    for (unsigned i = 13; i < PAGE_SIZE; i++)
        CHECK_EQ(memory[i], 0);
    CHECK_OK(cap_delete(slots, 1));
    CHECK_ERR(get_all(handle, 1, 4, slots, &r, &received), ERR_END);
    CHECK_ERR(get_all(big, BIG_BYTES / PAGE_SIZE, 1, slots, &r, &received), ERR_END);
    CHECK_OK(get_all(big, BIG_BYTES / PAGE_SIZE - 1, 4, slots, &r, &received));
    CHECK_EQ(r.got, 1);
    CHECK_OK(cap_delete(slots, 1));
    slots_free(slots, 4);
}

TEST(object, refuses_bad_counts_and_writing)
{
    struct object_get_req q = {.handle = opened("/big", FILE_READ), .count = 0};
    struct object_get_reply r;
    cap_t slots = slots_alloc(1);
    struct passing p = {.recv = slots, .recv_count = 1};

    CHECK_ERR(object_get(session, &q, &r, &p), ERR_BAD_ARG);
    q.count = 65;
    CHECK_ERR(object_get(session, &q, &r, &p), ERR_BAD_ARG);
    q.count = 1;
    q.write = 1;
    CHECK_ERR(object_get(session, &q, &r, &p), ERR_BAD_HANDLE);
    q.write = 0;
    q.handle = opened("/dir", FILE_READ);
    CHECK_ERR(object_get(session, &q, &r, &p), ERR_BAD_HANDLE);
    slots_free(slots, 1);
}

TEST(object, survives_slots_that_are_too_few_or_taken)
{
    struct object_get_req q = {.handle = opened("/big", FILE_READ), .count = 4};
    struct object_get_reply r;
    cap_t slots = slots_alloc(4);
    struct passing p = {.recv = slots, .recv_count = 2};
    unsigned received;
    uint32_t done;

    CHECK_OK(read_all(q.handle, FILE_AT_OFFSET, 0, 65536, &done)); /* now in memory */
    CHECK_OK(object_get(session, &q, &r, &p)); /* the client gets what it had room for */
    CHECK_EQ(p.received, 2);
    CHECK_OK(cap_delete(slots, 2));
    CHECK_OK(get_all(q.handle, 0, 4, slots, &r, &received));
    CHECK_OK(get_all(q.handle, 0, 4, slots, &r, &received)); /* there is no room at all */
    CHECK_EQ(received, 0);
    CHECK_OK(cap_delete(slots, 4));
    CHECK_OK(get_all(q.handle, 0, 4, slots, &r, &received));
    CHECK_EQ(received, 4);
    CHECK_OK(cap_delete(slots, 4));
    slots_free(slots, 4);
}

TEST(object, knows_its_size)
{
    struct object_size_req q = {.handle = opened("/big", FILE_READ)};
    struct object_size_reply r;

    CHECK_OK(object_size(session, &q, &r, NULL));
    CHECK_EQ(r.low, BIG_BYTES);
    CHECK_EQ(r.high, 0);
    q.handle = 0;
    CHECK_ERR(object_size(session, &q, &r, NULL), ERR_BAD_HANDLE);
}

/* ---- limits ---- */

TEST(limits, end_the_number_of_handles)
{
    struct file_open_reply r;
    uint32_t number, open = 0;
    struct file_end_req q;
    struct file_end_reply ended;
    cap_t first = session, other;
    enum err e;

    CHECK_OK(session_make(&other, &number));
    session = other;
    while ((e = open_at(FILE_AT_ROOT, "/hello", FILE_READ, &r)) == ERR_OK)
        open++;
    CHECK_ERR(e, ERR_LIMIT);
    CHECK(open >= 256);
    session = first;
    CHECK_OK(open_at(FILE_AT_ROOT, "/hello", FILE_READ, &r));
    CHECK_OK(close_handle(r.handle));
    q.session = number;
    CHECK_OK(file_end(server, &q, &ended, NULL));
    CHECK_EQ(ended.handles, open);
}

TEST(limits, end_the_number_of_sessions)
{
    static cap_t made[400];
    static uint32_t number[400];
    unsigned n = 0;
    struct file_end_req q;
    struct file_end_reply r;
    enum err e;

    while (n < 400 && (e = session_make(&made[n], &number[n])) == ERR_OK)
        n++;
    CHECK_ERR(e, ERR_LIMIT);
    for (unsigned i = 0; i < n; i++) {
        q.session = number[i];
        CHECK_OK(file_end(server, &q, &r, NULL));
    }
    CHECK_OK(session_make(&made[0], &number[0]));
    q.session = number[0];
    CHECK_OK(file_end(server, &q, &r, NULL));
}

/* ---- writing ---- */

static enum err write_once(uint32_t handle, uint32_t flags, uint64_t offset, const void *from,
                           uint32_t bytes, unsigned rights, uint32_t *done)
{
    struct file_write_req q = {.handle = handle,
                               .flags = flags,
                               .bytes = bytes,
                               .offset_low = (uint32_t)offset,
                               .offset_high = (uint32_t)(offset >> 32)};
    struct file_write_reply r;
    struct passing p = {.leases = 1, .lease = {{SLOT_SPACE, rights, (uintptr_t)from, bytes}}};
    enum err e = file_write(session, &q, &r, &p);

    *done = r.done;
    return e;
}

static enum err write_all(uint32_t handle, uint64_t offset, const void *from, uint32_t bytes)
{
    uint32_t done;
    enum err e;

    while ((e = write_once(handle, FILE_AT_OFFSET, offset, from, bytes, RIGHT_READ, &done)) ==
           ERR_PENDING)
        wait_ready();
    return e == ERR_OK && done != bytes ? ERR_END : e;
}

static enum err sync_all(uint32_t handle, uint32_t flags)
{
    struct file_sync_req q = {handle, flags};
    struct file_sync_reply r;
    enum err e;

    while ((e = file_sync(session, &q, &r, NULL)) == ERR_PENDING)
        wait_ready();
    return e;
}

static enum err remove_path(const char *path, uint32_t flags)
{
    struct file_remove_req q = {.flags = flags, .path_bytes = (uint32_t)strlen(path)};
    struct file_remove_reply r;
    struct passing p = {.leases = 1,
                        .lease = {{SLOT_SPACE, RIGHT_READ, (uintptr_t)path, strlen(path)}}};
    enum err e;

    while ((e = file_remove(session, &q, &r, &p)) == ERR_PENDING)
        wait_ready();
    return e;
}

TEST(write, is_read_back_and_synced)
{
    uint32_t handle = opened("/made", FILE_READ | FILE_WRITE | FILE_CREATE), done;

    memset(memory, 'w', 10000);
    CHECK_OK(write_all(handle, 0, memory, 10000));
    CHECK_OK(sync_all(handle, 0));
    memset(memory, 0, 10000);
    CHECK_OK(read_all(handle, FILE_AT_OFFSET, 0, 10000, &done));
    CHECK_EQ(done, 10000);
    CHECK_EQ(memory[9999], 'w');
    CHECK_OK(close_handle(handle));
    CHECK_OK(remove_path("/made", 0));
    CHECK_ERR(remove_path("/made", 0), ERR_NOT_FOUND);
}

TEST(write, refuses_bad_handles_flags_and_leases)
{
    uint32_t handle = opened("/made", FILE_READ | FILE_WRITE | FILE_CREATE), done;
    uint32_t reader = opened("/hello", FILE_READ);

    CHECK_ERR(write_once(reader, 0, 0, memory, 1, RIGHT_READ, &done), ERR_BAD_HANDLE);
    CHECK_ERR(write_once(9999, 0, 0, memory, 1, RIGHT_READ, &done), ERR_BAD_HANDLE);
    CHECK_ERR(write_once(handle, 64, 0, memory, 1, RIGHT_READ, &done), ERR_BAD_ARG);
    CHECK(write_once(handle, 0, 0, memory, 1, RIGHT_WRITE, &done) != ERR_OK);
    CHECK_EQ(done, 0);
    CHECK(write_once(handle, 0, 0, (void *)8, 1, RIGHT_READ, &done) != ERR_OK);
    CHECK_EQ(done, 0);
    CHECK_ERR(write_once(handle, FILE_AT_OFFSET, (uint64_t)1 << 60, memory, 1, RIGHT_READ, &done),
              ERR_BIG);
    CHECK_ERR(sync_all(9999, 0), ERR_BAD_HANDLE);
    CHECK_ERR(sync_all(handle, FILE_SYNC_REST), ERR_BAD_ARG);
    CHECK_ERR(sync_all(0, 128), ERR_BAD_ARG);
    CHECK_OK(close_handle(handle));
    CHECK_ERR(remove_path("/made", 2), ERR_BAD_ARG);
    CHECK_OK(remove_path("/made", 0));
    CHECK_OK(sync_all(0, FILE_SYNC_REST));
}
