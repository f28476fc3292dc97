/* latents.h - the AR(1) prior of one inferred input (model.md 7), for kernels that draw from it or
 * compute the divergence from it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BACKEND_CUDA_LATENTS_H
#define LFADS_BACKEND_CUDA_LATENTS_H
#include "backend/cuda/kernels.h"

struct cuda_ar1 {
    float phi, first; /* the coefficient; the stationary log variance */
};

__device__ static inline struct cuda_ar1 cuda_ar1_of(float logatau, float logevar)
{
    struct cuda_ar1 ar1;

    ar1.phi = expf(-expf(-logatau));
    ar1.first = logevar - logf(1 - ar1.phi) - logf(1 + ar1.phi);
    return ar1;
}
#endif
