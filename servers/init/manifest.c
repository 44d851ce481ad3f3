/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * manifest.c - reads and checks the manifest (manifest.h has what holds afterwards).
 *
 * First all nodes get their names, so that lists may refer forwards; then each node is
 * read; then the rules that concern two of them are checked. Every function that may
 * find a problem returns false when it has described one.
 */
#include "manifest.h"

#include "frame.h"
#include "options.h"

#include <libfdt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LEVEL_MAX    6u
#define PRIORITY_MAX 62u /* init's own is above all */

static const char *where; /* the node that is being read */
static char detail[192];

static bool problem(const char *format, ...) __attribute__((format(printf, 1, 2)));
static bool problem(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(detail, sizeof(detail), format, args);
    va_end(args);
    return false;
}

void manifest_properties(const struct manifest *m, int node,
                         void (*take)(void *arg, const char *name, const void *value,
                                      uint32_t bytes),
                         void *arg)
{
    int property;

    fdt_for_each_property_offset(property, m->tree, node)
    {
        const char *name;
        int bytes;
        const void *value = fdt_getprop_by_offset(m->tree, property, &name, &bytes);

        if (value != NULL)
            take(arg, name, value, (uint32_t)bytes);
    }
}

/* ---- values ---- */

static bool has(const struct manifest *m, int node, const char *name)
{
    return fdt_getprop(m->tree, node, name, NULL) != NULL;
}

/* An absent one is 0. */
static bool read_cell(const struct manifest *m, int node, const char *name, uint32_t *to)
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

static bool read_text(const struct manifest *m, int node, const char *name, const char **to)
{
    int bytes;

    *to = fdt_getprop(m->tree, node, name, &bytes);
    if (*to == NULL)
        return problem("has no %s", name);
    if (bytes < 2 || memchr(*to, '\0', (size_t)bytes) != *to + bytes - 1)
        return problem("%s must be one string", name);
    return true;
}

