/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * person.h - the Linux that one program sees: all of its state, and what the
 * files of this room offer each other. (vm.h has what the supervisor sees of it.)
 *
 * A handler of a call (call_NAME) gets a struct trap and returns what the program
 * gets in its result register, or one of the results below. It may be run again
 * for the same call, after RESULT_PARK; what it must remember until then is
 * struct progress, which is zero when a call is new. So a handler changes nothing
 * before its last step that may park, or notes it there.
 */
#ifndef LINUX_PERSON_H
#define LINUX_PERSON_H

#include "abi.h"
#include "fd.h"
#include "file.h"
#include "random.h"
#include "signal.h"
#include "stack.h"
#include "vm.h"

#define PERSON_SCRATCH 4096u
#define PERSON_NUMBERS 512u /* calls that are counted as missing once each */

/* What a parked call has done so far. */
struct progress {
    uint64_t done; /* bytes */
    uint64_t wake; /* ns: when it ends anyway; 0 = not set */
    bool finished; /* only the signals that it caused are still to be delivered */
    int64_t result;
};

struct person {
    uint32_t pid;
    struct string_list argv, envp; /* as the program got them */
    struct fds fds;
    struct signals signals;
    struct random random;
    struct progress progress;
    char name[16]; /* prctl(PR_SET_NAME) */
    uint32_t umask;
    uint64_t epoch;                        /* seconds since 1970 when the clock was 0 */
    uint64_t limit[16][2];                 /* RLIMIT_*: soft, hard */
    uint64_t missing[PERSON_NUMBERS / 64]; /* calls that were named in the log */

    char cwd[FILE_PATH_MAX + 1]; /* canonical */
    uint32_t cwd_handle;         /* of the file server; FILE_AT_ROOT unless below a directory */
    bool cwd_node;               /* it is one of our own directories */

    char path[FILE_PATH_MAX + 1];      /* of the call that is being served */
    char canonical[FILE_PATH_MAX + 1]; /* the same, absolute, without . and .. */
    _Alignas(16) uint8_t scratch[PERSON_SCRATCH];
};

typedef int64_t result_t;
#define RESULT_PARK  INT64_MIN       /* run me again when something came, or at progress.wake */
#define RESULT_AS_IS (INT64_MIN + 1) /* the registers are set already */
#define RESULT_KILL  (INT64_MIN + 2) /* no memory is left: end the program with SIGKILL */

struct trap {
    struct task *task;
    struct person *person;
    struct event *event;
    unsigned number;
    bool narrow;     /* numbers in the records it names are half as wide */
    uint64_t arg[6]; /* widened as the table of calls says */
};

#define FAIL(name) (-(result_t)LINUX_##name)

/* The handlers, from the table; whose programs do not know a call does not link it. */
#define X(name, arguments, handler) result_t call_##handler(struct trap *x);
LINUX_CALLS(X)
LINUX_64_CALLS(X)
LINUX_32_CALLS(X)
LINUX_OLD_CALLS(X)
#undef X
/* What ports have as calls of their own. */
result_t call_set_tls(struct trap *x);    /* (the thread pointer) */
result_t call_flush_code(struct trap *x); /* (start, end, flags): instructions were written */

/* call.c: answers of the VM and of servers as results. OK is 0, PENDING parks. */
result_t result_of(enum err e);
result_t result_of_vm(enum err e);

/* copy.c: whole records from and to the program; 0 or a result to return. */
result_t user_read(struct trap *x, void *to, uint64_t from, size_t bytes);
result_t user_write(struct trap *x, uint64_t to, const void *from, size_t bytes);
/* Makes all of a range ready to be written; then user_write to it cannot fail or park. */
result_t user_ready(struct trap *x, uint64_t address, size_t bytes);
/* A path into person->path. Empty: ENOENT, unless `empty`. */
result_t user_path(struct trap *x, uint64_t address, bool empty);
/* What a server is lent: own memory, or the program's. */
struct passing lend_own(const void *at, size_t bytes, unsigned rights);
struct passing lend_user(const struct trap *x, uint64_t at, size_t bytes, unsigned rights);

/* place.c: what a path means. */
#define NODE_NONE (-1)
struct place {
    int node;         /* one of ours; or NODE_NONE, and what the file server is told: */
    uint32_t at;      /* a handle of a directory */
    const char *path; /* seen from there */
};
/* Of person->path, seen from `dir` (a descriptor or AT_FDCWD). Links of ours are followed
 * if `follow`; those on the disk when the place is opened. */
result_t place_find(struct trap *x, int64_t dir, bool follow, struct place *place);
enum err place_open(struct trap *x, const struct place *place, uint32_t flags,
                    struct file_open_reply *r);
/* The same where flags may say FILE_CREATE: a new file's mode. */
enum err place_make(struct trap *x, const struct place *place, uint32_t flags, uint32_t mode,
                    struct file_open_reply *r);
void handle_close(const struct task *t, uint32_t handle);

/* path.c: `path` seen from `base`, absolute, without . and ..; false: it is too long. */
bool path_join(char *to, size_t room, const char *base, const char *path);

/* open.c: the descriptor of a new description; or the call fails. */
result_t description_new(struct person *p, const struct description *d, bool close_on_exec);

/* clock.c: `count` struct timespecs of the program's, as wide as it has them. */
result_t timespec_read(struct trap *x, struct linux_timespec *t, uint64_t from, unsigned count);
/* A call's deadline. wake_after takes a relative time of the program's, the first time the call
 * runs; wake_left tells it what is left; wake_passed is false if there is none. */
enum time_unit { TIME_NANO = 1, TIME_MICRO = 1000 }; /* of its fraction: a timespec, a timeval */
result_t wake_after(struct trap *x, uint64_t time, enum time_unit unit);
void wake_left(struct trap *x, uint64_t time, enum time_unit unit);
void wake_at(struct trap *x, uint64_t ns);
bool wake_passed(const struct trap *x);

/* sigcall.c: waiting with another mask, a set of the program's. wait_end puts the mask back when
 * the call has a result; a signal that is due ends the wait, and its handler's return does it. */
result_t wait_begin(struct trap *x, uint64_t set, uint64_t bytes);
result_t wait_end(struct trap *x, result_t result);

/* change.c: what x->arg[0] names goes onto the disk; FILE_SYNC_… */
result_t sync_descriptor(struct trap *x, uint32_t flags);

/* exit.c: the end of the program. None of these returns. */
_Noreturn void person_exit(struct task *t, unsigned kind, unsigned code);
_Noreturn void person_die(struct task *t, const struct signal_fact *fact, uint64_t ip);

/* deliver.c: enters the handlers of what is due; true: it has to wait for a page. */
bool person_deliver(struct task *t, uint64_t *reg, bool *entered);
void registers_read(const struct task *t, uint64_t reg[REG_COUNT]);
void registers_write(const struct task *t, const uint64_t reg[REG_COUNT]);

#endif
