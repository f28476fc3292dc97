/* far.c - the far backend's table: every operation is the reference's on the bytes behind the
 * addresses. It is a module too (select.h), so that the whole program can run on it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "far.h"

#include <string.h>

#include "backend/reference/reference.h"
#include "memory.h"

#define N(address) far_near(address)
#define FAR(name, arguments, ...)                                                                  \
    static void far_##name arguments { reference_##name(self, __VA_ARGS__); }

FAR(product,
    (SELF, real *c, size_t ldc, const real *a, size_t lda, bool transpose_a, const real *b,
     size_t ldb, bool transpose_b, size_t m, size_t n, size_t k, bool add),
    N(c), ldc, N(a), lda, transpose_a, N(b), ldb, transpose_b, m, n, k, add)
FAR(transpose, (SELF, real *dst, const real *src, size_t rows, size_t n), N(dst), N(src), rows, n)
FAR(add_row, (SELF, real *y, size_t ldy, const real *b, size_t rows, size_t n), N(y), ldy, N(b),
    rows, n)
FAR(set_rows, (SELF, real *y, size_t ldy, const real *b, size_t rows, size_t n), N(y), ldy, N(b),
    rows, n)
FAR(sum_rows, (SELF, real *db, const real *dy, size_t ldy, size_t rows, size_t n), N(db), N(dy),
    ldy, rows, n)
FAR(copy_masked,
    (SELF, real *dst, size_t ldd, const real *src, size_t lds, const real *mask, size_t ldm,
     size_t rows, size_t n),
    N(dst), ldd, N(src), lds, N(mask), ldm, rows, n)
FAR(add_masked,
    (SELF, real *dst, size_t ldd, const real *src, size_t lds, const real *mask, size_t ldm,
     size_t rows, size_t n),
    N(dst), ldd, N(src), lds, N(mask), ldm, rows, n)
FAR(repeat_rows,
    (SELF, real *dst, const real *src, size_t times, size_t outer, size_t rows, size_t n), N(dst),
    N(src), times, outer, rows, n)
FAR(clear, (SELF, real *x, size_t count), N(x), count)
FAR(clear_sums, (SELF, acc *x, size_t count), N(x), count)
FAR(gather_trials,
    (SELF, real *x, const void *data, bool bytes, const uint32_t *trials, size_t bins, size_t count,
     size_t n),
    N(x), N(data), bytes, N(trials), bins, count, n)
FAR(average_samples,
    (SELF, acc *mean, const real *x, size_t ldx, size_t bins, size_t trials, size_t samples,
     size_t n),
    N(mean), N(x), ldx, bins, trials, samples, n)
FAR(normalise_columns, (SELF, real *w, const real *v, size_t rows, size_t n), N(w), N(v), rows, n)
FAR(normalise_columns_backward,
    (SELF, real *dv, const real *dw, const real *v, const real *w, size_t rows, size_t n), N(dv),
    N(dw), N(v), N(w), rows, n)
FAR(gru_gates,
    (SELF, real *ru, real *rh, const real *bias, const real *h, size_t rows, size_t units), N(ru),
    N(rh), N(bias), N(h), rows, units)
FAR(gru_state,
    (SELF, real *h_new, real *c, const real *bias, const real *ru, const real *h, real clip,
     size_t rows, size_t units),
    N(h_new), N(c), N(bias), N(ru), N(h), clip, rows, units)
FAR(gru_state_backward,
    (SELF, real *dh, real *c, real *ru, const real *dh_new, const real *h, real clip, size_t rows,
     size_t units),
    N(dh), N(c), N(ru), N(dh_new), N(h), clip, rows, units)
FAR(gru_gates_backward,
    (SELF, real *dh, real *ru, const real *drh, const real *h, size_t rows, size_t units), N(dh),
    N(ru), N(drh), N(h), rows, units)
FAR(floor_variance, (SELF, real *logvar, real least, size_t count), N(logvar), least, count)
FAR(floor_variance_backward, (SELF, real *dlogvar, const real *logvar, real least, size_t count),
    N(dlogvar), N(logvar), least, count)
FAR(sample,
    (SELF, real *z, size_t ldz, const real *mean, const real *logvar, const real *noise,
     size_t rows, size_t n),
    N(z), ldz, N(mean), N(logvar), N(noise), rows, n)
FAR(sample_backward,
    (SELF, real *dmean, real *dlogvar, const real *dz, size_t lddz, const real *logvar,
     const real *noise, size_t rows, size_t n),
    N(dmean), N(dlogvar), N(dz), lddz, N(logvar), N(noise), rows, n)
FAR(prior_logvar, (SELF, real *logvar, const real *p, real lowest, real highest, size_t n),
    N(logvar), N(p), lowest, highest, n)
FAR(prior_logvar_backward,
    (SELF, real *dp, const real *dlogvar, const real *p, real lowest, real highest, size_t n),
    N(dp), N(dlogvar), N(p), lowest, highest, n)
FAR(kl_gaussian,
    (SELF, acc *kl, const real *mean, const real *logvar, const real *prior_mean,
     const real *prior_logvar, size_t rows, size_t n),
    N(kl), N(mean), N(logvar), N(prior_mean), N(prior_logvar), rows, n)
FAR(kl_gaussian_backward,
    (SELF, real *dmean, real *dlogvar, real *dprior_mean, real *dprior_logvar, const real *weight,
     const real *mean, const real *logvar, const real *prior_mean, const real *prior_logvar,
     size_t rows, size_t n),
    N(dmean), N(dlogvar), N(dprior_mean), N(dprior_logvar), N(weight), N(mean), N(logvar),
    N(prior_mean), N(prior_logvar), rows, n)
FAR(ar1_stationary,
    (SELF, real *phi, real *stationary_logvar, const real *logatau, const real *logevar, size_t n),
    N(phi), N(stationary_logvar), N(logatau), N(logevar), n)
FAR(kl_ar1,
    (SELF, acc *kl, const real *u, const real *logvar, const real *noise, const real *logatau,
     const real *logevar, size_t bins, size_t rows, size_t n),
    N(kl), N(u), N(logvar), N(noise), N(logatau), N(logevar), bins, rows, n)
FAR(kl_ar1_backward,
    (SELF, real *du, real *dlogvar, real *dlogatau, real *dlogevar, const real *weight,
     const real *u, const real *logatau, const real *logevar, size_t bins, size_t rows, size_t n),
    N(du), N(dlogvar), N(dlogatau), N(dlogevar), N(weight), N(u), N(logatau), N(logevar), bins,
    rows, n)
FAR(ar1_draw,
    (SELF, real *u, const real *noise, const real *logatau, const real *logevar, size_t bins,
     size_t rows, size_t n),
    N(u), N(noise), N(logatau), N(logevar), bins, rows, n)
FAR(correlation, (SELF, acc *corr, const real *m, size_t bins, size_t rows, size_t n), N(corr),
    N(m), bins, rows, n)
FAR(correlation_backward,
    (SELF, real *dm, real weight, const real *m, size_t bins, size_t rows, size_t n), N(dm), weight,
    N(m), bins, rows, n)
FAR(poisson,
    (SELF, acc *loglik, const real *eta, const real *x, const real *weight, size_t bins,
     size_t trials, size_t samples, size_t n),
    N(loglik), N(eta), N(x), N(weight), bins, trials, samples, n)
FAR(poisson_backward,
    (SELF, real *eta, real scale, const real *x, const real *weight, size_t count), N(eta), scale,
    N(x), N(weight), count)
FAR(gaussian,
    (SELF, acc *loglik, const real *mean, const real *logvar, const real *x, const real *weight,
     size_t bins, size_t trials, size_t samples, size_t n),
    N(loglik), N(mean), N(logvar), N(x), N(weight), bins, trials, samples, n)
FAR(gaussian_backward,
    (SELF, real *mean, real *logvar, real scale, const real *x, const real *weight, size_t count),
    N(mean), N(logvar), scale, N(x), N(weight), count)
FAR(exponential, (SELF, real *y, size_t ldy, const real *x, size_t ldx, size_t rows, size_t n),
    N(y), ldy, N(x), ldx, rows, n)
FAR(normals,
    (SELF, real *noise, const struct philox_address *from, const uint32_t *when, size_t bins,
     size_t rows, size_t samples, size_t n),
    N(noise), from, N(when), bins, rows, samples, n)
FAR(dropout_mask,
    (SELF, real *mask, const struct philox_address *from, const uint32_t *when, real keep,
     size_t bins, size_t rows, size_t n),
    N(mask), from, N(when), keep, bins, rows, n)
FAR(sum_squares, (SELF, acc *sum, acc scale, const real *x, size_t count), N(sum), scale, N(x),
    count)
FAR(add_scaled, (SELF, real *y, const real *scale, const real *x, size_t count), N(y), N(scale),
    N(x), count)
FAR(limit_update, (SELF, struct update *update, const acc *squares, const real *rate, acc most),
    N(update), N(squares), N(rate), most)
FAR(adam,
    (SELF, real *p, real *m, real *v, const real *gradient, const struct update *update,
     const struct adam_options *options, size_t count),
    N(p), N(m), N(v), N(gradient), N(update), options, count)

const struct backend *backend_far(void)
{
    static const struct backend table = {
        .name = "far",
        .memory_create = far_memory_create,
        .memory_free = far_memory_free,
        .memory_available = far_memory_available,
        .upload = far_upload,
        .download = far_download,
        .download_later = far_download_later,
        .host_create = far_host_create,
        .host_free = far_host_free,
        .finish = far_finish,
#define OPERATION(operation, arguments) .operation = far_##operation,
#include "backend/operations.def"
#undef OPERATION
    };

    return &table;
}

#ifndef LFADS_REAL_DOUBLE
static enum lfads_status probe(size_t *count, struct lfads_error *err)
{
    (void)err;
    *count = 1;
    return LFADS_OK;
}

static enum lfads_status create(struct backend **out, size_t device, const char *precision,
                                bool growth, struct lfads_error *err)
{
    static struct backend own;

    (void)growth;
    *out = NULL;
    if (device != 0)
        return lfads_fail(err, LFADS_USAGE, "there is no far device %zu", device);
    if (strcmp(precision, "float32") != 0)
        return lfads_fail(err, LFADS_USAGE, "the far device computes in float32 only");
    own = *backend_far();
    *out = &own;
    return LFADS_OK;
}

static void release(struct backend *backend) { (void)backend; }

__attribute__((visibility("default"))) const struct backend_module *lfads_cuda_module(void)
{
    static const struct backend_module module = {.version = BACKEND_MODULE_VERSION,
                                                 .real_size = sizeof(real),
                                                 .probe = probe,
                                                 .create = create,
                                                 .release = release};

    return &module;
}
#endif
