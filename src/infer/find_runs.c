/* find_runs.c - finds the results of a model, and the data files that they belong to. Entry points:
 * lfads_runs_find and lfads_runs_free of the public header.
 * SPDX-License-Identifier: Apache-2.0 */
#include "infer/find_runs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config/kinds.h"
#include "data/session.h"
#include "run/run.h"

/* Sets PATH to the latest results of a set of trials of the session LABEL; "" if there are none. */
static enum lfads_status find_latest(char path[FILE_PATH], const struct lfads_config *config,
                                     const char *label, const char *set, struct lfads_error *err)
{
    static const char *const kinds[] = {KIND_POSTERIOR_SAMPLE, KIND_POSTERIOR_MEAN};
    struct timespec latest = {.tv_sec = 0};

    *path = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        char candidate[FILE_PATH];
        struct stat info;
        enum lfads_status status = run_results_path(candidate, config, label, set, kinds[i], err);

        if (status != LFADS_OK)
            return status;
        if (stat(candidate, &info) != 0)
            continue;
        if (*path &&
            (info.st_mtim.tv_sec < latest.tv_sec ||
             (info.st_mtim.tv_sec == latest.tv_sec && info.st_mtim.tv_nsec <= latest.tv_nsec)))
            continue;
        latest = info.st_mtim;
        memcpy(path, candidate, sizeof candidate);
    }
    return LFADS_OK;
}

/* Sets RUN to the results of FILE's validation trials or, without these, training trials; or of SET
 * only. */
static enum lfads_status find_run(struct lfads_run_files *run, const struct session_file *file,
                                  const struct lfads_config *config, const char *set,
                                  struct lfads_error *err)
{
    static const enum session_set order[] = {SESSION_VALID, SESSION_TRAIN};
    char path[FILE_PATH] = "";
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < 2 && status == LFADS_OK && !*path; i++) {
        const char *name = session_set_name(order[i]);

        if (set && strcmp(set, name) != 0)
            continue;
        run->set = name;
        status = find_latest(path, config, file->label, name, err);
    }
    if (status != LFADS_OK)
        return status;
    run->session = strdup(file->name);
    run->data_file = strdup(file->path);
    run->model_run_file = *path ? strdup(path) : NULL;
    return run->session && run->data_file && (run->model_run_file || !*path)
               ? LFADS_OK
               : lfads_fail(err, LFADS_NO_MEMORY, "no memory for a list of results");
}

/* Fails because no file is of --session, and names the sessions that there are. */
static enum lfads_status refuse_session(const struct session_files *files,
                                        const struct lfads_config *config, struct lfads_error *err)
{
    char names[400] = "";
    size_t length = 0;

    for (size_t i = 0; i < files->count && length < sizeof names - 1; i++)
        length += (size_t)snprintf(names + length, sizeof names - length, "%s%.100s", i ? ", " : "",
                                   files->file[i].name);
    return lfads_fail(err, LFADS_USAGE, "--session=%s is no session of the data of %s: %s",
                      config->session, config->lfads_save_dir, names);
}

/* Whether the session is one that CONFIG asks for: with new trials --session says what they go
 * through, else which results are meant. */
static bool is_wanted(const struct session_file *file, const struct lfads_config *config)
{
    return !*config->session || strcmp(config->session, file->name) == 0;
}

static enum lfads_status find_all(struct lfads_runs *runs, const struct session_files *files,
                                  const struct lfads_config *config, const char *set,
                                  struct lfads_error *err)
{
    size_t found = 0;
    enum lfads_status status = LFADS_OK;

    runs->run = calloc(files->count, sizeof *runs->run);
    for (size_t i = 0; i < files->count && status == LFADS_OK; i++) {
        struct lfads_run_files *run;

        if (!is_wanted(&files->file[i], config))
            continue;
        run = runs->run ? calloc(1, sizeof *run) : NULL;
        if (!run)
            return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a list of results");
        runs->run[runs->count++] = run;
        status = find_run(run, &files->file[i], config, set, err);
        found += status == LFADS_OK && run->model_run_file;
    }
    if (status != LFADS_OK || found)
        return status;
    if (!runs->count)
        return refuse_session(files, config, err);
    return lfads_fail(
        err, LFADS_BAD_DATA, "there are no results of %s in %s: lfads posterior-sample makes them",
        files->file[0].path, *config->output_dir ? config->output_dir : config->lfads_save_dir);
}

enum lfads_status runs_find(struct lfads_runs **out, const struct lfads_config *config,
                            const struct lfads_data *data, const char *set, struct lfads_error *err)
{
    struct session_files files;
    struct lfads_runs *runs = calloc(1, sizeof *runs);
    enum lfads_status status;

    *out = NULL;
    if (!runs)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a list of results");
    status = data ? session_files_of_arrays(&files, data, NULL, err)
                  : run_find_files(&files, config, err);
    if (status == LFADS_OK)
        status = find_all(runs, &files, config, set, err);
    session_files_release(&files);
    if (status != LFADS_OK) {
        lfads_runs_free(runs);
        return status;
    }
    *out = runs;
    return LFADS_OK;
}

enum lfads_status lfads_runs_find(struct lfads_runs **out, const struct lfads_config *config,
                                  const char *set, struct lfads_error *err)
{
    if (out)
        *out = NULL;
    if (!out || !config)
        return lfads_fail_null(err, "lfads_runs_find", out ? "config" : "out");
    if (set && strcmp(set, "train") != 0 && strcmp(set, "valid") != 0)
        return lfads_fail(err, LFADS_USAGE, "lfads_runs_find: set is %s, and takes train or valid",
                          set);
    return runs_find(out, config, NULL, set, err);
}

void lfads_runs_free(struct lfads_runs *runs)
{
    if (!runs)
        return;
    for (size_t i = 0; i < runs->count; i++) {
        free(runs->run[i]->session);
        free(runs->run[i]->data_file);
        free(runs->run[i]->model_run_file);
        free(runs->run[i]);
    }
    free(runs->run);
    free(runs);
}
