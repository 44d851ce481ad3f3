/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * main.c - the interposer: stands between a client and a server, and passes messages on as
 * its script says. Neither side is changed, or can tell.
 */
#include "relay.h"
#include "rule.h"

#include "rt.h"
#include "serve.h"
#include "start.h"

#include <string.h>

#define RULES 16u

static struct rule rule[RULES];
static unsigned rules;

static void script_read(void)
{
    uint32_t bytes = 0;
    const char *at = start_property("script", &bytes);

    for (const char *end = at + bytes; at < end; at += strlen(at) + 1) {
        const char *bad = rules < RULES ? rule_parse(&rule[rules++], at) : "too many rules";

        if (bad != NULL)
            die("script: \"%s\": %s", at, bad);
    }
}

static struct rule *rule_for(bool applies[RULES], enum action action)
{
    for (unsigned i = 0; i < rules; i++)
        if (applies[i] && rule[i].action == action)
            return &rule[i];
    return NULL;
}

static void corrupt(bool applies[RULES], bool answer, word_t *word)
{
    for (unsigned i = 0; i < rules; i++)
        if (applies[i] && rule[i].action == CORRUPT && rule[i].answer == answer)
            word[rule[i].word] ^= (word_t)rule[i].mask;
}

/* Bodies are of 32-bit fields in all protocols. */
static void trace(const struct call *c, const word_t *asked)
{
    char name[32];
    uint32_t q[4], r[2];

    rule_name((uint32_t)asked[0], name);
    memcpy(q, &asked[1], sizeof(q));
    memcpy(r, &c->word[1], sizeof(r));
    log_line("%u %s %u %u %u %u -> %s %u %u, %u capabilities", (unsigned)c->badge, name,
             (unsigned)q[0], (unsigned)q[1], (unsigned)q[2], (unsigned)q[3],
             err_name((enum err)c->word[0]), (unsigned)r[0], (unsigned)r[1], c->send_count);
}

static void pause(uint32_t ms)
{
    cap_t nobody = SLOT_NOTIFICATION; /* nobody signals it */

    sys_buffer()->deadline = now_ns() + ms * 1000000ull;
    (void)sys_wait(nobody, INFO_DEADLINE);
}

static void drop(struct server *s, struct call *c)
{
    cap_t fresh = object_make(OBJ_REPLY, 0);

    if (fresh == CAP_NULL)
        die("no memory for another Reply");
    (void)call_park(s, c, fresh);
}

static enum err on_call(struct server *s, struct call *c)
{
    word_t asked[MESSAGE_WORDS];
    bool applies[RULES] = {false};
    const struct rule *refused, *delayed;

    for (unsigned i = 0; i < rules; i++)
        applies[i] = rule_applies(&rule[i], (uint32_t)c->word[0]);
    corrupt(applies, false, c->word);
    memcpy(asked, c->word, sizeof(asked));
    refused = rule_for(applies, REFUSE);
    delayed = rule_for(applies, DELAY);
    if (rule_for(applies, DROP) != NULL) {
        drop(s, c);
        return ERR_OK;
    }
    if (refused != NULL)
        c->word[0] = refused->error;
    else
        relay(s, c, rule_for(applies, DUPLICATE) != NULL ? 2 : 1);
    corrupt(applies, true, c->word);
    if (delayed != NULL)
        pause(delayed->ms);
    if (rule_for(applies, TRACE) != NULL)
        trace(c, asked);
    return (enum err)c->word[0];
}

static void on_notified(struct server *s, word_t bits)
{
    (void)s, (void)bits;
}

static void on_late(struct server *s)
{
    (void)s; /* no deadline is ever set */
}

int main(void)
{
    static struct server s = {.call = on_call, .notified = on_notified, .late = on_late};

    script_read();
    relay_begin(&s);
    log_line("%u rules", rules);
    serve(&s);
}
