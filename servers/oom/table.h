/* SPDX-License-Identifier: GPL-2.0-or-later */
/* table.h - what is said of a death: a line each. */
#ifndef OOM_TABLE_H
#define OOM_TABLE_H

#include "rank.h"

#include <stddef.h>

#define TABLE_LINE 160u

/* Who a bank is: a pid, or up to four characters. */
void table_label(uint32_t label, char to[12]);
/* The heading. */
void table_head(char to[TABLE_LINE]);
void table_line(const struct ranked *r, char to[TABLE_LINE]);
/* Whom, and why. */
void table_verdict(const struct rank *r, const struct frame_status *s, char to[TABLE_LINE]);

#endif
