/* checkpoint.h - the state of a training in one HDF5 file, so that a continued run gives the same
 * results as an uninterrupted one. Every data set has a checksum (training.md, "Checkpoints").
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_SAVE_CHECKPOINT_H
#define LFADS_SAVE_CHECKPOINT_H
#include "save/checkpoint_state.h"

/* Bytes that a checkpoint of MODEL takes on the disk, an upper bound. */
size_t checkpoint_bytes(const struct model *model);
/* Writes PATH completely or not at all. VECTORS must have all slots. */
enum lfads_status checkpoint_write(const char *path, const struct model *model,
                                   const struct checkpoint *checkpoint,
                                   const struct param_vectors *vectors, struct lfads_error *err);
/* Reads everything except the parameters. checkpoint_release frees what CHECKPOINT holds, after a
 * failure too. PATH may be that of a TensorFlow checkpoint, without .index, here and below. */
enum lfads_status checkpoint_read(struct checkpoint *checkpoint, const char *path,
                                  struct lfads_error *err);
/* Reads the parameters of MODEL and the slots that are not NULL. Fails if one is missing or has
 * another shape. If FRESH [n_sessions] is not NULL, the maps of a session may be missing: its entry
 * is set to true and its part of the vectors stays unchanged. */
enum lfads_status checkpoint_read_parameters(const struct param_vectors *vectors, const char *path,
                                             const struct model *model, bool *fresh,
                                             struct lfads_error *err);
/* Sets *HAS to whether the file holds parameter NAME. */
enum lfads_status checkpoint_has(bool *has, const char *path, const char *name,
                                 struct lfads_error *err);
/* Writes the data set's name of parameter NAME: "/" becomes "_". */
void checkpoint_flat_name(char *flat, size_t size, const char *name);
#endif
