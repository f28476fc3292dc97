/* composition.cu - a GRU's time loop of products and elementwise kernels, bin by bin: for networks
 * and numbers of trials for which one kernel (sequence.cu) does not pay.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cuda/sequence.h"

void cuda_compose(SELF, const struct gru_sequence *s)
{
    size_t H = s->units, rows = s->rows;

    for (size_t i = 0; i < s->bins; i++) {
        size_t t = s->reverse ? s->bins - 1 - i : i, bin = s->one_bin ? 0 : t * rows;
        const float *h = s->h + (s->reverse ? t + 1 : t) * rows * H;
        float *ru = s->ru + bin * 2 * H, *rh = s->rh + bin * H, *c = s->c + bin * H;

        cuda_product(self, ru, 2 * H, h, H, false, s->h_ru, 2 * H, false, rows, 2 * H, H,
                     s->has_inputs);
        cuda_gru_gates(self, ru, rh, s->b_ru, h, rows, H);
        cuda_product(self, c, H, rh, H, false, s->rh_c, H, false, rows, H, H, s->has_inputs);
        cuda_gru_state(self, s->h + (s->reverse ? t : t + 1) * rows * H, c, s->b_c, ru, h, s->clip,
                       rows, H);
    }
}

void cuda_compose_backward(SELF, const struct gru_sequence *s)
{
    size_t H = s->units, rows = s->rows;

    for (size_t i = s->bins; i-- > 0;) {
        size_t t = s->reverse ? s->bins - 1 - i : i, bin = t * rows;
        const float *h = s->h + (s->reverse ? t + 1 : t) * rows * H;
        float *ru = s->ru + bin * 2 * H, *c = s->c + bin * H;

        if (s->dstates)
            cuda_add_masked(self, s->dh, H, s->dstates + bin * H, H,
                            s->mask ? s->mask + bin * H : NULL, H, rows, H);
        cuda_gru_state_backward(self, s->dh, c, ru, s->dh, h, s->clip, rows, H);
        cuda_product(self, s->drh, H, c, H, false, s->rh_c, H, false, rows, H, H, false);
        cuda_gru_gates_backward(self, s->dh, ru, s->drh, h, rows, H);
        cuda_product(self, s->dh, H, ru, 2 * H, false, s->h_ru, H, false, rows, H, 2 * H, true);
    }
}
