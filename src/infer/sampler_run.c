/* sampler_run.c - samples the trials of a set, block by block.
 *
 * Trials are encoded once, a group at a time, for any number of samples. Each thread takes groups
 * and decodes them trial by trial; a device decodes a group with all its samples at once. Groups
 * begin at the same trials for any number of threads, and a trial's number addresses its noise, so
 * results do not depend on threads.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/progress.h"
#include "base/sizes.h"
#include "base/workers.h"
#include "infer/sampler.h"

enum {
    VALID_TRIALS = PHILOX_MAX_TRIAL / 2, /* the number of the first validation trial */
    TEST_TRIALS = PHILOX_MAX_TRIAL / 4 * 3
};

static size_t first_number(enum session_set set)
{
    return set == SESSION_TRAIN ? 0 : set == SESSION_VALID ? VALID_TRIALS : TEST_TRIALS;
}

/* Counts finished trials. Callbacks run on the caller's thread only, which is thread 0. */
static void report_trials(struct sampler *p, size_t count, size_t thread)
{
    size_t done = atomic_fetch_add(&p->done, count) + count;
    double seconds = clock_seconds() - p->began;
    struct lfads_progress progress = {.what = "trials",
                                      .share = (double)done / (double)p->trials,
                                      .trials_per_second = (double)done / seconds,
                                      .seconds = seconds};

    if (thread == 0 && progress_report(p->run->callbacks, &progress))
        atomic_store(&p->stopped, true);
}

static void run_group(void *payload, size_t group, size_t thread)
{
    struct sampler *p = payload;
    struct passes *passes = &p->passes[thread];
    size_t offset = group * p->plan.trials, number = p->first + offset, decoded;
    struct pass pass = {.session = p->session,
                        .trials = size_min(p->count - offset, p->plan.trials),
                        .parameters = p->parameters,
                        .seed = p->run->seed,
                        .step = (uint32_t)p->run->checkpoint.step,
                        .trial = (uint32_t)(number + first_number(p->set)),
                        .costs = &p->costs};
    const struct shard *s;

    if (atomic_load(&p->stopped))
        return;
    s = passes_begin(passes, &pass);
    prefetched_copy(s->host_data, &p->prefetched, offset, pass.trials);
    passes_encode(passes);
    ensemble_encode(&p->ensemble, thread, &pass, &p->prefetched, offset);
    for (size_t b = 0; b < pass.trials && !atomic_load(&p->stopped); b += decoded) {
        decoded = passes_decode(passes, b);
        ensemble_keep(&p->ensemble, thread, passes, b, &p->results, offset + b);
        report_trials(p, decoded, thread);
    }
}

/* Computes the block in progress, whose trials are at hand. */
static enum lfads_status run_block(struct sampler *p, const struct block_writer *writer)
{
    const struct backend *be = p->run->be;
    enum lfads_status status;

    workers_run(p->workers, (p->count + p->plan.trials - 1) / p->plan.trials, run_group, p);
    for (size_t b = 0; b < p->count; b++)
        p->results.values[RESULT_STEP][b] = (double)p->run->checkpoint.step;
    status = be->finish(be, p->err);
    if (status == LFADS_OK && atomic_load(&p->stopped))
        status =
            lfads_fail(p->err, LFADS_INTERRUPTED, "stopped before %s was written", writer->what);
    return status == LFADS_OK ? writer->write(p, writer->payload) : status;
}

enum lfads_status sampler_run(struct sampler *sampler, const struct block_writer *writer)
{
    struct sampler *p = sampler;
    struct batches *blocks;
    enum lfads_status status = batches_in_order(&blocks, p->session, p->trials, p->block, p->err);

    if (status != LFADS_OK)
        return status;
    p->began = clock_seconds();
    atomic_store(&p->done, 0);
    prefetcher_begin(p->prefetcher, p->set, blocks->batch, blocks->count);
    p->first = 0;
    for (size_t i = 0; i < blocks->count && status == LFADS_OK; i++, p->first += p->count) {
        p->count = blocks->batch[i].count;
        status = prefetcher_next(&p->prefetched, p->prefetcher, p->err);
        if (status == LFADS_OK)
            status = run_block(p, writer);
    }
    prefetcher_end(p->prefetcher);
    batches_free(blocks);
    return status;
}
