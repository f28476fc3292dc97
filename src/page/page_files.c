/* page_files.c - finds the files that a report is made of.
 * SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "config/preset.h"
#include "infer/find_runs.h"
#include "infer/posterior.h"
#include "page/page.h"
#include "save/checkpoint.h"
#include "save/index.h"
#include "save/original_hyperparams.h"

/* Calls VISIT with each name in DIRECTORY until it returns false. */
static void visit_names(const char *directory, bool (*visit)(void *payload, const char *name),
                        void *payload)
{
    DIR *dir = opendir(directory);

    for (const struct dirent *entry; dir && (entry = readdir(dir));)
        if (!visit(payload, entry->d_name))
            break;
    if (dir)
        closedir(dir);
}

/* The latest hyperparameters by the step in the name. */
struct latest {
    char name[256];
    int64_t step;
};

static bool take_latest(void *payload, const char *name)
{
    struct latest *latest = payload;
    int64_t step;

    if (hyperparams_step(&step, name) && step > latest->step) {
        latest->step = step;
        snprintf(latest->name, sizeof latest->name, "%s", name);
    }
    return true;
}

/* Takes the hyperparameters of the checkpoint, which is all that a training on arrays in memory
 * saves. */
static enum lfads_status take_from_checkpoint(struct page *p)
{
    struct checkpoint checkpoint = {.step = 0};
    enum lfads_status status =
        index_latest(p->hyperparams_file, p->what->save_dir, "checkpoint", p->err);

    if (status == LFADS_OK && !*p->hyperparams_file)
        return lfads_fail(p->err, LFADS_USAGE,
                          "%s has neither hyperparameters-<step>.txt nor a checkpoint: a report "
                          "needs the save directory of a training",
                          p->what->save_dir);
    if (status == LFADS_OK)
        status = checkpoint_read(&checkpoint, p->hyperparams_file, p->err);
    if (status == LFADS_OK) {
        p->hyperparams = checkpoint.hyperparameters;
        checkpoint.hyperparameters = NULL;
    }
    checkpoint_release(&checkpoint);
    return status;
}

static enum lfads_status read_flags(struct page *p)
{
    struct latest latest = {.step = -1};
    enum lfads_status status;

    if (!path_is_directory(p->what->save_dir))
        return lfads_fail(p->err, LFADS_USAGE,
                          "%s is no directory, and a report needs the save directory of a training",
                          p->what->save_dir);
    visit_names(p->what->save_dir, take_latest, &latest);
    if (*latest.name) {
        status = file_join(p->hyperparams_file, p->what->save_dir, latest.name, p->err);
        if (status == LFADS_OK)
            status = file_read_text(&p->hyperparams, p->hyperparams_file, p->err);
    } else {
        status = take_from_checkpoint(p);
    }
    if (status == LFADS_OK)
        status = lfads_config_create(&p->config, p->err);
    if (status == LFADS_OK)
        status = hyperparams_read(p->config, p->hyperparams, p->hyperparams_file, p->err);
    return status;
}

static enum lfads_status read_costs(struct page *p)
{
    char path[FILE_PATH], name[300];
    enum lfads_status status;

    snprintf(name, sizeof name, "%.256s.csv", p->config->csv_log);
    status = file_join(path, p->what->save_dir, name, p->err);
    if (status == LFADS_OK)
        status = costs_table_read(&p->costs, path, p->err);
    if (status == LFADS_OK)
        status = file_join(path, p->what->save_dir, "lfads_log", p->err);
    return status == LFADS_OK ? events_read(&p->learning_rate, path, "LFADS/Learning_rate", p->err)
                              : status;
}

/* Sets *CONFIG to flags that name the model and its data. */
static enum lfads_status name_model(struct lfads_config **config, const struct page *p)
{
    enum lfads_status status = lfads_config_create(config, p->err);

    if (status == LFADS_OK)
        status = lfads_config_set(*config, "lfads_save_dir", p->what->save_dir, p->err);
    if (status == LFADS_OK && p->what->output_dir)
        status = lfads_config_set(*config, "output_dir", p->what->output_dir, p->err);
    return status == LFADS_OK && p->what->data_dir
               ? lfads_config_set(*config, "data_dir", p->what->data_dir, p->err)
               : status;
}

/* Runs the model on the means of the posteriors: of the checkpoint of lowest validation cost, if
 * the preset is not the original's, which takes the last one. */
static enum lfads_status compute(const struct page *p)
{
    static const char lve[] = "checkpoint_lve";
    struct lfads_config *config;
    char path[FILE_PATH];
    enum lfads_status status = name_model(&config, p);

    if (status == LFADS_OK)
        status = file_join(path, p->what->save_dir, lve, p->err);
    if (status == LFADS_OK && !preset_is_original(p->config) && file_exists(path))
        status = lfads_config_set(config, "checkpoint_pb_load_name", lve, p->err);
    if (status == LFADS_OK)
        status = posterior_mean(config, p->what->data, p->callbacks, p->err);
    lfads_config_free(config);
    return status;
}

/* Takes the sessions that have results; those of validation trials come first. */
static enum lfads_status take_runs(struct page *p)
{
    p->sessions = calloc(p->runs->count + 1, sizeof *p->sessions);
    if (!p->sessions)
        return lfads_fail(p->err, LFADS_NO_MEMORY, "no memory for %zu sessions", p->runs->count);
    for (size_t i = 0; i < p->runs->count; i++) {
        const struct lfads_run_files *run = p->runs->run[i];

        if (run->model_run_file)
            p->sessions[p->count++] = (struct page_session){.name = run->session,
                                                            .data_file = run->data_file,
                                                            .run_file = run->model_run_file,
                                                            .set = run->set};
        else
            snprintf(p->missing + strlen(p->missing), sizeof p->missing - strlen(p->missing),
                     "%s%s", *p->missing ? ", " : "", run->session);
    }
    return LFADS_OK;
}

enum lfads_status page_find(struct page *page)
{
    struct page *p = page;
    struct lfads_config *config = NULL;
    enum lfads_status status = read_flags(p);

    if (status == LFADS_OK)
        status = read_costs(p);
    if (status == LFADS_OK)
        status = name_model(&config, p);
    if (status == LFADS_OK &&
        runs_find(&p->runs, config, p->what->data, NULL, NULL) == LFADS_BAD_DATA)
        status = compute(p); /* whatever else is wrong, this says, too */
    if (status == LFADS_OK && !p->runs)
        status = runs_find(&p->runs, config, p->what->data, NULL, p->err);
    lfads_config_free(config);
    return status == LFADS_OK ? take_runs(p) : status;
}

void page_release(struct page *page)
{
    free(page->hyperparams);
    lfads_config_free(page->config);
    costs_table_free(&page->costs);
    events_scalar_free(&page->learning_rate);
    for (size_t i = 0; i < page->count && page->sessions; i++)
        page_release_session(&page->sessions[i]);
    free(page->sessions);
    lfads_runs_free(page->runs);
}
