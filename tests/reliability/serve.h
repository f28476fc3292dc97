/* serve.h - a process whose children each run the program once, as they are asked.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_SERVE_H
#define LFADS_TESTS_SERVE_H
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct request {
    size_t first; /* of the allocations that fail */
    bool once;
};

/* Reads requests, lines "FIRST ONCE" of two numbers, from the standard input, one after the answer
 * to another; for each it calls MAKE_PROCESS, which is fork, and returns in the child, whose output
 * and errors go to the files FAULT_STDOUT and FAULT_STDERR. The answer is a line on the standard
 * output: the child's status as of waitpid. Where there is no further request it ends the process.
 */
void serve(struct request *request, pid_t (*make_process)(void));
#endif
