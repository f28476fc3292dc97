/* lineage.c - the table of costs of the best model: each generation's rows are those of the
 * member that was its ancestor then. SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tune/tuning.h"

/* Appends to OUT the rows of the table PATH whose epochs are those of GENERATION. */
static enum lfads_status append_rows(FILE *out, const char *path, const struct tuning *t,
                                     size_t generation, struct lfads_error *err)
{
    int64_t begin = generation ? tuning_epochs(t, generation - 1, 0) : 0;
    int64_t last = tuning_epochs(t, generation, 0), end = last ? last : INT64_MAX;
    char *text, *rest;
    enum lfads_status status;

    if (!file_exists(path))
        return LFADS_OK;
    status = file_read_text(&text, path, err);
    if (status != LFADS_OK)
        return status;
    rest = text;
    for (char *line; (line = strsep(&rest, "\n"));) {
        int64_t epoch;

        if (sscanf(line, "epoch,%" SCNd64, &epoch) == 1 && epoch >= begin && epoch < end)
            fprintf(out, "%s\n", line);
    }
    free(text);
    return LFADS_OK;
}

/* Appends the rows of all generations: first those of the ancestors. */
static enum lfads_status append_all(FILE *out, const struct tuning *t, const char *name,
                                    size_t best, struct lfads_error *err)
{
    size_t *ancestor = calloc(t->population.done, sizeof *ancestor), member = best;
    enum lfads_status status = LFADS_OK;

    if (!ancestor)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a table of costs");
    for (size_t g = t->population.done; g-- > 0;) {
        ancestor[g] = member;
        member = population_generation(&t->population, g)[member].parent;
    }
    for (size_t g = 0; g < t->population.done && status == LFADS_OK; g++) {
        char directory[FILE_PATH], path[FILE_PATH];

        status = member_directory(directory, t, ancestor[g], err);
        if (status == LFADS_OK)
            status = file_join(path, directory, name, err);
        if (status == LFADS_OK)
            status = append_rows(out, path, t, g, err);
    }
    free(ancestor);
    return status;
}

enum lfads_status tuning_write_costs(const struct tuning *tuning, size_t best,
                                     struct lfads_error *err)
{
    const char *csv_log = tuning->base->config->csv_log;
    char name[FILE_PATH], path[FILE_PATH], *text = NULL;
    size_t length;
    FILE *out;
    enum lfads_status status;

    if (!*csv_log)
        return LFADS_OK;
    snprintf(name, sizeof name, "%.1000s.csv", csv_log);
    status = file_join(path, tuning->directory, name, err);
    if (status != LFADS_OK)
        return status;
    out = open_memstream(&text, &length);
    if (!out)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to write %s", path);
    status = append_all(out, tuning, name, best, err);
    return file_write_stream(path, out, &text, status, err);
}
