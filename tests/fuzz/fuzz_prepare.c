/* fuzz_prepare.c - any file as a recording, as its own table of trials, as a recording without
 * trials, with series, and as each of the files in a folder of Kilosort's.
 * SPDX-License-Identifier: Apache-2.0 */
#include <lfads/lfads.h>
#include <sys/stat.h>
#include <unistd.h>

#include "target.h"

static void prepare(const char *path, const char *const flags[][2], size_t count)
{
    const char *const recording[] = {path};
    struct lfads_prepare_config *config;
    struct lfads_error err = {.text = ""};
    enum lfads_status status;

    assert(lfads_prepare_config_create(&config, &err) == LFADS_OK);
    for (size_t i = 0; i < count; i++)
        assert(lfads_prepare_config_set(config, flags[i][0], flags[i][1], &err) == LFADS_OK);
    status = lfads_prepare(recording, 1, config, NULL, &err);
    target_check(status, &err);
    assert((status == LFADS_OK) == (access("made", F_OK) == 0));
    unlink("made");
    lfads_prepare_config_free(config);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const char *const own[][2] = {
        {"output", "made"}, {"window", "0:0.5"}, {"bin_width", "0.1"}};
    static const char *const table[][2] = {{"output", "made"},    {"bin_width", "0.1"},
                                           {"trials", "f"},       {"time_unit", "ms"},
                                           {"condition", "side"}, {"valid", "every:2"}};

    static const char *const whole[][2] = {
        {"output", "made"}, {"bin_width", "0.1"}, {"trials", "none"},  {"chop", "0.3"},
        {"overlap", "0.1"}, {"behavior", "hand"}, {"series_rate", "9"}};
    static const char *const sorted[] = {"d/spike_times.npy", "d/spike_clusters.npy", "d/params.py",
                                         "d/cluster_group.tsv"};

    target_write("f", bytes, length);
    prepare("f", own, sizeof own / sizeof own[0]);
    prepare("f", table, sizeof table / sizeof table[0]);
    prepare("f", whole, sizeof whole / sizeof whole[0]);
    mkdir("d", 0700);
    for (size_t i = 0; i < sizeof sorted / sizeof sorted[0]; i++)
        target_write(sorted[i], bytes, length);
    prepare("d", own, sizeof own / sizeof own[0]);
    return 0;
}
