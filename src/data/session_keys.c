/* session_keys.c - sorts the keys of a data file.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/session_keys.h"

#include <lfads/config.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_LIST = 500 };

static const char *const sets[] = {"train_", "valid_", "test_", "eval_"};

/* What follows the name of a set, in data sets that commands read. */
static const char *const of_sets[] = {"data",
                                      "encod_data",
                                      "recon_data",
                                      "ext_input",
                                      "truth",
                                      "condition",
                                      "cond_idx",
                                      "jitter",
                                      "behavior",
                                      "decode_mask",
                                      "inputs_u",
                                      "outputs_u",
                                      "spikes_heldin",
                                      "spikes_heldout",
                                      "spikes_heldin_forward",
                                      "spikes_heldout_forward"};

/* Others that commands read, and what synthetic sets and prepare have to say of themselves. */
static const char *const others[] = {"conversion_factor",
                                     "dt",
                                     "heldout_dim",
                                     "unit_ids",
                                     "unit_names",
                                     "condition_names",
                                     "chop_overlap",
                                     "chop_total",
                                     "alignment_matrix_cxf",
                                     "alignment_bias_c",
                                     "readin_weight",
                                     "readout_bias",
                                     "psth",
                                     "input_train_truth",
                                     "input_valid_truth",
                                     "input_times_train",
                                     "input_times_valid",
                                     "input_magnitude",
                                     "condition_labels_train",
                                     "condition_labels_valid",
                                     "train_percentage",
                                     "nreplications",
                                     "P_sxn",
                                     "u_std",
                                     "max_firing_rate"};

static bool is_read(const char *name)
{
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strcmp(name, others[i]) == 0)
            return true;
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        size_t length = strlen(sets[i]);

        for (size_t j = 0; j < sizeof of_sets / sizeof of_sets[0]; j++)
            if (strncmp(name, sets[i], length) == 0 && strcmp(name + length, of_sets[j]) == 0)
                return true;
    }
    return false;
}

/* Those of a set that people spell in other ways. */
static const char *meant_by(const char *name)
{
    static const char *const often[] = {"ext_input", "condition", "behavior", "truth", "jitter"};

    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        size_t length = strlen(sets[i]), edits;
        const char *nearest;

        if (strncmp(name, sets[i], length) != 0)
            continue;
        nearest = lfads_nearest(name + length, often, sizeof often / sizeof often[0], &edits);
        return nearest && edits <= 2 ? nearest : NULL;
    }
    return NULL;
}

enum lfads_status session_keys_read(struct session_keys *keys, const struct h5_file *file,
                                    struct lfads_error *err)
{
    enum lfads_status status = h5_keys(&keys->all, file, "", err);

    keys->used = NULL;
    keys->note = NULL;
    keys->meant = NULL;
    if (status != LFADS_OK)
        return status;
    keys->used = calloc(keys->all.count + 1, sizeof *keys->used);
    keys->note = calloc(keys->all.count + 1, sizeof *keys->note);
    keys->meant = calloc(keys->all.count + 1, sizeof *keys->meant);
    if (!keys->used || !keys->note || !keys->meant)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", file->path);
    for (size_t i = 0; i < keys->all.count; i++) {
        const char *name = keys->all.each[i] + 1;

        /* MATLAB keeps in groups of such names what cell arrays refer to; empty arrays say nothing
         */
        keys->used[i] = is_read(name) || *name == '#' || keys->all.each[i][0] == 'e';
        if (!keys->used[i])
            keys->meant[i] = meant_by(name);
    }
    return LFADS_OK;
}

void session_keys_free(struct session_keys *keys)
{
    h5_texts_free(&keys->all);
    free(keys->used);
    free(keys->note);
    free(keys->meant);
    keys->meant = NULL;
    keys->used = NULL;
    keys->note = NULL;
}

void session_keys_note(struct session_keys *keys, const char *name, const char *why)
{
    for (size_t i = 0; i < keys->all.count; i++)
        if (keys->all.each[i][0] != 'e' && strcmp(keys->all.each[i] + 1, name) == 0) {
            keys->used[i] = false;
            keys->note[i] = why;
        }
}

size_t session_keys_axis(const struct h5_shape *shape, size_t trials)
{
    if (shape->rank > 0 && shape->dims[0] == trials)
        return 0;
    return shape->rank == 2 && shape->dims[0] == 1 && shape->dims[1] == trials ? 1 : H5_MOST_RANK;
}

enum lfads_status session_keys_take(struct key_list *list, struct session_keys *keys,
                                    const struct h5_file *file, const char *set, size_t trials,
                                    struct lfads_error *err)
{
    size_t length = strlen(set);

    *list = (struct key_list){.name = calloc(keys->all.count + 1, sizeof *list->name)};
    if (!list->name)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", file->path);
    for (size_t i = 0; i < keys->all.count; i++) {
        const char *name = keys->all.each[i] + 1;
        struct h5_shape shape;

        if (keys->used[i] || keys->all.each[i][0] != 'd' || strncmp(name, set, length) != 0 ||
            name[length] != '_' || h5_shape(&shape, file, name, NULL) != LFADS_OK ||
            shape.stored.size == 0 || session_keys_axis(&shape, trials) == H5_MOST_RANK)
            continue;
        keys->used[i] = true;
        list->name[list->count++] = name;
    }
    return LFADS_OK;
}

