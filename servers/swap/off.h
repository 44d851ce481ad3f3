/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * off.h - devices into use, and out of it.
 */
#ifndef SWAP_OFF_H
#define SWAP_OFF_H

#include "swap.h"

/* All tables for the device are made; see swap.on. */
enum err device_on(const struct swap_on_req *q, uint32_t *pages);

/*
 * One step out of use: pages that lie there begin to be read back, those that are in memory as
 * well leave their places. *left is what still lies there: 0 = the device is out of use.
 * ERR_NO_MEMORY, ERR_NOT_FOUND; see swap.off.
 */
enum err device_off(uint32_t device, uint32_t *left);

#endif
