/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * manifest.c - reads and checks the manifest (manifest.h has what holds afterwards).
 *
 * First all nodes get their names, so that lists may refer forwards; then each node is
 * read; then the rules that concern two of them are checked (rules.c).
 */
#include "manifest.h"

#include "frame.h"
#include "options.h"
#include "reading.h"

#include <libfdt.h>
#include <string.h>

#define LEVEL_MAX    6u
#define PRIORITY_MAX 62u /* init's own is above all */

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

static bool read_all_devices(struct manifest *m)
{
    int parent = fdt_path_offset(m->tree, "/devices");
    int node;

    if (parent < 0)
        return true;
    fdt_for_each_subnode(node, m->tree, parent)
    {
        const char *name = fdt_get_name(m->tree, node, NULL);

        reading_at(name);
        if (m->devices == MANIFEST_DEVICES)
            return problem("is one device more than %u", MANIFEST_DEVICES);
        m->device[m->devices].name = name;
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
        const char *name = fdt_get_name(m->tree, node, NULL);

        reading_at(name);
        if (strcmp(name, "devices") == 0 || strcmp(name, "options") == 0)
            continue;
        if (m->servers == MANIFEST_SERVERS)
            return problem("is one server more than %u", MANIFEST_SERVERS);
        m->server[m->servers].name = name;
        m->server[m->servers++].node = node;
    }
    reading_at("/");
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
    static const char *const own[] = {"level",   "priority", "image",  "calls",
                                      "devices", "builds",   "memory", "memory-max",
                                      "kill-ms", "between",  "power"};

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

    reading_at(s->name);
    s->power = has(m, node, "power");
    if (!read_cell(m, node, "level", &s->level) || !read_cell(m, node, "priority", &s->priority) ||
        !read_cell(m, node, "kill-ms", &s->kill_ms) || !read_text(m, node, "image", &s->image))
        return false;
    if (s->level < 1 || s->level > LEVEL_MAX)
        return problem("level must be 1 to %u", LEVEL_MAX);
    if (s->priority < 1 || s->priority > PRIORITY_MAX)
        return problem("priority must be 1 to %u", PRIORITY_MAX);
    return read_servers(m, node, "calls", &s->calls) &&
           read_servers(m, node, "builds", &s->builds) &&
           read_servers(m, node, "between", &s->between) &&
           read_devices(m, node, "devices", &s->devices) && read_memory(m, node, s) &&
           check_properties(m, s);
}

static bool check_root(struct manifest *m)
{
    int property;

    reading_at("/");
    fdt_for_each_property_offset(property, m->tree, 0)
    {
        const char *name = NULL;

        if (fdt_getprop_by_offset(m->tree, property, &name, NULL) != NULL &&
            strcmp(name, "compatible") != 0 && strcmp(name, "audit-ms") != 0)
            return problem("property %s is unknown", name);
    }
    return read_cell(m, 0, "audit-ms", &m->audit_ms);
}

static bool read_all(struct manifest *m)
{
    if (!check_root(m) || !name_servers(m) || !read_all_devices(m))
        return false;
    for (unsigned i = 0; i < m->servers; i++)
        if (!read_server(m, &m->server[i]))
            return false;
    return rules_check(m);
}

const char *manifest_read(struct manifest *m, const void *tree, size_t bytes)
{
    memset(m, 0, sizeof(*m));
    m->tree = tree;
    if (bytes < sizeof(struct fdt_header) || fdt_check_header(tree) != 0 ||
        fdt_totalsize(tree) > bytes)
        return "is no flattened device tree";
    return read_all(m) ? NULL : reading_said();
}
