/* prepared_file.h - writes the data file, and takes the numbers that the table at the end shows.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_PREPARE_PREPARED_FILE_H
#define LFADS_PREPARE_PREPARED_FILE_H
#include "prepare/prepare_alignment.h"
#include "prepare/series.h"

/* What was written. */
struct tally {
    double spikes, zeros, entries; /* of the recorded bins */
    double largest;                /* count */
    double *unit;                  /* [units]: spikes */
    double *seen;                  /* [units]: recorded bins */
    double *window;                /* [windows]: spikes, in the order of the plan */
};

/* What else is written: behaviour and external inputs; an alignment of FACTORS. */
struct prepared_extras {
    struct series_list series[2];
    const struct aligned_session *alignment; /* NULL: none */
    size_t factors;
};

/* Writes the file PATH. tally_free frees TALLY, after a failure too. */
enum lfads_status prepared_file_write(struct tally *tally, const char *path, const struct raw *raw,
                                      const struct plan *plan, const struct prepared_extras *extras,
                                      const struct lfads_callbacks *callbacks,
                                      struct lfads_error *err);
void tally_free(struct tally *tally);
#endif
