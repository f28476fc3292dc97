/* index.h - the text files `checkpoint` and `checkpoint_lve` of a save directory, in TensorFlow's
 * format. They say which checkpoint is the latest and which are kept (files.md, "Index of
 * checkpoints").
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_SAVE_INDEX_H
#define LFADS_SAVE_INDEX_H
#include <stdint.h>

#include "base/file.h"

/* Sets PATH to the latest checkpoint in the index file NAME of DIRECTORY, or to "" if there is no
 * such file. A checkpoint of that name in DIRECTORY is taken rather than the one at the path. The
 * path of a TensorFlow checkpoint is that of its files without .index and the like. Fails if the
 * index is damaged, or its checkpoint is missing. */
enum lfads_status index_latest(char path[FILE_PATH], const char *directory, const char *name,
                               struct lfads_error *err);
/* Adds PATH to the index NAME as the latest, keeps the last KEEP, names those that are in DIRECTORY
 * by their paths there, and removes the files of the others, if they are in DIRECTORY and have a
 * checkpoint's name. Replaces the index before it removes a file. */
enum lfads_status index_add(const char *directory, const char *name, const char *path, size_t keep,
                            struct lfads_error *err);
/* Sets NAME to that of the latest checkpoint but EXCEPT that lies in DIRECTORY, by what files are
 * called; false if there is none. */
bool index_other(char name[FILE_PATH], const char *directory, const char *except);
/* Returns the number after the last "-" of a checkpoint's name; 0 if there is none. */
int64_t index_step(const char *path);
#endif
