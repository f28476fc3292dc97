/* weights.c - the weights of the entries' terms in the likelihood and its gradient: missing data,
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
                           m->data_bins * s->trials, n);
    s->be->copy_masked(s->be, s->entry_weight, n, s->entry_weight, n, s->sv_mask, encoded, rows,
                       encoded);
}

/* modern.md (1.2). Bins of the segment are not masked, so they pass their gradients. */
static void weigh_gradient(struct shard *s)
{
    const struct model *m = s->model;
    size_t n = model_channels(m, s->session), channels = model_cd_channels(m, s->session);
    size_t rows = m->segment * s->trials, skip = rows * channels;
    const real *base = s->entry_weight;

    if (rows)
        s->be->gradient_weights(s->be, s->gradient_weight, base, s->cd_mask, NULL, m->segment,
                                s->trials, n, 0, 0);
    s->be->gradient_weights(s->be, s->gradient_weight + rows * n, base ? base + rows * n : NULL,
                            s->cd_mask + skip, s->cd_pass ? s->cd_pass + skip : NULL,
                            m->data_bins - m->segment, s->trials, n, model_cd_bins(m) - m->segment,
                            channels);
}

void weights_forward(struct shard *s)
{
    const struct model *m = s->model;
    size_t n = model_channels(m, s->session);

    if (s->missing_weight)
        s->be->take_missing(s->be, s->missing_weight, s->data[TRIAL_OBSERVED],
                            &s->scales[SCALE_ENTRIES], m->data_bins * s->trials * n);
    if (s->sv_mask)
        weigh_sv(s);
    if (s->gradient_weight)
        weigh_gradient(s);
}
