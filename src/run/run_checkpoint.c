/* run_checkpoint.c - finds a run's checkpoint, and completes its flags from that or from the
 * preset. SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

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

enum lfads_status run_open_checkpoint(struct run *run, bool training, struct lfads_error *err)
{
    struct run *p = run;
    struct lfads_config *config = p->config, *saved = NULL;
    bool gives_all = preset_is_original(config); /* flags that are not given have their defaults */
    enum lfads_status status = index_latest(p->checkpoint_path, config->lfads_save_dir,
                                            config->checkpoint_pb_load_name, err);

    if (status != LFADS_OK)
        return status;
    if (!*p->checkpoint_path && training) {
        status = refuse_afresh(config, err);
        return status == LFADS_OK ? preset_apply(config, err) : status;
    }
    if (!*p->checkpoint_path)
        return lfads_fail(err, LFADS_BAD_DATA,
                          "there is no checkpoint: --lfads_save_dir=%s has no file %s "
                          "(--checkpoint_pb_load_name); train first",
                          config->lfads_save_dir, config->checkpoint_pb_load_name);
    status = checkpoint_read(&p->checkpoint, p->checkpoint_path, err);
    if (status == LFADS_OK)
        status = lfads_config_create(&saved, err);
    if (status != LFADS_OK)
        return status;
    status = hyperparams_read(saved, p->checkpoint.hyperparameters, p->checkpoint_path, err);
    if (status == LFADS_OK && !config->given[flag_find(config_table(), "preset")])
        status = preset_set(config, "preset", saved->preset, err);
    if (status == LFADS_OK)
        status = training && gives_all && preset_is_original(saved)
                     ? config_match(config, saved, err)
                     : config_inherit(config, saved, err);
    p->saved = saved;
    return status;
}
