/* change_flag.c - sets a flag of an open run and makes the model's options anew.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run/change_flag.h"

#include <string.h>

#include "run/run_private.h"

/* Flags of training whose effect is made once: lists of batches, stored numbers, memory. */
static bool is_made_once(const char *name)
{
    static const char *const names[] = {"batch_size",
                                        "batch_remainder",
                                        "batch_sessions",
                                        "sv_rate",
                                        "sv_seed",
                                        "preset",
                                        "learning_rate_n_to_compare",
                                        "do_reset_learning_rate",
                                        "ps_samples"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static enum lfads_status check_flag(const char *name, struct lfads_error *err)
{
    int index = flag_find(config_table(), name);

    if (index < 0)
        return lfads_fail(err, LFADS_USAGE, "there is no flag --%.100s", name);
    if (config_table()->flags[index].group != FLAG_TRAINING || is_made_once(name))
        return lfads_fail(err, LFADS_USAGE,
                          "--%s can't be changed in a training that has begun: create another "
                          "training with it",
                          name);
    return LFADS_OK;
}

/* Whether both models have the same parameters in the same places. */
static bool are_alike(const struct model *a, const struct model *b)
{
    bool alike = a->size == b->size && a->n_params == b->n_params;

    for (size_t i = 0; i < a->n_params && alike; i++)
        alike =
            a->params[i].offset == b->params[i].offset && a->params[i].rows == b->params[i].rows;
    return alike;
}

static void swap(struct model *a, struct model *b)
{
    struct model other = *a;

    *a = *b;
    *b = other;
}

/* Makes the model for RUN's flags; its contents go to RUN's model, which is to be elsewhere. */
static enum lfads_status remake(struct run *run, struct flag_change *before, const char *name,
                                struct lfads_error *err)
{
    struct model *model = run->model;
    enum lfads_status status = config_check(run->config, err);

    if (status == LFADS_OK)
        status = run_check_jitter(run, err);
    if (status == LFADS_OK)
        status = run_make_model(run, err);
    before->model = run->model;
    run->model = model;
    if (status != LFADS_OK)
        return status;
    if (!are_alike(before->model, model)) {
        model_free(before->model);
        return lfads_fail(err, LFADS_USAGE,
                          "--%s can't be changed in a training that has begun: create another "
                          "training with it",
                          name);
    }
    swap(before->model, model);
    return LFADS_OK;
}

enum lfads_status change_flag(struct run *run, struct flag_change *before, const char *name,
                              const char *value, struct lfads_error *err)
{
    struct lfads_config *config;
    enum lfads_status status = check_flag(name, err);

    if (status != LFADS_OK)
        return status;
    config = config_copy(run->config);
    if (!config)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a configuration");
    status = lfads_config_set(config, name, value, err);
    if (status != LFADS_OK) {
        lfads_config_free(config);
        return status;
    }
    before->config = run->config;
    run->config = config;
    status = remake(run, before, name, err);
    if (status != LFADS_OK) {
        run->config = before->config;
        lfads_config_free(config);
    }
    return status;
}

void change_flag_keep(struct flag_change *before)
{
    lfads_config_free(before->config);
    model_free(before->model);
}

void change_flag_undo(struct run *run, struct flag_change *before)
{
    lfads_config_free(run->config);
    run->config = before->config;
    swap(before->model, run->model);
    model_free(before->model);
}
