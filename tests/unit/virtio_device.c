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

enum err irq_expect(cap_t irq, cap_t frame, unsigned made, unsigned answered)
{
    const char *page = device.dma.at + (frame - device.dma.frame) * 4096u;

    (void)irq;
    (void)answered;
    device.expected = *(const uint16_t *)(page + made);
    device.expects++;
    return ERR_OK;
}
