/* merge.c - lays the results of windows that overlap side by side as one continuous recording
 * (modern.md, section 9). It goes along the recording and keeps the bins of one window only.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/sized.h"
#include "infer/arrays.h"

/* A window: its first bin, and the row of the results that it is. */
struct piece {
    double place;
    size_t row;
    bool valid; /* of the validation trials' results */
};

struct merging {
    struct h5_file data, run[2], output; /* run: of training and validation trials */
    bool has[2];
    size_t total, count;
    struct piece *piece; /* [count], in the order of their places */
};

static const char *const sets[2] = {"train", "valid"};
/* Results with bins: [trials,bins,...]. */
static const char *const keys[] = {"output_dist_params", "factors", "gen_states",
                                   "controller_outputs"};

static int compare(const void *a, const void *b)
{
    const struct piece *x = a, *y = b;

    return x->place < y->place ? -1 : x->place > y->place;
}

/* Adds the windows of a set. */
static enum lfads_status add_set(struct merging *m, int set, struct lfads_error *err)
{
    char name[40];
    struct array place;
    struct piece *pieces;
    enum lfads_status status;

    snprintf(name, sizeof name, "%s_place", sets[set]);
    status = array_find(&place, &m->data, name, 1, err);
    if (status != LFADS_OK || !place.values)
        return status;
    pieces = realloc(m->piece, (m->count + place.count + 1) * sizeof *pieces);
    if (pieces)
        m->piece = pieces;
    else
        status = lfads_fail(err, LFADS_NO_MEMORY, "no memory to merge %s", m->data.path);
    for (size_t i = 0; i < place.count && status == LFADS_OK; i++) {
        m->piece[m->count++] = (struct piece){place.values[i], i, set == 1};
        if (!(place.values[i] >= 0) || place.values[i] >= (double)m->total ||
            place.values[i] != floor(place.values[i]))
            status = lfads_fail(err, LFADS_BAD_DATA, "%s: %s is %g in entry %zu of %zu bins",
                                m->data.path, name, place.values[i], i, m->total);
    }
    array_free(&place);
    return status;
}

/* Reads where the windows are. */
static enum lfads_status read_places(struct merging *m, struct lfads_error *err)
{
    double total = 0;
    enum lfads_status status;

    if (!h5_has(&m->data, "chop_total"))
        return lfads_fail(
            err, LFADS_BAD_DATA,
            "%s has no windows of a recording that was chopped (lfads prepare --chop)",
            m->data.path);
    status = h5_read(&total, H5_FLOAT64, &m->data, "chop_total", 1, err);
    if (status == LFADS_OK && (!(total >= 1) || total > 1e12))
        status = lfads_fail(err, LFADS_BAD_DATA, "%s: chop_total is %g", m->data.path, total);
    m->total = status == LFADS_OK ? (size_t)total : 0;
    for (int set = 0; set < 2 && status == LFADS_OK; set++)
        if (m->has[set])
            status = add_set(m, set, err);
    if (status == LFADS_OK && m->count == 0)
        status =
            lfads_fail(err, LFADS_BAD_DATA, "%s has no windows of these results", m->data.path);
    if (status == LFADS_OK)
        qsort(m->piece, m->count, sizeof *m->piece, compare);
    return status;
}

/* The bins of a window and what each has, of array KEY; the same in both results. */
static enum lfads_status window_shape(size_t *bins, size_t *width, const struct merging *m,
                                      const char *key, struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK;

    *bins = 0;
    for (int set = 0; set < 2 && status == LFADS_OK; set++) {
        struct h5_shape shape;
        size_t trials = 0;

        if (!m->has[set])
            continue;
        status = h5_shape(&shape, &m->run[set], key, err);
        for (size_t i = 0; i < m->count; i++)
            trials += m->piece[i].valid == (set == 1);
        if (status == LFADS_OK &&
            (shape.rank != 3 || !shape.numeric || shape.dims[1] == 0 || shape.dims[0] != trials ||
             (*bins > 0 && (shape.dims[1] != *bins || shape.dims[2] != *width))))
            status = lfads_fail(err, LFADS_BAD_DATA,
                                "%s: %s is not [%zu,bins,...] as the %s trials of %s, nor as the "
                                "other results",
                                m->run[set].path, key, trials, sets[set], m->data.path);
        *bins = shape.dims[1];
        *width = shape.dims[2];
    }
    return status;
}

/* The weight of the later window in bin B of V bins in common. */
static double later_weight(size_t b, size_t v)
{
    double x = v > 1 ? 1 / (double)v + (1 - 2 / (double)v) * (double)b / (double)(v - 1) : 1;

    return x * x;
}

/* Adds window NEW, whose first COMMON bins are those that MERGED [bins,width] begins with. */
static void blend(double *merged, const double *new, size_t bins, size_t width, size_t common)
{
    for (size_t b = 0; b < bins; b++) {
        double later = b < common ? later_weight(b, common) : 1;

        for (size_t k = 0; k < width; k++) {
            double *at = &merged[b * width + k];

            *at = b < common ? (1 - later) * *at + later * new[b * width + k] : new[b * width + k];
        }
    }
}

/* Writes bins FROM to TO-1, all that is not covered, as NaN. */
static enum lfads_status write_gap(struct h5_rows *rows, size_t from, size_t to, size_t width,
                                   double *scratch, size_t bins, struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < bins * width; i++)
        scratch[i] = (double)NAN;
    for (; from < to && status == LFADS_OK; from += bins)
        status = h5_rows_write(rows, from, to - from < bins ? to - from : bins, scratch, err);
    return status;
}

