/* figures.c - writes figures as lines of text or as one JSON object.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "bench.h"

void figures_begin(struct figures *figures, const struct options *options, const char *what)
{
    *figures = (struct figures){.json = options->json};
    if (figures->json)
        printf("{\"bench\": \"%s\"", what);
    else
        printf("%s\n", what);
}

void figures_text(struct figures *figures, const char *name, const char *value)
{
    figures->count++;
    if (figures->json)
        printf(", \"%s\": \"%s\"", name, value);
    else
        printf("  %-34s %s\n", name, value);
}

void figures_number(struct figures *figures, const char *name, double value, const char *unit)
{
    figures->count++;
    if (figures->json)
        printf(", \"%s\": %.6g", name, value);
    else
        printf("  %-34s %10.4g %s\n", name, value, unit);
}

void figures_end(struct figures *figures)
{
    if (figures->json)
        printf("}\n");
    fflush(stdout);
}
