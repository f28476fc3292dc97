/* memory_estimate.c - estimates the memory of a training, checks it before training and reports it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "base/sizes.h"
#include "train/training_private.h"

enum { OTHER_THREADS = 2 }; /* one draws pictures, one reads ahead */

/* Bytes of the host's memory that training will allocate. */
static size_t host_bytes(const struct run *p, const struct recorder *recorder,
                         const struct learner_options *options)
{
    const struct model *m = p->model;
    size_t trials = 0, bytes = memory_of_libraries(options->threads);

    for (size_t i = 0; i < p->dataset->count; i++)
        for (int set = 0; set < SESSION_SETS; set++)
            trials += p->dataset->sessions[i]->set[set].count + options->batch_size;
    bytes += trials * sizeof(size_t); /* the lists of batches */
    bytes += prefetcher_bytes(p->dataset, options->batch_size, size_max(options->parts, 1));
    bytes += recorder_bytes(recorder);
    if (!p->be->host_memory)
        return bytes + PARAM_VECTORS * m->size * sizeof(real);
    return bytes + learner_bytes(p->be, m, options);
}

size_t training_bytes(const struct run *run, size_t threads)
{
    struct learner_options options = training_learner_options(run);

    options.threads = threads;
    return host_bytes(run, NULL, &options);
}

/* Fails if the device's memory is too small; the error names a batch size that fits. */
static enum lfads_status check_device(const struct training *t,
                                      const struct learner_options *options,
                                      struct lfads_error *err)
{
    const struct backend *be = t->run->be;
    const struct model *m = t->run->model;
    struct learner_options smaller = *options;
    /* a tenth stays free for recorded steps and libraries */
    size_t bytes = learner_bytes(be, m, options), available = be->memory_available(be) / 10 * 9;

    if (bytes <= available)
        return LFADS_OK;
    while (smaller.batch_size > 1 && learner_bytes(be, m, &smaller) > available)
        smaller.batch_size /= 2;
    if (learner_bytes(be, m, &smaller) > available)
        return lfads_fail(err, LFADS_NO_MEMORY,
                          "training needs %zu MiB of the memory of %s, and %zu MiB of it are free, "
                          "too few for any --batch_size: lower --gen_dim or the encoders' "
                          "dimensions, or use --device=cpu",
                          bytes >> 20, be->name, available >> 20);
    return lfads_fail(err, LFADS_NO_MEMORY,
                      "training needs %zu MiB of the memory of %s, and %zu MiB of it are free: "
                      "--batch_size=%zu would fit",
                      bytes >> 20, be->name, available >> 20, smaller.batch_size);
}

enum lfads_status training_check_memory(const struct training *training,
                                        const struct learner_options *options,
                                        struct lfads_error *err)
{
    static const char *const remedy = "--threads, --batch_size, --gen_dim or the encoders' "
                                      "dimensions";
    const struct run *p = training->run;
    size_t bytes = host_bytes(p, training->recorder, options), held = memory_resident();
    size_t space = memory_of_threads(options->threads + OTHER_THREADS);
    enum lfads_status status = memory_check(bytes + space, "training", remedy, err);

    if (status == LFADS_OK && !p->be->host_memory)
        status = check_device(training, options, err);
    if (status == LFADS_OK)
        recorder_line(training->recorder, "Memory: about %zu MiB", (held + bytes) >> 20);
    if (status == LFADS_OK && !p->be->host_memory)
        recorder_line(training->recorder,
                      "Memory of %s: about %zu MiB, and the data where they fit", p->be->name,
                      learner_bytes(p->be, p->model, options) >> 20);
    return status;
}
