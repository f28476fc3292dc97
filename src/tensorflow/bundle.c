/* bundle.c - finds variables of a TensorFlow checkpoint, and reads their numbers.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "tensorflow/bundle_private.h"
#include "tensorflow/crc32c.h"
#include "tensorflow/table_block.h"

size_t bundle_type_bytes(int type)
{
    switch (type) {
    case BUNDLE_FLOAT32:
    case BUNDLE_INT32:
        return 4;
    case BUNDLE_FLOAT64:
    case BUNDLE_INT64:
        return 8;
    default:
        return 0;
    }
}

enum lfads_status bundle_shard_path(char name[FILE_PATH], const struct bundle *bundle, size_t shard,
                                    struct lfads_error *err)
{
    if (snprintf(name, FILE_PATH, "%s.data-%05zu-of-%05zu", bundle->path, shard, bundle->shards) <
        FILE_PATH)
        return LFADS_OK;
    return lfads_fail(err, LFADS_IO, "the path %.200s is too long", bundle->path);
}

void bundle_close(struct bundle *bundle)
{
    if (!bundle)
        return;
    for (size_t i = 0; i < bundle->count; i++)
        free(bundle->variables[i].name);
    free(bundle->variables);
    free(bundle);
}

static int compare(const void *name, const void *variable)
{
    return strcmp(name, ((const struct bundle_variable *)variable)->name);
}

const struct bundle_variable *bundle_find(const struct bundle *bundle, const char *name)
{
    return bundle->count
               ? bsearch(name, bundle->variables, bundle->count, sizeof *bundle->variables, compare)
               : NULL;
}

bool bundle_is_matrix(const struct bundle_variable *variable, size_t rows, size_t cols)
{
    return variable->rank == 2 && variable->dims[0] == rows && variable->dims[1] == cols;
}

/* Sets *BYTES to the variable's bytes, which the caller frees. */
static enum lfads_status read_bytes(unsigned char **bytes, const struct bundle *bundle,
                                    const struct bundle_variable *v, struct lfads_error *err)
{
    char path[FILE_PATH];
    enum lfads_status status = bundle_shard_path(path, bundle, v->shard, err);
    FILE *file;
    bool read;

    *bytes = NULL;
    if (status != LFADS_OK)
        return status;
    *bytes = malloc(v->bytes + 1); /* the file has as many */
    if (!*bytes)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", path);
    file = file_open(path);
    if (!file)
        return lfads_fail(err, LFADS_IO, "can't read %s: %m", path);
    read =
        fseek(file, (long)v->offset, SEEK_SET) == 0 && fread(*bytes, 1, v->bytes, file) == v->bytes;
    fclose(file);
    if (read && crc32c_masked(*bytes, v->bytes) == v->checksum)
        return LFADS_OK;
    return lfads_fail(err, LFADS_BAD_DATA,
                      "%s is damaged or of another checkpoint: the checksum of %.300s is wrong",
                      path, v->name);
}

static double number_at(const unsigned char *bytes, int type)
{
    uint64_t bits = table_fixed(bytes, bundle_type_bytes(type));
    uint32_t low = (uint32_t)bits;
    double number;
    float single;

    if (type == BUNDLE_FLOAT64) {
        memcpy(&number, &bits, sizeof number);
        return number;
    }
    memcpy(&single, &low, sizeof single);
    return (double)single;
}

static enum lfads_status refuse_type(const struct bundle *bundle, const struct bundle_variable *v,
                                     const char *wanted, struct lfads_error *err)
{
    return lfads_fail(err, LFADS_BAD_DATA,
                      "%s: %.300s has %zu numbers of TensorFlow's type %d, and %s: it is another "
                      "program's checkpoint",
                      bundle->path, v->name, v->count, v->type, wanted);
}

static bool is_real(const struct bundle_variable *v)
{
    return v->type == BUNDLE_FLOAT32 || v->type == BUNDLE_FLOAT64;
}

enum lfads_status bundle_read_reals(real *values, const struct bundle *bundle,
                                    const struct bundle_variable *variable, struct lfads_error *err)
{
    size_t each = bundle_type_bytes(variable->type);
    unsigned char *bytes;
    enum lfads_status status;

    if (!is_real(variable))
        return refuse_type(bundle, variable, "float32 and float64 can be read", err);
    status = read_bytes(&bytes, bundle, variable, err);
    for (size_t i = 0; i < variable->count && status == LFADS_OK; i++)
        values[i] = (real)number_at(bytes + i * each, variable->type);
    free(bytes);
    return status;
}

static enum lfads_status find_single(const struct bundle_variable **variable,
                                     const struct bundle *bundle, const char *name,
                                     struct lfads_error *err)
{
    *variable = bundle_find(bundle, name);
    return *variable ? LFADS_OK
                     : lfads_fail(err, LFADS_BAD_DATA,
                                  "%s has no variable %s: it is another program's checkpoint",
                                  bundle->path, name);
}

/* Sets *BYTES to those of variable NAME, a single number, of reals if IS_FLOAT, else whole, of
 * *TYPE; the caller frees them, also after a failure. */
static enum lfads_status read_number(unsigned char **bytes, int *type, const struct bundle *bundle,
                                     const char *name, bool is_float, struct lfads_error *err)
{
    const struct bundle_variable *v;
    enum lfads_status status = find_single(&v, bundle, name, err);

    *bytes = NULL;
    if (status != LFADS_OK)
        return status;
    *type = v->type;
    if (v->count != 1 || is_real(v) != is_float ||
        (!is_float && v->type != BUNDLE_INT32 && v->type != BUNDLE_INT64))
        return refuse_type(
            bundle, v,
            is_float ? "one float32 or float64 is wanted" : "one int32 or int64 is wanted", err);
    return read_bytes(bytes, bundle, v, err);
}

enum lfads_status bundle_read_integer(int64_t *value, const struct bundle *bundle, const char *name,
                                      struct lfads_error *err)
{
    unsigned char *bytes;
    int type;
    enum lfads_status status = read_number(&bytes, &type, bundle, name, false, err);

    if (status == LFADS_OK)
        *value =
            type == BUNDLE_INT32 ? (int32_t)table_fixed(bytes, 4) : (int64_t)table_fixed(bytes, 8);
    free(bytes);
    return status;
}

enum lfads_status bundle_read_real(double *value, const struct bundle *bundle, const char *name,
                                   struct lfads_error *err)
{
    unsigned char *bytes;
    int type;
    enum lfads_status status = read_number(&bytes, &type, bundle, name, true, err);

    if (status == LFADS_OK)
        *value = number_at(bytes, type);
    free(bytes);
    return status;
}
