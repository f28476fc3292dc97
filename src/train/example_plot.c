/* example_plot.c - draws a random trial of each set as the model sees it, averaged over samples. It
 * runs on the CPU backend for every device: one trial is little work, and two threads cannot share
 * a device. SPDX-License-Identifier: Apache-2.0 */
#include "train/example_plot.h"

#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/sizes.h"
#include "base/workers.h"
#include "report/example.h"
#include "report/tensorboard.h"
#include "run/passes.h"

enum {
    SAMPLES = 32, /* of a trial; more make no visible difference */
    DRAWING = 4 * EXAMPLE_WIDTH * EXAMPLE_HEIGHT + (6 << 20), /* cairo's image, fonts, the PNG */
    SPARE_TIMES = 50 /* pictures are at least this many times the last one's duration apart */
};

/* A trial of one set, and the model's results for it. */
struct side {
    size_t session, trial;
    float *x, *ext;         /* [T,N], [T,E] */
    double *data, *truth;   /* [T,N]; truth is NULL if the data lack it */
    double *external;       /* [T,E] */
    void *memory;           /* of the arrays above; NULL: the set is empty */
    struct results results; /* averages over samples */
    char title[400];
};

/* A picture in progress. */
struct picture {
    const struct run *run;
    int64_t step;
    real *parameters;
    struct side side[SESSION_SETS];
    pthread_t thread;
    atomic_bool done;
    double began;
    unsigned char *png;
    size_t length;
    enum lfads_status status;
    struct lfads_error error;
};

struct example_plot {
    const struct run *run;
    struct picture *picture; /* in progress, or NULL */
    double next;             /* time of the clock when the next one is due */
    int64_t drawn;           /* step of the last one; -1: none yet */
    bool given_up;
};

struct example_plot *example_plot_create(const struct run *run)
{
    struct example_plot *plot = run->config->example_every_s < 0 ? NULL : calloc(1, sizeof *plot);

    if (plot) {
        plot->run = run;
        plot->drawn = -1;
    }
    return plot;
}

/* Doubles of a side's data, truth and external inputs, for N channels. */
static size_t side_numbers(const struct model *m, size_t n)
{
    return m->data_bins * (n * 2 + m->ext_inputs);
}

static const struct pass_plan plan = {.latents = POSTERIOR_SAMPLE, .trials = 1, .samples = SAMPLES};

size_t example_plot_bytes(const struct run *run)
{
    const struct model *m = run->model;
    size_t channels = 0, results = 0, side;

    if (run->config->example_every_s < 0)
        return 0;
    for (size_t s = 0; s < m->n_sessions; s++) {
        channels = size_max(channels, model_channels(m, s));
        results = size_max(results, results_bytes(m, s, 1, false));
    }
    side = side_numbers(m, channels) * sizeof(double) + results +
           m->data_bins * (channels + m->ext_inputs) * sizeof(float);
    return m->size * sizeof(real) + SESSION_SETS * side + DRAWING +
           passes_bytes(backend_cpu(), m, &plan);
}

static void free_side(struct side *side)
{
    free(side->memory);
    results_free(&side->results);
}

static void free_picture(struct picture *picture)
{
    if (!picture)
        return;
    for (int set = 0; set < SESSION_SETS; set++)
        free_side(&picture->side[set]);
    free(picture->parameters);
    free(picture->png);
    free(picture);
}

void example_plot_free(struct example_plot *plot)
{
    if (plot && plot->picture) {
        pthread_join(plot->picture->thread, NULL);
        free_picture(plot->picture);
    }
    free(plot);
}

static enum lfads_status allocate(struct side *side, const struct model *m, bool has_truth,
                                  struct lfads_error *err)
{
    size_t bins = m->data_bins, n = model_channels(m, side->session), doubles = side_numbers(m, n);
    double *memory = side->memory = calloc(doubles + bins * (n + m->ext_inputs), sizeof *memory);
    void *floats;

