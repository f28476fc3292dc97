/* prepared_file.c - writes the data file (files.md, "Data file").
 * SPDX-License-Identifier: Apache-2.0 */
#include "prepare/prepared_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/progress.h"
#include "base/workers.h"
#include "h5/h5.h"
#include "prepare/binning.h"

enum { GZIP_LEVEL = 1, BLOCK_BYTES = 1 << 26 };

static const char *const sets[2] = {"train", "valid"};

/* A file being written. */
struct writing {
    struct h5_file file;
    const struct raw *raw;
    const struct plan *plan;
    const struct prepared_extras *extras;
    struct tally *tally;
    size_t *member; /* windows of the set being written */
    struct workers *workers;
    double *block; /* counts of some of them */
    size_t first;  /* the block's first member */
};

void tally_free(struct tally *tally)
{
    free(tally->unit);
    free(tally->seen);
    free(tally->window);
    *tally = (struct tally){.unit = NULL};
}

static void bin_member(void *payload, size_t item, size_t thread)
{
    const struct writing *w = payload;
    size_t trial = w->plan->bins * w->plan->units;

    (void)thread;
    bin_window(w->block + item * trial, w->raw, w->plan,
               &w->plan->window[w->member[w->first + item]]);
}

/* Adds the counts of a window to the tally. */
static void add(struct tally *tally, const double *counts, const struct plan *plan, size_t window)
{
    for (size_t b = plan->window[window].from; b < plan->window[window].to; b++)
        for (size_t c = 0; c < plan->units; c++) {
            double count = counts[b * plan->units + c];

            if (isnan(count))
                continue;
            tally->entries++;
            tally->seen[c]++;
            tally->zeros += count == 0;
            tally->unit[c] += count;
            tally->window[window] += count;
            tally->largest = count > tally->largest ? count : tally->largest;
        }
    tally->spikes += tally->window[window];
}

/* Turns COUNT doubles into the numbers of the file, in place. */
static void convert(double *block, size_t count, enum h5_type type)
{
    char *to = (char *)block;

    for (size_t i = 0; i < count; i++) {
        float real = (float)block[i];
        int64_t integer = type == H5_INT64 ? (int64_t)block[i] : 0;

        if (type == H5_INT64)
            memcpy(to + i * sizeof integer, &integer, sizeof integer);
        else
            memcpy(to + i * sizeof real, &real, sizeof real);
    }
}

/* Writes the counts of a set of COUNT windows, block by block. */
static enum lfads_status write_counts(struct writing *w, struct h5_rows *rows, size_t count,
                                      enum h5_type type, const struct lfads_callbacks *callbacks,
                                      struct lfads_error *err)
{
    const struct plan *plan = w->plan;
    size_t trial = plan->bins * plan->units, most = BLOCK_BYTES / (trial * sizeof(double)) + 1;
    enum lfads_status status = LFADS_OK;

    for (w->first = 0; w->first < count && status == LFADS_OK; w->first += most) {
        size_t some = most < count - w->first ? most : count - w->first;
        struct lfads_progress progress = {.what = "trials",
                                          .share = (double)w->first / (double)count};

        workers_run(w->workers, some, bin_member, w);
        for (size_t i = 0; i < some; i++)
            add(w->tally, w->block + i * trial, plan, w->member[w->first + i]);
        convert(w->block, some * trial, type);
        status = h5_rows_write(rows, w->first, some, w->block, err);
        if (status == LFADS_OK && progress_report(callbacks, &progress))
            status = lfads_fail(err, LFADS_INTERRUPTED, "stopped: nothing was written");
    }
    return status;
}

/* Writes VALUES, one for each window of the set, as SET_NAME. */
static enum lfads_status write_column(struct writing *w, int set, const char *name, size_t count,
                                      enum h5_type type, const void *values,
                                      struct lfads_error *err)
{
    char key[100];

    snprintf(key, sizeof key, "%s_%.80s", sets[set], name);
    return h5_write(&w->file, key, type, 1, &count, values, NULL, err);
}