/* Merges one array, window by window. Bins START to END-1 are in MERGED and not written yet. */
static enum lfads_status merge_rows(struct merging *m, struct h5_rows *rows, const char *key,
                                    size_t bins, size_t width, double *merged, double *new,
                                    struct lfads_error *err)
{
    size_t start = 0, end = 0;
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i <= m->count && status == LFADS_OK; i++) {
        size_t next = i < m->count ? (size_t)m->piece[i].place : m->total;
        size_t done = next < end ? next : end, common = end > next ? end - next : 0;

        status = h5_rows_write(rows, start, done - start, merged, err);
        if (status == LFADS_OK && next > end)
            status = write_gap(rows, end, next, width, new, bins, err);
        if (i == m->count || status != LFADS_OK)
            break;
        memmove(merged, merged + (done - start) * width, common * width * sizeof *merged);
        status = h5_read_rows(new, H5_FLOAT64, &m->run[m->piece[i].valid], key, m->piece[i].row, 1,
                              bins * width, err);
        if (status == LFADS_OK)
            blend(merged, new, bins, width, common);
        start = next;
        end = next + bins;
    }
    return status;
}

static enum lfads_status merge_array(struct merging *m, const char *key, struct lfads_error *err)
{
    struct h5_rows rows = {.set = 0};
    double *merged = NULL, *new = NULL;
    size_t bins = 0, width = 0, dims[2] = {m->total, 0};
    enum lfads_status status = window_shape(&bins, &width, m, key, err), closed;

    dims[1] = width;
    if (status != LFADS_OK || width == 0)
        return status;
    if ((size_t)m->piece[m->count - 1].place + bins > m->total)
        return lfads_fail(err, LFADS_BAD_DATA,
                          "%s: windows of %zu bins reach beyond the %zu bins of %s", m->output.path,
                          bins, m->total, m->data.path);
    status = array_allocate(&merged, bins * width, key, m->data.path, err);
    if (status == LFADS_OK)
        status = array_allocate(&new, bins * width, key, m->data.path, err);
    if (status == LFADS_OK)
        status = h5_rows_create(&rows, &m->output, key, H5_FLOAT64, 2, dims, NULL, err);
    if (status == LFADS_OK)
        status = merge_rows(m, &rows, key, bins, width, merged, new, err);
    closed = h5_rows_close(&rows, status == LFADS_OK ? err : NULL);
    free(merged);
    free(new);
    return status == LFADS_OK ? closed : status;
}

/* Copies what says which bins and channels these are. */
static enum lfads_status copy_scalars(struct merging *m, struct lfads_error *err)
{
    static const char *const scalars[] = {"dt", "conversion_factor"};
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < 2 && status == LFADS_OK; i++) {
        double value = 0;

        if (!h5_has(&m->data, scalars[i]))
            continue;
        status = h5_read(&value, H5_FLOAT64, &m->data, scalars[i], 1, err);
        if (status == LFADS_OK)
            status = h5_write(&m->output, scalars[i], H5_FLOAT64, 0, NULL, &value, NULL, err);
    }
    return status;
}

static enum lfads_status merge_all(struct merging *m, struct lfads_error *err)
{
    size_t merged = 0;
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < sizeof keys / sizeof keys[0] && status == LFADS_OK; i++) {
        bool all = (!m->has[0] || h5_has(&m->run[0], keys[i])) &&
                   (!m->has[1] || h5_has(&m->run[1], keys[i]));

        if (all)
            status = merge_array(m, keys[i], err);
        merged += all;
    }
    if (status == LFADS_OK && merged == 0)
        status = lfads_fail(err, LFADS_BAD_DATA, "%s has no results with bins",
                            m->run[m->has[0] ? 0 : 1].path);
    return status == LFADS_OK ? copy_scalars(m, err) : status;
}

static enum lfads_status merge_files(const struct lfads_merging *what, struct lfads_error *err)
{
    struct merging *m;
    const char *runs[2];
    enum lfads_status status;

    if (!what->data_file || !what->output_file || (!what->train_run_file && !what->valid_run_file))
        return lfads_fail(err, LFADS_USAGE,
                          "lfads_merge: a data file, results and an output file are needed");
    if (path_same(what->output_file, what->data_file) ||
        path_same(what->output_file, what->train_run_file) ||
        path_same(what->output_file, what->valid_run_file))
        return lfads_fail(err, LFADS_USAGE,
                          "--output=%s is one of the files to merge, which it would replace: name "
                          "another",
                          what->output_file);
    m = calloc(1, sizeof *m);
    if (!m)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to merge %s", what->data_file);
    runs[0] = what->train_run_file;
    runs[1] = what->valid_run_file;
    status = h5_open(&m->data, what->data_file, err);
    for (int set = 0; set < 2 && status == LFADS_OK; set++) {
        m->has[set] = runs[set] != NULL;
        if (runs[set])
            status = h5_open(&m->run[set], runs[set], err);
    }
    if (status == LFADS_OK)
        status = read_places(m, err);
    if (status == LFADS_OK)
        status = h5_begin(&m->output, what->output_file, err);
    if (status == LFADS_OK)
        status = h5_finish(&m->output, merge_all(m, err), err);
    h5_close(&m->data, NULL);
    h5_close(&m->run[0], NULL);
    h5_close(&m->run[1], NULL);
    free(m->piece);
    free(m);
    return status;
}

enum lfads_status lfads_merge(const struct lfads_merging *what, struct lfads_error *err)
{
    struct lfads_merging taken;
    enum lfads_status status;

    if (!what)
        return lfads_fail_null(err, "lfads_merge", "what");
    status = sized_take(&taken, what, sizeof taken, "lfads_merge", err);
    return status == LFADS_OK ? merge_files(&taken, err) : status;
}
