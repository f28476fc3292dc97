/* labels.c - reads the conditions of trials and numbers them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "infer/labels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "infer/arrays.h"
#include "infer/conditions.h"

/* What a file names the conditions of a set's trials. */
struct named {
    size_t trials;
    double *value;         /* [trials]; NaN: none. Of texts: their place in the order of all */
    struct h5_texts texts; /* of texts: count is trials */
};

static const char *const set_names[LABEL_SETS] = {"train", "valid"};

const char *labels_set_name(size_t set) { return set_names[set]; }

/* NaN come last. */
static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return isnan(x) || isnan(y) ? isnan(x) - isnan(y) : (x > y) - (x < y);
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sets *TRIALS to how many trials of set SET the data file has, and DATA to their name. */
static enum lfads_status count_trials(size_t *trials, char data[40], const struct evaluation *s,
                                      size_t set)
{
    evaluation_data_name(data, s, set_names[set]);
    return evaluation_count_trials(trials, s, data);
}

/* Reads the texts that name the conditions of TRIALS trials, as many as DATA has. */
static enum lfads_status read_texts(struct named *out, const struct evaluation *s, const char *name,
                                    size_t trials, const char *data)
{
    struct h5_shape shape = {.count = 0};
    enum lfads_status status = h5_shape(&shape, &s->data, name, s->err);
    bool matlab = shape.holds == H5_LETTERS || shape.holds == H5_REFERENCES;

    if (status == LFADS_OK)
        status =
            (matlab ? h5_read_cells : h5_read_texts)(&out->texts, &s->data, name, &shape, s->err);
    if (status == LFADS_OK && out->texts.count != trials)
        status =
            lfads_fail(s->err, LFADS_BAD_DATA, "%s: %s has %zu texts, and %zu are needed, as in %s",
                       s->data.path, name, out->texts.count, trials, data);
    if (status == LFADS_OK)
        status = array_allocate(&out->value, trials, name, s->data.path, s->err);
    out->trials = status == LFADS_OK ? trials : 0;
    return status;
}

/* Reads a number for each of TRIALS trials, as many as DATA has. */
static enum lfads_status read_numbers(struct named *out, const struct evaluation *s,
                                      const char *name, size_t trials, const char *data)
{
    struct array array;
    enum lfads_status status = array_read(&array, &s->data, name, 1, s->err);

    if (status != LFADS_OK)
        return status;
    status = array_expect(&array, &s->data, 0, trials, data, s->err);
    if (status != LFADS_OK) {
        array_free(&array);
        return status;
    }
    array_forget_infinite(array.values, array.count);
    out->trials = trials;
    out->value = array.values;
    return LFADS_OK;
}

/* Fails if integers were read that doubles do not tell apart. */
static enum lfads_status check_whole(const struct named *read, const struct evaluation *s,
                                     const char *name)
{
    const double most = 9007199254740992; /* 2^53 */

    for (size_t e = 0; e < read->trials; e++)
        if (fabs(read->value[e]) >= most)
            return lfads_fail(s->err, LFADS_BAD_DATA,
                              "%s: %s is beyond 2^53 in trial %zu, where numbers are not told "
                              "apart: number the conditions from 0, or store texts",
                              s->data.path, name, e);
    return LFADS_OK;
}

/* Reads what names the condition of each of TRIALS trials. */
static enum lfads_status read_names(struct named *out, const struct evaluation *s, const char *name,
                                    size_t trials, const char *data)
{
    struct h5_shape shape;
    enum lfads_status status = h5_shape(&shape, &s->data, name, s->err);

    if (status != LFADS_OK)
        return status;
    switch (shape.holds) {
    case H5_TEXTS:
    case H5_STRINGS:
    case H5_LETTERS:
    case H5_REFERENCES:
        return read_texts(out, s, name, trials, data);
    default:
        status = read_numbers(out, s, name, trials, data);
        return status == LFADS_OK && shape.whole ? check_whole(out, s, name) : status;
    }
}

