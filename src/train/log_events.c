/* log_events.c - an epoch's numbers for TensorBoard, in the original's records and under its tags.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "report/tensorboard.h"
#include "train/trainer.h"

struct record {
    struct event_scalar scalars[64];
    size_t count;
};

__attribute__((format(printf, 3, 4))) static void put(struct record *record, double value,
                                                      const char *format, ...)
{
    struct event_scalar *scalar;
    va_list words;

    if (record->count == sizeof record->scalars / sizeof record->scalars[0])
        return; /* of very many inferred inputs the first are shown */
    scalar = &record->scalars[record->count++];
    va_start(words, format);
    vsnprintf(scalar->tag, sizeof scalar->tag, format, words);
    va_end(words);
    scalar->value = value;
}

/* Time constants and stationary variances of the inferred inputs' prior. */
static void put_prior(struct record *record, const struct trainer *t)
{
    const struct model *m = t->run->model;
    const struct backend *be = backend_cpu();
    struct weights weights;

    if (!m->co_dim || m->co_prior != priors_find_co("ar1"))
        return;
    params_view(&weights, m, learner_download(t->learner).parameters, 0);
    for (size_t i = 0; i < m->co_dim; i++) {
        real phi, logvar;

        be->ar1_stationary(be, &phi, &logvar, weights.ar_logatau + i, weights.ar_logevar + i, 1);
        put(record, exp((double)weights.ar_logatau[i]), "LFADS/AR_Autocorrelation_taus_%zu", i);
        put(record, exp((double)logvar), "LFADS/AR_Variances_%zu", i);
    }
}

enum lfads_status trainer_begin_events(struct trainer *trainer)
{
    char directory[FILE_PATH];
    enum lfads_status status =
        file_join(directory, trainer->run->config->lfads_save_dir, "lfads_log", trainer->err);

    return status == LFADS_OK ? events_create(trainer->events, directory, trainer->err) : status;
}

enum lfads_status trainer_log_events(const struct trainer *trainer, const struct fitlog_row *row)
{
    struct record train = {.count = 0}, valid = {.count = 0}, rest = {.count = 0};
    enum lfads_status status;

    put(&train, row->train.kl, "LFADS/KL_cost__train_");
    put(&train, row->train.l2, "LFADS/L2_cost");
    put(&train, row->train.recon, "LFADS/Reconstruction_cost__train_");
    put(&train, row->train.total, "LFADS/Total_cost__train_");
    put(&valid, row->valid.kl, "LFADS/KL_cost__valid_");
    put(&valid, row->valid.recon, "LFADS/Reconstruction_cost__valid_");
    put(&valid, row->valid.total, "LFADS/Total_cost__valid_");
    put(&rest, (double)trainer->schedule.learning_rate, "LFADS/Learning_rate");
    put(&rest, row->train.kl_weight, "LFADS/KL_weight");
    put(&rest, row->train.l2_weight, "LFADS/L2_weight");
    put(&rest, row->train.corr, "LFADS/Corr_cost");
    put(&rest, trainer->gradient_norm, "LFADS/Gradient_global_norm");
    put_prior(&rest, trainer);
    status = events_add(trainer->events, row->step, train.scalars, train.count, trainer->err);
    if (status == LFADS_OK && row->has_valid)
        status = events_add(trainer->events, row->step, valid.scalars, valid.count, trainer->err);
    if (status == LFADS_OK)
        status = events_add(trainer->events, row->step, rest.scalars, rest.count, trainer->err);
    return status;
}
