/* evolve.c - one generation after the other: training, scores, copies, changed values. The steps
 * are in an order that lets a tuning that is killed at any moment go on: what a generation's
 * members are and have reached is in population.csv, which is replaced as a whole; whatever comes
 * between two versions of it may be repeated. SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tune/tuning.h"

/* Begins the first generation. */
static enum lfads_status draw_members(struct tuning *t, struct lfads_error *err)
{
    enum lfads_status status = population_begin(&t->population, err);

    if (status != LFADS_OK)
        return status;
    for (size_t m = 0; m < t->settings.members; m++) {
        struct member_row *row = &population_generation(&t->population, 0)[m];
        struct stream stream = stream_begin(t->base->seed, STREAM_FIRST_VALUES, 0, m);

        row->parent = m;
        space_draw(row->values, &t->space, &stream);
    }
    return population_write(t->csv, &t->population, err);
}

/* Collects the scores of generation number G. */
static void scores_of(double *score, const struct tuning *t, size_t g)
{
    for (size_t m = 0; m < t->settings.members; m++)
        score[m] = population_generation(&t->population, g)[m].scores.score;
}

/* Decides who copies whom, has them copy, and begins the next generation. All of it follows from
 * the seed and the last generation's rows. */
static enum lfads_status breed(struct tuning *t, struct lfads_error *err)
{
    size_t g = t->population.done, members = t->settings.members, copies = 0;
    struct stream stream = stream_begin(t->base->seed, STREAM_EXPLOIT, g, 0);
    double score[MEMBERS_MAX];
    size_t parent[MEMBERS_MAX];
    enum lfads_status status = LFADS_OK;

    scores_of(score, t, g - 1);
    if (t->settings.rivals)
        exploit_rivals(parent, score, members, &stream);
    else
        exploit_pairs(parent, score, members, &stream);
    for (size_t m = 0; m < members && status == LFADS_OK; m++)
        if (parent[m] != m) {
            status = member_copy(t, m, parent[m], err);
            copies++;
        }
    if (status == LFADS_OK)
        status = population_begin(&t->population, err);
    if (status != LFADS_OK)
        return status;
    for (size_t m = 0; m < members; m++) {
        const struct member_row *from = &population_generation(&t->population, g - 1)[parent[m]];
        struct member_row *to = &population_generation(&t->population, g)[m];

        to->parent = parent[m];
        memcpy(to->values, from->values, sizeof to->values);
        stream = stream_begin(t->base->seed, STREAM_EXPLORE, g, m);
        if (parent[m] != m)
            space_explore(to->values, &t->space, t->settings.log, &stream);
    }
    tuning_say(t, "  %zu of %zu members copy better ones", copies, members);
    return population_write(t->csv, &t->population, err);
}

/* Reports the generation that was done last. */
static void report_generation(const struct tuning *t, size_t best)
{
    size_t g = t->population.done - 1, failed = 0, length = 0;
    const struct member_row *rows = population_generation(&t->population, g);
    char values[600] = "", bits[60] = "";

    for (size_t m = 0; m < t->settings.members; m++)
        failed += isnan(rows[m].scores.score);
    for (size_t i = 0; i < t->space.count && length < sizeof values; i++)
        length += (size_t)snprintf(values + length, sizeof values - length, ", %s %.3g",
                                   t->space.value[i].name, rows[best].values[i]);
    if (isfinite(rows[best].scores.co_bps))
        snprintf(bits, sizeof bits, " (%.4g bits a spike)", rows[best].scores.co_bps);
    if (rows[best].is_final)
        tuning_say(t, "Last generation, epoch %" PRId64 ": best score %.6g%s, member %02zu%s",
                   tuning_epochs(t, g, best), rows[best].scores.score, bits, best, values);
    else
        tuning_say(t, "Generation %zu of %zu, epoch %" PRId64 ": best score %.6g%s, member %02zu%s",
                   g + 1, t->settings.generations, tuning_epochs(t, g, best),
                   rows[best].scores.score, bits, best, values);
    if (failed)
        tuning_say(t, "  the training of %zu of %zu members failed numerically", failed,
                   t->settings.members);
}

/* Trains the generation in progress to its end, and takes its scores. */
static enum lfads_status train_generation(struct tuning *t, struct lfads_error *err)
{
    struct member_row *rows = population_generation(&t->population, t->population.begun - 1);
    const double nan_ = (double)NAN;
    bool lost[MEMBERS_MAX], all_lost = true;
    enum lfads_status status = generation_train(t, lost, err);

    for (size_t m = 0; m < t->settings.members && status == LFADS_OK; m++) {
        struct scores *scores = &rows[m].scores;

        if (lost[m])
            *scores = (struct scores){-1, nan_, nan_, nan_, nan_, nan_};
        else
            status = member_measure(scores, t, m, err);
        all_lost = all_lost && isnan(scores->score);
    }
    if (status != LFADS_OK)
        return status;
    if (all_lost)
        return lfads_fail(err, LFADS_NUMERIC,
                          "the training of every member failed numerically: lower %s, or see what "
                          "lfads train says",
                          t->seeds ? "--learning_rate_init" : "the learning rates of --space");
    t->population.done++;
    return population_write(t->csv, &t->population, err);
}

