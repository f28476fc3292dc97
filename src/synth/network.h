/* network.h - the chaotic network whose rates the synthetic sets record (synth.md 1).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_SYNTH_NETWORK_H
#define LFADS_SYNTH_NETWORK_H
#include "base/error.h"
#include "synth/numpy_random.h"

struct network {
    size_t units, bins;
    double *weights;          /* [N,N]: from unit j to unit i in row i */
    double *input;            /* [N] */
    double decay, gain, step; /* 1-dt/tau, (dt/tau) g, dt/tau */
};

/* Draws weights and inputs in the original's order, and as it did also the inputs that nothing
 * uses. Freed by network_release. */
enum lfads_status network_draw(struct network *network, struct numpy_random *random, size_t units,
                               size_t bins, double g, double dt, double tau,
                               struct lfads_error *err);
void network_release(struct network *network);

/* Runs COUNT trials side by side: start [COUNT,N] their first states (not recorded); a pulse of
 * size MAGNITUDE enters run r at bin pulse[r] (PULSE NULL: none). Sets rates [bins,N,COUNT] to tanh
 * of the states. SCRATCH holds 3*N*COUNT numbers. Sums run in the order of units, for the counts
 * drawn from the rates must be the original's to the last one. */
void network_run(double *rates, const struct network *network, const double *start,
                 const size_t *pulse, double magnitude, size_t count, double *scratch);
#endif
