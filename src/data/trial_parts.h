/* trial_parts.h - trials whose channels and bins lie in several data sets, as in the Neural Latents
 * Benchmark's files, and of which every fifth is for validation.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DATA_TRIAL_PARTS_H
#define LFADS_DATA_TRIAL_PARTS_H
#include "h5/h5.h"

enum { MOST_PARTS = 4 };

/* Which of a data set's trials. */
enum trial_choice { EVERY_TRIAL, TRAINING_TRIALS, VALIDATION_TRIALS };

struct trial_parts {
    size_t count; /* of the parts; 0: nothing is known of the trials, which are zeros */
    struct trial_part {
        char name[40];
        size_t first_bin, bins, first_channel, channels; /* what it has of a trial */
    } part[MOST_PARTS];
    enum trial_choice choice;
};

/* How many of TRIALS trials are chosen; the place in the file of the chosen trial INDEX. */
size_t trial_choice_count(enum trial_choice choice, size_t trials);
size_t trial_choice_row(enum trial_choice choice, size_t index);
/* Reads chosen trials FIRST to FIRST+COUNT-1 into VALUES [COUNT,BINS,WIDTH]; what no part has is 0.
 */
enum lfads_status trial_parts_read(double *values, const struct trial_parts *parts,
                                   const struct h5_file *file, size_t bins, size_t width,
                                   size_t first, size_t count, struct lfads_error *err);
#endif
