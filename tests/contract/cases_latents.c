/* cases_latents.c - cases of the operations on latents: variances, samples, priors and divergences.
 * SPDX-License-Identifier: Apache-2.0 */
#include "operation_case.h"

CASE(floor_variance) { be->floor_variance(be, case_output(a, rows * n, 3), (real)1e-4, rows * n); }

CASE(floor_variance_backward)
{
    real *logvar = case_input(a, rows * n, 1);

    be->floor_variance(be, logvar, (real)0.1, rows * n);
    be->floor_variance_backward(be, case_output(a, rows * n, 1), logvar, (real)0.1, rows * n);
}

CASE(saturate)
{
    real *x = case_output(a, rows * n, 1);

    reach_limits(x, rows * n);
    be->saturate(be, x, rows * n);
}

CASE(saturate_backward)
{
    real *x = case_input(a, rows * n, 1);

    reach_limits(x, rows * n);
    be->saturate(be, x, rows * n);
    be->saturate_backward(be, case_output(a, rows * n, 1), x, rows * n);
}

CASE(sample)
{
    be->sample(be, case_output(a, rows * (n + 2), 1), n + 2, case_input(a, rows * n, 1),
               case_input(a, rows * n, 1), case_input(a, rows * n, 1), rows, n);
}

CASE(sample_backward)
{
    be->sample_backward(be, case_output(a, rows * n, 1), case_output(a, rows * n, 1),
                        case_input(a, rows * (n + 1), 1), n + 1, case_input(a, rows * n, 1),
                        case_input(a, rows * n, 1), rows, n);
}

CASE(prior_logvar)
{
    real *p = case_input(a, n, 1);

    (void)rows;
    be->prior_logvar(be, case_output(a, n, 1), p, (real)0.05, (real)0.8, n);
    be->prior_logvar(be, case_output(a, n, 1), p, (real)0.1, (real)0.1, n);
}

CASE(prior_logvar_backward)
{
    (void)rows;
    be->prior_logvar_backward(be, case_output(a, n, 1), case_input(a, n, 1), case_input(a, n, 1),
                              (real)0.05, (real)0.8, n);
}

CASE(kl_gaussian)
{
    be->kl_gaussian(be, case_sums(a, rows), case_input(a, rows * n, 1), case_input(a, rows * n, 1),
                    case_input(a, n, 1), case_input(a, n, 1), 1, rows, n);
    be->kl_gaussian(be, case_sums(a, rows), case_input(a, BINS * rows * n, 1),
                    case_input(a, BINS * rows * n, 1), case_input(a, n, 1), case_input(a, n, 1),
                    BINS, rows, n);
}

CASE(kl_student)
{
    size_t count = BINS * rows * n;

    be->kl_student(be, case_sums(a, rows), case_input(a, count, 2), case_input(a, count, 1),
                   case_input(a, count, 2), case_input(a, n, 1), case_input(a, n, 1), 5, BINS, rows,
                   n);
}

CASE(kl_student_backward)
{
    be->kl_student_backward(be, case_output(a, rows * n, 1), case_output(a, rows * n, 1),
                            case_output(a, n, 1), case_output(a, n, 1), case_input(a, 1, 1),
                            case_input(a, rows * n, 2), case_input(a, n, 1), case_input(a, n, 1), 5,
                            rows, n);
}

CASE(kl_gaussian_backward)
{
    be->kl_gaussian_backward(be, case_output(a, rows * n, 1), case_output(a, rows * n, 1),
                             case_output(a, n, 1), case_output(a, n, 1), case_input(a, 1, 1),
                             case_input(a, rows * n, 1), case_input(a, rows * n, 1),
                             case_input(a, n, 1), case_input(a, n, 1), rows, n);
}

CASE(ar1_stationary)
{
    (void)rows;
    be->ar1_stationary(be, case_output(a, n, 1), case_output(a, n, 1), case_input(a, n, 1),
                       case_input(a, n, 1), n);
}

CASE(kl_ar1)
{
    size_t count = BINS * rows * n;

    be->kl_ar1(be, case_sums(a, rows), case_input(a, count, 1), case_input(a, count, 1),
               case_input(a, count, 1), case_input(a, n, 1), case_input(a, n, 1), BINS, rows, n);
}

CASE(kl_ar1_backward)
{
    size_t count = BINS * rows * n;

    be->kl_ar1_backward(be, case_output(a, count, 1), case_output(a, count, 1),
                        case_output(a, n, 1), case_output(a, n, 1), case_input(a, 1, 1),
                        case_input(a, count, 1), case_input(a, n, 1), case_input(a, n, 1), BINS,
                        rows, n);
}

CASE(ar1_draw)
{
    size_t count = BINS * rows * n;

    be->ar1_draw(be, case_output(a, count, 1), case_input(a, count, 1), case_input(a, n, 1),
                 case_input(a, n, 1), BINS, rows, n);
}

CASE(correlation)
{
    size_t width = n < 5 ? n : 5;

    be->correlation(be, case_sums(a, rows), case_input(a, BINS * rows * width, 1), BINS, rows,
                    width);
}

CASE(correlation_backward)
{
    size_t width = n < 5 ? n : 5;

    be->correlation_backward(be, case_output(a, BINS * rows * width, 1), (real)0.3,
                             case_input(a, BINS * rows * width, 1), BINS, rows, width);
}
