/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * node.h - the files that are not on the disk: /dev and /proc, stated once.
 *
 * A node is found by its canonical path, /proc/PID being /proc/self; the children of
 * a directory are the nodes whose path has one name more. What a node says is made
 * anew for each read (proc.c); a device does something (node.c).
 */
#ifndef LINUX_NODE_H
#define LINUX_NODE_H

#include "person.h"

/* X(NAME, path, mode, device number) */
#define NODES(X)                                                                                   \
    X(DEV, "/dev", LINUX_S_IFDIR | 0755, 0)                                                        \
    X(DEV_NULL, "/dev/null", LINUX_S_IFCHR | 0666, 0x103)                                          \
    X(DEV_ZERO, "/dev/zero", LINUX_S_IFCHR | 0666, 0x105)                                          \
    X(DEV_FULL, "/dev/full", LINUX_S_IFCHR | 0666, 0x107)                                          \
    X(DEV_RANDOM, "/dev/random", LINUX_S_IFCHR | 0666, 0x108)                                      \
    X(DEV_URANDOM, "/dev/urandom", LINUX_S_IFCHR | 0666, 0x109)                                    \
    X(PROC, "/proc", LINUX_S_IFDIR | 0555, 0)                                                      \
    X(PROC_CPUINFO, "/proc/cpuinfo", LINUX_S_IFREG | 0444, 0)                                      \
    X(PROC_LOADAVG, "/proc/loadavg", LINUX_S_IFREG | 0444, 0)                                      \
    X(PROC_MEMINFO, "/proc/meminfo", LINUX_S_IFREG | 0444, 0)                                      \
    X(PROC_MOUNTS, "/proc/mounts", LINUX_S_IFREG | 0444, 0)                                        \
    X(PROC_SCHEDSTAT, "/proc/schedstat", LINUX_S_IFREG | 0444, 0)                                  \
    X(PROC_STAT, "/proc/stat", LINUX_S_IFREG | 0444, 0)                                            \
    X(PROC_UPTIME, "/proc/uptime", LINUX_S_IFREG | 0444, 0)                                        \
    X(PROC_VERSION, "/proc/version", LINUX_S_IFREG | 0444, 0)                                      \
    X(SELF, "/proc/self", LINUX_S_IFDIR | 0555, 0)                                                 \
    X(SELF_CMDLINE, "/proc/self/cmdline", LINUX_S_IFREG | 0444, 0)                                 \
    X(SELF_COMM, "/proc/self/comm", LINUX_S_IFREG | 0444, 0)                                       \
    X(SELF_CWD, "/proc/self/cwd", LINUX_S_IFLNK | 0777, 0)                                         \
    X(SELF_ENVIRON, "/proc/self/environ", LINUX_S_IFREG | 0400, 0)                                 \
    X(SELF_EXE, "/proc/self/exe", LINUX_S_IFLNK | 0777, 0)                                         \
    X(SELF_MAPS, "/proc/self/maps", LINUX_S_IFREG | 0444, 0)                                       \
    X(SELF_STAT, "/proc/self/stat", LINUX_S_IFREG | 0444, 0)                                       \
    X(SELF_STATM, "/proc/self/statm", LINUX_S_IFREG | 0444, 0)                                     \
    X(SELF_STATUS, "/proc/self/status", LINUX_S_IFREG | 0444, 0)

enum node {
#define X(name, path, mode, device) NODE_##name,
    NODES(X)
#undef X
        NODE_COUNT
};

struct node_facts {
    const char *path;
    uint32_t mode, device;
};
extern const struct node_facts node_table[NODE_COUNT];

/* NODE_NONE if the canonical path is none of ours. */
int node_find(const char *canonical, uint32_t pid);
/* The nth child of a directory (0..), or NODE_NONE; *name is its last name. */
int node_child(int directory, unsigned n, uint32_t pid, char name[24]);
/* Where a symbolic link of ours leads. */
const char *node_target(const struct person *p, int node);

/* Reads from or writes to an open node, at *offset, which moves. Results as read(2) has them. */
result_t node_read(struct trap *x, int node, uint64_t *offset, uint64_t to, size_t bytes);
result_t node_write(struct trap *x, int node, size_t bytes);

/* proc.c: the text of a file, at most `room` bytes from `skip` on; the bytes there are. */
size_t proc_text(const struct task *t, int node, size_t skip, char *to, size_t room);

#endif