/* A list of strings, *end behind it; an absent one is empty. */
static bool read_texts(const struct manifest *m, int node, const char *name, const char **at,
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

static bool list_has(const struct manifest_list *l, unsigned item)
{
    for (unsigned i = 0; i < l->count; i++)
        if (l->item[i] == item)
            return true;
    return false;
}

/* A list of names, as indices. */
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

/* ---- devices ---- */

static bool read_virtio(const struct manifest *m, int node, struct manifest_device *d)
{
    const char *kind;

    if (!read_text(m, node, "virtio", &kind))
        return false;
    if (strcmp(kind, "block") == 0) {
        d->kind = DEVICE_BLOCK;
        return read_text(m, node, "serial", &d->match);
    }
    if (strcmp(kind, "console") != 0)
        return problem("virtio must be block or console");
    d->kind = DEVICE_CONSOLE;
    return read_cell(m, node, "index", &d->index);
}

static bool read_device(const struct manifest *m, int node, struct manifest_device *d)
{
    const char *end;

    d->optional = has(m, node, "optional");
    if (has(m, node, "virtio"))
        return read_virtio(m, node, d);
    d->kind = DEVICE_COMPATIBLE;
    if (!read_texts(m, node, "compatible", &d->match, &end))
        return false;
    if (d->match == NULL)
        return problem("has neither virtio nor compatible");
    d->match_bytes = (uint32_t)(end - d->match);
    return true;
}

static bool read_devices(struct manifest *m)
{
    int parent = fdt_path_offset(m->tree, "/devices");
    int node;

    if (parent < 0)
        return true;
    fdt_for_each_subnode(node, m->tree, parent)
    {
        where = fdt_get_name(m->tree, node, NULL);
        if (m->devices == MANIFEST_DEVICES)
            return problem("is one device more than %u", MANIFEST_DEVICES);
        m->device[m->devices].name = where;
        if (!read_device(m, node, &m->device[m->devices]))
            return false;
        m->devices++;
    }
    return true;
}

/* ---- servers ---- */

static bool name_servers(struct manifest *m)
{
    int node;

    fdt_for_each_subnode(node, m->tree, 0)
    {
        where = fdt_get_name(m->tree, node, NULL);
        if (strcmp(where, "devices") == 0 || strcmp(where, "options") == 0)
            continue;
        if (m->servers == MANIFEST_SERVERS)
            return problem("is one server more than %u", MANIFEST_SERVERS);
        m->server[m->servers].name = where;
        m->server[m->servers++].node = node;
    }
    where = "/";
    return m->servers > 0 || problem("names no server");
}

static bool read_memory(const struct manifest *m, int node, struct manifest_server *s)
{
    const char *at, *end;

    if (!read_cell(m, node, "memory-max", &s->memory_max) ||
        !read_texts(m, node, "memory", &at, &end))
        return false;
    for (; at < end; at += strlen(at) + 1) {
        if (strcmp(at, "dma") == 0)
            s->memory |= FRAME_MAY_DMA;
        else if (strcmp(at, "dirty") == 0)
            s->memory |= FRAME_MAY_DIRTY;
        else
            return problem("memory must be dma or dirty");
    }
    return true;
}

static bool is_inits_own(const char *name)
{
    static const char *const own[] = {"level",  "priority", "image",      "calls",   "devices",
                                      "builds", "memory",   "memory-max", "kill-ms", "between"};

    for (unsigned i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        if (strcmp(own[i], name) == 0)
            return true;
    return false;
}

static bool check_properties(const struct manifest *m, const struct manifest_server *s)
{
    int property;

    fdt_for_each_property_offset(property, m->tree, s->node)
    {
        const char *name, *bad;
        int bytes;
        const void *value = fdt_getprop_by_offset(m->tree, property, &name, &bytes);

        if (value == NULL || is_inits_own(name))
            continue;
        bad = options_check(m->tree, s->name, name, value, (uint32_t)bytes);
        if (bad != NULL)
            return problem("property %s %s", name, bad);
    }
    return true;
}

static bool read_server(const struct manifest *m, struct manifest_server *s)
{
    int node = s->node;

    where = s->name;
    if (!read_cell(m, node, "level", &s->level) || !read_cell(m, node, "priority", &s->priority) ||
        !read_cell(m, node, "kill-ms", &s->kill_ms) || !read_text(m, node, "image", &s->image))
        return false;
    if (s->level < 1 || s->level > LEVEL_MAX)
        return problem("level must be 1 to %u", LEVEL_MAX);
    if (s->priority < 1 || s->priority > PRIORITY_MAX)
        return problem("priority must be 1 to %u", PRIORITY_MAX);
    return read_list(m, node, "calls", "server", server_named, &s->calls) &&
           read_list(m, node, "builds", "server", server_named, &s->builds) &&
           read_list(m, node, "between", "server", server_named, &s->between) &&
           read_list(m, node, "devices", "device", device_named, &s->devices) &&
           read_memory(m, node, s) && check_properties(m, s);
}

/* ---- rules between two ---- */

static bool check_calls(const struct manifest *m, const struct manifest_server *s)
{
    where = s->name;
    for (unsigned i = 0; i < s->calls.count; i++) {
        const struct manifest_server *callee = &m->server[s->calls.item[i]];

        if (callee->level >= s->level)
            return problem("at level %u, may not call %s at level %u: calls go down",
                           (unsigned)s->level, callee->name, (unsigned)callee->level);
        if (callee->priority <= s->priority)
            return problem("has priority %u, and %s, which it calls, only %u",
                           (unsigned)s->priority, callee->name, (unsigned)callee->priority);
        if (callee->template)
            return problem("may not call %s, which is built on demand", callee->name);
    }
    return true;
}

static bool check_builds(struct manifest *m, const struct manifest_server *s)
{
    where = s->name;
    for (unsigned i = 0; i < s->builds.count; i++) {
        struct manifest_server *t = &m->server[s->builds.item[i]];

        if (t->template)
            return problem("builds %s, which another server builds", t->name);
        if (t->level <= s->level || t->priority >= s->priority)
            return problem("builds %s, which must have a higher level and a lower priority",
                           t->name);
        if (t->devices.count > 0 || t->builds.count > 0)
            return problem("builds %s, which may have no devices and build nothing", t->name);
        t->template = true;
    }
    return true;
}

const struct manifest_server *manifest_interposer(const struct manifest *m, unsigned client,
                                                  unsigned server)
{
    for (unsigned i = 0; i < m->servers; i++) {
        const struct manifest_list *b = &m->server[i].between;

        if (b->count == 2 && b->item[0] == client && b->item[1] == server)
            return &m->server[i];
    }
    return NULL;
}

static bool check_between(const struct manifest *m, const struct manifest_server *s)
{
    const struct manifest_server *client, *server;

    where = s->name;
    if (s->between.count == 0)
        return true;
    if (s->between.count != 2)
        return problem("between must name a client and a server");
    client = &m->server[s->between.item[0]];
    server = &m->server[s->between.item[1]];
    if (!list_has(&client->calls, s->between.item[1]))
        return problem("stands between %s and %s, which it does not call", client->name,
                       server->name);
    if (s->level < server->level || s->level > client->level || s->priority >= server->priority ||
        s->priority <= client->priority)
        return problem("its level and priority must be between those of %s and %s", client->name,
                       server->name);
    if (manifest_interposer(m, s->between.item[0], s->between.item[1]) != s)
        return problem("stands where another one stands");
    return true;
}

static bool check_devices(const struct manifest *m)
{
    const char *holder[MANIFEST_DEVICES] = {0};

    for (unsigned i = 0; i < m->servers; i++) {
        const struct manifest_server *s = &m->server[i];

        where = s->name;
        for (unsigned j = 0; j < s->devices.count; j++) {
            const char **h = &holder[s->devices.item[j]];

            if (*h != NULL)
                return problem("is given device %s, which %s has",
                               m->device[s->devices.item[j]].name, *h);
            *h = s->name;
        }
    }
    return true;
}

static bool check_root(struct manifest *m)
{
    int property;

    where = "/";
    fdt_for_each_property_offset(property, m->tree, 0)
    {
        const char *name = NULL;

        if (fdt_getprop_by_offset(m->tree, property, &name, NULL) != NULL &&
            strcmp(name, "compatible") != 0 && strcmp(name, "audit-ms") != 0)
            return problem("property %s is unknown", name);
    }
    return read_cell(m, 0, "audit-ms", &m->audit_ms);
}

static bool check_all(struct manifest *m)
{
    if (!check_root(m) || !name_servers(m) || !read_devices(m))
        return false;
    for (unsigned i = 0; i < m->servers; i++)
        if (!read_server(m, &m->server[i]))
            return false;
    for (unsigned i = 0; i < m->servers; i++)
        if (!check_builds(m, &m->server[i]))
            return false;
    for (unsigned i = 0; i < m->servers; i++)
        if (!check_calls(m, &m->server[i]) || !check_between(m, &m->server[i]))
            return false;
    return check_devices(m);
}

const char *manifest_read(struct manifest *m, const void *tree, size_t bytes)
{
    static char text[256];

    memset(m, 0, sizeof(*m));
    m->tree = tree;
    if (bytes < sizeof(struct fdt_header) || fdt_check_header(tree) != 0 ||
        fdt_totalsize(tree) > bytes)
        return "is no flattened device tree";
    if (check_all(m))
        return NULL;
    snprintf(text, sizeof(text), "%s: %s", where, detail);
    return text;
}
