/* kept_arrays.c - copies arrays without looking at their numbers.
 * SPDX-License-Identifier: Apache-2.0 */
#include "infer/kept_arrays.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sizes.h"
#include "data/trial_parts.h"
#include "infer/results_file.h"

enum { PIECE = 1 << 20, SMALL = 1 << 16, GZIP_LEVEL = 4 }; /* bytes */

/* An array being copied. */
struct copy {
    const struct h5_file *from;
    const char *name;
    const struct h5_shape *shape;
    struct h5_rows rows;
};

/* Copies rows FIRST to FIRST+COUNT-1 of strings of any length. */
static enum lfads_status copy_strings(struct copy *c, size_t first, size_t count,
                                      struct lfads_error *err)
{
    struct h5_texts texts;
    size_t all = c->shape->rank ? c->shape->dims[0] : 1, row = all ? c->shape->count / all : 0;
    enum lfads_status status =
        h5_read_strings(&texts, c->from, c->name, first, count, count * row, err);

    if (status == LFADS_OK)
        status = h5_rows_write(&c->rows, first, count, texts.each, err);
    h5_texts_free(&texts);
    return status;
}

/* Copies rows FIRST to FIRST+COUNT-1 through BUFFER. */
static enum lfads_status copy_bytes(struct copy *c, void *buffer, size_t first, size_t count,
                                    struct lfads_error *err)
{
    enum lfads_status status =
        h5_read_stored(buffer, c->from, c->name, c->shape, first, count, err);

    return status == LFADS_OK ? h5_rows_write(&c->rows, first, count, buffer, err) : status;
}

/* Copies COUNT rows, a piece at a time; of scalars and MATLAB's vectors there is one. */
static enum lfads_status copy_rows(struct copy *c, size_t count, struct lfads_error *err)
{
    size_t all = c->shape->rank ? c->shape->dims[0] : 1;
    size_t row = (all ? c->shape->count / all : 0) * c->shape->stored.size;
    size_t some = size_max(PIECE / size_max(row, 1), 1);
    void *buffer = malloc(size_min(some, count) * row + 1);
    enum lfads_status status =
        buffer ? LFADS_OK : lfads_fail(err, LFADS_NO_MEMORY, "no memory to copy %s", c->name);

    for (size_t first = 0; first < count && row > 0 && status == LFADS_OK; first += some) {
        size_t n = size_min(some, count - first);

        status = c->shape->holds == H5_STRINGS ? copy_strings(c, first, n, err)
                                               : copy_bytes(c, buffer, first, n, err);
    }
    free(buffer);
    return status;
}

enum lfads_status kept_array_copy(struct h5_file *out, const struct h5_file *from, const char *name,
                                  const struct h5_shape *shape, size_t axis, size_t count,
                                  struct lfads_error *err)
{
    struct copy c = {.from = from, .name = name, .shape = shape};
    bool small = shape->count * shape->stored.size < SMALL || shape->rank == 0;
    struct h5_storage storage = {.gzip = small ? 0 : GZIP_LEVEL};
    size_t dims[H5_MOST_RANK];
    enum lfads_status status, closed;

    memcpy(dims, shape->dims, sizeof dims);
    if (shape->rank > 0)
        dims[axis] = count;
    if (shape->holds == H5_STRINGS)
        storage.gzip = 0;
    status =
        h5_rows_create_like(&c.rows, out, name, &shape->stored, shape->rank, dims, &storage, err);
    if (status != LFADS_OK)
        return status;
    status = copy_rows(&c, axis == 0 && shape->rank > 0 ? count : 1, err);
    closed = h5_rows_close(&c.rows, status == LFADS_OK ? err : NULL);
    return status == LFADS_OK ? closed : status;
}

static bool is_of_results(const char *name)
{
    for (int i = 0; i < RESULTS; i++) {
        const char *key = results_key(OF_POSTERIORS, (enum result)i);

        if (key && strcmp(name, key) == 0)
            return true;
    }
    return false;
}

/* Writes train_inds or valid_inds, for trials that the program itself has dealt to the sets. */
static enum lfads_status write_rows_of_file(struct h5_file *out, enum session_set set,
                                            size_t trials, struct lfads_error *err)
{
    enum trial_choice choice = set == SESSION_TRAIN ? TRAINING_TRIALS : VALIDATION_TRIALS;
    int64_t *rows = malloc(trials * sizeof *rows + 1);
    char name[40];
    enum lfads_status status;

    if (!rows)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for %zu trials", trials);
    for (size_t i = 0; i < trials; i++)
        rows[i] = (int64_t)trial_choice_row(choice, i);
    snprintf(name, sizeof name, "%s_inds", session_set_name(set));
    status = h5_write(out, name, H5_INT64, 1, &trials, rows, NULL, err);
    free(rows);
    return status;
}

enum lfads_status kept_arrays_copy(struct h5_file *out, const struct run *run,
                                   const struct session *session, enum session_set set,
                                   size_t trials, struct lfads_error *err)
{
    const struct key_list *kept = &session->set[set].kept;
    struct h5_file from;
    enum lfads_status status;

    if (session->from_tensors && set != SESSION_TEST)
        return write_rows_of_file(out, set, trials, err);
    if (kept->count == 0)
        return LFADS_OK;
    status = session_reopen(&from, session, err);
    for (size_t i = 0; i < kept->count && status == LFADS_OK; i++) {
        const char *name = kept->name[i];
        struct h5_shape shape;
        size_t axis;

        if (is_of_results(name)) {
            run_warn(run, "%s: %s is not copied, for results have a %s of their own", session->path,
                     name, name);
            continue;
        }
        status = h5_shape(&shape, &from, name, err);
        axis = status == LFADS_OK ? session_keys_axis(&shape, session->set[set].count) : 0;
        if (status == LFADS_OK && (axis == H5_MOST_RANK || shape.stored.size == 0))
            status = lfads_fail(err, LFADS_BAD_DATA, "%s: %s was changed while it was read",
                                session->path, name);
        if (status == LFADS_OK)
            status = kept_array_copy(out, &from, name, &shape, axis, trials, err);
    }
    h5_close(&from, NULL);
    return status;
}
