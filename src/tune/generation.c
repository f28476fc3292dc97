/* generation.c - trains the members of a generation side by side, each in a process of its own. The
 * processes share the data, which were read before, and a board in memory, on which each writes how
 * far it is and how it ended.
 * SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/progress.h"
#include "base/sizes.h"
#include "h5/h5_fork.h"
#include "tune/tuning.h"

enum { MILLI = 1000 };

/* What a member's process leaves. */
struct post {
    _Atomic int64_t first, now; /* thousandths of epochs at its first report and now; 0: none yet */
    _Atomic bool has_ended;     /* STATUS and the text of ERR are set */
    enum lfads_status status;
    struct lfads_error err;
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
    bool stopped;       /* by the caller */
    enum lfads_status status;
};

/* What a member's callbacks get. */
struct member_view {
    struct work *work;
    struct post *post;
    bool is_apart; /* in a process of its own */
};

static void report_to_board(void *payload, const struct lfads_progress *progress)
{
    struct member_view *view = payload;
    int64_t now = (int64_t)(((double)progress->epoch + progress->share) * MILLI) + 1;

    if (view->post->first == 0)
        view->post->first = now;
    view->post->now = now;
}

/* ---- what the caller hears ---- */

/* Adds up the epochs that members trained in this generation and call, and those that remain. */
static void count_epochs(double *done, double *left, const struct work *w)
{
    const struct settings *s = &w->tuning->settings;
    double limit = (double)settings_epochs(s, s->generations - 1);

    *done = *left = 0;
    for (size_t m = 0; m < s->members; m++) {
        const struct post *post = &w->board->posts[m];
        double first = (double)post->first / MILLI, now = (double)post->now / MILLI;

        *done += now - first;
        *left += limit - (post->has_ended ? (double)w->end : post->now ? now : (double)w->begin);
    }
}

/* Says once how long everything will take, when each running member has trained an epoch. */
static void say_time(struct work *w, double done, double left)
{
    struct tuning *t = w->tuning;
    double seconds = clock_seconds() - t->began, total;
    char text[200], span[40];

    for (size_t m = 0; m < w->most; m++) {
        const struct post *post = &w->board->posts[m];

        if (!post->has_ended && post->now - post->first < MILLI)
            return;
    }
    t->said_time = true;
    if (done <= 0)
        return;
    total = seconds / done * left;
    if (total < 100)
        snprintf(span, sizeof span, "%.0f s", total);
    else if (total < 6000)
        snprintf(span, sizeof span, "%.0f min", total / 60);
    else
        snprintf(span, sizeof span, "%.1f h", total / 3600);
    snprintf(text, sizeof text,
             "%zu at a time, an epoch of all %zu members takes %.3g s: at most %s more", w->most,
             t->settings.members, seconds / done * (double)t->settings.members, span);
    if (t->callbacks && t->callbacks->line)
        t->callbacks->line(t->callbacks->payload, text);
}

/* Reports to the caller, and tells members to stop if the caller wants to. */
static void report(struct work *w)
{
    struct tuning *t = w->tuning;
    struct lfads_progress progress = {.what = "tuning", .epoch = w->end};
    double done, left, all;

    count_epochs(&done, &left, w);
    if (!t->said_time)
        say_time(w, done, left);
    all = t->epochs_done + done;
    progress.share = all + left > 0 ? all / (all + left) : 1;
    progress.seconds = clock_seconds() - t->began;
    if (progress_report(t->callbacks, &progress)) {
        w->stopped = true;
        w->board->stop = true;
    }
}

static bool wants_stop(void *payload)
{
    struct member_view *view = payload;

    if (!view->is_apart)
        report(view->work);
    return view->work->board->stop;
}

/* ---- members ---- */

static void train_member(struct work *w, size_t member, bool is_apart)
{
    struct post *post = &w->board->posts[member];
    struct member_view view = {w, post, is_apart};
    const struct lfads_callbacks callbacks = {.payload = &view,
                                              .progress = report_to_board,
                                              .stop = wants_stop,
                                              .line = NULL,
                                              .warn = NULL};

    post->status =
        member_train(w->tuning, member, w->tuning->base->threads / w->most, &callbacks, &post->err);
    post->has_ended = true;
}

#ifdef LFADS_COVERAGE
void __gcov_dump(void);
#endif

static void *train_next(void *payload)
{
    struct work *w = payload;

    train_member(w, w->next, true);
    return NULL;
}

/* The process of the next member. It ends with its parent, and leaves a terminal's signals to it.
 * The work is done in a thread of its own: OpenMP takes this thread to have those that its parent
 * may have computed with. */
static _Noreturn void member_main(struct work *w, pid_t parent)
{
    pthread_t thread;

    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == parent && pthread_create(&thread, NULL, train_next, w) == 0)
        pthread_join(thread, NULL);
