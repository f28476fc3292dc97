/* startup.c - the time to start and end the program, a lower bound for each of its runs.
 * SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <libgen.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "bench.h"

/* Returns the seconds of `lfads --version`, or a negative number on failure. */
static double run_once(const char *program)
{
    char *words[] = {(char *)program, (char *)"--version", NULL}, *environment[] = {NULL};
    posix_spawn_file_actions_t actions;
    double start = clock_seconds();
    int status = 1;
    pid_t child;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    if (posix_spawn(&child, program, &actions, NULL, words, environment) == 0)
        waitpid(child, &status, 0);
    posix_spawn_file_actions_destroy(&actions);
    return status == 0 ? clock_seconds() - start : -1;
}

int bench_startup(const struct options *options)
{
    char bench[4000] = "", program[4100];
    double times[MAX_REPEATS];
    struct figures figures;

    if (readlink("/proc/self/exe", bench, sizeof bench - 1) < 0)
        return 1;
    snprintf(program, sizeof program, "%s/../src/cli/lfads", dirname(bench));
    for (size_t i = 0; i < options->repeats; i++) {
        times[i] = run_once(program);
        if (times[i] < 0) {
            fprintf(stderr, "can't run %s\n", program);
            return 1;
        }
    }
    figures_begin(&figures, options, "startup");
    figures_number(&figures, "ms", 1e3 * median(times, options->repeats), "ms, median");
    figures_number(&figures, "least_ms", 1e3 * times[0], "ms");
    figures_end(&figures);
    return 0;
}
