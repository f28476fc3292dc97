/* generation_private.h - a generation in progress, shared by the files that train its members: in
 * forked processes, in this one, in processes that were started together.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TUNE_GENERATION_PRIVATE_H
#define LFADS_TUNE_GENERATION_PRIVATE_H
#include <stdatomic.h>
#include <sys/types.h>

#include "tune/tuning.h"

enum { MILLI = 1000 };

/* What a member leaves. */
struct post {
    _Atomic int64_t first, now; /* thousandths of epochs at its first report and now; 0: none yet */
    _Atomic bool has_ended;     /* STATUS and the text of ERR are set */
    enum lfads_status status;
    struct lfads_error err;
    int64_t step; /* of its checkpoint at the end, where another machine has written it */
};

struct board {
    _Atomic bool stop; /* members are to save their state and end */
    struct post posts[];
};

/* A generation in progress. */
struct work {
    struct tuning *tuning;
    struct board *board;
    size_t bytes;   /* of the board */
    pid_t *process; /* [members]; 0: none is running */
    size_t next;    /* the first member that was not begun */
    size_t running, most;
    int64_t begin, end; /* epochs of the generation */
    bool is_last;       /* no other follows */
    bool stopped;       /* by the caller */
    enum lfads_status status;
};

/* Takes PROGRESS of a training as a member's. */
void work_take(struct post *post, const struct lfads_progress *progress);
/* Reports to the caller, and tells members to stop if the caller wants to. */
void work_report(struct work *work);
/* Trains MEMBER on THREADS threads; its training stops when STOP (of PAYLOAD) says so. */
void work_train(struct work *work, size_t member, size_t threads, bool (*stop)(void *payload),
                void *payload);
/* Takes note of how a member, whose post is filled, has ended. A failure other than a numeric one
 * ends the tuning. */
void work_note_end(struct work *work, size_t member, struct lfads_error *err);

/* ---- generation_fork.c, generation_ranks.c ---- */

/* Train all members, and set the status of WORK: side by side in forked processes; in those that
 * were started together with this one, process 0. */
void work_fork(struct work *work, struct lfads_error *err);
void work_share(struct work *work, struct lfads_error *err);
#endif