    if (!memory)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory");
    side->data = memory;
    side->truth = has_truth ? memory + bins * n : NULL;
    side->external = memory + 2 * bins * n;
    floats = memory + doubles;
    side->x = floats;
    side->ext = side->x + bins * n;
    return results_create(&side->results, m, side->session, 1, false, err);
}

/* Picks a trial and copies its data. Runs in the training thread, which alone reads files. */
static enum lfads_status take_trial(struct picture *p, enum session_set set)
{
    const struct dataset *dataset = p->run->dataset;
    const struct model *m = p->run->model;
    struct philox_address from = {
        .seed = p->run->seed, .purpose = PHILOX_EXAMPLE, .step = (uint32_t)p->step, .sample = set};
    struct side *side = &p->side[set];
    const struct session *session;
    enum lfads_status status;
    uint32_t words[2];
    size_t numbers;

    philox_words(words, &from, 2);
    side->session = words[0] % dataset->count;
    session = dataset->sessions[side->session];
    if (!session->set[set].count)
        return LFADS_OK;
    side->trial = words[1] % session->set[set].count;
    numbers = m->data_bins * session->channels;
    status = allocate(side, m, session->set[set].has_truth, &p->error);
    if (status != LFADS_OK)
        return status;
    snprintf(side->title, sizeof side->title, "%s trial %zu of session %.200s, step %" PRId64,
             set == SESSION_TRAIN ? "training" : "validation", side->trial, session->name, p->step);
    status = session_read_trial(side->x, session, set, TRIAL_OBSERVED, side->trial, &p->error);
    if (status == LFADS_OK && session->ext_inputs)
        status = session_read_trial(side->ext, session, set, TRIAL_EXT, side->trial, &p->error);
    if (status != LFADS_OK)
        return status;
    for (size_t i = 0; i < numbers; i++)
        side->data[i] = (double)side->x[i];
    for (size_t i = 0; i < m->data_bins * m->ext_inputs; i++)
        side->external[i] = (double)side->ext[i];
    if (side->truth)
        status = session_read_truth(side->truth, session, set, side->trial, &p->error);
    for (size_t i = 0; i < numbers && status == LFADS_OK && side->truth; i++)
        if (!isfinite(side->truth[i]))
            side->truth = NULL; /* the trial's is not known */
    return status;
}

static void run_trial(struct picture *p, struct passes *passes, enum session_set set)
{
    const struct model *m = p->run->model;
    const struct side *side = &p->side[set];
    struct pass pass = {.session = side->session,
                        .trials = 1,
                        .parameters = p->parameters,
                        .seed = p->run->seed,
                        .step = (uint32_t)p->step,
                        .trial = PHILOX_MAX_TRIAL - 1 - (uint32_t)set};
    const struct shard *s = passes_begin(passes, &pass);

    memcpy(s->host_data[TRIAL_OBSERVED], side->x,
           m->data_bins * model_channels(m, side->session) * sizeof *side->x);
    if (m->ext_inputs)
        memcpy(s->host_data[TRIAL_EXT], side->ext,
               m->data_bins * m->ext_inputs * sizeof *side->ext);
    passes_encode(passes);
    passes_decode(passes, 0);
    passes_keep(passes, &side->results, 0);
}

static struct example_column column_of(const struct picture *p, enum session_set set)
{
    const struct side *side = &p->side[set];
    const struct model *m = p->run->model;
    double *const *values = side->results.values;
    size_t n = model_channels(m, side->session);

    if (!side->memory)
        return (struct example_column){.title = set == SESSION_TRAIN ? "" : "no validation data"};
    return (struct example_column){
        .title = side->title,
        .rates = {.bins = m->bins,
                  .reals = m->output->data != DATA_COUNTS,
                  .channels = n,
                  .outputs = model_outputs(m, side->session),
                  .means = values[RESULT_OUTPUT],
                  .variances = m->output->written > 1 ? values[RESULT_OUTPUT] + n : NULL,
                  .truth = side->truth ? side->truth + model_skip(m, 1, n) : NULL,
                  .data = side->data + model_skip(m, 1, n),
                  .conversion =
                      side->truth ? p->run->dataset->sessions[side->session]->conversion : 1},
        .inputs = values[RESULT_INPUTS],
        .ext = side->external + model_skip(m, 1, m->ext_inputs),
        .factors = values[RESULT_FACTORS],
        .states = values[RESULT_GEN_STATES],
        .n_inputs = m->co_dim,
        .n_ext = m->ext_inputs,
        .n_factors = m->factors,
        .n_states = m->gen_units};
}

