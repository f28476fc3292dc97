/* workers.h - runs independent work items on several threads.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BASE_WORKERS_H
#define LFADS_BASE_WORKERS_H
#include <stddef.h>

/* Calls work(payload, item, thread) for every item below COUNT on up to THREADS threads, numbered
 * from 0; returns when all are done. A library that the work calls stays on its caller's thread. */
void workers_run(size_t threads, size_t count,
                 void (*work)(void *payload, size_t item, size_t thread), void *payload);
/* The number of processors that this process may use. */
size_t workers_available(void);
#endif
