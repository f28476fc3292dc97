/* run_private.h - the parts of opening a run.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_RUN_RUN_PRIVATE_H
#define LFADS_RUN_RUN_PRIVATE_H
#include "run/run.h"

/* The directory of data or of a model that are in none. */
#define RUN_MEMORY "(memory)"

/* Reads the checkpoint that the save directory's index names, its flags and what it says about its
 * data; for training, without one, the run begins afresh, with the flags of its preset. */
enum lfads_status run_open_checkpoint(struct run *run, struct lfads_error *err);
/* Sets the flags that say where the data are: those given, or those of the checkpoint, with paths
 * to where the data are now. */
enum lfads_status run_locate_data(struct run *run, const struct lfads_config *saved,
                                  struct lfads_error *err);
/* Reads the data set; its trials lie in SHARED as far as that takes them, if it is not NULL. */
enum lfads_status run_open_data(struct run *run, struct shared_memory *shared,
                                struct lfads_error *err);
/* Fails if the checkpoint's model can't take the sessions of the data; warns if they are other
 * recordings than those of its training. */
enum lfads_status run_check_data(const struct run *run, struct lfads_error *err);
/* Frees what run_open_checkpoint and the configuration hold. */
void run_release(struct run *run);
/* Checks the flags on spike jitter against the data. */
enum lfads_status run_check_jitter(const struct run *run, struct lfads_error *err);
enum lfads_status run_make_model(struct run *run, struct lfads_error *err);

/* ---- run_ranks.c ---- */

/* Collective: reads the data set, once on each machine, whose processes share its trials. Where the
 * machine does not let them, each reads it, and a line says so. Fails in all if it fails in one
 * that reads first. */
enum lfads_status run_open_data_together(struct run *run, struct lfads_error *err);
/* Ends the opening of RUN, which has gone as STATUS and *ERR say, in all processes: fails in all if
 * it failed in one or if they differ, and gives all the seed of process 0. */
enum lfads_status run_open_together(struct run *run, enum lfads_status status,
                                    struct lfads_error *err);
/* Returns the threads of RUN: those that its flags give, or the cores that this process has. */
size_t run_threads(const struct run *run);
#endif
