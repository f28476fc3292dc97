/* generation_fork.c - trains the members of a generation side by side, each in a forked process.
 * The processes share the data, which were read before, and a board in memory, on which each writes
 * how far it is and how it ended. SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/workers.h"
#include "h5/h5_fork.h"
#include "tune/generation_private.h"

static bool is_told_to_stop(void *payload)
{
    const struct work *w = payload;

    return w->board->stop;
}

#ifdef LFADS_COVERAGE
void __gcov_dump(void);
#endif

/* The process of the next member. It ends with its parent, and leaves a terminal's signals to it.
 */
static _Noreturn void member_main(struct work *w, pid_t parent)
{
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == parent)
        work_train(w, w->next, w->tuning->base->threads / w->most, is_told_to_stop, w);
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

/* Takes note of the end of a member's process, which waitpid describes by HOW. */
static void note_process(struct work *w, size_t member, int how, struct lfads_error *err)
{
    w->process[member] = 0;
    if (w->board->posts[member].has_ended) {
        work_note_end(w, member, err);
        return;
    }
    w->running--;
    w->board->stop = true;
    if (w->status != LFADS_OK)
        return;
    if (WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL)
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
                note_process(w, m, how, err);
    }
}

/* Computes a product that a library computes. */
static void multiply_once(void *payload, size_t item, size_t thread)
{
    enum { SIZE = 16 };
    const struct backend *be = payload;
    const real factor[SIZE * SIZE] = {0};
    real product[SIZE * SIZE];

    (void)item, (void)thread;
    be->product(be, matrix_of(product, SIZE), transpose_of(factor, SIZE),
                transpose_of(factor, SIZE), SIZE, SIZE, SIZE, false);
}

/* The library generates its code at its first product, and members inherit that code; this thread
 * computes it alone, for a child has no other threads of its parent. */
static void generate_code(const struct work *w)
{
    workers_run(NULL, 1, multiply_once, (void *)w->tuning->base->be);
}

void work_fork(struct work *work, struct lfads_error *err)
{
    struct work *w = work;
    const struct timespec pause = {.tv_sec = 0, .tv_nsec = 10000000};
    size_t members = w->tuning->settings.members;

    generate_code(w);
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
        work_report(w);
    }
}
