/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * manifest.h - what the manifest asks for, checked.
 *
 * A flattened device tree: one node a server, `devices` naming what drivers may get, and
 * `options` saying which further properties a server has and what their values may be.
 * boot/system.dts is the default one, and shows every property.
 *
 * After manifest_read without a problem:
 * I1  a call goes to a server of a lower level and a higher priority
 * I2  a device is given to one server at most
 * I3  a template is built by a server of a lower level, and by nobody else
 * I4  an interposer's level is not below its server's nor above its client's, its priority
 *     is between theirs, and it is the only one between the two
 * I5  every property is one of init's or stands in `options` with such a value
 */
#ifndef INIT_MANIFEST_H
#define INIT_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MANIFEST_SERVERS 16u
#define MANIFEST_DEVICES 16u
#define MANIFEST_NAMES   8u /* in one list */

enum device_kind { DEVICE_BLOCK, DEVICE_CONSOLE, DEVICE_COMPATIBLE };

struct manifest_device {
    const char *name;
    enum device_kind kind;
    const char *match; /* DEVICE_BLOCK: its serial; DEVICE_COMPATIBLE: a list of strings */
    uint32_t match_bytes;
    uint32_t index; /* which of those that match, by address */
    bool optional;
};

/* Indices of servers or devices. */
struct manifest_list {
    unsigned count;
    uint8_t item[MANIFEST_NAMES];
};

struct manifest_server {
    const char *name, *image;
    uint32_t level, priority;
    struct manifest_list calls, devices, builds;
    struct manifest_list between; /* an interposer's: the client and the server */
    bool template;                /* built by another server, not by init */
    bool power;                   /* it ends the machine */
    uint32_t memory;              /* enum frame_may */
    uint32_t memory_max;          /* pages; 0 = no limit */
    uint32_t kill_ms;             /* a test: init makes it fault then; 0 = never */
    int node;                     /* its offset in the tree */
};

struct manifest {
    const void *tree;
    unsigned servers, devices;
    struct manifest_server server[MANIFEST_SERVERS];
    struct manifest_device device[MANIFEST_DEVICES];
    uint32_t audit_ms; /* a test: init tells who holds device capabilities then; 0 = never */
};

/* NULL, or what is wrong with it, in words; the text stays until the next call. */
const char *manifest_read(struct manifest *m, const void *tree, size_t bytes);

/* The interposer between two servers; NULL if there is none. */
const struct manifest_server *manifest_interposer(const struct manifest *m, unsigned client,
                                                  unsigned server);

/* Calls `take` for each property of a node, in order. */
void manifest_properties(const struct manifest *m, int node,
                         void (*take)(void *arg, const char *name, const void *value,
                                      uint32_t bytes),
                         void *arg);

#endif
