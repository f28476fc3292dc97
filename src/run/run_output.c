/* run_output.c - where a run's results go, and the hyperparameters beside them (files.md, "Where
 * results go").
 * SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "run/run_private.h"
#include "save/index.h"

enum { AROUND = 8 }; /* bytes of the names of what is in progress beyond the results' own */

void run_output_directory(char directory[FILE_PATH], const struct lfads_config *config)
{
    if (*config->output_dir)
        snprintf(directory, FILE_PATH, "%s", config->output_dir);
    else if (*config->output_filename_stem == '/')
        path_directory(directory, config->output_filename_stem);
    else
        snprintf(directory, FILE_PATH, "%s", config->lfads_save_dir);
}

/* Makes a directory of results. */
static enum lfads_status make_directory(const char *directory, const struct lfads_config *config,
                                        struct lfads_error *err)
{
    struct lfads_error reason;
    enum lfads_status status = file_make_directory(directory, &reason);

    if (status == LFADS_OK)
        return LFADS_OK;
    return lfads_fail(err, status, "%.700s%s", reason.text,
                      *config->output_dir ? "" : "; --output_dir=DIR puts results elsewhere");
}

enum lfads_status run_output_path(char path[FILE_PATH], const struct lfads_config *config,
                                  const char *name, struct lfads_error *err)
{
    char directory[FILE_PATH] = "";

    if (*name != '/')
        run_output_directory(directory, config);
    return file_join(path, directory, name, err);
}

enum lfads_status run_make_directory_of(const char *path, const struct lfads_config *config,
                                        struct lfads_error *err)
{
    char directory[FILE_PATH];

    path_directory(directory, path);
    return make_directory(directory, config, err);
}

enum lfads_status run_results_path(char path[FILE_PATH], const struct lfads_config *config,
                                   const char *label, const char *set, const char *kind,
                                   struct lfads_error *err)
{
    const char *stem = config->output_filename_stem;
    char name[FILE_PATH];

    if (snprintf(name, sizeof name, "%s%s_%s_%s", *stem ? stem : "model_runs_", label, set, kind) >=
        FILE_PATH)
        return lfads_fail(err, LFADS_USAGE, "--output_filename_stem=%.200s... is too long", stem);
    if (strlen(path_name(name)) > NAME_MAX - AROUND)
        return lfads_fail(err, LFADS_USAGE,
                          "results would be called %.300s, which is longer than a file's name may "
                          "be: rename the data file, or choose a shorter --output_filename_stem",
                          name);
    return run_output_path(path, config, name, err);
}

/* The hyperparameters are in the save directory, as the original's, unless results alone may be
 * written. */
static void hyperparams_directory(char directory[FILE_PATH], const struct lfads_config *config)
{
    run_output_directory(directory, config);
    if (!*config->output_dir && access(config->lfads_save_dir, W_OK | X_OK) == 0)
        snprintf(directory, FILE_PATH, "%s", config->lfads_save_dir);
}

enum lfads_status run_write_hyperparams(struct run *run, const char *kind, struct lfads_error *err)
{
    char name[64], directory[FILE_PATH], path[FILE_PATH], *text = NULL;
    enum lfads_status status = lfads_config_set(run->config, "kind", kind, err);

    snprintf(name, sizeof name, "hyperparameters-%lld.txt",
             (long long)index_step(run->checkpoint_path));
    hyperparams_directory(directory, run->config);
    if (status == LFADS_OK)
        status = make_directory(directory, run->config, err);
    if (status == LFADS_OK)
        status = file_join(path, directory, name, err);
    if (status == LFADS_OK)
        status = run_hyperparams(&text, run, err);
    if (status == LFADS_OK)
        status = file_write_text(path, text, err);
    free(text);
    return status;
}
