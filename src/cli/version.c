/* version.c - what `lfads --version` prints.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "cli/cli.h"

int cli_print_version(void)
{
    printf("lfads %s\ncompiled with %s\n", lfads_version(), __VERSION__);
    return fflush(stdout) == 0 ? EXIT_FINE : EXIT_RUN_TIME;
}
