/* workers.h - independent items of work on several threads.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BASE_WORKERS_H
#define LFADS_BASE_WORKERS_H
#include <stddef.h>

/* Runs work(payload, item, thread) for every item below COUNT on up to THREADS threads, numbered
 * from 0; returns when all are done. Libraries that the work calls stay on their caller's thread.
 */
void workers_run(size_t threads, size_t count,
                 void (*work)(void *payload, size_t item, size_t thread), void *payload);
/* The processors that this process may use. */
size_t workers_available(void);
#endif
