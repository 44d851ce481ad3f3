/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reading.h - values of the manifest's properties, and what is said of wrong ones.
 *
 * Every function that may find a problem returns false when it has described one; what was
 * described last, with the node it is about, is manifest_read's answer.
 */
#ifndef INIT_READING_H
#define INIT_READING_H

#include "manifest.h"

/* The node that is being read, for the descriptions. */
void reading_at(const char *node);
/* Returns false. */
bool problem(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* "NODE: PROBLEM" */
const char *reading_said(void);

bool has(const struct manifest *m, int node, const char *name);
/* An absent one is 0. */
bool read_cell(const struct manifest *m, int node, const char *name, uint32_t *to);
/* It has to be there. */
bool read_text(const struct manifest *m, int node, const char *name, const char **to);
/* A list of strings, *end behind it; an absent one is empty. */
bool read_texts(const struct manifest *m, int node, const char *name, const char **at,
                const char **end);
/* A list of names, as indices. */
bool read_servers(const struct manifest *m, int node, const char *name, struct manifest_list *to);
bool read_devices(const struct manifest *m, int node, const char *name, struct manifest_list *to);
bool list_has(const struct manifest_list *l, unsigned item);

/* rules.c: what two servers are to each other (I1..I4). */
bool rules_check(struct manifest *m);

#endif
