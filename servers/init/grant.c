/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * grant.c - what the manifest says that a server gets.
 */
#include "grant.h"

#include "fatal.h"
#include "root.h"

#include <stdio.h>
#include <string.h>

static void name_cap(struct child *s, const char *name, cap_t cap, uint32_t count, uint32_t value)
{
    if (block_cap(&s->block, name, cap, count, value) == NULL)
        fatal("manifest: server %s: capability %s: too many, or too long a name", s->spec->name,
              name);
}

static void derive(struct child *s, cap_t from, cap_t to, unsigned rights, word_t badge)
{
    enum err e = cap_derive(from, to, rights, badge);

    if (e != ERR_OK)
        fatal("server %s cannot get a capability: %s", s->spec->name, err_text(e));
}

static void add_property(struct child *s, const char *prefix, const char *name, const void *value,
                         uint32_t bytes)
{
    if (!block_property(&s->block, prefix, name, value, bytes))
        fatal("too little memory for the properties of %s", s->spec->name);
}

/* ---- sessions ---- */

/* Notes a session for `client` at the callee; returns its badge. */
static uint32_t session_note(const struct manifest_server *client, struct child *callee)
{
    struct frame_client *c = &callee->client[callee->clients++];

    *c = (struct frame_client){.badge = callee->clients,
                               .level = client->level,
                               .may = client->memory,
                               .max_pages = client->memory_max};
    strncpy((char *)&c->label, client->name, sizeof(c->label));
    return c->badge;
}

/* A session at `callee` for `client`, given to s under a name. */
static void session_give(struct child *s, const struct manifest_server *client,
                         struct child *callee, const char *name)
{
    uint32_t badge = session_note(client, callee);
    cap_t theirs, slot = child_slot(s, &theirs);

    derive(s, callee->endpoint, slot, RIGHT_WRITE | RIGHT_GRANT, badge);
    name_cap(s, name, theirs, 1, badge);
    if (strcmp(name, "frame") == 0)
        derive(s, callee->endpoint, CAP(s->table, SLOT_MEMORY), RIGHT_WRITE | RIGHT_GRANT, badge);
}

/* An interposer gets the client's session, and the client one of the interposer's. */
static void call_give(const struct manifest *m, struct child *child, unsigned who, unsigned callee)
{
    const struct manifest_server *tap = manifest_interposer(m, who, callee);
    struct child *s = &child[who], *at = &child[callee];

    if (tap != NULL) {
        struct child *between = &child[tap - m->server];

        session_give(between, s->spec, at, "target");
        at = between;
    }
    session_give(s, s->spec, at, child[callee].spec->name);
}

/* ---- devices ---- */

static void device_give(struct child *s, const char *name, const struct device *d)
{
    char irq[sizeof(((struct start_cap *)0)->name) + 1];
    cap_t theirs, slot;

    if (d->frame == CAP_NULL)
        return; /* optional, and not there */
    slot = child_slot(s, &theirs);
    derive(s, d->frame, slot, RIGHT_READ | RIGHT_WRITE, 0);
    name_cap(s, name, theirs, 1, d->offset);
    if (d->irq == CAP_NULL)
        return;
    slot = child_slot(s, &theirs);
    derive(s, d->irq, slot, RIGHT_ALL, 0);
    snprintf(irq, sizeof(irq), "%s-irq", name);
    name_cap(s, irq, theirs, 1, d->line);
}

/* ---- what it builds ---- */

/* A copy of the whole file, page by page, readable and executable. */
static void image_give(struct child *s, const struct manifest_server *template)
{
    struct file image;
    char name[sizeof(((struct start_cap *)0)->name) + 1];
    unsigned pages;
    cap_t frames, theirs, run;

    if (!files_find(template->image, &image))
        fatal("manifest: server %s: there is no image %s in the boot archive", template->name,
              template->image);
    pages = (unsigned)((image.bytes + PAGE_SIZE - 1) / PAGE_SIZE);
    frames = make(OBJ_FRAME, PAGE_BITS, pages);
    s->pages += pages;
    for (unsigned i = 0; i < pages; i++) /* the archive fills the last page with zeroes */
        frame_write(frames + i, 0, (const char *)image.at + (size_t)i * PAGE_SIZE, PAGE_SIZE);
    run = child_run(s, pages, &theirs);
    if (cap_derive_run(frames, run, RIGHT_READ | RIGHT_EXECUTE | RIGHT_GRANT, pages, NULL) !=
        ERR_OK)
        fatal("server %s cannot get the image of %s", s->spec->name, template->name);
    snprintf(name, sizeof(name), "%s-image", template->name);
    name_cap(s, name, theirs, pages, (uint32_t)image.bytes);
}

struct properties_of {
    struct child *to;
    const char *prefix;
};

static void take_property(void *arg, const char *name, const void *value, uint32_t bytes)
{
    const struct properties_of *p = arg;

    add_property(p->to, p->prefix, name, value, bytes);
}

static void template_give(const struct manifest *m, struct child *s,
                          const struct manifest_server *template)
{
    struct properties_of p = {s, template->name};
    char name[40];

    image_give(s, template);
    manifest_properties(m, template->node, take_property, &p);
    snprintf(name, sizeof(name), "%s-priority", template->name);
    if (!block_cell(&s->block, name, template->priority))
        fatal("too little memory for the properties of %s", s->spec->name);
}

void grant_all(const struct manifest *m, struct child *child, unsigned who,
               const struct device device[MANIFEST_DEVICES])
{
    struct child *s = &child[who];
    const struct manifest_server *spec = s->spec;
    struct properties_of own = {s, NULL};

    for (unsigned i = 0; i < spec->calls.count; i++)
        call_give(m, child, who, spec->calls.item[i]);
    for (unsigned i = 0; i < spec->devices.count; i++)
        device_give(s, m->device[spec->devices.item[i]].name, &device[spec->devices.item[i]]);
    for (unsigned i = 0; i < spec->builds.count; i++)
        template_give(m, s, &m->server[spec->builds.item[i]]);
    manifest_properties(m, spec->node, take_property, &own);
}

void grant_clients(struct child *s)
{
    if (s->clients > 0)
        add_property(s, NULL, "clients", s->client, s->clients * (uint32_t)sizeof(s->client[0]));
}
