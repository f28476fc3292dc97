/* model.c - sizes that follow from a model's sizes and options.
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/model.h"

#include <string.h>

size_t model_channels(const struct model *model, size_t session)
{
    return model->sessions[session].channels;
}

size_t model_heldout(const struct model *model, size_t session)
{
    return model->sessions[session].heldout;
}

size_t model_outputs(const struct model *model, size_t session)
{
    return model->output->written * model_channels(model, session);
}

size_t model_trial_bins(const struct model *model, enum trial_array array)
{
    return array == TRIAL_ENCODED || array == TRIAL_SV ? model->encoded_bins : model->data_bins;
}

size_t model_read_bins(const struct model *model) { return model->encoded_bins - model->first; }

size_t model_trial_width(const struct model *model, size_t session, enum trial_array array)
{
    switch (array) {
    case TRIAL_OBSERVED:
        return model_channels(model, session);
    case TRIAL_ENCODED:
        return model->encodes_observed ? 0 : model_encoded_channels(model, session);
    case TRIAL_EXT:
        return model->ext_inputs;
    case TRIAL_SV:
        return model->sv_rate > 0 ? model_encoded_channels(model, session) : 0;
    case TRIAL_ARRAYS:
        break;
    }
    return 0;
}

size_t model_encoded_channels(const struct model *model, size_t session)
{
    return model_channels(model, session) - model_heldout(model, session);
}

size_t model_measured_entries(const struct model *model, size_t session, enum measure measure)
{
    switch (measure) {
    case MEASURE_READ:
    case MEASURE_SV:
        return model_read_bins(model) * model_encoded_channels(model, session);
    case MEASURE_HELDOUT:
        return model_read_bins(model) * model_heldout(model, session);
    case MEASURE_FORWARD:
        return (model->bins - model_read_bins(model)) * model_channels(model, session);
    case MEASURES:
        break;
    }
    return 0;
}

size_t model_data_mask_width(const struct model *model, size_t session)
{
    return model->dropout_after_readin && !model->identity_readin
               ? model->readin
               : model_encoded_channels(model, session);
}

bool model_masks_first_state(const struct model *model)
{
    return model->dropout_after_readin && model->feedback != FEED_NOTHING;
}

size_t model_cd_bins(const struct model *model)
{
    return model->cd_blocks_heldout ? model->data_bins : model->encoded_bins;
}

size_t model_cd_channels(const struct model *model, size_t session)
{
    return model->cd_blocks_heldout ? model_channels(model, session)
                                    : model_encoded_channels(model, session);
}

size_t model_encoder_inputs(const struct model *model, size_t session)
{
    size_t data_width =
        model->identity_readin ? model_encoded_channels(model, session) : model->readin;

    return data_width + (model->ext_to_generator ? 0 : model->ext_inputs);
}

static bool is_ic(enum encoder encoder) { return encoder == IC_FORWARD || encoder == IC_BACKWARD; }

bool model_has_encoder(const struct model *model, enum encoder encoder)
{
    if (is_ic(encoder))
        return model->ic_dim > 0;
    return model->co_dim > 0 && !(encoder == CI_BACKWARD && model->causal);
}

size_t model_encoder_bins(const struct model *model, enum encoder encoder)
{
    return is_ic(encoder) ? model->ic_bins : model->encoded_bins - model->segment;
}

size_t model_encoder_units(const struct model *model, enum encoder encoder)
{
    return is_ic(encoder) ? model->ic_enc : model->ci_enc;
}

size_t model_ci_width(const struct model *model)
{
    return model->causal ? model->ci_enc : 2 * model->ci_enc;
}

size_t model_fed_width(const struct model *model, size_t session)
{
    switch (model->feedback) {
    case FEED_FACTORS:
        return model->factors;
    case FEED_RATES:
        return model_channels(model, session);
    case FEED_NOTHING:
        break;
    }
    return 0;
}

size_t model_generator_inputs(const struct model *model)
{
    return model->co_dim + (model->ext_to_generator ? model->ext_inputs : 0);
}

const struct param *model_find_param(const struct model *model, const char *name)
{
    for (size_t i = 0; i < model->n_params; i++)
        if (strcmp(model->params[i].name, name) == 0)
            return &model->params[i];
    return NULL;
}

size_t model_parameters(const struct model *model)
{
    size_t count = 0;

    for (size_t i = 0; i < model->n_params; i++)
        count += model->params[i].rows * model->params[i].cols;
    return count;
}
