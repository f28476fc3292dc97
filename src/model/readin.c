/* readin.c - the encoders' input (model.md 1): the data after dropout, through the session's affine
 * map into factors or the identity, and then the external inputs.
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/parts.h"

/* Whether dropout is after the read-in. Without a read-in the places are one. */
static bool masks_after(const struct shard *s)
{
    return s->data_mask && s->model->dropout_after_readin && !s->model->identity_readin;
}

/* Whether the encoders read the copy of the data that encode_data makes: then it is an operand. */
static bool reads_copy(const struct shard *s) { return s->enc_in == s->encoded_copy; }

struct operand encoders_input(const struct shard *s)
{
    size_t width = model_encoder_inputs(s->model, s->session);

    return reads_copy(s) ? operand_in(s->be, operand_array(s->be, s->enc_in, width))
                         : operand_of(s->enc_in, width);
}

/* Where a copy of the data comes from. */
struct source {
    const real *x, *mask;
    size_t ld, ldm;
};

/* Sets COUNT rows of encoded, from row FIRST on, in the last copy of them or not. */
static void copy_data(struct shard *s, const struct source *from, size_t n, size_t first,
                      size_t count, bool is_last)
{
    const struct backend *be = s->be;
    const real *x = from->x + first * from->ld;
    const real *mask = from->mask ? from->mask + first * from->ldm : NULL;

    if (is_last && reads_copy(s))
        be->copy_operand(be, matrix_from(operand_array(be, s->encoded, n), first), 0, x, from->ld,
                         mask, from->ldm, count, n);
    else
        be->copy_masked(be, s->encoded + first * n, n, x, from->ld, mask, from->ldm, count, n);
}

/* Sets encoded [rows,n] to the data after sample validation, coordinated dropout and
 * dropout, unless it is the data.
 */
static void encode_data(struct shard *s, size_t n, size_t rows)
{
    const struct model *m = s->model;
    const bool masked = s->data_mask && !masks_after(s);
    struct source from = {.x = s->data[TRIAL_ENCODED],
                          .ld = m->encodes_observed ? model_channels(m, s->session) : n};

    if (s->sv_mask) {
        from.mask = s->sv_mask;
        from.ldm = n;
        copy_data(s, &from, n, 0, rows, !s->cd_mask && !masked);
        from = (struct source){.x = s->encoded, .ld = n};
    }
    if (s->cd_mask || from.ld != n) {
        size_t whole = s->cd_mask ? m->segment * s->trials : 0;

        copy_data(s, &from, n, 0, whole, !masked);
        from.mask = s->cd_mask;
        from.ldm = model_cd_channels(m, s->session);
        copy_data(s, &from, n, whole, rows - whole, !masked);
        from = (struct source){.x = s->encoded, .ld = n};
    }
    if (masked || s->encoded != from.x) {
        from.mask = masked ? s->data_mask : NULL;
        from.ldm = n;
        copy_data(s, &from, n, 0, rows, true);
    }
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
