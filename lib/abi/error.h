/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * error.h - every error of the kernel and of the servers.
 *
 * The errors up to NO_REPLY (ERR_KERNEL_LAST) come from the kernel, in the status register; the
 * rest are answers of servers, in word 0 of a reply.
 */
#ifndef ABI_ERROR_H
#define ABI_ERROR_H

/* X(error, "what the caller is told") */
#define ERROR_TABLE(X)                                                                             \
    X(OK, "done")                                                                                  \
    X(NO_CAP, "the capability address names no slot, or an empty one")                             \
    X(WRONG_TYPE, "the capability is of another type than the call needs")                         \
    X(NO_RIGHT, "the capability lacks a right that the call needs")                                \
    X(BAD_ARG, "an argument is out of its range")                                                  \
    X(BAD_CALL, "no such system call or invocation")                                               \
    X(NOT_EMPTY, "the destination slot holds a capability")                                        \
    X(NO_TABLE, "a page table is missing on the way; word 1 tells its level")                      \
    X(MAPPED, "the capability is mapped elsewhere, or the page holds another")                     \
    X(HAS_CHILDREN, "the capability has derivations")                                              \
    X(NO_MEMORY, "not enough memory left in the Untyped, bank or machine")                         \
    X(TOO_DEEP, "the derivation tree or the nesting of tables would be too deep")                  \
    X(DYING, "the capability is below an unfinished revocation")                                   \
    X(HELD, "a driver holds the frame for DMA")                                                    \
    X(GONE, "the other side of the call was deleted")                                              \
    X(LATE, "the deadline of the fault had passed; nothing was mapped")                            \
    X(TIMEOUT, "the deadline of the wait has passed")                                              \
    X(BUSY, "the object is in a state in which it cannot do this now")                             \
    X(FAULT, "the copy met a page that is absent or forbidden; word 0 tells where")                \
    X(NO_BUFFER, "the call needs the thread's buffer and none is bound")                           \
    X(CANCELLED, "the thread was stopped while it waited")                                         \
    X(NO_REPLY, "the thread has no Reply bound, or it is not free")                                \
    X(PENDING, "begun; a notification tells when the result can be collected")                     \
    X(REFUSED, "the server's rules forbid it to this client")                                      \
    X(BAD_OP, "the server knows no such operation")                                                \
    X(BAD_HANDLE, "the handle is not the caller's, or of another kind")                            \
    X(NOT_FOUND, "no such name")                                                                   \
    X(EXISTS, "the name exists already")                                                           \
    X(NOT_DIR, "a component of the path is no directory")                                          \
    X(IS_DIR, "the file is a directory")                                                           \
    X(LOOP, "too many symbolic links")                                                             \
    X(NAME_LONG, "a name or path is too long")                                                     \
    X(IO, "the device reported an error")                                                          \
    X(CORRUPT, "the stored data is malformed")                                                     \
    X(END, "past the end")                                                                         \
    X(LIMIT, "a limit of the client's bank or of the server is reached")                           \
    X(NOT_EXEC, "not an executable for this machine")                                              \
    X(NO_ACCESS, "the file's mode forbids it")                                                     \
    X(READ_ONLY, "the store is read-only")                                                         \
    X(NO_SPACE, "the store is full")                                                               \
    X(DIR_NOT_EMPTY, "the directory is not empty")                                                 \
    X(LINKS, "the file has as many names as it can have")                                          \
    X(BIG, "a file cannot be so large")                                                            \
    X(TEXT_BUSY, "the file is a program that runs, or is open for writing")

enum err {
#define X(name, text) ERR_##name,
    ERROR_TABLE(X)
#undef X
        ERR_COUNT,
    ERR_KERNEL_LAST = ERR_NO_REPLY
};

#endif
