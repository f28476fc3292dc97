/* trial_parts.c - puts trials together from their parts.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/trial_parts.h"

#include <stdlib.h>
#include <string.h>

enum { SHARE = 5 }; /* one of so many is a validation trial, the last */

size_t trial_choice_count(enum trial_choice choice, size_t trials)
{
    size_t validation = trials / SHARE;

    return choice == EVERY_TRIAL       ? trials
           : choice == TRAINING_TRIALS ? trials - validation
                                       : validation;
}

size_t trial_choice_row(enum trial_choice choice, size_t index)
{
    return choice == EVERY_TRIAL       ? index
           : choice == TRAINING_TRIALS ? index + index / (SHARE - 1)
                                       : index * SHARE + SHARE - 1;
}

/* Reads the part of the file's trial ROW into TRIAL [·,WIDTH]; BUFFER holds the part. */
static enum lfads_status read_part(double *trial, double *buffer, const struct trial_part *part,
                                   const struct h5_file *file, size_t width, size_t row,
                                   struct lfads_error *err)
{
    enum lfads_status status = h5_read_rows(buffer, H5_FLOAT64, file, part->name, row, 1,
                                            part->bins * part->channels, err);

    for (size_t t = 0; t < part->bins && status == LFADS_OK; t++)
        memcpy(trial + (part->first_bin + t) * width + part->first_channel,
               buffer + t * part->channels, part->channels * sizeof *buffer);
    return status;
}

enum lfads_status trial_parts_read(double *values, const struct trial_parts *parts,
                                   const struct h5_file *file, size_t bins, size_t width,
                                   size_t first, size_t count, struct lfads_error *err)
{
    double *buffer = malloc(bins * width * sizeof *buffer + 1);
    enum lfads_status status =
        buffer ? LFADS_OK : lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", file->path);

    memset(values, 0, count * bins * width * sizeof *values);
    for (size_t i = 0; i < count; i++)
        for (size_t part = 0; part < parts->count && status == LFADS_OK; part++)
            status = read_part(values + i * bins * width, buffer, &parts->part[part], file, width,
                               trial_choice_row(parts->choice, first + i), err);
    free(buffer);
    return status;
}
