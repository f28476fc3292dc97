/* page_session.c - reads a session's results and data, and chooses the trials and units that are
 * shown.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/session_files.h"
#include "infer/baselines_scored.h"
#include "infer/evaluation_scores.h"
#include "page/page.h"
#include "report/svg.h"

/* Reads RESULT of the run, [E,...] with RANK axes, finite numbers; leaves it empty without it. */
static enum lfads_status read_result(struct array *out, const struct page_session *p,
                                     const char *name, size_t rank)
{
    const struct evaluation *s = &p->s;
    enum lfads_status status = array_find(out, &s->run, name, rank, s->err);

    if (status != LFADS_OK || !out->values)
        return status;
    status = array_expect(out, &s->run, 0, s->trials, "the rates", s->err);
    if (status == LFADS_OK && rank == 3)
        status = array_expect(out, &s->run, 1, s->bins, "the rates", s->err);
    return status == LFADS_OK ? array_check(out, &s->run, -(double)INFINITY, false, s->err)
                              : status;
}

static enum lfads_status read_states(struct page_session *p)
{
    enum lfads_status status = read_result(&p->states, p, evaluation_key(RESULT_POST_G0_MEAN), 2);

    p->states_are_g0 = p->states.values != NULL;
    return status == LFADS_OK && !p->states.values
               ? read_result(&p->states, p, evaluation_key(RESULT_GEN_ICS), 2)
               : status;
}

/* Sets the mean KL divergence of the posteriors from a normal prior. */
static enum lfads_status measure_kl(struct page_session *p)
{
    static const enum result of[] = {RESULT_POST_G0_MEAN, RESULT_POST_G0_LOGVAR,
                                     RESULT_PRIOR_G0_MEAN, RESULT_PRIOR_G0_LOGVAR};
    struct array a[4] = {{.rank = 0}, {.rank = 0}, {.rank = 0}, {.rank = 0}};
    enum lfads_status status = LFADS_OK;
    bool all = true;

    for (size_t i = 0; i < 4 && status == LFADS_OK; i++) {
        status = read_result(&a[i], p, evaluation_key(of[i]), 2);
        all = all && a[i].values && a[i].count == a[0].count;
    }
    if (status == LFADS_OK && all) {
        p->kl = 0;
        for (size_t i = 0; i < a[0].count; i++) {
            double distance = a[0].values[i] - a[2].values[i];
            double ratio = a[1].values[i] - a[3].values[i];

            p->kl += (exp(ratio) + distance * distance * exp(-a[3].values[i]) - 1 - ratio) / 2 /
                     (double)p->s.trials;
        }
    }
    for (size_t i = 0; i < 4; i++)
        array_free(&a[i]);
    return status;
}

/* Reads the data file's true inputs, as generators of synthetic sets name them. */
static enum lfads_status read_true_inputs(struct page_session *p)
{
    static const char *const names[] = {"input_%s_truth", "%s_inputs_u"};
    const struct evaluation *s = &p->s;
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < 2 && status == LFADS_OK && !p->true_inputs.values; i++) {
        char name[40];

        snprintf(name, sizeof name, names[i], s->set);
        status = array_find(&p->true_inputs, &s->data, name, 3, s->err);
    }
    if (status == LFADS_OK && p->true_inputs.values &&
        (p->true_inputs.dims[0] < s->trials || p->true_inputs.dims[1] != s->bins))
        array_free(&p->true_inputs); /* not those of the trials */
    return status;
}

static enum lfads_status read_step(struct page_session *p)
{
    struct array steps;
    enum lfads_status status = read_result(&steps, p, evaluation_key(RESULT_STEP), 1);

    p->step = steps.values && steps.count ? steps.values[0] : (double)NAN;
    array_free(&steps);
    return status;
}

static enum lfads_status read_results(struct page_session *p, const struct page *page)
{
    enum lfads_status status = read_result(&p->factors, p, evaluation_key(RESULT_FACTORS), 3);

