/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * list.h - a circular doubly linked list whose links live in its members.
 *
 * The same struct is the list's head and the link inside a member. A link that
 * is on no list points at itself, so removing it twice is harmless.
 *
 * I1  l->next->prev == l and l->prev->next == l, always
 */
#ifndef DS_LIST_H
#define DS_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
    struct list *next, *prev;
};

/* The struct `type` whose field `field` is the link at `link`. */
#define LIST_MEMBER(link, type, field) ((type *)((char *)(link)-offsetof(type, field)))

/* The members' links, in order; the second form allows removing `link` on the way. */
#define LIST_EACH(link, head) for ((link) = (head)->next; (link) != (head); (link) = (link)->next)
#define LIST_EACH_SAFE(link, after, head)                                                          \
    for ((link) = (head)->next, (after) = (link)->next; (link) != (head);                          \
         (link) = (after), (after) = (link)->next)

static inline void list_init(struct list *l)
{
    l->next = l;
    l->prev = l;
}

static inline bool list_empty(const struct list *l)
{
    return l->next == l;
}

/* Puts `link`, which is on no list, behind `at`. */
static inline void list_insert(struct list *at, struct list *link)
{
    link->next = at->next;
    link->prev = at;
    at->next->prev = link;
    at->next = link;
}

static inline void list_push_front(struct list *head, struct list *link)
{
    list_insert(head, link);
}

static inline void list_push_back(struct list *head, struct list *link)
{
    list_insert(head->prev, link);
}

static inline void list_remove(struct list *link)
{
    link->next->prev = link->prev;
    link->prev->next = link->next;
    list_init(link);
}

/* NULL if the list is empty. The analyzer cannot know that a list holds no member that was
 * freed: they are removed first. */
static inline struct list *list_first(const struct list *head)
{
    return list_empty(head) ? NULL : head->next; /* NOLINT(clang-analyzer-unix.Malloc) */
}

static inline struct list *list_last(const struct list *head)
{
    return list_empty(head) ? NULL : head->prev;
}

/* Removes and returns the first; NULL if the list is empty. */
static inline struct list *list_pop(struct list *head)
{
    struct list *first = list_first(head);

    if (first != NULL)
        list_remove(first);
    return first;
}

#endif
