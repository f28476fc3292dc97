/* fitlog.c - the epochs' lines and rows.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/fitlog.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

void fitlog_line(char *text, size_t size, const struct fitlog_row *row)
{
    const struct epoch_costs *t = &row->train, *v = &row->valid;

    if (row->has_valid)
        snprintf(text, size,
                 "Epoch:%" PRId64 ", step:%" PRId64 " (TRAIN, VALID): total: %.2f, %.2f      "
                 "recon: %.2f, %.2f,     kl: %.2f, %.2f,     l2: %.5f,      kl weight: %.2f, "
                 "l2 weight: %.2f",
                 row->epoch, row->step, t->total, v->total, t->recon, v->recon, t->kl, v->kl, t->l2,
                 t->kl_weight, t->l2_weight);
    else
        snprintf(
            text, size,
            "Epoch:%" PRId64 ", step:%" PRId64 " TRAIN: total: %.2f     recon: %.2f, kl: %.2f, "
            "     l2: %.5f,    kl weight: %.2f, l2 weight: %.2f",
            row->epoch, row->step, t->total, t->recon, t->kl, t->l2, t->kl_weight, t->l2_weight);
}

void fitlog_csv(char *text, size_t size, const struct fitlog_row *row)
{
    const struct epoch_costs *t = &row->train, *v = &row->valid;

    if (row->has_valid)
        snprintf(text, size,
                 "epoch,%" PRId64 ", step,%" PRId64 ", total,%.2f,%.2f,       recon,%.2f,%.2f, "
                 "kl,%.2f,%.2f, l2,%.5f,       klweight,%.2f, l2weight,%.2f\n",
                 row->epoch, row->step, t->total, v->total, t->recon, v->recon, t->kl, v->kl, t->l2,
                 t->kl_weight, t->l2_weight);
    else
        snprintf(text, size,
                 "epoch,%" PRId64 ", step,%" PRId64 ", total,%.2f, recon,%.2f, kl,%.2f,       "
                 "l2,%.5f, klweight,%.2f, l2weight,%.2f\n",
                 row->epoch, row->step, t->total, t->recon, t->kl, t->l2, t->kl_weight,
                 t->l2_weight);
}

/* The first line of TEXT that is of EPOCH or later, or not whole; or the text's end. (Steps do not
 * tell: an epoch's last update may have been saved before the epoch's row was written.) */
static char *first_later(char *text, int64_t epoch)
{
    char *line = text;

    while (*line) {
        char *end = strchr(line, '\n');
        int64_t at;

        if (!end || (sscanf(line, "epoch,%" SCNd64, &at) == 1 && at >= epoch))
            return line;
        line = end + 1;
    }
    return line;
}

enum lfads_status fitlog_trim(const char *path, int64_t epoch, int64_t step,
                              struct lfads_error *err)
{
    char aside[FILE_PATH], *text, *later;
    enum lfads_status status;

    if (!file_exists(path))
        return LFADS_OK;
    status = file_read_text(&text, path, err);
    if (status != LFADS_OK)
        return status;
    later = first_later(text, epoch);
    if (*later) {
        snprintf(aside, sizeof aside, "%s.%" PRId64, path, step);
        status = file_write_text(aside, later, err);
        *later = 0;
        if (status == LFADS_OK)
            status = file_write_text(path, text, err);
    }
    free(text);
    return status;
}
