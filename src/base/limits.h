/* limits.h - whether the disk and the process's limit on open files will do for a run, before it
 * begins. (Memory: memory.h.) SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BASE_LIMITS_H
#define LFADS_BASE_LIMITS_H
#include <stddef.h>

#include "base/error.h"

/* Fails where DIRECTORY's file system has fewer than BYTES free for this user: WHAT needs them
 * ("training"), REMEDY lowers them. Quotas are not seen. A directory that can't be asked is fine.
 */
enum lfads_status limits_check_disk(size_t bytes, const char *directory, const char *what,
                                    const char *remedy, struct lfads_error *err);
/* Fails where the process may not open the few more files that a run has open at a time. */
enum lfads_status limits_check_descriptors(struct lfads_error *err);
#endif
