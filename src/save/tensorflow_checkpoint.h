/* tensorflow_checkpoint.h - reads the checkpoints that the original wrote (files.md, "TensorFlow's
 * checkpoints"): TensorFlow's bundles of variables, and the hyperparameters beside them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_SAVE_TENSORFLOW_CHECKPOINT_H
#define LFADS_SAVE_TENSORFLOW_CHECKPOINT_H
#include "save/checkpoint_state.h"

/* These are checkpoint_read, checkpoint_read_parameters and checkpoint_has for a path of which
 * bundle_exists is true. A slot that the checkpoint lacks is 0: its parameter was not trained. */
enum lfads_status tensorflow_checkpoint_read(struct checkpoint *checkpoint, const char *path,
                                             struct lfads_error *err);
enum lfads_status tensorflow_checkpoint_read_parameters(const struct param_vectors *vectors,
                                                        const char *path, const struct model *model,
                                                        bool *fresh, struct lfads_error *err);
enum lfads_status tensorflow_checkpoint_has(bool *has, const char *path, const char *name,
                                            struct lfads_error *err);
#endif
