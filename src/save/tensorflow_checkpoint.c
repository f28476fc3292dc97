/* tensorflow_checkpoint.c - reads the checkpoints that the original wrote.
 * SPDX-License-Identifier: Apache-2.0 */
#include "save/tensorflow_checkpoint.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "save/original_hyperparams.h"
#include "tensorflow/bundle.h"

enum { NAME = 400 };

static enum lfads_status read_state(struct checkpoint *c, const struct bundle *bundle,
                                    const char *path, struct lfads_error *err)
{
    enum lfads_status status = bundle_read_integer(&c->step, bundle, "LFADS/global_step", err);

    if (status == LFADS_OK)
        status = bundle_read_real(&c->learning_rate, bundle, "LFADS/learning_rate", err);
    if (status != LFADS_OK)
        return status;
    if (!checkpoint_is_counter(c->step))
        return lfads_fail(err, LFADS_BAD_DATA, "%s: its step is %lld: it is damaged", path,
                          (long long)c->step);
    if (!isfinite(c->learning_rate) || c->learning_rate < 0)
        return lfads_fail(err, LFADS_BAD_DATA, "%s: its learning rate is %g: it is damaged", path,
                          c->learning_rate);
    return original_hyperparams_find(&c->hyperparameters, path, c->step, err);
}

enum lfads_status tensorflow_checkpoint_read(struct checkpoint *checkpoint, const char *path,
                                             struct lfads_error *err)
{
    struct bundle *bundle;
    enum lfads_status status;

    /* the original, too, begins its record of costs anew */
    *checkpoint = (struct checkpoint){.tensorflow = true, .lowest_valid = HUGE_VAL};
    status = bundle_open(&bundle, path, err);
    if (status == LFADS_OK)
        status = read_state(checkpoint, bundle, path, err);
    bundle_close(bundle);
    return status;
}

/* Reads a parameter's matrix, VARIABLE, to its place in VECTOR. */
static enum lfads_status read_matrix(real *vector, const struct param *param,
                                     const struct bundle *bundle,
                                     const struct bundle_variable *variable, const char *path,
                                     struct lfads_error *err)
{
    if (!bundle_is_matrix(variable, param->rows, param->cols))
        return checkpoint_has_other_shape(path, param, err);
    return bundle_read_reals(vector + param->offset, bundle, variable, err);
}

static enum lfads_status read_parameters(real *vector, const struct bundle *bundle,
                                         const struct model *model, bool *fresh, const char *path,
                                         struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < model->n_params && status == LFADS_OK; i++) {
        const struct param *p = &model->params[i];
        const struct bundle_variable *variable = bundle_find(bundle, p->name);

        if (variable)
            status = read_matrix(vector, p, bundle, variable, path, err);
        else if (p->session == PARAM_SHARED)
            status = lfads_fail(err, LFADS_BAD_DATA,
                                "%s has no variable %s: flags or data are not those that it was "
                                "trained with",
                                path, p->name);
        else if (fresh)
            fresh[p->session] = true;
        else
            status = checkpoint_lacks_session(path, model, p->session, err);
    }
    return status;
}

/* Finds the slot of a parameter. TensorFlow puts the scope in which the optimizer was made before
 * the parameter's name, which has that scope already; without a scope the name stands alone. */
static const struct bundle_variable *find_slot(const struct bundle *bundle,
                                               const struct param *param, enum optimizer_slot slot)
{
    static const char *const prefixes[] = {"LFADS/", ""};
    static const char *const suffixes[OPTIMIZER_SLOTS] = {[ADAM_M] = "Adam", [ADAM_V] = "Adam_1"};
    const struct bundle_variable *found = NULL;

    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes && !found; i++) {
        char name[NAME];

        snprintf(name, sizeof name, "%s%s/%s", prefixes[i], param->name, suffixes[slot]);
        found = bundle_find(bundle, name);
    }
    return found;
}

static enum lfads_status read_slots(real *vector, enum optimizer_slot slot,
                                    const struct bundle *bundle, const struct model *model,
                                    const char *path, struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < model->n_params && status == LFADS_OK; i++) {
        const struct param *p = &model->params[i];
        const struct bundle_variable *variable = find_slot(bundle, p, slot);

        if (variable)
            status = read_matrix(vector, p, bundle, variable, path, err);
        else
            memset(vector + p->offset, 0, p->rows * p->cols * sizeof *vector);
    }
    return status;
}

enum lfads_status tensorflow_checkpoint_read_parameters(const struct param_vectors *vectors,
                                                        const char *path, const struct model *model,
                                                        bool *fresh, struct lfads_error *err)
{
    struct bundle *bundle;
    enum lfads_status status = bundle_open(&bundle, path, err);

    if (status == LFADS_OK)
        status = read_parameters(vectors->parameters, bundle, model, fresh, path, err);
    for (int i = 0; i < OPTIMIZER_SLOTS && status == LFADS_OK; i++)
        if (vectors->slots[i])
            status =
                read_slots(vectors->slots[i], (enum optimizer_slot)i, bundle, model, path, err);
    bundle_close(bundle);
    return status;
}

enum lfads_status tensorflow_checkpoint_has(bool *has, const char *path, const char *name,
                                            struct lfads_error *err)
{
    struct bundle *bundle;
    enum lfads_status status = bundle_open(&bundle, path, err);

    *has = status == LFADS_OK && bundle_find(bundle, name);
    bundle_close(bundle);
    return status;
}
