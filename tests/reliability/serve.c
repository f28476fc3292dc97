/* serve.c - runs the program once for each request, in a child: libraries are loaded once for all.
 * SPDX-License-Identifier: Apache-2.0 */
#include "serve.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void redirect(int to, const char *path, int flags)
{
    int file = path ? open(path, flags, 0666) : -1;

    if (file < 0 || dup2(file, to) < 0)
        abort();
    close(file);
}

/* Returns whether there is a further request. */
static bool read_request(struct request *request)
{
    char line[64];
    ssize_t length = read(STDIN_FILENO, line, sizeof line - 1);
    char *end;

    if (length <= 0)
        return false;
    line[length] = '\0';
    request->first = strtoull(line, &end, 10);
    request->once = strtoull(end, NULL, 10) != 0;
    return true;
}

void serve(struct request *request, pid_t (*make_process)(void))
{
    while (read_request(request)) {
        pid_t child = make_process();
        int status = 0;

        if (child == 0) {
            redirect(STDIN_FILENO, "/dev/null", O_RDONLY);
            redirect(STDOUT_FILENO, getenv("FAULT_STDOUT"), O_WRONLY | O_CREAT | O_TRUNC);
            redirect(STDERR_FILENO, getenv("FAULT_STDERR"), O_WRONLY | O_CREAT | O_TRUNC);
            return;
        }
        if (child < 0 || waitpid(child, &status, 0) < 0)
            abort();
        dprintf(STDOUT_FILENO, "%d\n", status);
    }
    _exit(0);
}