/* Whether the data set NAME has COUNT entries, one for each of something, or may have: of a text
 * the lines are not counted here. */
static bool has_entries(const struct h5_file *file, const char *name, size_t count)
{
    struct h5_shape shape;

    return !h5_has(file, name) || h5_shape(&shape, file, name, NULL) != LFADS_OK ||
           shape.rank == 0 || (shape.rank == 1 && shape.dims[0] == 1 && !shape.numeric) ||
           shape.holds == H5_LETTERS || session_keys_axis(&shape, count) < H5_MOST_RANK ||
           (shape.rank == 2 && shape.count == count);
}

void session_keys_check_units(struct session_keys *keys, const struct h5_file *file,
                              size_t channels)
{
    static const char *const names[] = {"unit_ids", "unit_names"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (!has_entries(file, names[i], channels))
            session_keys_note(keys, names[i], " (it has not an entry for each channel)");
}

void session_keys_check_trials(struct session_keys *keys, const struct h5_file *file,
                               const char *set, size_t trials)
{
    static const char *const parts[][2] = {
        {"", "_condition"}, {"condition_labels_", ""}, {"", "_behavior"}};

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        char name[64];

        snprintf(name, sizeof name, "%s%s%s", parts[i][0], set, parts[i][1]);
        if (!has_entries(file, name, trials))
            session_keys_note(keys, name, " (it has not an entry for each trial)");
    }
}

/* A list of names in words, as long as it fits. */
struct words {
    char *text;
    size_t size, length, left_out;
};

static void add_words(struct words *w, const char *group, const char *name, const char *what)
{
    size_t needed = strlen(group) + strlen(name) + strlen(what) + 2;

    if (w->left_out || w->length + needed + sizeof " and 1000 more" > w->size) {
        w->left_out++;
        return;
    }
    w->length += (size_t)snprintf(w->text + w->length, w->size - w->length, "%s%s%s%s",
                                  w->length ? ", " : "", group, name, what);
}

static void end_words(const struct words *w)
{
    if (w->left_out)
        snprintf(w->text + w->length, w->size - w->length, "%s%zu more", w->length ? " and " : "",
                 w->left_out);
}

void session_keys_unused(char text[UNUSED_TEXT], const struct session_keys *keys, bool training)
{
    struct words w = {.text = text, .size = UNUSED_TEXT};

    *text = 0;
    for (size_t i = 0; i < keys->all.count; i++) {
        const char *name = keys->all.each[i] + 1, *meant = keys->meant[i];
        char guess[100] = "";

        if (keys->used[i] && (!meant || !training))
            continue;
        if (meant)
            snprintf(guess, sizeof guess, " (%sis it %.*s%s?)",
                     keys->used[i] ? "copied into results; " : "",
                     (int)(strchr(name, '_') + 1 - name), name, meant);
        add_words(&w, "", name,
                  keys->note[i]                 ? keys->note[i]
                  : keys->all.each[i][0] == 'g' ? " (a group)"
                                                : guess);
    }
    end_words(&w);
}

/* Adds the keys of GROUP, "" or one that ends with a slash, and of the groups in it if it is the
 * root. */
static void list_keys(struct words *w, const struct h5_file *file, const char *group)
{
    struct h5_texts keys;

    if (h5_keys(&keys, file, group, NULL) != LFADS_OK)
        return;
    for (size_t i = 0; i < keys.count; i++) {
        const char *name = keys.each[i] + 1;
        char path[300];

        if (*name == '#')
            continue;
        if (keys.each[i][0] == 'g' && !*group && strlen(name) < sizeof path - 1) {
            size_t before = w->length + w->left_out;

            snprintf(path, sizeof path, "%s/", name);
            list_keys(w, file, path);
            if (before != w->length + w->left_out)
                continue;
        }
        add_words(w, group, name,
                  keys.each[i][0] == 'g'   ? " (a group)"
                  : keys.each[i][0] == 'e' ? " (empty)"
                  : keys.each[i][0] == 'x' ? " (a link to elsewhere)"
                                           : "");
    }
    h5_texts_free(&keys);
}

static bool has_key(const struct h5_file *file, const char *name)
{
    struct h5_texts keys;
    bool has = false;

    if (h5_keys(&keys, file, "", NULL) != LFADS_OK)
        return true;
    for (size_t i = 0; i < keys.count; i++)
        has = has || strcmp(keys.each[i] + 1, name) == 0;
    h5_texts_free(&keys);
    return has;
}

enum lfads_status session_keys_missing(const struct h5_file *file, const char *name,
                                       struct lfads_error *err)
{
    char text[LONGEST_LIST] = "";
    struct words w = {.text = text, .size = sizeof text};
    struct h5_shape shape;

    if (has_key(file, name)) { /* but it can't be read */
        enum lfads_status status = h5_shape(&shape, file, name, err);

        if (status != LFADS_OK)
            return status;
    }
    list_keys(&w, file, "");
    end_words(&w);
    return lfads_fail(err, LFADS_BAD_DATA,
                      "%.300s: there is no data set %s; it has %s (docs/files.md says what a data "
                      "file has)",
                      file->path, name, *text ? text : "none");
}
