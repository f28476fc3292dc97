/* decoders.c - cases of the optional operations that compute controller and generator over all
 * bins: a backend that has them is compared with the reference, which computes bin by bin
 * (model/decoder.c).
 * SPDX-License-Identifier: Apache-2.0 */
#include "cases.h"
#include "model/parts.h"
#include "tape.h"

enum { BINS = 3, CI = 2, EXTERNAL = 2 };

struct variant {
    bool feedback, dropout, ext_inputs, saturated;
    size_t samples;
    enum latents latents;
};
static const struct variant feedback = {true, true, false, false, 1, POSTERIOR_SAMPLE};
static const struct variant ext_inputs = {true, false, true, false, 1, POSTERIOR_SAMPLE};
static const struct variant no_feedback = {false, true, true, true, 1, POSTERIOR_SAMPLE};
static const struct variant two_samples = {true, false, true, false, 2, POSTERIOR_MEAN};

static struct model model_of(const struct variant *variant, struct session_shape *session, size_t n)
{
    session->channels = n / 3 + 1;
    return (struct model){.bins = BINS,
                          .factors = session->channels,
                          .gen_units = n,
                          .con_units = n > 1 ? n / 2 : 1,
                          .co_dim = 1 + n % 3,
                          .ci_enc = CI,
                          .causal = true,
                          .ext_inputs = variant->ext_inputs ? EXTERNAL : 0,
                          .ext_to_generator = variant->ext_inputs,
                          .output = distribution_of(DISTRIBUTION_poisson),
                          .feedback = variant->feedback ? FEED_FACTORS : FEED_NOTHING,
                          .identity_readout = true,
                          .clip = 1,
                          .sessions = session,
                          .n_sessions = 1};
}

/* Weights [rows,n] that keep sums of ROWS products near one. */
static real *weights(struct arrays *a, size_t rows, size_t n)
{
    return case_input(a, rows * n, 1 / sqrt((double)rows));
}

static struct gru gru_of(struct arrays *a, size_t inputs, size_t units, bool transposed)
{
    return (struct gru){
        .inputs = inputs,
        .units = units,
        .x_ru = transposed ? weights(a, 2 * units, inputs) : weights(a, inputs, 2 * units),
        .h_ru = transposed ? weights(a, 2 * units, units) : weights(a, units, 2 * units),
        .b_ru = transposed ? NULL : case_input(a, 2 * units, 1),
        .x_c = transposed ? weights(a, units, inputs) : weights(a, inputs, units),
        .rh_c = weights(a, units, units),
        .b_c = transposed ? NULL : case_input(a, units, 1)};
}

static struct linear linear_of(struct arrays *a, size_t in, size_t out, bool transposed)
{
    return (struct linear){.w = transposed ? weights(a, out, in) : weights(a, in, out),
                           .b = case_input(a, transposed ? in : out, 1),
                           .in = in,
                           .out = out};
}

/* With ONE_BIN, ru, rh and c are scratch and not compared. */
static struct gru_tape tape_of(struct arrays *a, size_t rows, size_t units, bool one_bin)
{
    real *(*make)(struct arrays * arrays, size_t count, double scale) =
        one_bin ? case_input : case_output;
    size_t bins = one_bin ? 1 : BINS;
    real *ru = make(a, bins * rows * 2 * units, 1), *rh = make(a, bins * rows * units, 1);
    real *c = make(a, bins * rows * units, 1);
    struct gru_tape tape =
        case_tape(ru, rh, c, case_output(a, (BINS + 1) * rows * units, 1), units);

    tape.one_bin = one_bin;
    return tape;
}

/* Sets some of the log variances to a limit, as the forward pass leaves them. */
static void saturate(real *logvar, size_t count)
{
    for (size_t i = 0; i < count; i += 5)
        logvar[i] = i % 2 ? SATURATION : -SATURATION;
}

/* The arrays that both directions use, for ROWS trials. */
static struct shard shard_of(const struct backend *be, struct arrays *a, const struct model *m,
                             const struct variant *variant, size_t rows)
{
    size_t r = rows * variant->samples, n = BINS * r * m->co_dim, f = m->factors;
    struct shard s = {.be = be,
                      .model = m,
                      .trials = rows,
                      .samples = variant->samples,
                      .rows = r,
                      .latents = variant->latents,
                      .dropout = variant->dropout};

    s.con = tape_of(a, r, m->con_units, variant->samples > 1);
    s.gen = tape_of(a, r, m->gen_units, variant->samples > 1);
    s.ci_in = matrix_of(case_input(a, BINS * rows * CI, 1), CI);
    if (variant->dropout) {
        s.con_mask = case_input(a, BINS * r * (CI + f), 1);
        s.gen_mask = case_input(a, BINS * r * m->gen_units, 1);
    }
    s.co_noise = case_input(a, n, 1);
    s.co_mean = case_output(a, n, 1);
    s.co_logvar = case_output(a, n, 1);
    s.co_sample = case_output(a, n, 1);
    s.gen_in = case_output(a, BINS * r * model_generator_inputs(m), 1);
    s.gen_out = variant->dropout ? case_output(a, (BINS + 1) * r * m->gen_units, 1) : s.gen.h;
    s.fed = variant->feedback ? case_output(a, BINS * r * f, 1) : NULL;
    return s;
}

