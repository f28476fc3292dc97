/* train.c - runs one training from beginning to end.
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <libdeflate.h>

#include "config/kinds.h"
#include "train/training.h"

enum lfads_status training_run_epochs(struct training *training, struct recorder *recorder,
                                      int64_t saved, struct lfads_error *err)
{
    struct lfads_ranks *ranks = training_ranks(training);
    struct training_state state = training_get_state(training);
    enum lfads_status status;

    if (state.is_over && state.step == saved) {
        recorder_line(recorder, "This run is finished: %" PRId64 " epochs, learning rate %g.",
                      state.epoch, state.learning_rate);
        return LFADS_OK;
    }
    status = ranks_agree(ranks, recorder_begin(recorder, err), NULL, err);
    while (status == LFADS_OK && !state.is_over) {
        status = training_epoch(training, err);
        state = training_get_state(training);
    }
    if (status != LFADS_OK)
        return status;
    if (state.is_learning_rate_low)
        recorder_line(recorder, "Stopping optimization based on learning rate criteria.");
    if (state.is_stopped_early)
        recorder_line(recorder, "Training ends early: the validation cost no longer falls.");
    training_judge(training);
    return state.step > saved ? ranks_agree(ranks, training_save(training, err), NULL, err)
                              : LFADS_OK;
}

/* Fails if the processes did not begin with the same parameters. */
static enum lfads_status compare_parameters(const struct training *training, const struct run *run,
                                            struct lfads_error *err)
{
    struct param_vectors vectors;
    uint64_t sum = 0;
    bool same = true;
    enum lfads_status status;

    if (run->ranks->count == 1)
        return LFADS_OK;
    status = training_vectors(&vectors, training, err);
    if (status != LFADS_OK)
        return status;
    sum = libdeflate_crc32(0, vectors.parameters, run->model->size * sizeof *vectors.parameters);
    status = ranks_compare(run->ranks, &same, &sum, 1, err);
    if (status == LFADS_OK && !same)
        status = lfads_fail(err, LFADS_USAGE,
                            "the %zu processes that were started together have different "
                            "parameters for --lfads_save_dir=%s: take a directory that all "
                            "machines share",
                            run->ranks->count, run->config->lfads_save_dir);
    return status;
}

/* Several processes train on CPUs: a device's batch is one shard, which cannot be shared. */
static enum lfads_status check_device(const struct run *run, struct lfads_error *err)
{
    if (run->ranks->count == 1 || run->be->host_memory)
        return LFADS_OK;
    return lfads_fail(err, LFADS_USAGE,
                      "--device=%s takes a GPU, and %zu processes train one model together on "
                      "CPUs only: set --device=cpu, or start one process",
                      run->config->device, run->ranks->count);
}

/* All processes have read the checkpoint before process 0, which has the recorder, writes. */
enum lfads_status training_begin(struct training **training, struct recorder **recorder,
                                 struct run *run, struct lfads_error *err)
{
    struct training_state state;
    enum lfads_status status = check_device(run, err);

    *training = NULL;
    *recorder = NULL;
    if (status == LFADS_OK && run->ranks->number == 0)
        status = recorder_create(recorder, run, err);
    if (status == LFADS_OK)
        status = training_create(training, run, *recorder, err);
    status = ranks_agree(run->ranks, status, NULL, err);
    if (status == LFADS_OK)
        status = compare_parameters(*training, run, err);
    if (status != LFADS_OK)
        return status;
    state = training_get_state(*training);
    status = recorder_prepare(*recorder, state.epoch, state.step, err);
    return ranks_agree(run->ranks, status, NULL, err);
}

enum lfads_status training_run(struct run *run, struct lfads_error *err)
{
    struct recorder *recorder;
    struct training *training;
    enum lfads_status status = training_begin(&training, &recorder, run, err);

    if (status == LFADS_OK)
        status = training_run_epochs(training, recorder, training_get_state(training).step, err);
    training_free(training);
    recorder_free(recorder);
    return status;
}

enum lfads_status training_run_alone(const struct lfads_config *config,
                                     const struct lfads_callbacks *callbacks,
                                     struct lfads_error *err)
{
    struct run *run;
    enum lfads_status status = run_open(&run, config, RUN_TRAINING, callbacks, err);

    if (status != LFADS_OK)
        return status;
    run_report_unused(run, KIND_TRAIN);
    status = training_run(run, err);
    run_close(run);
    return status;
}
