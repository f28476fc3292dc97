/* directory.h - what a tuning keeps in its directory beside its members: flags, space, population.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TUNE_DIRECTORY_H
#define LFADS_TUNE_DIRECTORY_H
#include "base/lock.h"
#include "tune/tuning.h"

/* Completes the flags and CONFIG from the directory's tuning; *GOES_ON: it has one. Fails if it has
 * trained models of another kind. */
enum lfads_status directory_merge(bool *goes_on, const struct tuning *tuning,
                                  struct lfads_config *config, struct lfads_error *err);
/* Takes the directory's lock. A tuning that was killed may have left members that are still ending.
 */
enum lfads_status directory_lock(struct lock *lock, const struct tuning *tuning,
                                 struct lfads_error *err);
/* Writes space and flags, and reads the population. The flags come last: with them a tuning has
 * begun. The rows of several seeds are made anew, for there may be more of them now: a training
 * that is finished is only scored. */
enum lfads_status directory_settle(struct tuning *tuning, bool goes_on, struct lfads_error *err);
/* Takes what directory_settle of process 0 has written. */
enum lfads_status directory_follow(struct tuning *tuning, bool goes_on, struct lfads_error *err);
#endif
