/* conditions.c - reads lists of trials, and makes them of labels.
 * SPDX-License-Identifier: Apache-2.0 */
#include "infer/conditions.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "infer/arrays.h"

/* Allocates lists for COUNT conditions, and ROOM for the numbers of their trials. */
static enum lfads_status create(struct condition_trials *out, size_t count, size_t room,
                                struct lfads_error *err)
{
    *out = (struct condition_trials){.count = count};
    out->first = calloc(count + 1, sizeof *out->first);
    out->trial = calloc(room + 1, sizeof *out->trial);
    if (out->first && out->trial)
        return LFADS_OK;
    conditions_free(out);
    return lfads_fail(err, LFADS_NO_MEMORY, "no memory for the trials of %zu conditions", count);
}

/* Reads list C of the file's lists: of different lengths, or of one length in an array of SHAPE, as
 * NumPy makes of such. The caller frees *LIST. */
static enum lfads_status read_list(int64_t **list, size_t *count, const struct h5_file *file,
                                   const char *name, const struct h5_shape *shape, size_t c,
                                   struct lfads_error *err)
{
    if (shape->holds == H5_LISTS)
        return h5_read_list(list, count, file, name, c, err);
    *count = shape->dims[1];
    *list = calloc(*count + 1, sizeof **list);
    if (!*list)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", file->path);
    return h5_read_rows(*list, H5_INT64, file, name, c, 1, *count, err);
}

/* Appends list C of the file's lists, which have SHAPE. */
static enum lfads_status append(struct condition_trials *out, const struct h5_file *file,
                                const char *name, const struct h5_shape *shape, size_t c,
                                size_t trials, struct lfads_error *err)
{
    size_t count = 0, *grown, have = out->first[c];
    int64_t *list = NULL;
    enum lfads_status status = read_list(&list, &count, file, name, shape, c, err);

    if (status != LFADS_OK) {
        free(list);
        return status;
    }
    grown = realloc(out->trial, (have + count + 1) * sizeof *grown);
    out->trial = grown ? grown : out->trial;
    if (!grown)
        status = lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", file->path);
    for (size_t i = 0; i < count && status == LFADS_OK; i++) {
        if (list[i] < 0 || (uint64_t)list[i] >= trials)
            status = lfads_fail(err, LFADS_BAD_DATA,
                                "%s: list %zu of %s has trial %" PRId64 ", and there are %zu",
                                file->path, c, name, list[i], trials);
        else
            out->trial[have + i] = (size_t)list[i];
    }
    out->first[c + 1] = have + count;
    free(list);
    return status;
}

enum lfads_status conditions_read(struct condition_trials *out, const struct h5_file *file,
                                  const char *name, size_t trials, struct lfads_error *err)
{
    struct h5_shape shape;
    enum lfads_status status = h5_shape(&shape, file, name, err);

    *out = (struct condition_trials){.count = 0};
    if (status != LFADS_OK)
        return status;
    if ((shape.holds != H5_LISTS || shape.rank != 1) && (!shape.whole || shape.rank != 2))
        return lfads_fail(
            err, LFADS_BAD_DATA,
            "%s: %s has no lists of trials, one for each condition (integers, h5py.vlen_dtype)",
            file->path, name);
    status = create(out, shape.dims[0], 0, err);
    for (size_t c = 0; c < shape.dims[0] && status == LFADS_OK; c++)
        status = append(out, file, name, &shape, c, trials, err);
    return status;
}

enum lfads_status conditions_sort(struct condition_trials *out, const size_t *labels, size_t trials,
                                  size_t count, struct lfads_error *err)
{
    enum lfads_status status = create(out, count, trials, err);

    if (status != LFADS_OK)
        return status;
    /* FIRST is each condition's count, then its end, and its beginning once it is filled backwards
     */
    for (size_t i = 0; i < trials; i++)
        out->first[labels[i]]++;
    for (size_t c = 1; c <= count; c++)
        out->first[c] += out->first[c - 1];
    for (size_t i = trials; i-- > 0;)
        out->trial[--out->first[labels[i]]] = i;
    return LFADS_OK;
}

void conditions_cut(struct condition_trials *conditions, size_t trials)
{
    size_t from = 0, kept = 0;

    for (size_t c = 0; c < conditions->count; c++) {
        for (; from < conditions->first[c + 1]; from++)
            if (conditions->trial[from] < trials)
                conditions->trial[kept++] = conditions->trial[from];
        conditions->first[c + 1] = kept;
    }
}

enum lfads_status conditions_read_jitter(int64_t **jitter, const struct h5_file *file,
                                         const char *name, size_t trials, struct lfads_error *err)
{
    struct array array;
    enum lfads_status status = array_find(&array, file, name, 1, err);

    *jitter = NULL;
    if (status != LFADS_OK || !array.values)
        return status;
    if (array.count < trials)
        status = lfads_fail(err, LFADS_BAD_DATA, "%s: %s has %zu numbers, and %zu are needed",
                            file->path, name, array.count, trials);
    else
        *jitter = calloc(trials + 1, sizeof **jitter);
    if (status == LFADS_OK && !*jitter)
        status = lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", file->path);
    for (size_t i = 0; i < trials && status == LFADS_OK; i++) {
        double bins = array.values[i];

        if (bins != floor(bins) || fabs(bins) > INT32_MAX) /* NaN too */
            status = lfads_fail(err, LFADS_BAD_DATA,
                                "%s: %s is %g in trial %zu, and a whole number of bins is needed",
                                file->path, name, bins, i);
        else
            (*jitter)[i] = (int64_t)bins;
    }
    array_free(&array);
    return status;
}

void conditions_free(struct condition_trials *conditions)
{
    free(conditions->first);
    free(conditions->trial);
    *conditions = (struct condition_trials){.count = 0};
}
