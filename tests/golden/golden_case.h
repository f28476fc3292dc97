/* golden_case.h - one golden model as ours: configuration, model, sessions' data and noise.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_GOLDEN_CASE_H
#define LFADS_TESTS_GOLDEN_CASE_H
#include "config/config.h"
#include "golden_file.h"
#include "learn/learner.h"

enum { MOST_SESSIONS = 4 };

struct golden_case {
    hid_t file;
    char name[100];
    struct lfads_config *config;
    struct model *model;
    struct learner *learner;
    const struct backend *be;
    size_t trials, sessions;
    char session[MOST_SESSIONS][64]; /* names */
    char prefix[MOST_SESSIONS][80];  /* "" or "batch_<session>/" */
    int64_t step;                    /* the counter at the start */
};

/* Opens PATH, builds the model and a learner holding the file's parameters; exits on failure. */
void golden_case_open(struct golden_case *c, const char *path, const struct backend *be);
void golden_case_close(struct golden_case *c);
/* Sets the learner's parameters to the file's starting ones, moments to zero. */
void golden_case_reset(struct golden_case *c);
/* A batch source over one session's data, noise and masks. */
struct golden_batch {
    const struct golden_case *c;
    size_t session;
    const char *noise; /* "post" or "prior": which draws */
};
struct batch_source golden_source(const struct golden_batch *batch);
#endif
