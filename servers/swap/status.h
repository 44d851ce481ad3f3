/* SPDX-License-Identifier: GPL-2.0-or-later */
/* status.h - the status page: each part counts in it what it does. */
#ifndef SWAP_STATUS_H
#define SWAP_STATUS_H

#include "swap.h"

extern struct swap_status *status;
extern cap_t status_frame;

#endif
