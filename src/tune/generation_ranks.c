/* generation_ranks.c - trains the members of a generation in processes that were started together,
 * on one machine or on several. Process 0 gives out members, trains some itself, and hears from the
 * others how far they are; nothing forks. A member's files are written by the process that trains
 * it, all others by process 0.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/progress.h"
#include "tune/generation_private.h"

static const double note_interval_s = 0.2;

enum order_kind { ORDER_TRAIN, ORDER_STOP, ORDER_END };

/* From process 0. */
struct order {
    enum order_kind kind;
    size_t member, begun;  /* generations begun */
    int64_t step;          /* of the checkpoint that the member begins with; -1: none */
    struct member_row row; /* the member's */
};

/* To process 0. */
struct note {
    size_t member;
    int64_t first, now; /* as in a post */
    bool has_ended;
    enum lfads_status status; /* the rest is set at the end */
    int64_t step;
    struct lfads_error err;
};

_Static_assert(sizeof(struct order) <= RANKS_MESSAGE && sizeof(struct note) <= RANKS_MESSAGE,
               "a message is too long");

static void rest(void)
{
    const struct timespec pause = {.tv_sec = 0, .tv_nsec = 2000000};

    nanosleep(&pause, NULL);
}

/* ---- process 0 ---- */

/* A generation that is trained by several processes. */
struct crew {
    struct work *work;
    bool *busy;     /* [processes] */
    bool told_stop; /* those that train */
    bool is_lost;   /* messages fail */
    struct lfads_error *err;
};

static void lose(struct crew *c, enum lfads_status status)
{
    if (status == LFADS_OK)
        return;
    c->work->status = status;
    c->work->board->stop = true;
    c->is_lost = true;
}

static int64_t step_before(const struct work *w, size_t member)
{
    const struct population *p = &w->tuning->population;
    size_t parent = population_generation(p, p->begun - 1)[member].parent;

    return p->begun > 1 ? population_generation(p, p->begun - 2)[parent].scores.step : -1;
}

static void give_out(struct crew *c, size_t process)
{
    struct work *w = c->work;
    const struct population *p = &w->tuning->population;
    struct lfads_ranks *ranks = w->tuning->base->ranks;
    size_t member = w->next++;
    struct order order;

    memset(&order, 0, sizeof order);
    order.kind = ORDER_TRAIN;
    order.member = member;
    order.begun = p->begun;
    order.step = step_before(w, member);
    order.row = population_generation(p, p->begun - 1)[member];
    w->running++;
    c->busy[process] = true;
    lose(c, ranks->post(ranks, process, &order, sizeof order, c->err));
}

static void take_note(struct crew *c, const struct note *note, size_t from)
{
    struct post *post = &c->work->board->posts[note->member];

    post->first = note->first;
    post->now = note->now;
    if (!note->has_ended)
        return;
    post->status = note->status;
    post->err = note->err;
    post->step = note->step;
    post->has_ended = true;
    c->busy[from] = false;
    work_note_end(c->work, note->member, c->err);
}

static void tell_stop(struct crew *c)
{
    struct lfads_ranks *ranks = c->work->tuning->base->ranks;
    struct order order;

    memset(&order, 0, sizeof order);
    order.kind = ORDER_STOP;
    c->told_stop = true;
    for (size_t i = 1; i < ranks->count && !c->is_lost; i++)
        if (c->busy[i])
            lose(c, ranks->post(ranks, i, &order, sizeof order, c->err));
}

/* Hears what others have to say, gives members to those that are free, and reports to the caller.
 */
static void attend(struct crew *c)
{
    struct work *w = c->work;
    struct lfads_ranks *ranks = w->tuning->base->ranks;
    bool came = !c->is_lost;

    while (came) {
        struct note note;
        size_t from = 0;

        lose(c, ranks->poll(ranks, &came, &from, &note, sizeof note, c->err));
        if (came && !c->is_lost)
            take_note(c, &note, from);
    }
    for (size_t i = 1; i < ranks->count && !w->board->stop; i++)
        if (!c->busy[i] && w->next < w->tuning->settings.members)
            give_out(c, i);
    work_report(w);
    if (w->board->stop && !c->told_stop)
        tell_stop(c);
}

static bool attend_and_stop(void *payload)
{
    struct crew *c = payload;

    attend(c);
    return c->work->board->stop;
}

/* Scores and copies read what others have written. */
static void await_all(struct crew *c)
{
    struct work *w = c->work;

    for (size_t m = 0; m < w->tuning->settings.members && w->status == LFADS_OK; m++) {
        const struct post *post = &w->board->posts[m];

        if (post->status == LFADS_OK && post->has_ended)
            w->status = member_await(w->tuning, m, post->step, c->err);
    }
}

static void train_own(struct crew *c)
{
    struct work *w = c->work;
    size_t member = w->next++;
    struct post *post = &w->board->posts[member];

    w->running++;
    post->status = member_await(w->tuning, member, step_before(w, member), &post->err);
    if (post->status == LFADS_OK)
        work_train(w, member, w->tuning->base->threads, attend_and_stop, c);
    post->has_ended = true;
    work_note_end(w, member, c->err);
}

