/* labels.c - reads the conditions of trials and numbers them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "infer/labels.h"

#include <float.h>
#include <stdio.h>
#include <stdlib.h>

#include "infer/arrays.h"
#include "infer/conditions.h"

static const char *const set_names[LABEL_SETS] = {"train", "valid"};

const char *labels_set_name(size_t set) { return set_names[set]; }

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Sets *TRIALS to how many trials of set SET the data file has; 0 without the set. */
static enum lfads_status count_trials(size_t *trials, char data[40], const struct evaluation *s,
                                      size_t set)
{
    struct h5_shape shape;
    enum lfads_status status;

    *trials = 0;
    evaluation_data_name(data, s, set_names[set]);
    if (!h5_has(&s->data, data))
        return LFADS_OK;
    status = h5_shape(&shape, &s->data, data, s->err);
    *trials = status == LFADS_OK ? shape.dims[0] : 0;
    return status;
}

/* What is read of a set: the name of the array, that of the data, their trials. */
struct labelled {
    char name[40], data[40];
    size_t trials; /* 0: the file lacks one of both */
};

static enum lfads_status find_labelled(struct labelled *l, const struct evaluation *s, size_t set,
                                       const char *format)
{
    enum lfads_status status = count_trials(&l->trials, l->data, s, set);

    snprintf(l->name, sizeof l->name, format, set_names[set]);
    if (!h5_has(&s->data, l->name))
        l->trials = 0;
    return status;
}

/* Reads a number for each trial, called as FORMAT says. */
static enum lfads_status read_numbers(struct array *out, const struct evaluation *s, size_t set,
                                      const char *format)
{
    struct labelled l;
    enum lfads_status status = find_labelled(&l, s, set, format);

    if (status != LFADS_OK || l.trials == 0)
        return status;
    status = array_read(out, &s->data, l.name, 1, s->err);
    if (status == LFADS_OK)
        status = array_check(out, &s->data, -DBL_MAX, false, s->err);
    return status == LFADS_OK ? array_expect(out, &s->data, 0, l.trials, l.data, s->err) : status;
}

/* Reads lists of trials as a number for each trial: its list's, or that after all lists. */
static enum lfads_status read_lists(struct array *out, const struct evaluation *s, size_t set,
                                    const char *format)
{
    struct condition_trials lists = {.count = 0};
    struct labelled l;
    enum lfads_status status = find_labelled(&l, s, set, format);

    if (status != LFADS_OK || l.trials == 0)
        return status;
    status = conditions_read(&lists, &s->data, l.name, l.trials, s->err);
    if (status == LFADS_OK)
        status = array_allocate(&out->values, l.trials, l.name, s->data.path, s->err);
    out->count = status == LFADS_OK ? l.trials : 0;
    for (size_t e = 0; e < out->count; e++)
        out->values[e] = (double)lists.count;
    for (size_t c = 0; c < lists.count && status == LFADS_OK; c++)
        for (size_t i = lists.first[c]; i < lists.first[c + 1]; i++)
            out->values[lists.trial[i]] = (double)c;
    conditions_free(&lists);
    return status;
}

/* Numbers the trials by their values. */
static enum lfads_status number_trials(struct labels *l, const struct array of[LABEL_SETS],
                                       const struct evaluation *s)
{
    size_t count = of[0].count + of[1].count, values = 0;
    enum lfads_status status = array_allocate(&l->value, count, "conditions", s->data.path, s->err);

    if (status != LFADS_OK)
        return status;
    for (size_t i = 0; i < LABEL_SETS; i++)
        for (size_t e = 0; e < of[i].count; e++)
            l->value[values++] = of[i].values[e];
    qsort(l->value, count, sizeof *l->value, compare);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || l->value[i] != l->value[l->count - 1])
            l->value[l->count++] = l->value[i];
    for (size_t i = 0; i < LABEL_SETS; i++) {
        l->number[i] = of[i].count ? calloc(of[i].count, sizeof **l->number) : NULL;
        if (of[i].count && !l->number[i])
            return lfads_fail(s->err, LFADS_NO_MEMORY, "no memory to read %s", s->data.path);
        l->trials[i] = of[i].count;
        for (size_t e = 0; e < of[i].count; e++) {
            const double *found =
                bsearch(&of[i].values[e], l->value, l->count, sizeof *l->value, compare);

            l->number[i][e] = (size_t)(found - l->value);
        }
    }
    return LFADS_OK;
}

/* Reads both sets' by READ, called as FORMAT says. */
static enum lfads_status read_sets(struct labels *out, const struct evaluation *s,
                                   enum lfads_status (*read)(struct array *,
                                                             const struct evaluation *, size_t,
                                                             const char *),
                                   const char *format)
{
    struct array of[LABEL_SETS] = {{.rank = 0}, {.rank = 0}};
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < LABEL_SETS && status == LFADS_OK; i++)
        status = read(&of[i], s, i, format);
    if (status == LFADS_OK)
        status = number_trials(out, of, s);
    for (size_t i = 0; i < LABEL_SETS; i++)
        array_free(&of[i]);
    return status;
}

enum lfads_status labels_read(struct labels *out, const struct evaluation *s)
{
    enum lfads_status status;

    *out = (struct labels){.count = 0};
    status = read_sets(out, s, read_numbers, "%s_condition");
    if (status != LFADS_OK || out->count > 0)
        return status;
    labels_free(out);
    return read_sets(out, s, read_numbers, "condition_labels_%s");
}

enum lfads_status labels_find(struct labels *out, const struct evaluation *s)
{
    enum lfads_status status = labels_read(out, s);

    if (status != LFADS_OK || out->count > 0)
        return status;
    labels_free(out);
    return read_sets(out, s, read_lists, "%s_cond_idx");
}

void labels_free(struct labels *labels)
{
    for (size_t i = 0; i < LABEL_SETS; i++)
        free(labels->number[i]);
    free(labels->value);
    *labels = (struct labels){.count = 0};
}
