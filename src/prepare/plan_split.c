/* plan_split.c - which windows are for validation.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/numpy_random.h"
#include "prepare/filter.h"
#include "prepare/plan.h"

/* Draws a share of each condition's windows: as many as come nearest to it when all conditions are
 * taken together. */
static enum lfads_status draw(struct plan *plan, double share, uint32_t seed, const char *path,
                              struct lfads_error *err)
{
    struct numpy_random random;
    size_t *member, groups = plan->conditions ? plan->conditions : 1, seen = 0, taken = 0;
    enum lfads_status status = variables_allocate(&member, plan->count, sizeof *member, path, err);

    numpy_random_seed(&random, seed);
    for (size_t g = 0; g < groups && status == LFADS_OK; g++) {
        size_t count = 0, want;

        for (size_t i = 0; i < plan->count; i++)
            if (plan->conditions == 0 || plan->window[i].condition == (int64_t)g)
                member[count++] = i;
        seen += count;
        want = (size_t)floor(share * (double)seen + 0.5) - taken;
        want = want < count ? want : count;
        taken += want;
        for (size_t k = 0; k < want; k++) {
            size_t at = k + numpy_random_below(&random, (uint32_t)(count - k)), chosen = member[at];

            member[at] = member[k];
            plan->window[chosen].valid = true;
        }
    }
    free(member);
    return status;
}

static enum lfads_status by_column(struct plan *plan, const struct raw *raw, const char *text,
                                   struct lfads_error *err)
{
    bool *valid;
    enum lfads_status status =
        variables_allocate(&valid, raw->trials, sizeof *valid, raw->path, err);

    if (status == LFADS_OK) {
        memset(valid, 1, raw->trials);
        status = filter_rows(valid, raw->trials, text, &raw->trial, "trials", "valid", err);
    }
    for (size_t i = 0; i < plan->count && status == LFADS_OK; i++)
        plan->window[i].valid = valid[plan->window[i].trial];
    free(valid);
    return status;
}

enum lfads_status plan_split(struct plan *plan, const struct raw *raw,
                             const struct lfads_prepare_config *config, struct lfads_error *err)
{
    const char *text = config->valid;
    char *end;
    double number = strtod(strncmp(text, "every:", 6) == 0 ? text + 6 : text, &end);
    enum lfads_status status = LFADS_OK;

    if (strncmp(text, "every:", 6) == 0) {
        if (*end || !(number >= 2) || number > 1e9 || number != floor(number))
            return lfads_fail(err, LFADS_USAGE, "--valid=%s: every: takes an integer above 1",
                              text);
        for (size_t i = 0; i < plan->count; i++)
            plan->window[i].valid = i % (size_t)number == (size_t)number - 1;
    } else if (*end == 0 && end != text) {
        if (!(number >= 0) || number >= 1)
            return lfads_fail(err, LFADS_USAGE, "--valid=%s: a share is from 0 to below 1", text);
        config->used->seed = true;
        status = draw(plan, number, (uint32_t)config->seed, raw->path, err);
    } else {
        status = by_column(plan, raw, text, err);
    }
    for (size_t i = 0; i < plan->count; i++)
        plan->valid += plan->window[i].valid;
    if (status == LFADS_OK && plan->valid == plan->count)
        return lfads_fail(err, LFADS_USAGE, "--valid=%s leaves none of %zu trials to train on",
                          text, plan->count);
    return status;
}
