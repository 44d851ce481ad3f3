/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * io.h - moving bytes between memory and what a descriptor stands for (io.c).
 */
#ifndef LINUX_IO_H
#define LINUX_IO_H

#include "person.h"

/* Between `d` and one piece of memory, the program's or ours. */
struct move {
    struct trap *trap;
    struct description *d;
    bool write;
    bool own;              /* the memory is ours */
    const uint64_t *where; /* the file's offset; NULL: the description's, which moves */
};

/*
 * Moves up to `bytes` at `at`, the first of which is number `before` of the whole call.
 * *moved tells how many, with every error too. ERR_OK and fewer: there is no more.
 */
enum err move_piece(const struct move *m, uint64_t at, size_t before, size_t bytes, size_t *moved);
/* The same, counted in progress.done. 0: it moved whole, or nothing was there at all; else
 * what the call returns. */
result_t move_counted(const struct move *m, uint64_t at, size_t bytes);
/* The description that x->arg[0] names, if it was opened for this. */
result_t move_descriptor(struct trap *x, bool write, struct description **d);

#endif
