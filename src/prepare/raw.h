/* raw.h - a recording as it was read: spikes or counts, its units and its trials. Every format ends
 * in this one form.
 *
 * Times of spikes are on one of two clocks: the recording's, or the trial's own, whose trial each
 * spike then names.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_PREPARE_RAW_H
#define LFADS_PREPARE_RAW_H
#include <stdint.h>

#include "config/prepare_config.h"
#include "prepare/variables.h"

struct raw {
    const char *path; /* of the recording, for errors */
    size_t units, trials;
    struct variables unit;  /* columns with a row a unit; the first is its id */
    struct variables trial; /* columns with a row a trial; the first is its id */
    size_t *first; /* [units+1]: spikes first[u] to first[u+1]-1 are unit u's, in order of … */
    uint32_t *of_trial; /* … their trials (rows of the table; NULL: the recording's clock) … */
    double *times;      /* … and of their times, in seconds */
    bool trial_clock;   /* times are those within the trial, not the recording's */
    double per_second;  /* the unit of the spikes' times: so many in a second */
    bool entries;       /* spikes came with an entry each, not in lists */
    bool in_samples;    /* the format, not a flag, says that they are in samples */
    double *counts;     /* in place of spikes: [trials or 1,count_bins,units]; NULL: spikes */
    size_t count_bins;
    double count_width; /* of these bins, in seconds */
    bool real;          /* some counts are no integers */
    size_t intervals;   /* of time in which any unit was observed; 0: not known */
    double *observed;   /* [intervals,2]: their starts and ends in seconds, in order */
    size_t *own_first;  /* [units+1]: where units were observed at different times, the intervals */
    double *own; /* own_first[u] to own_first[u+1]-1 are unit u's; none: it has no own ones */
    bool looks_swapped; /* the axes of counts may be channels, bins, trials */
    bool not_counts;    /* of the counts some are negative, or not whole */
};

/* The times between which all is recorded: of the recording, or of a trial. */
void raw_extent(double *start, double *stop, const struct raw *raw);

/* Makes RAW of what was read, and of the table of trials TABLE, read from a file of its own (its
 * count 0: none). May take arrays out of both. raw_free frees RAW, after a failure too. */
enum lfads_status raw_create(struct raw *raw, struct variables *recording, struct variables *table,
                             const struct lfads_prepare_config *config, struct lfads_error *err);
void raw_free(struct raw *raw);

/* Makes the trial table of TABLE, or of RECORDING's columns that belong to trials, which are ROWS
 * (0: not known), or of the distinct numbers OF_SPIKES (NULL: none), and replaces these by rows of
 * the table. */
enum lfads_status raw_read_trials(struct raw *raw, struct variables *recording,
                                  struct variables *table, struct variable *of_spikes, size_t rows,
                                  struct lfads_error *err);
/* Fills RAW, whose unit of time is known, from the lists of TIMES, one for each unit, or for each
 * trial and unit; takes the numbers out of it. */
enum lfads_status raw_read_lists(struct raw *raw, struct variables *recording,
                                 struct variables *table, struct variable *times,
                                 struct lfads_error *err);
/* Makes lists of times that are a matrix [units,spikes] or [trials,units,spikes] with NaN or 0
 * behind the last ones; leaves one that does not rise so. */
enum lfads_status raw_unpad(struct variable *times, const char *path, struct lfads_error *err);
/* Fails if COUNTS, which are taken for counts by their name or as the only array, look like what
 * else people store so: waveforms, or times beside units. */
enum lfads_status raw_check_counts(const struct variable *counts, const char *path,
                                   struct lfads_error *err);
/* Fills RAW from the array COUNTS. */
enum lfads_status raw_read_counts(struct raw *raw, struct variables *recording,
                                  struct variables *table, struct variable *counts,
                                  const struct lfads_prepare_config *config,
                                  struct lfads_error *err);
/* Takes the intervals in which units were observed out of RECORDING, if it has some. */
enum lfads_status raw_take_intervals(struct raw *raw, struct variables *recording,
                                     struct lfads_error *err);
/* Whether UNIT was observed from START to STOP, in seconds, as far as is known. */
bool raw_observes(const struct raw *raw, size_t unit, double start, double stop);
/* Gives the table of units the ids that RECORDING has, or numbers. */
enum lfads_status raw_number_units(struct raw *raw, const struct variables *recording,
                                   struct lfads_error *err);
/* Adds to the table of units the columns of RECORDING that belong to units. */
enum lfads_status raw_read_units(struct raw *raw, struct variables *recording,
                                 struct lfads_error *err);
/* Finds the distinct entries of V in their order: *OF [V->count], which the caller frees, says
 * which one each is; the *COUNT of them become the column "id" of TABLE. */
enum lfads_status raw_find_distinct(uint32_t **of, struct variables *table, size_t *count,
                                    const struct variable *v, struct lfads_error *err);
/* Copies to TABLE the columns of FROM whose names begin with PREFIX, without it, and that have ROWS
 * entries; those that it has already are left. */
enum lfads_status raw_copy_columns(struct variables *table, const struct variables *from,
                                   const char *prefix, size_t rows, struct lfads_error *err);

/* Sets *PER_SECOND to how many of the unit of the times in VARIABLE make a second: by the end of
 * its name, --time_unit, what the format states. STANDARD is for times that nothing is said of; 0:
 * they are seconds, unless all are whole, which fails. */
enum lfads_status raw_time_unit(double *per_second, const struct variable *variable,
                                const struct variables *file, double standard,
                                const struct lfads_prepare_config *config, struct lfads_error *err);
#endif