/* Writes what belongs to the trials of a set: their numbers, conditions, times, and the columns of
 * their table. */
static enum lfads_status write_trials(struct writing *w, int set, size_t count,
                                      struct lfads_error *err)
{
    const struct plan *plan = w->plan;
    const struct variables *table = &w->raw->trial;
    int64_t *integers = NULL;
    double *reals = NULL;
    enum lfads_status status =
        variables_allocate(&integers, count, sizeof *integers, w->raw->path, err);

    if (status == LFADS_OK)
        status = variables_allocate(&reals, count, sizeof *reals, w->raw->path, err);
    for (size_t i = 0; i < count && status == LFADS_OK; i++) {
        const struct plan_window *window = &plan->window[w->member[i]];

        integers[i] = table->count > 0 && table->item[0].numbers && plan->total == 0
                          ? (int64_t)table->item[0].numbers[window->trial]
                          : (int64_t)w->member[i];
        reals[i] = window->origin;
    }
    if (status == LFADS_OK)
        status = write_column(w, set, "inds", count, H5_INT64, integers, err);
    if (status == LFADS_OK)
        status = write_column(w, set, "start", count, H5_FLOAT64, reals, err);
    for (size_t i = 0; i < count && status == LFADS_OK; i++)
        integers[i] = (int64_t)plan->window[w->member[i]].place;
    if (status == LFADS_OK && plan->total > 0)
        status = write_column(w, set, "place", count, H5_INT64, integers, err);
    for (size_t i = 0; i < count && status == LFADS_OK; i++)
        integers[i] = plan->window[w->member[i]].condition;
    if (status == LFADS_OK && plan->conditions > 0)
        status = write_column(w, set, "condition", count, H5_INT64, integers, err);
    for (size_t k = 1; k < table->count && status == LFADS_OK; k++) {
        char name[100];

        if (!table->item[k].numbers || strncmp(table->item[k].name, "trial", 5) == 0)
            continue; /* the numbers of trials are written already */
        for (size_t i = 0; i < count; i++)
            reals[i] = table->item[k].numbers[plan->window[w->member[i]].trial];
        snprintf(name, sizeof name, "trial_%.70s", table->item[k].name);
        for (char *c = name; *c; c++)
            *c = *c == '/' || *c == '.' ? '_' : *c;
        status = write_column(w, set, name, count, H5_FLOAT64, reals, err);
    }
    free(integers);
    free(reals);
    return status;
}

/* Writes behaviour or external inputs of a set, trial by trial. */
static enum lfads_status write_series(struct writing *w, int set, const char *name,
                                      const struct series_list *list, bool may_lack, size_t count,
                                      struct lfads_error *err)
{
    const struct plan *plan = w->plan;
    struct h5_storage storage = {.gzip = GZIP_LEVEL, .threads = 1};
    size_t dims[3] = {count, plan->bins, list->components};
    size_t trial = plan->bins * list->components;
    struct h5_rows rows = {.set = 0};
    double *values;
    char key[40];
    enum lfads_status status =
        variables_allocate(&values, trial, sizeof *values, w->raw->path, err);
    enum lfads_status closed;

    snprintf(key, sizeof key, "%s_%s", sets[set], name);
    if (status == LFADS_OK)
        status = h5_rows_create(&rows, &w->file, key, H5_FLOAT64, 3, dims, &storage, err);
    for (size_t i = 0; i < count && status == LFADS_OK; i++) {
        series_bin(values, list, w->raw, plan, &plan->window[w->member[i]]);
        for (size_t k = 0; k < trial && !may_lack && status == LFADS_OK; k++)
            if (!isfinite(values[k]))
                status = lfads_fail(err, LFADS_BAD_DATA,
                                    "%s: external input %zu is not known in bin %zu of the trial "
                                    "that begins at %g s: leave such trials out by --trial_filter",
                                    w->raw->path, k % list->components, k / list->components,
                                    plan->window[w->member[i]].origin);
        if (status == LFADS_OK)
            status = h5_rows_write(&rows, i, 1, values, err);
    }
    closed = h5_rows_close(&rows, status == LFADS_OK ? err : NULL);
    free(values);
    return status == LFADS_OK ? closed : status;
}