static void draw_picture(void *payload, size_t item, size_t thread)
{
    struct picture *p = payload;
    struct example_column columns[SESSION_SETS];
    struct passes passes;

    (void)item, (void)thread;
    p->status = passes_create(&passes, backend_cpu(), p->run->model, &plan, &p->error);
    for (int set = 0; set < SESSION_SETS && p->status == LFADS_OK; set++) {
        if (p->side[set].memory)
            run_trial(p, &passes, (enum session_set)set);
        columns[set] = column_of(p, (enum session_set)set);
    }
    if (p->status == LFADS_OK)
        p->status = example_draw(&p->png, &p->length, columns, &p->error);
    passes_release(&passes);
}

static void *run(void *payload)
{
    struct picture *p = payload;

    workers_run(NULL, 1, draw_picture, p);
    atomic_store(&p->done, true);
    return NULL;
}

static void give_up(struct example_plot *plot, const char *reason)
{
    plot->given_up = true;
    run_warn(plot->run, "no pictures for TensorBoard from here on: %s", reason);
}

static struct picture *create_picture(const struct run *run, const real *parameters, int64_t step)
{
    struct picture *p = calloc(1, sizeof *p);
    size_t bytes = run->model->size * sizeof *parameters;

    if (!p)
        return NULL;
    p->run = run;
    p->step = step;
    p->began = clock_seconds();
    p->parameters = malloc(bytes);
    if (!p->parameters) {
        free(p);
        return NULL;
    }
    memcpy(p->parameters, parameters, bytes);
    return p;
}

bool example_plot_is_due(const struct example_plot *plot, int64_t step, bool last)
{
    return plot && !plot->given_up && !plot->picture && plot->drawn != step &&
           (last || clock_seconds() >= plot->next);
}

void example_plot_begin(struct example_plot *plot, const real *parameters, int64_t step)
{
    struct picture *p = create_picture(plot->run, parameters, step);
    enum lfads_status status = LFADS_OK;

    if (!p) {
        give_up(plot, "no memory");
        return;
    }
    for (int set = 0; set < SESSION_SETS && status == LFADS_OK; set++)
        status = take_trial(p, (enum session_set)set);
    if (status != LFADS_OK || pthread_create(&p->thread, NULL, run, p) != 0) {
        give_up(plot, status == LFADS_OK ? "no thread can be made" : p->error.text);
        free_picture(p);
        return;
    }
    plot->picture = p;
    plot->drawn = step;
}

/* The time when the next picture is due; pictures must take a small share of training's time. */
static double next_time(const struct example_plot *plot)
{
    const struct picture *p = plot->picture;
    double every = plot->run->config->example_every_s;
    double spare = SPARE_TIMES * (clock_seconds() - p->began);

    return every > 0 ? p->began + (every > spare ? every : spare) : 0;
}

enum lfads_status example_plot_collect(struct example_plot *plot, const char *path, bool wait,
                                       struct lfads_error *err)
{
    struct picture *p = plot ? plot->picture : NULL;
    struct event_image image = {
        .tag = "LFADS/LFADS_example/image/0", .width = EXAMPLE_WIDTH, .height = EXAMPLE_HEIGHT};
    enum lfads_status status = LFADS_OK;

    if (!p || (!wait && !atomic_load(&p->done)))
        return LFADS_OK;
    pthread_join(p->thread, NULL);
    plot->next = next_time(plot);
    plot->picture = NULL;
    image.png = p->png;
    image.length = p->length;
    if (p->status == LFADS_OK)
        status = events_add_image(path, p->step, &image, err);
    else
        give_up(plot, p->error.text);
    free_picture(p);
    return status;
}
