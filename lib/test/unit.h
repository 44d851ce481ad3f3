/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unit.h - tests that read as a sentence, on the host and in QEMU alike.
 *
 *   TEST(ring, gives_back_what_was_put_in_order)
 *   {
 *       struct ring r = ring_with(3);
 *
 *       CHECK_EQ(ring_take(&r), 1);
 *   }
 *
 * TEST registers a pointer in the linker section "tests" (a pointer, because
 * an array of structs there would break on padding). A CHECK that does not hold
 * ends its test; the others run on. unit_main.c is the runner on the host,
 * ktest.c the one in QEMU; both print
 *
 *   ok ring: gives back what was put in order
 *   FAIL ring: gives back what was put in order  ring_test.c:12: ring_take(&r) is 2, not 1
 *   41 passed, 1 failed
 */
#ifndef TEST_UNIT_H
#define TEST_UNIT_H

#include <string.h>

struct unit_test {
    const char *group, *name; /* the name's '_' are printed as spaces */
    const char *file;
    int line;
    void (*run)(void);
};

#define TEST(group_, name_)                                                                        \
    static void unit_##group_##_##name_(void);                                                     \
    static const struct unit_test unit_test_##group_##_##name_ = {                                 \
        #group_, #name_, __FILE__, __LINE__, unit_##group_##_##name_};                             \
    static const struct unit_test *const unit_entry_##group_##_##name_                             \
        __attribute__((section("tests"), used)) = &unit_test_##group_##_##name_;                   \
    static void unit_##group_##_##name_(void)

#define CHECK(claim)        ((claim) ? (void)0 : unit_fail(__FILE__, __LINE__, "%s does not hold", #claim))
#define CHECK_EQ(is, want)  unit_equal(__FILE__, __LINE__, #is, (long long)(is), (long long)(want))
#define CHECK_STR(is, want) unit_same(__FILE__, __LINE__, #is, (is), (want))

/* Ends the running test as failed. */
_Noreturn void unit_fail(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static inline void unit_equal(const char *file, int line, const char *text, long long is,
                              long long want)
{
    if (is != want)
        unit_fail(file, line, "%s is %lld (0x%llx), not %lld (0x%llx)", text, is, is, want, want);
}

static inline void unit_same(const char *file, int line, const char *text, const char *is,
                             const char *want)
{
    if (strcmp(is, want) != 0)
        unit_fail(file, line, "%s is \"%s\", not \"%s\"", text, is, want);
}

#endif
