/* kinds.h - the values of --kind, in the original's spelling.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CONFIG_KINDS_H
#define LFADS_CONFIG_KINDS_H

#define KIND_TRAIN "train"
#define KIND_POSTERIOR_SAMPLE "posterior_sample_and_average"
#define KIND_POSTERIOR_MEAN "posterior_push_mean"
#define KIND_PRIOR_SAMPLE "prior_sample"
#define KIND_WRITE_PARAMS "write_model_params"
/* The choices of the flag. */
#define KINDS                                                                                      \
    KIND_TRAIN "|" KIND_POSTERIOR_SAMPLE "|" KIND_POSTERIOR_MEAN "|" KIND_PRIOR_SAMPLE             \
               "|" KIND_WRITE_PARAMS
#endif
