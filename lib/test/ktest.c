/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ktest.c - runs the tests linked into a root task, and switches the machine off.
 *
 * Tests run in the order of their source. A test fails by a CHECK of its own, of one of its
 * peers, or when what it made cannot be taken back. One that waits for ever ends the run:
 * a watchdog, a thread above all others, has to be told of every new test.
 */
#include "kit.h"
#include "kit_run.h"
#include "root.h"
#include "start.h"

#include "fiber.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdio.h>

#define TESTS             128u
#define ROOT_SLOTS        16u
#define PATIENCE          10000000000ull /* ns */
#define WATCHDOG_PRIORITY 60u

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

/* ---- the watchdog ---- */

static alignas(PAGE_SIZE) char dog_buffer[PAGE_SIZE];
static alignas(16) char dog_stack[4096];
static cap_t dog_notification, dog_wake;
static char sentence[128]; /* of the running test */
static unsigned passed, failed;
extern char __tls_pointer[];

_Noreturn static void total(void)
{
    log_plain("%u passed, %u failed", passed, failed);
    root_power_off(failed == 0 && passed > 0 ? 0 : 1);
}

static void dog_main(void *arg)
{
    struct buffer *b = (struct buffer *)(void *)dog_buffer;

    (void)arg;
    do {
        b->deadline = now_ns() + PATIENCE;
    } while (sys_wait(dog_notification, INFO_DEADLINE).err == ERR_OK);
    log_plain("FAIL %s  it waits for ever", sentence);
    failed++;
    total();
}

static void dog_begin(void)
{
    static struct arch_thread entry = {.run = dog_main};
    cap_t thread = object_make(OBJ_THREAD, 0);
    const cap_t bound[BIND_COUNT] = {
        [BIND_ROOT] = SLOT_ROOT,
        [BIND_SPACE] = SLOT_SPACE,
        [BIND_BUFFER] = kit_image_frame(dog_buffer),
    };

    dog_notification = object_make(OBJ_NOTIFICATION, 0);
    dog_wake = slots_alloc(1);
    if (cap_derive(dog_notification, dog_wake, RIGHT_WRITE, 1) != ERR_OK ||
        thread_bind_all(thread, bound) != ERR_OK ||
        thread_setup(thread, WATCHDOG_PRIORITY, THREAD_LOG, 0, 0) != ERR_OK ||
        thread_start(thread, (uintptr_t)arch_thread_entry, (uintptr_t)dog_stack + sizeof(dog_stack),
                     (uintptr_t)&entry, (uintptr_t)__tls_pointer) != ERR_OK)
        die("no watchdog");
}

static void sentence_set(const struct unit_test *t)
{
    snprintf(sentence, sizeof(sentence), "%s: %s", t->group, t->name);
    for (char *c = strchr(sentence, ':'); *c != '\0'; c++)
        if (*c == '_')
            *c = ' ';
}

/* For the runner, which compares it with another kernel's. */
static void transcript_print(void)
{
    struct transcript t = kit_transcript();

    log_plain("saw %s: %u answers, %08x%08x", sentence, t.answers, (unsigned)(t.sum >> 32),
              (unsigned)t.sum);
}

/* NULL, or why it failed. */
static const char *test_run(const struct unit_test *t)
{
    const char *left;
    bool out;

    root_slots_used = 0;
    kit_begin();
    peers_begin();
    sys_signal(dog_wake);
    out = setjmp(out_of_test) != 0;
    if (!out)
        t->run();
    left = kit_end();
    return out ? reason : left;
}

int main(void)
{
    static const struct unit_test *test[TESTS];
    unsigned count = tests_sort(test);

    root_slots = slots_alloc_root(ROOT_SLOTS);
    dog_begin();
    thread_setup(SLOT_THREAD, KIT_PRIORITY, THREAD_LOG | THREAD_POWER, 0, 0);
    for (unsigned i = 0; i < count; i++) {
        const char *why;

        sentence_set(test[i]);
        why = test_run(test[i]);
        if (why == NULL)
            log_plain("ok %s", sentence);
        else
            log_plain("FAIL %s  %s", sentence, why);
        transcript_print();
        *(why == NULL ? &passed : &failed) += 1;
    }
    total();
}
