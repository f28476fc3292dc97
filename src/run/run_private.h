/* run_private.h - the parts of opening a run.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_RUN_RUN_PRIVATE_H
#define LFADS_RUN_RUN_PRIVATE_H
#include "run/run.h"

/* Reads the checkpoint that the save directory's index names, and its flags; TRAINING: without one
 * the run begins afresh, with the flags of its preset. */
enum lfads_status run_open_checkpoint(struct run *run, bool training, struct lfads_error *err);
#endif
