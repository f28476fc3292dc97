/* train.c - runs one training from beginning to end: lfads_train of the public header.
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "config/kinds.h"
#include "train/training.h"

enum lfads_status training_run_epochs(struct training *training, struct recorder *recorder,
                                      int64_t saved, struct lfads_error *err)
{
    struct training_state state = training_get_state(training);
    enum lfads_status status;

    if (state.is_over && state.step == saved) {
        recorder_line(recorder, "This run is finished: %" PRId64 " epochs, learning rate %g.",
                      state.epoch, state.learning_rate);
        return LFADS_OK;
    }
    status = recorder_begin(recorder, err);
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
    return state.step > saved ? training_save(training, err) : LFADS_OK;
}

enum lfads_status training_begin(struct training **training, struct recorder **recorder,
                                 struct run *run, struct lfads_error *err)
{
    struct training_state state;
    enum lfads_status status = recorder_create(recorder, run, err);

    *training = NULL;
    if (status == LFADS_OK)
        status = training_create(training, run, *recorder, err);
    if (status != LFADS_OK)
        return status;
    state = training_get_state(*training);
    return recorder_prepare(*recorder, state.epoch, state.step, err);
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

enum lfads_status lfads_train(const struct lfads_config *config,
                              const struct lfads_callbacks *callbacks, struct lfads_error *err)
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
