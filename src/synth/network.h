/* network.h - the chaotic network; the synthetic sets record its rates (synth.md 1).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_SYNTH_NETWORK_H
#define LFADS_SYNTH_NETWORK_H
#include "base/error.h"
#include "base/numpy_random.h"

struct network {
    size_t units, bins;
    double *weights;          /* [N,N]: row i holds the weights of unit i's inputs from unit j */
    double *input;            /* [N] */
    double decay, gain, step; /* 1-dt/tau, (dt/tau) g, dt/tau */
};

/* Draws weights and inputs in the original's order, including the inputs that the original draws
 * and never uses. network_release frees NETWORK. */
enum lfads_status network_draw(struct network *network, struct numpy_random *random, size_t units,
                               size_t bins, double g, double dt, double tau,
                               struct lfads_error *err);
void network_release(struct network *network);

/* Runs COUNT trials at once. START [COUNT,N] holds their first states, which are not recorded. A
 * pulse of size MAGNITUDE enters run r at bin pulse[r] (PULSE NULL: none). Sets RATES
 * [bins,N,COUNT] to tanh of the states. SCRATCH holds 3*N*COUNT numbers. Adds in the order of
 * units, because the counts drawn from the rates must equal the original's. */
void network_run(double *rates, const struct network *network, const double *start,
                 const size_t *pulse, double magnitude, size_t count, double *scratch);
#endif
