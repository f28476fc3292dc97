/* nlb_reader.c - reads the tensors of the Neural Latents Benchmark as a session: spikes of held-in
 * and held-out channels, and of the bins after those that are read (files.md, "Tensors of the
 * Neural Latents Benchmark"). SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "data/session_private.h"
#include "data/shape_fit.h"

/* The shapes of a phase's tensors; count 0: the file lacks one. */
struct tensors {
    struct h5_shape heldin, heldout, heldin_ahead, heldout_ahead;
    size_t trials;
};

static enum lfads_status find(struct h5_shape *shape, const struct reading *r, const char *name)
{
    enum lfads_status status;

    *shape = (struct h5_shape){.count = 0};
    if (!h5_has(&r->file, name))
        return LFADS_OK;
    status = h5_shape(shape, &r->file, name, r->err);
    if (status == LFADS_OK && (!shape->numeric || shape->rank != 3 || shape->count == 0))
        return lfads_fail(r->err, LFADS_BAD_DATA, "%s: %s is not [trials,bins,channels] of numbers",
                          r->file.path, name);
    return status;
}

/* Fails unless tensor NAME, if the file has it, fits the held-in channels' trials and, on axis
 * AXIS, has SIZE entries. */
static enum lfads_status check(const struct reading *r, const char *name,
                               const struct h5_shape *shape, size_t trials, size_t axis,
                               size_t size)
{
    if (shape->count == 0 || (shape->dims[0] == trials && shape->dims[axis] == size))
        return LFADS_OK;
    return lfads_fail(
        r->err, LFADS_BAD_DATA,
        "%s: %s has %zu trials and %zu entries on axis %zu, and %zu and %zu are needed, "
        "as in train_spikes_heldin and what belongs to it",
        r->file.path, name, shape->dims[0], shape->dims[axis], axis, trials, size);
}

static enum lfads_status find_tensors(struct tensors *t, const struct reading *r)
{
    enum lfads_status status = find(&t->heldin, r, "train_spikes_heldin");

    if (status == LFADS_OK)
        status = find(&t->heldout, r, "train_spikes_heldout");
    if (status == LFADS_OK)
        status = find(&t->heldin_ahead, r, "train_spikes_heldin_forward");
    if (status == LFADS_OK)
        status = find(&t->heldout_ahead, r, "train_spikes_heldout_forward");
    t->trials = t->heldin.dims[0];
    if (status == LFADS_OK)
        status = check(r, "train_spikes_heldout", &t->heldout, t->trials, 1, t->heldin.dims[1]);
    if (status == LFADS_OK)
        status = check(r, "train_spikes_heldin_forward", &t->heldin_ahead, t->trials, 2,
                       t->heldin.dims[2]);
    if (status == LFADS_OK)
        status = check(r, "train_spikes_heldout_forward", &t->heldout_ahead, t->trials, 1,
                       t->heldin_ahead.dims[1]);
    if (status == LFADS_OK)
        status = check(r, "train_spikes_heldout_forward", &t->heldout_ahead, t->trials, 2,
                       t->heldout.dims[2]);
    if (status == LFADS_OK && t->heldin_ahead.count > 0 &&
        (t->heldout.count > 0) != (t->heldout_ahead.count > 0))
        status = lfads_fail(r->err, LFADS_BAD_DATA,
                            "%s: train_spikes_heldin_forward needs both or none of "
                            "train_spikes_heldout and train_spikes_heldout_forward",
                            r->file.path);
    return status;
}

/* Sets the session's sizes. Flags that say them, too, must say the same. */
static enum lfads_status set_sizes(const struct reading *r, const struct tensors *t)
{
    struct session *s = r->session;
    size_t heldout = t->heldout.count ? t->heldout.dims[2] : 0;
    size_t ahead = t->heldin_ahead.count ? t->heldin_ahead.dims[1] : 0;

    if ((r->wants->heldout && r->wants->heldout != heldout) ||
        (r->wants->forward && r->wants->forward != ahead))
        return lfads_fail(
            r->err, LFADS_USAGE,
            "%s has %zu held-out channels and %zu forward bins, and --heldout_dim=%zu "
            "--forward_steps=%zu were given: leave these flags out",
            r->file.path, heldout, ahead, r->wants->heldout, r->wants->forward);
    s->encoded_bins = t->heldin.dims[1];
    s->encoded_channels = t->heldin.dims[2];
    s->bins = s->encoded_bins + ahead;
    s->channels = s->encoded_channels + heldout;
    return LFADS_OK;
}