/* Reads lists of trials as a number for each trial: its list's, NaN for none. */
static enum lfads_status read_lists(struct named *out, const struct evaluation *s, const char *name,
                                    size_t trials, const char *data)
{
    struct condition_trials lists;
    enum lfads_status status = conditions_read(&lists, &s->data, name, trials, s->err);

    (void)data;
    if (status == LFADS_OK)
        status = array_allocate(&out->value, trials, name, s->data.path, s->err);
    out->trials = status == LFADS_OK ? trials : 0;
    for (size_t e = 0; e < out->trials; e++)
        out->value[e] = (double)NAN;
    for (size_t c = 0; c < lists.count && status == LFADS_OK; c++)
        for (size_t i = lists.first[c]; i < lists.first[c + 1]; i++)
            out->value[lists.trial[i]] = (double)c;
    conditions_free(&lists);
    return status;
}

/* Sets the names of conditions to the distinct texts of both sets, in the order of their bytes, and
 * the values of trials to their places. An empty text is no condition. */
static enum lfads_status place_texts(struct labels *l, struct named of[LABEL_SETS],
                                     const struct evaluation *s)
{
    size_t count = of[0].texts.count + of[1].texts.count, kept = 0;

    if (count != of[0].trials + of[1].trials)
        return lfads_fail(s->err, LFADS_BAD_DATA,
                          "%s: the conditions of training and validation trials must both be "
                          "texts, or both numbers",
                          s->data.path);
    l->text = calloc(count + 1, sizeof *l->text);
    if (!l->text)
        return lfads_fail(s->err, LFADS_NO_MEMORY, "no memory to read %s", s->data.path);
    for (size_t i = 0; i < LABEL_SETS; i++)
        for (size_t e = 0; e < of[i].texts.count; e++)
            if (*of[i].texts.each[e])
                l->text[kept++] = of[i].texts.each[e];
    qsort(l->text, kept, sizeof *l->text, compare_texts);
    count = 0;
    for (size_t i = 0; i < kept; i++)
        if (count == 0 || strcmp(l->text[i], l->text[count - 1]) != 0)
            l->text[count++] = l->text[i];
    for (size_t i = 0; i < LABEL_SETS; i++) {
        for (size_t e = 0; e < of[i].texts.count; e++) {
            char **found =
                bsearch(&of[i].texts.each[e], l->text, count, sizeof *l->text, compare_texts);

            of[i].value[e] = found ? (double)(found - l->text) : (double)NAN;
        }
        l->texts[i] = of[i].texts; /* where the names lie */
        of[i].texts = (struct h5_texts){.count = 0};
    }
    return LFADS_OK;
}

/* Numbers the trials by their values. */
static enum lfads_status number_trials(struct labels *l, const struct named of[LABEL_SETS],
                                       const struct evaluation *s)
{
    size_t count = of[0].trials + of[1].trials, values = 0;
    enum lfads_status status = array_allocate(&l->value, count, "conditions", s->data.path, s->err);

    if (status != LFADS_OK)
        return status;
    for (size_t i = 0; i < LABEL_SETS; i++)
        for (size_t e = 0; e < of[i].trials; e++)
            l->value[values++] = of[i].value[e];
    qsort(l->value, count, sizeof *l->value, compare);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || compare(&l->value[i], &l->value[l->count - 1]) != 0)
            l->value[l->count++] = l->value[i];
    l->known = l->count > 0 && isnan(l->value[l->count - 1]) ? l->count - 1 : l->count;
    for (size_t i = 0; i < LABEL_SETS && l->known > 0; i++) {
        l->number[i] = of[i].trials ? calloc(of[i].trials, sizeof **l->number) : NULL;
        if (of[i].trials && !l->number[i])
            return lfads_fail(s->err, LFADS_NO_MEMORY, "no memory to read %s", s->data.path);
        l->trials[i] = of[i].trials;
        for (size_t e = 0; e < of[i].trials; e++) {
            const double *found =
                bsearch(&of[i].value[e], l->value, l->count, sizeof *l->value, compare);

            l->number[i][e] = (size_t)(found - l->value);
        }
    }
    return LFADS_OK;
}

