/* results_file.c - writes results to HDF5.
 * SPDX-License-Identifier: Apache-2.0 */
#include "infer/results_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GZIP_LEVEL = 4 }; /* the original's */

/* Names and types are the original's. Posteriors' numbers are double. */
static const struct data_set {
    const char *of_posteriors, *of_priors; /* NULL: not in such a file */
    enum h5_type prior_type;
} data_sets[RESULTS] = {
    [RESULT_PRIOR_G0_MEAN] = {"prior_g0_mean", "prior_g0_mean", H5_FLOAT32},
    [RESULT_PRIOR_G0_LOGVAR] = {"prior_g0_logvar", "prior_g0_logvar", H5_FLOAT32},
    [RESULT_POST_G0_MEAN] = {"post_g0_mean", NULL, H5_FLOAT64},
    [RESULT_POST_G0_LOGVAR] = {"post_g0_logvar", NULL, H5_FLOAT64},
    [RESULT_GEN_ICS] = {"gen_ics", "gen_ics", H5_FLOAT32},
    [RESULT_INPUTS] = {"controller_outputs", "prior_zs_ar_con", H5_FLOAT64},
    [RESULT_GEN_STATES] = {"gen_states", "gen_states", H5_FLOAT64},
    [RESULT_FACTORS] = {"factors", "factors", H5_FLOAT64},
    [RESULT_OUTPUT] = {"output_dist_params", "output_dist_params", H5_FLOAT64},
    [RESULT_COST] = {"costs", "costs", H5_FLOAT32},
    [RESULT_NLL_VAE] = {"nll_bound_vaes", NULL, H5_FLOAT64},
    [RESULT_NLL_IWAE] = {"nll_bound_iwaes", NULL, H5_FLOAT64},
    [RESULT_STEP] = {"train_steps", NULL, H5_FLOAT64},
};

const char *results_key(enum results_of of, enum result result)
{
    return of == OF_PRIORS ? data_sets[result].of_priors : data_sets[result].of_posteriors;
}

/* Samples of the priors share one cost. */
static bool is_shared(enum results_of of, int result)
{
    return of == OF_PRIORS && result == RESULT_COST;
}

static enum lfads_status create_set(struct results_file *file, int result,
                                    const struct results *results, size_t trials, size_t threads,
                                    struct lfads_error *err)
{
    const struct h5_storage storage = {.gzip = GZIP_LEVEL, .threads = threads};
    enum results_of of = file->of;
    const char *key = results_key(of, (enum result)result);
    enum lfads_status status;
    size_t width = results->width[result], bins = results->bins[result];
    size_t dims[3] = {is_shared(of, result) ? 1 : trials, bins ? bins : width,
                      bins ? width / bins : 0};

    status = h5_rows_create(&file->rows[result], &file->file, key,
                            of == OF_PRIORS ? data_sets[result].prior_type : H5_FLOAT64,
                            result >= RESULT_COST ? 1
                            : bins                ? 3
                                                  : 2,
                            dims, &storage, err);
    return status == LFADS_OK && results->spread
               ? spread_rows_create(&file->spread[result], &file->file, results,
                                    (enum result)result, key, trials, &storage, err)
               : status;
}

/* Writes attribute NAME. */
static enum lfads_status write_number(struct h5_file *file, const char *name, size_t number,
                                      struct lfads_error *err)
{
    char text[H5_ATTRIBUTE_SIZE / 2];

    snprintf(text, sizeof text, "%zu", number);
    return h5_write_attribute(file, name, text, err);
}

enum lfads_status results_file_create(struct results_file *file, const char *path,
                                      enum results_of of, const struct results *results,
                                      size_t trials, size_t threads, struct lfads_error *err)
{
    enum lfads_status status;

    *file = (struct results_file){.of = of};
    status = h5_begin(&file->file, path, err);
    if (status == LFADS_OK)
        status = h5_write_attribute(&file->file, DISTRIBUTION_ATTRIBUTE,
                                    results->distribution->name, err);
    if (status == LFADS_OK && of == OF_POSTERIORS)
        status = write_number(&file->file, RESULTS_HELDOUT, results->heldout, err);
    if (status == LFADS_OK && of == OF_POSTERIORS && results->first)
        status = write_number(&file->file, RESULTS_FIRST, results->first, err);
    if (status == LFADS_OK && of == OF_POSTERIORS)
        status = write_number(&file->file, RESULTS_FORWARD, results->forward, err);
    if (status == LFADS_OK && results->spread)
        status = spread_rows_begin(&file->file, results->spread, err);
    for (int i = 0; i < RESULTS && status == LFADS_OK; i++)
        if (results->width[i] && results_key(of, (enum result)i))
            status = create_set(file, i, results, trials, threads, err);
    return status;
}

enum lfads_status results_file_number(struct results_file *file, const char *name, size_t number,
                                      struct lfads_error *err)
{
    return write_number(&file->file, name, number, err);
}

