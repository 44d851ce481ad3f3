/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux_world.h - what the personality meets in a test: a task's memory, a disk, a console
 * and registers, all scripted. One world at a time; world_begin makes it new.
 */
#ifndef LINUX_WORLD_H
#define LINUX_WORLD_H

#include "person.h"
#include "process.h"
#include "unit.h"

#include <setjmp.h>

#define BASE  0x10000ul /* the task's memory: PAGES pages, readable and writable */
#define PAGES 64u
#define SP    (BASE + 40 * PAGE_SIZE)

enum page_mark {
    PAGE_THERE,
    PAGE_ABSENT /* until it is made present */,
    PAGE_READ_ONLY,
    PAGE_HOLE
};

struct world {
    struct task task;
    struct person person;
    struct supervisor_status status;
    uint8_t memory[PAGES * PAGE_SIZE];
    enum page_mark mark[PAGES];
    uint64_t reg[REG_COUNT];
    uint64_t now; /* ns */

    /* The next so many calls answer ERR_PENDING. */
    unsigned vm_pending, file_pending, process_pending;
    unsigned file_calls, process_calls, presents; /* made so far */
    unsigned open_handles;
    unsigned syncs;
    struct file_times_req times; /* the last ones */
    struct file_change_req change;

    char output[3][32768]; /* what came on each stream */
    size_t output_bytes[3];
    size_t output_room; /* bytes that one write takes at most */
    size_t file_room;   /* that one read gives */
    const char *input;
    bool input_ended;

    enum vm_lock lock_now, lock_future; /* the last vm_lock_all */
    struct vm_mapping mapped;           /* the last vm_map */
    enum err map_answer;
    enum err object_answer; /* of vm_object_make */
    unsigned objects;       /* that there are */
    unsigned unmapped, dropped;
    uint64_t limit_space;

    bool started; /* the thread runs, from: */
    uint64_t entry, sp;
    struct vm_image image;
    struct vm_segment segment[4];

    jmp_buf end; /* where the program's end goes */
    bool ended;
    uint32_t end_kind, end_code;
    char log[2048];
};
extern struct world world;

/* A new world with a person in it, as it is when a program begins. */
void world_begin(void);
/* One call of the program, tried again while it parks (at most 100 times). */
int64_t world_call(unsigned number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e,
                   uint64_t f);
/* The same, once: EVENT_PARK or EVENT_ANSWER; the event stays in world_event. */
enum event_end world_try(unsigned number, const uint64_t arg[6], bool again);
extern struct event world_event;
/* A fault that became a signal. */
enum event_end world_fault(enum vm_signal_kind kind, uint64_t address);

#define CALL(number, ...) CALL_(number, __VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define CALL_(n, a, b, c, d, e, f, ...)                                                            \
    world_call(n, (uint64_t)(a), (uint64_t)(b), (uint64_t)(c), (uint64_t)(d), (uint64_t)(e),       \
               (uint64_t)(f))

/* The program's end, if it comes within the statement. */
#define EXPECT_END(statement)                                                                      \
    do {                                                                                           \
        if (setjmp(world.end) == 0) {                                                              \
            statement;                                                                             \
            CHECK(!"the program ends");                                                            \
        }                                                                                          \
    } while (0)

/* Puts bytes or a string into the program's memory at BASE + offset; its address. */
uint64_t world_put(size_t offset, const void *from, size_t bytes);
uint64_t world_text(size_t offset, const char *text);
void *world_at(uint64_t address);

/* A file of the disk; "data" of a link is its target. */
struct world_file {
    const char *path;
    uint32_t mode;
    const void *data;
    size_t bytes;
};
extern struct world_file world_files[8]; /* ends with path NULL */

/* The start block's properties: argv, environment. */
extern struct string_list world_argv, world_environment;

#endif