static void forward(const struct backend *be, struct arrays *a, const struct variant *variant,
                    size_t rows, size_t n)
{
    struct session_shape session = {.channels = 0};
    struct model m = model_of(variant, &session, n);
    struct shard s = shard_of(be, a, &m, variant, rows);
    size_t con_in = CI + (variant->feedback ? m.factors : 0), shared = BINS * rows * m.con_units;

    if (variant->samples > 1)
        s.con_shared = (struct gru_tape){.pre_ru = case_input(a, 2 * shared, 1),
                                         .pre_c = case_input(a, shared, 1)};
    s.w.con = gru_of(a, con_in, m.con_units, false);
    s.w.gen = gru_of(a, model_generator_inputs(&m), m.gen_units, false);
    s.w.con_start = case_input(a, m.con_units, 1);
    s.w.co_mean = linear_of(a, m.con_units, m.co_dim, false);
    s.w.co_logvar = linear_of(a, m.con_units, m.co_dim, false);
    if (variant->saturated) /* the last dimension's log variances are above or below the limits */
        ((real *)s.w.co_logvar.b)[m.co_dim - 1] = rows % 2 ? 100 : -100;
    s.fac_w = weights(a, m.gen_units, m.factors);
    s.factors = case_output(a, (BINS + 1) * s.rows * m.factors, 1);
    decoder_forward(&s);
    if (!variant->feedback) /* without feedback a backend may leave slot 0 of the factors unset */
        be->clear(be, s.factors, s.rows * m.factors);
}

static void backward(const struct backend *be, struct arrays *a, const struct variant *variant,
                     size_t rows, size_t n)
{
    struct session_shape session = {.channels = 0};
    struct model m = model_of(variant, &session, n);
    struct shard s = shard_of(be, a, &m, variant, rows);
    size_t con_in = CI + (variant->feedback ? m.factors : 0), count = BINS * rows * m.co_dim;

    case_gates(a, s.con.ru.data, s.con.c.data, BINS * rows, m.con_units);
    case_gates(a, s.gen.ru.data, s.gen.c.data, BINS * rows, m.gen_units);
    s.wt.con = gru_of(a, con_in, m.con_units, true);
    s.wt.gen = gru_of(a, model_generator_inputs(&m), m.gen_units, true);
    s.w.con = s.wt.con; /* decoder_backward reads the sizes */
    s.w.gen = s.wt.gen;
    s.wt.co_mean = linear_of(a, m.con_units, m.co_dim, true);
    s.wt.co_logvar = linear_of(a, m.con_units, m.co_dim, true);
    s.fac_w = weights(a, m.gen_units, m.factors);
    s.fac_wt = case_input(a, m.factors * m.gen_units, 1);
    s.dout_params[0] = case_input(a, (BINS + 1) * rows * m.factors, 1);
    s.dfactors = case_output(a, (BINS + 1) * rows * m.factors, 1);
    s.dgen_out = case_input(a, BINS * rows * m.gen_units, 1);
    s.dgen_h = case_output(a, rows * m.gen_units, 1);
    s.dcon_h = case_output(a, rows * m.con_units, 1);
    s.dfed = case_input(a, rows * m.factors, 1);
    s.drh[0] = case_input(a, rows * m.gen_units, 1);
    s.du = case_input(a, count, 1);
    s.dco_mean = case_output(a, count, 1);
    s.dco_logvar = case_output(a, count, 1);
    if (variant->saturated)
        saturate(s.co_logvar, count);
    decoder_backward(&s);
}

#define CASE(name, direction, variant)                                                             \
    void name(const struct backend *be, struct arrays *a, size_t rows, size_t n)                   \
    {                                                                                              \
        direction(be, a, &variant, rows, n);                                                       \
    }

CASE(case_decoder_feedback, forward, feedback)
CASE(case_decoder_ext_inputs, forward, ext_inputs)
CASE(case_decoder_no_feedback, forward, no_feedback)
CASE(case_decoder_samples, forward, two_samples)
CASE(case_decoder_feedback_backward, backward, feedback)
CASE(case_decoder_ext_inputs_backward, backward, ext_inputs)
CASE(case_decoder_no_feedback_backward, backward, no_feedback)

const struct operation_case loop_cases[] = {
    {"gru_sequence", case_gru_sequence},
    {"gru_sequence_backward", case_gru_sequence_backward},
#define DECODER_CASE(name) {#name, case_##name},
    DECODER_CASES(DECODER_CASE)
#undef DECODER_CASE
        {NULL, NULL},
};
