/* original_hyperparams.h - finds the hyperparameters of a checkpoint that the original wrote, among
 * the files hyperparameters-<step>.txt beside it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_SAVE_ORIGINAL_HYPERPARAMS_H
#define LFADS_SAVE_ORIGINAL_HYPERPARAMS_H
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* Sets *STEP to that of a file called NAME; false if it is no file of hyperparameters. */
bool hyperparams_step(int64_t *step, const char *name);
/* Sets *TEXT, which the caller frees, to the JSON text of those that the checkpoint PATH of STEP
 * was trained with. The original writes such a file at every start, of a kind's flags, with the
 * step of the checkpoint that it began from. So the text is that of the last file up to STEP which
 * a training wrote; if none did, of the last file up to STEP; if there is none, of the first. Fails
 * if there is no file, or one of them is damaged. */
enum lfads_status original_hyperparams_find(char **text, const char *path, int64_t step,
                                            struct lfads_error *err);
#endif
