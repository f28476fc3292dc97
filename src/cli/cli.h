/* cli.h - the commands of the program, each in its file.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CLI_CLI_H
#define LFADS_CLI_CLI_H
#include <lfads/lfads.h>

#include "config/config.h"

/* Exit statuses: what the user can mend by other flags or data, and the rest. */
enum { EXIT_FINE = 0, EXIT_RUN_TIME = 1, EXIT_USAGE = 2 };

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *about;
};
/* All of them; the last has no name. */
extern const struct command cli_commands[];

/* Each takes the words after the command, and returns the exit status. */
int command_train(int argc, char **argv);
int command_posterior_sample(int argc, char **argv);
int command_posterior_mean(int argc, char **argv);
int command_prior_sample(int argc, char **argv);
int command_write_params(int argc, char **argv);
int command_synth(int argc, char **argv);
int command_evaluate(int argc, char **argv);
int command_manual(int argc, char **argv);
int command_help(int argc, char **argv);
/* As the original's script: --kind among the flags says what to do. */
int command_by_kind(int argc, char **argv);

/* Whether --help (or -h) is among the words. */
bool cli_wants_help(int argc, char **argv);
/* Prints ABOUT and the table's flags. */
int cli_help(const char *about, const struct flag_table *table);
/* The flags of evaluate. */
const struct flag_table *evaluate_table(void);
/* Prints the error's sentence and returns the exit status that goes with STATUS. */
int cli_finish(enum lfads_status status, const struct lfads_error *err);
#endif
