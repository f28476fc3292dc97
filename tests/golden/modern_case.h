/* modern_case.h - a golden model of lfads-torch as a model of this program, with its data and
 * noise. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_MODERN_CASE_H
#define LFADS_TESTS_MODERN_CASE_H
#include <jansson.h>

#include "config/config.h"
#include "golden_file.h"
#include "learn/learner.h"

enum { MODERN_SESSIONS = 4 };

/* The data of a session, trial-major, after the augmentations that change it. */
struct modern_data {
    struct array encoded;  /* [B,T_enc,N_in] */
    struct array observed; /* [B,T_rec,N_out] */
    double entries;        /* factor of the recorded entries' costs */
    struct array weight;   /* [B,T_rec,N_out], of the entries' costs; without values: ones */
    struct array kept;     /* sample validation's mask [B,T_enc,N_in]; without values: none */
    double sv_rate;
};

struct modern_case {
    hid_t file;
    char name[100];
    char needs[200]; /* what the program lacks for the case; "": nothing */
    json_t *hyper;   /* the hyperparameters, under lfads-torch's names */
    struct lfads_config *config;
    struct model *model;
    struct learner *learner;
    const struct backend *be;
    bool one_array; /* the encoders read the observed array */
    size_t trials;  /* of all sessions */
    size_t sessions;
    char session[MODERN_SESSIONS][64]; /* names */
    size_t first[MODERN_SESSIONS]; /* row of the session's first trial in arrays of all trials */
    struct modern_data data[MODERN_SESSIONS];
};

/* Opens PATH. SEPARATE: the encoders have an array of their own even if its data is in the observed
 * array. Unless the case needs something that the program lacks, builds the model and a
 * learner with the file's parameters; exits on failure. modern_case_close frees C's members. */
void modern_case_open(struct modern_case *c, const char *path, const struct backend *be,
                      bool separate);
void modern_case_close(struct modern_case *c);

/* modern_flags.c: translates the hyperparameters into flags, or sets c->needs; exits if a flag is
 * refused. */
void modern_set_flags(struct modern_case *c);
/* modern_data.c: reads the session's data and applies the augmentations. */
void modern_data_read(struct modern_data *data, const struct modern_case *c, size_t session);
void modern_data_release(struct modern_data *data);
/* Whether what the encoders read is part of the observed array. */
bool modern_data_is_one(const struct modern_data *data);

/* The trials of one session in a batch. */
struct modern_part {
    const struct modern_case *c;
    const char *noise; /* the file's group */
    size_t session;
};
/* All trials of the batch: a list of sources, the first of which stands for the batch. */
struct modern_batch {
    struct modern_part parts[MODERN_SESSIONS];
    struct batch_source sources[MODERN_SESSIONS];
};
/* Sets BATCH, which must stay where it is, to that with the noise of the file's group NOISE:
 * "noise", "noise/step1", …. */
void modern_batch_set(struct modern_batch *batch, const struct modern_case *c, const char *noise);

/* Prints WHAT as the reason and ends the program. */
_Noreturn void modern_stop(const struct modern_case *c, const char *what);
double modern_number(const struct modern_case *c, const char *name);
#endif
