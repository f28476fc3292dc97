/* modern_data.c - prepares a case's data: jitter, sample validation, missing data. The runner
 * jitters with the file's draws, and computes the weights that the program must have.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/jitter.h"
#include "modern_case.h"

/* Moves the spikes of ARRAY [B,T,N] by SHIFTS: one a spike, first those of all entries with at
 * least one spike, then with at least two, …, within these in the order of the entries. */
static void jitter(const struct modern_case *c, struct array *array, const struct array *shifts)
{
    size_t bins = array->shape[1], n = array->shape[2], used = 0;
    double *moved = calloc(array->count, sizeof *moved);

    for (double level = 1; level <= golden_largest(array); level++)
        for (size_t i = 0; i < array->count; i++) {
            size_t trial = i / (bins * n), bin = i / n % bins, to;

            if (!(array->values[i] >= level)) /* NaN, too */
                continue;
            if (used == shifts->count)
                modern_stop(c, "has fewer shifts than spikes");
            to = jitter_bin(bin, (int64_t)shifts->values[used++], bins);
            moved[(trial * bins + to) * n + i % n]++;
        }
    if (used != shifts->count)
        modern_stop(c, "has more shifts than spikes");
    free(array->values);
    array->values = moved;
}

static void jitter_both(struct modern_data *data, const struct modern_case *c, const char *session)
{
    struct array encoded = golden_read(c->file, "noise/%s/jitter_encod", session);
    struct array observed = golden_read(c->file, "noise/%s/jitter_recon", session);

    if (!encoded.values || !observed.values)
        modern_stop(c, "has no shifts of spikes");
    jitter(c, &data->encoded, &encoded);
    jitter(c, &data->observed, &observed);
    golden_release(&encoded);
    golden_release(&observed);
}

/* Begins with weights of one. */
static void need_weights(struct modern_data *data)
{
    if (data->weight.values)
        return;
    data->weight = data->observed;
    data->weight.values = calloc(data->weight.count, sizeof *data->weight.values);
    for (size_t i = 0; i < data->weight.count; i++)
        data->weight.values[i] = 1;
}

/* What is missing has weight 0, all else more. */
static void leave_out_missing(struct modern_data *data)
{
    struct array *y = &data->observed;
    size_t missing = 0;

    need_weights(data);
    for (size_t i = 0; i < y->count; i++)
        missing += isnan(y->values[i]);
    for (size_t i = 0; i < y->count; i++) {
        data->weight.values[i] *=
            isnan(y->values[i]) ? 0 : 1 / (1 - (double)missing / (double)y->count);
    }
    data->entries = 1 / (1 - (double)missing / (double)y->count);
    for (size_t i = 0; i < data->encoded.count; i++)
        if (isnan(data->encoded.values[i]))
            data->encoded.values[i] = 0;
}

/* The cost is of what is kept. */
static void leave_out_samples(struct modern_data *data, const struct modern_case *c,
                              const char *session, double rate)
{
    const struct array *x = &data->encoded, *y = &data->observed;

    data->sv_rate = rate;
    data->kept = golden_read(c->file, "inputs/%s/sv_mask", session);
    if (data->kept.count != x->count || !data->kept.values)
        modern_stop(c, "has no mask of sample validation");
    need_weights(data);
    for (size_t i = 0; i < x->count; i++) {
        size_t n = x->shape[2], bin = i / n % x->shape[1], trial = i / n / x->shape[1];
        double factor = data->kept.values[i] / (1 - rate);

        data->weight.values[(trial * y->shape[1] + bin) * y->shape[2] + i % n] *= factor;
    }
}

static void augment(struct modern_data *data, const struct modern_case *c, const char *session,
                    const json_t *row)
{
    const char *kind = json_string_value(json_object_get(row, "kind"));

    if (strcmp(kind, "SpikeJitter") == 0)
        jitter_both(data, c, session);
    else if (strcmp(kind, "SampleValidation") == 0)
        leave_out_samples(data, c, session, json_number_value(json_object_get(row, "sv_rate")));
    else if (strcmp(kind, "SelectiveBackpropThruTime") == 0)
        leave_out_missing(data);
    else if (strncmp(kind, "CoordinatedDropout", strlen("CoordinatedDropout")) != 0)
        modern_stop(c, "has an augmentation that the runner does not know");
}

void modern_data_read(struct modern_data *data, const struct modern_case *c, size_t session)
{
    const char *name = c->session[session];
    const json_t *list = json_object_get(c->hyper, "train_aug");

    *data = (struct modern_data){.entries = 1,
                                 .encoded = golden_read(c->file, "inputs/%s/encod_data", name),
                                 .observed = golden_read(c->file, "inputs/%s/recon_data", name)};
    if (data->encoded.rank != 3 || data->observed.rank != 3)
        modern_stop(c, "has no data");
    for (size_t i = 0; i < json_array_size(list); i++)
        augment(data, c, name, json_array_get(list, i));
}

void modern_data_release(struct modern_data *data)
{
    golden_release(&data->encoded);
    golden_release(&data->observed);
    golden_release(&data->weight);
    golden_release(&data->kept);
}

bool modern_data_is_one(const struct modern_data *data)
{
    const struct array *x = &data->encoded, *y = &data->observed;

    for (size_t i = 0; i < x->count; i++) {
        size_t n = x->shape[2], bin = i / n % x->shape[1], trial = i / n / x->shape[1];

        if (x->values[i] != y->values[(trial * y->shape[1] + bin) * y->shape[2] + i % n])
            return false;
    }
    return true;
}
