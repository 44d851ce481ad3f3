/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fd.h - a program's descriptor table.
 *
 * A descriptor names a description; dup makes two descriptors name one. What the
 * description stands for is somewhere else: a handle of the file server (which has
 * the offset), a stream of the process server, a node of our own (node.h), or memory (memfd.h).
 *
 * I1  a description's refs is the number of descriptors that name it; 0 = free
 */
#ifndef LINUX_FD_H
#define LINUX_FD_H

#include <stdbool.h>
#include <stdint.h>

#define FDS          256 /* RLIMIT_NOFILE */
#define DESCRIPTIONS 96

struct object;

enum description_kind { DESC_FILE, DESC_CONSOLE, DESC_NODE, DESC_MEMORY };

struct description {
    uint16_t refs;
    uint8_t kind;
    uint8_t which;         /* DESC_CONSOLE: enum process_stream; DESC_NODE: index of the node */
    uint32_t flags;        /* as open(2) has them */
    uint32_t handle;       /* DESC_FILE */
    uint32_t mode;         /* its type: LINUX_S_IF… */
    uint64_t offset;       /* DESC_NODE, DESC_MEMORY */
    struct object *memory; /* DESC_MEMORY: the VM's */
    uint64_t size;         /* of it, in bytes */
};

struct fds {
    struct {
        uint8_t description; /* number + 1; 0 = closed */
        uint8_t close_on_exec;
    } fd[FDS];
    struct description description[DESCRIPTIONS];
};

enum { FD_NONE = -1, FD_NO_DESCRIPTION = -2 };

/* What fd names, or NULL. */
struct description *fd_get(struct fds *t, uint64_t fd);
/* The lowest free descriptor, naming a copy of *d; or FD_NONE, FD_NO_DESCRIPTION. */
int fd_open(struct fds *t, const struct description *d, bool close_on_exec);
/* The lowest free descriptor >= least, naming what fd names; or FD_NONE. */
int fd_dup(struct fds *t, unsigned fd, unsigned least, bool close_on_exec);
/* Makes `to`, which is closed, name what `fd` names. Both < FDS. */
void fd_dup_to(struct fds *t, unsigned fd, unsigned to, bool close_on_exec);
/* True if the description went with its last descriptor; *last is what it was. */
bool fd_close(struct fds *t, unsigned fd, struct description *last);

#endif
