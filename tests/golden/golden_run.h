/* golden_run.h - the main function of the programs that run golden cases.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_GOLDEN_RUN_H
#define LFADS_TESTS_GOLDEN_RUN_H
#include <stdbool.h>

#include "backend/backend.h"

/* The cases of a program: those whose file has the attribute MARK. */
struct golden_kind {
    const char *mark;
    /* Runs the case of the file PATH; prints its result and returns whether it passed. */
    bool (*run)(const char *path, const struct backend *be);
};

/* Runs the .h5 files of the folders ARGV[2], …, and of the folder that the environment variable
 * LFADS_GOLDEN names, as far as they are of KIND, on the backend ARGV[1]: reference, cpu, isolated
 * or gpu:N. Returns main's status, which is 0 if there are cases and none fails. */
int golden_run(int argc, char **argv, const struct golden_kind *kind);
#endif
