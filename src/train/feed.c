/* feed.c - a batch's trials, jitter, noise and masks into the shards that ask for them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/trainer.h"

static void jitter(const struct feed *feed, struct shard *s, size_t trial, size_t first)
{
    const struct project *p = feed->trainer->project;
    size_t n = model_channels(s->model, s->session);

    jitter_trial(s->host_x + trial * n, s->trials * n, s->scratch, s->model->bins, n,
                 (size_t)p->config->temporal_spike_jitter_width, p->seed, feed->step,
                 (uint32_t)s->session, feed->place + (uint32_t)(first + trial));
}

static void fill(void *payload, struct shard *s, size_t first)
{
    const struct feed *feed = payload;
    const struct project *p = feed->trainer->project;
    const struct session *session = p->dataset->sessions[s->session];
    size_t n = session->channels, e = session->ext_inputs;

    for (size_t b = 0; b < s->trials; b++) {
        size_t trial = feed->batch->trials[first + b];

        session_copy_trial(s->host_x + b * n, s->trials * n, session, feed->set, trial);
        if (e)
            session_copy_ext(s->host_ext + b * e, s->trials * e, session, feed->set, trial);
        if (feed->set == SESSION_TRAIN && p->config->temporal_spike_jitter_width > 0)
            jitter(feed, s, b, first);
    }
    shard_upload(s);
    shard_place_noise(s, feed->step, feed->place + (uint32_t)first);
}

static void draw(void *payload, struct shard *s, size_t first)
{
    const struct feed *feed = payload;
    /* training and validation may meet at one step: the sample tells their noise apart */
    struct philox_address from = {.seed = feed->trainer->project->seed,
                                  .sample = feed->set == SESSION_VALID};

    (void)first;
    shard_draw_noise(s, &from);
}

struct batch_source feed_source(const struct feed *feed)
{
    bool dropout = feed->set == SESSION_TRAIN && feed->trainer->project->model->keep_prob < 1;

    return (struct batch_source){.session = feed->batch->session,
                                 .trials = feed->trainer->batches[feed->set]->batch_size,
                                 .dropout = dropout,
                                 .fill = fill,
                                 .draw = draw,
                                 .payload = (void *)feed};
}
