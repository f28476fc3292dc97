/* weights.c - the weights of the entries' terms in the likelihood and in its gradient: missing data,
 * sample validation, coordinated dropout (modern.md 1, 5, 6).
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/parts.h"

/* Multiplies the weights of what the encoders may read by modern.md (5.1). */
static void weigh_sv(struct shard *s)
{
    const struct model *m = s->model;
    size_t n = model_channels(m, s->session), encoded = model_encoded_channels(m, s->session);
    size_t rows = m->encoded_bins * s->trials;

    s->be->clear(s->be, s->sv_mask, rows * encoded);
    s->be->add_scaled(s->be, s->sv_mask, &s->scales[SCALE_SV], s->data[TRIAL_SV], rows * encoded);
    if (s->entry_weight != s->missing_weight)
        s->be->copy_masked(s->be, s->entry_weight, n, s->missing_weight, n, NULL, 0,
                           m->bins * s->trials, n);
    s->be->copy_masked(s->be, s->entry_weight, n, s->entry_weight, n, s->sv_mask, encoded, rows,
                       encoded);
}

void weights_forward(struct shard *s)
{
    const struct model *m = s->model;
    size_t n = model_channels(m, s->session);

    if (s->missing_weight)
        s->be->take_missing(s->be, s->missing_weight, s->data[TRIAL_OBSERVED],
                            &s->scales[SCALE_ENTRIES], m->bins * s->trials * n);
    if (s->sv_mask)
        weigh_sv(s);
    if (s->gradient_weight)
        s->be->gradient_weights(s->be, s->gradient_weight, s->entry_weight, s->cd_mask, s->cd_pass,
                                m->bins, s->trials, n, model_cd_bins(m),
                                model_cd_channels(m, s->session));
}
