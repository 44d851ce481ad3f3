/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file_world.h - a file server on the host: all of it but main.c, its disk driver and its
 * way to the frame server, which are played here, as are the kernel's calls.
 *
 * The disk is an image in memory; what is asked of it is done when the test says so. Frames
 * are memory of the host, and a frame's physical address is where it lies.
 */
#ifndef TEST_FILE_WORLD_H
#define TEST_FILE_WORLD_H

#include "file.h"
#include "object.h"
#include "session.h"
#include "status.h"
#include "unit.h"

struct world {
    char *image;
    uint64_t image_bytes;
    uint64_t bad_sector;   /* a request that holds it fails; 0 = none */
    uint64_t bad_sectors;  /* so many behind it are bad as well */
    unsigned in_flight;    /* requests that the disk was asked for and has not done */
    unsigned requests;     /* done */
    uint32_t frames_left;  /* that the frame server still has */
    uint32_t frames_given; /* that came back */
    unsigned revokes;
    uint8_t accessed;  /* what the next look at accessed bits finds */
    unsigned signals;  /* to any session */
    unsigned copies;   /* between pages and lent memory */
    char lent[70000];  /* lease 0 of the client */
    size_t lent_bytes; /* how much of it is present */
    unsigned sent;     /* capabilities in the last answer */
    uint8_t dirtied;   /* what the next look at dirty bits finds */
    uint64_t now;      /* ns */
    bool bad_writes;   /* a request that writes to the bad sector fails, too */
    bool no_flush;     /* the disk has a cache, and does not say so: flushes are left out */
    void (*written)(uint64_t sector, const char *data, uint64_t bytes); /* bytes 0: a flush */
    char line[200];                                                     /* the log's last */
};
extern struct world world;

/* An image made by mke2fs with these options from the files below. */
void world_image(const char *options);
/*
 * The server started on that image, with a cache of at most `pages`, and mounted; one session.
 * Its result, ERR_OK or why not.
 */
enum err world_start(uint32_t pages, const char *policy);
extern struct session *world_session;

/* The disk does one request, all. false: there is none. */
bool world_disk_one(void);
void world_disk_all(void);

/* One call of the session; its error. */
enum err world_call(uint32_t op, const void *q, size_t q_bytes, void *r, size_t r_bytes);
#define WORLD(p, op, q, r)                                                                         \
    world_call(PROTOCOL_OP(PROTOCOL_##p, p##_OP_##op), &(q), sizeof(q), &(r), sizeof(r))

/* Opens, at once or with the disk's help; the handle. */
enum err world_try_open(const char *path, uint32_t flags, uint32_t *handle);
uint32_t world_open(const char *path, uint32_t flags);
/* Reads once; *done bytes into world.lent. */
enum err world_read_once(uint32_t handle, uint64_t at, uint32_t bytes, uint32_t *done);
/* Reads with the disk's help. */
enum err world_read(uint32_t handle, uint64_t at, uint32_t bytes, uint32_t *done);

/* Writes, resizes, syncs, makes names: with the disk's help. */
enum err world_write(uint32_t handle, uint64_t at, const void *data, uint32_t bytes,
                     uint32_t *done);
enum err world_resize(uint32_t handle, uint64_t size);
enum err world_sync(uint32_t handle, uint32_t flags);
enum err world_mkdir(const char *path);
enum err world_remove(const char *path, uint32_t flags);
enum err world_rename(const char *from, const char *to);
enum err world_hardlink(const char *from, const char *to);
enum err world_symlink(const char *target, const char *path);
void world_close(uint32_t handle);

/* e2fsck of an image: its exit status; `options` as it has them. The image as it is afterwards. */
int world_fsck(const char *options, char *image, uint64_t bytes);
/* The volume was left at rest: e2fsck finds nothing to say. */
void world_clean(void);

/* Invariants of the cache hold, and nothing is pinned but for promises. */
void world_audit(void);

#define WORLD_BIG (3u << 20) /* bytes of /big: 32-bit words, each its own number */

#endif
