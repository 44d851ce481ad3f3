/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * journal.h - transactions: what was changed in the metadata goes to the disk as a whole.
 *
 * The format is the standard one of ext3 and ext4 (version 2, no checksums), so that stock
 * e2fsck replays it. A volume without a journal is written in place: then a crash may leave
 * what only e2fsck can mend, though what was synced before it stands.
 *
 *   at rest   the disk says so (the journal is empty, no recovery is needed)
 *   in use    since journal_begin; a crash is replayed
 *
 * J1  a block of metadata is written in place only when the commit block of its transaction is
 *     on the medium
 * J2  the log begins at the last transaction committed; those before it are in place, on the
 *     medium, before that is written
 *
 * All calls are made on the fiber of jobs.
 */
#ifndef FILE_JOURNAL_H
#define FILE_JOURNAL_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>

/* Finds the volume's journal. false, with `why`: it cannot be written; the volume is to be read
 * only. false too if there is no memory. */
bool journal_open(char *why, size_t room);

/* Blocks that one transaction may have; 0 = no limit. */
unsigned journal_room(void);

/* Before the first change since the volume was at rest. ERR_IO */
enum err journal_begin(void);
/* What is dirty (metadata.h) is on the medium, with all data written before. ERR_IO: it is not,
 * and nothing more must be written. */
enum err journal_commit(void);
/* Back to rest: nothing is dirty. ERR_IO */
enum err journal_rest(void);

#endif
