/* sampler.c - how many trials are sampled at once, by how many threads, and the memory they take.
 * SPDX-License-Identifier: Apache-2.0 */
#include "infer/sampler.h"

#include <stdlib.h>

#include "backend/host_memory.h"
#include "base/memory.h"

enum {
    GROUP = 16,            /* trials encoded at once by a thread */
    DEVICE_ROWS = 1 << 14, /* trials times samples of a device's group, if they fit */
    BLOCK_GROUPS = 4,      /* groups a thread between two writes, if they fit */
    READING_AHEAD = 1      /* threads */
};

/* Whether threads decode an encoded group's trials one by one. */
static bool is_apart(const struct sampler *p)
{
    return p->latents == POSTERIOR_SAMPLE && p->run->be->host_memory;
}

/* Bytes of the backend's memory for one worker. */
static size_t worker_bytes(const struct sampler *p)
{
    const struct backend *be = p->run->be;
    const struct model *m = p->run->model;
    size_t trials = is_apart(p) ? 1 : p->group, output, result;

    results_widest(&output, &result, m);
    return shard_bytes(be, m, trials, p->samples, false) +
           (is_apart(p) ? shard_bytes(be, m, p->group, 1, false) : 0) +
           trials * p->samples * output * sizeof(real) +
           (be->host_memory ? 0 : trials * result * sizeof(acc));
}

/* Bytes of the host's memory for a block: its results, and what is read ahead and compressed. */
static size_t block_bytes(const struct sampler *p)
{
    const struct model *m = p->run->model;
    const struct dataset *data = p->run->dataset;
    size_t most = 0, output, result;

    for (size_t s = 0; s < data->count; s++)
        for (int set = 0; set < SESSION_SETS; set++) {
            size_t trials = data->sessions[s]->set[set].count;
            size_t bytes = results_bytes(m, s, trials < p->block ? trials : p->block);

            most = bytes > most ? bytes : most;
        }
    results_widest(&output, &result, m);
    return most + prefetcher_bytes(data, p->block) +
           h5_packing_bytes(p->block, result * sizeof(double), p->run->threads);
}

/* The trials of a group: on a device as many as fit into what is free of its memory. */
static void choose_group(struct sampler *p, size_t parameters)
{
    const struct backend *be = p->run->be;

    p->group = GROUP;
    if (be->host_memory)
        return;
    p->group = DEVICE_ROWS / p->samples > 0 ? DEVICE_ROWS / p->samples : 1;
    while (p->group > 1 && parameters + worker_bytes(p) > be->memory_available(be) / 10 * 9)
        p->group /= 2;
}

/* Threads, groups, and blocks of as many groups as memory has room for. */
static enum lfads_status choose_sizes(struct sampler *p)
{
    const struct backend *be = p->run->be;
    size_t parameters = p->run->model->size * sizeof(real), workers, host;
    size_t groups = BLOCK_GROUPS;

    p->threads = be->host_memory ? p->run->threads : 1;
    choose_group(p, parameters);
    workers = parameters + p->threads * worker_bytes(p);
    host = memory_of_libraries(p->threads) + memory_of_threads(p->threads + READING_AHEAD) +
           (be->host_memory ? workers : parameters);
    for (; groups > 0; groups /= 2) {
        p->block = p->threads * groups * p->group;
        if (host + block_bytes(p) <= memory_available())
            break;
    }
    if (!be->host_memory && workers > be->memory_available(be))
        return backend_check_memory(be, workers, "sampling", "--batch_size", p->err);
    return memory_check(host + block_bytes(p), "sampling", "--batch_size or --threads", p->err);
}

static enum lfads_status create_worker(struct worker *w, const struct sampler *p)
{
    const struct backend *be = p->run->be;
    const struct model *m = p->run->model;
    size_t trials = is_apart(p) ? 1 : p->group, rows = trials * p->samples, output, result;
    enum lfads_status status = shard_create(&w->decoder, be, m, trials, p->samples, false, p->err);

    if (status == LFADS_OK && is_apart(p))
        status = shard_create(&w->encoder, be, m, p->group, 1, false, p->err);
    if (status != LFADS_OK)
        return status;
    results_widest(&output, &result, m);
    w->output = be->memory_create(be, rows * output * sizeof *w->output);
    w->means = be->host_memory ? NULL : be->memory_create(be, trials * result * sizeof *w->means);
    w->costs = be->host_create(be, cost_terms_count(rows, trials) * sizeof *w->costs);
    return w->output && w->costs && (w->means || be->host_memory)
               ? LFADS_OK
               : lfads_fail(p->err, LFADS_NO_MEMORY,
                            "no memory for %zu rows of output: lower --batch_size or --threads",
                            rows);
}

enum lfads_status sampler_create(struct sampler *sampler)
{
    struct sampler *p = sampler;
    enum lfads_status status = choose_sizes(p);

    if (status == LFADS_OK)
        status = prefetcher_create(&p->prefetcher, p->run->dataset, p->block, p->err);
    if (status != LFADS_OK)
        return status;
    p->workers = calloc(p->threads, sizeof *p->workers);
    if (!p->workers)
        return lfads_fail(p->err, LFADS_NO_MEMORY, "no memory to sample");
    for (size_t i = 0; i < p->threads && status == LFADS_OK; i++)
        status = create_worker(&p->workers[i], p);
    return status;
}

void sampler_release(struct sampler *sampler)
{
    struct sampler *p = sampler;
    const struct backend *be = p->run->be;

    for (size_t i = 0; p->workers && i < p->threads; i++) {
        shard_free(p->workers[i].encoder);
        shard_free(p->workers[i].decoder);
        be->memory_free(be, p->workers[i].output);
        be->memory_free(be, p->workers[i].means);
        be->host_free(be, p->workers[i].costs);
    }
    free(p->workers);
    be->memory_free(be, p->parameters);
    prefetcher_free(p->prefetcher);
    run_close(p->run);
}
