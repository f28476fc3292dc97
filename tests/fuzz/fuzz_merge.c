/* fuzz_merge.c - a file as the windows that prepare made, and as the results of both sets.
 * SPDX-License-Identifier: Apache-2.0 */
#include <lfads/lfads.h>
#include <unistd.h>

#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const struct lfads_merging both = {.size = sizeof both,
                                       .data_file = "f",
                                       .train_run_file = "f",
                                       .valid_run_file = "f",
                                       .output_file = "made"};
    const struct lfads_merging one = {
        .size = sizeof one, .data_file = "f", .train_run_file = "f", .output_file = "made"};
    const struct lfads_merging *each[] = {&both, &one};

    target_write("f", bytes, length);
    for (size_t i = 0; i < 2; i++) {
        struct lfads_error err = {.text = ""};
        enum lfads_status status = lfads_merge(each[i], &err);

        target_check(status, &err);
        assert((status == LFADS_OK) == (access("made", F_OK) == 0));
        unlink("made");
    }
    return 0;
}
