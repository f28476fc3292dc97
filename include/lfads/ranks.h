/* ranks.h - several processes, on one machine or on several, that train or tune together.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_RANKS_H
#define LFADS_RANKS_H
#include <lfads/config.h>

#ifdef __cplusplus
extern "C" {
#endif

/* mpirun or srun starts a program that calls lfads_train or lfads_tune in several processes, which
 * then work together (docs/tuning.md, "On a cluster"). Each calls all of these functions and the
 * command, in the same order, in one thread:
 *
 *     struct lfads_ranks *ranks;
 *
 *     if (lfads_ranks_join(&ranks, &err) != LFADS_OK)
 *         return 1;
 *     ... set CONFIG ...
 *     status = lfads_config_share(config, ranks, &err);
 *     if (status == LFADS_OK)
 *         status = lfads_train(config, NULL, &err);
 *     lfads_ranks_leave(ranks);
 */
struct lfads_ranks;
/* Joins the processes that were started together with this one, by MPI; a process can do so once.
 * *OUT is NULL where this process was started alone; else lfads_ranks_leave frees it. Fails if the
 * installation has no MPI, or if the process uses it already. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_ranks_join(struct lfads_ranks **out,
                                                           struct lfads_error *err);
LFADS_API void lfads_ranks_leave(struct lfads_ranks *ranks);
/* The number of this process, from 0, and how many there are. NULL: 0 of 1. */
LFADS_API size_t lfads_ranks_number(const struct lfads_ranks *ranks);
LFADS_API size_t lfads_ranks_count(const struct lfads_ranks *ranks);
/* Returns LFADS_OK if STATUS is so in all processes, else in all of them the status of the first
 * that failed, with its error in *ERR, which says how this process failed. */
LFADS_API LFADS_CHECKED enum lfads_status
lfads_ranks_agree(struct lfads_ranks *ranks, enum lfads_status status, struct lfads_error *err);
/* Gives the flags that process 0 has to all others, and has lfads_train and lfads_tune with CONFIG
 * work in all processes together; RANKS must outlive those calls. RANKS is NULL: they work alone.
 */
LFADS_API LFADS_CHECKED enum lfads_status
lfads_config_share(struct lfads_config *config, struct lfads_ranks *ranks, struct lfads_error *err);
struct lfads_tune_config;
LFADS_API LFADS_CHECKED enum lfads_status lfads_tune_config_share(struct lfads_tune_config *config,
                                                                  struct lfads_ranks *ranks,
                                                                  struct lfads_error *err);

#ifdef __cplusplus
}
#endif
#endif
