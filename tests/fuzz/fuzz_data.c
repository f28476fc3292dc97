/* fuzz_data.c - a data file: read as counts, as reals with external inputs, and scored as a model
 * run of itself. SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "data/session.h"
#include "target.h"

enum { MOST_MEMORY = 1 << 28 };

/* All that a session has is there, and finite. */
static void use(const struct session *session, const struct session_wants *wants)
{
    size_t n = session->channels, e = wants->ext_inputs;
    float *trial = malloc((session->bins * (n + e) + 1) * sizeof *trial);
    double *truth = malloc((session->bins * n + 1) * sizeof *truth);

    assert(trial && truth);
    for (int set = 0; set < SESSION_SETS; set++)
        for (size_t i = 0; i < session->set[set].count; i++) {
            assert(session_read_trial(trial, session, (enum session_set)set, TRIAL_OBSERVED, i,
                                      NULL) == LFADS_OK);
            assert(!e || session_read_trial(trial + session->bins * n, session,
                                            (enum session_set)set, TRIAL_EXT, i, NULL) == LFADS_OK);
            for (size_t j = 0; j < session->bins * (n + e); j++)
                assert(isfinite(trial[j]) && (wants->range.data != DATA_COUNTS || trial[j] >= 0));
        }
    if (session->set[0].has_truth) {
        struct lfads_error err = {.text = ""};

        target_check(session_read_truth(truth, session, SESSION_TRAIN, 0, &err), &err);
    }
    free(trial);
    free(truth);
}

static void read_as(const struct session_wants *wants)
{
    struct session *session;
    struct lfads_error err = {.text = ""};
    enum lfads_status status = session_open(&session, "f", "s", wants, &err);

    target_check(status, &err);
    assert((status == LFADS_OK) == (session != NULL));
    if (session)
        use(session, wants);
    session_close(session);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const struct storage_limits limits = {.memory = MOST_MEMORY};
    const struct session_wants counts = {.range.data = DATA_COUNTS, .factors = 2, .limits = limits};
    const struct session_wants reals = {.ext_inputs = 1, .factors = 2, .limits = limits};
    const struct lfads_evaluation what = {
        .size = sizeof what, .data_file = "f", .model_run_file = "f", .set = "train"};
    struct lfads_score *score;
    struct lfads_error err = {.text = ""};

    target_write("f", bytes, length);
    read_as(&counts);
    read_as(&reals);
    target_check(lfads_evaluate(&score, &what, &err), &err);
    lfads_score_free(score);
    return 0;
}
