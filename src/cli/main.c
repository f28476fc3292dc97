/* main.c - the program: its table of commands, and which of them the arguments name.
 * SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/places.h"

static int run_manual(const struct command *command, int argc, char **argv);
static int run_help(const struct command *command, int argc, char **argv);

#define REMEMBERED                                                                                 \
    "\nDIR is the model's save directory. Flags of data, model and training that are\n"            \
    "not given are those of its checkpoint."
#define NEW_TRIALS " FILEs are data files of new trials,\nwhich go through the model by --session."

/* Commands with the same flags are neighbours: the manual lists their flags once. */
static const struct command commands[] = {
    {"train", "FILE ...", "train", "train a model, or continue its training",
     "Trains a model on data files, a session each, or goes on where a save directory\n"
     "stands: lfads train DIR. What no flag says is chosen from the data (--preset).\n"
     "Without --lfads_save_dir the model goes into a new directory beside the data.\n"
     "--data_dir and --data_filename_stem name all files of a directory that begin so.",
     &run_flags, lfads_train, cli_run_model},
    {"posterior-sample", "DIR [FILE ...]", "posterior_sample_and_average",
     "denoised rates: posterior samples, averaged",
     "For each trial: draws samples from its posterior, runs the model on each, and\n"
     "writes averages." REMEMBERED NEW_TRIALS,
     &run_flags, lfads_posterior_sample, cli_run_model},
    {"posterior-mean", "DIR [FILE ...]", "posterior_push_mean",
     "denoised rates: one pass with posterior means",
     "For each trial: runs the model on its posterior's means and writes the results." REMEMBERED
         NEW_TRIALS,
     &run_flags, lfads_posterior_mean, cli_run_model},
    {"prior-sample", "DIR", "prior_sample", "run the model on samples of its priors",
     "Runs the model on samples of its priors." REMEMBERED, &run_flags, lfads_prior_sample,
     cli_run_model},
    {"write-params", "DIR", "write_model_params", "write every parameter to an HDF5 file",
     "Writes every parameter and optimizer slot to one HDF5 file." REMEMBERED, &run_flags,
     lfads_write_params, cli_run_model},
    {"tune", "FILE ...", NULL, "search hyperparameters: train many models, keep the best",
     "Searches hyperparameters: trains many models side by side, lets the worse copy\n"
     "the better and go on with changed values (population-based training), or draws\n"
     "values at random (--exploit=none). Leaves the best model in --lfads_save_dir or,\n"
     "without it, in a new directory beside the data; lfads tune DIR goes on there.\n"
     "Takes all flags of train, too (lfads train --help).",
     &tune_flags, NULL, cli_run_tune},
    {"prepare", "RECORDING ...", NULL, "make data files of recordings",
     "Makes of each recording a data file that train takes: spikes are aligned, cut into\n"
     "trials and binned; units and trials are chosen and split. A recording is a file of\n"
     "spike times or counts: NWB, MATLAB, NumPy, HDF5, CSV (gzip too), or a folder of\n"
     "Kilosort's. docs/prepare.md has a command for each.",
     &prepare_flags, NULL, cli_run_prepare},
    {"synth", "GENERATOR", NULL, "make a synthetic data set",
     "Makes a synthetic data set. Generators:\n"
     "  chaotic   a chaotic recurrent network, seen through counts or noisy reals;\n"
     "            with S below N, several sessions\n"
     "  labeled   two chaotic networks; which one made a trial is its external input\n"
     "  itb       a network that integrates its input to a bound; trained the first\n"
     "            time",
     &synth_flags, NULL, cli_run_synth},
    {"evaluate", "DIR [FILE]", NULL, "score denoised rates against the data; draw a trial",
     "Scores the latest results in the save directory DIR against data and truth: of\n"
     "the validation trials, or of new trials in FILE. --data_file and --model_run\n"
     "name any data file and results; with --nlb_target they are scored against a\n"
     "target file of the Neural Latents Benchmark.",
     &evaluate_flags, NULL, cli_run_evaluate},
    {"report", "DIR", NULL, "write a page on a model: warnings, curves, scores, trials",
     "Writes one HTML file, which needs nothing else, on the model in save directory DIR:\n"
     "what to be wary of, the curves of training, scores beside simple baselines, single\n"
     "trials, factors, PSTHs, inferred inputs, flags. Computes posterior means if DIR has\n"
     "no results yet.",
     &report_flags, NULL, cli_run_report},
    {"submit", "", NULL, "write a submission to the Neural Latents Benchmark",
     "Writes the rates of a model run as a submission to the Neural Latents Benchmark.\n"
     "It needs --model_run, --nlb_set and --output.",
     &submit_flags, NULL, cli_run_submit},
    {"merge", "", NULL, "join the results of chopped windows to one recording",
     "Joins the results of the overlapping windows that prepare --chop made to one\n"
     "continuous recording. It needs --data_file, --train_run and --valid_run, --output.",
     &merge_flags, NULL, cli_run_merge},
    {"manual", "[--markdown]", NULL, "print the manual page's source, or --markdown: all flags",
     "Prints the source of the manual page (lfads manual | man -l -), or all flags as\n"
     "Markdown.",
     NULL, NULL, run_manual},
    {"help", "[COMMAND]", NULL, "list the commands, or a command's flags",
     "Lists the commands, or the flags of COMMAND.", NULL, NULL, run_help},
    {.name = NULL},
};

/* For scripts that call the original program. */
static const struct command by_kind = {.name = "--kind=KIND",
                                       .arguments = "",
                                       .help =
                                           "Does what --kind says, as the original's script did.",
                                       .flags = &run_flags};

