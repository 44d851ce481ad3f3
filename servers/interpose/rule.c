/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rule.c - reads rules, and says when they apply.
 */
#include "rule.h"

#include "file.h"
#include "frame.h"
#include "process.h"
#include "swap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_(p, op, text) #op,
static const char *const frame_name[] = {frame_OPS(NAME_)};
static const char *const object_name[] = {object_OPS(NAME_)};
static const char *const file_name[] = {file_OPS(NAME_)};
static const char *const swap_name[] = {swap_OPS(NAME_)};
static const char *const process_name[] = {process_OPS(NAME_)};
static const char *const protocol_name[PROTOCOL_LIMIT] = PROTOCOL_NAMES;

static const struct {
    const char *const *name;
    unsigned count;
} operation[PROTOCOL_LIMIT] = {
    [PROTOCOL_frame] = {frame_name, frame_OP_COUNT},
    [PROTOCOL_object] = {object_name, object_OP_COUNT},
    [PROTOCOL_file] = {file_name, file_OP_COUNT},
    [PROTOCOL_process] = {process_name, process_OP_COUNT},
    [PROTOCOL_swap] = {swap_name, swap_OP_COUNT},
};

static const char *const action_name[ACTIONS] = {
    [TRACE] = "trace", [DROP] = "drop",           [REFUSE] = "refuse",
    [DELAY] = "delay", [DUPLICATE] = "duplicate", [CORRUPT] = "corrupt",
};

static const char *const error_name[ERR_COUNT] = {
#define X(name, text) #name,
    ERROR_TABLE(X)
#undef X
};

/* The next word of the text into word[24]; false at its end, or if it is too long. */
static bool next_word(const char **text, char *word)
{
    size_t length;

    *text += strspn(*text, " ");
    length = strcspn(*text, " ");
    if (length == 0 || length > 23)
        return false;
    memcpy(word, *text, length);
    word[length] = '\0';
    *text += length;
    return true;
}

static bool next_number(const char **text, uint64_t most, uint64_t *number)
{
    char word[24], *end;

    if (!next_word(text, word))
        return false;
    *number = strtoull(word, &end, 0);
    return *end == '\0' && *number <= most;
}

/* Index of the word; `count` if it is none of them. */
static unsigned index_of(const char *word, const char *const *name, unsigned count)
{
    unsigned i = 0;

    while (i < count && strcmp(name[i], word) != 0)
        i++;
    return i;
}

static const char *parse_what(struct rule *r, char *word)
{
    char *dot = strchr(word, '.');
    unsigned p;

    r->protocol = r->op = RULE_ANY;
    if (strcmp(word, "*") == 0)
        return NULL;
    if (dot == NULL)
        return "no PROTOCOL.OPERATION";
    *dot = '\0';
    p = index_of(word, protocol_name, PROTOCOL_LIMIT);
    if (p == PROTOCOL_LIMIT || operation[p].count == 0)
        return "no such protocol";
    r->protocol = (uint16_t)p;
    if (strcmp(dot + 1, "*") == 0)
        return NULL;
    r->op = (uint16_t)index_of(dot + 1, operation[p].name, operation[p].count);
    return r->op < operation[p].count ? NULL : "no such operation";
}

static const char *parse_corrupt(struct rule *r, const char **text)
{
    char word[24];
    uint64_t number;

    if (!next_word(text, word) || (strcmp(word, "request") != 0 && strcmp(word, "answer") != 0))
        return "neither request nor answer";
    r->answer = word[0] == 'a';
    if (!next_number(text, 7, &number))
        return "no word 0 to 7";
    r->word = (uint32_t)number;
    return next_number(text, UINT64_MAX, &r->mask) ? NULL : "no mask";
}

static const char *parse_arguments(struct rule *r, const char **text)
{
    char word[24];
    uint64_t number;

    switch (r->action) {
    case REFUSE:
        if (!next_word(text, word))
            return "no error";
        r->error = (enum err)index_of(word, error_name, ERR_COUNT);
        return r->error < ERR_COUNT ? NULL : "no such error";
    case DELAY:
        if (!next_number(text, 3600000, &number))
            return "no milliseconds";
        r->ms = (uint32_t)number;
        return NULL;
    case CORRUPT:
        return parse_corrupt(r, text);
    default:
        return NULL;
    }
}

const char *rule_parse(struct rule *r, const char *text)
{
    char word[24];
    const char *bad;
    uint64_t number;

    memset(r, 0, sizeof(*r));
    r->action =
        next_word(&text, word) ? (enum action)index_of(word, action_name, ACTIONS) : ACTIONS;
    if (r->action == ACTIONS)
        return "no such action";
    if (!next_word(&text, word))
        return "no PROTOCOL.OPERATION";
    bad = parse_what(r, word);
    if (bad == NULL)
        bad = parse_arguments(r, &text);
    while (bad == NULL && next_word(&text, word)) {
        bool after = strcmp(word, "after") == 0;

        if ((!after && strcmp(word, "times") != 0) || !next_number(&text, UINT32_MAX, &number))
            return "neither after N nor times N";
        *(after ? &r->after : &r->times) = (uint32_t)number;
    }
    return bad;
}

bool rule_applies(struct rule *r, uint32_t op)
{
    if ((r->protocol != RULE_ANY && r->protocol != op >> 16) ||
        (r->op != RULE_ANY && r->op != (op & 0xffffu)))
        return false;
    r->matched++;
    return r->matched > r->after && (r->times == 0 || r->matched - r->after <= r->times);
}

void rule_name(uint32_t op, char *text)
{
    unsigned p = op >> 16, o = op & 0xffffu;

    if (p < PROTOCOL_LIMIT && o < operation[p].count)
        snprintf(text, 32, "%s.%s", protocol_name[p], operation[p].name[o]);
    else
        snprintf(text, 32, "%u.%u", p, o);
}
