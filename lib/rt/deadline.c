/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * deadline.c - until when a receive or a wait lasts, in its info word and the buffer.
 */
#include "sys.h"

uint32_t sys_until(uint64_t deadline)
{
    struct buffer *buffer = sys_buffer();

    if (deadline == 0)
        return 0;
    if (buffer->deadline == deadline)
        return INFO_DEADLINE | INFO_SAME_TIME;
    buffer->deadline = deadline;
    return INFO_DEADLINE;
}
