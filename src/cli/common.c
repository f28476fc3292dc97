/* common.c - shared by all commands: help, and the end of a run.
 * SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/cli.h"
#include "cli/help.h"
#include "cli/terminal.h"

bool cli_wants_help(int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-help") == 0 ||
            strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

int cli_help(const char *program, const struct command *command)
{
    printf("Usage: %s %s%s%s%s\n\n%s\n", program, command->name, *command->arguments ? " " : "",
           command->arguments, command->flags ? " [--flag=value ...]" : "", command->help);
    if (command->flags) {
        puts("\nA flag is --name=value or --name value, a boolean also --name or --noname; the\n"
             "last of several counts. --flagfile=FILE reads flags from a file, one a line.");
        help_write(stdout, command->flags, HELP_TERMINAL, strcmp(program, "lfads") != 0);
    }
    return cli_flush() == 0 ? EXIT_FINE : EXIT_RUN_TIME;
}

int64_t cli_integer(struct lfads_config *config, const char *name)
{
    return strtoll(lfads_config_get(config, name), NULL, 10);
}

bool cli_is_quiet(struct lfads_config *config)
{
    return strcmp(lfads_config_get(config, "quiet"), "true") == 0;
}

void cli_say_ignored(const struct lfads_callbacks *callbacks, const struct parse_ignored *ignored)
{
    char line[sizeof ignored->names + 64];

    snprintf(line, sizeof line, "read for the sake of other programs, without effect: %s",
             ignored->names);
    if (*ignored->names && callbacks->line)
        callbacks->line(callbacks->payload, line);
}

enum lfads_status cli_check_ending(const char *flag, const char *path, const char *ending,
                                   struct lfads_error *err)
{
    static const char *const formats[] = {".png", ".html", ".htm", ".pdf",  ".svg", ".eps",
                                          ".jpg", ".jpeg", ".tif", ".tiff", ".gif"};
    const char *slash = strrchr(path, '/'), *dot = strrchr(slash ? slash : path, '.');

    for (size_t i = 0; dot && i < sizeof formats / sizeof formats[0]; i++)
        if (strcasecmp(dot, formats[i]) == 0 && strncasecmp(dot, ending, 4) != 0)
            return cli_fail(err, LFADS_USAGE,
                            "--%s=%.300s: what is written is no %s: end the name in %s", flag, path,
                            dot + 1, ending);
    return LFADS_OK;
}

int cli_flush(void)
{
    bool failed = ferror(stdout) != 0;

    if (fflush(stdout) == 0 && !failed)
        return 0;
    fprintf(stderr, "lfads: can't write to the standard output%s%s: its end is missing\n",
            failed ? "" : ": ", failed ? "" : strerror(errno));
    return -1;
}

/* FLUSHED: what cli_flush returned. */
static int exit_status(enum lfads_status status, int flushed)
{
    if (status == LFADS_OK)
        return flushed == 0 ? EXIT_FINE : EXIT_RUN_TIME;
    if (status == LFADS_INTERRUPTED && terminal_signal())
        return EXIT_SIGNAL + terminal_signal();
    return status == LFADS_USAGE || status == LFADS_BAD_DATA ? EXIT_USAGE : EXIT_RUN_TIME;
}

int cli_finish(enum lfads_status status, const struct lfads_error *err)
{
    if (status != LFADS_OK)
        fprintf(stderr, "lfads: %s\n", err->text);
    return exit_status(status, cli_flush());
}

void cli_mute(struct lfads_callbacks *callbacks, const struct lfads_ranks *ranks)
{
    if (lfads_ranks_count(ranks) == 1)
        return;
    callbacks->progress = NULL; /* mpirun shows a terminal where there may be none */
    if (lfads_ranks_number(ranks) > 0)
        callbacks->line = callbacks->warn = NULL;
}

int cli_finish_together(struct lfads_ranks *ranks, enum lfads_status status,
                        const struct lfads_error *err)
{
    int result =
        lfads_ranks_number(ranks) == 0 ? cli_finish(status, err) : exit_status(status, cli_flush());

    lfads_ranks_leave(ranks);
    return result;
}

enum lfads_status cli_check_alone(const struct lfads_ranks *ranks, const char *command,
                                  struct lfads_error *err)
{
    if (lfads_ranks_count(ranks) == 1)
        return LFADS_OK;
    return cli_fail(
        err, LFADS_USAGE,
        "%s is for one process, and %zu were started: only train and tune work in several; "
        "start it without mpirun or srun, or by srun -n 1",
        command, lfads_ranks_count(ranks));
}
