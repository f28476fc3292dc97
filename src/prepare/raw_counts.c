/* raw_counts.c - a recording that is binned already: counts, or reals, of trials or without.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "prepare/raw.h"

/* Trials, bins, channels: the axis of the array that each is; VARIABLE_AXES: none. */
struct axes {
    size_t of[3];
};

/* Reads --axes for an array of RANK axes. */
static enum lfads_status parse_axes(struct axes *axes, const struct variable *counts,
                                    const char *path, const char *text, struct lfads_error *err)
{
    static const char *const words[3] = {"trials", "bins", "channels"};
    size_t rank = 0, found = 0;

    if (!*text)
        text = counts->rank == 2 ? "bins,channels" : "trials,bins,channels";
    *axes = (struct axes){{VARIABLE_AXES, VARIABLE_AXES, VARIABLE_AXES}};
    for (const char *at = text; *at; rank++) {
        size_t length = strcspn(at, ",");

        for (size_t i = 0; i < 3; i++)
            if (length == strlen(words[i]) && memcmp(at, words[i], length) == 0 &&
                axes->of[i] == VARIABLE_AXES) {
                axes->of[i] = rank;
                found++;
            }
        at += length + (at[length] == ',');
    }
    if (found != rank || axes->of[1] == VARIABLE_AXES || axes->of[2] == VARIABLE_AXES)
        return lfads_fail(
            err, LFADS_USAGE,
            "--axes=%.80s is not trials, bins and channels in some order, with commas; "
            "trials may be left out",
            text);
    if (counts->count == 0)
        return lfads_fail(err, LFADS_BAD_DATA, "%s: %s is empty", path, counts->name);
    if (counts->ends || !counts->numbers)
        return lfads_fail(err, LFADS_BAD_DATA, "%s: %s holds %s, and counts are numbers", path,
                          counts->name, counts->ends ? "lists" : "texts");
    if (rank != counts->rank)
        return lfads_fail(err, LFADS_BAD_DATA,
                          "%s: %s has %zu axes of counts, and %s are asked for: see --axes", path,
                          counts->name, counts->rank, text);
    return LFADS_OK;
}

/* How much the means over all else that is known differ along AXIS, beyond the chance of counts:
 * their variance in squares of their mean. SUMS has room for twice as many numbers as the axis. */
static double spread_along(const struct variable *v, size_t axis, double *sums)
{
    size_t inner = 1, size = v->dims[axis];
    double mean = 0, square = 0, chance = 0, *known = sums + size;

    for (size_t i = axis + 1; i < v->rank; i++)
        inner *= v->dims[i];
    memset(sums, 0, 2 * size * sizeof *sums);
    for (size_t i = 0; i < v->count; i++) {
        sums[i / inner % size] += isfinite(v->numbers[i]) ? v->numbers[i] : 0;
        known[i / inner % size] += isfinite(v->numbers[i]);
    }
    for (size_t i = 0; i < size; i++) {
        double n = known[i] > 0 ? known[i] : 1;

        sums[i] /= n;
        mean += sums[i] / (double)size;
        chance += 1 / n / (double)size;
    }
    for (size_t i = 0; i < size; i++)
        square += (sums[i] - mean) * (sums[i] - mean) / (double)size;
    return mean > 0 ? fmax(square / mean - chance, 0) / mean : 0;
}

/* Channels differ much in their mean counts, trials little: whether what is called trials differs
 * more. */
static enum lfads_status suspect(struct raw *raw, const struct variable *v, const struct axes *axes,
                                 struct lfads_error *err)
{
    double *sums;
    enum lfads_status status;

    if (v->rank != 3)
        return LFADS_OK;
    status = variables_allocate(&sums, v->count, 2 * sizeof *sums, raw->path, err);
    if (status == LFADS_OK)
        raw->looks_swapped =
            spread_along(v, axes->of[0], sums) > 4 * spread_along(v, axes->of[2], sums) + 0.05;
    free(sums);
    return status;
}

enum lfads_status raw_check_counts(const struct variable *v, const char *path,
                                   struct lfads_error *err)
{
    size_t columns = v->rank == 2 ? v->dims[1] : 0, rises = 0;
    bool negative = false, whole = variable_is_whole(v);

