/* denoiser.h - a trained model for one trial at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DENOISER_H
#define LFADS_DENOISER_H
#include <lfads/common.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- one trial at a time --------------------------------------------------------------------
 * A trained model in memory, for closed-loop experiments. A call runs the model once, on the
 * posterior's means, on the caller's thread, in memory that was allocated before, and opens no
 * file. */
struct lfads_denoiser;
struct lfads_denoiser_shape {
    size_t size;                       /* set by the caller: sizeof(struct lfads_denoiser_shape) */
    size_t bins, channels, ext_inputs; /* T, N, E of a trial */
    size_t outputs;                    /* N (rates) or 2N (a Gaussian's means and variances) */
    size_t factors, inputs;            /* F; inferred inputs */
};
/* The results of a trial: arrays of the caller; NULL: not wanted. */
struct lfads_denoised {
    size_t size;    /* set by the caller: sizeof(struct lfads_denoised) */
    float *output;  /* [T,outputs] */
    float *factors; /* [T,factors] */
    float *inputs;  /* [T,inputs] */
};
/* Loads the checkpoint that file INDEX ("checkpoint", "checkpoint_lve") of SAVE_DIR names. SESSION
 * is the session of the trials; NULL: the first. Does not need the data files. */
LFADS_API LFADS_CHECKED enum lfads_status
lfads_denoiser_create(struct lfads_denoiser **out, const char *save_dir, const char *index,
                      const char *session, struct lfads_error *err);
LFADS_API void lfads_denoiser_free(struct lfads_denoiser *denoiser);
/* Sets SHAPE, as far as its size goes. */
LFADS_API LFADS_CHECKED enum lfads_status
lfads_denoiser_get_shape(const struct lfads_denoiser *denoiser, struct lfads_denoiser_shape *shape,
                         struct lfads_error *err);
/* Denoises DATA [T,N] with external inputs EXT [T,E] (NULL if E is 0). Fails for numbers that are
 * not finite and, if the model is of counts, for numbers that are not integers from 0 to a million.
 */
LFADS_API LFADS_CHECKED enum lfads_status lfads_denoise(struct lfads_denoiser *denoiser,
                                                        const float *data, const float *ext,
                                                        const struct lfads_denoised *denoised,
                                                        struct lfads_error *err);

/* ---- bin by bin -------------------------------------------------------------------------------
 * The same for a trial whose bins come one after the other. The model's outputs must not depend on
 * later bins: it is trained with --do_causal_controller=true or --co_dim=0, and with a
 * --num_steps_for_gen_ic below the bins of a trial. The encoders of the initial condition read that
 * many bins first: with the last of them, the results of all these bins are there; then each bin
 * gives its own. They have the bits of lfads_denoise's. */
/* Begins a trial. Fails for other models. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_denoiser_begin(struct lfads_denoiser *denoiser,
                                                               struct lfads_error *err);
/* Takes the next bin: DATA [N], EXT [E] (NULL if E is 0), numbers as lfads_denoise takes them. Sets
 * *READY to how many bins of the trial have results, and fills the rows of those that are new in
 * DENOISED, whose arrays are of the whole trial. A bin that is refused can be given again. Fails
 * after the last bin of a trial, until another one is begun. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_denoise_bin(struct lfads_denoiser *denoiser,
                                                            const float *data, const float *ext,
                                                            const struct lfads_denoised *denoised,
                                                            size_t *ready, struct lfads_error *err);

#ifdef __cplusplus
}
#endif
#endif