void work_share(struct work *work, struct lfads_error *err)
{
    struct work *w = work;
    struct crew c = {
        .work = w, .busy = calloc(w->tuning->base->ranks->count, sizeof *c.busy), .err = err};

    if (!c.busy) {
        w->status = lfads_fail(err, LFADS_NO_MEMORY, "no memory for the processes of a tuning");
        return;
    }
    do {
        attend(&c);
        if (w->next < w->tuning->settings.members && !w->board->stop)
            train_own(&c);
        else
            rest();
    } while (!c.is_lost &&
             (w->running || (w->next < w->tuning->settings.members && !w->board->stop)));
    if (!w->board->stop)
        await_all(&c);
    free(c.busy);
}

enum lfads_status generation_dismiss(const struct tuning *tuning, struct lfads_error *err)
{
    struct lfads_ranks *ranks = tuning->base->ranks;
    struct order order;
    enum lfads_status status = LFADS_OK;

    memset(&order, 0, sizeof order);
    order.kind = ORDER_END;
    for (size_t i = 1; i < ranks->count && status == LFADS_OK; i++)
        status = ranks->post(ranks, i, &order, sizeof order, err);
    return status;
}

/* ---- the others ---- */

/* A member that this process trains for process 0. */
struct duty {
    struct tuning *tuning;
    struct note note;
    struct post post;
    double noted; /* time of the clock */
    bool stop;
    enum lfads_status status; /* of messages */
    struct lfads_error err;
};

static void send_note(struct duty *d)
{
    struct lfads_ranks *ranks = d->tuning->base->ranks;

    d->note.first = d->post.first;
    d->note.now = d->post.now;
    d->noted = clock_seconds();
    d->status = ranks->post(ranks, 0, &d->note, sizeof d->note, &d->err);
}

static void report_duty(void *payload, const struct lfads_progress *progress)
{
    struct duty *d = payload;

    work_take(&d->post, progress);
    if (d->status == LFADS_OK && clock_seconds() - d->noted > note_interval_s)
        send_note(d);
}

/* Whether process 0 wants this one to stop, or the caller here does. */
static bool is_duty_over(void *payload)
{
    struct duty *d = payload;
    struct lfads_ranks *ranks = d->tuning->base->ranks;
    const struct lfads_callbacks *callbacks = d->tuning->callbacks;
    struct order order;
    size_t from = 0;
    bool came = false;

    if (d->status == LFADS_OK)
        d->status = ranks->poll(ranks, &came, &from, &order, sizeof order, &d->err);
    d->stop = d->stop || came || d->status != LFADS_OK ||
              (callbacks && callbacks->stop && callbacks->stop(callbacks->payload));
    return d->stop;
}

/* Sets the rows of the generation in progress to what ORDER says of a member. */
static enum lfads_status take_row(struct tuning *t, const struct order *order,
                                  struct lfads_error *err)
{
    struct population *p = &t->population;
    enum lfads_status status = LFADS_OK;

    while (p->begun < order->begun && status == LFADS_OK)
        status = population_begin(p, err);
    if (status == LFADS_OK)
        population_generation(p, order->begun - 1)[order->member] = order->row;
    return status;
}

static enum lfads_status do_duty(struct tuning *t, const struct order *order,
                                 struct lfads_error *err)
{
    struct duty d = {.tuning = t, .status = LFADS_OK};
    const struct lfads_callbacks callbacks = {.size = sizeof callbacks,
                                              .payload = &d,
                                              .progress = report_duty,
                                              .stop = is_duty_over,
                                              .line = NULL,
                                              .warn = NULL};
    struct note *note = &d.note;

    note->member = order->member;
    note->status = take_row(t, order, &note->err);
    if (note->status == LFADS_OK)
        note->status = member_await(t, order->member, order->step, &note->err);
    if (note->status == LFADS_OK)
        note->status = member_train(t, order->member, t->base->threads, &callbacks, &note->err);
    if (note->status == LFADS_OK)
        note->status = member_step(&note->step, t, order->member, &note->err);
    note->has_ended = true;
    if (d.status == LFADS_OK)
        send_note(&d);
    return d.status == LFADS_OK ? LFADS_OK : lfads_fail(err, d.status, "%s", d.err.text);
}

enum lfads_status generation_serve(struct tuning *tuning, struct lfads_error *err)
{
    struct lfads_ranks *ranks = tuning->base->ranks;
    enum lfads_status status = LFADS_OK;

    while (status == LFADS_OK) {
        struct order order;
        size_t from = 0;
        bool came = false;

        status = ranks->poll(ranks, &came, &from, &order, sizeof order, err);
        if (status == LFADS_OK && came && order.kind == ORDER_END)
            return LFADS_OK;
        if (status == LFADS_OK && came && order.kind == ORDER_TRAIN)
            status = do_duty(tuning, &order, err);
        if (status == LFADS_OK && !came)
            rest();
    }
    return status;
}
