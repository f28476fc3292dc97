/* golden_case.h - a golden model as a model of this program, with its data and noise.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_GOLDEN_CASE_H
#define LFADS_TESTS_GOLDEN_CASE_H
#include "config/config.h"
#include "golden_file.h"
#include "learn/learner.h"

enum { MAX_SESSIONS = 4 };

struct golden_case {
    hid_t file;
    char name[100];
    struct lfads_config *config;
    struct model *model;
    struct learner *learner;
    const struct backend *be;
    size_t trials, sessions;
    char session[MAX_SESSIONS][64]; /* names */
    char prefix[MAX_SESSIONS][80];  /* "" or "batch_<session>/" */
    int64_t step;                   /* of the first update */
};

/* Opens PATH, builds the model and a learner with the file's parameters; exits on failure.
 * golden_case_close frees C's members. */
void golden_case_open(struct golden_case *c, const char *path, const struct backend *be);
void golden_case_close(struct golden_case *c);
/* Sets the learner's parameters to the file's initial ones, and its moments to zero. */
void golden_case_reset(struct golden_case *c);
/* All trials of a session, with the file's noise and masks. */
struct golden_batch {
    const struct golden_case *c;
    size_t session;
    const char *noise; /* "post" or "prior" */
};
/* Returns a source of BATCH, which must outlive it. */
struct batch_source golden_source(const struct golden_batch *batch);
#endif