static void add_part(struct trial_parts *parts, const char *name, const struct h5_shape *shape,
                     size_t first_bin, size_t first_channel)
{
    struct trial_part *part = &parts->part[parts->count];

    if (shape->count == 0)
        return;
    *part = (struct trial_part){.first_bin = first_bin,
                                .bins = shape->dims[1],
                                .first_channel = first_channel,
                                .channels = shape->dims[2]};
    snprintf(part->name, sizeof part->name, "%s", name);
    parts->count++;
}

/* Test trials are known by their held-in channels alone. */
static enum lfads_status read_test(struct reading *r)
{
    struct trial_parts parts = {.choice = EVERY_TRIAL};
    const struct session *s = r->session;
    struct h5_shape shape;
    enum lfads_status status = find(&shape, r, "eval_spikes_heldin");

    if (status != LFADS_OK || shape.count == 0 || !r->wants->test)
        return status;
    if (shape.dims[1] != s->encoded_bins || shape.dims[2] != s->encoded_channels)
        return lfads_fail(r->err, LFADS_BAD_DATA,
                          "%s: eval_spikes_heldin has %zu bins and %zu channels, and "
                          "train_spikes_heldin %zu and %zu",
                          r->file.path, shape.dims[1], shape.dims[2], s->encoded_bins,
                          s->encoded_channels);
    add_part(&parts, "eval_spikes_heldin", &shape, 0, 0);
    return session_reader_parts(r, SESSION_TEST, &parts, shape.dims[0]);
}

bool session_reader_has_lone_test(const struct reading *r)
{
    static const char *const others[] = {"train_data", "valid_data", "train_encod_data",
                                         "valid_encod_data", "train_spikes_heldin"};

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (h5_has(&r->file, others[i]))
            return false;
    return r->wants->model_bins &&
           (h5_has(&r->file, "eval_spikes_heldin") || h5_has(&r->file, "test_encod_data"));
}

enum lfads_status session_reader_lone_test(struct reading *r)
{
    struct session *s = r->session;
    const struct session_wants *w = r->wants;
    const char *name =
        h5_has(&r->file, "eval_spikes_heldin") ? "eval_spikes_heldin" : "test_encod_data";
    struct trial_parts parts = {.choice = EVERY_TRIAL};
    struct h5_shape shape;
    enum lfads_status status = find(&shape, r, name);

    if (status != LFADS_OK)
        return status;
    if (shape.dims[1] > w->model_bins || shape.dims[2] != w->model_channels - w->model_heldout)
        return lfads_fail(
            r->err, LFADS_BAD_DATA,
            "%s: %s has %zu bins and %zu channels, and the model reads %zu channels of "
            "at most %zu bins",
            r->file.path, name, shape.dims[1], shape.dims[2], w->model_channels - w->model_heldout,
            w->model_bins);
    s->bins = w->model_bins;
    s->channels = w->model_channels;
    s->encoded_bins = shape.dims[1];
    s->encoded_channels = shape.dims[2];
    add_part(&parts, name, &shape, 0, 0);
    return session_reader_parts(r, SESSION_TEST, &parts, shape.dims[0]);
}

bool session_reader_has_tensors(const struct reading *r)
{
    return h5_has(&r->file, "train_spikes_heldin") && !h5_has(&r->file, "train_data") &&
           !h5_has(&r->file, "train_encod_data");
}

enum lfads_status session_reader_tensors(struct reading *r)
{
    struct session *s = r->session;
    struct tensors t;
    struct trial_parts parts = {.count = 0};
    enum lfads_status status = find_tensors(&t, r);

    if (status == LFADS_OK)
        status = set_sizes(r, &t);
    if (status != LFADS_OK)
        return status;
    if (r->session->ext_inputs)
        return lfads_fail(r->err, LFADS_USAGE,
                          "%s is a file of the Neural Latents Benchmark, which has no external "
                          "inputs: leave --ext_input_dim out",
                          r->file.path);
    s->from_tensors = true;
    add_part(&parts, "train_spikes_heldin", &t.heldin, 0, 0);
    add_part(&parts, "train_spikes_heldout", &t.heldout, 0, s->encoded_channels);
    add_part(&parts, "train_spikes_heldin_forward", &t.heldin_ahead, s->encoded_bins, 0);
    add_part(&parts, "train_spikes_heldout_forward", &t.heldout_ahead, s->encoded_bins,
             s->encoded_channels);
    parts.choice = TRAINING_TRIALS;
    status = session_reader_parts(r, SESSION_TRAIN, &parts,
                                  trial_choice_count(TRAINING_TRIALS, t.trials));
    parts.choice = VALIDATION_TRIALS;
    if (status == LFADS_OK && trial_choice_count(VALIDATION_TRIALS, t.trials))
        status = session_reader_parts(r, SESSION_VALID, &parts,
                                      trial_choice_count(VALIDATION_TRIALS, t.trials));
    return status == LFADS_OK ? read_test(r) : status;
}
