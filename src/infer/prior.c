/* prior.c - samples of the priors run through the generator (training.md, "Kinds"). The entry is
 * lfads_prior_sample of the public header.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/host_memory.h"
#include "base/memory.h"
#include "infer/results.h"
#include "model/costs.h"
#include "run/run.h"

struct prior {
    struct run *run;
    real *parameters;
    struct shard *shard;
    size_t samples;
    struct h5_file file;
    struct lfads_error *err;
};

/* The session whose read-out is used. */
static enum lfads_status choose_session(size_t *session, const struct prior *p)
{
    const char *name = p->run->config->dataset_name;
    int index = *name ? dataset_find(p->run->dataset, name) : 0;

    if (index < 0)
        return lfads_fail(p->err, LFADS_USAGE, "--dataset_name=%s is no session of the data", name);
    *session = (size_t)index;
    return LFADS_OK;
}

/* The external input of a trial of SESSION to all samples. */
static enum lfads_status copy_ext(const struct prior *p, const struct session *session,
                                  enum session_set set, size_t trial)
{
    size_t e = session->ext_inputs;
    float *ext = calloc(session->bins * e, sizeof *ext);
    enum lfads_status status =
        ext ? session_read_trial(NULL, ext, session, set, trial, p->err)
            : lfads_fail(p->err, LFADS_NO_MEMORY, "no memory for external inputs");

    for (size_t t = 0; t < session->bins && status == LFADS_OK; t++)
        for (size_t r = 0; r < p->samples; r++)
            memcpy(p->shard->host_ext + (t * p->samples + r) * e, ext + t * e, e * sizeof *ext);
    free(ext);
    return status;
}

/* External input: the given trial's for all samples, or zeros. */
static enum lfads_status fill_ext(const struct prior *p, size_t session)
{
    const char *from = p->run->config->ext_input_from;
    const struct session *s = p->run->dataset->sessions[session];
    size_t e = p->run->model->ext_inputs;
    enum session_set set = strncmp(from, "valid:", 6) == 0 ? SESSION_VALID : SESSION_TRAIN;
    unsigned long long trial;
    char *end;

    if (!e)
        return *from ? lfads_fail(p->err, LFADS_USAGE,
                                  "--ext_input_from=%s: the model has no external inputs", from)
                     : LFADS_OK;
    memset(p->shard->host_ext, 0, s->bins * p->samples * e * sizeof *p->shard->host_ext);
    if (!*from)
        return LFADS_OK;
    trial = strtoull(from + 6, &end, 10);
    if ((set == SESSION_TRAIN && strncmp(from, "train:", 6) != 0) || end == from + 6 || *end ||
        trial >= s->set[set].count)
        return lfads_fail(p->err, LFADS_USAGE,
                          "--ext_input_from=%s is not allowed: it takes train:K or valid:K, K a "
                          "trial of session %s from 0 on",
                          from, s->name);
    return copy_ext(p, s, set, trial);
}

/* [T,R,n] with row stride LD to [R,T,n] doubles in the file: means over one sample each, which puts
 * trials first. n 0: nothing. */
static enum lfads_status write_turned(struct prior *p, const char *name, const real *values,
                                      size_t ld, size_t n)
{
    const struct backend *be = p->run->be;
    size_t bins = p->run->model->bins, rows = p->samples, dims[3] = {rows, bins, n};
    size_t bytes = rows * bins * n * sizeof(double);
    struct h5_storage storage = {.gzip = 4, .threads = p->run->threads};
    acc *turned;
    double *host;
    enum lfads_status status;

    if (!n)
        return LFADS_OK;
    turned = be->memory_create(be, bytes);
    host = be->host_create(be, bytes);
    if (turned && host) {
        be->average_samples(be, turned, values, ld, bins, rows, 1, n);
        be->download(be, host, turned, bytes);
        status = be->finish(be, p->err);
        if (status == LFADS_OK)
            status = h5_write(&p->file, name, H5_FLOAT64, 3, dims, host, &storage, p->err);
    } else {
        status = lfads_fail(p->err, LFADS_NO_MEMORY, "no memory to write %s", name);
    }
    be->memory_free(be, turned);
    be->host_free(be, host);
    return status;
}

/* ROWS rows of VALUES, or the one row for every sample (ROWS 1), as float. */
static enum lfads_status write_rows(struct prior *p, const char *name, const real *values,
                                    size_t rows, size_t n)
{
    const struct backend *be = p->run->be;
    size_t dims[2] = {p->samples, n};
    struct h5_storage storage = {.gzip = 4, .threads = 1};
    float *host = calloc(p->samples * n + 1, sizeof *host);
    enum lfads_status status = LFADS_OK;

    if (!host)
        return lfads_fail(p->err, LFADS_NO_MEMORY, "no memory to write %s", name);
    if (n)
        be->download(be, host, values, rows * n * sizeof *host);
    for (size_t r = rows; r < p->samples; r++)
        memcpy(host + r * n, host, n * sizeof *host);
    status = be->finish(be, p->err);
    if (n && status == LFADS_OK)
        status = h5_write(&p->file, name, H5_FLOAT32, 2, dims, host, &storage, p->err);
    free(host);
    return status;
}

static enum lfads_status write_output(struct prior *p)
{
    const struct shard *s = p->shard;
    size_t width = model_outputs(s->model, s->session);
    real *output = s->be->memory_create(s->be, s->model->bins * s->rows * width * sizeof *output);
    enum lfads_status status;

