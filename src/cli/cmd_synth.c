/* cmd_synth.c - making synthetic data.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/terminal.h"
#include "config/parse.h"
#include "config/synth_config.h"

static const char about[] =
    "Usage: lfads synth GENERATOR [--flag=value ...]\n"
    "\n"
    "Makes a synthetic data set. Generators:\n"
    "  chaotic   a chaotic recurrent network, seen through counts or noisy reals;\n"
    "            with S below N, several sessions\n"
    "  labeled   two chaotic networks; which one made a trial is its external input\n"
    "  itb       a network that integrates its input to a bound; trained the first\n"
    "            time";

static enum lfads_status set_flag(void *payload, size_t place, const char *text,
                                  struct lfads_error *err)
{
    return flag_set(payload, synth_config_table(), place, text, err);
}

int command_synth(int argc, char **argv)
{
    struct lfads_synth_config *config;
    struct lfads_callbacks callbacks;
    struct terminal terminal;
    struct lfads_error err;
    enum lfads_status status;

    if (cli_wants_help(argc, argv))
        return cli_help(about, synth_config_table());
    if (argc < 1 || argv[0][0] == '-') {
        fprintf(stderr,
                "lfads: synth needs the name of a generator first: chaotic, labeled or itb\n");
        return EXIT_USAGE;
    }
    status = lfads_synth_config_create(&config, &err);
    if (status == LFADS_OK)
        status = parse_flags(argc - 1, argv + 1, synth_config_table(), set_flag, config, &err);
    if (status == LFADS_OK) {
        terminal_begin(&terminal, &callbacks, false);
        status = lfads_synth(argv[0], config, &callbacks, &err);
        terminal_end(&terminal);
    }
    lfads_synth_config_free(config);
    if (status == LFADS_INTERRUPTED && terminal_signal()) {
        cli_finish(status, &err);
        return 128 + terminal_signal();
    }
    return cli_finish(status, &err);
}
