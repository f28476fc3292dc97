/* workers.h - runs independent work items on several threads.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BASE_WORKERS_H
#define LFADS_BASE_WORKERS_H
#include <stddef.h>

struct workers;

/* Starts threads, so that work is done on THREADS threads with the caller's; workers_free ends
 * them. Threads that the system refuses are left out. Returns NULL, with which workers_run uses the
 * caller's thread only, if THREADS is below 2 or there is no memory. One thread at a time uses
 * them. */
struct workers *workers_create(size_t threads);
void workers_free(struct workers *workers);
/* Calls work(payload, item, thread) for every item below COUNT on the threads of WORKERS, which are
 * numbered from 0, the caller's; returns when all are done. A library that the work calls stays on
 * its caller's thread. Allocates nothing. */
void workers_run(struct workers *workers, size_t count,
                 void (*work)(void *payload, size_t item, size_t thread), void *payload);
/* The same with THREADS threads for this work only. */
void workers_run_once(size_t threads, size_t count,
                      void (*work)(void *payload, size_t item, size_t thread), void *payload);
/* The number of processors that this process may use. */
size_t workers_available(void);
#endif
