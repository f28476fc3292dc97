/* h5_fork.h - forks a process that may use libhdf5.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_H5_H5_FORK_H
#define LFADS_H5_H5_FORK_H
#include <sys/types.h>

/* Forks as fork() does, while this thread holds libhdf5's lock: another thread's would never be
 * released in the child. Returns -1 and sets errno on failure. */
pid_t h5_fork(void);
#endif
