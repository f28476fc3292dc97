/* arrays.c - the arrays of a case's run: numbers by address, padded to whole groups of four.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "cases.h"
#include "expected.h"

void case_numbers(float *numbers, size_t count, size_t array, double scale)
{
    struct philox_address at = {.seed = 7, .sample = (uint32_t)array};

    for (size_t i = 0; i < count; i += 1024) {
        size_t some = count - i < 1024 ? count - i : 1024;

        at.trial = (uint32_t)(i / 1024);
        philox_normals(numbers + i, &at, (uint32_t)some);
        for (size_t j = 0; j < some; j++)
            numbers[i + j] *= (float)scale;
    }
}

static void *make(struct arrays *a, size_t count, double scale, bool wide, bool compared)
{
    size_t place = a->used++, padded = (count + 3) / 4 * 4;
    acc *sums = wide ? calloc(padded, sizeof *sums) : NULL;
    real *numbers = wide ? NULL : calloc(padded, sizeof *numbers);

    if (numbers)
        case_numbers(numbers, padded, place, scale);
    for (size_t i = 0; numbers && a->shaken && i < count; i++)
        numbers[i] = shaken_input(numbers[i], a->shaken, place, i);
    a->array[place].memory = wide ? (void *)sums : (void *)numbers;
    a->array[place].count = count;
    a->array[place].wide = wide;
    a->array[place].compared = compared;
    return a->array[place].memory;
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
    for (size_t i = 0; arrays->shaken && i < rows * 2 * units; i++)
        ru[i] = shaken_gate(ru[i], arrays->shaken, arrays->used, i);
    for (size_t i = 0; arrays->shaken && i < rows * units; i++)
        c[i] = shaken_gate(c[i], arrays->shaken, arrays->used + 1, i);
}

void arrays_release(struct arrays *arrays)
{
    for (size_t i = 0; i < arrays->used; i++)
        free(arrays->array[i].memory);
    arrays->used = 0;
}
