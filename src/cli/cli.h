/* cli.h - the table of commands, the functions that run them, and their common functions.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CLI_CLI_H
#define LFADS_CLI_CLI_H
#include <lfads/lfads.h>
#include <stdio.h>

#include "cli/fail.h"
#include "cli/line.h"

/* Exit statuses. EXIT_USAGE: flags or data are wrong. A signal gives 128 + its number, as in the
 * shell. */
enum { EXIT_FINE = 0, EXIT_RUN_TIME = 1, EXIT_USAGE = 2, EXIT_SIGNAL = 128 };

/* A function of the library that works on a model. */
typedef enum lfads_status model_function(const struct lfads_config *,
                                         const struct lfads_callbacks *, struct lfads_error *);

/* A row of the program's table of commands (main.c). */
struct command {
    const char *name;
    const char *arguments;           /* after the name, in the usage line */
    const char *kind;                /* its word for --kind; NULL: none */
    const char *about;               /* one line, in the list of commands */
    const char *help;                /* sentences above its flags */
    const struct flag_source *flags; /* NULL: it takes none */
    model_function *model;           /* NULL: the command does not work on a model */
    /* Runs COMMAND with the words after its name; returns the exit status. */
    int (*run)(const struct command *command, int argc, char **argv);
};

int cli_run_model(const struct command *command, int argc, char **argv);
/* Runs the command whose kind --kind gives. A row without a name ends COMMANDS. */
int cli_run_kind(const struct command *commands, int argc, char **argv);
int cli_run_tune(const struct command *command, int argc, char **argv);
int cli_run_synth(const struct command *command, int argc, char **argv);
int cli_run_prepare(const struct command *command, int argc, char **argv);
int cli_run_evaluate(const struct command *command, int argc, char **argv);
int cli_run_submit(const struct command *command, int argc, char **argv);
int cli_run_report(const struct command *command, int argc, char **argv);
int cli_run_merge(const struct command *command, int argc, char **argv);
/* Prints the manual page of COMMANDS, or with --markdown their flags. */
int cli_run_manual(const struct command *commands, int argc, char **argv);
/* Prints version, build, libraries and devices. */
int cli_print_version(void);

/* The flags of commands, beside those of a run. */
extern const struct flag_source tune_flags, synth_flags, prepare_flags, evaluate_flags,
    submit_flags, report_flags, merge_flags;

/* Print scores, as text or as one JSON object; BASELINES: NULL: none were asked for. */
void cli_print_score(const struct lfads_score *score, const struct lfads_baselines *baselines,
                     bool json);
/* Prints TEXT as a JSON string. */
void cli_print_json_text(const char *text);
void cli_print_nlb(const struct lfads_nlb_scores *scores, bool json);
/* Returns whether --help or -h is among the words. */
bool cli_wants_help(int argc, char **argv);
/* Prints usage line, sentences and flags of COMMAND, whose PROGRAM is "lfads" or "run_lfads". */
int cli_help(const char *program, const struct command *command);
/* The value of flag NAME of a run, which takes integers; whether --quiet is given. */
int64_t cli_integer(struct lfads_config *config, const char *name);
bool cli_is_quiet(struct lfads_config *config);
/* Prints one line with the flags that were passed over; none where there are none. */
void cli_say_ignored(const struct lfads_callbacks *callbacks, const struct parse_ignored *ignored);
/* Fails if PATH, which FLAG names, ends as another format of pages or pictures than ENDING does. */
enum lfads_status cli_check_ending(const char *flag, const char *path, const char *ending,
                                   struct lfads_error *err);
/* Flushes the standard output. Returns 0; -1, after a line among the errors, if some of it was not
 * written. */
int cli_flush(void);
/* Flushes the output, prints the error's sentence, and returns the exit status for STATUS. */
int cli_finish(enum lfads_status status, const struct lfads_error *err);

/* ---- several processes that mpirun or srun has started together ---- */

/* Leaves the lines to process 0, without progress: CALLBACKS of others print nothing. */
void cli_mute(struct lfads_callbacks *callbacks, const struct lfads_ranks *ranks);
/* Does the same as cli_finish in process 0, prints nothing in others, and leaves RANKS. */
int cli_finish_together(struct lfads_ranks *ranks, enum lfads_status status,
                        const struct lfads_error *err);
/* Returns LFADS_OK if this process is alone; otherwise fails: COMMAND is for one process. */
enum lfads_status cli_check_alone(const struct lfads_ranks *ranks, const char *command,
                                  struct lfads_error *err);
#endif
