/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory.c - see memory.h.
 */
#include "memory.h"

#include "rt.h"
#include "start.h"

#define TRIES 16u /* a driver may take or return a page between the walk and our look */

bool statement_make(struct statement *s, const struct machine *m, const struct frame_status *frame,
                    const struct frame_walk_reply *walk, const struct file_status *file)
{
    uint32_t used = frame->locked + frame->page + frame->pool, sum = 0;

    *s = (struct statement){.total = m->total,
                            .firmware = m->firmware,
                            .kernel = m->kernel,
                            .servers = m->servers + frame->own + frame->fixed - frame->object_pages,
                            .tables = frame->object_pages,
                            .programs = used - file->cache_pages,
                            .cache = file->cache_pages,
                            .free = walk->free_pages};
#define X(part) sum += s->part;
    MEMORY_PARTS(X)
#undef X
    return sum == s->total && file->cache_pages <= used && walk->bad == 0 &&
           walk->free_pages == frame->free;
}

static const void *page_map(enum err asked, cap_t slot)
{
    struct window w;

    if (asked != ERR_OK || window_map(&w, slot, 1, RIGHT_READ) != ERR_OK)
        return NULL;
    return w.at;
}

static const void *frame_page(void)
{
    struct frame_status_req q = {0};
    struct frame_status_reply r;
    struct passing pass = {.recv = slots_alloc(1), .recv_count = 1};

    return page_map(frame_status(SLOT_MEMORY, &q, &r, &pass), pass.recv);
}

static const void *file_page(void)
{
    struct file_status_req q = {0};
    struct file_status_reply r;
    struct passing pass = {.recv = slots_alloc(1), .recv_count = 1};

    return page_map(file_status(start_cap("file", NULL), &q, &r, &pass), pass.recv);
}

static const void *swap_page(void)
{
    struct swap_status_req q = {0};
    struct swap_status_reply r;
    struct passing pass = {.recv_count = 1};
    cap_t swap = start_cap("swap", NULL);

    if (swap == CAP_NULL)
        return NULL;
    pass.recv = slots_alloc(1);
    return page_map(swap_status(swap, &q, &r, &pass), pass.recv);
}

const char *sources_open(struct sources *s)
{
    s->machine = (struct machine){.total = start_u32("memory.total", 0),
                                  .firmware = start_u32("memory.firmware", 0),
                                  .kernel = start_u32("memory.kernel", 0),
                                  .servers = start_u32("memory.servers", 0)};
    s->frame = frame_page();
    s->file = file_page();
    s->swap = swap_page();
    if (!s->frame)
        return "the frame server shows no status page";
    return s->file ? NULL : "the file server shows no status page";
}

bool sources_statement(const struct sources *s, struct statement *out)
{
    struct frame_walk_req q = {0};
    struct frame_walk_reply walk;
    bool sound = false;

    for (unsigned i = 0; i < TRIES && !sound; i++) {
        struct frame_status frame;
        struct file_status file;

        if (frame_walk(SLOT_MEMORY, &q, &walk, NULL) != ERR_OK)
            return false;
        frame = *s->frame;
        file = *s->file;
        sound = statement_make(out, &s->machine, &frame, &walk, &file);
    }
    return sound;
}
