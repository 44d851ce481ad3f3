/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * grant.h - what the manifest says that a server gets, put into its table and start block.
 */
#ifndef INIT_GRANT_H
#define INIT_GRANT_H

#include "device.h"
#include "child.h"

/*
 * Sessions at the servers it calls; the devices it drives; images and properties of those
 * it builds; its own properties. `child` is indexed as the manifest's; callees are
 * built before.
 */
void grant_all(const struct manifest *m, struct child *child, unsigned who,
               const struct device device[MANIFEST_DEVICES]);

/* Who was given sessions at the server: the property "clients". After all others' grants. */
void grant_clients(struct child *s);

#endif
