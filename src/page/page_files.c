/* page_files.c - finds the files that a report is made of.
 * SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "config/preset.h"
#include "page/page.h"

static const char *const kinds[] = {"posterior_sample_and_average", "posterior_push_mean"};

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
    static const char prefix[] = "hyperparameters-";
    struct latest *latest = payload;
    int64_t step;
    int end = 0;

    if (strncmp(name, prefix, sizeof prefix - 1) == 0 &&
        sscanf(name + sizeof prefix - 1, "%" SCNd64 ".txt%n", &step, &end) == 1 && end &&
        !name[(int)sizeof prefix - 1 + end] && step > latest->step) {
        latest->step = step;
        snprintf(latest->name, sizeof latest->name, "%s", name);
    }
    return true;
}

static enum lfads_status read_flags(struct page *p)
{
    struct latest latest = {.step = -1};
    enum lfads_status status;

    visit_names(p->what->save_dir, take_latest, &latest);
    if (!*latest.name)
        return lfads_fail(p->err, LFADS_USAGE,
                          "%s has no hyperparameters-<step>.txt: it is not the save directory of a "
                          "training",
                          p->what->save_dir);
    status = file_join(p->hyperparams_file, p->what->save_dir, latest.name, p->err);
    if (status == LFADS_OK)
        status = file_read_text(&p->hyperparams, p->hyperparams_file, p->err);
    if (status == LFADS_OK)
        status = lfads_config_create(&p->config, p->err);
    if (status == LFADS_OK)
        status = hyperparams_read(p->config, p->hyperparams, p->hyperparams_file, p->err);
    if (status == LFADS_OK)
        status = hyperparams_read_data(&p->data, p->hyperparams, p->hyperparams_file, p->err);
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

/* A data file: a stem, any character, a session's name. */
struct wanted {
    const char *stem, *session;
    char found[256];
};

static bool take_data(void *payload, const char *name)
{
    struct wanted *w = payload;
    size_t stem = strlen(w->stem);

    if (strncmp(name, w->stem, stem) != 0 || !name[stem] || *name == '.' ||
        strcmp(name + stem + 1, w->session) != 0)
        return true;
    snprintf(w->found, sizeof w->found, "%s", name);
    return false;
}

static enum lfads_status find_data(struct page_session *s, const struct page *p)
{
    const char *directory = p->what->data_dir ? p->what->data_dir : p->config->data_dir;
    struct wanted wanted = {.stem = p->config->data_filename_stem, .session = s->name};

    visit_names(directory, take_data, &wanted);
    if (!*wanted.found)
        return lfads_fail(p->err, LFADS_USAGE,
                          "there is no data file %s_%s in %s, where the model was trained: say "
                          "where it is by --data_dir",
                          wanted.stem, s->name, directory);
    return file_join(s->data_file, directory, wanted.found, p->err);
}

/* Sets PATH to the session's results of SET and KIND, to "" if there are none. */
static enum lfads_status find_run(char path[FILE_PATH], const struct page *p, const char *session,
                                  const char *set, const char *kind)
{
    const char *stem = p->config->output_filename_stem;
    char name[900];
    enum lfads_status status;

    snprintf(name, sizeof name, "%.300s%.256s_%s_%s", *stem ? stem : "model_runs_", session, set,
             kind);
    status = file_join(path, p->what->save_dir, name, p->err);
    if (status == LFADS_OK && !file_exists(path))
        *path = 0;
    return status;
}

/* Finds the results of the sessions; those of validation trials come first. */
static enum lfads_status find_runs(struct page *p)
{
    enum lfads_status status = LFADS_OK;

    p->count = 0;
    *p->missing = 0;
    for (size_t i = 0; i < p->data.count && status == LFADS_OK; i++) {
        struct page_session *s = &p->sessions[p->count];

        *s = (struct page_session){.name = p->data.sessions[i].name};
        for (size_t k = 0; k < 4 && status == LFADS_OK && !*s->run_file; k++) {
            status = find_run(s->run_file, p, s->name, k < 2 ? "valid" : "train", kinds[k % 2]);
            if (status == LFADS_OK && *s->run_file && k < 2)
                status = find_run(s->train_run_file, p, s->name, "train", kinds[k % 2]);
        }
        if (*s->run_file)
            p->count++;
        else
            snprintf(p->missing + strlen(p->missing), sizeof p->missing - strlen(p->missing),
                     "%s%s", *p->missing ? ", " : "", s->name);
    }
    return status;
}

/* Runs the model on the means of the posteriors: of the checkpoint of lowest validation cost, if
 * the preset is not the original's, which takes the last one. */
static enum lfads_status compute(const struct page *p)
{
    static const char lve[] = "checkpoint_lve";
    struct lfads_config *config;
    char path[FILE_PATH];
    enum lfads_status status = lfads_config_create(&config, p->err);

    if (status == LFADS_OK)
        status = lfads_config_set(config, "lfads_save_dir", p->what->save_dir, p->err);
    if (status == LFADS_OK && p->what->data_dir)
        status = lfads_config_set(config, "data_dir", p->what->data_dir, p->err);
    if (status == LFADS_OK)
        status = file_join(path, p->what->save_dir, lve, p->err);
    if (status == LFADS_OK && !preset_is_original(p->config) && file_exists(path))
        status = lfads_config_set(config, "checkpoint_pb_load_name", lve, p->err);
    if (status == LFADS_OK)
        status = lfads_posterior_mean(config, p->callbacks, p->err);
    lfads_config_free(config);
    return status;
}

enum lfads_status page_find(struct page *page)
{
    struct page *p = page;
    enum lfads_status status = read_flags(p);

    if (status == LFADS_OK)
        status = read_costs(p);
    if (status != LFADS_OK)
        return status;
    p->sessions = calloc(p->data.count + 1, sizeof *p->sessions);
    if (!p->sessions)
        return lfads_fail(p->err, LFADS_NO_MEMORY, "no memory for %zu sessions", p->data.count);
    status = find_runs(p);
    if (status == LFADS_OK && p->count == 0) {
        for (size_t i = 0; i < p->data.count && status == LFADS_OK; i++) {
            p->sessions[0] = (struct page_session){.name = p->data.sessions[i].name};
            status = find_data(&p->sessions[0], p); /* its sentence names the remedy */
        }
        if (status == LFADS_OK)
            status = compute(p);
        if (status == LFADS_OK)
            status = find_runs(p);
    }
    if (status == LFADS_OK && p->count == 0)
        return lfads_fail(p->err, LFADS_BAD_DATA, "%s has no results of any trial",
                          p->what->save_dir);
    for (size_t i = 0; i < p->count && status == LFADS_OK; i++)
        status = find_data(&p->sessions[i], p);
    return status;
}

void page_release(struct page *page)
{
    free(page->hyperparams);
    lfads_config_free(page->config);
    hyperparams_release_data(&page->data);
    costs_table_free(&page->costs);
    events_scalar_free(&page->learning_rate);
    for (size_t i = 0; i < page->count && page->sessions; i++)
        page_release_session(&page->sessions[i]);
    free(page->sessions);
}
