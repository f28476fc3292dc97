/* trial_reader.c - reads and checks numbers.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/trial_reader.h"

#include <libdeflate.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sizes.h"
#include "data/fingerprint.h"
#include "data/shape_fit.h"

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

/* MARKED: NaN where a number is missing, or NULL. */
static struct findings convert_reals(float *out, const double *in, const double *marked,
                                     size_t count, const struct data_range *range)
{
    struct findings f = {.valid = true};

    for (size_t i = 0; i < count; i++) {
        out[i] = (float)in[i];
        f.valid = f.valid && (data_range_has(range, in[i]) || (marked && isnan(marked[i])));
        f.sum += in[i];
    }
    return f;
}

static bool are_counts(const struct trial_reader *reader)
{
    return reader->range.data == DATA_COUNTS;
}

/* Sets TEXT to what makes X usable, or the data without it. */
static void remedy(char text[200], const struct trial_reader *reader, double x)
{
    static const char *const instead[] = {[DATA_COUNTS] = "use --output_dist=gaussian",
                                          [DATA_REALS] = "leave the trial out",
                                          [DATA_POSITIVE] = "use --output_dist=zig or gaussian",
                                          [DATA_INFLATED] = "lower --zig_loc"};
    char range[DATA_RANGE_TEXT];

    data_range_text(range, &reader->range);
    if (are_counts(reader) && isfinite(x) && x > COUNT_MAX)
        snprintf(text, 200, "the largest count that is taken is %d: correct the data or %s",
                 COUNT_MAX, instead[reader->range.data]);
    else if (isfinite((float)x))
        snprintf(text, 200, "it takes %s: correct the data or %s", range,
                 instead[reader->range.data]);
    else
        snprintf(text, 200, "%s",
                 isnan(x) ? "only finite numbers can be used: correct the data, or give "
                            "--missing_data=skip for what was not recorded"
                          : "only finite numbers below 3e38 can be used: correct the data");
}

/* Reports trial, bin and channel of the first unusable number. TRIAL is the first trial of the
 * piece. */
static enum lfads_status refuse(const struct trial_reader *reader, const double *piece,
                                const double *marked, size_t trial, struct lfads_error *err)
{
    size_t i = 0, size = reader->file_bins * reader->width, offset;
    char text[200];

    while (data_range_has(&reader->range, piece[i]) || (marked && isnan(marked[i])))
        i++;
    offset = i % size;
    remedy(text, reader, piece[i]);
    trial += i / size;
    return lfads_fail(err, LFADS_BAD_DATA, "%s: %s is %.9g in trial %zu, bin %zu, channel %zu; %s",
                      reader->file->path, reader->name, piece[i],
                      reader->parts ? trial_choice_row(reader->parts->choice, trial) : trial,
                      offset / reader->width, offset % reader->width, text);
}

static enum number_type required_type(const struct trial_reader *reader, const struct findings *f)
{
    if (!are_counts(reader) || f->largest > UINT16_MAX)
        return NUMBER_FLOAT;
    return f->largest > UINT8_MAX ? NUMBER_UINT16 : NUMBER_UINT8;
}

/* Takes the NaN out of a trial of SIZE numbers, which become 0; returns their count. */
static uint32_t take_missing(double *trial, size_t size)
{
    uint32_t count = 0;

    for (size_t i = 0; i < size; i++)
        if (isnan(trial[i])) {
            trial[i] = 0;
            count++;
        }
    return count;
}

/* Makes counts of the numbers that are whole but for errors of rounding; returns how many. */
static size_t round_counts(double *numbers, size_t count)
{
    size_t rounded = 0;

    for (size_t i = 0; i < count; i++) {
        double whole = near_whole(numbers[i]);

        rounded += whole != numbers[i];
        numbers[i] = whole == 0 ? 0 : whole; /* no -0 */
    }
    return rounded;
}

/* Puts NaN back where MARKED, a copy of the piece before take_missing, has them. */
static void put_missing(float *out, const double *marked, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (isnan(marked[i]))
            out[i] = (float)NAN;
}

/* Spreads trials of FILE_BINS bins to trials of BINS bins, from the last to the first. */
static void pad(float *floats, const struct trial_reader *reader, size_t trials)
{
    size_t from = reader->file_bins * reader->width, to = reader->bins * reader->width;

    for (size_t i = trials; i-- > 0 && from < to;) {
        memmove(floats + i * to, floats + i * from, from * sizeof *floats);
        memset(floats + i * to + from, 0, (to - from) * sizeof *floats);
    }
}

