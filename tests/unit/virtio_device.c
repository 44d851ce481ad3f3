/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio_device.c - the kernel's side of a played device: interrupt lines that only count.
 */
#include "virtio_device.h"

struct device device;

enum err irq_ack(cap_t irq, uint16_t *delivered)
{
    (void)irq;
    if (delivered != NULL)
        *delivered = device.delivered;
    device.acked++;
    return ERR_OK;
}

enum err irq_expect(cap_t irq, cap_t frame, unsigned offset, uint16_t value)
{
    (void)irq;
    (void)frame;
    (void)offset;
    device.expected = value;
    device.expects++;
    return ERR_OK;
}