static int print_usage(void)
{
    puts("LFADS: denoised firing rates, factors and inferred inputs from spike recordings.\n\n"
         "Usage: lfads COMMAND [--flag=value ...]\n");
    for (const struct command *c = commands; c->name; c++)
        printf("  %-17s %s\n", c->name, c->about);
    puts("\nFirst steps, on made data:\n"
         "  lfads synth chaotic --save_dir=data --datafile_name=chaotic\n"
         "  lfads train data/chaotic_dataset_N50_S50 --lfads_save_dir=model\n"
         "  lfads posterior-mean model\n"
         "  lfads evaluate model --figure=rates.png\n"
         "  lfads report model\n"
         "\n"
         "Of a recording of yours (NWB, MATLAB, NumPy, CSV) lfads prepare makes an HDF5\n"
         "file with train_data and valid_data [trials,bins,channels].\n"
         "\n"
         "lfads COMMAND --help lists a command's flags; lfads --version says how the\n"
         "program was built and what it computes on. Called as run_lfads, or without a\n"
         "command, --kind=KIND says what to do, as the original's script took it.");
    return cli_flush() == 0 ? EXIT_FINE : EXIT_RUN_TIME;
}

static const struct command *find_command(const char *name)
{
    for (const struct command *c = commands; c->name; c++)
        if (strcmp(name, c->name) == 0)
            return c;
    return NULL;
}

static int refuse_command(const char *name)
{
    const char *names[sizeof commands / sizeof commands[0]], *nearest;
    size_t count = 0;

    for (const struct command *c = commands; c->name; c++)
        names[count++] = c->name;
    nearest = lfads_nearest(name, names, count, NULL);
    if (*name == '-')
        fprintf(stderr, "lfads: a command comes before the flags: lfads --help lists them\n");
    else if (place_exists(name))
        fprintf(stderr,
                "lfads: there is no command %s, but a file or directory: a command comes first, as "
                "lfads train %s\n",
                name, name);
    else if (nearest)
        fprintf(stderr, "lfads: there is no command %s; did you mean %s?\n", name, nearest);
    else
        fprintf(stderr, "lfads: there is no command %s; lfads --help lists them\n", name);
    return EXIT_USAGE;
}

static int run_manual(const struct command *command, int argc, char **argv)
{
    (void)command;
    return cli_run_manual(commands, argc, argv);
}

static int run_help(const struct command *command, int argc, char **argv)
{
    const struct command *about = argc > 0 ? find_command(argv[0]) : NULL;

    if (argc > 0 && *argv[0] != '-' && !about)
        return refuse_command(argv[0]);
    return about && about != command ? cli_help("lfads", about) : print_usage();
}

/* Runs a command that is for one process. */
static int run_alone(const struct command *command, int argc, char **argv)
{
    struct lfads_ranks *ranks;
    struct lfads_error err;
    enum lfads_status status = lfads_ranks_join(&ranks, &err);

    if (status == LFADS_OK)
        status = cli_check_alone(ranks, command->name, &err);
    if (status != LFADS_OK)
        return cli_finish_together(ranks, status, &err);
    lfads_ranks_leave(ranks);
    return command->run(command, argc, argv);
}

static int run_command(const struct command *command, int argc, char **argv)
{
    if (command->run != run_help && cli_wants_help(argc, argv))
        return cli_help("lfads", command);
    if (argc == 1 && strcmp(argv[0], "--version") == 0)
        return cli_print_version();
    if (!command->flags || command->run == cli_run_model || command->run == cli_run_tune)
        return command->run(command, argc, argv);
    return run_alone(command, argc, argv);
}

static int run_kind(int argc, char **argv)
{
    if (cli_wants_help(argc, argv))
        return cli_help("run_lfads", &by_kind);
    return cli_run_kind(commands, argc, argv);
}

static bool is_called(const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');

    return strcmp(slash ? slash + 1 : path, name) == 0;
}

/* Returns whether an argument is --kind or --kind=..., as for the original's script. */
static bool names_kind(int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        const char *word = argv[i] + strspn(argv[i], "-");

        if (word != argv[i] && strncmp(word, "kind", 4) == 0 && (!word[4] || word[4] == '='))
            return true;
    }
    return false;
}

/* Opens what the caller has closed of the standard files, lest a file that is written later takes
 * its number and gets what is printed. */
static void open_standard_files(void)
{
    for (int file = STDIN_FILENO; file <= STDERR_FILENO; file++)
        if (fcntl(file, F_GETFD) < 0)
            open("/dev/null", O_RDWR); /* takes the lowest free number */
}

int main(int argc, char **argv)
{
    const struct command *command = argc > 1 ? find_command(argv[1]) : NULL;

    open_standard_files();
    if (argc > 1 && strcmp(argv[1], "--version") == 0)
        return cli_print_version();
    if (argc > 0 && is_called(argv[0], "run_lfads"))
        return run_kind(argc - 1, argv + 1);
    if (argc < 2) {
        fputs("lfads: denoised firing rates, factors and inferred inputs from spike recordings.\n"
              "lfads --help lists its commands and first steps, lfads COMMAND --help the flags.\n",
              stderr);
        return EXIT_USAGE;
    }
    if (command)
        return run_command(command, argc - 2, argv + 2);
    if (argv[1][0] == '-' && names_kind(argc - 1, argv + 1))
        return run_kind(argc - 1, argv + 1);
    if (cli_wants_help(argc - 1, argv + 1))
        return print_usage();
    return refuse_command(argv[1]);
}
