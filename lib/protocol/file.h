/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file.h - the file server's protocol (L3): names, descriptions, reading, writing.
 *
 * A session is an Endpoint capability whose badge names it; a supervisor has one.
 * Descriptions (offset, flags) live in the server and are shared by dup. A call
 * never waits for the disk: it answers ERR_PENDING and later raises the session's
 * notification bit; the caller then makes the same call again, word for word, and is
 * told what came of it: what changes names is done once, however often it is asked.
 * Paths and data pass by lease 0; `path_bytes` counts the path without its terminator.
 *
 * Errors of every call with a path: ERR_BAD_HANDLE (at), ERR_NOT_FOUND (a component, or an
 * empty path), ERR_NOT_DIR, ERR_LOOP, ERR_NAME_LONG, ERR_BAD_ARG (a \0 within; unknown flags),
 * ERR_FAULT (the lease), ERR_LIMIT (of nodes in memory), ERR_IO, ERR_CORRUPT. Of every call
 * that changes something, also: ERR_READ_ONLY (the volume; also since it was damaged),
 * ERR_NO_SPACE (blocks or inodes), ERR_PENDING (begun, or too much waits to be written).
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
    FILE_PATH = 1 << 4,      /* for stat and change only; a link itself with FILE_NOFOLLOW */
    FILE_CREATE = 1 << 5,    /* a regular file of `mode`, if there is nothing by that name */
    FILE_EXCLUSIVE = 1 << 6, /* with FILE_CREATE: ERR_EXISTS if there is, a link too */
    FILE_TRUNCATE = 1 << 7,  /* with FILE_WRITE: a regular file that is there loses its bytes */
    FILE_APPEND = 1 << 8,    /* every write through this description goes to the end */
    FILE_EXECUTE = 1 << 9,   /* as long as it is open nobody opens it to write, nor truncates it */
    FILE_SMALL = 1 << 10,    /* a file whose offsets need more than 31 bits is ERR_BIG */
};
/*
 * Besides those of a path: ERR_IS_DIR (FILE_WRITE or FILE_CREATE, and it is one, or the path
 * ends in a slash), ERR_TEXT_BUSY (FILE_WRITE of what is open FILE_EXECUTE, or the reverse),
 * ERR_LIMIT (of handles), ERR_BAD_ARG (FILE_TRUNCATE without FILE_WRITE), ERR_BIG.
 */
