/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rest.c - the disk at the end of all.
 *
 * The process server has no files; for this one call it takes a session of its own, and here
 * alone it waits: nobody is left to be served.
 */
#include "rest.h"

#include "file.h"
#include "rt.h"
#include "start.h"

static enum err session_make(cap_t notification, cap_t *session)
{
    struct file_session_req q = {.bit = 0};
    struct file_session_reply r;
    struct passing pass = {.send_count = 1, .mode = TRANSFER_MOVE, .recv_count = 1};
    enum err e;

    pass.send = slots_alloc(1);
    pass.recv = *session = slots_alloc(1);
    if (pass.send == CAP_NULL || pass.recv == CAP_NULL)
        return ERR_NO_MEMORY;
    e = cap_derive(notification, pass.send, RIGHT_WRITE | RIGHT_GRANT, 0);
    return e == ERR_OK ? file_session(start_cap("file", NULL), &q, &r, &pass) : e;
}

void rest_disk(void)
{
    struct file_sync_req q = {.flags = FILE_SYNC_REST};
    struct file_sync_reply r;
    cap_t notification = object_make(OBJ_NOTIFICATION, 0), session = CAP_NULL;
    enum err e = notification == CAP_NULL ? ERR_NO_MEMORY : session_make(notification, &session);

    while (e == ERR_OK) {
        e = file_sync(session, &q, &r, NULL);
        if (e != ERR_PENDING)
            break;
        e = sys_wait(notification, 0).err;
    }
    if (e != ERR_OK)
        log_line("not all that was written is on the disk: %s", err_text(e));
}