    if (!output)
        return lfads_fail(p->err, LFADS_NO_MEMORY, "no memory for the rates of %zu samples",
                          s->rows);
    shard_output(s, output);
    status = write_turned(p, "output_dist_params", output, width, width);
    s->be->memory_free(s->be, output);
    return status;
}

static enum lfads_status write_cost(struct prior *p)
{
    double ramp = costs_ramps(p->run->config, p->run->checkpoint.step).l2, l2;
    enum lfads_status status =
        costs_l2_value(&l2, p->run->be, p->run->model, p->parameters, p->err);
    size_t one = 1;
    float cost;

    if (status != LFADS_OK)
        return status;
    cost = (float)(ramp * l2);
    return h5_write(&p->file, "costs", H5_FLOAT32, 1, &one, &cost,
                    &(struct h5_storage){.gzip = 4, .threads = 1}, p->err);
}

static enum lfads_status write_arrays(struct prior *p)
{
    const struct shard *s = p->shard;
    const struct model *m = s->model;
    size_t g = m->gen_units, f = m->factors, r = s->rows;
    enum lfads_status status = write_output(p);

    if (status == LFADS_OK)
        status = write_turned(p, "gen_states", s->gen.h + r * g, g, g);
    if (status == LFADS_OK)
        status = write_turned(p, "factors", s->factors + r * f, f, f);
    if (status == LFADS_OK)
        status =
            write_turned(p, "prior_zs_ar_con", s->gen_in, model_generator_inputs(m), m->co_dim);
    if (status == LFADS_OK)
        status = write_rows(p, "gen_ics", s->gen.h, r, g);
    if (status == LFADS_OK)
        status = write_rows(p, "prior_g0_mean", s->w.prior_mean, 1, priors_moments(m));
    if (status == LFADS_OK)
        status = write_rows(p, "prior_g0_logvar", s->prior_logvar, 1, priors_moments(m));
    return status == LFADS_OK ? write_cost(p) : status;
}

static enum lfads_status write_file(struct prior *p)
{
    const struct lfads_config *config = p->run->config;
    char name[FILE_PATH], path[FILE_PATH];
    enum lfads_status status;

    snprintf(name, sizeof name, "%.1000smodel_runs_prior_sample", config->output_filename_stem);
    status = file_join(path, config->lfads_save_dir, name, p->err);
    if (status == LFADS_OK)
        status = h5_begin(&p->file, path, p->err);
    if (status != LFADS_OK)
        return status;
    status =
        h5_write_attribute(&p->file, DISTRIBUTION_ATTRIBUTE, p->run->model->output->name, p->err);
    status = h5_finish(&p->file, status == LFADS_OK ? write_arrays(p) : status, p->err);
    if (status == LFADS_OK)
        run_line(p->run, "Wrote %s", path);
    return status;
}

static enum lfads_status sample(struct prior *p)
{
    struct philox_address from = {.seed = p->run->seed};
    size_t session = 0;
    enum lfads_status status = choose_session(&session, p);

    if (status != LFADS_OK)
        return status;
    shard_begin(p->shard, session, p->samples, 1, PRIOR_SAMPLE, false, p->parameters, NULL, NULL);
    status = fill_ext(p, session);
    if (status != LFADS_OK)
        return status;
    shard_upload(p->shard);
    shard_address_noise(p->shard, (uint32_t)p->run->checkpoint.step, 0);
    shard_draw_noise(p->shard, &from);
    shard_decode(p->shard);
    status = run_write_hyperparams(p->run, "prior_sample", p->err);
    return status == LFADS_OK ? write_file(p) : status;
}

/* Memory is taken for all samples at once: the shard, their output, and the largest array twice. */
static enum lfads_status check_memory(const struct prior *p)
{
    const struct backend *be = p->run->be;
    const struct model *m = p->run->model;
    size_t threads = p->run->threads, output, row, own;

    results_widest(&output, &row, m);
    row *= sizeof(acc);
    own = m->size * sizeof(real) + shard_bytes(be, m, p->samples, 1, false) +
          p->samples * (output * sizeof(real) + row);
    if (!be->host_memory) {
        enum lfads_status status =
            backend_check_memory(be, own, "prior sampling", "--batch_size", p->err);

        if (status != LFADS_OK)
            return status;
    }
    return memory_check(memory_of_libraries(threads) + memory_of_threads(threads) +
                            (be->host_memory ? own : 0) + p->samples * row +
                            h5_packing_bytes(p->samples, row, threads),
                        "prior sampling", "--batch_size", p->err);
}

enum lfads_status lfads_prior_sample(const struct lfads_config *config,
                                     const struct lfads_callbacks *callbacks,
                                     struct lfads_error *err)
{
    struct prior p = {.err = err};
    enum lfads_status status = run_open(&p.run, config, false, callbacks, err);

    if (status != LFADS_OK)
        return status;
    p.samples = (size_t)p.run->config->batch_size;
    status = check_memory(&p);
    if (status == LFADS_OK)
        status = run_parameters(&p.parameters, p.run, err);
    if (status == LFADS_OK)
        status = shard_create(&p.shard, p.run->be, p.run->model, p.samples, 1, false, err);
    if (status == LFADS_OK)
        status = sample(&p);
    shard_free(p.shard);
    p.run->be->memory_free(p.run->be, p.parameters);
    run_close(p.run);
    return status;
}
