/* trial_reader.c - reads and checks numbers.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/trial_reader.h"

#include <math.h>
#include <stdlib.h>

#include "data/counts.h"

enum { PIECE_BYTES = 1 << 22 };

/* Properties of the numbers of a piece. */
struct findings {
    float largest;
    double sum;
    bool valid;
};

/* Converts counts to floats. Has no branches, so that the compiler vectorises it. */
static struct findings convert_counts(float *out, const double *in, size_t count)
{
    int32_t largest = 0, wrong = 0;
    int64_t sum = 0;

    for (size_t i = 0; i < count; i++) {
        int32_t spikes = count_of(in[i]);

        wrong |= (double)spikes != in[i];
        largest = spikes > largest ? spikes : largest;
        sum += spikes;
        out[i] = (float)spikes;
    }
    return (struct findings){.largest = (float)largest, .sum = (double)sum, .valid = !wrong};
}

static struct findings convert_reals(float *out, const double *in, size_t count)
{
    struct findings f = {.valid = true};

    for (size_t i = 0; i < count; i++) {
        out[i] = (float)in[i];
        f.valid = f.valid && isfinite(out[i]);
        f.sum += in[i];
    }
    return f;
}

/* Reports trial, bin and channel of the first unusable number. TRIAL is the first trial of the
 * piece. */
static enum lfads_status refuse(const struct trial_reader *reader, const double *piece,
                                size_t trial, struct lfads_error *err)
{
    size_t i = 0, size = reader->bins * reader->width, offset;
    struct findings f;
    float converted;

    do {
        f = reader->counts ? convert_counts(&converted, piece + i, 1)
                           : convert_reals(&converted, piece + i, 1);
    } while (f.valid && ++i);
    offset = i % size;
    return lfads_fail(err, LFADS_BAD_DATA, "%s: %s is %g in trial %zu, bin %zu, channel %zu; %s",
                      reader->file->path, reader->name, piece[i], trial + i / size,
                      offset / reader->width, offset % reader->width,
                      reader->counts && isfinite(piece[i])
                          ? "poisson takes whole counts from 0 to a million: correct the data or "
                            "use --output_dist=gaussian"
                          : "only finite numbers below 3e38 can be used: correct the data");
}

static enum number_type required_type(const struct trial_reader *reader, const struct findings *f)
{
    if (!reader->counts || f->largest > UINT16_MAX)
        return NUMBER_FLOAT;
    return f->largest > UINT8_MAX ? NUMBER_UINT16 : NUMBER_UINT8;
}

/* Reads all trials, PER_PIECE at a time. */
static enum lfads_status read_pieces(struct trial_store *store, double *sum,
                                     const struct trial_reader *reader, size_t per_piece,
                                     double *piece, float *floats, struct lfads_error *err)
{
    size_t size = reader->bins * reader->width;
    enum lfads_status status = LFADS_OK;

    for (size_t first = 0; first < reader->trials && status == LFADS_OK; first += per_piece) {
        size_t n = reader->trials - first < per_piece ? reader->trials - first : per_piece;
        struct findings f;

        status =
            h5_read_rows(piece, H5_FLOAT64, reader->file, reader->name, first, n, n * size, err);
        if (status != LFADS_OK)
            return status;
        f = reader->counts ? convert_counts(floats, piece, n * size)
                           : convert_reals(floats, piece, n * size);
        if (!f.valid)
            return refuse(reader, piece, first, err);
        *sum += f.sum;
        status = trial_store_add(store, floats, n, required_type(reader, &f), err);
    }
    return status;
}

enum lfads_status trial_reader_read(struct trial_store *store, double *sum,
                                    const struct trial_reader *reader, struct lfads_error *err)
{
    size_t size = reader->bins * reader->width, per_piece = PIECE_BYTES / sizeof(double) / size;
    double *piece;
    float *floats;
    enum lfads_status status =
        trial_store_begin(store, reader->trials, size, reader->counts ? NUMBER_UINT8 : NUMBER_FLOAT,
                          &reader->limits, err);

    *sum = 0;
    if (status != LFADS_OK)
        return status;
    per_piece = per_piece ? per_piece : 1;
    piece = malloc(per_piece * size * sizeof *piece + 1);
    floats = malloc(per_piece * size * sizeof *floats + 1);
    status = piece && floats
                 ? read_pieces(store, sum, reader, per_piece, piece, floats, err)
                 : lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", reader->file->path);
    free(piece);
    free(floats);
    store->limits.directory = NULL; /* the caller owns it */
    return status;
}
