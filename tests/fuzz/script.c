/* SPDX-License-Identifier: GPL-2.0-or-later */
/* script.c - see script.h. */
#include "script.h"

#include <inttypes.h>
#include <string.h>

static const struct {
    const char *name;
    unsigned values;
} kinds[SCRIPT_KINDS] = {
    [SCRIPT_CALL] = {"call", 13},     [SCRIPT_FAST] = {"fast", 13},
    [SCRIPT_INVOKE] = {"invoke", 10}, [SCRIPT_GO_ON] = {"go-on", 0},
    [SCRIPT_TOUCH] = {"touch", 2},    [SCRIPT_EXCEPTION] = {"exception", 2},
    [SCRIPT_LEASE] = {"lease", 5},    [SCRIPT_DEADLINE] = {"deadline", 1},
    [SCRIPT_TIME] = {"time", 1},      [SCRIPT_INTERRUPTS] = {"interrupts", 1},
};

/* Values in one byte: below 0x80 themselves, then pages, then these, then lengths. */
#define BYTE_PAGE   0x80u
#define BYTE_ODD    0xc0u
#define BYTE_LENGTH 0xe0u

static const uint64_t odd[BYTE_LENGTH - BYTE_ODD] = {
    0xff,       0x100,       0x101,        0x1ff,
    0x200,      0x201,       0x1000,       0xfff,
    0x1001,     0xffff,      0x10000,      0x10001,
    0x20001,    0x30001,     0x7fffffff,   0x80000000,
    0xffffffff, 0x100000000, 0x3ffffff000, 0x4000000000,
    0x200000,   0x40200000,  0x8000,       0x40000,
    0x48000,    0x80000,     0xff000000,   0xff000001,
    ~0ul,       ~0ul - 7,    1ul << 63,    0x7fffffffffffffff};

/* ---- bytes ---- */

struct input {
    const uint8_t *at, *end;
};

static uint8_t byte(struct input *in)
{
    return in->at < in->end ? *in->at++ : 0;
}

static uint64_t value(struct input *in)
{
    uint8_t first = byte(in);
    uint64_t v = 0;

    if (first < BYTE_PAGE)
        return first;
    if (first < BYTE_ODD)
        return SCRIPT_PAGES + (uint64_t)(first - BYTE_PAGE) * 0x1000;
    if (first < BYTE_LENGTH)
        return odd[first - BYTE_ODD];
    for (unsigned i = 0; i <= (first & 7u); i++)
        v |= (uint64_t)byte(in) << i * 8;
    return v;
}

void script_decode(struct script *s, const uint8_t *bytes, size_t count)
{
    struct input in = {bytes, bytes + count};

    for (s->count = 0; s->count < SCRIPT_STEPS && in.at < in.end; s->count++) {
        struct script_step *p = &s->step[s->count];
        unsigned n;

        *p = (struct script_step){.kind = (enum script_kind)(byte(&in) % SCRIPT_KINDS)};
        n = byte(&in) % (kinds[p->kind].values + 1);
        for (unsigned i = 0; i < n; i++)
            p->value[i] = value(&in);
    }
}

static void value_encode(uint64_t v, FILE *to)
{
    uint64_t page = (v - SCRIPT_PAGES) / 0x1000;
    unsigned bytes = 1;

    for (unsigned i = 0; i < BYTE_LENGTH - BYTE_ODD; i++) {
        if (odd[i] == v) {
            fputc((int)(BYTE_ODD + i), to);
            return;
        }
    }
    if (v < BYTE_PAGE) {
        fputc((int)v, to);
    } else if (v >= SCRIPT_PAGES && v % 0x1000 == 0 && page < BYTE_ODD - BYTE_PAGE) {
        fputc((int)(BYTE_PAGE + page), to);
    } else {
        while (bytes < 8 && v >> bytes * 8)
            bytes++;
        fputc((int)(BYTE_LENGTH + bytes - 1), to);
        for (unsigned i = 0; i < bytes; i++)
            fputc((int)(v >> i * 8 & 0xff), to);
    }
}

static unsigned values_of(const struct script_step *p)
{
    unsigned n = kinds[p->kind].values;

    while (n && !p->value[n - 1])
        n--;
    return n;
}

void script_encode(const struct script *s, FILE *to)
{
    for (unsigned i = 0; i < s->count; i++) {
        const struct script_step *p = &s->step[i];
        unsigned n = values_of(p);

        fputc((int)p->kind, to);
        fputc((int)n, to);
        for (unsigned v = 0; v < n; v++)
            value_encode(p->value[v], to);
    }
}

/* ---- lines ---- */

void script_write(const struct script *s, FILE *to)
{
    for (unsigned i = 0; i < s->count; i++) {
        const struct script_step *p = &s->step[i];

        fprintf(to, "%s", kinds[p->kind].name);
        for (unsigned v = 0; v < values_of(p); v++)
            fprintf(to, " %" PRIx64, p->value[v]);
        fputc('\n', to);
    }
}

static bool line_read(struct script_step *p, char *line)
{
    char *word = strtok(line, " \n");
    unsigned kind = 0, n = 0;

    while (kind < SCRIPT_KINDS && strcmp(kinds[kind].name, word) != 0)
        kind++;
    if (kind == SCRIPT_KINDS)
        return false;
    *p = (struct script_step){.kind = (enum script_kind)kind};
    while ((word = strtok(NULL, " \n")) != NULL) {
        if (n == kinds[kind].values || sscanf(word, "%" SCNx64, &p->value[n++]) != 1)
            return false;
    }
    return true;
}

bool script_read(struct script *s, FILE *from)
{
    char line[512];

    s->count = 0;
    while (fgets(line, sizeof(line), from)) {
        if (line[0] == '#' || line[0] == '\n')
            continue;
        if (s->count == SCRIPT_STEPS || !line_read(&s->step[s->count++], line))
            return false;
    }
    return true;
}
