/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * image.h - an ELF file, checked, as a list of segments.
 *
 * I1  every segment begins on a page, lies inside [low, high), and its file part in the file
 * I2  segments ascend and share no page
 * I3  no segment is both writable and executable; the entry lies in one that is executable
 */
#ifndef BOOT_IMAGE_H
#define BOOT_IMAGE_H

#include "boot.h"

#include <stdbool.h>
#include <stdint.h>

struct image_segment {
    uint64_t va, pa; /* pa: where the file wants it to be loaded; for the kernel only */
    uint64_t offset, file_bytes, bytes;
    uint32_t rights; /* RIGHT_* */
};

struct image {
    uint64_t entry;
    uint32_t count;
    struct image_segment segment[BOOT_SEGMENTS];
};

/* What an image has to be. */
struct image_rule {
    uint16_t machine;   /* of its ELF header */
    bool narrow;        /* ELF32, else ELF64 */
    uint64_t low, high; /* virtual addresses that are its to use; both on pages */
};

/* NULL if the file is a sound image, else what is wrong with it. */
const char *image_read(struct image *image, const void *file, uint64_t bytes,
                       const struct image_rule *rule);
/* Pages of a segment. */
uint64_t image_pages(const struct image_segment *s);
/* The segment's contents at `to`, which has room for its pages; the rest of them is zero. */
void image_load(const struct image_segment *s, const void *file, void *to);

#endif
