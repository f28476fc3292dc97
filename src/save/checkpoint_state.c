/* checkpoint_state.c - what the readers of checkpoints share.
 * SPDX-License-Identifier: Apache-2.0 */
#include "save/checkpoint_state.h"

#include <stdlib.h>

#define MAX_COUNTER INT64_C(1000000000000000) /* greatest step, epoch or batch in a file */

void checkpoint_release(struct checkpoint *checkpoint)
{
    free(checkpoint->costs);
    free(checkpoint->hyperparameters);
    checkpoint->costs = NULL;
    checkpoint->hyperparameters = NULL;
}

bool checkpoint_is_counter(int64_t number) { return number >= 0 && number <= MAX_COUNTER; }

enum lfads_status checkpoint_lacks_session(const char *path, const struct model *model, int session,
                                           struct lfads_error *err)
{
    return lfads_fail(err, LFADS_BAD_DATA,
                      "%s was not trained on session %s: choose other data, or train on "
                      "this session too",
                      path, model->sessions[session].name);
}

enum lfads_status checkpoint_has_other_shape(const char *path, const struct param *param,
                                             struct lfads_error *err)
{
    return lfads_fail(err, LFADS_BAD_DATA,
                      "%s: %s has not the model's shape [%zu,%zu]: flags or data are not "
                      "those that it was trained with",
                      path, param->name, param->rows, param->cols);
}
