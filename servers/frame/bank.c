/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bank.c - who pays: a tree of banks with limits. */
#include "bank.h"

#include "client.h"

#define HANDLE_BITS 12u /* of the index; the rest is the generation */

void banks_init(struct banks *s, struct bank *bank, unsigned count)
{
    *s = (struct banks){.bank = bank, .count = count, .unused = BANK_NONE};
    for (unsigned i = count; i-- > BANK_ROOT + 1;) {
        bank[i] = (struct bank){.state = BANK_FREE, .sibling = s->unused};
        s->unused = (uint16_t)i;
    }
    bank[BANK_ROOT] = (struct bank){.state = BANK_LIVE,
                                    .parent = BANK_NONE,
                                    .child = BANK_NONE,
                                    .sibling = BANK_NONE,
                                    .clients = CLIENT_NONE};
}

unsigned bank_make(struct banks *s, unsigned parent, uint32_t max, uint32_t label, unsigned maker)
{
    unsigned bank = s->unused;
    struct bank *up = &s->bank[parent];

    if (bank == BANK_NONE || up->depth == BANK_DEPTH)
        return BANK_NONE;
    s->unused = s->bank[bank].sibling;
    s->bank[bank] = (struct bank){.max = max,
                                  .label = label,
                                  .generation = s->bank[bank].generation + 1,
                                  .parent = (uint16_t)parent,
                                  .child = BANK_NONE,
                                  .sibling = up->child,
                                  .clients = CLIENT_NONE,
                                  .maker = (uint16_t)maker,
                                  .state = BANK_LIVE,
                                  .depth = (uint8_t)(up->depth + 1)};
    up->child = (uint16_t)bank;
    return bank;
}

void bank_condemn(struct banks *s, unsigned bank)
{
    s->bank[bank].state = BANK_DYING;
}

void bank_end(struct banks *s, unsigned bank)
{
    uint16_t *link = &s->bank[s->bank[bank].parent].child;

    while (*link != bank)
        link = &s->bank[*link].sibling;
    *link = s->bank[bank].sibling;
    s->bank[bank].state = BANK_FREE;
    s->bank[bank].sibling = s->unused;
    s->unused = (uint16_t)bank;
}

unsigned bank_lowest(const struct banks *s, unsigned bank)
{
    while (s->bank[bank].child != BANK_NONE)
        bank = s->bank[bank].child;
    return bank;
}

bool bank_live(const struct banks *s, unsigned bank)
{
    for (; bank != BANK_NONE; bank = s->bank[bank].parent)
        if (s->bank[bank].state != BANK_LIVE)
            return false;
    return true;
}

uint32_t bank_room(const struct banks *s, unsigned bank, uint32_t want)
{
    for (; bank != BANK_NONE; bank = s->bank[bank].parent) {
        const struct bank *k = &s->bank[bank];
        uint32_t room = k->total < k->max ? k->max - k->total : 0;

        if (k->state != BANK_LIVE)
            return 0;
        if (k->max != 0 && room < want)
            want = room;
    }
    return want;
}

void bank_charge(struct banks *s, unsigned bank, unsigned class, uint32_t pages)
{
    for (; bank != BANK_NONE; bank = s->bank[bank].parent) {
        struct bank *k = &s->bank[bank];

        k->used[class] += pages;
        k->total += pages;
        if (k->peak < k->total)
            k->peak = k->total;
    }
}

void bank_release(struct banks *s, unsigned bank, unsigned class, uint32_t pages)
{
    for (; bank != BANK_NONE; bank = s->bank[bank].parent) {
        s->bank[bank].used[class] -= pages;
        s->bank[bank].total -= pages;
    }
}

uint32_t bank_handle(const struct banks *s, unsigned bank)
{
    return s->bank[bank].generation << HANDLE_BITS | bank;
}

unsigned bank_find(const struct banks *s, uint32_t handle, unsigned maker)
{
    unsigned bank = handle & ((1u << HANDLE_BITS) - 1);

    if (bank == BANK_ROOT || bank >= s->count || s->bank[bank].state == BANK_FREE)
        return BANK_NONE;
    if (maker != CLIENT_NONE && s->bank[bank].maker != maker)
        return BANK_NONE;
    return bank_handle(s, bank) == handle ? bank : BANK_NONE;
}
