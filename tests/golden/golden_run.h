/* golden_run.h - the main function of the programs that run golden cases.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_GOLDEN_RUN_H
#define LFADS_TESTS_GOLDEN_RUN_H
#include <stdbool.h>

#include "backend/backend.h"

/* Runs the case of the file PATH; prints its result and returns whether it passed. */
typedef bool golden_case_function(const char *path, const struct backend *be);

/* Runs the .h5 files of the folders ARGV[2], …, and of the folder that the environment variable
 * VARIABLE names, on the backend ARGV[1]: reference, cpu, isolated or gpu:N. Returns main's status,
 * which is 0 if there are cases and none fails. */
int golden_run(int argc, char **argv, const char *variable, golden_case_function *run_case);
#endif
