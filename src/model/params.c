/* params.c - the one table of parameters: names, shapes and offsets in the vector, walked by one
 * function that builds the table and lays out the views of each session (model.md; order of the
 * original).
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/params.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"

/* Numbers: parameters begin at multiples of 64 bytes, where processors and devices read a vector at
 * once. The padding between them is zero and stays zero. */
enum { ALIGNMENT = 16 };

/* What params_view points a member of struct weights at. */
struct view {
    size_t member; /* bytes from the beginning of the struct */
    size_t offset; /* numbers from the beginning of the vector */
};

/* The weights of one session: sizes, pointers NULL; and where the pointers go. */
struct params_layout {
    struct weights sizes;
    size_t n_views;
    struct view views[sizeof(struct weights) / sizeof(real *)];
};

/* One walk over the parameters: sets the sizes in WEIGHTS, fills TABLE and LAYOUT, whose sizes
 * WEIGHTS then are, if they are not NULL. */
struct walk {
    const struct model *model;
    struct param *table;
    struct params_layout *layout;
    size_t count, offset;
    struct weights *weights;
    size_t session; /* whose maps WEIGHTS gets */
};

/* SLOT, a member of the walk's weights, will point to OFFSET. */
static void add_view(struct walk *walk, real **slot, size_t offset)
{
    struct params_layout *layout = walk->layout;
    size_t member = (size_t)((char *)slot - (char *)walk->weights);

    if (layout)
        layout->views[layout->n_views++] = (struct view){member, offset};
}

