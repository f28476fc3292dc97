/* nlb_training.h - a model's rates of the benchmark's training trials.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_INFER_NLB_TRAINING_H
#define LFADS_INFER_NLB_TRAINING_H
#include "base/file.h"
#include "infer/nlb_rates.h"

/* Reads the rates of the training trials that belong to the model run EVAL_RUN: those of the run
 * NAMED or, if that is NULL, of the results beside EVAL_RUN. If EVAL_RUN is of test trials, the
 * validation trials' results beside those are training trials too: all are put back into the order
 * of their file by train_inds and valid_inds. Sets PATH to the file that was read first, for
 * errors. NEEDED says what needs them. */
enum lfads_status nlb_rates_of_training(struct nlb_rates *out, char path[FILE_PATH],
                                        const char *eval_run, const char *named, const char *needed,
                                        struct lfads_error *err);
#endif
