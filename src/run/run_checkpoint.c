/* run_checkpoint.c - finds a run's checkpoint, and completes its flags from that or from the
 * preset. SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/path.h"
#include "config/hyperparams.h"
#include "config/preset.h"
#include "run/run_private.h"
#include "save/index.h"

/* Without the requested index training would begin afresh. Fails if the default index exists: a
 * fresh training would overwrite its checkpoints. */
static enum lfads_status refuse_afresh(const struct lfads_config *config, struct lfads_error *err)
{
    char path[FILE_PATH];
    enum lfads_status status = file_join(path, config->lfads_save_dir, "checkpoint", err);

    if (status != LFADS_OK || !file_exists(path))
        return status;
    return lfads_fail(
        err, LFADS_BAD_DATA,
        "--lfads_save_dir=%s has no file %s (--checkpoint_pb_load_name), and training "
        "afresh would write over the checkpoints that its file checkpoint names: "
        "leave the flag out or choose another --lfads_save_dir",
        config->lfads_save_dir, config->checkpoint_pb_load_name);
}

/* Adds to the sentence that the checkpoint can't be used which other one could be. */
static enum lfads_status offer_another(const struct run *p, struct lfads_error *err)
{
    const struct lfads_config *config = p->config;
    struct lfads_error why;
    char other[FILE_PATH];

    if (!err || !index_other(other, config->lfads_save_dir, path_name(p->checkpoint_path)))
        return LFADS_BAD_DATA;
    why = *err;
    return lfads_fail(err, LFADS_BAD_DATA,
                      "%.600s: to use another of this directory, put %.200s in its place in %.200s",
                      why.text, other, config->checkpoint_pb_load_name);
}

/* Reads the checkpoint, what it says about its data, and SAVED, its flags. */
static enum lfads_status read_checkpoint(struct run *p, struct lfads_config *saved,
                                         struct lfads_error *err)
{
    const char *path = p->checkpoint_path;
    const struct trained *trained = p->request.trained;
    enum lfads_status status = trained ? trained_copy_checkpoint(&p->checkpoint, trained, err)
                                       : checkpoint_read(&p->checkpoint, path, err);

    if (status == LFADS_BAD_DATA && !trained)
        return offer_another(p, err);
    if (status == LFADS_OK)
        status = hyperparams_read(saved, p->checkpoint.hyperparameters, path, err);
    if (status == LFADS_OK)
        status = hyperparams_read_data(&p->known, p->checkpoint.hyperparameters, path, err);
    if (status == LFADS_OK)
        status = run_find_readin(&p->readin, &p->known, trained, path, err);
    if (status != LFADS_OK || *saved->data_files)
        return status;
    p->known_stem = strdup(saved->data_filename_stem);
    return p->known_stem ? LFADS_OK : lfads_fail(err, LFADS_NO_MEMORY, "no memory for a run");
}

/* Completes the flags by SAVED, the checkpoint's. GIVES_ALL: flags that are not given have their
 * defaults, as in the original. */
static enum lfads_status complete_flags(struct run *p, const struct lfads_config *saved,
                                        bool gives_all, struct lfads_error *err)
{
    struct lfads_config *config = p->config;
    enum lfads_status status = LFADS_OK;

    if (!config->given[flag_find(config_table(), "preset")])
        status = preset_set(config, "preset", saved->preset, err);
    if (status == LFADS_OK)
        status = p->use == RUN_TRAINING && gives_all && preset_is_original(saved)
                     ? config_match(config, saved, err)
                     : config_inherit(config, saved, err);
    if (status != LFADS_OK || p->request.data)
        return status;
    return run_locate_data(p, saved, err);
}

/* Sets the path of the checkpoint; "": there is none. */
static enum lfads_status find_checkpoint(struct run *p, struct lfads_error *err)
{
    const struct lfads_config *config = p->config;

    *p->checkpoint_path = 0;
    if (p->request.trained)
        snprintf(p->checkpoint_path, FILE_PATH, "the model in memory");
    return p->request.trained || p->request.in_memory
               ? LFADS_OK
               : index_latest(p->checkpoint_path, config->lfads_save_dir,
                              config->checkpoint_pb_load_name, err);
}

/* Begins a training afresh. */
static enum lfads_status begin_afresh(struct run *p, struct lfads_error *err)
{
    enum lfads_status status = p->request.in_memory ? LFADS_OK : refuse_afresh(p->config, err);

    if (status == LFADS_OK && !p->request.data)
        status = run_locate_data(p, NULL, err);
    return status == LFADS_OK ? preset_apply(p->config, err) : status;
}

/* Fails because the save directory lacks the index that was asked for, and says what helps. */
static enum lfads_status no_checkpoint(const struct lfads_config *config, struct lfads_error *err)
{
    const char *name = config->checkpoint_pb_load_name, *directory = config->lfads_save_dir;
    char help[600] = "train first, or name the model's save directory", other[FILE_PATH];

    if (strcmp(name, "checkpoint") != 0 && file_is_in(directory, "checkpoint"))
        snprintf(help, sizeof help,
                 "it has a checkpoint: leave that flag out. checkpoint_lve is written once the "
                 "ramps are over (--kl_increase_steps, --l2_increase_steps) and validation trials "
                 "are scored");
    else if (strcmp(name, "checkpoint_lve") != 0 && file_is_in(directory, "checkpoint_lve"))
        snprintf(help, sizeof help,
                 "it has the model of lowest cost: --checkpoint_pb_load_name=checkpoint_lve");
    else if (index_other(other, directory, ""))
        snprintf(help, sizeof help,
                 "it has the model %.100s itself: copy that file too, or write it, a line of text: "
                 "model_checkpoint_path: \"%.100s\"",
                 other, other);
    return lfads_fail(err, LFADS_BAD_DATA,
                      "there is no checkpoint: --lfads_save_dir=%s has no file %s "
                      "(--checkpoint_pb_load_name); %s",
                      directory, name, help);
}

enum lfads_status run_open_checkpoint(struct run *run, struct lfads_error *err)
{
    struct run *p = run;
    struct lfads_config *config = p->config, *saved = NULL;
    bool gives_all = preset_is_original(config);
    enum lfads_status status = find_checkpoint(p, err);

    if (status != LFADS_OK)
        return status;
    if (!*p->checkpoint_path && p->use == RUN_TRAINING)
        return begin_afresh(p, err);
    if (!*p->checkpoint_path)
        return no_checkpoint(config, err);
    status = lfads_config_create(&saved, err);
    if (status != LFADS_OK)
        return status;
    status = read_checkpoint(p, saved, err);
    if (status == LFADS_OK)
        status = complete_flags(p, saved, gives_all, err);
    p->saved = saved;
    return status;
}