    if (status == LFADS_OK)
        status = read_states(p);
    if (status == LFADS_OK)
        status = read_result(&p->inputs, p, evaluation_key(RESULT_INPUTS), 3);
    if (status == LFADS_OK && p->inputs.values)
        status = read_true_inputs(p);
    if (status == LFADS_OK)
        status = read_result(&p->spread, p, "output_dist_params_std", 3);
    if (p->spread.values && p->spread.dims[2] < p->s.channels)
        array_free(&p->spread);
    if (status == LFADS_OK)
        status = read_step(p);
    p->kl = (double)NAN;
    if (status == LFADS_OK && strcmp(page->config->ic_prior, "normal") == 0)
        status = measure_kl(p);
    return status;
}

/* A trial or unit with what orders it. */
struct ranked {
    size_t number;
    double key;
};

static int by_key(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;

    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static int by_number(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;

    return (x > y) - (x < y);
}

/* Chooses trials evenly over the conditions. */
static void choose_trials(struct page_session *p, struct ranked *ranked, size_t most)
{
    size_t n = p->s.trials;

    for (size_t e = 0; e < n; e++)
        ranked[e] = (struct ranked){e, p->condition ? (double)p->condition[e] : 0};
    qsort(ranked, n, sizeof *ranked, by_key);
    p->trials = n < most ? n : most;
    for (size_t i = 0; i < p->trials; i++)
        p->trial[i] = ranked[i * n / p->trials].number;
}

/* Takes the first of RANKED that are not taken until COUNT units are. */
static void take_units(struct page_session *p, const struct ranked *ranked, bool *taken,
                       size_t count)
{
    for (size_t i = 0; i < p->s.channels && p->units < count; i++)
        if (!taken[ranked[i].number]) {
            taken[ranked[i].number] = true;
            p->unit[p->units++] = ranked[i].number;
        }
}

/* Chooses half the units by their counts, a quarter each of those that are predicted best and
 * worst. */
static void choose_units(struct page_session *p, struct ranked *ranked, bool *taken, size_t most)
{
    size_t n = p->s.channels, count = n < most ? n : most;
    const double *bits = p->score.channel_bits_per_spike;

    for (size_t j = 0; j < n; j++) {
        ranked[j] = (struct ranked){j, 0};
        for (size_t i = 0; i < p->s.trials * p->s.bins; i++)
            ranked[j].key -= isnan(p->s.counts[i * n + j]) ? 0 : fabs(p->s.counts[i * n + j]);
    }
    qsort(ranked, n, sizeof *ranked, by_key);
    take_units(p, ranked, taken, bits ? (count + 1) / 2 : count);
    for (int side = -1; side <= 1; side += 2) {
        for (size_t j = 0; j < n; j++)
            ranked[j] = (struct ranked){j, bits && isfinite(bits[j]) ? side * bits[j] : 0};
        qsort(ranked, n, sizeof *ranked, by_key);
        take_units(p, ranked, taken, side < 0 ? (count * 3 + 3) / 4 : count);
    }
    qsort(p->unit, p->units, sizeof *p->unit, by_number);
}

static enum lfads_status choose(struct page_session *p, const struct page *page)
{
    const struct lfads_report_request *what = page->what;
    size_t n = p->s.trials > p->s.channels ? p->s.trials : p->s.channels;
    size_t trials = (what->trials ? what->trials : 40) / page->count;
    struct ranked *ranked = calloc(n + 1, sizeof *ranked);
    bool *taken = calloc(p->s.channels + 1, sizeof *taken);
    bool fine;

    p->trial = calloc(p->s.trials + 1, sizeof *p->trial);
    p->unit = calloc(p->s.channels + 1, sizeof *p->unit);
    fine = ranked && taken && p->trial && p->unit;
    if (fine) {
        choose_trials(p, ranked, trials < 4 ? 4 : trials);
        choose_units(p, ranked, taken, what->units ? what->units : 16);
    }
    free(ranked);
    free(taken);
    return fine ? LFADS_OK : lfads_fail(page->err, LFADS_NO_MEMORY, "no memory to choose trials");
}

static enum lfads_status read_conditions(struct page_session *p)
{
    size_t set = strcmp(p->s.set, labels_set_name(0)) == 0 ? 0 : 1;
    enum lfads_status status = labels_find(&p->labels, &p->s);

    p->condition = p->labels.number[set];
    return status;
}

static enum lfads_status score(struct page_session *p)
{
    char name[40];
    enum lfads_status status = evaluation_score(&p->score, &p->s);

    evaluation_data_name(name, &p->s, "train");
    return status == LFADS_OK && h5_has(&p->s.data, name) ? baselines_scored(&p->baselines, &p->s)
                                                          : status;
}

enum lfads_status page_read_session(struct page_session *session, struct page *page)
{
    struct page_session *p = session;
    const struct lfads_data *data = page->what->data;
    struct session_files files = {.count = 0};
    enum lfads_status status =
        data ? session_files_of_arrays(&files, data, p->name, page->err) : LFADS_OK;

    p->what = (struct lfads_evaluation){.size = sizeof p->what,
                                        .data_file = p->data_file,
                                        .model_run_file = p->run_file,
                                        .set = p->set,
                                        .bootstrap = page->what->bootstrap,
                                        .seed = page->what->seed};
    if (status == LFADS_OK)
        status = evaluation_open(&p->s, &p->what, data ? files.file[0].arrays : NULL, page->err);
    session_files_release(&files);
    if (status == LFADS_OK)
        status = read_conditions(p);
    if (status == LFADS_OK)
        status = read_results(p, page);
    if (status == LFADS_OK)
        status = score(p);
    p->bin_s = status == LFADS_OK ? evaluation_bin_width(&p->s) : 0;
    p->psth_sd = p->bin_s > 0 ? evaluation_psth_sd(&p->s) : 2;
    return status == LFADS_OK ? choose(p, page) : status;
}

void page_release_session(struct page_session *session)
{
    struct array *const arrays[] = {&session->factors, &session->states, &session->inputs,
                                    &session->true_inputs, &session->spread};

    evaluation_release(&session->s);
    evaluation_release_score(&session->score);
    baselines_release(&session->baselines);
    labels_free(&session->labels);
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        array_free(arrays[i]);
    free(session->trial);
    free(session->unit);
}

void page_condition(char text[40], const struct page_session *session, size_t c)
{
    if (session->condition)
        labels_name(text, &session->labels, c);
    else
        *text = 0;
}

void page_unit(char text[UNIT_NAME], const struct page_session *session, size_t j)
{
    unit_name(text, session->score.units, j);
}

void page_about_unit(char about[PAGE_ABOUT_UNIT], const struct page_session *session, size_t j)
{
    bool held = j >= session->s.channels - session->s.heldout;
    char name[UNIT_NAME], number[24], channel[40] = "";

    page_unit(name, session, j);
    snprintf(number, sizeof number, "%zu", j);
    if (strcmp(name, number) != 0)
        snprintf(channel, sizeof channel, ", channel %s", number);
    snprintf(about, PAGE_ABOUT_UNIT, "unit %s%s%s", name, channel, held ? ", held out" : "");
}

size_t page_conditions(size_t *most, size_t max, const struct page_session *session)
{
    const struct page_session *p = session;
    size_t classes = p->condition ? p->labels.count : 1, found = 0, last = SIZE_MAX;

    while (found < max && found < classes) { /* the next by trials, then by number */
        size_t best = SIZE_MAX, best_trials = 0;

        for (size_t c = 0; c < classes; c++) {
            size_t trials = p->condition ? 0 : p->s.trials;
            bool taken = false;

            for (size_t i = 0; i < found; i++)
                taken = taken || most[i] == c;
            for (size_t e = 0; p->condition && e < p->s.trials; e++)
                trials += p->condition[e] == c;
            if (!taken && trials > best_trials && trials <= last) {
                best = c;
                best_trials = trials;
            }
        }
        if (best == SIZE_MAX)
            break;
        last = best_trials;
        most[found++] = best;
    }
    qsort(most, found, sizeof *most, by_number);
    return found;
}

void page_colour(char class[8], const struct page_session *session, size_t c)
{
    size_t count = session->condition ? session->labels.count : 1;

    snprintf(class, 8, count <= SVG_SERIES ? "s%zu" : "h%zu",
             count <= SVG_SERIES ? c : c * PAGE_HUES / count);
}

void page_colour_of_few(char class[8], const struct page_session *session, size_t c, size_t index)
{
    if (session->condition && session->labels.count > SVG_SERIES)
        snprintf(class, 8, "s%zu", index % SVG_SERIES);
    else
        page_colour(class, session, c);
}
