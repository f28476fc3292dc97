/* cmd_run.c - the commands on a model: training, sampling, writing its parameters. They share one
 * table of flags and differ in the library's verb.
 * SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/terminal.h"
#include "config/parse.h"

typedef enum lfads_status verb(const struct lfads_config *, const struct lfads_callbacks *,
                               struct lfads_error *);

struct kind {
    const char *name, *command, *about;
    verb *run;
};

#define REMEMBERED                                                                                 \
    "\n--lfads_save_dir is all it needs: flags of data, model and training that are not\n"         \
    "given are those of its checkpoint."

static const struct kind kinds[] = {
    {"train", "train",
     "Trains a model on the sessions of a data set, or goes on where the save\n"
     "directory stands.",
     lfads_train},
    {"posterior_sample_and_average", "posterior-sample",
     "For each trial: draws samples from its posterior, runs the model on each, and\n"
     "writes averages." REMEMBERED,
     lfads_posterior_sample},
    {"posterior_push_mean", "posterior-mean",
     "For each trial: runs the model on its posterior's means and writes the results." REMEMBERED,
     lfads_posterior_mean},
    {"prior_sample", "prior-sample", "Runs the model on samples of its priors." REMEMBERED,
     lfads_prior_sample},
    {"write_model_params", "write-params",
     "Writes every parameter and optimizer slot to one HDF5 file." REMEMBERED, lfads_write_params},
};

static enum lfads_status set_flag(void *payload, size_t place, const char *text,
                                  struct lfads_error *err)
{
    return config_set(payload, place, text, err);
}

/* Runs KIND, or the one that --kind names. */
static int run(const struct kind *kind, int argc, char **argv)
{
    struct lfads_config *config;
    struct lfads_callbacks callbacks;
    struct terminal terminal;
    struct lfads_error err;
    enum lfads_status status = lfads_config_create(&config, &err);
    int signal;

    if (status == LFADS_OK)
        status = parse_flags(argc, argv, config_table(), set_flag, config, &err);
    if (status == LFADS_OK && kind && config->given[flag_find(config_table(), "kind")] &&
        strcmp(config->kind, kind->name) != 0) {
        snprintf(err.text, sizeof err.text, "--kind=%s contradicts the command %s: leave one out",
                 config->kind, kind->command);
        status = LFADS_USAGE;
    }
    for (size_t i = 0; status == LFADS_OK && !kind && i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].name, config->kind) == 0)
            kind = &kinds[i];
    if (status == LFADS_OK) {
        assert(kind); /* the flag takes no other */
        terminal_begin(&terminal, &callbacks, config->quiet);
        status = kind->run(config, &callbacks, &err);
        terminal_end(&terminal);
    }
    lfads_config_free(config);
    signal = terminal_signal();
    if (status == LFADS_INTERRUPTED && signal) {
        cli_finish(status, &err);
        return 128 + signal;
    }
    return cli_finish(status, &err);
}

static int run_command(const char *command, int argc, char **argv)
{
    const struct kind *kind = kinds;

    while (strcmp(kind->command, command) != 0)
        kind++;
    if (cli_wants_help(argc, argv)) {
        printf("Usage: lfads %s [--flag=value ...]\n\n", command);
        return cli_help(kind->about, config_table());
    }
    return run(kind, argc, argv);
}

int command_train(int argc, char **argv) { return run_command("train", argc, argv); }

int command_posterior_sample(int argc, char **argv)
{
    return run_command("posterior-sample", argc, argv);
}

int command_posterior_mean(int argc, char **argv)
{
    return run_command("posterior-mean", argc, argv);
}

int command_prior_sample(int argc, char **argv) { return run_command("prior-sample", argc, argv); }

int command_write_params(int argc, char **argv) { return run_command("write-params", argc, argv); }

int command_by_kind(int argc, char **argv)
{
    if (cli_wants_help(argc, argv)) {
        puts("Usage: run_lfads --kind=KIND [--flag=value ...]\n");
        return cli_help("Does what --kind says, as the original's script did.", config_table());
    }
    return run(NULL, argc, argv);
}
