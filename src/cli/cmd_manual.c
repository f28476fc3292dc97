/* cmd_manual.c - the manual page and the documentation of all flags, from the tables of flags.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "config/help.h"
#include "config/synth_config.h"

static const char about[] =
    "Usage: lfads manual [--markdown]\n"
    "\n"
    "Prints the source of the manual page (lfads manual | man -l -), or all flags as Markdown.";

/* The tables and the commands that they are of. */
struct part {
    const char *commands;
    const struct flag_table *(*table)(void);
};

static const struct part parts[] = {
    {"train, posterior-sample, posterior-mean, prior-sample, write-params", config_table},
    {"synth", synth_config_table},
    {"evaluate", evaluate_table},
};
enum { PARTS = sizeof parts / sizeof parts[0] };

static void print_page(void)
{
    printf(".TH LFADS 1 \"\" \"lfads %s\" \"User Commands\"\n"
           ".\\\" Names are not to be broken.\n.nh\n.ad l\n"
           ".SH NAME\n"
           "lfads \\- denoised firing rates, factors and inferred inputs from spike recordings\n"
           ".SH SYNOPSIS\n"
           ".B lfads\n.I COMMAND\n.RI [ \\-\\-flag=value \" ...]\"\n.br\n"
           ".B run_lfads\n.BI \\-\\-kind= KIND\n.RI [ \\-\\-flag=value \" ...]\"\n"
           ".SH DESCRIPTION\n"
           "Latent Factor Analysis via Dynamical Systems: a recurrent generator is trained to\n"
           "explain single trials of spike counts (or real numbers), and encoders to find each\n"
           "trial's initial condition and inputs. Flags, files and numbers are those of the\n"
           "original TensorFlow program; called as run_lfads it takes that program's words.\n"
           ".SH COMMANDS\n",
           lfads_version());
    for (const struct command *c = cli_commands; c->name; c++)
        printf(".TP\n.B %s\n%s\n", c->name, c->about);
    for (int i = 0; i < PARTS; i++) {
        printf(".SH FLAGS OF %s\n", parts[i].commands);
        help_write(stdout, parts[i].table(), HELP_MAN);
    }
    puts(".PP\n"
         "A flag is written \\-\\-name=value, \\-\\-name value or \\-name=value; a boolean also\n"
         "\\-\\-name or \\-\\-noname. The last of several counts. \\-\\-flagfile=FILE reads flags "
         "from\n"
         "a file, one a line. Other commands than train take from the save directory's checkpoint\n"
         "what is not given.\n"
         ".SH EXIT STATUS\n"
         "0: done. 1: it failed while running. 2: a flag or a file's contents are wrong; nothing\n"
         "was written. 128 + signal: stopped; the same command continues a training.\n"
         ".SH FILES\n"
         "The data directory holds an HDF5 file a session. The save directory holds checkpoints,\n"
         "fitlog.csv, TensorBoard's lfads_log and the results.\n"
         ".SH EXAMPLE\n"
         ".nf\n"
         "lfads synth chaotic \\-\\-save_dir=data \\-\\-datafile_name=chaotic\n"
         "lfads train \\-\\-data_dir=data \\-\\-data_filename_stem=chaotic "
         "\\-\\-lfads_save_dir=model \\e\n"
         "    \\-\\-factors_dim=20 \\-\\-co_dim=0 \\-\\-max_epochs=100\n"
         "lfads posterior\\-sample \\-\\-lfads_save_dir=model\n"
         ".fi\n"
         ".SH SEE ALSO\n"
         "Pandarinath et al., Nature Methods 15 (2018); Sussillo et al., arXiv 1608.06315.");
}

static void print_markdown(void)
{
    puts("# Flags\n\nWritten by `lfads manual --markdown`; `lfads COMMAND --help` shows the same.");
    for (int i = 0; i < PARTS; i++) {
        printf("\n## %s\n", parts[i].commands);
        help_write(stdout, parts[i].table(), HELP_MARKDOWN);
    }
}

int command_manual(int argc, char **argv)
{
    if (cli_wants_help(argc, argv)) {
        puts(about);
        return EXIT_FINE;
    }
    if (argc > 1 || (argc == 1 && strcmp(argv[0], "--markdown") != 0)) {
        fprintf(stderr, "lfads: manual takes nothing or --markdown, not %s\n", argv[argc - 1]);
        return EXIT_USAGE;
    }
    if (argc == 1)
        print_markdown();
    else
        print_page();
    return fflush(stdout) == 0 ? EXIT_FINE : EXIT_RUN_TIME;
}
