/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * main.c - init: builds the system that the manifest describes, then waits.
 */
#include "child.h"
#include "device.h"
#include "fatal.h"
#include "files.h"
#include "grant.h"
#include "manifest.h"
#include "memory.h"
#include "root.h"
#include "watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct manifest manifest;
static struct child child[MANIFEST_SERVERS]; /* as manifest.server */
static struct device device[MANIFEST_DEVICES];
static uint8_t order[MANIFEST_SERVERS]; /* of the servers that init builds: L1 first */
static unsigned ordered;

/* It is copied: names and properties are used as long as init runs. */
static void manifest_open(void)
{
    struct file f;
    const char *bad;
    char *tree;

    if (!files_find("manifest", &f))
        fatal("manifest: there is none in the boot archive");
    tree = malloc(f.bytes);
    if (tree == NULL)
        fatal("too little memory for the manifest");
    memcpy(tree, f.at, f.bytes);
    bad = manifest_read(&manifest, tree, f.bytes);
    if (bad != NULL)
        fatal("manifest: %s", bad);
    for (unsigned level = 0; level < UINT8_MAX; level++)
        for (unsigned i = 0; i < manifest.servers; i++)
            if (manifest.server[i].level == level && !manifest.server[i].template)
                order[ordered++] = (uint8_t)i;
}

static void build(void)
{
    cap_t fault = watch_begin();

    for (unsigned i = 0; i < ordered; i++) {
        const struct manifest_server *spec = &manifest.server[order[i]];
        struct file image;

        if (!files_find(spec->image, &image))
            fatal("manifest: server %s: there is no image %s in the boot archive", spec->name,
                  spec->image);
        child_build(&child[order[i]], spec, &image, fault, order[i] + 1u);
    }
}

static struct child *child_named(const char *name)
{
    for (unsigned i = 0; i < ordered; i++)
        if (strcmp(child[order[i]].spec->name, name) == 0)
            return &child[order[i]];
    fatal("manifest: there is no server %s, which has the machine's memory", name);
}

static void grant(void)
{
    static const char *const cell[] = {"memory.total", "memory.firmware", "memory.kernel",
                                       "memory.servers"};

    devices_find(&manifest, device);
    for (unsigned i = 0; i < ordered; i++)
        grant_all(&manifest, child, order[i], device);
    memory_prepare(child_named("frame"));
    for (unsigned i = 0; i < ordered; i++) {
        struct child *c = &child[order[i]];

        grant_clients(c);
        for (unsigned j = 0; j < sizeof(cell) / sizeof(cell[0]); j++)
            if (!block_cell(&c->block, cell[j], 0))
                fatal("too little memory for the properties of %s", c->spec->name);
        child_lay_out(c);
    }
}

/* In pages; what the frame server did not get, and is neither firmware's nor the kernel's, are
 * the servers' own. */
static void account(unsigned given)
{
    const struct bootinfo *info = root_info();
    unsigned total = (unsigned)(info->ram_bytes / PAGE_SIZE);
    unsigned firmware = (unsigned)(info->firmware_bytes / PAGE_SIZE);
    unsigned kernel = (unsigned)(info->kernel_bytes / PAGE_SIZE);

    for (unsigned i = 0; i < ordered; i++) {
        struct block *b = &child[order[i]].block;

        block_set_cell(b, "memory.total", total);
        block_set_cell(b, "memory.firmware", firmware);
        block_set_cell(b, "memory.kernel", kernel);
        block_set_cell(b, "memory.servers", total - firmware - kernel - given);
    }
    log_line("%u KiB: firmware %u, kernel %u, servers %u; %u for programs and cache", total * 4,
             firmware * 4, kernel * 4, (total - firmware - kernel - given) * 4, given * 4);
}

/* What a server is: where it stands, its memory with its tables, what it holds by name. */
static void present(const struct child *c)
{
    char names[160];
    size_t used = 0;

    for (unsigned i = 0; i < c->block.caps && used < sizeof(names); i++)
        used += (size_t)snprintf(names + used, sizeof(names) - used, " %.*s",
                                 (int)sizeof(c->block.cap[i].name), c->block.cap[i].name);
    log_line("%-8s level %u, priority %u, %u KiB:%s", c->spec->name, (unsigned)c->spec->level,
             (unsigned)c->spec->priority, (c->pages + c->tables) * 4, names);
}

static void start(void)
{
    for (unsigned i = 0; i < ordered; i++) {
        child_tell(&child[order[i]]);
        present(&child[order[i]]);
    }
    for (unsigned i = 0; i < ordered; i++)
        child_start(&child[order[i]]);
}

int main(void)
{
    files_open();
    manifest_open();
    build();
    grant();
    files_close();
    account(memory_hand_over());
    start();
    watch(&manifest, child);
}
