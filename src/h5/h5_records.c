/* h5_records.c - reads data sets of records, field by field.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "h5/h5_private.h"

enum { ROWS = 1 << 16 }; /* of an answer */

enum lfads_status h5_read_field(double *values, const struct h5_file *file, const char *name,
                                const char *field, size_t rows, size_t width,
                                struct lfads_error *err)
{
    char both[H5_NAME];
    struct h5_request ask;
    size_t some = width > 0 ? ROWS / width + 1 : 0;
    enum lfads_status status = LFADS_OK;

    if (some == 0 || snprintf(both, sizeof both, "%s@%s", name, field) >= (int)sizeof both ||
        !h5_request_about(&ask, H5_FIELD, both))
        return h5_missing(file, name, err);
    for (size_t done = 0; done < rows && status == LFADS_OK; done += some) {
        struct h5_answer answer = {.bytes = 0};

        ask.first = done;
        ask.rows = some < rows - done ? some : rows - done;
        status = h5_reader_ask(&answer, file->reader, &ask, err);
        if (status == LFADS_OK && answer.bytes != ask.rows * width * sizeof *values)
            status = lfads_fail(err, LFADS_BAD_DATA, "%s: %s can't be read: the file is damaged",
                                file->path, name);
        if (status == LFADS_OK)
            status = h5_reader_take(values + done * width, answer.bytes, file->reader, err);
    }
    return status;
}
