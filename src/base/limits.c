/* limits.c - free disk space, free file descriptors.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Files that a run has open at once: lock, results or checkpoint, its directory, the unnamed data
 * file, a data file, one of the system; and as many in reserve. */
enum { DESCRIPTORS = 12 };

enum lfads_status limits_check_disk(size_t bytes, const char *directory, const char *what,
                                    const char *remedy, struct lfads_error *err)
{
    struct statvfs disk;
    unsigned long long available;

    if (statvfs(directory, &disk) != 0)
        return LFADS_OK;
    available = (unsigned long long)disk.f_bavail * disk.f_frsize;
    return bytes <= available
               ? LFADS_OK
               : lfads_fail(err, LFADS_IO,
                            "%s needs %zu MiB in %.400s, and %llu MiB are free there: make room, "
                            "or %s",
                            what, (bytes >> 20) + 1, directory, available >> 20, remedy);
}

enum lfads_status limits_check_descriptors(struct lfads_error *err)
{
    int files[DESCRIPTORS], count = 0, reason = 0;
    struct rlimit limit = {0, 0};

    while (count < DESCRIPTORS && (files[count] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
        count++;
    if (count < DESCRIPTORS)
        reason = errno;
    for (int i = 0; i < count; i++)
        close(files[i]);
    if (reason != EMFILE && reason != ENFILE)
        return LFADS_OK;
    getrlimit(RLIMIT_NOFILE, &limit);
    return lfads_fail(err, LFADS_IO,
                      "a run needs %d files at a time, and this process may open only %d more of "
                      "its %llu: %s; raise the limit (ulimit -n)",
                      DESCRIPTORS, count, (unsigned long long)limit.rlim_cur, strerror(reason));
}
