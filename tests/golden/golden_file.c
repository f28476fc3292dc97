/* golden_file.c - reads golden files and compares arrays with them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden_file.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool golden_has(hid_t file, const char *path)
{
    char part[300];

    /* H5Lexists requires that every group of the path exists */
    for (const char *end = strchr(path, '/');; end = strchr(end + 1, '/')) {
        snprintf(part, sizeof part, "%.*s", end ? (int)(end - path) : (int)strlen(path), path);
        if (H5Lexists(file, part, H5P_DEFAULT) <= 0)
            return false;
        if (!end)
            return true;
    }
}

struct array golden_read(hid_t file, const char *format, ...)
{
    struct array array = {.count = 1};
    char path[300];
    hsize_t shape[4] = {0};
    va_list words;

    va_start(words, format);
    vsnprintf(path, sizeof path, format, words);
    va_end(words);
    if (!golden_has(file, path))
        return array;
    hid_t set = H5Dopen2(file, path, H5P_DEFAULT), space = H5Dget_space(set);
    array.rank = (size_t)H5Sget_simple_extent_ndims(space);
    H5Sget_simple_extent_dims(space, shape, NULL);
    for (size_t i = 0; i < array.rank; i++)
        array.count *= array.shape[i] = (size_t)shape[i];
    array.values = calloc(array.count, sizeof *array.values);
    if (!array.values ||
        H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, array.values) < 0) {
        fprintf(stderr, "cannot read %s\n", path);
        exit(1);
    }
    H5Sclose(space);
    H5Dclose(set);
    return array;
}

void golden_release(struct array *array)
{
    free(array->values);
    array->values = NULL;
}

/* Reads a string whose length is stored with it. */
static void read_variable(hid_t attribute, hid_t type, char *text, size_t size)
{
    char *string = NULL;

    H5Aread(attribute, type, &string);
    snprintf(text, size, "%s", string ? string : "");
    H5free_memory(string);
}

void golden_attribute(hid_t file, const char *name, char *text, size_t size)
{
    hid_t attribute = H5Aopen(file, name, H5P_DEFAULT), type = H5Aget_type(attribute);

    if (H5Tis_variable_str(type) > 0) {
        read_variable(attribute, type, text, size);
    } else if (H5Tget_class(type) == H5T_STRING) {
        hid_t memory = H5Tcopy(H5T_C_S1);

        H5Tset_size(memory, size);
        H5Tset_strpad(memory, H5T_STR_NULLTERM);
        H5Aread(attribute, memory, text);
        H5Tclose(memory);
    } else if (H5Tget_class(type) == H5T_INTEGER) {
        long long value = 0;

        H5Aread(attribute, H5T_NATIVE_LLONG, &value);
        snprintf(text, size, "%lld", value);
    } else {
        double value = 0;

        H5Aread(attribute, H5T_NATIVE_DOUBLE, &value);
        snprintf(text, size, "%.17g", value);
    }
    H5Tclose(type);
    H5Aclose(attribute);
}

double golden_largest(const struct array *array)
{
    double largest = 0;

    for (size_t i = 0; i < array->count; i++)
        largest = fmax(largest, fabs(array->values[i]));
    return largest;
}

void golden_compare(struct verdict *verdict, const char *name, const double *ours,
                    const struct array *golden, double scale, struct tolerance tolerance)
{
    double spread = tolerance.spread * (scale > 0 ? scale : golden_largest(golden));
    struct allowance allowance = {.absolute = tolerance.total * spread,
                                  .relative = tolerance.total * (1 - tolerance.spread),
                                  .each = tolerance.each};
    struct comparison c = compare_accs(ours, golden->values, golden->count, &allowance);
    char full_name[300];

    verdict->compared++;
    if (c.ratio > verdict->worst) {
        verdict->worst = c.ratio;
        snprintf(verdict->worst_name, sizeof verdict->worst_name, "%s", name);
    }
    snprintf(full_name, sizeof full_name, "%s: %s", verdict->case_name, name);
    verdict->failed += !compare_passes(&c, full_name);
}

void golden_compare_all(struct verdict *verdict, const char *name, const double *ours, size_t count,
                        const struct array *golden, double scale, struct tolerance tolerance)
{
    if (count == golden->count) {
        golden_compare(verdict, name, ours, golden, scale, tolerance);
        return;
    }
    verdict->failed++;
    printf("  %s: %s has %zu elements, but the program %zu\n", verdict->case_name, name,
           golden->count, count);
}
