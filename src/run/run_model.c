/* run_model.c - makes the model of a run: for its data, or for the data that its checkpoint was
 * trained on.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "config/distribution.h"
#include "run/run_private.h"

enum lfads_status run_find_readin(enum readin_use *readin, const struct hyperparams_data *known,
                                  const struct trained *trained, const char *checkpoint,
                                  struct lfads_error *err)
{
    char name[400];
    bool has = true;
    enum lfads_status status = LFADS_OK;

    if (known->count == 1) {
        snprintf(name, sizeof name, "LFADS/x_2_infac_%s/W", known->sessions[0].name);
        if (trained)
            has = trained_has(trained, name);
        else
            status = checkpoint_has(&has, checkpoint, name, err);
    }
    *readin = has ? READIN_MAP : READIN_CHANNELS;
    return status;
}

/* What the data say about a session. */
static struct model_session of_data(const struct session *s)
{
    struct model_session session = {.shape.channels = s->channels,
                                    .shape.heldout = s->channels - s->encoded_channels,
                                    .shape.checksum = session_checksum(s),
                                    .has_encoded = s->has_encoded,
                                    .encoded_bins = s->encoded_bins,
                                    .alignment_matrix = s->alignment_matrix,
                                    .alignment_bias = s->alignment_bias};

    snprintf(session.shape.name, sizeof session.shape.name, "%s", s->name);
    return session;
}

enum lfads_status run_make_model(struct run *run, struct lfads_error *err)
{
    const struct dataset *data = run->dataset;
    const struct hyperparams_data *known = &run->known;
    size_t count = data ? data->count : known->count;
    struct model_session *sessions = calloc(count, sizeof *sessions);
    enum lfads_status status;

    if (!sessions)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a model");
    for (size_t i = 0; i < count; i++)
        sessions[i] = data ? of_data(data->sessions[i])
                           : (struct model_session){.shape = known->sessions[i],
                                                    .encoded_bins = known->encoded_bins};
    sessions[0].readin = known->count ? run->readin : READIN_BY_ALIGNMENT;
    sessions[0].has_readout = known->count > 1;
    status = model_create(&run->model, run->config, data ? data->bins : known->bins, sessions,
                          count, err);
    free(sessions);
    return status;
}
