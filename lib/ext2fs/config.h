/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * config.h - what libext2fs finds on this system: a freestanding C library without
 * files, processes or threads. Stands in for the one that its configure generates.
 */
#ifndef EXT2FS_CONFIG_H
#define EXT2FS_CONFIG_H

#include <sys/time.h>

#define HAVE_ERRNO_H      1
#define HAVE_INTTYPES_H   1
#define HAVE_STDARG_H     1
#define HAVE_STDINT_H     1
#define HAVE_STDLIB_H     1
#define HAVE_STRINGS_H    1
#define HAVE_STRING_H     1
#define HAVE_SYS_STAT_H   1
#define HAVE_SYS_TIME_H   1
#define HAVE_SYS_TYPES_H  1
#define HAVE_UNISTD_H     1
#define STDC_HEADERS      1
#define HAVE_INTPTR_T     1
#define HAVE_SNPRINTF     1
#define HAVE_STRNLEN      1
#define HAVE_TYPE_SSIZE_T 1

#define OMIT_COM_ERR 1 /* there is nobody to print to */

#define SIZEOF_SHORT     2
#define SIZEOF_INT       4
#define SIZEOF_LONG      __SIZEOF_LONG__
#define SIZEOF_LONG_LONG 8
#define SIZEOF_OFF_T     __SIZEOF_LONG__
#define SIZEOF_TIME_T    8

#endif
