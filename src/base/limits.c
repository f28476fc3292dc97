/* limits.c - room on the disk, descriptors left.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Of a run: lock, results or checkpoint, its directory, data on disk, a data file, a file of the
 * system's, and as many to spare. */
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
    struct rlimit most = {0, 0};

    while (count < DESCRIPTORS && (files[count] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
        count++;
    if (count < DESCRIPTORS)
        reason = errno;
    for (int i = 0; i < count; i++)
        close(files[i]);
    if (reason != EMFILE && reason != ENFILE)
        return LFADS_OK;
    getrlimit(RLIMIT_NOFILE, &most);
    return lfads_fail(err, LFADS_IO,
                      "a run needs %d files at a time, and this process may open only %d more of "
                      "its %llu: %s; raise the limit (ulimit -n)",
                      DESCRIPTORS, count, (unsigned long long)most.rlim_cur, strerror(reason));
}
