/* file_unnamed.c - unnamed files for data that exceed memory; they live as long as the process.
 * SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* O_TMPFILE, fallocate */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/file.h"

/* Reports errno with the directory of the unnamed FILE. */
static enum lfads_status fail(struct lfads_error *err, const char *what, int file)
{
    int reason = errno;
    char link[64], path[FILE_PATH] = "", *name;
    ssize_t length;

    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    length = readlink(link, path, sizeof path - 1);
    path[length > 0 ? length : 0] = 0;
    name = strrchr(path, '/');
    if (name)
        *name = 0;
    return lfads_fail(err, LFADS_IO, "can't %s the data that are kept in %.800s: %s", what,
                      *path ? path : "a file", strerror(reason));
}

/* Creates a named file and removes its name: some file systems do not support O_TMPFILE. */
static int open_and_remove(const char *directory)
{
    char path[FILE_PATH];
    int file = -1;

    if (snprintf(path, sizeof path, "%s/.lfads-XXXXXX", directory) < (int)sizeof path)
        file = mkostemp(path, O_CLOEXEC);
    else
        errno = ENAMETOOLONG;
    if (file >= 0)
        unlink(path);
    return file;
}

enum lfads_status file_unnamed(int *file, const char *directory, size_t bytes,
                               struct lfads_error *err)
{
    struct statfs disk;

    *file = open(directory, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
    if (*file < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT))
        *file = open_and_remove(directory);
    if (*file < 0)
        return lfads_fail(err, LFADS_IO, "can't keep data in the directory %.800s: %s", directory,
                          strerror(errno));
    if (fstatfs(*file, &disk) == 0 &&
        (unsigned long long)disk.f_bavail * (unsigned long long)disk.f_bsize < bytes)
        errno = ENOSPC;
    else if (bytes == 0 || fallocate(*file, 0, 0, (off_t)bytes) == 0 || errno != ENOSPC)
        return LFADS_OK; /* not every file system can reserve space */
    close(*file);
    *file = -1;
    return lfads_fail(err, LFADS_IO,
                      "the data need %zu MiB on disk in %.800s: %s; make room, set TMPDIR to a "
                      "directory that has it, or use --data_in_memory=true",
                      bytes >> 20, directory, strerror(ENOSPC));
}

enum lfads_status file_put(int file, const void *bytes, size_t length, size_t offset,
                           struct lfads_error *err)
{
    const char *from = bytes;

    while (length > 0) {
        ssize_t written = pwrite(file, from, length, (off_t)offset);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return fail(err, "write", file);
        from += written;
        offset += (size_t)written;
        length -= (size_t)written;
    }
    return LFADS_OK;
}

enum lfads_status file_get(void *bytes, int file, size_t length, size_t offset,
                           struct lfads_error *err)
{
    char *to = bytes;

    while (length > 0) {
        ssize_t count = pread(file, to, length, (off_t)offset);

        if (count < 0 && errno == EINTR)
            continue;
        if (count == 0)
            errno = EIO; /* the file is shorter than the data written to it */
        if (count <= 0)
            return fail(err, "read", file);
        to += count;
        offset += (size_t)count;
        length -= (size_t)count;
    }
    return LFADS_OK;
}

void file_nearest(char parent[FILE_PATH], const char *path)
{
    snprintf(parent, FILE_PATH, "%s", *path ? path : ".");
    while (!file_exists(parent)) {
        char *slash = strrchr(parent, '/');

        if (!slash) {
            strcpy(parent, ".");
            return;
        }
        slash[slash == parent] = 0;
    }
}

bool file_is_memory(const char *directory)
{
    struct statfs disk;

    return statfs(directory, &disk) == 0 &&
           (disk.f_type == TMPFS_MAGIC || disk.f_type == RAMFS_MAGIC);
}
