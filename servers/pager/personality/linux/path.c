/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * path.c - paths as text. Symbolic links are the file server's business; here a ".."
 * just takes the last name away, which is enough to know our own nodes and getcwd.
 */
#include "person.h"

static bool path_append(char *to, size_t room, size_t *length, const char *name, size_t bytes)
{
    if (bytes == 0 || (bytes == 1 && name[0] == '.'))
        return true;
    if (bytes == 2 && name[0] == '.' && name[1] == '.') {
        while (*length > 0 && to[--*length] != '/')
            ;
        return true;
    }
    if (*length + 1 + bytes >= room)
        return false;
    to[(*length)++] = '/';
    memcpy(to + *length, name, bytes);
    *length += bytes;
    return true;
}

bool path_join(char *to, size_t room, const char *base, const char *path)
{
    const char *part[2] = {path[0] == '/' ? "" : base, path};
    size_t length = 0;

    for (unsigned i = 0; i < 2; i++) {
        const char *at = part[i];

        while (*at) {
            size_t bytes = strcspn(at, "/");

            if (!path_append(to, room, &length, at, bytes))
                return false;
            at += bytes;
            at += *at == '/';
        }
    }
    if (length == 0)
        to[length++] = '/';
    to[length] = '\0';
    return true;
}
