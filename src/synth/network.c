/* network.c - x <- (1-dt/tau) x + (dt/tau) (g W tanh(x) + input), for many trials at once.
 * SPDX-License-Identifier: Apache-2.0 */
#include "synth/network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum lfads_status network_draw(struct network *network, struct numpy_random *random, size_t units,
                               size_t bins, double g, double dt, double tau,
                               struct lfads_error *err)
{
    *network = (struct network){.units = units,
                                .bins = bins,
                                .weights = calloc(units * units, sizeof(double)),
                                .input = calloc(units, sizeof(double)),
                                .decay = 1 - dt / tau,
                                .gain = g,
                                .step = dt / tau};
    if (!network->weights || !network->input) {
        network_release(network);
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a network of %zu units", units);
    }
    for (size_t i = 0; i < units * units; i++)
        network->weights[i] = numpy_random_normal(random) / sqrt((double)units);
    for (size_t i = 0; i < units; i++)
        network->input[i] = numpy_random_normal(random);
    for (size_t i = 0; i < units; i++)
        numpy_random_normal(random);
    return LFADS_OK;
}

void network_release(struct network *network)
{
    free(network->weights);
    free(network->input);
    network->weights = network->input = NULL;
}

/* Sets drive [N,count] to W tanh(x); adds the terms in the order of units. */
static void recurrent_drive(double *drive, const struct network *n, const double *active,
                            size_t count)
{
    memset(drive, 0, n->units * count * sizeof *drive);
    for (size_t i = 0; i < n->units; i++)
        for (size_t j = 0; j < n->units; j++) {
            double w = n->weights[i * n->units + j];

            for (size_t r = 0; r < count; r++)
                drive[i * count + r] += w * active[j * count + r];
        }
}

void network_run(double *rates, const struct network *network, const double *start,
                 const size_t *pulse, double magnitude, size_t count, double *scratch)
{
    size_t units = network->units, size = units * count;
    double *x = scratch, *drive = scratch + size, *active = scratch + 2 * size;

    for (size_t r = 0; r < count; r++)
        for (size_t i = 0; i < units; i++)
            x[i * count + r] = start[r * units + i];
    for (size_t i = 0; i < size; i++)
        active[i] = tanh(x[i]);
    for (size_t t = 0; t < network->bins; t++) {
        recurrent_drive(drive, network, active, count);
        for (size_t i = 0; i < size; i++)
            x[i] = network->decay * x[i] + network->step * (network->gain * drive[i]);
        for (size_t r = 0; pulse && r < count; r++)
            for (size_t i = 0; i < units && pulse[r] == t; i++)
                x[i * count + r] += network->step * (network->input[i] * magnitude);
        for (size_t i = 0; i < size; i++)
            active[i] = tanh(x[i]);
        memcpy(rates + t * size, active, size * sizeof *rates);
    }
}