static enum lfads_status write_set(struct writing *w, int set,
                                   const struct lfads_callbacks *callbacks, struct lfads_error *err)
{
    const struct plan *plan = w->plan;
    struct h5_storage storage = {.gzip = GZIP_LEVEL, .threads = workers_available()};
    enum h5_type type = plan->missing || w->raw->real ? H5_FLOAT32 : H5_INT64;
    size_t dims[3] = {0, plan->bins, plan->units};
    struct h5_rows rows = {.set = 0};
    char name[40];
    enum lfads_status status, closed;

    for (size_t i = 0; i < plan->count; i++)
        if (plan->window[i].valid == (set == 1))
            w->member[dims[0]++] = i;
    if (dims[0] == 0)
        return LFADS_OK;
    snprintf(name, sizeof name, "%s_data", sets[set]);
    status = h5_rows_create(&rows, &w->file, name, type, 3, dims, &storage, err);
    if (status == LFADS_OK)
        status = write_counts(w, &rows, dims[0], type, callbacks, err);
    closed = h5_rows_close(&rows, status == LFADS_OK ? err : NULL);
    status = status == LFADS_OK ? closed : status;
    if (status == LFADS_OK && w->extras->series[0].count > 0)
        status = write_series(w, set, "behavior", &w->extras->series[0], true, dims[0], err);
    if (status == LFADS_OK && w->extras->series[1].count > 0)
        status = write_series(w, set, "ext_input", &w->extras->series[1], false, dims[0], err);
    return status == LFADS_OK ? write_trials(w, set, dims[0], err) : status;
}

/* Joins TEXTS by line breaks; NULL without memory. */
static char *join(char *const *texts, size_t count)
{
    size_t bytes = 1, at = 0;
    char *joined;

    for (size_t i = 0; i < count; i++)
        bytes += strlen(texts[i]) + 1;
    joined = calloc(bytes, 1);
    for (size_t i = 0; joined && i < count; i++)
        at += (size_t)snprintf(joined + at, bytes - at, "%s%s", i ? "\n" : "", texts[i]);
    return joined;
}

static enum lfads_status write_texts(struct writing *w, const char *name, char *const *texts,
                                     size_t count, struct lfads_error *err)
{
    char *joined = join(texts, count);
    enum lfads_status status =
        joined ? h5_write_text(&w->file, name, joined, err)
               : lfads_fail(err, LFADS_NO_MEMORY, "no memory to write %s", w->file.path);

    free(joined);
    return status;
}

/* Writes the ids of the channels' units. */
static enum lfads_status write_units(struct writing *w, struct lfads_error *err)
{
    const struct plan *plan = w->plan;
    const struct variable *id = &w->raw->unit.item[0];
    bool numbers = id->numbers && variable_is_whole(id);
    int64_t *integers = NULL;
    char **texts = NULL;
    enum lfads_status status =
        variables_allocate(&integers, plan->units, sizeof *integers, w->raw->path, err);

    if (status == LFADS_OK)
        status = variables_allocate(&texts, plan->units, sizeof *texts, w->raw->path, err);
    for (size_t c = 0; c < plan->units && status == LFADS_OK; c++) {
        integers[c] = numbers ? (int64_t)id->numbers[plan->unit[c]] : (int64_t)plan->unit[c];
        texts[c] = id->texts ? id->texts[plan->unit[c]] : NULL;
    }
    if (status == LFADS_OK)
        status = h5_write(&w->file, "unit_ids", H5_INT64, 1, &plan->units, integers, NULL, err);
    if (status == LFADS_OK && id->texts)
        status = write_texts(w, "unit_names", texts, plan->units, err);
    free(integers);
    free(texts);
    return status;
}

