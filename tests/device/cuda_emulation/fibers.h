/* fibers.h - runs the threads of a block: each runs until a barrier or a shuffle, then another one.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_EMULATED_FIBERS_H
#define LFADS_TESTS_EMULATED_FIBERS_H
#include <functional>

namespace emulation
{
/* Runs BODY once for each of COUNT threads, the last one first if REVERSE; calls SELECT before a
 * thread continues. If threads wait for each other forever, prints where and aborts. */
void run_threads(unsigned count, bool reverse, const std::function<void()> &body,
                 void (*select)(unsigned thread));
/* Returns the running thread. */
unsigned current_thread();
} // namespace emulation
#endif
