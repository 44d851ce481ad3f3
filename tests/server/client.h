/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * client.h - what tests of a server by messages are made of.
 */
#ifndef SERVER_CLIENT_H
#define SERVER_CLIENT_H

#include "rt.h"
#include "unit.h"

#define CHECK_OK(call)          CHECK_ERR(call, ERR_OK)
#define CHECK_ERR(call, wanted) client_error(__FILE__, __LINE__, #call, (call), (wanted))
void client_error(const char *file, int line, const char *text, enum err is, enum err want);

#endif
