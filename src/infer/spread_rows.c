/* spread_rows.c - writes the spread of results over samples. Its numbers are float: they are
 * estimates from few samples.
 * SPDX-License-Identifier: Apache-2.0 */
#include "infer/spread_rows.h"

#include <stdio.h>

enum lfads_status spread_rows_begin(struct h5_file *file, const struct spread *spread,
                                    struct lfads_error *err)
{
    const struct quantiles *q = &spread->wants.quantiles;

    return q->count ? h5_write(file, SPREAD_PROBABILITIES, H5_FLOAT64, 1, &q->count, q->probability,
                               NULL, err)
                    : LFADS_OK;
}

enum lfads_status spread_rows_create(struct spread_rows *rows, struct h5_file *file,
                                     const struct results *results, enum result result,
                                     const char *key, size_t trials,
                                     const struct h5_storage *storage, struct lfads_error *err)
{
    const struct spread *spread = results->spread;
    size_t bins = results->bins[result], width = results->width[result], axes = 0;
    size_t dims[H5_MOST_RANK] = {trials};
    char name[SPREAD_KEY];
    enum lfads_status status = LFADS_OK;

    if (bins)
        dims[++axes] = bins;
    dims[++axes] = bins ? width / bins : width;
    axes++;
    if (spread->deviation[result]) {
        snprintf(name, sizeof name, "%s" SPREAD_DEVIATION, key);
        status = h5_rows_create(&rows->deviation, file, name, H5_FLOAT32, axes, dims, storage, err);
    }
    if (status == LFADS_OK && spread->quantile[result]) {
        dims[axes++] = spread->wants.quantiles.count;
        snprintf(name, sizeof name, "%s" SPREAD_QUANTILE, key);
        status = h5_rows_create(&rows->quantile, file, name, H5_FLOAT32, axes, dims, storage, err);
    }
    return status;
}

enum lfads_status spread_rows_write(struct spread_rows *rows, const struct spread *spread,
                                    enum result result, size_t first, size_t trials,
                                    struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK;

    if (rows->deviation.set)
        status = h5_rows_write(&rows->deviation, first, trials, spread->deviation[result], err);
    if (rows->quantile.set && status == LFADS_OK)
        status = h5_rows_write(&rows->quantile, first, trials, spread->quantile[result], err);
    return status;
}

/* Does nothing if the data set is closed: its file may be, too. */
static enum lfads_status close_rows(struct h5_rows *rows, struct lfads_error *err)
{
    return rows->set ? h5_rows_close(rows, err) : LFADS_OK;
}

size_t spread_disk_bytes(const struct spread_wants *wants, const struct model *model,
                         size_t session, size_t trials)
{
    return spread_bytes(wants, model, session, trials) / 4 * 3; /* measured: 0.8, compressed */
}

enum lfads_status spread_rows_close(struct spread_rows *rows, struct lfads_error *err)
{
    enum lfads_status status = close_rows(&rows->deviation, err);
    enum lfads_status other = close_rows(&rows->quantile, status == LFADS_OK ? err : NULL);

    return status == LFADS_OK ? other : status;
}
