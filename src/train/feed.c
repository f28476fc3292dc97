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

static void copy_trials(const struct feed *feed, struct shard *s, size_t first)
{
    bool jittered = feed->portion.set == SESSION_TRAIN &&
                    feed->trainer->project->config->temporal_spike_jitter_width > 0;

    portion_copy(s->host_x, s->host_ext, &feed->portion, first, s->trials);
    for (size_t b = 0; b < s->trials && jittered; b++)
        jitter(feed, s, b, first);
    shard_upload(s);
}

static void fill(void *payload, struct shard *s, size_t first)
{
    const struct feed *feed = payload;
    struct resident *resident = feed->trainer->resident;

    if (resident_has(resident, s->session, feed->portion.set))
        resident_choose(resident, feed->portion.batch->trials + first, s->trials);
    else
        copy_trials(feed, s, first);
    shard_place_noise(s, feed->step, feed->place + (uint32_t)first);
}

static void draw(void *payload, struct shard *s, size_t first)
{
    const struct feed *feed = payload;
    const struct trainer *t = feed->trainer;
    enum session_set set = feed->portion.set;
    /* training and validation may meet at one step: the sample tells their noise apart */
    struct philox_address from = {.seed = t->project->seed, .sample = set == SESSION_VALID};

    (void)first;
    if (resident_has(t->resident, s->session, set))
        resident_gather(t->resident, s->session, set, s->x, s->ext, s->trials);
    shard_draw_noise(s, &from);
}

struct batch_source feed_source(const struct feed *feed)
{
    const struct batch *batch = feed->portion.batch;
    bool dropout =
        feed->portion.set == SESSION_TRAIN && feed->trainer->project->model->keep_prob < 1;

    return (struct batch_source){.session = batch->session,
                                 .trials = batch->count,
                                 .variant = feed->portion.set,
                                 .dropout = dropout,
                                 .fill = fill,
                                 .draw = draw,
                                 .payload = (void *)feed};
}