/* Sets *OVER to whether the search is over after its first N generations. */
static enum lfads_status see_end(bool *over, const struct tuning *t, size_t n,
                                 struct lfads_error *err)
{
    const struct settings *s = &t->settings;
    double *best, score[MEMBERS_MAX];

    *over = n >= s->generations;
    if (*over)
        return LFADS_OK;
    best = calloc(n + 1, sizeof *best);
    if (!best)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for the scores of %zu generations", n);
    for (size_t g = 0; g < n; g++) {
        scores_of(score, t, g);
        best[g] = score[best_member(score, s->members)];
    }
    *over = search_is_over(best, n, s->patience, s->ratio);
    free(best);
    return LFADS_OK;
}

/* Marks the generation in progress, or the last one that is done, if the search was over before it:
 * then learning rates fall in it. */
static enum lfads_status mark_final(struct tuning *t, struct lfads_error *err)
{
    size_t last = t->population.begun - 1;
    bool over = false;
    enum lfads_status status = LFADS_OK;

    if (last > 0 && t->settings.final_epochs > 0)
        status = see_end(&over, t, last, err);
    for (size_t m = 0; m < t->settings.members && over; m++) {
        struct member_row *row = &population_generation(&t->population, last)[m];

        row->is_final = true;
        row->from = population_generation(&t->population, last - 1)[m].scores.step;
    }
    return status;
}

/* Begins the last generation: all members go on as they are. */
static enum lfads_status begin_final(struct tuning *t, struct lfads_error *err)
{
    size_t g = t->population.done;
    enum lfads_status status = population_begin(&t->population, err);

    if (status != LFADS_OK)
        return status;
    for (size_t m = 0; m < t->settings.members; m++) {
        struct member_row *row = &population_generation(&t->population, g)[m];

        *row = population_generation(&t->population, g - 1)[m];
        row->parent = m;
    }
    tuning_say(t, "Learning rates fall in the last generation, of %" PRId64 " epochs.",
               t->settings.final_epochs);
    status = mark_final(t, err);
    return status == LFADS_OK ? population_write(t->csv, &t->population, err) : status;
}

/* Begins the next generation, unless the last one is done, which sets *OVER. */
static enum lfads_status go_on(bool *over, struct tuning *t, struct lfads_error *err)
{
    const struct settings *s = &t->settings;
    size_t done = t->population.done;
    bool ends;
    enum lfads_status status = see_end(&ends, t, done, err);

    *over = population_generation(&t->population, done - 1)->is_final;
    if (status != LFADS_OK || *over)
        return status;
    if (ends && done < s->generations)
        tuning_say(t, "The search ends: the best score no longer improves (--stop_ratio=%g).",
                   s->ratio);
    *over = ends && s->final_epochs == 0;
    if (*over)
        return LFADS_OK;
    return ends ? begin_final(t, err) : breed(t, err);
}

int64_t tuning_epochs(const struct tuning *tuning, size_t generation, size_t member)
{
    const struct settings *s = &tuning->settings;

    return population_generation(&tuning->population, generation)[member].is_final
               ? settings_epochs(s, generation - 1) + s->final_epochs
               : settings_epochs(s, generation);
}

/* Puts the best member of the last generation on top. */
static enum lfads_status put_best(const struct tuning *t, struct lfads_error *err)
{
    double score[MEMBERS_MAX];
    size_t order[MEMBERS_MAX], count, best;
    enum lfads_status status;

    scores_of(score, t, t->population.done - 1);
    count = rank_members(order, score, t->settings.members);
    best = order[0];
    if (t->seeds)
        seeds_report(t, order, count);
    else
        report_generation(t, best);
    status = member_put_on_top(t, best, err);
    if (status == LFADS_OK)
        status = tuning_write_costs(t, best, err);
    if (status == LFADS_OK)
        status = tuning_write_ranking(t, order, count, err);
    return status;
}

/* Draws the population: at the end, and before it not more often than a figure is worth, for small
 * models train a generation in less time than one takes. Seeds have no generations. */
static enum lfads_status draw(struct tuning *t, bool over, struct lfads_error *err)
{
    const double pause = 10; /* seconds */
    double score[MEMBERS_MAX], now = clock_seconds();

    if (t->seeds || (!over && t->drew > 0 && now - t->drew < pause))
        return LFADS_OK;
    t->drew = now;
    scores_of(score, t, t->population.done - 1);
    return tuning_draw(t, best_member(score, t->settings.members), err);
}

enum lfads_status evolve(struct tuning *tuning, struct lfads_error *err)
{
    struct tuning *t = tuning;
    struct population *p = &t->population;
    bool over = false;
    enum lfads_status status = p->begun == 0 ? draw_members(t, err) : mark_final(t, err);

    while (status == LFADS_OK && !over) {
        if (p->done < p->begun)
            status = train_generation(t, err);
        if (status == LFADS_OK)
            status = put_best(t, err);
        if (status == LFADS_OK)
            status = go_on(&over, t, err);
        if (status == LFADS_OK)
            status = draw(t, over, err);
    }
    if (status == LFADS_OK)
        tuning_say(t,
                   "The best model is in %s: lfads posterior-sample %s; with --ensemble=K it "
                   "averages the K best",
                   t->directory, t->directory);
    return status;
}
