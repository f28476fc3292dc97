/* kernels.c - the table of operations for one instruction set. What has nothing to gain from
 * vectors is the reference's own.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cpu/kernels.h"

#include "backend/cpu/cpu.h"
#include "backend/host_memory.h"
#include "backend/reference/reference.h"

const struct backend *KERNEL(table)(void)
{
    static const struct backend table = {
        .name = "cpu",
        HOST_MEMORY,
        .product = KERNEL(product),
        .transpose = KERNEL(transpose),
        .set_rows = reference_set_rows,
        .sum_rows = KERNEL(sum_rows),
        .copy_masked = KERNEL(copy_masked),
        .add_masked = KERNEL(add_masked),
        .repeat_rows = reference_repeat_rows,
        .clear = reference_clear,
        .clear_sums = reference_clear_sums,
        .gather_trials = reference_gather_trials,
        .average_samples = reference_average_samples,
        .normalise_columns = reference_normalise_columns,
        .normalise_columns_backward = reference_normalise_columns_backward,
        .gru_gates = KERNEL(gru_gates),
        .gru_state = KERNEL(gru_state),
        .gru_state_backward = KERNEL(gru_state_backward),
        .gru_gates_backward = KERNEL(gru_gates_backward),
        .floor_variance = reference_floor_variance,
        .floor_variance_backward = reference_floor_variance_backward,
        .sample = reference_sample,
        .sample_backward = reference_sample_backward,
        .prior_logvar = reference_prior_logvar,
        .prior_logvar_backward = reference_prior_logvar_backward,
        .kl_gaussian = reference_kl_gaussian,
        .kl_gaussian_backward = reference_kl_gaussian_backward,
        .ar1_stationary = reference_ar1_stationary,
        .kl_ar1 = reference_kl_ar1,
        .kl_ar1_backward = reference_kl_ar1_backward,
        .ar1_draw = reference_ar1_draw,
        .correlation = reference_correlation,
        .correlation_backward = reference_correlation_backward,
        .poisson = KERNEL(poisson),
        .poisson_backward = KERNEL(poisson_backward),
        .gaussian = reference_gaussian,
        .gaussian_backward = reference_gaussian_backward,
        .exponential = KERNEL(exponential),
        .normals = reference_normals,
        .dropout_mask = KERNEL(dropout_mask),
        .sum_squares = KERNEL(sum_squares),
        .add_scaled = KERNEL(add_scaled),
        .limit_update = reference_limit_update,
        .adam = KERNEL(adam),
    };

    return &table;
}
