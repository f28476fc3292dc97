/* workers.c - runs work items on OpenMP's threads.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/workers.h"

#include <omp.h>

void workers_run(size_t threads, size_t count,
                 void (*work)(void *payload, size_t item, size_t thread), void *payload)
{
#pragma omp parallel num_threads((int)(threads < count ? threads : count))
    {
        /* a parallel region of one thread is inactive; without this call a library would start
         * threads in it */
        omp_set_num_threads(1);
#pragma omp for schedule(dynamic, 1)
        for (size_t i = 0; i < count; i++)
            work(payload, i, (size_t)omp_get_thread_num());
    }
}

size_t workers_available(void) { return (size_t)omp_get_num_procs(); }
