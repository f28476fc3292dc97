/* params.c - the table of parameters: names, shapes and offsets in the vector (model.md; in the
 * original's order). One walk builds the table and the layout of each session's views.
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/params.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "config/config.h"

/* In numbers: parameters begin at multiples of 64 bytes, where loads of whole vectors are fastest.
 * The padding between them is always zero. */
enum { ALIGNMENT = 16 };

/* A member of struct weights that params_view sets. */
struct view {
    size_t member; /* bytes from the beginning of the struct */
    size_t offset; /* numbers from the beginning of the vector */
};

/* The weights of one session: sizes with NULL pointers, and the pointers' offsets. */
struct params_layout {
    struct weights sizes;
    size_t n_views;
    struct view views[sizeof(struct weights) / sizeof(real *)];
};

/* A walk over the parameters. It sets the sizes in WEIGHTS, and fills TABLE and LAYOUT if they are
 * not NULL; with LAYOUT, WEIGHTS is &LAYOUT->sizes. */
struct walk {
    const struct model *model;
    const struct lfads_config *config; /* NULL without TABLE */
    struct param *table;
    struct params_layout *layout;
    size_t count, offset;
    struct weights *weights;
    size_t session;         /* of WEIGHTS */
    enum param_group group; /* of the next parameter */
};

/* params_view will point SLOT, a member of the walk's weights, to OFFSET. */
static void add_view(struct walk *walk, real **slot, size_t offset)
{
    struct params_layout *layout = walk->layout;
    size_t member = (size_t)((char *)slot - (char *)walk->weights);

    if (layout)
        layout->views[layout->n_views++] = (struct view){member, offset};
}

