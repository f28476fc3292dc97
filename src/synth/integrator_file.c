/* integrator_file.c - the weights of the integrating network in a file: ours, or a TensorFlow
 * checkpoint, as the original has.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "base/file.h"
#include "h5/h5.h"
#include "synth/integrator.h"
#include "tensorflow/bundle.h"

enum lfads_status integrator_write(const struct integrator *integrator, const char *path,
                                   struct lfads_error *err)
{
    const struct integrator *g = integrator;
    size_t square[2] = {g->units, g->units}, one = 1;
    struct h5_file file = {.id = 0};
    enum lfads_status status = h5_begin(&file, path, err);

    if (status != LFADS_OK)
        return status;
    status = h5_write(&file, "W", H5_FLOAT32, 2, square, g->w, NULL, err);
    if (status == LFADS_OK)
        status = h5_write(&file, "B", H5_FLOAT32, 1, square, g->in, NULL, err);
    if (status == LFADS_OK)
        status = h5_write(&file, "b", H5_FLOAT32, 1, square, g->bias, NULL, err);
    if (status == LFADS_OK)
        status = h5_write(&file, "w", H5_FLOAT32, 1, square, g->out, NULL, err);
    if (status == LFADS_OK)
        status = h5_write(&file, "c", H5_FLOAT32, 1, &one, g->out_bias, NULL, err);
    return h5_finish(&file, status, err);
}

static enum lfads_status read_hdf5(const struct integrator *g, const char *path,
                                   struct lfads_error *err)
{
    struct h5_file file;
    enum lfads_status status = h5_open(&file, path, err);

    if (status != LFADS_OK)
        return status;
    status = h5_read(g->w, H5_FLOAT32, &file, "W", g->units * g->units, err);
    if (status == LFADS_OK)
        status = h5_read(g->in, H5_FLOAT32, &file, "B", g->units, err);
    if (status == LFADS_OK)
        status = h5_read(g->bias, H5_FLOAT32, &file, "b", g->units, err);
    if (status == LFADS_OK)
        status = h5_read(g->out, H5_FLOAT32, &file, "w", g->units, err);
    if (status == LFADS_OK)
        status = h5_read(g->out_bias, H5_FLOAT32, &file, "c", 1, err);
    h5_close(&file, NULL);
    return status;
}

/* The original does not name its variables, so TensorFlow numbers them. */
static enum lfads_status read_tensorflow(const struct integrator *g, const char *path,
                                         struct lfads_error *err)
{
    size_t n = g->units;
    const struct {
        const char *name;
        real *values;
        size_t rows, cols; /* rows 0: a vector */
    } arrays[] = {{"Variable", g->w, n, n},
                  {"Variable_1", g->bias, 1, n},
                  {"Variable_2", g->in, 1, n},
                  {"Variable_3", g->out, n, 1},
                  {"Variable_4", g->out_bias, 0, 1}};
    struct bundle *bundle;
    enum lfads_status status = bundle_open(&bundle, path, err);

    for (size_t i = 0; i < sizeof arrays / sizeof *arrays && status == LFADS_OK; i++) {
        const struct bundle_variable *v = bundle_find(bundle, arrays[i].name);
        bool fits = v && (arrays[i].rows ? bundle_is_matrix(v, arrays[i].rows, arrays[i].cols)
                                         : v->rank == 1 && v->count == arrays[i].cols);

        status = fits ? bundle_read_reals(arrays[i].values, bundle, v, err)
                      : lfads_fail(err, LFADS_BAD_DATA,
                                   "%s is no checkpoint of an integrator of %zu units: its %s %s; "
                                   "choose another --N or --checkpoint_path",
                                   path, n, arrays[i].name, v ? "has another shape" : "is missing");
    }
    bundle_close(bundle);
    return status;
}

bool integrator_exists(const char *path) { return file_exists(path) || bundle_exists(path); }

static bool are_finite(const struct integrator *g)
{
    for (size_t i = 0; i < g->size; i++)
        if (!isfinite(g->weights[i]))
            return false;
    return true;
}

enum lfads_status integrator_read(struct integrator *integrator, const char *path,
                                  struct lfads_error *err)
{
    enum lfads_status status = bundle_exists(path) ? read_tensorflow(integrator, path, err)
                                                   : read_hdf5(integrator, path, err);

    if (status == LFADS_OK && !are_finite(integrator))
        return lfads_fail(err, LFADS_BAD_DATA,
                          "%s has weights that are not finite: remove it, or choose another "
                          "--checkpoint_path",
                          path);
    return status;
}
