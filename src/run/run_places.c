/* run_places.c - where a run's data are: where flags say, or where they were when the model was
 * trained, or beside a save directory that was moved together with them.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "config/file_list.h"
#include "run/run_private.h"
#include "save/ranking.h"

static bool is_given(const struct lfads_config *config, const char *name)
{
    return config->given[flag_find(config_table(), name)];
}

/* Sets flag NAME without marking it as given. */
static enum lfads_status set(struct lfads_config *config, const char *name, const char *text,
                             struct lfads_error *err)
{
    return flag_set(config, config_table(), (size_t)flag_find(config_table(), name), text, err);
}

/* Cuts a member's directory off PATH, so that the directory remains of which it is a member. */
static void leave_members(char *path)
{
    char *name = path + (path_name(path) - path), *members = name - strlen(RANKING_MEMBERS);

    if (*name && strspn(name, "0123456789") == strlen(name) && members > path &&
        strncmp(members, RANKING_MEMBERS, strlen(RANKING_MEMBERS)) == 0 && members[-1] == '/')
        members[-1] = 0;
}

/* Sets NOW to where THEN, an absolute path of the training, is now: as far from the save directory
 * as it was, if that was moved from their common directory and something is there; else THEN. A
 * member's model may be that on top of all members now. */
static void locate(char now[FILE_PATH], const char *then, const struct run *p)
{
    char known[FILE_PATH], parent[FILE_PATH], save[FILE_PATH], here[FILE_PATH];
    size_t length;

    snprintf(known, sizeof known, "%s", p->known.save_path);
    leave_members(known);
    path_directory(parent, known);
    length = strlen(parent);
    if (*p->known.save_path && strncmp(then, parent, length) == 0 && then[length] == '/' &&
        path_of_directory(save, p->config->lfads_save_dir) &&
        strcmp(save, p->known.save_path) != 0) {
        leave_members(save);
        path_directory(here, save);
        if (file_join(now, here, then + length + 1, NULL) == LFADS_OK && file_exists(now))
            return;
    }
    snprintf(now, FILE_PATH, "%s", then);
}

/* Locates the directory of data that the checkpoint names. */
static enum lfads_status locate_directory(struct run *p, struct lfads_error *err)
{
    const char *then = p->known.data_path;
    char now[FILE_PATH], same[FILE_PATH];

    if (!*then && strcmp(p->config->data_dir, RUN_MEMORY) == 0 && p->use != RUN_MODEL)
        return lfads_fail(err, LFADS_BAD_DATA,
                          "the model in %s was trained on arrays in memory: name data files after "
                          "it, or say with --data_dir and --data_filename_stem where they are",
                          p->config->lfads_save_dir);
    if (!*then)
        return LFADS_OK; /* of an earlier program: the flag's text is all that is known */
    locate(now, then, p);
    if (path_of_directory(same, p->config->data_dir) && strcmp(same, now) == 0)
        return LFADS_OK;
    if (path_is_directory(now))
        return set(p->config, "data_dir", now, err);
    if (path_is_directory(p->config->data_dir) || p->use == RUN_MODEL)
        return LFADS_OK;
    return lfads_fail(err, LFADS_BAD_DATA,
                      "the data that the model in %s was trained on were in %s, and that is not "
                      "there: --data_dir=DIR says where they are now",
                      p->config->lfads_save_dir, then);
}

/* Adds file THEN of the training to LIST: in --data_dir if that is given, else where it is now. */
static enum lfads_status locate_file(char **list, const char *then, const struct run *p,
                                     struct lfads_error *err)
{
    char now[FILE_PATH];
    enum lfads_status status = LFADS_OK;

    if (is_given(p->config, "data_dir"))
        status = file_join(now, p->config->data_dir, path_name(then), err);
    else
        locate(now, then, p);
    if (status == LFADS_OK && p->use != RUN_MODEL && !file_exists(now))
        status = lfads_fail(err, LFADS_BAD_DATA,
                            "the data file %s that the model in %s was trained on is not there: "
                            "--data_dir=DIR says where it is now%s",
                            now, p->config->lfads_save_dir,
                            p->use == RUN_TRIALS ? "; data files that are there can be named "
                                                   "after the save directory"
                                                 : "");
    if (status == LFADS_OK && !file_list_add(list, now))
        status = lfads_fail(err, LFADS_NO_MEMORY, "no memory for a list of data files");
    return status;
}

/* Makes the paths of the given files absolute. */
static enum lfads_status complete_files(struct lfads_config *config, struct lfads_error *err)
{
    const char *at = config->data_files;
    char path[FILE_PATH], absolute[FILE_PATH], *list = NULL;
    enum lfads_status status = LFADS_OK;

    while (status == LFADS_OK && file_list_next(path, &at))
        if (!file_list_add(&list, path_of_file(absolute, path) ? absolute : path))
            status = lfads_fail(err, LFADS_NO_MEMORY, "no memory for a list of data files");
    if (status == LFADS_OK)
        status = set(config, "data_files", list ? list : "", err);
    free(list);
    return status;
}

/* Names the data as the run does that lends them. */
static enum lfads_status borrow_places(struct run *p, struct lfads_error *err)
{
    const struct lfads_config *lent = p->request.beside->config;
    enum lfads_status status = set(p->config, "data_dir", lent->data_dir, err);

    if (status == LFADS_OK)
        status = set(p->config, "data_filename_stem", lent->data_filename_stem, err);
    return status == LFADS_OK ? set(p->config, "data_files", lent->data_files, err) : status;
}

enum lfads_status run_locate_data(struct run *run, const struct lfads_config *saved,
                                  struct lfads_error *err)
{
    struct run *p = run;
    struct lfads_config *config = p->config;
    bool directory = is_given(config, "data_dir"), stem = is_given(config, "data_filename_stem");
    char path[FILE_PATH], *list = NULL;
    const char *at;
    enum lfads_status status = LFADS_OK;

    if (p->request.beside && p->use == RUN_TRIALS)
        return borrow_places(p, err);
    if (*config->data_files && is_given(config, "data_files"))
        return directory || stem
                   ? lfads_fail(err, LFADS_USAGE,
                                "data files and --%s are two ways to name the data: leave one out",
                                directory ? "data_dir" : "data_filename_stem")
                   : complete_files(config, err);
    if (!saved)
        return LFADS_OK;
    if (!directory)
        status = set(config, "data_dir", saved->data_dir, err);
    if (status == LFADS_OK && !stem)
        status = set(config, "data_filename_stem", saved->data_filename_stem, err);
    if (status == LFADS_OK)
        status = set(config, "data_files", stem ? "" : saved->data_files, err);
    if (status != LFADS_OK)
        return status;
    if (!*config->data_files)
        return directory ? LFADS_OK : locate_directory(p, err);
    for (at = saved->data_files; status == LFADS_OK && file_list_next(path, &at);)
        status = locate_file(&list, path, p, err);
    if (status == LFADS_OK)
        status = set(config, "data_files", list, err);
    free(list);
    return status;
}
