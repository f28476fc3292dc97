/* ensemble.h - several trained models whose rates are averaged (tuning.md, "Ensembles"): the
 * members of a save directory that lfads tune or lfads train --seeds left. The first one is the
 * caller's own; an ensemble holds the others, which read the same trials and share its device.
 *
 * What is averaged, and what the spread over samples is of, is the output only: factors, states and
 * inferred inputs of different models have different coordinates.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_INFER_ENSEMBLE_H
#define LFADS_INFER_ENSEMBLE_H
#include "data/prefetch.h"
#include "run/passes.h"
#include "run/run.h"

struct ensemble {
    size_t others; /* models beside the caller's own; 0: no ensemble, and all below is NULL */
    struct ensemble_model {
        struct run *run;
        real *parameters; /* the backend's */
    } * model;            /* [others] */
    struct ensemble_thread {
        struct passes *passes; /* [others] */
        double *means;         /* of a model's output: the trials of a decoder */
        real *samples;         /* the same, all models' samples; NULL unless plan.spread */
        real *scratch;         /* to sort them in; NULL likewise */
    } * thread;                /* [threads] */
    size_t threads;
    struct pass_plan plan;
    const struct backend *be;
    struct lfads_callbacks lines; /* the caller's, without warnings that FIRST gives already */
};

/* Opens the COUNT best members of FIRST's save directory, with the flags of CONFIG; FIRST, which
 * has the best one's model, must outlive ENSEMBLE. ensemble_release frees what it holds, after a
 * failure too. Fails if the directory has not so many members, or if their outputs differ in
 * shape. */
enum lfads_status ensemble_open(struct ensemble *ensemble, struct run *first,
                                const struct lfads_config *config, size_t count,
                                struct lfads_error *err);
/* Bytes of the backend's memory for all others' parameters, and for a thread's passes of PLAN;
 * bytes of the host's memory for a thread. */
size_t ensemble_parameters_bytes(const struct ensemble *ensemble);
size_t ensemble_passes_bytes(const struct ensemble *ensemble, const struct pass_plan *plan);
size_t ensemble_host_bytes(const struct ensemble *ensemble, const struct pass_plan *plan);
/* Creates the passes of THREADS threads, and reads the parameters. */
enum lfads_status ensemble_create(struct ensemble *ensemble, const struct pass_plan *plan,
                                  size_t threads, struct lfads_error *err);
void ensemble_release(struct ensemble *ensemble); /* accepts one that is all zero */

/* Encodes for THREAD the trials of PASS, the caller's own; they are those of PREFETCHED from OFFSET
 * on. */
void ensemble_encode(struct ensemble *ensemble, size_t thread, const struct pass *pass,
                     const struct prefetched *prefetched, size_t offset);
/* Does what passes_keep does for the trials that the caller's OWN passes have just decoded, from
 * trial FIRST of the pass on; the output is the mean over all models, its spread that of all their
 * samples together. */
void ensemble_keep(struct ensemble *ensemble, size_t thread, const struct passes *own, size_t first,
                   const struct results *results, size_t offset);
#endif
