/* change_flags.c - goes on with other flags between epochs.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "train/training_private.h"

/* Copies parameters and slots of the training to LEARNER. */
static enum lfads_status hand_over(struct learner *learner, const struct training *t,
                                   struct lfads_error *err)
{
    struct param_vectors from, to = learner_download(learner);
    size_t bytes = t->run->model->size * sizeof(real);
    enum lfads_status status = training_vectors(&from, t, err);

    if (status != LFADS_OK)
        return status;
    memcpy(to.parameters, from.parameters, bytes);
    for (int slot = 0; slot < OPTIMIZER_SLOTS; slot++)
        memcpy(to.slots[slot], from.slots[slot], bytes);
    learner_upload(learner);
    return LFADS_OK;
}

enum lfads_status training_take_flags(struct training *training, bool rate, struct lfads_error *err)
{
    struct training *t = training;
    struct learner_options options = training_learner_options(t->run);
    struct learner *learner = NULL;
    enum lfads_status status = learner_create(&learner, t->run->be, t->run->model, &options, err);

    if (status == LFADS_OK)
        status = hand_over(learner, t, err);
    if (status != LFADS_OK) {
        learner_free(learner);
        return status;
    }
    learner_free(t->learner);
    t->learner = learner;
    device_trials_free(t->on_device);
    t->on_device = device_trials_create(t->run, options.batch_size);
    t->rules = training_rules(t);
    if (rate)
        t->schedule.learning_rate = (float)t->run->config->learning_rate_init;
    t->first_cost = 0; /* costs may be of another size */
    return LFADS_OK;
}
