/* change_flag.h - another value of a flag in an open run, without its data and parameters.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_RUN_CHANGE_FLAG_H
#define LFADS_RUN_CHANGE_FLAG_H
#include "run/run.h"

/* What was before a change. */
struct flag_change {
    struct lfads_config *config;
    struct model *model; /* its contents */
};

/* Sets flag NAME, of group training, in RUN and in its model, which stays where it is and keeps its
 * sizes. Fails, and changes nothing, for a flag that batches, data or layout follow from. On
 * success the caller calls one of the next two. */
enum lfads_status change_flag(struct run *run, struct flag_change *before, const char *name,
                              const char *value, struct lfads_error *err);
void change_flag_keep(struct flag_change *before);
void change_flag_undo(struct run *run, struct flag_change *before);
#endif
