/* lock.h - one process at a time in a directory, or at a file.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BASE_LOCK_H
#define LFADS_BASE_LOCK_H
#include "base/file.h"

struct lock {
    bool held;
    int file; /* its descriptor */
    char path[FILE_PATH];
};

/* Takes the lock that belongs to WHAT, a directory or a file that is to be written: the file PATH,
 * which names this process and its host. Fails where another process holds it, saying which, and
 * REMEDY, what to do but waiting. What a process that died left behind is taken over; one of
 * another host can't be told from a live one and is refused. */
enum lfads_status lock_take(struct lock *lock, const char *path, const char *what,
                            const char *remedy, struct lfads_error *err);
/* Gives it back; takes one that is not held, which is all zero or was given back. */
void lock_release(struct lock *lock);
#endif
