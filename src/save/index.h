/* index.h - the text files `checkpoint` and `checkpoint_lve` of a save directory, in TensorFlow's
 * form: which checkpoint is the latest, and which are kept (files.md, "Index of
 * checkpoints").
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_SAVE_INDEX_H
#define LFADS_SAVE_INDEX_H
#include <stdint.h>

#include "base/file.h"

/* Sets PATH to the checkpoint that the index file NAME in DIRECTORY names as latest, or to "" where
 * there is no such index. A path that does not exist is looked for in DIRECTORY. Fails where the
 * index is damaged, where its checkpoint is gone, where it is TensorFlow's. */
enum lfads_status index_latest(char path[FILE_PATH], const char *directory, const char *name,
                               struct lfads_error *err);
/* Adds PATH as latest to the index NAME, keeps the last KEEP and removes the files of the others,
 * where they lie in DIRECTORY and have a checkpoint's name. The index is replaced before a file is
 * removed. */
enum lfads_status index_add(const char *directory, const char *name, const char *path, size_t keep,
                            struct lfads_error *err);
/* The number after the last "-" of a checkpoint's name; 0 where there is none. */
int64_t index_step(const char *path);
#endif
