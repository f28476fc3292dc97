/* batch_source.c - fills shards with a batch's trials, jitter, noise and masks.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "data/jitter.h"
#include "train/training_private.h"

/* Jitters a trial's observed counts and, if SYMMETRIC, what its encoders read, on their own. */
static void jitter(const struct batch_feed *feed, struct shard *s, size_t trial, size_t first,
                   bool symmetric)
{
    const struct run *p = feed->training->run;
    const struct model *m = s->model;
    size_t n = model_channels(m, s->session), encoded = model_encoded_channels(m, s->session);
    size_t ld = m->encodes_observed ? n : encoded; /* of the encoders' array */
    struct jitter how = {.width = (size_t)p->config->temporal_spike_jitter_width,
                         .symmetric = symmetric,
                         .stream = JITTER_OBSERVED};
    struct philox_address from = {.seed = p->seed,
                                  .step = feed->step,
                                  .session = (uint32_t)s->session,
                                  .trial = feed->position + (uint32_t)(first + trial)};

    jitter_trial(s->host_data[TRIAL_OBSERVED] + trial * n, s->trials * n, s->scratch, m->data_bins,
                 n, &how, &from);
    how.stream = JITTER_ENCODED;
    if (symmetric)
        jitter_trial(s->host_data[TRIAL_ENCODED] + trial * ld, s->trials * ld, s->scratch,
                     m->encoded_bins, encoded, &how, &from);
}

/* Gives the encoders a copy of the observed counts; a missing number is 0 for them. */
static void copy_observed(struct shard *s)
{
    const float *observed = s->host_data[TRIAL_OBSERVED];
    size_t count = s->model->data_bins * s->trials * model_channels(s->model, s->session);

    shard_read_apart(s);
    for (size_t i = 0; i < count; i++)
        s->host_data[TRIAL_ENCODED][i] = isnan(observed[i]) ? 0 : observed[i];
}

static void copy_trials(const struct batch_feed *feed, struct shard *s, size_t first)
{
    const struct lfads_config *config = feed->training->run->config;
    bool jittered =
        feed->prefetched.set == SESSION_TRAIN && config->temporal_spike_jitter_width > 0;

    prefetched_copy(s->host_data, &feed->prefetched, first, s->trials);
    if (jittered && s->model->jitters_apart && s->model->encodes_observed)
        copy_observed(s);
    for (size_t b = 0; b < s->trials && jittered; b++)
        jitter(feed, s, b, first, s->model->jitters_apart);
    shard_upload(s);
}

/* 1 over the share of the batch's numbers that were recorded: modern.md (6.1). */
static double entry_scale(const struct batch_feed *feed)
{
    const struct batch *batch = feed->prefetched.batch;
    const struct session *session = feed->prefetched.session;
    const uint32_t *missing = session->set[feed->prefetched.set].missing;
    double numbers = (double)(batch->count * session->bins * session->channels), count = 0;

    for (size_t i = 0; i < batch->count && missing; i++)
        count += missing[batch->trials[i]];
    return count < numbers ? numbers / (numbers - count) : 1;
}

static void load(void *payload, struct shard *s, size_t first)
{
    const struct batch_feed *feed = payload;
    struct device_trials *on_device = feed->training->on_device;

    if (device_trials_has(on_device, s->session, feed->prefetched.set))
        device_trials_select(on_device, feed->prefetched.batch->trials + first, s->trials);
    else
        copy_trials(feed, s, first);
    shard_address_noise(s, feed->step, feed->position + (uint32_t)first);
    shard_set_scales(s, entry_scale(feed));
}

static void enqueue_noise(void *payload, struct shard *s, size_t first)
{
    const struct batch_feed *feed = payload;
    const struct training *t = feed->training;
    enum session_set set = feed->prefetched.set;
    /* both sets may run at the same step: the sample separates their random streams */
    struct philox_address from = {.seed = t->run->seed, .sample = set == SESSION_VALID};

    (void)first;
    if (device_trials_has(t->on_device, s->session, set))
        device_trials_gather(t->on_device, s->session, set, s->data, s->trials);
    shard_draw_noise(s, &from);
}

static struct batch_source source_of(struct batch_feed *feed)
{
    const struct batch *batch = feed->prefetched.batch;
    const struct model *model = feed->training->run->model;
    bool dropout =
        feed->prefetched.set == SESSION_TRAIN && (model->keep_prob < 1 || model->cd_rate > 0);

    return (struct batch_source){.session = batch->session,
                                 .trials = batch->count,
                                 .variant = feed->prefetched.set,
                                 .dropout = dropout,
                                 .load = load,
                                 .enqueue_noise = enqueue_noise,
                                 .payload = feed};
}

enum lfads_status batch_feed_next(const struct batch_source **source, struct training *training,
                                  enum session_set set, uint32_t position, struct lfads_error *err)
{
    struct training *t = training;

    for (size_t i = 0; i < t->batches[set]->per_step; i++) {
        struct batch_feed *feed = &t->feeds[i];
        enum lfads_status status;

        *feed = (struct batch_feed){.training = t, .step = (uint32_t)t->step, .position = position};
        status = prefetcher_next(&feed->prefetched, t->prefetcher, err);
        if (status != LFADS_OK)
            return status;
        feed->source = source_of(feed);
        if (i > 0)
            t->feeds[i - 1].source.next = &feed->source;
    }
    *source = &t->feeds[0].source;
    return LFADS_OK;
}
