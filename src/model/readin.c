/* readin.c - the encoders' input (model.md 1): the data after dropout, through the session's affine
 * map into factors or the identity, and then the external inputs.
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/parts.h"

/* Whether dropout is after the read-in. Without a read-in the places are one. */
static bool masks_after(const struct shard *s)
{
    return s->data_mask && s->model->dropout_after_readin && !s->model->identity_readin;
}

/* Sets encoded [rows,n] to the data after sample validation, coordinated dropout and
 * dropout, unless it is the data.
 */
static void encode_data(struct shard *s, size_t n, size_t rows)
{
    const struct model *m = s->model;
    const struct backend *be = s->be;
    const real *from = s->data[TRIAL_ENCODED];
    size_t ld = m->encodes_observed ? model_channels(m, s->session) : n;

    if (s->sv_mask) {
        be->copy_masked(be, s->encoded, n, from, ld, s->sv_mask, n, rows, n);
        from = s->encoded;
        ld = n;
    }
    if (s->cd_mask || ld != n) {
        size_t whole = s->cd_mask ? m->segment * s->trials : 0;
        size_t ldm = model_cd_channels(m, s->session);

        be->copy_masked(be, s->encoded, n, from, ld, NULL, 0, whole, n);
        be->copy_masked(be, s->encoded + whole * n, n, from + whole * ld, ld,
                        s->cd_mask ? s->cd_mask + whole * ldm : NULL, ldm, rows - whole, n);
        from = s->encoded;
    }
    if (s->data_mask && !masks_after(s))
        be->copy_masked(be, s->encoded, n, from, n, s->data_mask, n, rows, n);
    else if (s->encoded != from)
        be->copy_masked(be, s->encoded, n, from, n, NULL, 0, rows, n);
}

/* enc_in = (dropout(encoded) W + b) ⊕ dropout(ext): model.md (1.1), (1.2), (1.4). The arrays are
 * one if nothing changes the data. */
void readin_forward(struct shard *s)
{
    const struct model *m = s->model;
    const struct backend *be = s->be;
    size_t n = model_encoded_channels(m, s->session), in = model_encoder_inputs(m, s->session);
    size_t rows = m->encoded_bins * s->trials, data_width = m->identity_readin ? n : m->readin;

    encode_data(s, n, rows);
    if (!m->identity_readin) {
        linear_forward(be, s->enc_in, in, &s->w.readin, s->encoded, rows);
        if (masks_after(s))
            be->copy_masked(be, s->enc_in, in, s->enc_in, in, s->data_mask, data_width, rows,
                            data_width);
    } else if (s->enc_in != s->encoded) {
        be->copy_masked(be, s->enc_in, in, s->encoded, n, NULL, 0, rows, data_width);
    }
    if (in > data_width)
        be->copy_masked(be, s->enc_in + data_width, in, s->data[TRIAL_EXT], m->ext_inputs,
                        s->ext_mask, m->ext_inputs, rows, m->ext_inputs);
}

void readin_backward(struct shard *s)
{
    const struct model *m = s->model;
    size_t rows = m->encoded_bins * s->trials, f = m->readin;

    if (m->identity_readin)
        return;
    if (masks_after(s))
        s->be->copy_masked(s->be, s->dreadin, f, s->dreadin, f, s->data_mask, f, rows, f);
    linear_backward(s->be, &s->dw.readin, s->dreadin, s->encoded, rows);
}
