/* version.c - prints `lfads --version`.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "cli/cli.h"

int cli_print_version(void)
{
    char info[16384]; /* a few lines, one with a path */

    lfads_build_info(info, sizeof info);
    printf("lfads %s\n%s", lfads_version(), info);
    return cli_flush() == 0 ? EXIT_FINE : EXIT_RUN_TIME;
}
