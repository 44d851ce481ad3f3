/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rules.c - what two servers of a manifest are to each other: callee, interposer, builder, rival
 * for a device.
 */
#include "reading.h"

#include <string.h>

static bool check_calls(const struct manifest *m, const struct manifest_server *s)
{
    reading_at(s->name);
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
    reading_at(s->name);
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

    reading_at(s->name);
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

        reading_at(s->name);
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

bool rules_check(struct manifest *m)
{
    for (unsigned i = 0; i < m->servers; i++)
        if (!check_builds(m, &m->server[i]))
            return false;
    for (unsigned i = 0; i < m->servers; i++)
        if (!check_calls(m, &m->server[i]) || !check_between(m, &m->server[i]))
            return false;
    return check_devices(m);
}
