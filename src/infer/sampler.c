/* sampler.c - chooses how many trials are sampled at once and by how many threads, within memory.
 * SPDX-License-Identifier: Apache-2.0 */
#include "infer/sampler.h"

#include <stdlib.h>

#include "backend/host_memory.h"
#include "base/memory.h"
#include "base/sizes.h"
#include "base/workers.h"

enum {
    GROUP = 16,            /* trials encoded at once by a thread */
    DEVICE_ROWS = 1 << 14, /* trials times samples of a device's group, if they fit */
    BLOCK_GROUPS = 4,      /* groups per thread between two writes, if they fit */
    READING_AHEAD = 1      /* threads that read ahead */
};

/* Bytes of the backend's memory for one thread. */
static size_t thread_bytes(const struct sampler *p)
{
    return passes_bytes(p->run->be, p->run->model, &p->plan) +
           ensemble_passes_bytes(&p->ensemble, &p->plan);
}

/* Bytes of the host's memory for one thread, beside the passes of a backend that computes there. */
static size_t thread_host_bytes(const struct sampler *p)
{
    return passes_host_bytes(p->run->be, p->run->model, &p->plan) +
           ensemble_host_bytes(&p->ensemble, &p->plan);
}

/* Bytes of the host's memory for a block: its results, and what is read ahead and compressed. */
static size_t block_bytes(const struct sampler *p)
{
    const struct model *m = p->run->model;
    const struct dataset *data = p->run->dataset;
    size_t results = 0, output, result;

    for (size_t s = 0; s < data->count; s++)
        for (int set = 0; set < SESSION_ALL_SETS; set++) {
            size_t trials = data->sessions[s]->set[set].count;
            size_t kept = size_min(trials, p->block);

            results = size_max(results, results_bytes(m, s, kept, p->plan.more) +
                                            spread_bytes(&p->wants, m, s, kept));
        }
    results_widest(&output, &result, m);
    return results + prefetcher_bytes(data, p->block, 1) +
           h5_packing_bytes(p->block,
                            size_max(result * sizeof(double), spread_widest(&p->wants, m)),
                            p->run->threads);
}

/* Chooses the trials of a group: on a device as many as its free memory holds, and the host's holds
 * samples of. */
static void choose_group(struct sampler *p, size_t parameters)
{
    const struct backend *be = p->run->be;

    p->plan.trials = GROUP;
    p->plan.one_by_one = be->host_memory && p->plan.latents == POSTERIOR_SAMPLE;
    if (be->host_memory)
        return;
    p->plan.trials = DEVICE_ROWS / p->plan.samples > 0 ? DEVICE_ROWS / p->plan.samples : 1;
    while (p->plan.trials > 1 &&
           (parameters + thread_bytes(p) > be->memory_available(be) / 10 * 9 ||
            thread_host_bytes(p) > memory_available() / 4))
        p->plan.trials /= 2;
}

/* Chooses threads, the group, and blocks of as many groups as memory can hold. */
static enum lfads_status choose_sizes(struct sampler *p)
{
    const struct backend *be = p->run->be;
    size_t parameters =
        p->run->model->size * sizeof(real) + ensemble_parameters_bytes(&p->ensemble);
    size_t computing, host;
    const char *remedy = p->ensemble.others ? "--ensemble, --ps_samples, --batch_size or --threads"
                                            : "--ps_samples, --batch_size or --threads";
    size_t groups = BLOCK_GROUPS;

    p->threads = be->host_memory ? p->run->threads : 1;
    choose_group(p, parameters);
    computing = parameters + p->threads * thread_bytes(p);
    host = memory_of_libraries(p->threads) + memory_of_threads(p->threads + READING_AHEAD) +
           (be->host_memory ? computing : parameters) + p->threads * thread_host_bytes(p);
    for (; groups > 0; groups /= 2) {
        p->block = p->threads * groups * p->plan.trials;
        if (host + block_bytes(p) <= memory_available())
            break;
    }
    if (!be->host_memory && computing > be->memory_available(be))
        return backend_check_memory(be, computing, "sampling", "--ps_samples or --batch_size",
                                    p->err);
    return memory_check(host + block_bytes(p), "sampling", remedy, p->err);
}

enum lfads_status sampler_create(struct sampler *sampler)
{
    struct sampler *p = sampler;
    enum lfads_status status = choose_sizes(p);

    if (status == LFADS_OK)
        status = prefetcher_create(&p->prefetcher, p->run->dataset, p->block, 1, p->err);
    if (status != LFADS_OK)
        return status;
    p->workers = workers_create(p->threads);
    p->passes = calloc(p->threads, sizeof *p->passes);
    if (!p->passes)
        return lfads_fail(p->err, LFADS_NO_MEMORY, "no memory to sample");
    for (size_t i = 0; i < p->threads && status == LFADS_OK; i++)
        status = passes_create(&p->passes[i], p->run->be, p->run->model, &p->plan, p->err);
    return status == LFADS_OK ? ensemble_create(&p->ensemble, &p->plan, p->threads, p->err)
                              : status;
}

void sampler_release(struct sampler *sampler)
{
    struct sampler *p = sampler;
    const struct backend *be = p->run->be;

    for (size_t i = 0; p->passes && i < p->threads; i++)
        passes_release(&p->passes[i]);
    free(p->passes);
    workers_free(p->workers);
    ensemble_release(&p->ensemble);
    be->memory_free(be, p->parameters);
    prefetcher_free(p->prefetcher);
    run_close(p->run);
}