/* Reads attribute NAME, how many of MOST; 0 without it. */
static enum lfads_status read_number(size_t *count, const struct h5_file *file, const char *name,
                                     size_t most, struct lfads_error *err)
{
    char text[H5_ATTRIBUTE_SIZE];
    enum lfads_status status = h5_read_attribute(text, file, name, err);

    *count = 0;
    if (status != LFADS_OK || !*text)
        return status;
    *count = strtoul(text, NULL, 10);
    if (strspn(text, "0123456789") != strlen(text) || *count >= most)
        return lfads_fail(err, LFADS_BAD_DATA,
                          "%s: its attribute %s is %s, and a whole number below %zu is needed",
                          file->path, name, text, most);
    return LFADS_OK;
}

enum lfads_status results_read_unread(size_t *heldout, size_t *forward, const struct h5_file *file,
                                      size_t channels, size_t bins, struct lfads_error *err)
{
    enum lfads_status status = read_number(heldout, file, RESULTS_HELDOUT, channels, err);

    return status == LFADS_OK ? read_number(forward, file, RESULTS_FORWARD, bins, err) : status;
}

enum lfads_status results_read_first(size_t *first, const struct h5_file *file, size_t bins,
                                     struct lfads_error *err)
{
    return read_number(first, file, RESULTS_FIRST, bins, err);
}

enum lfads_status results_read_checksum(uint32_t *checksum, bool *known, const struct h5_file *file,
                                        struct lfads_error *err)
{
    char text[H5_ATTRIBUTE_SIZE];
    size_t number;
    enum lfads_status status = h5_read_attribute(text, file, RESULTS_DATA, err);

    *known = status == LFADS_OK && *text;
    if (status == LFADS_OK)
        status = read_number(&number, file, RESULTS_DATA, (size_t)UINT32_MAX + 1, err);
    *checksum = status == LFADS_OK ? (uint32_t)number : 0;
    return status;
}

bool results_run_beside(char path[FILE_PATH], const char *run, const char *from, const char *to)
{
    const char *slash = strrchr(run, '/'), *found = NULL;
    char wanted[40];

    snprintf(wanted, sizeof wanted, "_%s_posterior_", from);
    for (const char *at = strstr(slash ? slash : run, wanted); at; at = strstr(at + 1, wanted))
        found = at;
    return found && snprintf(path, FILE_PATH, "%.*s_%s_posterior_%s", (int)(found - run), run, to,
                             found + strlen(wanted)) < FILE_PATH;
}

bool results_train_run(char path[FILE_PATH], const char *run)
{
    return results_run_beside(path, run, "valid", "train") ||
           results_run_beside(path, run, "test", "train");
}

/* Writes COUNT rows of VALUES, as floats if the data set holds floats. */
static enum lfads_status write_rows(struct h5_rows *rows, size_t first, size_t count,
                                    const double *values, struct lfads_error *err)
{
    size_t numbers = count * rows->row;
    float *floats;
    enum lfads_status status;

    if (rows->type == H5_FLOAT64)
        return h5_rows_write(rows, first, count, values, err);
    floats = malloc(numbers * sizeof *floats + 1);
    if (!floats)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to write %s", rows->name);
    for (size_t i = 0; i < numbers; i++)
        floats[i] = (float)values[i];
    status = h5_rows_write(rows, first, count, floats, err);
    free(floats);
    return status;
}

enum lfads_status results_file_write(struct results_file *file, const struct results *results,
                                     size_t first, size_t trials, struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK;

    for (int i = 0; i < RESULTS && status == LFADS_OK; i++)
        if (results->values[i] && file->rows[i].set)
            status = write_rows(&file->rows[i], first, is_shared(file->of, i) ? 1 : trials,
                                results->values[i], err);
    for (int i = 0; i < RESULTS && status == LFADS_OK && results->spread; i++)
        status = spread_rows_write(&file->spread[i], results->spread, (enum result)i, first, trials,
                                   err);
    return status;
}

static enum lfads_status close_rows(struct results_file *file, struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK, closed;

    for (int i = 0; i < RESULTS; i++)
        if (file->rows[i].set) {
            closed = h5_rows_close(&file->rows[i], status == LFADS_OK ? err : NULL);
            status = status == LFADS_OK ? closed : status;
        }
    for (int i = 0; i < RESULTS; i++) {
        closed = spread_rows_close(&file->spread[i], status == LFADS_OK ? err : NULL);
        status = status == LFADS_OK ? closed : status;
    }
    return status;
}

enum lfads_status results_file_commit(struct results_file *file, struct lfads_error *err)
{
    return h5_finish(&file->file, close_rows(file, err), err);
}

void results_file_discard(struct results_file *file)
{
    close_rows(file, NULL);
    h5_finish(&file->file, LFADS_IO, NULL);
}

size_t results_disk_bytes(const struct model *model, size_t session, size_t trials)
{
    return results_bytes(model, session, trials, false) / 8 * 3; /* measured: about 4 of 8 bytes */
}
