/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file.h - the file server's protocol (L3): names, descriptions, reading.
 *
 * A session is an Endpoint capability whose badge names it; a supervisor has one.
 * Descriptions (offset, flags) live in the server and are shared by dup. A call
 * never waits for the disk: it answers ERR_PENDING and later raises the session's
 * notification bit; the caller then makes the same call again. Paths and data pass
 * by lease 0; `path_bytes` counts the path without its terminator.
 */
#ifndef PROTOCOL_FILE_H
#define PROTOCOL_FILE_H

#include "object.h"

#define FILE_PATH_MAX 1024u
#define FILE_AT_ROOT  0u /* directory handle: the root */

/* A new session in the slot offered; the capability sent is its notification (WRITE). */
struct file_session_req {
    uint32_t bit;  /* bit number to raise when something pending is ready */
    uint32_t bank; /* label, for statistics */
};
struct file_session_reply {
    uint32_t session; /* for file_end, by the maker */
};
struct file_end_req {
    uint32_t session;
};
struct file_end_reply {
    uint32_t handles; /* that were open */
};

enum file_open_flag {
    FILE_READ = 1 << 0,
    FILE_WRITE = 1 << 1,
    FILE_DIRECTORY = 1 << 2, /* must be one */
    FILE_NOFOLLOW = 1 << 3,  /* a symbolic link at the end is ERR_LOOP */
    FILE_PATH = 1 << 4,      /* for stat only; a link itself with FILE_NOFOLLOW */
};
struct file_open_req {
    uint32_t at; /* handle of a directory, for relative paths */
    uint32_t flags;
    uint32_t path_bytes;
};
struct file_open_reply {
    uint32_t handle;
    uint32_t mode; /* as in struct file_attributes */
    uint32_t size_low, size_high;
};

struct file_close_req {
    uint32_t handle;
};
struct file_close_reply {
    uint32_t none;
};

struct file_dup_req {
    uint32_t handle;
};
struct file_dup_reply {
    uint32_t handle; /* the same description */
};

/* Lease 0 (WRITE right) receives the bytes. At most 64 KiB a call. */
#define FILE_AT_OFFSET 1u /* read at `offset`; else at the description's, which moves */
struct file_read_req {
    uint32_t handle;
    uint32_t flags;
    uint32_t bytes;
    uint32_t offset_low, offset_high;
    uint32_t lease_offset; /* where in lease 0 */
};
/*
 * ERR_FAULT: `done` bytes, then a page of the lease that is absent. ERR_OK with fewer than
 * asked: the file's end, if `end` says so; else memory did not hold more at a time.
 */
struct file_read_reply {
    uint32_t done;
    uint32_t moved; /* the description's offset, by so many */
    uint32_t end;   /* 1: the file ends behind these bytes */
};

enum file_whence { FILE_SET, FILE_CURRENT, FILE_END };
struct file_seek_req {
    uint32_t handle, whence;
    uint32_t offset_low, offset_high; /* two's complement */
};
struct file_seek_reply {
    uint32_t offset_low, offset_high;
};

/* Written through lease 0. Modes, types and times as Linux has them. */
struct file_attributes {
    uint64_t size, blocks512;
    int64_t atime, mtime, ctime; /* seconds */
    uint32_t inode, mode, links, uid, gid, device;
};
struct file_stat_req {
    uint32_t handle;
};
struct file_stat_reply {
    uint32_t none;
};

/* Linux's struct linux_dirent64 records through lease 0; 0 bytes at the end. */
struct file_list_req {
    uint32_t handle, bytes;
};
struct file_list_reply {
    uint32_t bytes;
};

/* The target of the link that `handle` (opened FILE_PATH|FILE_NOFOLLOW) is. */
struct file_link_req {
    uint32_t handle, bytes;
};
struct file_link_reply {
    uint32_t bytes;
};

struct file_status_req {
    uint32_t none;
};
struct file_status_reply {
    uint32_t none;
};

#define file_OPS(OP)                                                                               \
    OP(file, session, "a session for a client, with the notification it is told by")               \
    OP(file, end, "end a session that the caller made; its handles are closed")                    \
    OP(file, open, "open a path")                                                                  \
    OP(file, close, "close a handle")                                                              \
    OP(file, dup, "another handle of the same description")                                        \
    OP(file, read, "read into lent memory")                                                        \
    OP(file, seek, "move the description's offset")                                                \
    OP(file, stat, "a file's attributes")                                                          \
    OP(file, list, "a directory's entries")                                                        \
    OP(file, link, "a symbolic link's target")                                                     \
    OP(file, status, "a read-only capability of the status page, in the slot offered")

PROTOCOL(file, file_OPS)

/* The status page: written by the file server alone. */
struct file_status {
    uint32_t cache_pages, cache_max;
    uint32_t hits, misses;            /* pages: found in memory, had to be read */
    uint32_t disk_reads, disk_writes; /* requests, as the device counts them */
    uint32_t disk_read_bytes_low, disk_read_bytes_high;
    uint32_t evicted_clean, evicted_dirty;
    uint32_t in_flight, in_flight_peak;
    uint32_t read_ahead; /* pages asked for ahead */
    uint32_t errors;
    uint32_t messages[PROTOCOL_OPS_MAX];
    uint32_t object_messages[PROTOCOL_OPS_MAX];
};

#endif
