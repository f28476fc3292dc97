/* torch_file.c - lfads-torch's output files.
 * SPDX-License-Identifier: Apache-2.0 */
#include "infer/torch_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "infer/kept_arrays.h"

enum { GZIP_LEVEL = 4 };

/* Keys and what they hold. */
static const struct {
    const char *key;
    enum result result;
    bool std; /* the result is a log variance */
} keys[TORCH_KEYS] = {
    {"output_params", RESULT_OUTPUT, false},  {"factors", RESULT_FACTORS, false},
    {"ic_mean", RESULT_POST_G0_MEAN, false},  {"ic_std", RESULT_POST_G0_LOGVAR, true},
    {"co_means", RESULT_CO_MEAN, false},      {"co_stds", RESULT_CO_STD, false},
    {"gen_states", RESULT_GEN_STATES, false}, {"gen_init", RESULT_GEN_ICS, false},
    {"gen_inputs", RESULT_GEN_INPUTS, false}, {"con_states", RESULT_CON_STATES, false}};

/* The numbers a bin, or a trial without bins, that key KEY has: of the output the means only. */
static size_t width_of(const struct results *r, size_t key)
{
    enum result which = keys[key].result;
    size_t width = r->width[which] / (r->bins[which] ? r->bins[which] : 1);

    return which == RESULT_OUTPUT ? width / r->distribution->written : width;
}

/* Whether the results have a data set NAME of their own. */
static bool is_of_results(const char *name)
{
    static const char *const sets[] = {"train_", "valid_", "test_"};

    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
        for (size_t key = 0; key < TORCH_KEYS; key++)
            if (strncmp(name, sets[i], strlen(sets[i])) == 0 &&
                strcmp(name + strlen(sets[i]), keys[key].key) == 0)
                return true;
    return false;
}

/* Copies what can be copied of the data file's root; the names of the rest are warned of. */
static enum lfads_status copy_data(struct h5_file *out, const struct run *run,
                                   const struct session *session, struct lfads_error *err)
{
    struct h5_file from;
    char left[400] = "";
    size_t length = 0;
    enum lfads_status status = session_reopen(&from, session, err);

    for (size_t i = 0; i < session->keys.all.count && status == LFADS_OK; i++) {
        const char *name = session->keys.all.each[i] + 1;
        struct h5_shape shape;

        if (session->keys.all.each[i][0] == 'e' || *name == '#')
            continue;
        if (session->keys.all.each[i][0] == 'd' && !is_of_results(name) &&
            h5_shape(&shape, &from, name, NULL) == LFADS_OK && shape.stored.size > 0)
            status =
                kept_array_copy(out, &from, name, &shape, 0, shape.rank ? shape.dims[0] : 1, err);
        else if (length < sizeof left)
            length += (size_t)snprintf(left + length, sizeof left - length, "%s%s",
                                       length ? ", " : "", name);
    }
    h5_close(&from, NULL);
    if (status == LFADS_OK && length)
        run_warn(run, "%s: not copied to the results: %s%s", session->path, left,
                 length < sizeof left ? "" : " ...");
    return status;
}

/* The name of the session's results: that of the data file without its ending. */
static enum lfads_status path_of(char path[FILE_PATH], const struct run *run,
                                 const struct session *session, struct lfads_error *err)
{
    const char *slash = strrchr(session->path, '/'), *name = slash ? slash + 1 : session->path;
    const char *dot = strrchr(name, '.');
    char results[FILE_PATH];

    if (snprintf(results, sizeof results, "lfads_output_%.*s.h5",
                 (int)(dot && dot > name ? (size_t)(dot - name) : strlen(name)), name) >= FILE_PATH)
        return lfads_fail(err, LFADS_USAGE, "the name of %.200s... is too long", session->path);
    return run_output_path(path, run->config, results, err);
}

enum lfads_status torch_file_begin(struct torch_file *file, const struct run *run,
                                   const struct session *session, struct lfads_error *err)
{
    struct torch_file begun = {.rows = {{.set = 0}}};
    char path[FILE_PATH];
    enum lfads_status status = path_of(path, run, session, err);

    if (status == LFADS_OK)
        status = run_make_directory_of(path, run->config, err);
    if (status == LFADS_OK)
        status = h5_begin(&begun.file, path, err);
    if (status != LFADS_OK)
        return status;
    status = copy_data(&begun.file, run, session, err);
    if (status != LFADS_OK)
        return h5_finish(&begun.file, status, err);
    *file = begun;
    return LFADS_OK;
}

enum lfads_status torch_file_create_set(struct torch_file *file, const char *set,
                                        const struct results *results, size_t trials,
                                        struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK;

    for (size_t key = 0; key < TORCH_KEYS && status == LFADS_OK; key++) {
        size_t bins = results->bins[keys[key].result], width = width_of(results, key);
        const size_t dims[3] = {trials, bins ? bins : width, width};
        char name[80];

        snprintf(name, sizeof name, "%s_%s", set, keys[key].key);
        status = h5_rows_create(&file->rows[key], &file->file, name, H5_FLOAT32, bins ? 3 : 2, dims,
                                &(struct h5_storage){.gzip = GZIP_LEVEL, .threads = 1}, err);
    }
    return status;
}

/* Writes COUNT bins or trials of WIDTH numbers each, which are STRIDE apart. */
static enum lfads_status write_key(struct h5_rows *rows, size_t key, const double *values,
                                   size_t count, size_t width, size_t stride, size_t first,
                                   size_t trials, struct lfads_error *err)
{
    float *floats = malloc(count * width * sizeof *floats + 1);
    enum lfads_status status;

    if (!floats)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to write %s", rows->name);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < width; j++) {
            double x = values[i * stride + j];

            floats[i * width + j] = (float)(keys[key].std ? exp(x / 2) : x);
        }
    status = h5_rows_write(rows, first, trials, floats, err);
    free(floats);
    return status;
}

enum lfads_status torch_file_write(struct torch_file *file, const struct results *results,
                                   size_t first, size_t trials, struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK;

    for (size_t key = 0; key < TORCH_KEYS && status == LFADS_OK; key++) {
        enum result which = keys[key].result;
        size_t bins = results->bins[which] ? results->bins[which] : 1;

        if (results->width[which])
            status =
                write_key(&file->rows[key], key, results->values[which], trials * bins,
                          width_of(results, key), results->width[which] / bins, first, trials, err);
    }
    return status;
}

enum lfads_status torch_file_end_set(struct torch_file *file, struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK, closed;

    for (size_t key = 0; key < TORCH_KEYS; key++)
        if (file->rows[key].set) {
            closed = h5_rows_close(&file->rows[key], status == LFADS_OK ? err : NULL);
            status = status == LFADS_OK ? closed : status;
        }
    return status;
}

enum lfads_status torch_file_finish(struct torch_file *file, enum lfads_status status,
                                    struct lfads_error *err)
{
    enum lfads_status ended = torch_file_end_set(file, status == LFADS_OK ? err : NULL);

    if (!file->file.path[0])
        return status;
    return h5_finish(&file->file, status == LFADS_OK ? ended : status, err);
}
