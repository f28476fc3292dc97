/* arrays.c - the arrays of a case's run: addressed random numbers, padded to a multiple of four.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "cases.h"
#include "expected.h"

void case_numbers(float *numbers, size_t count, size_t array, double scale)
{
    struct philox_address address = {.seed = 7, .sample = (uint32_t)array};

    for (size_t i = 0; i < count; i += 1024) {
        size_t n = count - i < 1024 ? count - i : 1024;

        address.trial = (uint32_t)(i / 1024);
        philox_normals(numbers + i, &address, (uint32_t)n);
        for (size_t j = 0; j < n; j++)
            numbers[i + j] *= (float)scale;
    }
}

static void *make(struct arrays *a, size_t count, double scale, bool wide, bool compared)
{
    size_t index = a->used++, padded = (count + 3) / 4 * 4;
    acc *sums = wide ? calloc(padded, sizeof *sums) : NULL;
    real *numbers = wide ? NULL : calloc(padded, sizeof *numbers);

    if (numbers)
        case_numbers(numbers, padded, index, scale);
    for (size_t i = 0; numbers && a->perturbed && i < count; i++)
        numbers[i] = perturbed_input(numbers[i], a->perturbed, index, i);
    a->array[index].memory = wide ? (void *)sums : (void *)numbers;
    a->array[index].count = count;
    a->array[index].wide = wide;
    a->array[index].compared = compared;
    return a->array[index].memory;
}

real *case_input(struct arrays *arrays, size_t count, double scale)
{
    return make(arrays, count, scale, false, false);
}

real *case_output(struct arrays *arrays, size_t count, double scale)
{
    return make(arrays, count, scale, false, true);
}

acc *case_sums(struct arrays *arrays, size_t count) { return make(arrays, count, 0, true, true); }

float *case_floats(struct arrays *arrays, size_t count, double scale)
{
    return case_input(arrays, count, scale);
}

uint32_t *case_words(struct arrays *arrays, size_t count)
{
    void *words = case_input(arrays, count, 0);

    return words;
}

void case_gates(struct arrays *arrays, real *ru, real *c, size_t rows, size_t units)
{
    for (size_t i = 0; i < rows * 2 * units; i++)
        ru[i] = real_sigmoid(ru[i]);
    for (size_t i = 0; i < rows * units; i++)
        c[i] = real_tanh(c[i]);
    for (size_t i = 0; arrays->perturbed && i < rows * 2 * units; i++)
        ru[i] = perturbed_gate(ru[i], arrays->perturbed, arrays->used, i);
    for (size_t i = 0; arrays->perturbed && i < rows * units; i++)
        c[i] = perturbed_gate(c[i], arrays->perturbed, arrays->used + 1, i);
}

void arrays_release(struct arrays *arrays)
{
    for (size_t i = 0; i < arrays->used; i++)
        free(arrays->array[i].memory);
    arrays->used = 0;
}
