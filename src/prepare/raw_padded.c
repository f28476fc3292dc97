/* raw_padded.c - times of spikes as a matrix: a row for each unit, or each trial and unit, filled
 * up behind its last spike. SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "prepare/raw.h"

/* The spikes of ROW [COUNT], which rise and are followed by NaN, or by 0; SIZE_MAX: they do not. */
static size_t spikes_of(const double *row, size_t count)
{
    size_t spikes = 0;

    while (spikes < count && isfinite(row[spikes]) &&
           (spikes == 0 || row[spikes] >= row[spikes - 1]))
        spikes++;
    if (spikes > 0 && spikes == count && row[count - 1] == 0)
        return 0; /* nothing but filling */
    for (size_t i = spikes; i < count; i++)
        if (!isnan(row[i]) && !(row[i] == 0 && spikes > 0))
            return SIZE_MAX;
    return spikes;
}

enum lfads_status raw_unpad(struct variable *v, const char *path, struct lfads_error *err)
{
    size_t each = v->rank > 1 ? v->dims[v->rank - 1] : 0, lists = each ? v->count / each : 0;
    size_t used = 0, spikes = 0, most = 0;
    enum lfads_status status;

    if (v->rank < 2 || v->rank > 3 || !v->numbers || v->ends || lists == 0)
        return LFADS_OK;
    for (size_t i = 0; i < lists && spikes < SIZE_MAX; i++) {
        spikes = spikes_of(v->numbers + i * each, each);
        most = spikes > most ? spikes : most;
    }
    if (most < 2 || spikes == SIZE_MAX)
        return LFADS_OK;
    status = variables_allocate(&v->ends, lists, sizeof *v->ends, path, err);
    for (size_t i = 0; i < lists && status == LFADS_OK; i++) {
        const double *row = v->numbers + i * each;

        spikes = spikes_of(row, each);
        for (size_t k = 0; k < spikes; k++)
            v->numbers[used++] = row[k];
        v->ends[i] = used;
    }
    v->rank--;
    v->count = lists;
    return status;
}
