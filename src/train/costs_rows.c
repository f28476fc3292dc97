/* costs_rows.c - keeps the table of costs of a training.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/costs_rows.h"

#include <stdlib.h>
#include <string.h>

enum lfads_status costs_rows_append(struct costs_rows *rows, const char *row,
                                    struct lfads_error *err)
{
    size_t length = strlen(row);
    char *longer;

    if (*rows->path)
        return file_append(rows->path, row, err);
    longer = realloc(rows->text, rows->length + length + 1);
    if (!longer)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for the table of costs");
    memcpy(longer + rows->length, row, length + 1);
    rows->text = longer;
    rows->length += length;
    return LFADS_OK;
}

enum lfads_status costs_rows_save(const struct costs_rows *rows, const char *path,
                                  struct lfads_error *err)
{
    char *text = NULL;
    enum lfads_status status = LFADS_OK;

    if (!*rows->path)
        return rows->text ? file_write_text(path, rows->text, err) : LFADS_OK;
    if (!file_exists(rows->path)) /* no epoch has ended */
        return LFADS_OK;
    status = file_read_text(&text, rows->path, err);
    if (status == LFADS_OK)
        status = file_write_text(path, text, err);
    free(text);
    return status;
}

void costs_rows_release(struct costs_rows *rows)
{
    free(rows->text);
    *rows = (struct costs_rows){.text = NULL};
}
