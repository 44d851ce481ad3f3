/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ktest.c - runs the tests linked into a root task, and switches the machine off.
 *
 * Tests run in the order of their source. A test fails by a CHECK of its own, of one of its
 * peers, or when what it made cannot be taken back.
 */
#include "kit.h"
#include "kit_run.h"
#include "root.h"
#include "start.h"

#include <setjmp.h>
#include <stdio.h>

#define TESTS      128u
#define ROOT_SLOTS 16u

int main(void);

extern const struct unit_test *const __start_tests[];
extern const struct unit_test *const __stop_tests[];

static jmp_buf out_of_test;
static char reason[256];
static cap_t root_slots;
static unsigned root_slots_used;

cap_t kit_root_slot(void)
{
    if (root_slots_used == ROOT_SLOTS)
        unit_fail(__FILE__, __LINE__, "the test needs more than %u CapTables", ROOT_SLOTS);
    return root_slots + root_slots_used++;
}

void unit_fail(const char *file, int line, const char *format, ...)
{
    const char *base = strrchr(file, '/');
    char text[sizeof(reason)];
    int n = snprintf(text, sizeof(text), "%s:%d: ", base ? base + 1 : file, line);
    va_list args;

    va_start(args, format);
    vsnprintf(text + n, sizeof(text) - (size_t)n, format, args);
    va_end(args);
    (void)peer_failed(text); /* does not come back if a peer says so */
    memcpy(reason, text, sizeof(reason));
    longjmp(out_of_test, 1);
}

static bool earlier(const struct unit_test *a, const struct unit_test *b)
{
    int order = strcmp(a->file, b->file);

    return order != 0 ? order < 0 : a->line < b->line;
}

static unsigned tests_sort(const struct unit_test **test)
{
    unsigned count = (unsigned)(__stop_tests - __start_tests);

    if (count > TESTS)
        die("more than %u tests", TESTS);
    for (unsigned i = 0; i < count; i++) {
        unsigned at = i;

        for (; at > 0 && earlier(__start_tests[i], test[at - 1]); at--)
            test[at] = test[at - 1];
        test[at] = __start_tests[i];
    }
    return count;
}

static void sentence_of(const struct unit_test *t, char *out, size_t bytes)
{
    snprintf(out, bytes, "%s: %s", t->group, t->name);
    for (char *c = strchr(out, ':'); *c != '\0'; c++)
        if (*c == '_')
            *c = ' ';
}

/* NULL, or why it failed. */
static const char *test_run(const struct unit_test *t)
{
    const char *left;
    bool failed;

    root_slots_used = 0;
    kit_begin();
    peers_begin();
    failed = setjmp(out_of_test) != 0;
    if (!failed)
        t->run();
    left = kit_end();
    return failed ? reason : left;
}

int main(void)
{
    static const struct unit_test *test[TESTS];
    unsigned count = tests_sort(test), failed = 0;

    root_slots = slots_alloc_root(ROOT_SLOTS);
    thread_setup(SLOT_THREAD, KIT_PRIORITY, THREAD_LOG, 0, 0);
    for (unsigned i = 0; i < count; i++) {
        char sentence[128];
        const char *why = test_run(test[i]);

        sentence_of(test[i], sentence, sizeof(sentence));
        if (why == NULL)
            log_plain("ok %s", sentence);
        else
            log_plain("FAIL %s  %s", sentence, why);
        failed += why != NULL;
    }
    log_plain("%u passed, %u failed", count - failed, failed);
    root_power_off(failed == 0 && count > 0 ? 0 : 1);
}