#ifdef LFADS_COVERAGE
    __gcov_dump();
#endif
    _exit(0); /* without the parent's exit handlers */
}

static enum lfads_status start_member(struct work *w, struct lfads_error *err)
{
    pid_t parent = getpid(), process = h5_fork();

    if (process < 0)
        return lfads_fail(err, LFADS_IO, "can't start a process for a member: %m");
    if (process == 0)
        member_main(w, parent);
    w->process[w->next++] = process;
    w->running++;
    return LFADS_OK;
}

/* Takes note of how a member has ended. A failure other than a numeric one ends the tuning. */
static void note_end(struct work *w, size_t member, int how, struct lfads_error *err)
{
    const struct post *post = &w->board->posts[member];
    enum lfads_status status = post->status;

    w->process[member] = 0;
    w->running--;
    if (post->has_ended && (status == LFADS_OK || status == LFADS_NUMERIC))
        return;
    w->board->stop = true;
    if (w->status != LFADS_OK || (post->has_ended && status == LFADS_INTERRUPTED))
        return;
    if (post->has_ended)
        w->status = lfads_fail(err, status, "member %02zu: %.900s", member, post->err.text);
    else if (WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL)
        w->status = lfads_fail(err, LFADS_IO,
                               "the process of member %02zu was killed: if memory is short, set "
                               "--threads lower; the same command continues",
                               member);
    else
        w->status = lfads_fail(err, LFADS_IO,
                               "the process of member %02zu ended by signal %d: the same command "
                               "continues",
                               member, WIFSIGNALED(how) ? WTERMSIG(how) : 0);
}

/* Collects members that have ended. */
static void collect(struct work *w, struct lfads_error *err)
{
    for (size_t m = 0; m < w->next; m++) {
        int how = 0;
        pid_t ended = w->process[m] ? waitpid(w->process[m], &how, WNOHANG) : 0;

        /* the host program may collect its children itself: then the process is gone */
        if (ended == w->process[m] || (ended < 0 && errno == ECHILD))
            if (w->process[m])
                note_end(w, m, how, err);
    }
}

static void train_apart(struct work *w, struct lfads_error *err)
{
    const struct timespec pause = {.tv_sec = 0, .tv_nsec = 10000000};
    size_t members = w->tuning->settings.members;

    while (w->running || (w->next < members && !w->board->stop)) {
        while (w->running < w->most && w->next < members && !w->board->stop) {
            enum lfads_status status = start_member(w, err);

            if (status != LFADS_OK) {
                w->status = status;
                w->board->stop = true;
            }
        }
        nanosleep(&pause, NULL);
        collect(w, err);
        report(w);
    }
}

/* A device belongs to this process. */
static void train_here(struct work *w, struct lfads_error *err)
{
    for (w->next = 0; w->next < w->tuning->settings.members && !w->board->stop;) {
        size_t member = w->next++;

        w->running++;
        train_member(w, member, false);
        note_end(w, member, 0, err);
    }
}

static enum lfads_status finish(struct work *w, bool *lost, struct lfads_error *err)
{
    double done, left;

    if (w->status != LFADS_OK)
        return w->status;
    if (w->stopped)
        return lfads_fail(err, LFADS_INTERRUPTED,
                          "stopped in generation %zu; the same command continues",
                          w->tuning->population.begun - 1);
    for (size_t m = 0; m < w->tuning->settings.members; m++)
        lost[m] = w->board->posts[m].status == LFADS_NUMERIC;
    count_epochs(&done, &left, w);
    w->tuning->epochs_done += done;
    return LFADS_OK;
}

enum lfads_status generation_train(struct tuning *tuning, bool *lost, struct lfads_error *err)
{
    const struct settings *s = &tuning->settings;
    size_t generation = tuning->population.begun - 1;
    bool apart = tuning->base->be->host_memory;
    struct work w = {.tuning = tuning,
                     .bytes = sizeof(struct board) + s->members * sizeof(struct post),
                     .process = calloc(s->members, sizeof *w.process),
                     .most = apart ? size_min(tuning->base->threads, s->members) : 1,
                     .begin = generation ? settings_epochs(s, generation - 1) : 0,
                     .end = settings_epochs(s, generation),
                     .status = LFADS_OK};
    enum lfads_status status;

    w.board = mmap(NULL, w.bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (!w.process || w.board == MAP_FAILED) {
        status = lfads_fail(err, LFADS_NO_MEMORY, "no memory for %zu members", s->members);
    } else {
        if (apart)
            train_apart(&w, err);
        else
            train_here(&w, err);
        status = finish(&w, lost, err);
    }
    if (w.board != MAP_FAILED)
        munmap(w.board, w.bytes);
    free(w.process);
    return status;
}
