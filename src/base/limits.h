/* limits.h - checks before a run that the disk and the limit on open files suffice. (Memory:
 * memory.h.)
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BASE_LIMITS_H
#define LFADS_BASE_LIMITS_H
#include <stddef.h>

#include "base/error.h"

/* Fails if the file system of DIRECTORY has less than BYTES free for this user. WHAT needs them
 * ("training"); REMEDY says how to need fewer. Ignores quotas. Succeeds if the file system does not
 * report its free space. */
enum lfads_status limits_check_disk(size_t bytes, const char *directory, const char *what,
                                    const char *remedy, struct lfads_error *err);
/* Fails if the process can't open as many more files as a run has open at once. */
enum lfads_status limits_check_descriptors(struct lfads_error *err);
#endif
