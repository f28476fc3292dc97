/* config_match.c - the flags of a run beside those of the checkpoint that it begins with.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "config/config.h"

/* Whether the flag shapes the parameters or the reading of data. Those of the group model do,
 * except some that only set first values or limits. */
static bool shapes_model(const struct flag *flag)
{
    static const char *const exceptions[] = {"cell_weight_scale",
                                             "gen_cell_input_weight_scale",
                                             "gen_cell_rec_weight_scale",
                                             "ic_prior_var_scale",
                                             "prior_ar_atau",
                                             "prior_ar_nvar",
                                             "co_prior_var_scale",
                                             "num_steps_for_gen_ic",
                                             "ic_post_var_min",
                                             "ic_prior_var_min",
                                             "ic_prior_var_max",
                                             "cell_clip_value",
                                             "gaussian_var_min",
                                             "zig_scale_init",
                                             "ic_prior_scale",
                                             "co_prior_scale"};

    if (strcmp(flag->name, "output_dist") == 0 || strcmp(flag->name, "preset") == 0)
        return true;
    for (size_t i = 0; i < sizeof exceptions / sizeof exceptions[0]; i++)
        if (strcmp(flag->name, exceptions[i]) == 0)
            return false;
    return flag->group == FLAG_MODEL;
}

static const struct flag *flag_at(size_t index) { return &config_table()->flags[index]; }

static bool differs(const struct lfads_config *config, const struct lfads_config *saved,
                    const struct flag *flag)
{
    return shapes_model(flag) && !flag_equal(config, saved, flag);
}

/* Writes the checkpoint's values of all flags that differ from it, as a user types them. */
static void remedy_text(char *text, size_t size, const struct lfads_config *config,
                        const struct lfads_config *saved)
{
    size_t length = 0;

    *text = 0;
    for (size_t i = 0; i < CONFIG_FLAGS && length < size; i++) {
        char value[200];

        if (!differs(config, saved, flag_at(i)))
            continue;
        flag_text(value, sizeof value, saved, flag_at(i));
        length += (size_t)snprintf(text + length, size - length, "%s--%s=%s", length ? " " : "",
                                   flag_at(i)->name, value);
    }
}

static enum lfads_status refuse_change(const struct lfads_config *config,
                                       const struct lfads_config *saved, size_t index,
                                       const char *remedy, struct lfads_error *err)
{
    char ours[200], theirs[200];

    flag_text(ours, sizeof ours, config, flag_at(index));
    flag_text(theirs, sizeof theirs, saved, flag_at(index));
    return lfads_fail(
        err, LFADS_USAGE,
        "--%s=%s%s contradicts the checkpoint in %s, which has --%s=%s: %s, or choose "
        "another --lfads_save_dir",
        flag_at(index)->name, ours, config->given[index] ? "" : ", the default,",
        config->lfads_save_dir, flag_at(index)->name, theirs, remedy);
}

enum lfads_status config_match(const struct lfads_config *config, const struct lfads_config *saved,
                               struct lfads_error *err)
{
    char typed[600], remedy[640];

    remedy_text(typed, sizeof typed, config, saved);
    snprintf(remedy, sizeof remedy, "train with %s", typed);
    for (size_t i = 0; i < CONFIG_FLAGS; i++)
        if (differs(config, saved, flag_at(i)))
            return refuse_change(config, saved, i, remedy, err);
    return LFADS_OK;
}

/* Whether a flag says what the run does now, not what it is: the learning rate is set back once. */
static bool is_of_one_start(const struct flag *flag)
{
    return flag->group == FLAG_RUN || strcmp(flag->name, "do_reset_learning_rate") == 0;
}

enum lfads_status config_inherit(struct lfads_config *config, const struct lfads_config *saved,
                                 struct lfads_error *err)
{
    char text[512];

    for (size_t i = 0; i < CONFIG_FLAGS; i++) {
        enum lfads_status status;

        if (is_of_one_start(flag_at(i)))
            continue;
        if (config->given[i]) {
            if (differs(config, saved, flag_at(i)))
                return refuse_change(config, saved, i, "leave the flag out", err);
            continue;
        }
        status = flag_set(config, config_table(), i,
                          flag_value(text, sizeof text, saved, flag_at(i)), err);
        if (status != LFADS_OK)
            return status;
    }
    return LFADS_OK;
}
