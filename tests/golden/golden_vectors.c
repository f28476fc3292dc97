/* golden_vectors.c - compares a vector of all parameters with a golden file's group.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden_vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The padding of parameters is zero. */
static void check_padding(const struct model *m, struct verdict *verdict, const char *group,
                          const real *vector)
{
    size_t index = 0;

    for (size_t i = 0; i <= m->n_params; i++) {
        const struct param *p = i < m->n_params ? &m->params[i] : NULL;

        for (; index < (p ? p->offset : m->size); index++)
            if (vector[index] != 0) {
                verdict->failed++;
                printf("  %s: number %zu of %s belongs to no parameter and is not 0\n",
                       verdict->case_name, index, group);
            }
        index += p ? p->rows * p->cols : 0;
    }
}

void golden_check_vector(hid_t file, struct verdict *verdict, const struct model *m,
                         const char *group, const real *vector, struct tolerance tolerance,
                         bool gradients)
{
    double overall = 0;

    check_padding(m, verdict, group, vector);
    for (int pass = gradients ? 0 : 1; pass < 2; pass++)
        for (size_t i = 0; i < m->n_params; i++) {
            const struct param *p = &m->params[i];
            struct array golden = golden_read(file, "%s/%s", group, p->name);
            double largest = golden.values ? golden_largest(&golden) : 0;
            double *ours = calloc(p->rows * p->cols, sizeof *ours);
            struct tolerance own = tolerance;
            char name[500];

            if (own.each)
                own.each += p->offset;
            snprintf(name, sizeof name, "%s/%s", group, p->name);
            for (size_t j = 0; j < p->rows * p->cols; j++)
                ours[j] = (double)vector[p->offset + j];
            if (pass == 0)
                overall = fmax(overall, largest);
            else if (golden.values)
                golden_compare(verdict, name, ours, &golden,
                               gradients ? fmax(largest, 1e-3 * overall) : 0, own);
            else if (p->trained) {
                verdict->failed++;
                printf("  %s: the file has no %s\n", verdict->case_name, name);
            }
            free(ours);
            golden_release(&golden);
        }
}

bool golden_load_parameters(hid_t file, struct learner *learner)
{
    struct param_vectors vectors = learner_download(learner);
    const struct model *m = learner->model;
    bool whole = true;

    for (size_t i = 0; i < m->n_params && whole; i++) {
        const struct param *param = &m->params[i];
        struct array values = golden_read(file, "params/%s", param->name);

        whole = values.values && values.count == param->rows * param->cols;
        for (size_t j = 0; j < values.count && whole; j++)
            vectors.parameters[param->offset + j] = (real)values.values[j];
        golden_release(&values);
    }
    for (int i = 0; i < OPTIMIZER_SLOTS; i++)
        memset(vectors.slots[i], 0, m->size * sizeof(real));
    learner_upload(learner);
    return whole;
}
