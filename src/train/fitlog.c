/* fitlog.c - lines and rows of epochs.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/fitlog.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/sizes.h"

/* The terminal's line and the table's row, each without and with validation. */
enum form { LINE, LINE_VALID, CSV, CSV_VALID, FORMS };

/* The separators before names, as the original prints them; NULL: DEFAULT_GAP. */
static const char *const total_gap[FORMS] = {" ", " ", ", ", ", "};
static const char *const cost_gaps[COSTS][FORMS] = {
    [COST_RECON] = {"     ", "      ", ", ", ",       "},
    [COST_KL] = {NULL, ",     ", NULL, NULL},
    [COST_L2] = {",      ", ",     ", ",       ", NULL},
};
static const char *const ramp_gaps[COST_RAMPS][FORMS] = {
    [RAMP_KL] = {",    ", ",      ", NULL, ",       "},
};
static const char default_gap[] = ", ";

/* A text being written. */
struct text {
    char *start;
    size_t size, length;
    enum form form;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *text, const char *format, ...)
{
    va_list words;
    int length;

    va_start(words, format);
    length = vsnprintf(text->start + text->length, text->size - text->length, format, words);
    va_end(words);
    text->length = size_min(text->length + (size_t)length, text->size - 1);
}

/* Appends a column: NAME and OF, the number of training and, if VALID is not NULL, that of
 * validation. */
static void put_column(struct text *text, const char *gap, const char *name, const char *of,
                       int decimals, double train, const double *valid)
{
    bool csv = text->form == CSV || text->form == CSV_VALID;

    put(text, "%s%s%s%s%.*f", gap ? gap : default_gap, name, of, csv ? "," : ": ", decimals, train);
    if (valid)
        put(text, "%s%.*f", csv ? "," : ", ", decimals, *valid);
}

/* Appends the columns of the costs and ramps that the original logs. */
static void put_columns(struct text *text, const struct fitlog_row *row)
{
    const struct epoch_costs *t = &row->train, *v = &row->valid;
    bool csv = text->form == CSV || text->form == CSV_VALID;
    int decimals = row->are_means ? 5 : 2;

    put_column(text, total_gap[text->form], "total", "", 2, t->total,
               row->has_valid ? &v->total : NULL);
    for (int i = 0; i < COSTS; i++) {
        const struct cost_row *cost = cost_row((enum cost)i);
        bool both = row->has_valid && !cost->of_parameters;

        if (cost->original)
            put_column(text, cost_gaps[i][text->form], cost->name, "",
                       cost->of_parameters ? 5 : decimals, t->of[i], both ? &v->of[i] : NULL);
    }
    for (int i = RAMP_NONE + 1; i < COST_RAMPS; i++)
        put_column(text, ramp_gaps[i][text->form], cost_ramp_row((enum cost_ramp)i)->name,
                   csv ? "weight" : " weight", 2, costs_ramp_weight(&t->ramps, (enum cost_ramp)i),
                   NULL);
    for (int i = 0; i < FITLOG_SCORES && row->scores[i].name; i++)
        put_column(text, NULL, row->scores[i].name, "", 4, row->scores[i].value, NULL);
}

void fitlog_line(char *text, size_t size, const struct fitlog_row *row)
{
    struct text line = {text, size, 0, row->has_valid ? LINE_VALID : LINE};

    put(&line, "Epoch:%" PRId64 ", step:%" PRId64 " %s:", row->epoch, row->step,
        row->has_valid ? "(TRAIN, VALID)" : "TRAIN");
    put_columns(&line, row);
}

void fitlog_csv(char *text, size_t size, const struct fitlog_row *row)
{
    struct text line = {text, size, 0, row->has_valid ? CSV_VALID : CSV};

    put(&line, "epoch,%" PRId64 ", step,%" PRId64, row->epoch, row->step);
    put_columns(&line, row);
    put(&line, "\n");
}

bool fitlog_read_valid(struct fitlog_valid *valid, const char *row)
{
    return sscanf(row,
                  "epoch,%" SCNd64 ", step,%" SCNd64
                  ", total,%*f,%lf, recon,%*f,%*f, kl,%*f,%*f, l2,%*f, klweight,%lf, l2weight,%lf",
                  &valid->epoch, &valid->step, &valid->total, &valid->kl_weight,
                  &valid->l2_weight) == 5;
}

/* The first line of TEXT that is incomplete or belongs to EPOCH or a later one; or the text's end.
 * Steps cannot decide this: a checkpoint of an epoch's last update may precede the epoch's row. */
static char *first_later(char *text, int64_t epoch)
{
    char *line = text;

    while (*line) {
        char *end = strchr(line, '\n');
        int64_t line_epoch;

        if (!end || (sscanf(line, "epoch,%" SCNd64, &line_epoch) == 1 && line_epoch >= epoch))
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
