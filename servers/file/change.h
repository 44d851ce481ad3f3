/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * change.h - changes of the file system on the disk, by libext2fs, in transactions.
 *
 * All calls are made on the fiber of jobs (job.h). A change is made in memory and belongs to the
 * running transaction; change_commit puts that onto the disk as a whole. Each call but the last
 * three is one change: it begins with what a change needs, and may end the transaction before.
 * Names are checked by the caller: that they are there, or not.
 *
 * Errors of all: ERR_READ_ONLY; ERR_NO_SPACE: nothing was changed; ERR_IO, ERR_CORRUPT,
 * ERR_NO_MEMORY: if the change was half made, the running transaction is given up, and the volume
 * read-only from then on.
 *
 * X1  a block that was freed is not given to anybody before that is committed
 */
#ifndef FILE_CHANGE_H
#define FILE_CHANGE_H

#include "volume.h"

/* After volume_open: whether the volume can be changed; if not, `why`. */
bool change_open(char *why, size_t room);
bool change_read_only(void);
/* The volume is read-only since changes were given up: what was not synced by then is lost. */
bool change_lost(void);
/* Seconds since 1970: set once, how many had passed when the machine's clock was 0. */
void change_epoch(uint64_t seconds);
int64_t change_now(void);

struct change_name {
    uint32_t directory;
    const char *text; /* ended with \0 */
};

/* *inode: the new one's. `mode` has the type of a regular file or a directory. */
enum err change_create(const struct change_name *n, uint32_t mode, uint32_t *inode);
enum err change_symlink(const struct change_name *n, const char *target, uint32_t *inode);
/* One more name of inode `number`. ERR_LINKS */
enum err change_link(const struct change_name *n, uint32_t number);
/* One name less. An inode without names stays until change_free. */
enum err change_unlink(const struct change_name *n, uint32_t number);
/* `victim`: what has the new name so far; 0 = nothing. */
enum err change_rename(const struct change_name *from, const struct change_name *to,
                       uint32_t number, uint32_t victim);
enum err change_empty(uint32_t directory, bool *empty);

/* Mode, owner, size and times. */
enum err change_facts(uint32_t number, const struct node_facts *f);
/* A place for up to `count` blocks that have none; what they got. */
enum err change_place(uint32_t number, uint32_t block, uint32_t count, struct volume_run *run);
/* Frees blocks from `first` on, of those below `end`; *left: what end is then. Until it is `first`
 * the change is to be made again. */
enum err change_cut(uint32_t number, uint32_t first, uint32_t end, uint32_t *left);
/* An inode without names whose blocks are free. */
enum err change_free(uint32_t number);

/* Something was changed that is not committed. */
bool change_dirty(void);
/* What was changed is on the medium, with all data written before. */
enum err change_commit(void);
/* Committed, and the volume as one that was closed. */
enum err change_rest(void);

/*
 * Promises blocks: what is promised, no change of names takes. false: there are not so many; some
 * may be freed by a commit (change_waiting).
 */
bool change_reserve(uint32_t blocks);
void change_release(uint32_t blocks);
bool change_waiting(void);
/* Blocks that are neither used nor promised. */
uint64_t change_blocks_free(void);

#endif
