/* fuzz_benchmark.c - a file of the Neural Latents Benchmark: scored as a submission against itself
 * as the target, and copied into another submission. SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <math.h>

#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const struct lfads_nlb_evaluation what = {
        .size = sizeof what, .target_file = "f", .submission_file = "f", .bootstrap = 3};
    const struct lfads_nlb_submission submission = {.size = sizeof submission,
                                                    .eval_run_file = "f",
                                                    .train_run_file = "f",
                                                    .set = "other",
                                                    .output_file = "made",
                                                    .add_to_file = "f"};
    struct lfads_nlb_scores *scores;
    struct lfads_error err = {.text = ""};
    enum lfads_status status;

    target_write("f", bytes, length);
    status = lfads_evaluate_nlb(&scores, &what, &err);
    target_check(status, &err);
    assert((status == LFADS_OK) == (scores && scores->count > 0));
    lfads_nlb_scores_free(scores);
    target_check(lfads_submit_nlb(&submission, &err), &err);
    return 0;
}
