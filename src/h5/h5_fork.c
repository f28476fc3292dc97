/* h5_fork.c - forks under libhdf5's lock.
 * SPDX-License-Identifier: Apache-2.0 */
#include "h5/h5_fork.h"

#include <hdf5.h>
#include <unistd.h>

/* libhdf5 calls this while the thread holds its lock. Both processes return, and each releases its
 * own. */
static herr_t fork_locked(hid_t list, const char *property, void *payload)
{
    (void)list, (void)property;
    *(pid_t *)payload = fork();
    return 1; /* stops the iteration over properties */
}

pid_t h5_fork(void)
{
    pid_t process = -1;

    H5Piterate(H5P_FILE_ACCESS_DEFAULT, NULL, fork_locked, &process);
    return process;
}