    for (size_t i = 0; i < v->count; i++)
        negative = negative || v->numbers[i] < 0;
    if (!whole && negative && strncasecmp(variable_last_name(v), "spike", 5) == 0)
        return lfads_fail(err, LFADS_BAD_DATA,
                          "%s: %s has numbers below 0 that are not whole, such as waveforms, and "
                          "neither times nor counts: name the array to take with --spike_times, or "
                          "this one with --counts",
                          path, v->name);
    for (size_t c = 0; columns == 2 && c < 2 && !whole; c++) {
        size_t i = c + 2;

        while (i < v->count && v->numbers[i] >= v->numbers[i - 2])
            i += 2;
        rises += i >= v->count;
    }
    if (rises > 0 && v->count > 4)
        return lfads_fail(
            err, LFADS_BAD_DATA,
            "%s: a column of %s rises as times do: if its columns are times and units "
            "of spikes, save them as two arrays; if they are counts, name it with "
            "--counts",
            path, v->name);
    return LFADS_OK;
}

/* What a whole number that went through other types may be off by. */
static const double rounding = 1e-3;

/* Copies the counts into the order trials, bins, channels. */
static enum lfads_status order_counts(struct raw *raw, const struct variable *v,
                                      const struct axes *axes, struct lfads_error *err)
{
    size_t stride[VARIABLE_AXES + 1] = {0}, next = 1, at = 0;
    size_t trials = axes->of[0] < v->rank ? v->dims[axes->of[0]] : 1;
    enum lfads_status status =
        variables_allocate(&raw->counts, v->count, sizeof *raw->counts, raw->path, err);

    for (size_t i = v->rank; i-- > 0;) {
        stride[i] = next;
        next *= v->dims[i];
    }
    for (size_t t = 0; t < trials && status == LFADS_OK; t++)
        for (size_t b = 0; b < raw->count_bins; b++)
            for (size_t c = 0; c < raw->units; c++, at++) {
                double count = v->numbers[t * stride[axes->of[0]] + b * stride[axes->of[1]] +
                                          c * stride[axes->of[2]]];

                raw->counts[at] = count;
                raw->real = raw->real || !(count == floor(count) && fabs(count) < 1e15);
                raw->not_counts =
                    raw->not_counts || count < 0 || fabs(count - nearbyint(count)) > rounding;
                if (isinf(count))
                    status = lfads_fail(err, LFADS_BAD_DATA,
                                        "%s: %s is infinite in trial %zu, bin %zu, channel %zu",
                                        raw->path, v->name, t, b, c);
            }
    return status;
}

enum lfads_status raw_read_counts(struct raw *raw, struct variables *recording,
                                  struct variables *table, struct variable *counts,
                                  const struct lfads_prepare_config *config,
                                  struct lfads_error *err)
{
    struct axes axes;
    size_t trials;
    enum lfads_status status = parse_axes(&axes, counts, raw->path, config->axes, err);

    if (status != LFADS_OK)
        return status;
    raw->count_width = config->counts_width > 0 ? config->counts_width : config->bin_width;
    raw->count_bins = counts->dims[axes.of[1]];
    raw->units = counts->dims[axes.of[2]];
    trials = axes.of[0] < counts->rank ? counts->dims[axes.of[0]] : 0;
    status = raw_number_units(raw, recording, err);
    raw->trial_clock = trials > 0;
    if (status == LFADS_OK && (trials || table->count > 0))
        status = raw_read_trials(raw, recording, table, NULL, trials, err);
    if (status == LFADS_OK && trials && trials != raw->trials)
        status = lfads_fail(err, LFADS_BAD_DATA,
                            "%s: %s has %zu trials, and the table of trials has %zu rows",
                            raw->path, counts->name, trials, raw->trials);
    if (status == LFADS_OK)
        status = suspect(raw, counts, &axes, err);
    if (status == LFADS_OK)
        status = order_counts(raw, counts, &axes, err);
    return status == LFADS_OK ? raw_read_units(raw, recording, err) : status;
}
