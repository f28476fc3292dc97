/* settings.h - what a tuning is to do: its flags with auto made numbers, and the file tuning.txt,
 * which holds all flags that its results depend on.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TUNE_SETTINGS_H
#define LFADS_TUNE_SETTINGS_H
#include "config/tune_config.h"
#include "run/run.h"

enum metric { METRIC_RECON, METRIC_HELDOUT, METRIC_SV };

struct settings {
    size_t members, generations;
    int64_t first_epochs, more_epochs; /* of the first generation, of every other */
    int64_t final_epochs;              /* of the last one, with falling learning rates; 0: none */
    bool search;                       /* --exploit=none: members keep to themselves */
    bool seeds;                        /* and differ in their seeds alone */
    bool rivals, log;                  /* --exploit=rivals, --explore=log */
    enum metric metric;
    size_t patience;
    double ratio;
};

/* Writes the numbers that auto stands for into TUNE, and sets SETTINGS, for the completed flags and
 * the data of BASE. SEEDS: members are to differ in their seeds alone. Fails if a flag is wrong or
 * contradicts another. */
enum lfads_status settings_resolve(struct settings *settings, struct lfads_tune_config *tune,
                                   const struct run *base, bool seeds, struct lfads_error *err);
/* Returns the epochs that a member has at the end of GENERATION, which is not the last one with
 * falling learning rates (tuning_epochs); 0: as many as it trains. */
int64_t settings_epochs(const struct settings *settings, size_t generation);

/* Writes the flags, --name=value a line: a file that --flagfile takes. */
enum lfads_status settings_write(const char *path, const struct lfads_tune_config *tune,
                                 const struct lfads_config *config, struct lfads_error *err);
/* Takes from the file PATH what is not given in TUNE and CONFIG. Fails if something given has
 * another value there, except flags of the run and those that only say how long tuning goes on. */
enum lfads_status settings_merge(struct lfads_tune_config *tune, struct lfads_config *config,
                                 const char *path, struct lfads_error *err);
#endif
