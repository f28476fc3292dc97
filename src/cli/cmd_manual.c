/* cmd_manual.c - the manual page and the documentation of all flags, from the tables of flags.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/help.h"

/* Writes a section for each table of flags, titled with the commands that share it, which are
 * neighbours in COMMANDS. */
static void print_flags(const struct command *commands, const char *heading, enum help_form form)
{
    const struct command *c = commands;

    while (c->name) {
        const struct command *first = c;

        if (c->flags)
            printf("%s", heading);
        for (; c->name && c->flags == first->flags; c++)
            if (c->flags)
                printf("%s%s", c == first ? "" : ", ", c->name);
        if (first->flags) {
            putchar('\n');
            help_write(stdout, first->flags, form, false);
        }
    }
}

static void print_page(const struct command *commands)
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
    for (const struct command *c = commands; c->name; c++)
        printf(".TP\n.B %s\n%s\n", c->name, c->about);
    print_flags(commands, ".SH FLAGS OF ", HELP_MAN);
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
         "lfads train data/chaotic_dataset_N50_S50 \\-\\-lfads_save_dir=model\n"
         "lfads posterior\\-sample model\n"
         "lfads evaluate model\n"
         ".fi\n"
         ".SH SEE ALSO\n"
         "Pandarinath et al., Nature Methods 15 (2018); Sussillo et al., arXiv 1608.06315.");
}

static void print_markdown(const struct command *commands)
{
    puts("# Flags\n\nWritten by `lfads manual --markdown`; `lfads COMMAND --help` shows the same.");
    print_flags(commands, "\n## ", HELP_MARKDOWN);
}

int cli_run_manual(const struct command *commands, int argc, char **argv)
{
    if (argc > 1 || (argc == 1 && strcmp(argv[0], "--markdown") != 0)) {
        fprintf(stderr, "lfads: manual takes nothing or --markdown, not %s\n", argv[argc - 1]);
        return EXIT_USAGE;
    }
    if (argc == 1)
        print_markdown(commands);
    else
        print_page(commands);
    return cli_flush() == 0 ? EXIT_FINE : EXIT_RUN_TIME;
}
