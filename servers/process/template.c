/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * template.c - the pager's image, checked once for all supervisors.
 */
#include "supervisor.h"

#include "linux_abi.h"

#include <string.h>

static const struct elf_rules rules = {.machine = ABI_ELF_MACHINE,
                                       .word_bits = ABI_WORD_BITS,
                                       .lowest = SERVER_VA,
                                       .highest = START_VA,
                                       .base = SERVER_VA};

const char *template_open(struct template *t)
{
    static char table[ELF_TABLE_MAX];
    const struct start_cap *facts;
    const char *fault;
    struct window w;

    t->frames = start_cap("pager-image", &facts);
    if (t->frames == CAP_NULL || window_map(&w, t->frames, facts->count, RIGHT_READ) != ERR_OK)
        return "the pager's image is not there";
    t->image = w.at;
    t->pages = facts->count;
    fault = elf_read_header(&t->elf, &rules, t->image, facts->value, facts->value);
    if (fault)
        return fault;
    memcpy(table, t->image + t->elf.table_offset, t->elf.table_bytes);
    fault = elf_read_table(&t->elf, &rules, table);
    t->priority = start_u32("pager-priority", 1);
    t->task_priority = (uint32_t)start_size("task-priority", 0);
    t->max_pages = (uint32_t)start_size("pager.memory-max", 0);
    t->deadline_ms = (uint32_t)start_size("fault-deadline", 0);
    return fault;
}
