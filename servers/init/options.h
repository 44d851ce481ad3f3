/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * options.h - the values that properties may have.
 */
#ifndef INIT_OPTIONS_H
#define INIT_OPTIONS_H

#include <stdint.h>

/*
 * Does the property `name` of server `server` have a value that /options allows?
 * NULL, or in words what is wrong ("has no property", "must be one of ...").
 */
const char *options_check(const void *tree, const char *server, const char *name, const void *value,
                          uint32_t bytes);

#endif
