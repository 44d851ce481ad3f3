/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random stories of several threads on the host build of the kernel, beside a reference model.
 *
 * MODEL_STEPS and MODEL_SEED in the environment choose how much and which; MODEL_STORY=FILE tells
 * one that was written before instead. MODEL_SHORTEN=0 leaves a failing story as long as it is.
 */
#include "story.h"
#include "unit.h"

#include <stdlib.h>

#ifndef STEPS
#define STEPS 50000u
#endif

static struct story story;

static uint64_t setting(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);

    return text ? strtoull(text, NULL, 0) : otherwise;
}

static _Noreturn void report(uint64_t seed)
{
    char why[128];

    fprintf(stderr, "seed %lu, step %u: %s\n", seed, story.count, story_reason());
    if (setting("MODEL_SHORTEN", 1))
        story_shorten(&story);
    snprintf(why, sizeof(why), "%s", story_reason());
    fprintf(stderr, "the story (MODEL_STORY=FILE tells it again): %s\n", why);
    story_write(&story, stderr);
    unit_fail(__FILE__, __LINE__, "seed %lu: %s", seed, why);
}

TEST(model, the_kernel_does_what_the_book_says)
{
    uint64_t seed = setting("MODEL_SEED", 1), steps = setting("MODEL_STEPS", STEPS);

    if (getenv("MODEL_STORY"))
        return;
    for (uint64_t done = 0; done < steps; done += STORY_MAX, seed++) {
        if (!story_invent(&story, seed, STORY_MAX))
            report(seed);
    }
}

TEST(model, a_story_read_from_text_is_told)
{
    const char *name = getenv("MODEL_STORY");
    FILE *file = name ? fopen(name, "r") : tmpfile();

    CHECK(file != NULL);
    if (!name) {
        CHECK(story_invent(&story, 7, 40));
        story_write(&story, file);
        rewind(file);
    }
    CHECK(story_read(&story, file));
    fclose(file);
    CHECK(story.count > 0);
    if (!story_tell(&story))
        report(0);
}
