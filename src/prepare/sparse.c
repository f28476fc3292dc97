/* sparse.c - matrices of which a file stores what is not zero.
 * SPDX-License-Identifier: Apache-2.0 */
#include "prepare/sparse.h"

bool sparse_is_sound(const struct sparse *s)
{
    double last = 0;

    for (size_t i = 0; i <= s->lines; i++) {
        if (!(s->starts[i] >= last && s->starts[i] <= (double)s->stored))
            return false;
        last = s->starts[i];
    }
    for (size_t k = 0; k < (size_t)last; k++)
        if (!(s->places[k] >= 0 && s->places[k] < (double)s->length))
            return false;
    return true;
}

void sparse_fill(double *dense, const struct sparse *s)
{
    for (size_t i = 0; i < s->lines; i++)
        for (size_t k = (size_t)s->starts[i]; k < (size_t)s->starts[i + 1]; k++)
            dense[i * s->length + (size_t)s->places[k]] += s->values[k];
}
