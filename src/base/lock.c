/* lock.c - a lock between processes. The system's lock on a file tells whether its process is
 * alive; the file's text names the process and its host.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HOST = 256 };

/* The process that holds, or held, the lock; host is empty if the file names none. */
struct holder {
    long process;
    char host[HOST];
};

static struct holder read_holder(int file)
{
    struct holder holder = {0, ""};
    char text[HOST + 40] = "";

    if (pread(file, text, sizeof text - 1, 0) <= 0 ||
        sscanf(text, "%ld %255s", &holder.process, holder.host) != 2)
        holder.host[0] = 0;
    return holder;
}

static bool write_holder(int file, const char *host)
{
    char text[HOST + 40];
    int length = snprintf(text, sizeof text, "%ld %s\n", (long)getpid(), host);

    return ftruncate(file, 0) == 0 && pwrite(file, text, (size_t)length, 0) == length;
}

/* Whether PATH still names the open file: its last holder may have removed the name. */
static bool is_current(int file, const char *path)
{
    struct stat opened, named;

    return fstat(file, &opened) == 0 && stat(path, &named) == 0 && opened.st_ino == named.st_ino &&
           opened.st_dev == named.st_dev;
}

/* Opens and locks PATH; -1 if it can't be opened. Sets *HELD if another process holds the lock. */
static int open_locked(const char *path, bool *held)
{
    int file;

    for (;;) {
        file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
        if (file < 0)
            return -1;
        *held = flock(file, LOCK_EX | LOCK_NB) != 0;
        if (*held || is_current(file, path))
            return file;
        close(file);
    }
}

enum lfads_status lock_take(struct lock *lock, const char *path, const char *what,
                            const char *remedy, struct lfads_error *err)
{
    enum lfads_status status = file_join(lock->path, "", path, err);
    char host[HOST] = "unknown";
    struct holder holder;
    bool held;

    lock->held = false;
    if (status != LFADS_OK)
        return status;
    gethostname(host, sizeof host - 1);
    lock->file = open_locked(lock->path, &held);
    if (lock->file < 0)
        return lfads_fail(err, LFADS_IO, "can't write %s: %s", lock->path, strerror(errno));
    holder = read_holder(lock->file);
    if (held || (*holder.host && strcmp(holder.host, host) != 0)) {
        close(lock->file);
        return lfads_fail(
            err, LFADS_IO,
            "%s is in use by process %ld on %s: wait for it, %s, or remove %s if that "
            "run has ended",
            what, holder.process, *holder.host ? holder.host : host, remedy, lock->path);
    }
    lock->held = true;
    if (write_holder(lock->file, host))
        return LFADS_OK;
    status = lfads_fail(err, LFADS_IO, "can't write %s: %s", lock->path, strerror(errno));
    lock_release(lock);
    return status;
}

void lock_release(struct lock *lock)
{
    if (!lock->held)
        return;
    unlink(lock->path);
    close(lock->file);
    lock->held = false;
}
