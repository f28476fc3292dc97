/* fibers.h - the threads of a block: each runs until a barrier or a shuffle, then another one.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_EMULATED_FIBERS_H
#define LFADS_TESTS_EMULATED_FIBERS_H
#include <functional>

namespace emulation
{
/* Runs BODY once for each of COUNT threads; SELECT is told which thread goes on. The last thread
 * first where REVERSE. Says so and aborts where threads wait for each other in vain. */
void run_threads(unsigned count, bool reverse, const std::function<void()> &body,
                 void (*select)(unsigned thread));
/* The thread in progress. */
unsigned current_thread();
} // namespace emulation
#endif
