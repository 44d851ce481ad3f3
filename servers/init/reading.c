/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reading.c - values of the manifest's properties, and what is said of wrong ones.
 */
#include "reading.h"

#include <libfdt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *where;
static char detail[192];

void reading_at(const char *node)
{
    where = node;
}

bool problem(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(detail, sizeof(detail), format, args);
    va_end(args);
    return false;
}

const char *reading_said(void)
{
    static char text[256];

    snprintf(text, sizeof(text), "%s: %s", where, detail);
    return text;
}

bool has(const struct manifest *m, int node, const char *name)
{
    return fdt_getprop(m->tree, node, name, NULL) != NULL;
}

bool read_cell(const struct manifest *m, int node, const char *name, uint32_t *to)
{
    int bytes;
    const fdt32_t *value = fdt_getprop(m->tree, node, name, &bytes);

    *to = 0;
    if (value != NULL && bytes != 4)
        return problem("%s must be one cell", name);
    if (value != NULL)
        *to = fdt32_to_cpu(*value);
    return true;
}

bool read_text(const struct manifest *m, int node, const char *name, const char **to)
{
    int bytes;

    *to = fdt_getprop(m->tree, node, name, &bytes);
    if (*to == NULL)
        return problem("has no %s", name);
    if (bytes < 2 || memchr(*to, '\0', (size_t)bytes) != *to + bytes - 1)
        return problem("%s must be one string", name);
    return true;
}

bool read_texts(const struct manifest *m, int node, const char *name, const char **at,
                const char **end)
{
    int bytes;

    *at = *end = fdt_getprop(m->tree, node, name, &bytes);
    if (*at == NULL)
        return true;
    if (bytes == 0 || (*at)[bytes - 1] != '\0')
        return problem("%s must be strings", name);
    *end = *at + bytes;
    return true;
}

static int server_named(const struct manifest *m, const char *name)
{
    for (unsigned i = 0; i < m->servers; i++)
        if (strcmp(m->server[i].name, name) == 0)
            return (int)i;
    return -1;
}

static int device_named(const struct manifest *m, const char *name)
{
    for (unsigned i = 0; i < m->devices; i++)
        if (strcmp(m->device[i].name, name) == 0)
            return (int)i;
    return -1;
}

bool list_has(const struct manifest_list *l, unsigned item)
{
    for (unsigned i = 0; i < l->count; i++)
        if (l->item[i] == item)
            return true;
    return false;
}

static bool read_list(const struct manifest *m, int node, const char *name, const char *what,
                      int (*find)(const struct manifest *, const char *), struct manifest_list *to)
{
    const char *at, *end;

    to->count = 0;
    if (!read_texts(m, node, name, &at, &end))
        return false;
    for (; at < end; at += strlen(at) + 1) {
        int found = find(m, at);

        if (found < 0)
            return problem("%s names %s, and there is no such %s", name, at, what);
        if (list_has(to, (unsigned)found))
            return problem("%s names %s twice", name, at);
        if (to->count == MANIFEST_NAMES)
            return problem("%s names more than %u", name, MANIFEST_NAMES);
        to->item[to->count++] = (uint8_t)found;
    }
    return true;
}

bool read_servers(const struct manifest *m, int node, const char *name, struct manifest_list *to)
{
    return read_list(m, node, name, "server", server_named, to);
}

bool read_devices(const struct manifest *m, int node, const char *name, struct manifest_list *to)
{
    return read_list(m, node, name, "device", device_named, to);
}
