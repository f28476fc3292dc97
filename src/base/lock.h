/* lock.h - lets one process at a time use a directory or a file.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BASE_LOCK_H
#define LFADS_BASE_LOCK_H
#include "base/file.h"

struct lock {
    bool held;
    int file; /* its descriptor */
    char path[FILE_PATH];
};

/* Takes the lock of WHAT, a directory or file to write. PATH is the lock file; it names this
 * process and its host. Fails if another process holds the lock; the error names that process, and
 * REMEDY says what the user can do besides waiting. Takes over the lock of a dead process on this
 * host. Refuses a lock from another host, because its process may be alive. */
enum lfads_status lock_take(struct lock *lock, const char *path, const char *what,
                            const char *remedy, struct lfads_error *err);
/* Releases the lock. Does nothing if LOCK is all zero or already released. */
void lock_release(struct lock *lock);
#endif
