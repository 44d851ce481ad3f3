/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * audit.h - who holds capabilities of devices.
 */
#ifndef INIT_AUDIT_H
#define INIT_AUDIT_H

#include "child.h"

/*
 * Walks the tables of all servers, and the tables in them to any depth, and logs one line
 *   audit: N tables, N capabilities; devices: file 2, process 5
 * or, if a server holds one that the manifest does not give it, a line for each.
 */
void audit_devices(const struct manifest *m, const struct child *child);

#endif
