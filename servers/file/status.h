/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * status.h - the server's status page: counters, written in place, read by others.
 */
#ifndef FILE_STATUS_H
#define FILE_STATUS_H

#include "cap.h"
#include "file.h"

extern struct file_status *status;
extern cap_t status_frame; /* what the page is shared by */

#endif
