/* population.h - what is known of all members in all generations: the file population.csv, which is
 * all that a tuning that was stopped goes on from (tuning.md, "The directory").
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TUNE_POPULATION_H
#define LFADS_TUNE_POPULATION_H
#include "tune/space.h"

/* Smoothed costs at the end of a generation, of validation trials; NaN: there is none. */
struct scores {
    int64_t step;       /* updates done; -1: none */
    double score;       /* what members are compared by; NaN: the member has failed */
    double recon;       /* of what the encoders read */
    double heldout, sv; /* of held-out channels, of sample validation */
    double co_bps;      /* the former as bits per spike */
};

/* A member in a generation. */
struct member_row {
    size_t parent; /* whose weights it began with: another member, or itself */
    double values[SPACE_VALUES];
    struct scores scores;
    /* not in the file, for it follows from the generations before: */
    bool is_final; /* the last generation, with falling learning rates … */
    int64_t from;  /* … which begin at this step */
};

struct population {
    const struct space *space;
    size_t members;
    size_t begun, done;      /* generations; begun - done is 0 or 1 */
    struct member_row *rows; /* [begun,members] */
};

/* Returns the rows [members] of a generation that has begun. */
struct member_row *population_generation(const struct population *population, size_t generation);
/* Begins a generation: its rows, to be filled in, are zero. */
enum lfads_status population_begin(struct population *population, struct lfads_error *err);

/* Replaces the file. Rows of a generation that is not done have no scores. */
enum lfads_status population_write(const char *path, const struct population *population,
                                   struct lfads_error *err);
/* Reads the file into POPULATION, whose space and members are set and whose rows are none. Fails if
 * the file is another tuning's or was changed. */
enum lfads_status population_read(struct population *population, const char *path,
                                  struct lfads_error *err);
void population_release(struct population *population);
#endif
