/* generation.c - trains the members of a generation, wherever, and tells the caller how far they
 * are. SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/progress.h"
#include "base/sizes.h"
#include "train/training.h"
#include "tune/generation_private.h"

/* What a member's callbacks get. */
struct member_view {
    struct post *post;
    bool (*stop)(void *payload);
    void *payload;
};

void work_take(struct post *post, const struct lfads_progress *progress)
{
    int64_t now = (int64_t)(((double)progress->epoch + progress->share) * MILLI) + 1;

    if (post->first == 0)
        post->first = now;
    post->now = now;
}

static void report_to_post(void *payload, const struct lfads_progress *progress)
{
    const struct member_view *view = payload;

    work_take(view->post, progress);
}

/* ---- what the caller hears ---- */

/* Adds up the epochs that members trained in this generation and call, and those that remain. */
static void count_epochs(double *done, double *left, const struct work *w)
{
    const struct settings *s = &w->tuning->settings;
    int64_t all = settings_epochs(s, s->generations - 1) + s->final_epochs;
    double limit = (double)(w->is_last ? w->end : all);

    *done = *left = 0;
    for (size_t m = 0; m < s->members; m++) {
        const struct post *post = &w->board->posts[m];
        double first = (double)post->first / MILLI, now = (double)post->now / MILLI;

        *done += now - first;
        if (limit > 0) /* else only its learning rate ends a training */
            *left += limit - (post->has_ended ? (double)w->end
                              : post->now     ? now
                                              : (double)w->begin);
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
    if (done <= 0 || left <= 0)
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

void work_report(struct work *work)
{
    struct work *w = work;
    struct tuning *t = w->tuning;
    struct lfads_progress progress = {.what = t->seeds ? "training" : "tuning", .epoch = w->end};
    double done, left, all;

    count_epochs(&done, &left, w);
    if (!t->said_time)
        say_time(w, done, left);
    all = t->epochs_done + done;
    progress.share = w->end == 0 ? 0 : all + left > 0 ? all / (all + left) : 1;
    progress.seconds = clock_seconds() - t->began;
    if (progress_report(t->callbacks, &progress)) {
        w->stopped = true;
        w->board->stop = true;
    }
}

/* ---- members ---- */

static bool wants_stop(void *payload)
{
    const struct member_view *view = payload;

    return view->stop(view->payload);
}

void work_train(struct work *work, size_t member, size_t threads, bool (*stop)(void *payload),
                void *payload)
{
    struct post *post = &work->board->posts[member];
    struct member_view view = {post, stop, payload};
    const struct lfads_callbacks callbacks = {.size = sizeof callbacks,
                                              .payload = &view,
                                              .progress = report_to_post,
                                              .stop = wants_stop,
                                              .line = NULL,
                                              .warn = NULL};

    post->status = member_train(work->tuning, member, threads, &callbacks, &post->err);
    post->has_ended = true;
}

void work_note_end(struct work *work, size_t member, struct lfads_error *err)
{
    struct work *w = work;
    const struct post *post = &w->board->posts[member];
    enum lfads_status status = post->status;

    w->running--;
    if (status == LFADS_OK || status == LFADS_NUMERIC)
        return;
    w->board->stop = true;
    if (status == LFADS_INTERRUPTED)
        w->stopped = true;
    else if (w->status == LFADS_OK)
        w->status = lfads_fail(err, status, "member %02zu: %.900s", member, post->err.text);
}

static bool report_and_stop(void *payload)
{
    struct work *w = payload;

    work_report(w);
    return w->board->stop;
}

/* A device belongs to this process. */
static void train_here(struct work *w, struct lfads_error *err)
{
    for (w->next = 0; w->next < w->tuning->settings.members && !w->board->stop;) {
        size_t member = w->next++;

        w->running++;
        work_train(w, member, w->tuning->base->threads, report_and_stop, w);
        work_note_end(w, member, err);
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

/* Chooses how many members train at a time, within the memory that all of them share. */
static size_t choose_most(struct tuning *t)
{
    size_t members = t->settings.members, threads = t->base->threads;
    size_t bytes = training_bytes(t->base, 1);
    size_t most = members_at_once(members, threads, bytes, memory_shared());

    if (most < size_min(members, threads) && !t->said_memory)
        tuning_say(t, "Memory holds %zu members at a time, of about %zu MiB each.", most,
                   bytes >> 20);
    t->said_memory = true;
    return most;
}

enum lfads_status generation_train(struct tuning *tuning, bool *lost, struct lfads_error *err)
{
    const struct settings *s = &tuning->settings;
    size_t generation = tuning->population.begun - 1;
    size_t processes = tuning->base->ranks->count;
    bool apart = tuning->base->be->host_memory && processes == 1;
    struct work w = {.tuning = tuning,
                     .bytes = sizeof(struct board) + s->members * sizeof(struct post),
                     .process = calloc(s->members, sizeof *w.process),
                     .most = apart ? choose_most(tuning) : size_min(processes, s->members),
                     .begin = generation ? tuning_epochs(tuning, generation - 1, 0) : 0,
                     .end = tuning_epochs(tuning, generation, 0),
                     .is_last = population_generation(&tuning->population, generation)->is_final,
                     .status = LFADS_OK};
    enum lfads_status status;

    w.board = mmap(NULL, w.bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (!w.process || w.board == MAP_FAILED) {
        status = lfads_fail(err, LFADS_NO_MEMORY, "no memory for %zu members", s->members);
    } else {
        if (processes > 1)
            work_share(&w, err);
        else if (apart)
            work_fork(&w, err);
        else
            train_here(&w, err);
        status = finish(&w, lost, err);
    }
    if (w.board != MAP_FAILED)
        munmap(w.board, w.bytes);
    free(w.process);
    return status;
}
