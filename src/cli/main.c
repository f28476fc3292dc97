/* main.c - the program: its table of commands, help and version.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "config/help.h"
#include "config/nearest.h"

const struct command cli_commands[] = {
    {"train", command_train, "train a model, or continue"},
    {"posterior-sample", command_posterior_sample, "denoised rates: posterior samples, averaged"},
    {"posterior-mean", command_posterior_mean, "denoised rates: one pass with posterior means"},
    {"prior-sample", command_prior_sample, "run the model on samples of its priors"},
    {"write-params", command_write_params, "every parameter to an HDF5 file"},
    {"synth", command_synth, "make synthetic data"},
    {"evaluate", command_evaluate, "score a model run against its data"},
    {"manual", command_manual, "print the manual page's source, or --markdown: all flags"},
    {"help", command_help, "list the commands, or a command's flags: help COMMAND"},
    {NULL, NULL, NULL},
};

bool cli_wants_help(int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-help") == 0 ||
            strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

int cli_help(const char *about, const struct flag_table *table)
{
    printf("%s\n\n%s", about,
           "A flag is --name=value or --name value, a boolean also --name or --noname; the\n"
           "last of several counts. --flagfile=FILE reads flags from a file, one a line.\n");
    help_write(stdout, table, HELP_TERMINAL);
    return fflush(stdout) == 0 ? EXIT_FINE : EXIT_RUN_TIME;
}

int cli_finish(enum lfads_status status, const struct lfads_error *err)
{
    if (status == LFADS_OK)
        return fflush(stdout) == 0 ? EXIT_FINE : EXIT_RUN_TIME;
    fflush(stdout);
    fprintf(stderr, "lfads: %s\n", err->text);
    return status == LFADS_USAGE || status == LFADS_BAD_DATA ? EXIT_USAGE : EXIT_RUN_TIME;
}

static void print_usage(FILE *out)
{
    fputs("LFADS: denoised firing rates, factors and inferred inputs from spike recordings.\n\n"
          "Usage: lfads COMMAND [--flag=value ...]\n\n",
          out);
    for (const struct command *c = cli_commands; c->name; c++)
        fprintf(out, "  %-17s %s\n", c->name, c->about);
    fputs("\nlfads COMMAND --help lists a command's flags, lfads --version how it was built.\n"
          "Without a command, or called as run_lfads, --kind=KIND says what to do.\n",
          out);
}

static const struct command *find_command(const char *name)
{
    for (const struct command *c = cli_commands; c->name; c++)
        if (strcmp(name, c->name) == 0)
            return c;
    return NULL;
}

static int refuse_command(const char *name)
{
    struct nearest nearest = nearest_begin(name);

    for (const struct command *c = cli_commands; c->name; c++)
        nearest_try(&nearest, c->name);
    if (*name == '-')
        fprintf(stderr, "lfads: a command comes before the flags: lfads --help lists them\n");
    else if (nearest.name)
        fprintf(stderr, "lfads: there is no command %s; did you mean %s?\n", name, nearest.name);
    else
        fprintf(stderr, "lfads: there is no command %s; lfads --help lists them\n", name);
    return EXIT_USAGE;
}

int command_help(int argc, char **argv)
{
    char word[] = "--help", *words[] = {word};
    const struct command *command = argc > 0 && *argv[0] != '-' ? find_command(argv[0]) : NULL;

    if (command && command->run != command_help)
        return command->run(1, words);
    if (argc > 0 && *argv[0] != '-' && !command)
        return refuse_command(argv[0]);
    print_usage(stdout);
    return EXIT_FINE;
}

static int print_version(void)
{
    printf("lfads %s\ncompiled with %s, for CPU\n", lfads_version(), __VERSION__);
    return EXIT_FINE;
}

static bool is_called(const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');

    return strcmp(slash ? slash + 1 : path, name) == 0;
}

/* Whether a word is --kind or --kind=..., as the original's script is called. */
static bool names_kind(int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        const char *word = argv[i] + strspn(argv[i], "-");

        if (word != argv[i] && strncmp(word, "kind", 4) == 0 && (!word[4] || word[4] == '='))
            return true;
    }
    return false;
}

int main(int argc, char **argv)
{
    const struct command *command = argc > 1 ? find_command(argv[1]) : NULL;

    if (argc > 1 && strcmp(argv[1], "--version") == 0)
        return print_version();
    if (argc > 0 && is_called(argv[0], "run_lfads"))
        return command_by_kind(argc - 1, argv + 1);
    if (argc < 2) {
        print_usage(stderr);
        return EXIT_USAGE;
    }
    if (command)
        return command->run(argc - 2, argv + 2);
    if (argv[1][0] == '-' && names_kind(argc - 1, argv + 1))
        return command_by_kind(argc - 1, argv + 1);
    if (cli_wants_help(argc - 1, argv + 1)) {
        print_usage(stdout);
        return EXIT_FINE;
    }
    return refuse_command(argv[1]);
}