typedef enum lfads_status label_reader(struct named *out, const struct evaluation *s,
                                       const char *name, size_t trials, const char *data);

/* Reads both sets' by READ, called as FORMAT says. */
static enum lfads_status read_sets(struct labels *out, const struct evaluation *s,
                                   label_reader *read, const char *format)
{
    struct named of[LABEL_SETS] = {{.trials = 0}, {.trials = 0}};
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < LABEL_SETS && status == LFADS_OK; i++) {
        char name[40], data[40];
        size_t trials;

        snprintf(name, sizeof name, format, set_names[i]);
        status = count_trials(&trials, data, s, i);
        if (status == LFADS_OK && trials > 0 && h5_has(&s->data, name))
            status = read(&of[i], s, name, trials, data);
    }
    if (status == LFADS_OK && of[0].texts.count + of[1].texts.count > 0)
        status = place_texts(out, of, s);
    if (status == LFADS_OK)
        status = number_trials(out, of, s);
    for (size_t i = 0; i < LABEL_SETS; i++) {
        free(of[i].value);
        h5_texts_free(&of[i].texts);
    }
    return status;
}

/* Whether reading ends: it failed, or *OUT has a set's conditions, be they all unknown. */
static bool has_read(struct labels *out, enum lfads_status status)
{
    if (status != LFADS_OK || out->count > 0)
        return true;
    labels_free(out);
    return false;
}

enum lfads_status labels_read(struct labels *out, const struct evaluation *s)
{
    enum lfads_status status;

    *out = (struct labels){.count = 0};
    status = read_sets(out, s, read_names, "%s_condition");
    return has_read(out, status) ? status : read_sets(out, s, read_names, "condition_labels_%s");
}

enum lfads_status labels_find(struct labels *out, const struct evaluation *s)
{
    static const char names[] = "condition_names";
    enum lfads_status status = labels_read(out, s);

    if (!has_read(out, status))
        status = read_sets(out, s, read_lists, "%s_cond_idx");
    /* whatever else a file calls so is no reason to fail */
    if (status == LFADS_OK && !out->text && h5_has(&s->data, names))
        h5_read_text(&out->names, &s->data, names, NULL);
    return status;
}

/* Returns line NUMBER of NAMES and sets its *LENGTH; NULL if there is none. */
static const char *name_of(size_t *length, const char *names, double number)
{
    const char *line = names;

    if (!(number >= 0) || number != floor(number))
        return NULL;
    for (; line && number > 0; number--)
        line = (line = strchr(line, '\n')) ? line + 1 : NULL;
    *length = line ? strcspn(line, "\n") : 0;
    return *length ? line : NULL;
}

void labels_name(char text[LABEL_NAME], const struct labels *labels, size_t c)
{
    const char *name = NULL;
    size_t length;

    if (c < labels->known && labels->names)
        name = name_of(&length, labels->names, labels->value[c]);
    if (c >= labels->known)
        snprintf(text, LABEL_NAME, "no condition");
    else if (name)
        snprintf(text, LABEL_NAME, "condition %.*s",
                 (int)(length < LABEL_NAME ? length : LABEL_NAME), name);
    else if (!labels->text)
        snprintf(text, LABEL_NAME, "condition %.10g", labels->value[c]);
    else
        snprintf(text, LABEL_NAME, "condition %s", labels->text[c]);
    length = strlen(text);
    while (length == LABEL_NAME - 1 && (text[length - 1] & 0xC0) == 0x80)
        text[--length] = 0; /* no part of a character */
}

void labels_free(struct labels *labels)
{
    for (size_t i = 0; i < LABEL_SETS; i++) {
        free(labels->number[i]);
        h5_texts_free(&labels->texts[i]);
    }
    free(labels->value);
    free(labels->text);
    free(labels->names);
    *labels = (struct labels){.count = 0};
}
