/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * error_text.c - names and texts of the errors, from their one table.
 */
#include "rt.h"

static const struct {
    const char *name, *text;
} error[ERR_COUNT] = {
#define X(name, text) [ERR_##name] = {#name, text},
    ERROR_TABLE(X)
#undef X
};

const char *err_text(enum err e)
{
    return (unsigned)e < ERR_COUNT ? error[e].text : "an unknown error";
}

const char *err_name(enum err e)
{
    return (unsigned)e < ERR_COUNT ? error[e].name : "?";
}