/* Adds one parameter; SLOT, if it is not NULL, will point to it. */
__attribute__((format(printf, 4, 5))) static void put(struct walk *walk, real **slot,
                                                      struct param param, const char *format, ...)
{
    if (walk->table) {
        struct param *row = &walk->table[walk->count];
        va_list words;

        *row = param;
        row->offset = walk->offset;
        va_start(words, format);
        vsnprintf(row->name, sizeof row->name, format, words);
        va_end(words);
    }
    if (slot)
        add_view(walk, slot, walk->offset);
    walk->count++;
    walk->offset += (param.rows * param.cols + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static struct param matrix(size_t rows, size_t cols, double scale)
{
    return (struct param){.rows = rows,
                          .cols = cols,
                          .map = true,
                          .start = PARAM_NORMAL,
                          .value = scale / sqrt((double)rows),
                          .session = PARAM_SHARED};
}

static struct param constant(size_t rows, size_t cols, double value)
{
    return (struct param){.rows = rows,
                          .cols = cols,
                          .start = PARAM_CONSTANT,
                          .value = value,
                          .session = PARAM_SHARED};
}

static struct param zeros(size_t rows, size_t cols)
{
    struct param param = constant(rows, cols, 0);

    param.map = true;
    return param;
}

static struct param stacked(size_t inputs, size_t units, size_t cols, double scale)
{
    struct param param = matrix(inputs + units, cols, scale);

    param.split = inputs;
    return param;
}

static struct param penalised(struct param param, enum param_penalty penalty)
{
    param.penalty = penalty;
    return param;
}

static struct param owned(struct param param, size_t session, enum param_alignment alignment)
{
    param.session = (int)session;
    param.alignment = alignment;
    return param;
}

static void put_linear(struct walk *walk, struct linear *slot, size_t in, size_t out,
                       const char *name)
{
    put(walk, &slot->w, matrix(in, out, 1), "%s/W", name);
    put(walk, &slot->b, constant(1, out, 0), "%s/b", name);
}

/* The scales of the original's flags that the initial values need. */
struct scales {
    double cell, gen_input, gen_recurrent, prior_var, atau, nvar;
};

/* An encoder's cell: weights of input and state stacked in one matrix. The candidate's scale is
 * always 1. */
static void put_encoder(struct walk *walk, enum encoder e, double scale)
{
    static const struct {
        const char *kind, *direction;
    } names[ENCODERS] = {{"ic", "fwd"}, {"ic", "rev"}, {"ci", "fwd"}, {"ci", "rev"}};
    const char *kind = names[e].kind, *direction = names[e].direction;
    size_t inputs = model_encoder_inputs(walk->model, walk->session);
    size_t units = model_encoder_units(walk->model, e);
    struct gru *gru = &walk->weights->encoder[e];

    gru->inputs = inputs;
    gru->units = units;
    put(walk, &walk->weights->encoder_start[e], constant(1, units, 0),
        "LFADS/%s_enc_%s/%s_enc_t0_%s", kind, direction, kind, direction);
    /* the lower of two stacked maps lies behind the upper one */
    add_view(walk, &gru->h_ru, walk->offset + inputs * 2 * units);
    put(walk, &gru->x_ru, stacked(inputs, units, 2 * units, scale),
        "LFADS/%s_enc_%s/GRU/Gates/xh_2_ru/W", kind, direction);
    put(walk, &gru->b_ru, constant(1, 2 * units, 0), "LFADS/%s_enc_%s/GRU/Gates/xh_2_ru/b", kind,
        direction);
    add_view(walk, &gru->rh_c, walk->offset + inputs * units);
    put(walk, &gru->x_c, stacked(inputs, units, units, 1),
        "LFADS/%s_enc_%s/GRU/Candidate/xrh_2_c/W", kind, direction);
    put(walk, &gru->b_c, constant(1, units, 0), "LFADS/%s_enc_%s/GRU/Candidate/xrh_2_c/b", kind,
        direction);
}

/* The generator's and the controller's cell. NAME: "gen" or "con". */
static void put_gen_gru(struct walk *walk, struct gru *gru, const char *name, size_t inputs,
                        size_t units, double input_scale, double scale, enum param_penalty penalty)
{
    gru->inputs = inputs;
    gru->units = units;
    if (inputs)
        put(walk, &gru->x_ru, matrix(inputs, 2 * units, input_scale),
            "LFADS/%s/GenGRU/Gates/x_2_ru/W", name);
    put(walk, &gru->h_ru, penalised(matrix(units, 2 * units, scale), penalty),
        "LFADS/%s/GenGRU/Gates/h_2_ru/W", name);
    put(walk, &gru->b_ru, penalised(constant(1, 2 * units, 0), penalty),
        "LFADS/%s/GenGRU/Gates/h_2_ru/b", name);
    if (inputs)
        put(walk, &gru->x_c, matrix(inputs, units, input_scale),
            "LFADS/%s/GenGRU/Candidate/x_2_c/W", name);
    put(walk, &gru->rh_c, penalised(matrix(units, units, scale), penalty),
        "LFADS/%s/GenGRU/Candidate/rh_2_c/W", name);
    put(walk, &gru->b_c, penalised(constant(1, units, 0), penalty),
        "LFADS/%s/GenGRU/Candidate/rh_2_c/b", name);
}

static void walk_readins(struct walk *walk)
{
    const struct model *m = walk->model;

    for (size_t s = 0; s < m->n_sessions && !m->identity_readin; s++) {
        struct linear *slot = s == walk->session ? &walk->weights->readin : NULL;
        const char *name = m->sessions[s].name;

        put(walk, slot ? &slot->w : NULL,
            owned(matrix(m->sessions[s].channels, m->factors, 1), s, ALIGNED_READIN_W),
            "LFADS/x_2_infac_%s/W", name);
        put(walk, slot ? &slot->b : NULL, owned(constant(1, m->factors, 0), s, ALIGNED_READIN_B),
            "LFADS/x_2_infac_%s/b", name);
    }
}

/* Log rates, or means and log variances; the latter start from W = 0, b = 1. */
static void walk_readouts(struct walk *walk)
{
    const struct model *m = walk->model;
    const char *kind = m->gaussian ? "means" : "logrates";

    for (size_t s = 0; s < m->n_sessions && !m->identity_readout; s++) {
        struct weights *w = s == walk->session ? walk->weights : NULL;
        const char *name = m->sessions[s].name;
        size_t n = m->sessions[s].channels;

        put(walk, w ? &w->readout.w : NULL, owned(matrix(m->factors, n, 1), s, ALIGNED_READOUT_W),
            "LFADS/glm/fac_2_%s_%s/W", kind, name);
        put(walk, w ? &w->readout.b : NULL, owned(constant(1, n, 0), s, ALIGNED_READOUT_B),
            "LFADS/glm/fac_2_%s_%s/b", kind, name);
        if (!m->gaussian)
            continue;
        put(walk, w ? &w->readout_logvar.w : NULL, owned(zeros(m->factors, n), s, ALIGNED_NOT),
            "LFADS/glm/fac_2_logvars_%s/W", name);
        put(walk, w ? &w->readout_logvar.b : NULL, owned(constant(1, n, 1), s, ALIGNED_NOT),
            "LFADS/glm/fac_2_logvars_%s/b", name);
    }
}

static void walk_encoders(struct walk *walk, const struct scales *scales)
{
    for (enum encoder e = 0; e < ENCODERS; e++)
        if (model_has_encoder(walk->model, e))
            put_encoder(walk, e, scales->cell);
}

static void walk_priors(struct walk *walk, const struct scales *scales)
{
    const struct model *m = walk->model;
    struct weights *w = walk->weights;

    if (m->ic_dim) {
        put(walk, &w->prior_mean, constant(1, m->ic_dim, 0), "LFADS/z/prior_g0/mean");
        put(walk, &w->prior_logvar, constant(1, m->ic_dim, log(scales->prior_var)),
            "LFADS/z/prior_g0/logvar");
        put_linear(walk, &w->ic_mean, 2 * m->ic_enc, m->ic_dim, "LFADS/z/ic_enc_2_post_g0/mean");
        put_linear(walk, &w->ic_logvar, 2 * m->ic_enc, m->ic_dim,
                   "LFADS/z/ic_enc_2_post_g0/logvar");
    }
    if (m->co_dim) {
        put(walk, &w->ar_logevar, constant(1, m->co_dim, log(scales->nvar)),
            "LFADS/z/u_prior_ar1/logevars");
        put(walk, &w->ar_logatau, constant(1, m->co_dim, log(scales->atau)),
            "LFADS/z/u_prior_ar1/logatau");
        put(walk, &w->con_start, constant(1, m->con_units, 0), "LFADS/con/c0");
    }
}

static void walk_dynamics(struct walk *walk, const struct scales *scales)
{
    const struct model *m = walk->model;
    struct weights *w = walk->weights;

    if (!m->ic_dim)
        put(walk, &w->gen_start, constant(1, m->gen_units, 0), "LFADS/gen/g0");
    else if (m->ic_dim != m->gen_units)
        put_linear(walk, &w->gen_ic, m->ic_dim, m->gen_units, "LFADS/gen/g0_2_gen_ic");
    put(walk, &w->factors, matrix(m->gen_units, m->factors, 1), "LFADS/gen/gen_2_fac/W");
    if (m->co_dim) {
        put_gen_gru(walk, &w->con, "con", model_ci_width(m) + model_fed_width(m, walk->session),
                    m->con_units, scales->cell, scales->cell, PENALTY_CONTROLLER);
        put_linear(walk, &w->co_mean, m->con_units, m->co_dim, "LFADS/con/con_to_post_co/mean");
        put_linear(walk, &w->co_logvar, m->con_units, m->co_dim, "LFADS/con/con_to_post_co/logvar");
    }
    put_gen_gru(walk, &w->gen, "gen", model_generator_inputs(m), m->gen_units, scales->gen_input,
                scales->gen_recurrent, PENALTY_GENERATOR);
}

static void walk_all(struct walk *walk, const struct scales *scales)
{
    walk->count = walk->offset = 0;
    *walk->weights = (struct weights){0};
    walk_readins(walk);
    walk_readouts(walk);
    walk_encoders(walk, scales);
    walk_priors(walk, scales);
    walk_dynamics(walk, scales);
}

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* Which parameters are trained: model.md 8, and the priors' own switches. */
static bool is_trained(const struct param *param, const struct lfads_config *config)
{
    bool readin = param->alignment == ALIGNED_READIN_W || param->alignment == ALIGNED_READIN_B;

    if (readin && !config->do_train_readin)
        return false;
    if (config->do_train_io_only)
        return param->session != PARAM_SHARED;
    if (config->do_train_encoder_only)
        return starts_with(param->name, "LFADS/ic_enc_") ||
               starts_with(param->name, "LFADS/z/ic_enc_");
    if (strcmp(param->name, "LFADS/z/prior_g0/logvar") == 0)
        return config->ic_prior_var_max > config->ic_prior_var_min;
    if (strcmp(param->name, "LFADS/z/u_prior_ar1/logatau") == 0)
        return config->do_train_prior_ar_atau;
    if (strcmp(param->name, "LFADS/z/u_prior_ar1/logevars") == 0)
        return config->do_train_prior_ar_nvar;
    return true;
}

/* Read-in: W = A, b = -(a A), model.md (1.3); read-out: W = A', b = a. */
static double aligned_value(const struct param *param, const struct model_session *s,
                            size_t factors, size_t i, size_t j)
{
    double sum = 0;

    switch (param->alignment) {
    case ALIGNED_READIN_W:
        return s->alignment_matrix[i * factors + j];
    case ALIGNED_READOUT_W:
        return s->alignment_matrix[j * factors + i];
    case ALIGNED_READOUT_B:
        return s->alignment_bias[j];
    case ALIGNED_READIN_B:
        for (size_t n = 0; n < s->shape.channels && s->alignment_bias; n++)
            sum -= s->alignment_bias[n] * s->alignment_matrix[n * factors + j];
        return sum;
    case ALIGNED_NOT:
        break;
    }
    return 0;
}

/* Makes the parameter start from its session's alignment, where that says how. */
static enum lfads_status align(struct param *param, const struct model_session *s, size_t factors,
                               struct lfads_error *err)
{
    const double *needed =
        param->alignment == ALIGNED_READOUT_B ? s->alignment_bias : s->alignment_matrix;

    if (param->alignment == ALIGNED_NOT || !needed)
        return LFADS_OK;
    param->start = PARAM_GIVEN;
    param->given = calloc(param->rows * param->cols, sizeof *param->given);
    if (!param->given)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for the parameters of session %s",
                          s->shape.name);
    for (size_t i = 0; i < param->rows; i++)
        for (size_t j = 0; j < param->cols; j++)
            param->given[i * param->cols + j] = aligned_value(param, s, factors, i, j);
    return LFADS_OK;
}

static void lay_out_session(struct params_layout *layout, const struct model *model, size_t session)
{
    static const struct scales unused = {1, 1, 1, 1, 1, 1};
    struct walk walk = {
        .model = model, .layout = layout, .weights = &layout->sizes, .session = session};

    walk_all(&walk, &unused);
}

enum lfads_status params_create(struct model *model, const struct lfads_config *config,
                                const struct model_session *sessions, struct lfads_error *err)
{
    struct scales scales = {
        .cell = config->cell_weight_scale,
        .gen_input = config->gen_cell_input_weight_scale,
        .gen_recurrent = config->gen_cell_rec_weight_scale,
        .prior_var = config->ic_prior_var_scale,
        .atau = config->prior_ar_atau,
        .nvar = config->prior_ar_nvar,
    };
    struct weights weights;
    struct walk walk = {.model = model, .weights = &weights};
    enum lfads_status status;

    walk_all(&walk, &scales);
    model->n_params = walk.count;
    model->size = walk.offset;
    model->params = calloc(walk.count, sizeof *model->params);
    model->layouts = calloc(model->n_sessions, sizeof *model->layouts);
    if (!model->params || !model->layouts)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a table of %zu parameters",
                          walk.count);
    walk.table = model->params;
    walk_all(&walk, &scales);
    for (size_t session = 0; session < model->n_sessions; session++)
        lay_out_session(&model->layouts[session], model, session);
    for (size_t i = 0; i < model->n_params; i++) {
        struct param *param = &model->params[i];

        param->trained = is_trained(param, config);
        if (param->session == PARAM_SHARED)
            continue;
        status = align(param, &sessions[param->session], model->factors, err);
        if (status != LFADS_OK)
            return status;
    }
    return LFADS_OK;
}

void params_view(struct weights *weights, const struct model *model, real *vector, size_t session)
{
    const struct params_layout *layout = &model->layouts[session];

    *weights = layout->sizes;
    for (size_t i = 0; vector && i < layout->n_views; i++) {
        const struct view *view = &layout->views[i];

        *(real **)(void *)((char *)weights + view->member) = vector + view->offset;
    }
}
