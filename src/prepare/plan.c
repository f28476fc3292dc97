/* plan.c - what is taken of a recording: the steps in their order, conditions.
 * SPDX-License-Identifier: Apache-2.0 */
#include "prepare/plan.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prepare/filter.h"

enum { LONGEST_NAME = 256 };

void plan_note(struct plan_reason *reasons, size_t *used, size_t count, const char *format, ...)
{
    va_list words;

    if (count == 0 || *used == PLAN_REASONS)
        return;
    reasons[*used].count = count;
    va_start(words, format);
    vsnprintf(reasons[*used].text, sizeof reasons[*used].text, format, words);
    va_end(words);
    (*used)++;
}

void plan_free(struct plan *plan)
{
    for (size_t i = 0; plan->condition_names && i < plan->conditions; i++)
        free(plan->condition_names[i]);
    free(plan->condition_names);
    free(plan->window);
    free(plan->unit);
    *plan = (struct plan){.count = 0};
}

/* Says, too, what most trials were left out for. */
static enum lfads_status too_few(const struct plan *plan, const struct raw *raw,
                                 const struct lfads_prepare_config *config, struct lfads_error *err)
{
    const struct plan_reason *most = plan->trial_reason;
    double start, stop;

    raw_extent(&start, &stop, raw);
    if (config->chop > 0 && raw->trials == 0)
        return lfads_fail(err, LFADS_BAD_DATA,
                          "%s: what was recorded, from %g to %g s, has %zu windows of --chop=%g s, "
                          "and at least 2 are needed: are times in another unit, or windows too "
                          "long?",
                          raw->path, start, stop, plan->count, config->chop);
    for (size_t i = 1; i < plan->trial_reasons; i++)
        if (plan->trial_reason[i].count > most->count)
            most = &plan->trial_reason[i];
    if (plan->trial_reasons == 0)
        return lfads_fail(
            err, LFADS_BAD_DATA,
            "%s has too few trials, %zu, where at least 2 are needed: check the order "
            "of axes, or cut it into windows with --chop=1, in seconds",
            raw->path, plan->count);
    return lfads_fail(
        err, LFADS_BAD_DATA,
        "%s: %zu of %zu trials are left, at least 2 are needed: %zu were left out, %s", raw->path,
        plan->count, raw->trials, most->count, most->text);
}

enum lfads_status plan_create(struct plan *plan, const struct raw *raw,
                              const struct lfads_prepare_config *config, struct lfads_error *err)
{
    enum lfads_status status;

    *plan = (struct plan){.width = config->bin_width};
    status = plan_windows(plan, raw, config, err);
    if (status == LFADS_OK)
        status = plan_recorded(plan, raw, err);
    if (status == LFADS_OK && config->chop > 0)
        status = plan_chop(plan, raw, config, err);
    if (status == LFADS_OK && plan->count < 2)
        status = too_few(plan, raw, config, err);
    if (status == LFADS_OK)
        status = plan_conditions(plan, raw, config, err);
    if (status == LFADS_OK)
        status = plan_split(plan, raw, config, err);
    return status == LFADS_OK ? plan_units(plan, raw, config, err) : status;
}

/* A window's condition by name, for sorting. */
struct named {
    char name[LONGEST_NAME];
    double number; /* of a lone column of numbers */
    size_t window;
};

static int compare_named(const void *a, const void *b)
{
    const struct named *x = a, *y = b;

    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* Names the condition of each window by the columns in TEXT. */
static enum lfads_status name_windows(struct named *named, const struct plan *plan,
                                      const struct raw *raw, const char *text,
                                      struct lfads_error *err)
{
    bool lone = !strchr(text, ',');

    while (*text) {
        size_t length = strcspn(text, ",");
        const struct variable *v;
        char name[LONGEST_NAME];
        enum lfads_status status;

        snprintf(name, sizeof name, "%.*s", (int)length, text);
        status = filter_column(&v, &raw->trial, name, "trials", "condition", err);
        if (status != LFADS_OK)
            return status;
        for (size_t i = 0; i < plan->count; i++) {
            size_t end = strlen(named[i].name);

            if (end > 0 && end + 1 < LONGEST_NAME)
                named[i].name[end++] = ',';
            variable_text(named[i].name + end, LONGEST_NAME - end, v, plan->window[i].trial);
            named[i].number = lone && v->numbers ? v->numbers[plan->window[i].trial] : 0;
            named[i].window = i;
        }
        text += length + (text[length] == ',');
    }
    return LFADS_OK;
}

enum lfads_status plan_conditions(struct plan *plan, const struct raw *raw,
                                  const struct lfads_prepare_config *config,
                                  struct lfads_error *err)
{
    struct named *named = NULL;
    enum lfads_status status;

    if (!*config->condition)
        return LFADS_OK;
    status = variables_allocate(&named, plan->count, sizeof *named, raw->path, err);
    if (status == LFADS_OK)
        status = name_windows(named, plan, raw, config->condition, err);
    if (status == LFADS_OK)
        status = variables_allocate(&plan->condition_names, plan->count,
                                    sizeof *plan->condition_names, raw->path, err);
    if (status == LFADS_OK)
        qsort(named, plan->count, sizeof *named, compare_named);
    for (size_t i = 0; i < plan->count && status == LFADS_OK; i++) {
        if (i == 0 || compare_named(&named[i - 1], &named[i]) != 0) {
            plan->condition_names[plan->conditions] = strdup(named[i].name);
            if (!plan->condition_names[plan->conditions])
                status = lfads_fail(err, LFADS_NO_MEMORY, "no memory to prepare %s", raw->path);
            else
                plan->conditions++;
        }
        plan->window[named[i].window].condition = (int64_t)plan->conditions - 1;
    }
    free(named);
    return status;
}
