/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * device.h - which of the machine's devices the manifest's names mean.
 */
#ifndef INIT_DEVICE_H
#define INIT_DEVICE_H

#include "manifest.h"

#include "cap.h"

struct device {
    cap_t frame;     /* its registers; CAP_NULL: there is no such device, and need not be */
    cap_t irq;       /* CAP_NULL if it has no interrupt */
    unsigned offset; /* where in the frame its registers begin */
    unsigned line;
};

/* Finds all that are given to a server; fatal if one is missing that is not optional. */
void devices_find(const struct manifest *m, struct device device[MANIFEST_DEVICES]);

#endif