/* The buffers of a piece. */
struct piece {
    double *numbers, *marked; /* marked: NULL if NaN are not allowed */
    float *floats;
    size_t trials; /* at most */
};

/* Converts the N trials of the piece that begins at trial FIRST. */
static enum lfads_status convert(struct findings *found, const struct trial_reader *reader,
                                 const struct piece *piece, size_t first, size_t n,
                                 struct lfads_error *err)
{
    size_t size = reader->file_bins * reader->width;
    uint32_t missing = 0;

    if (piece->marked) {
        memcpy(piece->marked, piece->numbers, n * size * sizeof *piece->marked);
        for (size_t i = 0; i < n; i++) {
            uint32_t of_trial = take_missing(piece->numbers + i * size, size);

            if (reader->missing_of)
                reader->missing_of[first + i] = of_trial;
            missing += of_trial;
        }
    }
    *reader->missing_all += missing;
    *found = are_counts(reader) ? convert_counts(piece->floats, piece->numbers, n * size)
                                : convert_reals(piece->floats, piece->numbers, piece->marked,
                                                n * size, &reader->range);
    if (!found->valid && are_counts(reader)) {
        *reader->rounded += round_counts(piece->numbers, n * size);
        *found = convert_counts(piece->floats, piece->numbers, n * size);
    }
    if (!found->valid)
        return refuse(reader, piece->numbers, piece->marked, first, err);
    if (missing && reader->missing_of) {
        put_missing(piece->floats, piece->marked, n * size);
        found->largest = (float)INFINITY; /* NaN needs a float */
    }
    pad(piece->floats, reader, n);
    return LFADS_OK;
}

/* Reads all trials, a piece at a time. */
static enum lfads_status read_pieces(struct trial_store *store, double *sum,
                                     const struct trial_reader *reader, const struct piece *piece,
                                     struct lfads_error *err)
{
    size_t size = reader->file_bins * reader->width;
    enum lfads_status status = LFADS_OK;

    for (size_t first = 0; first < reader->trials && status == LFADS_OK; first += piece->trials) {
        size_t n = size_min(reader->trials - first, piece->trials);
        struct findings f;

        status = reader->parts
                     ? trial_parts_read(piece->numbers, reader->parts, reader->file, reader->bins,
                                        reader->width, first, n, err)
                     : shape_read_rows(piece->numbers, H5_FLOAT64, reader->file, reader->name,
                                       reader->trials, first, n, n * size, err);
        if (status == LFADS_OK)
            status = convert(&f, reader, piece, first, n, err);
        if (status != LFADS_OK)
            return status;
        *sum += f.sum;
        if (reader->checksum)
            *reader->checksum =
                libdeflate_crc32(*reader->checksum, piece->floats,
                                 n * reader->bins * reader->width * sizeof *piece->floats);
        for (size_t i = 0; reader->print_of && i < n; i++)
            reader->print_of[first + i] = fingerprint(
                piece->floats + i * reader->bins * reader->width, reader->bins * reader->width);
        status = trial_store_add(store, piece->floats, n, required_type(reader, &f), err);
    }
    return status;
}

enum lfads_status trial_reader_read(struct trial_store *store, double *sum,
                                    const struct trial_reader *reader, struct lfads_error *err)
{
    size_t size = reader->bins * reader->width;
    struct piece piece = {.trials = size_max(PIECE_BYTES / sizeof(double) / size, 1)};
    enum lfads_status status =
        trial_store_begin(store, reader->trials, size,
                          are_counts(reader) ? NUMBER_UINT8 : NUMBER_FLOAT, &reader->limits, err);

    *sum = 0;
    if (reader->checksum)
        *reader->checksum = 0;
    if (status != LFADS_OK)
        return status;
    piece.numbers = malloc(piece.trials * size * sizeof *piece.numbers + 1);
    piece.floats = malloc(piece.trials * size * sizeof *piece.floats + 1);
    if (reader->missing)
        piece.marked = malloc(piece.trials * size * sizeof *piece.marked + 1);
    status = piece.numbers && piece.floats && (piece.marked || !reader->missing)
                 ? read_pieces(store, sum, reader, &piece, err)
                 : lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", reader->file->path);
    free(piece.numbers);
    free(piece.floats);
    free(piece.marked);
    trial_store_seal(store);
    return status;
}