static enum lfads_status write_alignment(struct writing *w, struct lfads_error *err)
{
    const struct aligned_session *alignment = w->extras->alignment;
    const size_t dims[2] = {w->plan->units, w->extras->factors};
    enum lfads_status status = h5_write(&w->file, "alignment_matrix_cxf", H5_FLOAT64, 2, dims,
                                        alignment->matrix, NULL, err);

    return status == LFADS_OK ? h5_write(&w->file, "alignment_bias_c", H5_FLOAT64, 1, dims,
                                         alignment->bias, NULL, err)
                              : status;
}

static enum lfads_status write_all(struct writing *w, const struct lfads_callbacks *callbacks,
                                   struct lfads_error *err)
{
    const struct plan *plan = w->plan;
    double per_second = 1 / plan->width;
    const int64_t heldout = (int64_t)plan->heldout;
    const int64_t chopped[2] = {(int64_t)plan->overlap, (int64_t)plan->total};
    enum lfads_status status = write_set(w, 0, callbacks, err);

    if (status == LFADS_OK)
        status = write_set(w, 1, callbacks, err);
    if (status == LFADS_OK)
        status = write_units(w, err);
    if (status == LFADS_OK && plan->conditions > 0)
        status = write_texts(w, "condition_names", plan->condition_names, plan->conditions, err);
    if (status == LFADS_OK && plan->heldout > 0)
        status = h5_write(&w->file, "heldout_dim", H5_INT64, 0, NULL, &heldout, NULL, err);
    if (status == LFADS_OK && plan->total > 0)
        status = h5_write(&w->file, "chop_overlap", H5_INT64, 0, NULL, &chopped[0], NULL, err);
    if (status == LFADS_OK && plan->total > 0)
        status = h5_write(&w->file, "chop_total", H5_INT64, 0, NULL, &chopped[1], NULL, err);
    if (status == LFADS_OK && w->extras->alignment)
        status = write_alignment(w, err);
    if (status == LFADS_OK)
        status = h5_write(&w->file, "dt", H5_FLOAT64, 0, NULL, &plan->width, NULL, err);
    if (status == LFADS_OK)
        status =
            h5_write(&w->file, "conversion_factor", H5_FLOAT64, 0, NULL, &per_second, NULL, err);
    return status;
}

enum lfads_status prepared_file_write(struct tally *tally, const char *path, const struct raw *raw,
                                      const struct plan *plan, const struct prepared_extras *extras,
                                      const struct lfads_callbacks *callbacks,
                                      struct lfads_error *err)
{
    struct writing w = {.raw = raw, .plan = plan, .extras = extras, .tally = tally};
    size_t trial = plan->bins * plan->units, most = BLOCK_BYTES / (trial * sizeof(double)) + 1;
    enum lfads_status status;

    *tally = (struct tally){.unit = NULL};
    most = most < plan->count ? most : plan->count;
    status = variables_allocate(&tally->unit, plan->units, sizeof *tally->unit, raw->path, err);
    if (status == LFADS_OK)
        status = variables_allocate(&tally->seen, plan->units, sizeof *tally->seen, raw->path, err);
    if (status == LFADS_OK)
        status =
            variables_allocate(&tally->window, plan->count, sizeof *tally->window, raw->path, err);
    if (status == LFADS_OK)
        status = variables_allocate(&w.member, plan->count, sizeof *w.member, raw->path, err);
    if (status == LFADS_OK)
        status = variables_allocate(&w.block, most * trial, sizeof *w.block, raw->path, err);
    w.workers = workers_create(workers_available());
    if (status == LFADS_OK)
        status = h5_begin(&w.file, path, err);
    if (status == LFADS_OK)
        status = h5_finish(&w.file, write_all(&w, callbacks, err), err);
    workers_free(w.workers);
    free(w.member);
    free(w.block);
    return status;
}