struct file_open_req {
    uint32_t at; /* handle of a directory, for relative paths */
    uint32_t flags;
    uint32_t path_bytes;
    uint32_t mode; /* permission bits of what FILE_CREATE makes; the caller's umask is applied */
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

/*
 * Lease 0 (READ right) holds the bytes. At most 64 KiB a call; what lies between the old end
 * and the first byte reads as zeros.
 *
 * ERR_OK: `done` bytes, at least one if any were asked; fewer if memory held no more at a time.
 * ERR_FAULT, ERR_PENDING, ERR_NO_SPACE, ERR_IO: `done` bytes were written before that; the
 * caller goes on behind them. ERR_BAD_HANDLE: not open FILE_WRITE; ERR_BIG: a file cannot be so
 * large; ERR_READ_ONLY. Bytes are in the cache then; file_sync puts them onto the disk. There
 * is a place for them on the disk: it is never told later that it is full.
 */
#define FILE_AT_END 2u /* behind the end, and the description's offset moves there */
struct file_write_req {
    uint32_t handle;
    uint32_t flags; /* 0: at the description's offset, or the end if it is FILE_APPEND */
    uint32_t bytes;
    uint32_t offset_low, offset_high;
    uint32_t lease_offset;
};
struct file_write_reply {
    uint32_t done;
    uint32_t moved; /* the description's offset has moved */
};

/*
 * Makes the file so long: what is behind goes, and pages mapped from there on fault with the
 * object's end; what is new reads as zeros and takes no room. ERR_BAD_HANDLE: not open
 * FILE_WRITE, or not a regular file; ERR_BIG; ERR_TEXT_BUSY.
 */
struct file_resize_req {
    uint32_t handle;
    uint32_t size_low, size_high;
};
struct file_resize_reply {
    uint32_t none;
};

enum file_whence { FILE_SET, FILE_CURRENT, FILE_END };
struct file_seek_req {
    uint32_t handle, whence;
    uint32_t offset_low, offset_high; /* two's complement */
};
struct file_seek_reply {
    uint32_t offset_low, offset_high;
};

/* Of stat: written through lease 0. Modes, types and times as Linux has them. */
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

/*
 * Removes a name; the file goes when its last name is gone and nobody has it open. A link at the
 * end is not followed. Without FILE_REMOVE_DIRECTORY: ERR_IS_DIR. With it: ERR_NOT_DIR,
 * ERR_DIR_NOT_EMPTY (also for a path ending in ..), ERR_BAD_ARG (ending in .), ERR_BUSY (the root).
 */
#define FILE_REMOVE_DIRECTORY 1u
struct file_remove_req {
    uint32_t at, flags, path_bytes;
};
struct file_remove_reply {
    uint32_t none;
};

/* A directory. ERR_EXISTS; ERR_LINKS: its parent has too many. */
struct file_mkdir_req {
    uint32_t at, mode, path_bytes;
};
struct file_mkdir_reply {
    uint32_t none;
};

/*
 * Lease 0: the old path, then at once the new one. What the new name stood for is replaced in one
 * step; links at the ends are not followed. Two names of one file: nothing is done. ERR_BAD_ARG:
 * a directory into itself; ERR_IS_DIR: a file onto a directory; ERR_NOT_DIR: a directory onto a
 * file; ERR_DIR_NOT_EMPTY; ERR_BUSY: the root, . or ..; ERR_EXISTS: FILE_NO_REPLACE and there is
 * something; ERR_LINKS.
 */
#define FILE_NO_REPLACE 1u
struct file_rename_req {
    uint32_t at, to_at, flags, path_bytes, to_bytes;
};
struct file_rename_reply {
    uint32_t none;
};

/*
 * One more name for a file. Lease 0 as for rename; with path_bytes = 0 the file is the one that
 * the handle `at` names. ERR_EXISTS; ERR_REFUSED: a directory; ERR_LINKS.
 */
#define FILE_FOLLOW 1u /* a link at the old path's end */
struct file_hardlink_req {
    uint32_t at, to_at, flags, path_bytes, to_bytes;
};
struct file_hardlink_reply {
    uint32_t none;
};

/* A symbolic link. Lease 0: what it says, 1..1023 bytes, then at once its path. ERR_EXISTS. */
struct file_symlink_req {
    uint32_t at, target_bytes, path_bytes;
};
struct file_symlink_reply {
    uint32_t none;
};

/* Mode bits, owner: of any handle, FILE_PATH too. */
enum file_change { FILE_MODE = 1 << 0, FILE_UID = 1 << 1, FILE_GID = 1 << 2 };
struct file_change_req {
    uint32_t handle, what, mode, uid, gid;
};
struct file_change_reply {
    uint32_t none;
};

/* Times in seconds since 1970 (as far as the disk's format reaches: ERR_BAD_ARG). */
enum file_time {
    FILE_ATIME = 1 << 0,
    FILE_MTIME = 1 << 1,
    FILE_ATIME_NOW = 1 << 2,
    FILE_MTIME_NOW = 1 << 3
};
struct file_times_req {
    uint32_t handle, what;
    uint32_t atime_low, atime_high, mtime_low, mtime_high;
};
struct file_times_reply {
    uint32_t none;
};

/*
 * Everything written before is on the disk, for good: of one file, its attributes and the name it
 * was made by too (FILE_SYNC_DATA: only what is needed to read it back); of handle 0, of the whole
 * volume. FILE_SYNC_REST, with handle 0: and the volume is left as one that was closed, until
 * something changes it again. ERR_PENDING until it is so; ERR_IO, ERR_CORRUPT: something could not
 * be written since this description (the volume) was last told so: told once.
 */
#define FILE_SYNC_DATA 1u
#define FILE_SYNC_REST 2u
struct file_sync_req {
    uint32_t handle, flags;
};
struct file_sync_reply {
    uint32_t none;
};

/* Of the volume, as statfs(2) tells it. */
#define FILE_VOLUME_READ_ONLY 1u
struct file_volume_req {
    uint32_t none;
};
struct file_volume_reply {
    uint32_t block_bytes;
    uint32_t blocks, free; /* free: what may still be written */
    uint32_t files, files_free;
    uint32_t magic, flags;
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
    OP(file, status, "a read-only capability of the status page, in the slot offered")             \
    OP(file, write, "write from lent memory")                                                      \
    OP(file, resize, "cut a file off, or make it longer")                                          \
    OP(file, remove, "remove a name")                                                              \
    OP(file, mkdir, "make a directory")                                                            \
    OP(file, rename, "give a file another name, in one step")                                      \
    OP(file, hardlink, "give a file one more name")                                                \
    OP(file, symlink, "make a symbolic link")                                                      \
    OP(file, change, "change mode and owner")                                                      \
    OP(file, times, "change times")                                                                \
    OP(file, sync, "what was written is on the disk")                                              \
    OP(file, volume, "the volume's size and what is free")

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
    uint32_t dirty_pages; /* not on the disk yet */
    uint32_t disk_write_bytes_low, disk_write_bytes_high;
    uint32_t written_pages, flushes, commits; /* of the disk; of transactions */
    uint32_t read_only;                       /* 1: the volume takes no change (any more) */
    uint32_t messages[PROTOCOL_OPS_MAX];
    uint32_t object_messages[PROTOCOL_OPS_MAX];
};

#endif
