/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * child.h - a server as init builds it.
 *
 * The order is child_build, then grants of all kinds, child_lay_out (the start block's
 * size is final), the machine's memory is handed over, child_tell (its contents are
 * final), child_start.
 */
#ifndef INIT_CHILD_H
#define INIT_CHILD_H

#include "block.h"
#include "files.h"
#include "manifest.h"

#include "frame.h"

struct child {
    const struct manifest_server *spec;
    cap_t table; /* slot of init's root table: CAP(table, n) is the server's slot n */
    cap_t space, thread, endpoint, reply, notification;
    cap_t start; /* run of frames of the start block */
    cap_t fault; /* the Endpoint that its faults come to */
    unsigned start_pages;
    unsigned named;  /* next slot for a named capability */
    unsigned pages;  /* of its image, stack, start block, buffer */
    unsigned tables; /* of its kernel objects */
    uintptr_t entry;
    struct block block;
    char *text;       /* the start block before it is written into its frames */
    unsigned clients; /* sessions that others were given here, badges 1.. */
    struct frame_client client[MANIFEST_SERVERS];
};

/* `badge` tells its faults at the Endpoint `fault`. Fatal if there is no memory for it, or
 * the image is no program of this machine. */
void child_build(struct child *s, const struct manifest_server *spec, const struct file *image,
                 cap_t fault, unsigned badge);
void child_lay_out(struct child *s);
void child_tell(struct child *s);
void child_start(struct child *s);

/* The next slot of the server's for a named capability, as init names it; *theirs: as the
 * server does. */
cap_t child_slot(struct child *s, cap_t *theirs);
/* A CapTable of `slots` slots in a named slot of the server's: for long runs. */
cap_t child_run(struct child *s, unsigned slots, cap_t *theirs);

/* `count` objects of init's own, each in a slot; fatal if there is no memory. */
cap_t make(unsigned type, unsigned log2_size, unsigned count);

#endif
