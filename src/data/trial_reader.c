/* trial_reader.c - reading and checking numbers.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/trial_reader.h"

#include <math.h>
#include <stdlib.h>

#include "data/counts.h"

enum { PIECE_BYTES = 1 << 22 };

/* What was found among the numbers of a piece. */
struct findings {
    float largest;
    double sum;
    bool fine;
};

/* Counts as floats. Without a branch, so that the compiler makes vectors of it. */
static struct findings take_counts(float *out, const double *in, size_t count)
{
    int32_t largest = 0, wrong = 0;
    int64_t sum = 0;

    for (size_t i = 0; i < count; i++) {
        int32_t whole = count_of(in[i]);

        wrong |= (double)whole != in[i];
        largest = whole > largest ? whole : largest;
        sum += whole;
        out[i] = (float)whole;
    }
    return (struct findings){.largest = (float)largest, .sum = (double)sum, .fine = !wrong};
}

static struct findings take_reals(float *out, const double *in, size_t count)
{
    struct findings f = {.fine = true};

    for (size_t i = 0; i < count; i++) {
        out[i] = (float)in[i];
        f.fine = f.fine && isfinite(out[i]);
        f.sum += in[i];
    }
    return f;
}

/* Says of the first number that can't be used where it stands; the piece begins with TRIAL. */
static enum lfads_status refuse(const struct trial_reader *reader, const double *piece,
                                size_t trial, struct lfads_error *err)
{
    size_t at = 0, size = reader->bins * reader->width, rest;
    struct findings f;
    float ignored;

    do {
        f = reader->counts ? take_counts(&ignored, piece + at, 1)
                           : take_reals(&ignored, piece + at, 1);
    } while (f.fine && ++at);
    rest = at % size;
    return lfads_fail(err, LFADS_BAD_DATA, "%s: %s is %g in trial %zu, bin %zu, channel %zu; %s",
                      reader->file->path, reader->name, piece[at], trial + at / size,
                      rest / reader->width, rest % reader->width,
                      reader->counts && isfinite(piece[at])
                          ? "poisson takes whole counts from 0 to a million: correct the data or "
                            "use --output_dist=gaussian"
                          : "only finite numbers below 3e38 can be used: correct the data");
}

static enum number_type type_for(const struct trial_reader *reader, const struct findings *f)
{
    if (!reader->counts || f->largest > UINT16_MAX)
        return NUMBER_FLOAT;
    return f->largest > UINT8_MAX ? NUMBER_UINT16 : NUMBER_UINT8;
}

/* All trials, AT_ONCE in a piece. */
static enum lfads_status read_pieces(struct trial_store *store, double *sum,
                                     const struct trial_reader *reader, size_t at_once,
                                     double *piece, float *floats, struct lfads_error *err)
{
    size_t size = reader->bins * reader->width;
    enum lfads_status status = LFADS_OK;

    for (size_t first = 0; first < reader->trials && status == LFADS_OK; first += at_once) {
        size_t some = reader->trials - first < at_once ? reader->trials - first : at_once;
        struct findings f;

        status = h5_read_rows(piece, H5_FLOAT64, reader->file, reader->name, first, some,
                              some * size, err);
        if (status != LFADS_OK)
            return status;
        f = reader->counts ? take_counts(floats, piece, some * size)
                           : take_reals(floats, piece, some * size);
        if (!f.fine)
            return refuse(reader, piece, first, err);
        *sum += f.sum;
        status = trial_store_add(store, floats, some, type_for(reader, &f), err);
    }
    return status;
}

enum lfads_status trial_reader_read(struct trial_store *store, double *sum,
                                    const struct trial_reader *reader, struct lfads_error *err)
{
    size_t size = reader->bins * reader->width, at_once = PIECE_BYTES / sizeof(double) / size;
    double *piece;
    float *floats;
    enum lfads_status status =
        trial_store_begin(store, reader->trials, size, reader->counts ? NUMBER_UINT8 : NUMBER_FLOAT,
                          &reader->limits, err);

    *sum = 0;
    if (status != LFADS_OK)
        return status;
    at_once = at_once ? at_once : 1;
    piece = malloc(at_once * size * sizeof *piece + 1);
    floats = malloc(at_once * size * sizeof *floats + 1);
    status = piece && floats
                 ? read_pieces(store, sum, reader, at_once, piece, floats, err)
                 : lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", reader->file->path);
    free(piece);
    free(floats);
    store->limits.directory = NULL; /* it is the caller's */
    return status;
}
