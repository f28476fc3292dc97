/* read_folder.c - reads a folder as Kilosort and phy leave it: spike_times.npy (samples),
 * spike_clusters.npy, cluster_*.tsv and, in params.py, the rate of the samples.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "prepare/read.h"

/* Moves the arrays of the file NAME, if it is there, to VARIABLES. */
static enum lfads_status add_file(struct variables *variables, const char *name,
                                  enum lfads_status (*read)(struct variables *,
                                                            struct lfads_error *),
                                  struct lfads_error *err)
{
    struct variables *more = calloc(1, sizeof *more);
    enum lfads_status status;

    if (!more)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", variables->path);
    status = file_join(more->path, variables->path, name, err);
    if (status == LFADS_OK && file_exists(more->path))
        status = read(more, err);
    for (size_t i = 0; i < more->count && status == LFADS_OK; i++) {
        struct variable *from = &more->item[i], *to;

        if (variables_find(variables, from->name))
            continue;
        status = variables_add(&to, variables, from->name, from->rank, from->dims, err);
        if (status != LFADS_OK)
            break;
        to->numbers = from->numbers;
        to->texts = from->texts;
        from->numbers = NULL;
        from->texts = NULL;
    }
    variables_free(more);
    free(more);
    return status;
}

/* Reads the line "sample_rate = 30000." of params.py. */
static enum lfads_status read_rate(struct variables *variables, struct lfads_error *err)
{
    char path[FILE_PATH], *text = NULL, *at;
    enum lfads_status status = file_join(path, variables->path, "params.py", err);

    if (status != LFADS_OK || !file_exists(path))
        return status;
    status = file_read_text(&text, path, err);
    at = status == LFADS_OK ? strstr(text, "sample_rate") : NULL;
    at = at ? strchr(at, '=') : NULL;
    if (at && strtod(at + 1, NULL) > 0)
        variables->rate = strtod(at + 1, NULL);
    free(text);
    return status;
}

enum lfads_status read_folder(struct variables *variables, struct lfads_error *err)
{
    static const char *const tables[] = {"cluster_info.tsv", "cluster_group.tsv",
                                         "cluster_KSLabel.tsv"};
    enum lfads_status status = add_file(variables, "spike_times.npy", read_npy, err);

    if (status == LFADS_OK && !variables_find(variables, "spike_times"))
        return lfads_fail(err, LFADS_BAD_DATA,
                          "%s is a folder without spike_times.npy: name a file, or a folder that "
                          "Kilosort or phy has written",
                          variables->path);
    if (status == LFADS_OK)
        status = add_file(variables, "spike_clusters.npy", read_npy, err);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0] && status == LFADS_OK; i++)
        status = add_file(variables, tables[i], read_text_columns, err);
    return status == LFADS_OK ? read_rate(variables, err) : status;
}
