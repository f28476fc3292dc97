/* seeds.c - lfads_train of the public header: one training, or with --seeds several that differ in
 * their seeds alone. Those are a population in which nothing is searched and nobody copies.
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/progress.h"
#include "train/training.h"
#include "tune/tuning.h"

uint64_t tuning_seed(const struct tuning *tuning, size_t member)
{
    uint64_t seed = tuning->base->seed;

    return tuning->settings.seeds ? (seed + member) & INT64_MAX : stream_seed(seed, member);
}

void seeds_report(const struct tuning *tuning, const size_t *order, size_t count)
{
    const struct tuning *t = tuning;
    const struct member_row *rows = population_generation(&t->population, t->population.done - 1);
    size_t failed = t->settings.members - count;

    for (size_t i = 0; i < count; i++) {
        const struct scores *scores = &rows[order[i]].scores;
        char bits[60] = "";

        if (isfinite(scores->co_bps))
            snprintf(bits, sizeof bits, " (%.4g bits a spike)", scores->co_bps);
        tuning_say(t, "Member %02zu, seed %" PRIu64 ": score %.6g%s", order[i],
                   tuning_seed(t, order[i]), scores->score, bits);
    }
    if (failed)
        tuning_say(t, "The training of %zu of %zu seeds failed numerically.", failed,
                   t->settings.members);
}

/* Whether CONFIG asks for several seeds, or goes on where several were trained. */
static bool is_several(const struct lfads_config *config)
{
    return config->seeds || file_is_in(config->lfads_save_dir, SEEDS_FLAGS);
}

static enum lfads_status train_several(const struct lfads_config *config,
                                       const struct lfads_callbacks *callbacks,
                                       struct lfads_error *err)
{
    struct lfads_tune_config *tune;
    enum lfads_status status = lfads_tune_config_create(&tune, err);

    if (status == LFADS_OK)
        status = lfads_tune_config_set(tune, "exploit", "none", err);
    if (status == LFADS_OK)
        status = tuning_run(config, tune, true, callbacks, err);
    lfads_tune_config_free(tune);
    return status;
}

enum lfads_status lfads_train(const struct lfads_config *config,
                              const struct lfads_callbacks *callbacks, struct lfads_error *err)
{
    struct lfads_callbacks own;
    enum lfads_status status = callbacks_take(&own, &callbacks, "lfads_train", err);

    if (status != LFADS_OK)
        return status;
    return config && is_several(config) ? train_several(config, callbacks, err)
                                        : training_run_alone(config, callbacks, err);
}