/* Adds a parameter. params_view will point SLOT to it; SLOT may be NULL. */
__attribute__((format(printf, 4, 5))) static void put(struct walk *walk, real **slot,
                                                      struct param param, const char *format, ...)
{
    if (walk->table) {
        struct param *row = &walk->table[walk->count];
        va_list words;

        *row = param;
        row->offset = walk->offset;
        row->group = walk->group;
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

/* Recurrent weights: the lower of two stacked maps. */
static struct param penalised(struct param param, enum param_penalty penalty)
{
    param.penalty = penalty;
    param.unpenalised = param.split * param.cols;
    return param;
}

/* The biases of reset and update gates. */
static struct param gate_biases(const struct model *model, size_t units)
{
    struct param param = constant(1, 2 * units, model->gate_bias_ones ? 1 : 0);

    param.gate_biases = true;
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
    slot->in = in;
    slot->out = out;
    put(walk, &slot->w, matrix(in, out, 1), "%s/W", name);
    put(walk, &slot->b, constant(1, out, 0), "%s/b", name);
}

/* Scales of initial values, from flags. */
struct scales {
    double cell, gen_input, gen_recurrent;
};

/* The original's L2 cost is not of the encoders. */
static enum param_penalty encoder_penalty(const struct model *m, enum encoder e)
{
    if (!m->l2_of_recurrent)
        return PENALTY_NONE;
    return e < CI_FORWARD ? PENALTY_IC_ENCODER : PENALTY_CI_ENCODER;
}

/* An encoder's cell: weights of input and state stacked in one matrix. The candidate's weights have
 * scale 1. */
static void put_encoder(struct walk *walk, enum encoder e, double scale)
{
    static const struct {
        const char *kind, *direction;
    } names[ENCODERS] = {{"ic", "fwd"}, {"ic", "rev"}, {"ci", "fwd"}, {"ci", "rev"}};
    const char *kind = names[e].kind, *direction = names[e].direction;
    size_t inputs = model_encoder_inputs(walk->model, walk->session);
    size_t units = model_encoder_units(walk->model, e);
    struct gru *gru = &walk->weights->encoder[e];
    enum param_penalty penalty = encoder_penalty(walk->model, e);

    gru->inputs = inputs;
    gru->units = units;
    put(walk, &walk->weights->encoder_start[e], constant(1, units, 0),
        "LFADS/%s_enc_%s/%s_enc_t0_%s", kind, direction, kind, direction);
    /* the lower of two stacked maps follows the upper one */
    add_view(walk, &gru->h_ru, walk->offset + inputs * 2 * units);
    put(walk, &gru->x_ru, penalised(stacked(inputs, units, 2 * units, scale), penalty),
        "LFADS/%s_enc_%s/GRU/Gates/xh_2_ru/W", kind, direction);
    put(walk, &gru->b_ru, gate_biases(walk->model, units), "LFADS/%s_enc_%s/GRU/Gates/xh_2_ru/b",
        kind, direction);
    add_view(walk, &gru->rh_c, walk->offset + inputs * units);
    put(walk, &gru->x_c, penalised(stacked(inputs, units, units, 1), penalty),
        "LFADS/%s_enc_%s/GRU/Candidate/xrh_2_c/W", kind, direction);
    put(walk, &gru->b_c, constant(1, units, 0), "LFADS/%s_enc_%s/GRU/Candidate/xrh_2_c/b", kind,
        direction);
}

/* The generator's and the controller's cell. NAME: "gen" or "con". */
static void put_gen_gru(struct walk *walk, struct gru *gru, const char *name, size_t inputs,
                        size_t units, double input_scale, double scale, enum param_penalty penalty)
{
    enum param_penalty of_biases = walk->model->l2_of_recurrent ? PENALTY_NONE : penalty;

    gru->inputs = inputs;
    gru->units = units;
    if (inputs)
        put(walk, &gru->x_ru, matrix(inputs, 2 * units, input_scale),
            "LFADS/%s/GenGRU/Gates/x_2_ru/W", name);
    put(walk, &gru->h_ru, penalised(matrix(units, 2 * units, scale), penalty),
        "LFADS/%s/GenGRU/Gates/h_2_ru/W", name);
    put(walk, &gru->b_ru, penalised(gate_biases(walk->model, units), of_biases),
        "LFADS/%s/GenGRU/Gates/h_2_ru/b", name);
    if (inputs)
        put(walk, &gru->x_c, matrix(inputs, units, input_scale),
            "LFADS/%s/GenGRU/Candidate/x_2_c/W", name);
    put(walk, &gru->rh_c, penalised(matrix(units, units, scale), penalty),
        "LFADS/%s/GenGRU/Candidate/rh_2_c/W", name);
    put(walk, &gru->b_c, penalised(constant(1, units, 0), of_biases),
        "LFADS/%s/GenGRU/Candidate/rh_2_c/b", name);
}

static void walk_readins(struct walk *walk)
{
    const struct model *m = walk->model;

    walk->group = GROUP_READIN;
    for (size_t s = 0; s < m->n_sessions && !m->identity_readin; s++) {
        struct linear *slot = s == walk->session ? &walk->weights->readin : NULL;
        const char *name = m->sessions[s].name;
        size_t n = model_encoded_channels(m, s);

        if (slot)
            *slot = (struct linear){.in = n, .out = m->readin};
        put(walk, slot ? &slot->w : NULL, owned(matrix(n, m->readin, 1), s, ALIGNED_READIN_W),
            "LFADS/x_2_infac_%s/W", name);
        put(walk, slot ? &slot->b : NULL, owned(constant(1, m->readin, 0), s, ALIGNED_READIN_B),
            "LFADS/x_2_infac_%s/b", name);
    }
}

/* The map to parameter I of session S's output distribution. The alignment gives initial values of
 * parameter 0's. */
static void put_readout(struct walk *walk, size_t s, size_t i)
{
    const struct model *m = walk->model;
    const struct out_param *param = &m->output->params[i];
    struct linear *slot = s == walk->session ? &walk->weights->readout[i] : NULL;
    const char *session = m->sessions[s].name;
    size_t n = m->sessions[s].channels, f = m->factors;
    struct param w = param->scale > 0 ? matrix(f, n, param->scale) : zeros(f, n);
    struct param b = constant(1, n, param->first);

    if (slot)
        *slot = (struct linear){.in = m->factors, .out = n};
    put(walk, slot ? &slot->w : NULL, owned(w, s, i == 0 ? ALIGNED_READOUT_W : ALIGNED_NOT),
        "LFADS/glm/fac_2_%s_%s/W", param->name, session);
    put(walk, slot ? &slot->b : NULL, owned(b, s, i == 0 ? ALIGNED_READOUT_B : ALIGNED_NOT),
        "LFADS/glm/fac_2_%s_%s/b", param->name, session);
}

/* The scales of session S's zero-inflated gamma distributions: modern.md (7.5). */
static void put_gamma_scale(struct walk *walk, size_t s)
{
    double first = walk->config ? walk->config->zig_scale_init : 0;
    struct param scale = constant(2, walk->model->sessions[s].channels, first);

    scale.penalty = PENALTY_ZIG_SCALE;
    put(walk, s == walk->session ? &walk->weights->gamma_scale : NULL, owned(scale, s, ALIGNED_NOT),
        "LFADS/glm/gamma_scale_%s", walk->model->sessions[s].name);
}

static void walk_readouts(struct walk *walk)
{
    const struct model *m = walk->model;

    walk->group = GROUP_READOUT;
    for (size_t s = 0; s < m->n_sessions && !m->identity_readout; s++) {
        for (size_t i = 0; i < m->output->n_params; i++)
            put_readout(walk, s, i);
        if (m->output->id == DISTRIBUTION_zig)
            put_gamma_scale(walk, s);
    }
}

static void walk_encoders(struct walk *walk, const struct scales *scales)
{
    for (enum encoder e = 0; e < ENCODERS; e++) {
        walk->group = e < CI_FORWARD ? GROUP_IC_ENCODER : GROUP_CI_ENCODER;
        if (model_has_encoder(walk->model, e))
            put_encoder(walk, e, scales->cell);
    }
}

static void put_prior(struct walk *walk, real *slots[PRIOR_PARAMS],
                      const struct latent_prior *prior, size_t n)
{
    walk->group = GROUP_PRIORS;
    for (size_t i = 0; i < PRIOR_PARAMS && prior->params[i].name; i++) {
        const struct prior_param *row = &prior->params[i];
        struct param param = constant(1, n, walk->config ? row->first(walk->config) : 0);

        param.fixed = walk->config && row->is_trained && !row->is_trained(walk->config);
        put(walk, &slots[i], param, "%s", row->name);
    }
}

static void walk_priors(struct walk *walk)
{
    const struct model *m = walk->model;
    struct weights *w = walk->weights;

    if (m->ic_dim) {
        put_prior(walk, w->ic_prior, m->ic_prior, m->ic_dim);
        walk->group = GROUP_IC_ENCODER;
        put_linear(walk, &w->ic_mean, 2 * m->ic_enc, m->ic_dim, "LFADS/z/ic_enc_2_post_g0/mean");
        put_linear(walk, &w->ic_logvar, 2 * m->ic_enc, m->ic_dim,
                   "LFADS/z/ic_enc_2_post_g0/logvar");
    }
    if (m->co_dim) {
        put_prior(walk, w->co_prior, m->co_prior, m->co_dim);
        walk->group = GROUP_DYNAMICS;
        put(walk, &w->con_start, constant(1, m->con_units, 0), "LFADS/con/c0");
    }
}

static void walk_dynamics(struct walk *walk, const struct scales *scales)
{
    const struct model *m = walk->model;
    struct weights *w = walk->weights;

    walk->group = GROUP_DYNAMICS;
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
    walk_priors(walk);
    walk_dynamics(walk, scales);
}

/* Which parameters are trained: model.md 8, and the priors' rules. */
static bool is_trained(const struct param *param, const struct lfads_config *config)
{
    if (param->group == GROUP_READIN && !config->do_train_readin)
        return false;
    if (config->do_train_io_only)
        return param->group == GROUP_READIN || param->group == GROUP_READOUT;
    if (config->do_train_encoder_only)
        return param->group == GROUP_IC_ENCODER;
    return !param->fixed;
}

static void lay_out_session(struct params_layout *layout, const struct model *model, size_t session)
{
    static const struct scales unused = {1, 1, 1};
    struct walk walk = {
        .model = model, .layout = layout, .weights = &layout->sizes, .session = session};

    walk_all(&walk, &unused);
}

enum lfads_status params_create(struct model *model, const struct lfads_config *config,
                                struct lfads_error *err)
{
    struct scales scales = {config->cell_weight_scale, config->gen_cell_input_weight_scale,
                            config->gen_cell_rec_weight_scale};
    struct weights weights;
    struct walk walk = {.model = model, .config = config, .weights = &weights};

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
    for (size_t i = 0; i < model->n_params; i++)
        model->params[i].trained = is_trained(&model->params[i], config);
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
