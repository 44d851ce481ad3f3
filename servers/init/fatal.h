/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fatal.h - the system cannot go on.
 */
#ifndef INIT_FATAL_H
#define INIT_FATAL_H

/* One line "quire: fatal: ...", then the machine is switched off with a failing status. */
_Noreturn void fatal(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
