/* lock.h - one training at a time in a save directory.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_SAVE_LOCK_H
#define LFADS_SAVE_LOCK_H
#include "base/file.h"

struct lock {
    int file; /* its descriptor; -1: not held */
    char path[FILE_PATH];
};

/* Takes DIRECTORY's lock, a file that names this process and its host. Fails where another process
 * holds it, saying which. What a process that died left behind is taken over; one of another host
 * can't be told from a live one and is refused. */
enum lfads_status lock_take(struct lock *lock, const char *directory, struct lfads_error *err);
/* Gives it back; takes one that is not held. */
void lock_release(struct lock *lock);
#endif
