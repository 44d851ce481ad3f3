/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * script.h - what threads do, step by step: bytes for a fuzzer, lines for a reader.
 *
 * A line is a word and its values, in hexadecimal; values left out at the end are 0:
 *
 *   call NUMBER ARG0 ARG1 ARG2 ARG3 WORD...   a system call of the thread that runs
 *   fast NUMBER ARG0 ARG1 ARG2 ARG3 WORD...   the same, by the fast path if it takes it
 *   invoke OBJECT OPERATION WORD...           SYS_INVOKE
 *   go-on                                     with a call that was interrupted
 *   touch ADDRESS ACCESS                      memory
 *   exception CODE DETAIL
 *   lease N SPACE RIGHTS ADDRESS BYTES        into the thread's buffer
 *   deadline NS                               into the buffer, from now
 *   time NS                                   passes
 *   interrupts N                              one at every n-th look; 0: none
 *
 * In bytes: the kind, how many values, the values. One byte is a small number, a page's address
 * or an odd number; others stand behind a byte that tells their length. Any bytes are a script.
 */
#ifndef FUZZ_SCRIPT_H
#define FUZZ_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define SCRIPT_STEPS  96u
#define SCRIPT_VALUES 13u
#define SCRIPT_PAGES  0x40000000ul /* where the pages lie that one byte names */

enum script_kind {
    SCRIPT_CALL,
    SCRIPT_FAST,
    SCRIPT_INVOKE,
    SCRIPT_GO_ON,
    SCRIPT_TOUCH,
    SCRIPT_EXCEPTION,
    SCRIPT_LEASE,
    SCRIPT_DEADLINE,
    SCRIPT_TIME,
    SCRIPT_INTERRUPTS,
    SCRIPT_KINDS
};

struct script_step {
    enum script_kind kind;
    uint64_t value[SCRIPT_VALUES];
};

struct script {
    unsigned count;
    struct script_step step[SCRIPT_STEPS];
};

void script_decode(struct script *s, const uint8_t *bytes, size_t count);
void script_encode(const struct script *s, FILE *to);
void script_write(const struct script *s, FILE *to);
/* False: a line is not as told above. Those that begin with # are passed over. */
bool script_read(struct script *s, FILE *from);

#endif
