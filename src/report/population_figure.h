/* population_figure.h - draws what a population of trainings did over its generations.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_REPORT_POPULATION_FIGURE_H
#define LFADS_REPORT_POPULATION_FIGURE_H
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct population_figure {
    const char *title;
    size_t generations, members, columns;
    size_t scores;            /* columns, the first ones, that are scores */
    const char *const *names; /* [columns] */
    const bool *logs;         /* [columns]: the logarithm is drawn */
    const double *values;     /* [generations,members,columns]; NaN: none */
    const size_t *parents;    /* [generations,members]: whose state a member began with */
    size_t best;              /* the member of the last generation whose ancestors are marked */
};

/* Writes a PNG to PATH, complete or not at all: a panel a column, in which each member is joined to
 * its parent. Fails without memory too. */
enum lfads_status population_figure_write(const char *path, const struct population_figure *figure,
                                          struct lfads_error *err);
#endif
